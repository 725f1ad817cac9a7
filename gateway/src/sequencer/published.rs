//! What was committed, as others in this process hear of it: the log's newest head for whoever asks, and a bell for whom a commit
//! concerns.

use std::collections::BTreeSet;

use handdruk_domain::oin::Oin;
use tokio::sync::watch;

use super::bells::{Bell, Bells};
use crate::store::Head;

/// See the module. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Published {
    head: watch::Sender<Head>,
    bells: Bells,
}

impl Published {
    /// What the store holds at the start.
    pub(super) fn starting_with(head: Head) -> Self {
        Self {
            head: watch::Sender::new(head),
            bells: Bells::default(),
        }
    }

    /// The newest head, now and later.
    pub(super) fn head(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    /// A bell that rings after each commit that may concern `organisation`.
    pub(super) fn bell(&self, organisation: &Oin) -> Bell {
        self.bells.hang(organisation)
    }

    /// Our own commit, which concerns these.
    pub(super) fn own(&self, head: Head, concerned: &BTreeSet<Oin>) {
        self.put(head);
        self.bells.ring(concerned);
    }

    /// Where the log stands after others wrote to it, if it does. Whom that concerns is not known here.
    pub(super) fn others(&self, head: Head) {
        if self.put(head) {
            self.bells.ring_all();
        }
    }

    /// Puts a head in place, unless a later one is there already. Whether it did.
    fn put(&self, head: Head) -> bool {
        self.head.send_if_modified(|known| {
            let is_newer = head.turn > known.turn;
            if is_newer {
                *known = head;
            }
            is_newer
        })
    }
}
