//! What every store keeps: one suite, run on each engine. It goes through the sequencer, so that every statement is
//! exercised with what really reaches it.

pub(super) mod restored;

use std::collections::BTreeSet;

use handdruk_domain::clock::{Clock, Date, Timestamp};
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::evidence::{Act, Tile};
use handdruk_domain::exchange::{
    Answer, Caller, ChildKey, Claim, Command, Extent, InvitationState, Keys, LoginProof, NoticeKind,
    ReturnedHandover, SealedPlan, SealedPreview, SessionToken,
};
use handdruk_domain::figures::{Quarter, Standing, Table, Tally};
use handdruk_domain::ids::{ChildRef, HandoverId, InvitationId, SlotId};
use handdruk_domain::oin::Municipality;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::consent::{GuardianKeys, Invitation, Language, Told, ToldHow};
use handdruk_domain::statement::manifest::{Actor, Inspection, Manifest};
use handdruk_domain::statement::outcome::{Progress, Step};
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{Party, Statement, Verified, VerifyingKey};

use self::restored::{
    a_restoration_ends_what_was_under_way_and_begins_the_cursors_anew,
    what_a_restoration_holds_stays_held_after_a_restart,
};
use super::sql::SqlStore;
use super::{Batch, CommitFault, Head, Store, StoreFault, Turn};
use crate::sequencer::NotDone;
use crate::sequencer::tests::world::{
    GATEWAY, Gateway, P256, PORTAL, PRIMARY, SECONDARY, catalogue_digest, claim, oin, signer,
};
use handdruk_domain::statement::Signer;

/// Runs the suite on each engine, every test on a store of its own.
macro_rules! suite {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    let folder = tempfile::tempdir().expect("a folder");
                    super::$test(crate::sequencer::tests::world::sqlite(folder.path()).await).await;
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    let Some(database) = super::super::scratch::Database::make().await else { return };
                    super::$test(database.open(super::oin(super::GATEWAY)).await).await;
                    database.drop().await;
                }
            )+
        }
    };
}

suite! {
    a_turn_that_is_dropped_changes_nothing,
    a_batch_that_was_decided_beside_another_log_is_refused_whole,
    the_directory_keeps_what_counts_and_what_counted,
    invitations_keep_what_became_of_them,
    sessions_end_when_they_are_ended_or_swept,
    previews_are_kept_once_per_person,
    a_plan_is_kept_once_per_person_and_goes_with_its_step,
    a_key_ring_is_replaced_and_survives_a_restart,
    a_child_is_loaded_as_far_as_asked,
    what_is_due_is_found_when_it_is_due,
    leaves_are_found_by_handover_child_and_tile,
    a_request_id_belongs_to_its_caller,
    children_are_counted_where_their_manifest_says_and_without_what_readers_take_part_in,
    a_table_of_counts_is_kept_as_it_was_first_made,
    a_restoration_ends_what_was_under_way_and_begins_the_cursors_anew,
    what_a_restoration_holds_stays_held_after_a_restart,
}

async fn a_turn_that_is_dropped_changes_nothing<S: Store>(store: S) {
    let gateway = Gateway::start(store, true).await;
    let before = gateway.store.head().await.expect("reads");
    let mut turn = gateway.store.turn().await.expect("begins");
    assert_eq!(*turn.head(), before);
    turn.load(&Keys::default()).await.expect("loads");
    drop(turn);
    let turn = gateway.store.turn().await.expect("the next one begins");
    assert_eq!(*turn.head(), before);
}

async fn a_batch_that_was_decided_beside_another_log_is_refused_whole<S: Store>(store: S) {
    let gateway = Gateway::start(store, true).await;
    let before = gateway.store.head().await.expect("reads");
    let turn = gateway.store.turn().await.expect("begins");
    let head = Head {
        turn: before.turn + 5,
        ..before.clone()
    };
    let mut effects = handdruk_domain::exchange::Effects::default();
    effects.sessions.insert(Digest::of(b"nobody"), None);
    let batch = Batch {
        effects,
        after: before.turn + 4,
        first_leaf: before.size,
        leaves: Vec::new(),
        subtrees: Vec::new(),
        head,
    };
    let refused = turn.commit(batch).await;
    assert!(
        matches!(refused, Err(CommitFault::Refused(StoreFault::Log))),
        "{refused:?}"
    );
    assert_eq!(gateway.store.head().await.expect("reads"), before);
}

async fn the_directory_keeps_what_counts_and_what_counted<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let store = gateway.store.clone();
    let all = store.members(None, 100).await.expect("reads");
    assert_eq!(all.len(), 4);
    let first = store.members(None, 1).await.expect("reads");
    let rest = store.members(Some(&oin(PRIMARY)), 100).await.expect("reads");
    assert_eq!((first[0].digest, rest.len()), (all[0].digest, 3));
    assert_eq!(
        store
            .member(&oin(PRIMARY))
            .await
            .expect("reads")
            .map(|m| m.digest),
        Some(all[0].digest)
    );
    assert!(store.member(&oin(5555)).await.expect("reads").is_none());

    let old = signer(SECONDARY).public_key().id();
    gateway.roll_over(SECONDARY).await;
    let bundles = store.bundles(&oin(SECONDARY)).await.expect("reads");
    assert_eq!(bundles.len(), 2);
    let keys = Keys {
        members: [oin(SECONDARY)].into(),
        older_keys: [old].into(),
        ..Keys::default()
    };
    let books = store.books(&keys).await.expect("loads");
    assert_eq!(
        books.bundle(&oin(SECONDARY)).map(Verified::digest),
        Some(bundles[1].digest)
    );
    assert_eq!(
        books.member(&oin(SECONDARY)).map(|member| member.oin.clone()),
        Some(oin(SECONDARY))
    );

    assert_eq!(
        store.catalogue(None).await.expect("reads").map(|c| c.digest),
        Some(catalogue_digest())
    );
    let by_digest = store.catalogue(Some(catalogue_digest())).await.expect("reads");
    assert!(
        by_digest.is_some()
            && store
                .catalogue(Some(Digest::of(b"x")))
                .await
                .expect("reads")
                .is_none()
    );
    assert_eq!(
        books.catalogue_in_force().map(|catalogue| catalogue.digest()),
        Some(catalogue_digest())
    );
    let found = store
        .statements(&[bundles[1].digest, Digest::of(b"x"), all[0].digest])
        .await
        .expect("reads");
    assert_eq!(
        found.iter().map(|f| f.digest).collect::<Vec<_>>(),
        [bundles[1].digest, all[0].digest]
    );
}

async fn invitations_keep_what_became_of_them<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.manifest();
    let mut letter = Letter::send(&mut gateway, &manifest, None).await;
    assert_eq!(letter.state(&gateway).await, InvitationState::Open);
    letter.activate(&mut gateway).await;
    assert_eq!(letter.state(&gateway).await, InvitationState::Activated);
    for _ in 0..10 {
        let wrong = letter.log_in(&mut gateway, 0).await;
        assert!(
            matches!(wrong, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::WrongCodeOrSecret)
        );
    }
    let stop = gateway.stop().await;
    let mut gateway = Gateway::start(stop, false).await;
    let locked = letter.log_in(&mut gateway, 7).await;
    assert!(
        matches!(locked, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::TooMany),
        "wrong attempts are counted across restarts"
    );
    let anew = Letter::send(&mut gateway, &manifest, Some(letter.invitation)).await;
    assert_eq!(letter.state(&gateway).await, InvitationState::Replaced);
    assert_eq!(anew.state(&gateway).await, InvitationState::Open);
    let revoke = Command::RevokeInvitation {
        invitation: anew.invitation,
    };
    gateway
        .ask(Caller::Organisation(oin(PRIMARY)), revoke)
        .await
        .expect("its own");
    assert_eq!(anew.state(&gateway).await, InvitationState::Revoked);
}

async fn sessions_end_when_they_are_ended_or_swept<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.manifest();
    let mut letter = Letter::send(&mut gateway, &manifest, None).await;
    let first = letter.activate(&mut gateway).await;
    let second = letter.log_in(&mut gateway, 7).await.expect("right");
    let counts = async |gateway: &Gateway<S>, session: &SessionToken, now: Timestamp| {
        let keys = Keys {
            sessions: [(session.digest(), Extent::People)].into(),
            ..Keys::default()
        };
        gateway
            .store
            .books(&keys)
            .await
            .expect("loads")
            .guardian(session, now)
            .is_ok()
    };
    let now = gateway.clock.now();
    assert!(counts(&gateway, &first, now).await && counts(&gateway, &second, now).await);
    let log_out = Command::LogOut {
        session: first.clone(),
    };
    gateway
        .ask(Caller::Portal(oin(PORTAL)), log_out)
        .await
        .expect("ends");
    assert!(!counts(&gateway, &first, now).await && counts(&gateway, &second, now).await);
    gateway.store.sweep(now).await.expect("sweeps");
    assert!(counts(&gateway, &second, now).await, "not over yet");
    gateway
        .store
        .sweep(now + jiff::SignedDuration::from_hours(48))
        .await
        .expect("sweeps");
    assert!(!counts(&gateway, &second, now).await);
}

async fn a_key_ring_is_replaced_and_survives_a_restart<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.manifest();
    let mut letter = Letter::send(&mut gateway, &manifest, None).await;
    let session = letter.activate(&mut gateway).await;
    assert!(
        gateway
            .store
            .key_ring(letter.invitation)
            .await
            .expect("reads")
            .is_none()
    );
    for (expected_version, sealed) in [(0, vec![1; 90]), (1, vec![2; 70])] {
        let put = Command::PutKeyRing {
            session: session.clone(),
            expected_version,
            sealed: sealed.clone(),
        };
        let put = gateway
            .ask(Caller::Portal(oin(PORTAL)), put)
            .await
            .expect("current");
        assert!(matches!(put, Answer::KeyRingKept { version } if version == expected_version + 1));
        let kept = gateway
            .store
            .key_ring(letter.invitation)
            .await
            .expect("reads")
            .expect("kept");
        assert_eq!((kept.version, kept.sealed), (expected_version + 1, sealed));
    }
    let stop = gateway.stop().await;
    let mut gateway = Gateway::start(stop, false).await;
    let stale = Command::PutKeyRing {
        session,
        expected_version: 1,
        sealed: vec![3; 70],
    };
    let refused = gateway.ask(Caller::Portal(oin(PORTAL)), stale).await;
    assert!(
        matches!(refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::WrongStage),
        "the version survives a restart"
    );
}

async fn previews_are_kept_once_per_person<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.awaiting().await;
    let mut letter = Letter::send(&mut gateway, &manifest, None).await;
    letter.activate(&mut gateway).await;
    let (id, slot) = (manifest.handover, letter.slot);
    assert!(gateway.store.preview(id, slot).await.expect("reads").is_none());
    for sealed in [vec![1; 70], vec![2; 90]] {
        let previews = vec![SealedPreview {
            slot,
            invitation: letter.invitation,
            sealed: sealed.clone(),
        }];
        let add = Command::AddPreviews {
            handover: id,
            previews,
        };
        gateway
            .ask(Caller::Organisation(oin(PRIMARY)), add)
            .await
            .expect("activated");
        let kept = gateway
            .store
            .preview(id, slot)
            .await
            .expect("reads")
            .expect("kept");
        assert_eq!((kept.invitation, kept.sealed), (letter.invitation, sealed));
    }
    let other = HandoverId::from_bytes([1; 16]);
    assert_eq!(
        gateway.store.previewed(&[other, id], slot).await.expect("reads"),
        [id]
    );
}

async fn a_plan_is_kept_once_per_person_and_goes_with_its_step<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.manifest();
    let id = manifest.handover;
    gateway.receive(&manifest).await;
    let mut letter = Letter::send(&mut gateway, &manifest, None).await;
    letter.activate(&mut gateway).await;
    gateway.step(id, Step::Accepted {}).await;
    let read = async |gateway: &Gateway<S>| gateway.store.plans(&[id], letter.slot).await.expect("reads");
    let other = SlotId::from_bytes([1; 16]);
    for sealed in [vec![1; 70], vec![2; 90]] {
        let step = gateway.step(id, Step::TalkPlanned {}).await;
        assert!(read(&gateway).await.is_empty(), "an earlier plan holds no more");
        let plans = vec![SealedPlan {
            slot: letter.slot,
            invitation: letter.invitation,
            sealed: sealed.clone(),
        }];
        let add = Command::AddPlans {
            handover: id,
            step,
            plans,
        };
        gateway
            .ask(Caller::Organisation(oin(PRIMARY)), add)
            .await
            .expect("the newest");
        let kept = read(&gateway).await.remove(&id).expect("kept");
        assert_eq!(
            (kept.invitation, kept.step, kept.sealed),
            (letter.invitation, step, sealed)
        );
        assert!(gateway.store.plans(&[id], other).await.expect("reads").is_empty());
    }
    gateway.step(id, Step::TalkHeld {}).await;
    assert!(read(&gateway).await.is_empty(), "the talk was held");
}

async fn a_child_is_loaded_as_far_as_asked<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let open = gateway.awaiting().await;
    let mut over = gateway.manifest();
    over.child = open.child;
    gateway.admit(&over).await;
    let retract = Command::Retract {
        handover: over.handover,
    };
    gateway
        .ask(Caller::Organisation(oin(PRIMARY)), retract)
        .await
        .expect("not released");
    let child = ChildKey {
        inviter: oin(PRIMARY),
        child: open.child,
    };
    for (extent, count) in [(Extent::People, 0), (Extent::Open, 1), (Extent::All, 2)] {
        let keys = Keys {
            children: [(child.clone(), extent)].into(),
            ..Keys::default()
        };
        let books = gateway.store.books(&keys).await.expect("loads");
        assert_eq!(books.handovers().count(), count, "{extent:?}");
    }
    let elsewhere = ChildKey {
        inviter: oin(SECONDARY),
        child: open.child,
    };
    let keys = Keys {
        children: [(elsewhere, Extent::All)].into(),
        ..Keys::default()
    };
    assert_eq!(
        gateway
            .store
            .books(&keys)
            .await
            .expect("loads")
            .handovers()
            .count(),
        0
    );
    let told = gateway.store.story(over.handover).await.expect("reads");
    assert_eq!(
        told.iter().map(|s| s.statement.kind.word()).collect::<Vec<_>>(),
        ["manifest", "permit"]
    );
}

async fn what_is_due_is_found_when_it_is_due<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.awaiting().await;
    for guardian in &manifest.guardians {
        let told = Told {
            handover: manifest.handover,
            manifest: claim(PRIMARY, &manifest).digest(),
            slot: guardian.slot,
            how: ToldHow::Letter,
            renewal: None,
            at: gateway.clock.now(),
        };
        let told = claim(PRIMARY, &told);
        gateway
            .ask(Caller::Organisation(oin(PRIMARY)), Command::RecordTold { told })
            .await
            .expect("has a place");
    }
    let now = gateway.clock.now();
    assert!(gateway.store.due(now, 10).await.expect("reads").is_empty());
    let later = now + jiff::SignedDuration::from_hours(24 * 11);
    assert_eq!(
        gateway.store.due(later, 10).await.expect("reads"),
        [manifest.handover]
    );
    assert!(gateway.store.due(later, 0).await.expect("reads").is_empty());
    gateway.clock.set(later);
    let tick = Command::Tick {
        handover: manifest.handover,
        municipality: None,
    };
    let answer = gateway.ask(Caller::Gateway, tick).await.expect("ticks");
    assert!(matches!(answer, Answer::Handover(status) if status.stage == Stage::Permitted));
    assert!(gateway.store.due(later, 10).await.expect("reads").is_empty());
}

async fn leaves_are_found_by_handover_child_and_tile<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let manifest = gateway.awaiting().await;
    Letter::send(&mut gateway, &manifest, None).await;
    gateway.submitted().await;
    let child = ChildKey {
        inviter: oin(PRIMARY),
        child: manifest.child,
    };
    let acts = async |child: Option<&ChildKey>| -> Vec<Act> {
        let leaves = gateway
            .store
            .leaves_about(manifest.handover, child)
            .await
            .expect("reads");
        leaves
            .iter()
            .map(|leaf| leaf.record.leaf().expect("whole").event().expect("reads").act)
            .collect()
    };
    assert_eq!(acts(None).await, [Act::Proposed]);
    assert_eq!(acts(Some(&child)).await, [Act::Proposed, Act::Invited]);
    let head = gateway.store.head().await.expect("reads");
    let all = gateway.store.leaves(0, 1000).await.expect("reads");
    assert_eq!(u64::try_from(all.len()).expect("few"), head.size);
    let tile = Tile {
        level: 0,
        first: 2,
        count: 3,
    };
    let hashes = gateway.store.tile(tile).await.expect("reads");
    let expected: Vec<_> = all[2..5].iter().map(|leaf| *leaf.record.commitment()).collect();
    assert_eq!(hashes, expected);
    let page = gateway.store.leaves(3, 2).await.expect("reads");
    assert_eq!(page.iter().map(|leaf| leaf.index).collect::<Vec<_>>(), [3, 4]);
}

async fn a_request_id_belongs_to_its_caller<S: Store>(store: S) {
    let mut gateway = Gateway::start(store, true).await;
    let (handover, request) = gateway.propose();
    gateway.sequencer.submit(request.clone()).await.expect("admitted");
    let theirs = handdruk_domain::exchange::Request {
        caller: Caller::Organisation(oin(SECONDARY)),
        command: Command::Fetch { handover },
        ..request.clone()
    };
    let refused = gateway.sequencer.submit(theirs).await;
    assert!(matches!(refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::NotFound));
    let mut other = request;
    other.reference = other.reference.map(|mut reference| {
        reference.digest = Digest::of(b"another body");
        reference
    });
    let refused = gateway.sequencer.submit(other).await;
    assert!(matches!(refused, Err(NotDone::Refused(refusal)) if refusal.reason == Reason::RequestIdReused));
    assert!(
        gateway
            .store
            .head()
            .await
            .expect("reads")
            .checkpoint
            .contains(&oin(GATEWAY).to_string())
    );
}

/// One letter to the first guardian of a manifest.
struct Letter {
    invitation: InvitationId,
    slot: SlotId,
    code: P256,
}

impl Letter {
    async fn send<S: Store>(
        gateway: &mut Gateway<S>,
        manifest: &Manifest,
        replaces: Option<InvitationId>,
    ) -> Self {
        let code = P256::new();
        let guardian = &manifest.guardians[0];
        let invitation = Invitation {
            invitation: InvitationId::random(&mut gateway.rng),
            inviter: oin(PRIMARY),
            child: manifest.child,
            slot: guardian.slot,
            holder: guardian.holder,
            code_key: code.public_key(),
            anchor: Bytes(vec![0; 32]),
            replaces,
            language: Language::Turkish,
            at: gateway.clock.now(),
            not_after: gateway.clock.now() + jiff::SignedDuration::from_hours(24 * 60),
        };
        let invite = Command::Invite {
            invitation: claim(PRIMARY, &invitation),
        };
        gateway
            .ask(Caller::Organisation(oin(PRIMARY)), invite)
            .await
            .expect("invites");
        Self {
            invitation: invitation.invitation,
            slot: guardian.slot,
            code,
        }
    }

    async fn activate<S: Store>(&mut self, gateway: &mut Gateway<S>) -> SessionToken {
        let own = P256::new();
        let keys = GuardianKeys {
            invitation: self.invitation,
            slot: self.slot,
            signing: own.public_key(),
            opening: P256::new().public_key(),
            at: gateway.clock.now(),
        };
        let keys = Claim::new(Statement::sign(&keys, &[&self.code, &own]).expect("signs")).expect("reads");
        let activate = Command::Activate {
            keys,
            login_verifier: Digest::of(&[7; 32]),
        };
        match gateway
            .ask(Caller::Portal(oin(PORTAL)), activate)
            .await
            .expect("the first time")
        {
            Answer::Activated { session } => session,
            other => panic!("not an activation: {other:?}"),
        }
    }

    async fn log_in<S: Store>(&self, gateway: &mut Gateway<S>, byte: u8) -> Result<SessionToken, NotDone> {
        let proof = LoginProof::from_bytes([byte; 32]);
        let log_in = Command::LogIn {
            invitation: self.invitation,
            proof,
        };
        match gateway.ask(Caller::Portal(oin(PORTAL)), log_in).await? {
            Answer::LoggedIn { session, .. } => Ok(session),
            other => panic!("not a login: {other:?}"),
        }
    }

    async fn state<S: Store>(&self, gateway: &Gateway<S>) -> InvitationState {
        let keys = Keys {
            invitations: [(self.invitation, Extent::People)].into(),
            ..Keys::default()
        };
        let books = gateway.store.books(&keys).await.expect("loads");
        let (_, invited) = books.invitation(self.invitation).expect("there");
        invited.state(gateway.clock.now())
    }
}

impl<S: Store> Gateway<S> {
    /// A transfer report whose inspection is still open.
    async fn awaiting(&mut self) -> Manifest {
        let mut manifest = self.manifest();
        manifest.inspection = Inspection::Open {};
        self.admit(&manifest).await;
        manifest
    }

    /// Brings a handover to its recipient.
    async fn receive(&mut self, manifest: &Manifest) {
        let propose = Command::Propose {
            manifest: claim(PRIMARY, manifest),
            application: None,
        };
        let sender = Caller::Organisation(oin(PRIMARY));
        let answer = self.ask(sender, propose).await.expect("admitted");
        let submit = self.submit(manifest.handover, &answer).await;
        self.sequencer.submit(submit).await.expect("permitted");
        let fetch = self.fetch(manifest.handover);
        let fetched = self.sequencer.submit(fetch).await.expect("released");
        let acknowledge = self.acknowledge(manifest.handover, &fetched);
        self.sequencer.submit(acknowledge).await.expect("received");
    }

    /// The recipient reports a step; one that plans something brings sealed details. Returns its digest.
    async fn step(&mut self, handover: HandoverId, step: Step) -> Digest {
        let progress = Progress {
            handover,
            step,
            sealed: step.may_carry().then(|| Bytes(vec![7; 64])),
            by: Actor {
                actor: "intake-1".parse().expect("a reference"),
                on_behalf_of: oin(SECONDARY),
            },
            at: self.clock.now(),
        };
        self.clock
            .set(self.clock.now() + jiff::SignedDuration::from_secs(1));
        let progress = claim(SECONDARY, &progress);
        let digest = progress.digest();
        let report = Command::ReportProgress { progress };
        self.ask(Caller::Organisation(oin(SECONDARY)), report)
            .await
            .expect("in turn");
        digest
    }

    async fn admit(&mut self, manifest: &Manifest) {
        let propose = Command::Propose {
            manifest: claim(PRIMARY, manifest),
            application: None,
        };
        self.ask(Caller::Organisation(oin(PRIMARY)), propose)
            .await
            .expect("admitted");
    }
}

async fn children_are_counted_where_their_manifest_says_and_without_what_readers_take_part_in(
    store: SqlStore,
) {
    let mut gateway = Gateway::start(store, true).await;
    let home: Municipality = "0193".parse().expect("a code");
    let propose = async |gateway: &mut Gateway<SqlStore>, lives: Option<&str>, again: Option<ChildRef>| {
        let mut manifest = gateway.manifest();
        manifest.municipality = lives.map(|code| code.parse().expect("a code"));
        manifest.child = again.unwrap_or(manifest.child);
        let command = Command::Propose {
            manifest: claim(PRIMARY, &manifest),
            application: None,
        };
        let sender = Caller::Organisation(oin(PRIMARY));
        gateway.ask(sender, command).await.expect("admitted");
        manifest
    };
    let first = propose(&mut gateway, Some("0193"), None).await;
    // The same child once more; another; one who lives elsewhere; one of whom nobody may know where.
    let twice = propose(&mut gateway, Some("0193"), Some(first.child)).await;
    propose(&mut gateway, Some("0193"), None).await;
    propose(&mut gateway, Some("1924"), None).await;
    propose(&mut gateway, None, None).await;
    let quarter = Quarter::of(first.transition.month);
    let tally = async |gateway: &Gateway<SqlStore>, quarter, readers: &[u32]| {
        let readers = readers.iter().map(|number| oin(*number)).collect();
        let tally = gateway.store.tally(&home, quarter, &readers).await;
        tally.expect("counts").into_iter().collect::<Vec<_>>()
    };
    let report = Purpose::TransferReportPrimary;
    let counted = [((report, Standing::UnderWay), 2)];
    assert_eq!(tally(&gateway, quarter, &[]).await, counted);
    assert_eq!(tally(&gateway, quarter, &[GATEWAY, PORTAL]).await, counted);
    for takes_part in [PRIMARY, SECONDARY] {
        assert!(tally(&gateway, quarter, &[PORTAL, takes_part]).await.is_empty());
    }
    assert!(tally(&gateway, quarter.previous(), &[]).await.is_empty());

    // What happens to a handover moves it to another cell.
    let handover = twice.handover;
    let retract = Command::Retract { handover };
    let sender = Caller::Organisation(oin(PRIMARY));
    gateway.ask(sender, retract).await.expect("nothing was released");
    let moved = [
        ((report, Standing::UnderWay), 2),
        ((report, Standing::NotHandedOver), 1),
    ];
    assert_eq!(tally(&gateway, quarter, &[]).await, moved);
}

async fn a_table_of_counts_is_kept_as_it_was_first_made(store: SqlStore) {
    let home: Municipality = "0193".parse().expect("a code");
    let day: Date = "2028-01-03".parse().expect("a date");
    let quarter = Quarter::of(day);
    assert_eq!(store.table_of_counts(&home, quarter).await.expect("reads"), None);
    let cell = (Purpose::CareHandover, Standing::Closed);
    let made = |count| Table::of(&Tally::from([(cell, count)]), day);
    for count in [12, 13] {
        let kept = store.keep_table_of_counts(&home, quarter, &made(count)).await;
        assert_eq!(
            kept.expect("keeps"),
            made(12),
            "whoever comes second gets the first"
        );
    }
    let kept = store.table_of_counts(&home, quarter).await.expect("reads");
    assert_eq!(kept, Some(made(12)));
    let other = store.table_of_counts(&home, quarter.previous()).await;
    assert_eq!(other.expect("reads"), None);
}
