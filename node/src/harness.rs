//! A node for tests: certificates minted at run time, a real database, members and catalogue as if fetched, and a gateway
//! that never answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use handdruk_certs::{Authority, Files, HolderKind, Identity, Registrar, Subject, Term};
use handdruk_domain::catalogue::DEFAULT;
use handdruk_domain::clock::{Clock, Timestamp, date_in_nl};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::oin::Oin;
use handdruk_domain::role::Role;
use handdruk_domain::statement::manifest::Actor;
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use handdruk_proto::v1;
use handdruk_service::{Entropy, SystemClock};
use jiff::SignedDuration;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::config::Retention;
use crate::directory::Directory;
use crate::gateway::Gateway;
use crate::keys::Keyring;
use crate::letter::Letterhead;
use crate::node::Node;
use crate::push;
use crate::store::{StorageKey, Store};
use crate::written::Written;

/// The primary school whose node it is.
pub(crate) const SCHOOL: &str = "00000099000000001000";
/// A secondary school.
pub(crate) const SECONDARY: &str = "00000099000000002000";
/// A support alliance.
pub(crate) const ALLIANCE: &str = "00000099000000004000";
/// A youth-care provider.
pub(crate) const PROVIDER: &str = "00000099000000006000";

/// The gateway.
pub(crate) const GATEWAY: &str = "00000099000000009000";

/// A clock that stands still.
#[derive(Debug)]
struct Fixed(Timestamp);

impl Clock for Fixed {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// A node and what it needs to stay alive.
#[derive(Debug)]
pub(crate) struct Home {
    /// Where its files are.
    pub(crate) directory: TempDir,
    /// The node.
    pub(crate) node: Node,
}

/// An OIN.
pub(crate) fn oin(text: &str) -> Oin {
    text.parse().expect("an OIN")
}

fn membership(text: &str, role: Role, sites: &[&str], at: Timestamp) -> Membership {
    Membership {
        oin: oin(text),
        name: format!("Member {role}"),
        roles: BTreeSet::from([role]),
        desks: BTreeSet::new(),
        sites: sites.iter().map(|site| site.parse().expect("a site")).collect(),
        municipality: None,
        region: BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at,
        not_after: Timestamp::MAX,
    }
}

async fn know(store: &Store, registrar: &Registrar, at: Timestamp) {
    let mut tx = store.begin().await.expect("begins");
    let members = [
        (SCHOOL, Role::Po, [].as_slice()),
        (SECONDARY, Role::Vo, &["99VA00"]),
        (ALLIANCE, Role::Swv, &[]),
        (PROVIDER, Role::Jh, &[]),
        (GATEWAY, Role::Gateway, &[]),
    ];
    for (number, role, sites) in members {
        let signed = registrar
            .membership(&membership(number, role, sites, at))
            .expect("signs");
        tx.keep_member(&oin(number), 1, &Written::of(&signed))
            .await
            .expect("keeps");
    }
    let catalogue = registrar.catalogue(DEFAULT).expect("signs");
    tx.keep_catalogue(&Written::of(&catalogue)).await.expect("keeps");
    tx.commit().await.expect("commits");
}

/// A primary school's node on 1 February 2027.
pub(crate) async fn home() -> Home {
    home_seeded(9).await
}

/// Another one, with keys of its own for each seed.
pub(crate) async fn home_seeded(seed: u8) -> Home {
    let directory = tempfile::tempdir().expect("a directory");
    let now: Timestamp = "2027-02-01T08:00:00Z".parse().expect("an instant");
    let wall = SystemClock.now();
    let entropy = Entropy::seeded([seed; 32]);
    let day = SignedDuration::from_hours(24);
    let term = Term {
        not_before: now.min(wall) - day,
        not_after: now.max(wall) + 400 * day,
    };
    let federation = directory.path().join("federation");
    let authority =
        Authority::init(&federation, "Test", term, wall, 30, &mut entropy.fork()).expect("an authority");
    let subject = Subject {
        oin: oin(SCHOOL),
        organisation: "School".into(),
        kind: HolderKind::Organisation,
        names: vec!["localhost".into()],
    };
    let own = directory.path().join("own");
    authority
        .issue(&subject, term, &mut entropy.fork())
        .and_then(|issued| issued.write_new(&own))
        .expect("issues");
    let identity =
        Identity::open(Files::named(&own, &federation), Arc::new(SystemClock)).expect("an identity");
    let registrar = authority.registrar().expect("a registrar");

    let path = directory.path().join("node.sqlite");
    let key = StorageKey::new(Zeroizing::new([5; 32]));
    let store = Store::open(&path, &key, &oin(SCHOOL), entropy.clone())
        .await
        .expect("opens");
    know(&store, &registrar, now).await;
    let keyring = Keyring::open(&store, &identity, &entropy, now)
        .await
        .expect("keys");
    // Nobody listens on port 1.
    let gateway = Gateway::new(
        &identity,
        &oin(GATEWAY),
        &["https://127.0.0.1:1".into()],
        &entropy,
    )
    .expect("an address");
    let known = Directory::open(gateway.clone(), store.clone(), identity, registrar.public_key()).await;
    let parts = (store, known.expect("a directory"), gateway);
    let node = Node::new(
        oin(SCHOOL),
        parts,
        Arc::new(Fixed(now)),
        entropy,
        keyring,
        Retention::default(),
        Letterhead::default(),
    );
    Home { directory, node }
}

/// Pushes Noor's dossier for care, to the provider; the gateway has not answered. Her parents are `elif` and `mark`.
pub(crate) async fn care(home: &Home) -> HandoverId {
    let authority = v1::Authority {
        kind: v1::AuthorityKind::Joint.into(),
        under_investigation: false,
    };
    let parent = |person: &str, name: &str| v1::Guardian {
        person: person.into(),
        holder: Some(v1::guardian::Holder::Authority(authority)),
        language: 0,
        name: name.into(),
        notify: None,
    };
    let request = v1::PushRequest {
        request_id: "00000000-0000-4000-8000-000000000002".into(),
        pupil: "leerling-noor".into(),
        dossier: include_bytes!("../dossiers/noor.xml").to_vec().into(),
        additions: include_bytes!("../dossiers/noor.additions.json").to_vec().into(),
        targets: vec![v1::Target {
            purpose: v1::Purpose::CareHandover.into(),
            recipient_oin: PROVIDER.into(),
            ..v1::Target::default()
        }],
        guardians: vec![parent("elif", "Elif Aydin"), parent("mark", "Mark Bakker")],
        municipality: "0193".into(),
        ..v1::PushRequest::default()
    };
    let node = &home.node;
    let pushed = push::Pushed::read(&request, date_in_nl(node.now()), &node.entropy).expect("a good dossier");
    let others = push::other_ends(node, pushed.targets()).await;
    let asked = push::Asked {
        by: Actor {
            actor: "ib-3".parse().expect("a reference"),
            on_behalf_of: oin(SCHOOL),
        },
        professional: true,
    };
    let mut tx = node.store.begin().await.expect("begins");
    let stored = push::store(node, &mut tx, pushed, &others, &asked)
        .await
        .expect("stores");
    tx.commit().await.expect("commits");
    let [(_, handover, _)] = stored.proposals.as_slice() else {
        panic!("one handover")
    };
    *handover
}
