//! Every guardian hears by mail that something changed, and nothing else: over real sockets, to a mail server that looks into
//! each message.

use std::time::Duration;

use handdruk_cli::federation::cast::{Cast, admitted};
use handdruk_cli::federation::dossiers::{MILAN, NOOR};
use handdruk_cli::federation::eventually;
use handdruk_cli::federation::members::{LINDE, STADSCOLLEGE, VAKHUIS, WATERLELIE};
use handdruk_cli::federation::post::Mail;
use handdruk_cli::plan::Plan;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::statement::consent::Choice;

use crate::town::Town;

const MOTHER: &str = "elif@post.example";
const FATHER: &str = "mark.bakker@post.example";
const MILAN_HIMSELF: &str = "milan@post.example";
const HIS_MOTHER: &str = "ingrid@post.example";

/// Names, numbers, keys and purposes that stand in no mail's headers or text, whatever their spelling.
const CANARIES: &[&str] = &[
    "noor",
    "aydin",
    "bakker",
    "999900",
    "leerling",
    "linde",
    "overdracht",
    "hulp",
    "D11",
    "00000099",
    "#",
];

/// Waits until more than `before` mails came for an address.
async fn more(cast: &Cast, address: &str, before: usize) -> Vec<Mail> {
    let post = cast.federation.post();
    let came = eventually(Duration::from_secs(20), || async {
        Ok(post.mails_for(address).len() > before)
    });
    assert!(came.await.expect("waits"), "no mail for {address}");
    post.mails_for(address)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_guardian_hears_that_something_changed_and_nothing_else() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &mut town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    let pushed = cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    let care = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    assert!(
        cast.federation.post().mails().is_empty(),
        "a push by itself changes no consent"
    );

    // The father's letter is used: the mother is told as well.
    let mut father = cast
        .guardian(&WATERLELIE, &plan.pupil, "mark")
        .await
        .expect("activates");
    let to_mother = more(cast, MOTHER, 0).await.len();
    let to_father = more(cast, FATHER, 0).await.len();

    // He decides.
    father.decide(&care, Choice::Refuse).await.expect("decides");
    let to_mother = more(cast, MOTHER, to_mother).await.len();
    more(cast, FATHER, to_father).await;

    // She decides on paper: he is told.
    let before = cast.federation.post().mails_for(FATHER).len();
    let categories = plan_categories(cast, &care).await;
    cast.agree_on_paper(&WATERLELIE, &care, "elif", &categories)
        .await
        .expect("recorded");
    more(cast, FATHER, before).await;
    more(cast, MOTHER, to_mother).await;

    for mail in cast.federation.post().mails() {
        let own_lines = mail
            .text
            .lines()
            .filter(|line| !line.starts_with("To: ") && !line.starts_with("Message-ID: "));
        let text = own_lines.collect::<Vec<_>>().join("\n").to_lowercase();
        for canary in CANARIES {
            assert!(
                !text.contains(&canary.to_lowercase()),
                "a mail holds {canary}:\n{}",
                mail.text
            );
        }
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(mail.header("To"), Some(mail.to.as_str()));
    }
    let said = |address: &str| {
        let mails = cast.federation.post().mails_for(address);
        let first = mails.first().expect("one").body().to_owned();
        assert!(
            mails.iter().all(|mail| mail.body() == first),
            "the same text each time"
        );
        first
    };
    let portal = cast.federation.portal();
    assert!(said(FATHER).contains(&portal) && said(FATHER).contains("Er is iets veranderd."));
    assert_ne!(said(MOTHER), said(FATHER), "she reads Turkish beside the Dutch");
}

/// The categories that a handover would hold.
async fn plan_categories(cast: &Cast, handover: &str) -> Vec<handdruk_domain::category::Category> {
    let sent = cast.sent(&WATERLELIE, handover).await.expect("sent");
    sent.categories
        .iter()
        .map(|count| handdruk_proto::from_wire(count.category).expect("a category"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_sixteen_on_a_parent_gets_no_mail_about_a_consent_choice() {
    let mut town = Town::of(&[STADSCOLLEGE, VAKHUIS, LINDE]);
    let cast = &mut town.cast;
    let mut plan = Plan::parse(MILAN.plan).expect("a plan");
    plan.targets
        .retain(|target| target.purpose == Purpose::CareHandover);
    let pushed = cast.push(&STADSCOLLEGE, &MILAN, &plan).await.expect("pushed");
    let care = admitted(&pushed, Purpose::CareHandover)
        .expect("admitted")
        .to_owned();
    let mut milan = cast
        .guardian(&STADSCOLLEGE, &plan.pupil, "milan")
        .await
        .expect("activates");
    let before = more(cast, MILAN_HIMSELF, 0).await.len();
    milan.decide(&care, Choice::Refuse).await.expect("decides");
    let before = more(cast, MILAN_HIMSELF, before).await.len();
    // A second change, so that a mail to her about the first would have gone by now.
    milan.decide(&care, Choice::Agree).await.expect("decides");
    more(cast, MILAN_HIMSELF, before).await;
    assert!(cast.federation.post().mails_for(HIS_MOTHER).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_survives_kill_minus_nine_and_a_server_that_is_away() {
    let mut town = Town::of(&[WATERLELIE, STADSCOLLEGE, LINDE]);
    let cast = &mut town.cast;
    let plan = Plan::parse(NOOR.plan).expect("a plan");
    cast.push(&WATERLELIE, &NOOR, &plan).await.expect("pushed");
    cast.federation.post().refuse(true);
    let code = cast
        .letter(&WATERLELIE, &plan.pupil, "mark")
        .await
        .expect("a letter");
    cast.activate(&code, "een lang geheim").await.expect("activates");
    // Until the node knows of it, and so has written down whom to tell.
    let known = eventually(Duration::from_secs(20), || async {
        let request = handdruk_proto::v1::ListGuardiansRequest {
            pupil: plan.pupil.clone(),
        };
        let listed = cast
            .federation
            .system(&WATERLELIE)?
            .families()
            .list_guardians(request)
            .await?;
        Ok(listed.into_inner().guardians.iter().any(|state| state.activated))
    });
    assert!(known.await.expect("answers"));
    let node = cast.federation.process(WATERLELIE.key).expect("runs");
    node.kill();
    assert!(cast.federation.post().mails().is_empty());
    cast.federation.post().refuse(false);
    let node = cast.federation.process(WATERLELIE.key).expect("known");
    node.spawn().expect("starts again");
    node.wait_ready().expect("becomes ready");
    let mails = more(cast, MOTHER, 0).await;
    let first = mails
        .first()
        .and_then(|mail| mail.header("Message-ID"))
        .expect("a name");
    assert!(first.ends_with("@waterlelie.example>"), "{first}");
}
