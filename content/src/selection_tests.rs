use std::fmt::Write as _;
use std::sync::LazyLock;

use handdruk_domain::catalogue::DEFAULT;
use proptest::prelude::*;

use super::*;
use crate::sample::{dossiers, full, rng};

fn only<const N: usize>(names: [&str; N]) -> Fields {
    Fields::Only(names.into_iter().map(str::to_owned).collect())
}

fn selector<const N: usize>(category: Category, names: [&str; N]) -> Selector {
    Selector::read(category, &only(names)).expect("known fields")
}

fn catalogue() -> &'static Catalogue {
    static DEFAULTS: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::parse(DEFAULT).expect("it is whole"));
    &DEFAULTS
}

fn selection(purpose: Purpose) -> Selection {
    Selection::read(catalogue().rules(purpose).expect("in the default catalogue")).expect("can be followed")
}

#[test]
fn every_list_of_fields_in_the_default_catalogue_can_be_followed() {
    assert_eq!(check_catalogue(catalogue()), Ok(()));
    assert_eq!(catalogue().purposes().count(), Purpose::ALL.len());
}

#[test]
fn a_name_that_the_category_does_not_have_is_an_error_that_names_it() {
    for (category, name) in [
        (Category::Authority, "reason"),
        (Category::Identity, "birthplace"),
        (Category::Results, "subject=astrology"),
        (Category::Results, "test=Leestoets"),
        (Category::Results, "=reading"),
        (Category::Results, "*"),
        (Category::Contact, "secret"),
    ] {
        let error = Selector::read(category, &only([name])).expect_err(name);
        assert_eq!(
            error,
            SelectorError::Unknown {
                category,
                name: name.to_owned()
            }
        );
        assert!(error.to_string().contains(name), "{error}");
    }
}

#[test]
fn a_list_that_leaves_out_what_makes_an_entry_understandable_is_an_error() {
    let error = Selector::read(Category::Identity, &only(["surname"])).expect_err("no date of birth");
    let expected = SelectorError::LeavesOutMandatory {
        category: Category::Identity,
        field: "date_of_birth",
    };
    assert_eq!(error, expected);
    let empty = Selector::read(Category::Identity, &only([]));
    assert_eq!(
        empty,
        Err(SelectorError::Empty {
            category: Category::Identity
        })
    );
}

#[test]
fn a_dyslexia_referral_holds_reading_and_spelling_only() {
    let results = selection(Purpose::DyslexiaReferral).pick(&full(), Category::Results);
    let Some(Content::Results(results)) = results else {
        panic!("results travel")
    };
    let subjects: Vec<&str> = results.iter().map(|result| result.subject.word()).collect();
    assert_eq!(subjects, ["reading", "spelling"]);
    assert!(results.iter().all(|result| result.score.is_some()));
}

#[test]
fn picked_items_may_be_narrowed_to_fields_and_the_picking_field_stays() {
    let picked = selector(Category::Results, ["subject=spelling", "score"]);
    let content = full().content(Category::Results).expect("filled");
    let Some(Content::Results(results)) = picked.apply(&content) else {
        panic!("one result travels")
    };
    assert_eq!(results.len(), 1);
    assert!(
        results
            .iter()
            .all(|result| result.test.is_none() && result.score.is_some())
    );
}

#[test]
fn the_extent_of_absence_travels_only_where_it_is_named() {
    let content = full().content(Category::Absence).expect("filled");
    let Some(Content::Absence(band)) = selector(Category::Absence, ["band"]).apply(&content) else {
        panic!("a band travels")
    };
    assert!(band.band.is_some() && band.unauthorised_hours.is_none() && band.reason.is_none());
    let all = Selector::read(Category::Absence, &Fields::All).expect("all");
    let Some(Content::Absence(all)) = all.apply(&content) else {
        panic!("absence travels")
    };
    assert!(all.band.is_none() && all.unauthorised_hours.is_some());
}

#[test]
fn a_category_of_which_nothing_may_travel_is_left_out_and_counts_as_missing() {
    let mut dossier = full();
    dossier.support_needs = None;
    let selection = selection(Purpose::CareHandover);
    assert_eq!(
        selection.missing(&dossier),
        BTreeSet::from([Category::SupportNeeds])
    );
    assert!(selection.missing(&full()).is_empty());
    let selected = selection.select(&dossier, &mut rng(1)).expect("fits");
    assert!(!selected.contents.contains_key(&Category::SupportNeeds));
    let other = selector(Category::NationalNumber, ["education_number"]);
    assert_eq!(
        other.apply(&full().content(Category::NationalNumber).expect("a BSN")),
        None
    );
}

#[test]
fn a_category_taken_out_does_not_travel() {
    let selection = selection(Purpose::Attendance).without(Category::NationalNumber);
    let selected = selection.select(&full(), &mut rng(1)).expect("fits");
    assert!(!selected.contents.contains_key(&Category::NationalNumber));
}

/// What travels of a dossier that fills every field, per purpose: the reviewed answer to "not a field more".
#[test]
fn each_purpose_lets_exactly_these_fields_travel() {
    let mut table = String::new();
    for purpose in Purpose::ALL {
        let selected = selection(*purpose).select(&full(), &mut rng(1)).expect("fits");
        let FieldCount {
            available,
            selected: travel,
        } = selected.count;
        writeln!(table, "{purpose}: {travel} of {available} fields").expect("a string");
        for (category, content) in &selected.contents {
            let content = content.content().expect("nothing is withheld");
            let mut names = BTreeSet::new();
            for (path, value) in pairs_of(&content) {
                match (shape(*category), value) {
                    (Shape::Record, _) => drop(names.insert(path)),
                    (_, Value::Object(map)) => names.extend(map.into_iter().map(|(name, _)| name)),
                    _ => {}
                }
            }
            let names: Vec<String> = names.into_iter().collect();
            writeln!(table, "    {category} {}: {}", category.name(), names.join(" ")).expect("a string");
        }
    }
    insta::assert_snapshot!(table);
}

proptest! {
    #[test]
    fn under_secrecy_neither_an_address_nor_the_municipality_travels(dossier in dossiers()) {
        for purpose in Purpose::ALL {
            let selected = selection(*purpose).select(&dossier, &mut rng(1)).expect("fits");
            for content in selected.contents.values() {
                let bytes = content.to_bytes();
                let shown = String::from_utf8_lossy(&bytes);
                prop_assert!(!dossier.secret || !shown.contains("\"municipality\""));
                prop_assert!(!dossier.secret || !(shown.contains("1234AB") || shown.contains("Dorpsstraat")));
            }
        }
    }

    #[test]
    fn selecting_again_changes_nothing(dossier in dossiers()) {
        for purpose in Purpose::ALL {
            let selection = selection(*purpose);
            for category in Category::ALL {
                let Some(picked) = selection.pick(&dossier, *category) else { continue };
                prop_assert!(selection.selector(*category).expect("picked by it").allows(&picked));
            }
        }
    }

    #[test]
    fn more_never_travels_than_there_is(dossier in dossiers()) {
        for purpose in Purpose::ALL {
            let count = selection(*purpose).select(&dossier, &mut rng(1)).expect("fits").count;
            // The one derived field may be counted as travelling without being counted in the dossier.
            prop_assert!(count.selected <= count.available + 1);
        }
    }
}
