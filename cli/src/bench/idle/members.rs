//! So many organisations, each with a certificate and a membership of its own: a gateway lets none have more than a few event
//! streams, so ten thousand nodes are ten thousand organisations.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::StreamExt as _;
use futures_util::stream;
use handdruk_certs::{Authority, Files, HolderKind, Identity, Registrar, Subject, Term};
use handdruk_domain::clock::{Clock as _, Timestamp};
use handdruk_domain::oin::Oin;
use handdruk_domain::role::Role;
use handdruk_domain::statement::member::{Membership, MembershipStatus};
use handdruk_service::{Entropy, SystemClock};
use jiff::SignedDuration;

use crate::federation::Federation;

/// How many are made in one go, and how many goes there are at once: most of the time is waiting for the disk.
const GO: usize = 50;
const AT_ONCE: usize = 8;
/// For how many days they are members.
const DAYS: u16 = 365;

/// Makes them: what a gateway that starts in this federation then finds in its directory, and who they are.
pub(super) async fn mint(
    federation: &Federation,
    count: usize,
    entropy: &Entropy,
) -> anyhow::Result<Vec<Identity>> {
    let root = federation.directory().to_owned();
    let authority = Authority::open(&root.join("federation"))?;
    let mint = Arc::new(Mint {
        registrar: authority.registrar()?,
        authority,
        root,
        at: federation.now(),
        entropy: entropy.clone(),
    });
    let goes = (0..count).step_by(GO).map(|first| {
        let mint = mint.clone();
        tokio::task::spawn_blocking(move || mint.members(first..count.min(first + GO)))
    });
    let mut goes = stream::iter(goes).buffered(AT_ONCE);
    let mut identities = Vec::with_capacity(count);
    while let Some(made) = goes.next().await {
        identities.extend(made??);
    }
    Ok(identities)
}

struct Mint {
    authority: Authority,
    registrar: Registrar,
    root: PathBuf,
    /// What time it is in the federation.
    at: Timestamp,
    entropy: Entropy,
}

impl Mint {
    fn members(&self, numbers: Range<usize>) -> anyhow::Result<Vec<Identity>> {
        numbers.map(|number| self.member(number)).collect()
    }

    fn member(&self, number: usize) -> anyhow::Result<Identity> {
        // A test OIN that nobody else in the federation has.
        let oin: Oin = format!("00000099{:012}", 900_000_000 + number).parse()?;
        let name = format!("Basisschool {number}");
        let membership = Membership {
            oin: oin.clone(),
            name: name.clone(),
            roles: [Role::Po].into(),
            desks: [].into(),
            sites: [].into(),
            municipality: None,
            region: [].into(),
            holiday_region: None,
            telephone: None,
            serial: 1,
            status: MembershipStatus::Active,
            at: self.at,
            not_after: self.at + SignedDuration::from_hours(24 * i64::from(DAYS)),
        };
        let signed = self.registrar.membership(&membership)?;
        let federation = self.root.join("federation");
        std::fs::write(
            federation.join(format!("directory/{oin}.json")),
            signed.raw().to_file()?,
        )?;
        let subject = Subject {
            oin,
            organisation: name,
            kind: HolderKind::Organisation,
            names: vec!["127.0.0.1".into()],
        };
        let own = self.root.join(format!("members/{number}"));
        self.authority
            .issue(
                &subject,
                Term::days(SystemClock.now(), DAYS),
                &mut self.entropy.fork(),
            )?
            .write_new(&own)?;
        Ok(Identity::open(
            Files::named(&own, &federation),
            Arc::new(SystemClock),
        )?)
    }
}
