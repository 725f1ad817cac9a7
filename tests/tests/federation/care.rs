//! A care handover that two parents must agree to, in the hands of a test: every party speaks for itself.

use handdruk_domain::ids::SlotId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Kind;
use handdruk_domain::statement::consent::{Choice, Decision};
use handdruk_domain::statement::manifest::{GuardianSlot, Manifest};
use handdruk_proto::v1;

use crate::family::{CARE, JOINT, Parent, Portal, tell};
use crate::forger::{COLLEGE, Forger, PROVIDER, Proposed, SCHOOL, kinds, stage};
use crate::paper::{Paper, Sealed};
use crate::town::Town;

/// A school, a provider, and a child of whom two parents with keys of their own must both agree.
pub(crate) struct Case {
    pub(crate) town: Town,
    pub(crate) portal: Portal,
    pub(crate) school: Forger,
    pub(crate) provider: Forger,
    pub(crate) watcher: Forger,
    pub(crate) papers: Vec<Paper>,
    pub(crate) care: Proposed,
    pub(crate) mother: Parent,
    pub(crate) father: Parent,
}

impl Case {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with another manifest.
    pub(crate) async fn with(change: impl FnOnce(&mut Manifest)) -> Self {
        Self::in_town(Town::of(&[]), change).await
    }

    /// The same where others are, too.
    pub(crate) async fn in_town(town: Town, change: impl FnOnce(&mut Manifest)) -> Self {
        let federation = &town.cast.federation;
        let mut portal = Portal::of(federation);
        let mut school = Forger::join(federation, SCHOOL).await;
        let provider = Forger::join(federation, PROVIDER).await;
        let watcher = Forger::join(federation, COLLEGE).await;
        let papers = Paper::several(&CARE, &mut school.rng);
        let mut manifest = school.manifest(&PROVIDER, Purpose::CareHandover, &papers);
        manifest.guardians = [(); 2]
            .map(|()| GuardianSlot {
                slot: SlotId::random(&mut school.rng),
                holder: JOINT,
            })
            .into();
        change(&mut manifest);
        let child = manifest.child;
        let [one, other] = [manifest.guardians[0].clone(), manifest.guardians[1].clone()];
        let care = school.propose(manifest).await.expect("admitted");
        let mother = Parent::active(&mut school, &mut portal, child, &one).await;
        let father = Parent::active(&mut school, &mut portal, child, &other).await;
        for slot in care.manifest.guardians.iter().map(|guardian| guardian.slot) {
            tell(&mut school, &care, slot).await;
        }
        Self {
            town,
            portal,
            school,
            provider,
            watcher,
            papers,
            care,
            mother,
            father,
        }
    }

    pub(crate) async fn say(&mut self, who: usize, change: impl FnOnce(&mut Decision)) -> v1::DecideResponse {
        let parent = if who == 0 { &self.mother } else { &self.father };
        let mut decision = parent.decision(&self.care, Choice::Agree, self.school.now());
        change(&mut decision);
        self.portal
            .decide(&parent.session, &decision, &parent.own)
            .await
            .expect("counts")
    }

    /// Both agree. The handover, permitted, with its sealed envelope.
    pub(crate) async fn agreed(&mut self) -> Sealed {
        self.say(0, |_| {}).await;
        let decided = self.say(1, |_| {}).await;
        assert_eq!(
            stage(decided.handover.as_ref().expect("a status")),
            Stage::Permitted
        );
        self.sealed().await
    }

    pub(crate) async fn sealed(&mut self) -> Sealed {
        let standing = self.school.standing(&self.care.id()).await.expect("answers");
        self.care.status = standing.handover.expect("a status");
        let bundle = self.provider.bundle().clone();
        Sealed::new(
            &mut self.school,
            &self.care,
            &self.papers,
            (&bundle.opening_key, bundle.digest()),
        )
    }

    /// Nothing was released, as the sender reads it.
    pub(crate) async fn nothing_left(&self) {
        let shown = self
            .school
            .standing(&self.care.id())
            .await
            .expect("answers")
            .statements;
        assert!(!kinds(&shown).contains(&Kind::Release), "nothing was released");
    }

    /// Sessions last hours: the parents log in again.
    pub(crate) async fn portal_again(&mut self) {
        for parent in [&mut self.mother, &mut self.father] {
            let request = v1::LogInRequest {
                invitation_id: parent.invitation.to_string(),
                login_proof: vec![9; 32].into(),
            };
            let answer = self.portal.guardians.log_in(request).await.expect("logs in");
            parent.session = answer.into_inner().session.to_vec();
        }
    }
}
