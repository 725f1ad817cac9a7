use super::*;
use crate::clock::Timestamp;
use crate::role::{Desk, Role};
use crate::statement::manifest::Address;
use crate::statement::member::{CatalogueText, Membership, MembershipStatus};
use crate::statement::{Ed25519Signer, Statement};

fn default() -> Catalogue {
    Catalogue::parse(DEFAULT).expect("the default catalogue is sound")
}

/// The default with one text replaced, which must be there exactly once.
fn with(old: &str, new: &str) -> Result<Catalogue, CatalogueError> {
    assert_eq!(DEFAULT.matches(old).count(), 1, "{old}");
    Catalogue::parse(&DEFAULT.replace(old, new))
}

/// The line, from 1, on which a text begins that stands in the default exactly once.
fn line_of(text: &str) -> usize {
    assert_eq!(DEFAULT.matches(text).count(), 1, "{text}");
    1 + DEFAULT[..DEFAULT.find(text).expect("counted")]
        .matches('\n')
        .count()
}

#[test]
fn the_default_catalogue_holds_every_purpose() {
    let catalogue = default();
    for purpose in Purpose::ALL {
        assert!(catalogue.rules(*purpose).is_some(), "{purpose}");
    }
}

#[test]
fn its_digest_is_that_of_the_signed_statement() {
    let signer = Ed25519Signer::from_seed(&zeroize::Zeroizing::new([7; 32])).expect("a seed");
    let statement = Statement::sign(&CatalogueText(DEFAULT.into()), &[&signer]).expect("signs");
    assert_eq!(default().digest(), statement.digest());
    let other = Catalogue::parse(&format!("{DEFAULT}\n")).expect("still sound");
    assert_ne!(
        default().digest(),
        other.digest(),
        "another text is another catalogue"
    );
}

#[test]
fn what_cannot_be_read_is_refused_with_its_line() {
    let cases = [
        (
            "agreement_needed = true\nrequired = [\"D01\", \"D11\", \"D16\"]\nkeep = { from",
            "agreement_need = true\nrequired = []\nkeep = { from",
            "unknown field",
        ),
        (
            "inspection_days = 10",
            "inspection_days = \"ten\"",
            "invalid type",
        ),
        (
            "short = \"okr-po\"",
            "short = \"okr-po\"\ncolour = \"red\"",
            "unknown field",
        ),
        (
            "VSWEC = [\"transfer-report-primary\"]",
            "VSWEC = [\"transfer-report-tertiary\"]",
            "not a purpose",
        ),
        ("D04 = [\"confirmed_on\"]", "D21 = [\"*\"]", "not a category"),
        ("to = [\"gem/loket\"] }", "to = [\"gem/office\"] }", "not a desk"),
        (
            "to = [\"vt\"] }",
            "to = [\"vt/loket\"] }",
            "not a desk of that role",
        ),
        ("version = \"4\"", "version = 1", "invalid type"),
        ("dated = \"2026-11-23\"", "dated = \"soon\"", ""),
    ];
    for (old, new, says) in cases {
        let error = with(old, new).expect_err(new);
        let CatalogueError::Unreadable { line, message } = &error else {
            panic!("{new}: {error}")
        };
        assert!(message.contains(says), "{new}: {message}");
        let first = line_of(old);
        assert!(
            (first..=first + new.matches('\n').count()).contains(line),
            "{new}: {error}"
        );
    }
    let error = Catalogue::parse("version = ").expect_err("not TOML");
    assert_eq!(error.line(), 1);
}

#[test]
fn every_contradiction_is_refused_with_its_line() {
    let gem_number = r#"to = ["vo", "so", "gem/lpa", "gem/early-leavers"], national_number = true"#;
    let to_agency = r#"to = ["gi"], supervision_order = true"#;
    let cases = [
        ("version = \"4\"", "version = \" \"".into(), Flaw::EmptyText),
        (
            "objection_days = 7 ",
            "objection_days = 0 ".into(),
            Flaw::Period(None),
        ),
        (
            "term_days = 90 ",
            "term_days = 91 ".into(),
            Flaw::Period(Some(90)),
        ),
        (
            "VSPO = [\"preschool-handover\"]",
            "VSPO = [\"steering-figures\"]".into(),
            Flaw::TransitionWithoutPurpose(Purpose::SteeringFigures),
        ),
        (
            "id = \"care-feedback\"",
            "id = \"preschool-handover\"".into(),
            Flaw::Twice(Purpose::PreschoolHandover),
        ),
        (
            "sources = [{ article = \"GDPR 6(1)(a), asked at the sender\", mark = \"U\" }]",
            "sources = []".into(),
            Flaw::NoSource,
        ),
        (
            "routes = [{ from = [\"kdv\"], to = [\"po\"] }]",
            "routes = []".into(),
            Flaw::NoRoute,
        ),
        (
            "{ from = [\"kdv\"], to = [\"po\"] }",
            "{ from = [\"kdv\"], to = [] }".into(),
            Flaw::NoRoute,
        ),
        (
            "{ from = [\"kdv\"], to = [\"po\"] }",
            "{ from = [\"portal\"], to = [\"po\"] }".into(),
            Flaw::NotAnOrganisation(Role::Portal),
        ),
        (
            "basis = \"safety\"",
            "basis = \"safety\"\ninform = \"notice\"".into(),
            Flaw::Inform,
        ),
        ("basis = \"safety\"", "basis = \"statutory\"".into(), Flaw::Inform),
        (
            "basis = \"safety\"",
            "basis = \"consent\"".into(),
            Flaw::AllMustAgree,
        ),
        (
            "basis = \"safety\"",
            "basis = \"safety\"\nall_must_agree = true".into(),
            Flaw::AllMustAgree,
        ),
        (
            "basis = \"safety\"",
            "basis = \"safety\"\nagreement = [\"D03\"]".into(),
            Flaw::Agreement,
        ),
        (
            "agreement = [\"D14\", \"D16\"]",
            "agreement = [\"D14\", \"D17\"]".into(),
            Flaw::CategoryNotThere(Category::CareInvolvement),
        ),
        (
            "agreement = [\"D14\", \"D16\"]",
            "agreement = [\"D01\"]".into(),
            Flaw::RequiredNeedsAgreement(Category::Identity),
        ),
        (
            "required = [\"D01\", \"D20\"]",
            "required = [\"D11\"]".into(),
            Flaw::CategoryNotThere(Category::SupportNeeds),
        ),
        (
            "D04 = [\"confirmed_on\"]",
            "D04 = []".into(),
            Flaw::Fields(Category::Authority),
        ),
        (
            "D04 = [\"confirmed_on\"]",
            "D04 = [\"*\", \"kind\"]".into(),
            Flaw::Fields(Category::Authority),
        ),
        (
            "D04 = [\"confirmed_on\"]",
            "D04 = [\"kind\", \"kind\"]".into(),
            Flaw::Fields(Category::Authority),
        ),
        (
            "D04 = [\"confirmed_on\"]",
            "D04 = [\"confirmed on\"]".into(),
            Flaw::Fields(Category::Authority),
        ),
        (
            "basis = \"aggregate\"",
            "basis = \"safety\"".into(),
            Flaw::Categories,
        ),
        (
            "D15 = [\"band\"]",
            "D02 = [\"*\"]".into(),
            Flaw::NumberWithoutRoute,
        ),
        (
            "routes = [{ from = [\"kdv\"], to = [\"po\"] }]",
            "routes = [{ from = [\"kdv\"], to = [\"po\"], national_number = true }]".into(),
            Flaw::NumberWithoutRoute,
        ),
        (
            gem_number,
            gem_number.replace("gem/lpa", "gem/loket"),
            Flaw::NumberForbidden(Place {
                role: Role::Gem,
                desk: Some(Desk::Care),
            }),
        ),
        (
            gem_number,
            gem_number.replace("gem/lpa", "swv"),
            Flaw::NumberForbidden(Place {
                role: Role::Swv,
                desk: None,
            }),
        ),
        (
            gem_number,
            gem_number.replace("gem/lpa", "jh"),
            Flaw::NumberForbidden(Place {
                role: Role::Jh,
                desk: None,
            }),
        ),
        (
            "{ from = [\"jh\"], to = [\"gem/loket\",",
            "{ from = [\"jh\"], to = [\"gem\",".into(),
            Flaw::NumberNeedsDesk,
        ),
        (to_agency, "to = [\"gi\"]".into(), Flaw::SupervisionOrder),
        (
            "to = [\"vt\"] }",
            "to = [\"vt\"], supervision_order = true }".into(),
            Flaw::SupervisionOrder,
        ),
        (
            "to = [\"vt\"] }",
            "to = [\"vt\", \"gi\"] }".into(),
            Flaw::SupervisionOrder,
        ),
        (
            "keep = { from = \"recipients-own\", article = \"the recipient's law\"",
            "keep = { from = \"received\", article = \"the recipient's law\"".into(),
            Flaw::Retention,
        ),
    ];
    for (old, new, flaw) in cases {
        let error = with(old, &new).expect_err(&new);
        let CatalogueError::Unsound { line, flaw: found } = &error else {
            panic!("{new}: {error}")
        };
        assert_eq!(*found, flaw, "{new}");
        let first = line_of(old);
        assert!(
            (first..=first + new.matches('\n').count()).contains(line),
            "{new}: {error}"
        );
    }
}

#[test]
fn a_purpose_that_needs_a_code_needs_a_code_that_allows_it() {
    let error = with("VSPO = [\"preschool-handover\"]", "VSPO = []").expect_err("nobody could use it");
    let line = line_of("id = \"preschool-handover\"");
    assert_eq!(
        error,
        CatalogueError::Unsound {
            line,
            flaw: Flaw::NoTransitionAllows
        }
    );
}

#[test]
fn a_desk_with_tasks_of_its_own_is_reached_only_by_its_name() {
    let member = |roles: &[Role]| Membership {
        oin: "00000099000000001000".parse().expect("an OIN"),
        name: "Gemeente Kralendam".into(),
        roles: roles.iter().copied().collect(),
        desks: [Desk::Attendance, Desk::Care, Desk::SupportTeam].into(),
        sites: BTreeSet::new(),
        municipality: None,
        region: BTreeSet::new(),
        holiday_region: None,
        telephone: None,
        serial: 1,
        status: MembershipStatus::Active,
        at: Timestamp::UNIX_EPOCH,
        not_after: Timestamp::MAX,
    };
    let at = |desk| Address {
        oin: "00000099000000001000".parse().expect("an OIN"),
        site: None,
        desk,
    };
    let place = |text: &str| text.parse::<Place>().expect("a place");
    let both = member(&[Role::Gem, Role::Po]);
    assert!(place("gem").is(&both, &at(None)));
    assert!(place("gem/lpa").is(&both, &at(Some(Desk::Attendance))));
    assert!(!place("gem/lpa").is(&both, &at(None)));
    assert!(!place("gem/lpa").is(&both, &at(Some(Desk::Care))));
    assert!(!place("gem").is(&both, &at(Some(Desk::Care))));
    // A municipality that runs a school does not receive as a school at its care desk, but does at the school's team.
    assert!(!place("po").is(&both, &at(Some(Desk::Care))));
    assert!(place("po").is(&both, &at(Some(Desk::SupportTeam))));
    assert!(!place("gem").is(&both, &at(Some(Desk::SupportTeam))));
    assert!(!place("vo").is(&both, &at(None)));
}

#[test]
fn only_what_is_about_access_to_care_says_whether_care_was_given() {
    let says_it = |rules: &&PurposeRules| match rules.categories.get(&Category::Organisations) {
        None => false,
        Some(Fields::All) => true,
        Some(Fields::Only(names)) => names.iter().any(|name| name == "care_assignment"),
    };
    let catalogue = default();
    let purposes: Vec<_> = catalogue
        .purposes()
        .filter(says_it)
        .map(|rules| rules.purpose)
        .collect();
    assert_eq!(purposes, [Purpose::CareAccess, Purpose::CareHandover]);
}

#[test]
fn whoever_receives_something_about_a_child_can_tell_which() {
    let catalogue = default();
    for rules in catalogue
        .purposes()
        .filter(|rules| rules.ground != Ground::Aggregate)
    {
        assert!(rules.required.contains(&Category::Identity), "{}", rules.purpose);
    }
}

#[test]
fn purposes_are_documented_as_they_stand() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/PURPOSES.md");
    let made = purposes_markdown(&default());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page, &made).expect("docs/ can be written");
    }
    let found = std::fs::read_to_string(page).expect("docs/PURPOSES.md is there");
    assert!(
        found == made,
        "docs/PURPOSES.md is behind the catalogue: UPDATE_DOCS=1 cargo test -p handdruk-domain purposes"
    );
}

#[test]
fn the_page_names_every_purpose_field_and_doubt() {
    let catalogue = default();
    let page = purposes_markdown(&catalogue);
    for rules in catalogue.purposes() {
        assert!(
            page.contains(&format!("## {}\n", rules.purpose)),
            "{}",
            rules.purpose
        );
        for source in rules.sources.iter().chain([&rules.keep.source]) {
            assert!(
                page.contains(&format!("{} [{}]", source.article, source.mark)),
                "{}",
                source.article
            );
        }
        for fields in rules.categories.values() {
            if let Fields::Only(names) = fields {
                assert!(names.iter().all(|name| page.contains(&format!("`{name}`"))));
            }
        }
    }
}

#[test]
fn a_diagnosis_and_a_safety_signal_are_nobodys_unless_the_text_names_readers() {
    let catalogue = default();
    let readers = |category| catalogue.readers(category).map(Vec::from_iter);
    assert_eq!(
        readers(Category::Diagnosis),
        Some(vec![DeskRole::Supervisor, DeskRole::Intake])
    );
    assert_eq!(
        readers(Category::SafetySignal),
        Some(vec![DeskRole::SafetyOfficer])
    );
    assert_eq!(readers(Category::SupportNeeds), None);
    let silent = with("D20 = [\"safety-officer\"]\n", "").expect("sound");
    assert_eq!(silent.readers(Category::SafetySignal), Some(BTreeSet::new()));
    let more = with(
        "D20 = [\"safety-officer\"]\n",
        "D20 = [\"safety-officer\"]\nD16 = [\"intake\"]\n",
    );
    let more = more.expect("sound").readers(Category::CareRequest);
    assert_eq!(more, Some(BTreeSet::from([DeskRole::Intake])));
    assert!(with("D20 = [\"safety-officer\"]\n", "D20 = [\"everybody\"]\n").is_err());
}
