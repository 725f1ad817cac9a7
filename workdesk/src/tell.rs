//! Telling the privacy officer outside the workdesk that the glass was broken.
//!
//! Invariants: the mail was written in the transaction in which the glass was broken, so that none is forgotten; it names
//! nobody, only where to look; and nobody waits for it: whoever broke the glass reads at once. That it went, or will never
//! go, stands in the view log.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use handdruk_domain::clock::Timestamp;
use handdruk_look::Language;
use handdruk_service::{Chain, Notice, Post, Posted};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::access::Ground;
use crate::desk::Desk;
use crate::log::{Deed, Entry, MACHINE};
use crate::store::StoreError;
use crate::words::words;

/// How often it is looked whether a mail is due.
const LOOK: Duration = Duration::from_secs(1);
/// The longest wait before a mail is tried again.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);
/// After so many attempts, about four days, a mail is given up: the workdesk says so.
const ATTEMPTS: u32 = 100;

/// Brings what is due to the mail server, until asked to stop.
pub(crate) async fn privacy_officer(desk: Desk, post: Arc<dyn Post>, to: String, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let went = match one(&desk, post.as_ref(), &to).await {
            Ok(went) => went,
            Err(error) => {
                tracing::error!(error = %Chain(&error), "mails to the privacy officer cannot be read or written");
                false
            }
        };
        if !went {
            tokio::select! { () = stop.cancelled() => return, () = tokio::time::sleep(LOOK) => {} }
        }
    }
}

/// Tries the mail that is due longest. Whether there was one.
async fn one(desk: &Desk, post: &dyn Post, to: &str) -> Result<bool, StoreError> {
    let now = desk.now();
    let due = desk.store().snapshot().await?.due_glass_mail(now).await?;
    let Some(due) = due else {
        return Ok(false);
    };
    let (subject, text) = written(desk.config().address.as_str());
    let notice = Notice {
        to: to.to_owned(),
        subject,
        text,
        name: due.broken,
        at: now,
    };
    let posted = match post.post(notice).await {
        Posted::NotNow if due.attempts >= ATTEMPTS => Posted::Never,
        posted => posted,
    };
    let mut tx = desk.store().begin().await?;
    if posted == Posted::NotNow {
        tracing::warn!(
            attempts = due.attempts,
            "the mail server did not take a mail to the privacy officer; tried again later"
        );
        tx.postpone_glass_mail(due.broken, later(now, due.attempts))
            .await?;
    } else {
        let told = posted == Posted::Taken;
        if !told {
            tracing::error!(
                attempts = due.attempts,
                "the privacy officer was not told by mail that the glass was broken"
            );
        }
        tx.finish_glass_mail(due.broken, told.then_some(now)).await?;
        let line = Entry {
            at: now,
            who: None,
            roles: BTreeSet::new(),
            action: Deed::ToldPrivacyOfficer,
            handover: Some(due.handover),
            colleague: None,
            categories: BTreeSet::new(),
            ground: Ground::BrokenGlass.word().to_owned(),
            allowed: told,
            source: MACHINE.to_owned(),
        };
        tx.note(&[line]).await?;
    }
    tx.commit().await?;
    Ok(true)
}

/// Subject and text: the same each time, in Dutch with the English below it.
fn written(address: &str) -> (String, String) {
    let (dutch, english) = (words(Language::Nl), words(Language::En));
    let text = [dutch, english].map(|words| words.with("address", address).say("glass-mail-text"));
    // The marks around what was filled in are for pages: in a mail they would be part of the address.
    let text = text.join("\n\n--\n\n").replace(['\u{2068}', '\u{2069}'], "");
    (dutch.say("glass-mail-subject"), text)
}

/// Half a second, then twice as long each time, up to an hour.
fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let wait = SignedDuration::from_millis(500 << attempts.min(20)).min(LONGEST_WAIT);
    now.checked_add(wait).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::sync::Mutex;

    use handdruk_domain::ids::HandoverId;
    use handdruk_look::plain;

    use super::*;
    use crate::harness::House;
    use crate::log::GlassMail;
    use crate::people::{Role, Scope};

    /// A mail server that says this in turn, and keeps what it was asked.
    struct Office(Mutex<(Vec<Posted>, Vec<Notice>)>);

    impl Post for Office {
        fn post(&self, notice: Notice) -> Pin<Box<dyn Future<Output = Posted> + Send + '_>> {
            let mut office = self.0.lock().expect("not poisoned");
            office.1.push(notice);
            let said = if office.0.is_empty() {
                Posted::NotNow
            } else {
                office.0.remove(0)
            };
            Box::pin(async move { said })
        }
    }

    const TO: &str = "fg@school.example";

    async fn house() -> House {
        let house = House::with(&format!("privacy_mail = \"{TO}\"\n")).await;
        let intake = house
            .colleague("intake-1", &[Role::Intake], Scope::Everything)
            .await;
        house
            .colleague("fg-1", &[Role::PrivacyOfficer], Scope::Everything)
            .await;
        let broken = house
            .desk
            .break_glass(
                &intake,
                HandoverId::from_bytes([7; 16]),
                "Noor staat nu aan de balie.",
            )
            .await
            .expect("broken");
        assert_eq!(broken.mail, GlassMail::Waits);
        house
    }

    async fn stands(house: &House) -> GlassMail {
        let mut snapshot = house.desk.store().snapshot().await.expect("reads");
        snapshot.broken_glass(10).await.expect("reads")[0].mail
    }

    #[tokio::test]
    async fn a_mail_that_is_not_taken_goes_again_later_until_it_is_and_then_no_more() {
        let house = house().await;
        let office = Office(Mutex::new((
            vec![Posted::NotNow, Posted::NotNow, Posted::Taken],
            Vec::new(),
        )));
        for wait in [500, 1000] {
            assert!(one(&house.desk, &office, TO).await.expect("tries"));
            assert_eq!(stands(&house).await, GlassMail::Waits);
            house.pass(SignedDuration::from_millis(wait - 1));
            assert!(!one(&house.desk, &office, TO).await.expect("looks"), "too early");
            house.pass(SignedDuration::from_millis(1));
        }
        assert!(one(&house.desk, &office, TO).await.expect("tries"));
        assert_eq!(stands(&house).await, GlassMail::Told(house.now()));
        house.pass(SignedDuration::from_hours(2));
        assert!(!one(&house.desk, &office, TO).await.expect("looks"));
        let asked = office.0.into_inner().expect("not poisoned").1;
        let names: BTreeSet<_> = asked.iter().map(|notice| notice.name).collect();
        assert_eq!((asked.len(), names.len()), (3, 1), "one mail, tried three times");
        let line = house.lines().await.pop().expect("a line");
        assert_eq!((line.action, line.allowed), (Deed::ToldPrivacyOfficer, true));
        assert_eq!((line.who, line.source.as_str()), (None, MACHINE));
    }

    #[tokio::test]
    async fn a_mail_that_will_never_be_taken_is_given_up_and_the_log_says_so() {
        let house = house().await;
        let office = Office(Mutex::new((vec![Posted::Never], Vec::new())));
        assert!(one(&house.desk, &office, TO).await.expect("tries"));
        assert_eq!(stands(&house).await, GlassMail::NotTold);
        assert!(!one(&house.desk, &office, TO).await.expect("looks"));
        let line = house.lines().await.pop().expect("a line");
        assert_eq!((line.action, line.allowed), (Deed::ToldPrivacyOfficer, false));
    }

    #[tokio::test]
    async fn it_is_tried_a_hundred_times_and_no_more() {
        let house = house().await;
        let office = Office(Mutex::new((Vec::new(), Vec::new())));
        let mut tries = 0;
        while stands(&house).await == GlassMail::Waits {
            assert!(one(&house.desk, &office, TO).await.expect("tries"));
            tries += 1;
            house.pass(SignedDuration::from_hours(1));
        }
        assert_eq!((tries, stands(&house).await), (ATTEMPTS + 1, GlassMail::NotTold));
    }

    #[tokio::test]
    async fn a_mail_says_where_to_look_and_nothing_about_anybody() {
        let house = house().await;
        let office = Office(Mutex::new((vec![Posted::Taken], Vec::new())));
        one(&house.desk, &office, TO).await.expect("tries");
        let asked = office.0.into_inner().expect("not poisoned").1;
        let Notice {
            to, subject, text, ..
        } = &asked[0];
        assert_eq!(to, TO);
        assert!(text.contains("http://localhost:8543/glass"));
        let handover = HandoverId::from_bytes([7; 16]).to_string();
        for canary in ["Noor", "balie", "intake-1", "fg-1", "Boonstra", handover.as_str()] {
            assert!(!subject.contains(canary) && !text.contains(canary), "{canary}");
        }
        let dutch = text.split("--").next().expect("the Dutch part");
        assert_eq!(
            plain::flaws_in(&format!("{subject}.\n{dutch}")),
            Vec::<String>::new()
        );
    }
}
