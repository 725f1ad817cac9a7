//! The mails of all stories: who got one, and what stands in them.

use std::collections::BTreeSet;

use super::story::Story;
use crate::federation::cast::Cast;

/// What stands in no mail: names, numbers, keys and purposes of the stories.
const NEVER: &[&str] = &[
    "Noor",
    "Aydin",
    "Bakker",
    "Milan",
    "Graaf",
    "Jayden",
    "Sara",
    "leerling",
    "9999001",
    "care-handover",
    "Linde",
];

/// Tells of the mails that went, and looks into each.
pub(super) fn tell(cast: &Cast, story: &mut Story) {
    let mails = cast.federation.post().mails();
    let readers: BTreeSet<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    story.tell(format!(
        "Whenever a consent changed, those who may know of it got a mail: {} to {} addresses. Each says the same:",
        mails.len(),
        readers.len()
    ));
    let dutch = mails
        .iter()
        .find(|mail| mail.header("Subject") == Some("Er is iets veranderd"));
    if let Some(mail) = dutch {
        for line in mail.body().lines().filter(|line| !line.trim().is_empty()) {
            story.tell(line);
        }
    }
    story.expect("mails went to guardians", !mails.is_empty());
    let texts: BTreeSet<_> = mails
        .iter()
        .map(|mail| (mail.header("Subject"), mail.body()))
        .collect();
    story.expect(
        "in each language everybody gets the same text",
        texts
            .iter()
            .map(|(subject, _)| subject)
            .collect::<BTreeSet<_>>()
            .len()
            == texts.len(),
    );
    let said = |word: &str| mails.iter().any(|mail| mail.body().contains(word));
    story.expect(
        "no mail names anybody or says what it is about",
        !NEVER.iter().any(|word| said(word)),
    );
}
