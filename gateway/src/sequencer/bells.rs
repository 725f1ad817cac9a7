//! Who should look into the store now: a bell at each open stream, rung when a commit concerns its organisation.
//!
//! Invariant: after every commit the bells of all that it has a notice for, and of all whose commands were in it, have rung; where
//! somebody else committed, everybody's. A bell that rang is remembered until its listener comes. So nobody else needs to look,
//! and a commit costs as much as it concerns, however many streams are open.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use handdruk_domain::oin::Oin;
use tokio::sync::Notify;

/// Every bell. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Bells(Arc<Mutex<HashMap<Oin, Vec<Arc<Notify>>>>>);

impl Bells {
    fn bells(&self) -> MutexGuard<'_, HashMap<Oin, Vec<Arc<Notify>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more bell of an organisation.
    pub(super) fn hang(&self, organisation: &Oin) -> Bell {
        let rung = Arc::new(Notify::new());
        let mut bells = self.bells();
        bells.entry(organisation.clone()).or_default().push(rung.clone());
        drop(bells);
        Bell {
            bells: self.clone(),
            organisation: organisation.clone(),
            rung,
        }
    }

    /// Rings those of these organisations.
    pub(super) fn ring(&self, organisations: &BTreeSet<Oin>) {
        let bells = self.bells();
        let rung = organisations.iter().filter_map(|oin| bells.get(oin)).flatten();
        rung.for_each(|bell| bell.notify_one());
    }

    /// Rings all.
    pub(super) fn ring_all(&self) {
        self.bells().values().flatten().for_each(|bell| bell.notify_one());
    }
}

/// The bell of one stream; dropping it takes it down.
#[derive(Debug)]
pub(crate) struct Bell {
    bells: Bells,
    organisation: Oin,
    rung: Arc<Notify>,
}

impl Bell {
    /// Returns when it rang since the last time, at once where it did already.
    pub(crate) async fn rung(&self) {
        self.rung.notified().await;
    }
}

impl Drop for Bell {
    fn drop(&mut self) {
        let mut bells = self.bells.bells();
        if let Some(own) = bells.get_mut(&self.organisation) {
            own.retain(|bell| !Arc::ptr_eq(bell, &self.rung));
            if own.is_empty() {
                bells.remove(&self.organisation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn has_rung(bell: &Bell) -> bool {
        bell.rung().now_or_never().is_some()
    }

    #[test]
    fn only_whom_it_concerns_hears_and_each_of_their_streams_does() {
        let bells = Bells::default();
        let oin = |number: u32| {
            format!("0000009900000000{number:04}")
                .parse::<Oin>()
                .expect("an OIN")
        };
        let (one, another, other) = (bells.hang(&oin(1)), bells.hang(&oin(1)), bells.hang(&oin(2)));
        bells.ring(&[oin(1), oin(3)].into());
        bells.ring(&[oin(1)].into());
        assert!(has_rung(&one) && has_rung(&another) && !has_rung(&other));
        assert!(!has_rung(&one), "twice is heard once");
        bells.ring_all();
        assert!(has_rung(&one) && has_rung(&another) && has_rung(&other));
        drop(one);
        bells.ring(&[oin(1)].into());
        assert!(
            has_rung(&another),
            "the other stream of the same organisation stays"
        );
        drop((another, other));
        assert!(bells.bells().is_empty(), "nobody is remembered without a stream");
    }
}
