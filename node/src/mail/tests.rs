//! Whom a mail may go to. That mails go, once and whatever crashes, is tried with real processes.

use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};

use super::*;
use crate::store::{GuardianRecord, Notify};

fn person(holder: Holder, notify: Option<bool>) -> GuardianRow {
    GuardianRow {
        slot: SlotId::from_bytes([1; 16]),
        child: ChildRef::from_bytes([2; 16]),
        record: GuardianRecord {
            person: "somebody".into(),
            name: String::new(),
            holder,
            language: handdruk_domain::statement::consent::Language::Dutch,
            notify: notify.map(|own_choice| Notify {
                mail: "somebody@example.nl".into(),
                own_choice,
            }),
        },
    }
}

const PARENT: Holder = Holder::Guardian {
    authority: AuthorityKind::Joint,
    under_investigation: false,
};
const MENTOR: Holder = Holder::Representative {
    kind: RepresentativeKind::Mentor,
};

#[test]
fn nobody_without_an_address_is_mailed() {
    for holder in [PARENT, MENTOR, Holder::YoungPerson {}] {
        for grown in [false, true] {
            assert!(!may_mail(&person(holder, None), grown));
        }
    }
}

#[test]
fn from_sixteen_on_parents_are_not_told_of_a_choice_and_the_young_person_only_where_they_chose() {
    for own_choice in [false, true] {
        assert!(may_mail(&person(PARENT, Some(own_choice)), false));
        assert!(!may_mail(&person(PARENT, Some(own_choice)), true));
        assert!(may_mail(&person(MENTOR, Some(own_choice)), true));
        let young = person(Holder::YoungPerson {}, Some(own_choice));
        assert!(may_mail(&young, false));
        assert_eq!(may_mail(&young, true), own_choice);
    }
}
