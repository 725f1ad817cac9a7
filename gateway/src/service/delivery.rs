//! Reading what a committed release names.
//!
//! Invariant: nothing is sent of a release of which something was taken back before it was read, and then the handover does not
//! go on standing as released: its recipient hears that nothing comes, and asks no more.

use handdruk_domain::exchange::{Caller, Command, Fetched, Request};
use handdruk_domain::oin::Oin;

use crate::sequencer::{NotDone, Sequencer};
use crate::store::{Store, StoreFault};

/// Why nothing is sent.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotSent {
    /// The store could not be read.
    #[error("the store could not be read")]
    Store(#[from] StoreFault),
    /// It was taken back, and this is how it ended; or that could not be found out.
    #[error(transparent)]
    Ended(#[from] NotDone),
    /// It may still go, and is not there. Ours.
    #[error("the content of a release is not in the store")]
    Lost,
}

/// The sealed compartments that `recipient` fetched.
pub(super) async fn compartments<S: Store>(
    store: &S,
    sequencer: &Sequencer,
    recipient: &Oin,
    fetched: &Fetched,
) -> Result<Vec<Vec<u8>>, NotSent> {
    if let Some(sealed) = store.compartments(fetched.handover, &fetched.sent).await? {
        return Ok(sealed);
    }
    let again = Request {
        caller: Caller::Organisation(recipient.clone()),
        reference: None,
        command: Command::Fetch {
            handover: fetched.handover,
        },
    };
    sequencer.submit(again).await?;
    Err(NotSent::Lost)
}

#[cfg(test)]
mod tests {
    use handdruk_domain::clock::Clock as _;
    use handdruk_domain::exchange::{Answer, Keys};
    use handdruk_domain::reason::Reason;
    use handdruk_domain::stage::Stage;

    use super::*;
    use crate::sequencer::tests::world::{Gateway, SECONDARY, oin, sqlite};
    use crate::store::sql::SqlStore;

    #[tokio::test]
    async fn a_release_that_ended_before_its_content_was_read_does_not_stay_released() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut gateway = Gateway::start(sqlite(folder.path()).await, true).await;
        let handover = gateway.submitted().await;
        let fetch = gateway.fetch(handover);
        let answer = gateway.sequencer.submit(fetch).await.expect("released");
        let Answer::Fetched(fetched) = answer else {
            panic!("not fetched: {answer:?}")
        };
        let read = async |store: &SqlStore| {
            let sealed = compartments(store, &gateway.sequencer, &oin(SECONDARY), &fetched).await;
            sealed.map(|sealed| sealed.len())
        };
        assert_eq!(read(&gateway.store).await.expect("is there"), fetched.sent.len());

        // A store from which the content was erased after the release was committed.
        let elsewhere = tempfile::tempdir().expect("a folder");
        let erased = sqlite(elsewhere.path()).await;
        let lost = read(&erased).await;
        assert!(matches!(&lost, Err(NotSent::Lost)), "{lost:?}");
        let later = gateway.clock.now() + jiff::SignedDuration::from_hours(24 * 365);
        gateway.clock.set(later);
        let ended = read(&erased).await;
        assert!(
            matches!(&ended, Err(NotSent::Ended(NotDone::Refused(why))) if why.reason == Reason::NoPermit),
            "{ended:?}"
        );
        let keys = Keys {
            handovers: [handover].into(),
            ..Keys::default()
        };
        let books = gateway.store.books(&keys).await.expect("reads");
        let stands = books.handover(handover).expect("is known").state().stage();
        assert_eq!(stands, Stage::Expired);
    }
}
