//! The business rules, one by one: what breaks a rule is refused with the element named, and the rest imports.

use handdruk_content::category::{NationalNumber, Residence, ViewAgreement};
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::manifest::TransitionCode;

use super::{SMALL, line_of, read, small};
use crate::import::{At, DropReason, ImportRefusal, Imported, Inspection};

const PUPIL: &str = "dossier/huidigeschool/leerling";

fn at(path: &str, line: u32) -> At {
    At::line(path, line)
}

fn refused(dossier: &str) -> ImportRefusal {
    match read(dossier) {
        Ok(_) => panic!("the dossier was taken in"),
        Err(refusal) => refusal,
    }
}

fn count(imported: &Imported, reason: DropReason) -> usize {
    imported
        .dropped
        .iter()
        .filter(|line| line.reason == reason)
        .map(|line| line.count)
        .sum()
}

#[test]
fn the_small_dossier_imports() {
    let imported = read(SMALL).unwrap();
    assert_eq!(imported.transition, Some(TransitionCode::Povo));
    assert_eq!(imported.provenance.sender.unwrap().as_str(), "99ZZ00");
    assert_eq!(imported.inspection, Inspection::NotYet);
    assert!(matches!(
        imported.dossier.national_number,
        Some(NationalNumber::Bsn(_))
    ));
    assert_eq!(imported.dossier.contacts.len(), 1);
    assert!(!imported.dossier.secret);
}

#[test]
fn a_bsn_that_fails_the_elfproef_is_refused() {
    let wrong = small("<bsn>999900006</bsn>", "<bsn>999900007</bsn>");
    assert_eq!(
        refused(&wrong),
        ImportRefusal::Elfproef {
            at: at(&format!("{PUPIL}/bsn"), line_of("<bsn>"))
        }
    );
    let short = small("<bsn>999900006</bsn>", "<bsn>99990000</bsn>");
    assert_eq!(
        refused(&short),
        ImportRefusal::Invalid {
            at: at(&format!("{PUPIL}/bsn"), line_of("<bsn>")),
            form: "nine digits"
        }
    );
}

#[test]
fn a_transfer_needs_a_bsn_or_an_education_number_and_not_both() {
    let none = small("<bsn>999900006</bsn>", "");
    assert!(matches!(refused(&none), ImportRefusal::Missing { at } if at.path.contains("onderwijsnummer")));
    let education = small(
        "<bsn>999900006</bsn>",
        "<onderwijsnummer>101222331</onderwijsnummer>",
    );
    let number = read(&education).unwrap().dossier.national_number;
    assert!(matches!(number, Some(NationalNumber::EducationNumber(_))));
    let both = small("<bsn>", "<onderwijsnummer>101222331</onderwijsnummer><bsn>");
    assert!(matches!(refused(&both), ImportRefusal::Contradiction { .. }));
}

#[test]
fn impossible_and_future_dates_are_refused_by_name() {
    let born = format!("{PUPIL}/geboortedatum");
    for wrong in [
        "2015-02-30",
        "2015-13-01",
        "06-05-2015",
        "2015-5-6",
        "0015-05-06",
        "morgen",
        "",
    ] {
        let refusal = refused(&small("2015-05-06", wrong));
        let form = "a date that exists, written YYYY-MM-DD";
        assert_eq!(
            refusal,
            ImportRefusal::Invalid {
                at: at(&born, line_of("<geboortedatum>")),
                form
            },
            "{wrong}"
        );
    }
    let future = refused(&small("2015-05-06", "2027-02-02"));
    assert!(matches!(future, ImportRefusal::InTheFuture { at } if at.path == born));
    assert!(
        read(&small("2015-05-06", "2015-05-06+01:00")).is_ok(),
        "XML Schema lets a date carry a zone"
    );
    assert!(matches!(
        refused(&small("<geboortedatum>2015-05-06</geboortedatum>", "<geboortemaand>2015-05</geboortemaand>")),
        ImportRefusal::Missing { at } if at.path == born
    ));
}

#[test]
fn a_contradictory_inspection_record_is_refused_and_an_open_one_is_not() {
    let with = |record: &str| small("<voorlopigdossier>false</voorlopigdossier>", record);
    let contradictions = [
        ("<inzage>true</inzage>", "inzagedatum"),
        ("<inzage>true</inzage><akkoord>Ja</akkoord>", "inzagedatum"),
        (
            "<inzage>false</inzage><inzagedatum>2027-01-20</inzagedatum>",
            "inzagedatum",
        ),
        ("<inzagedatum>2027-01-20</inzagedatum>", "inzagedatum"),
        ("<inzage>false</inzage><akkoord>Ja</akkoord>", "akkoord"),
        ("<akkoord>Nee</akkoord>", "akkoord"),
        ("<redennietakkoord>Te kort</redennietakkoord>", "redennietakkoord"),
        (
            "<inzage>true</inzage><inzagedatum>2027-01-20</inzagedatum><akkoord>Ja</akkoord>\
             <redennietakkoord>Te kort</redennietakkoord>",
            "redennietakkoord",
        ),
    ];
    for (record, element) in contradictions {
        match refused(&with(record)) {
            ImportRefusal::Contradiction { at, .. } => {
                assert_eq!(at.path, format!("dossier/inzage/{element}"));
            }
            other => panic!("{record}: {other}"),
        }
    }
    let future = "<inzage>true</inzage><inzagedatum>2027-02-02</inzagedatum>";
    assert!(matches!(
        refused(&with(future)),
        ImportRefusal::InTheFuture { .. }
    ));
    let odd = "<inzage>true</inzage><inzagedatum>2027-01-20</inzagedatum><akkoord>Misschien</akkoord>";
    assert!(matches!(refused(&with(odd)), ImportRefusal::Invalid { .. }));

    for open in [
        "<inzage>false</inzage>",
        "<inzage>false</inzage><akkoord>Onbekend</akkoord>",
        "<inzage>0</inzage>",
    ] {
        assert_eq!(
            read(&with(open)).unwrap().inspection,
            Inspection::NotYet,
            "{open}"
        );
    }
    let held = "<inzage>1</inzage><inzagedatum>2027-01-20</inzagedatum><akkoord>Nee</akkoord>\
                <redennietakkoord>Te kort</redennietakkoord><toestemming>Nee</toestemming>";
    let imported = read(&with(held)).unwrap();
    let on = jiff::civil::date(2027, 1, 20);
    assert_eq!(
        imported.inspection,
        Inspection::Held {
            on,
            agreement: ViewAgreement::No
        }
    );
    assert_eq!(imported.transfer_consent, Some(ViewAgreement::No));
    let view = imported.dossier.family_views.into_values().next().unwrap();
    assert_eq!(view.text.unwrap().as_str(), "Te kort");
}

const ADDRESS: &str = "<adreslijst><adres><soortadres>bezoek</soortadres><straat>Geheimweg</straat>\
    <nummer>1</nummer><postcode>1234 ab</postcode><plaats>Ergens</plaats></adres></adreslijst>";

#[test]
fn an_address_under_adresgeheim_is_refused_whoever_it_belongs_to() {
    let secret = "<adresgeheim>true</adresgeheim>";
    let birth = "<geboortedatum>2015-05-06</geboortedatum>";
    let parent = "<achternaam>Leerling</achternaam>\n        <wettigevertegenwoordiger>";
    let carer = |before: &str| format!("<achternaam>Leerling</achternaam>{before}<wettigevertegenwoordiger>");

    let own = small(birth, &format!("{birth}{secret}{ADDRESS}"));
    assert_eq!(
        refused(&own),
        ImportRefusal::Secret {
            at: at(&format!("{PUPIL}/adreslijst"), line_of("<geboortedatum>"))
        }
    );
    let abroad = small(
        birth,
        &format!("{birth}{secret}<adresbuitenland>1 Hidden Rd</adresbuitenland>"),
    );
    assert!(matches!(refused(&abroad), ImportRefusal::Secret { at } if at.path.ends_with("adresbuitenland")));
    let postcode = small(
        birth,
        &format!("{birth}{secret}<postcode4adres>1234</postcode4adres>"),
    );
    assert!(
        matches!(refused(&postcode), ImportRefusal::Secret { at } if at.path.ends_with("postcode4adres"))
    );

    let by_child = small(birth, &format!("{birth}{secret}")).replacen(parent, &carer(ADDRESS), 1);
    let at_carer = format!("{PUPIL}/verzorger/adreslijst");
    assert!(matches!(refused(&by_child), ImportRefusal::Secret { at } if at.path == at_carer));
    let by_carer = small(parent, &carer(&format!("{secret}{ADDRESS}")));
    assert!(matches!(refused(&by_carer), ImportRefusal::Secret { at } if at.path == at_carer));
    let of_another = by_child.replacen(
        "<wettigevertegenwoordiger>true",
        "<overleden>true</overleden><wettigevertegenwoordiger>false",
        1,
    );
    assert!(
        matches!(refused(&of_another), ImportRefusal::Secret { .. }),
        "an address gives it away all the same"
    );

    let open = small(parent, &carer(ADDRESS));
    let contact = read(&open)
        .unwrap()
        .dossier
        .contacts
        .into_values()
        .next()
        .unwrap();
    match contact.residence {
        Some(Residence::Known(home)) => assert_eq!(home.postcode.as_str(), "1234AB"),
        _ => panic!("an address that is not secret is known"),
    }
}

#[test]
fn placeholders_and_secret_numbers_are_absent_and_counted() {
    let birth = "<geboortedatum>2015-05-06</geboortedatum>";
    let channel = |kind: &str, value: &str, marked: bool| {
        format!(
            "<communicatie><soort>{kind}</soort><nummer>{value}</nummer><geheim>{marked}</geheim></communicatie>"
        )
    };
    let list = [
        channel("telefoon", "9999999999", true),
        channel("e-mail", "geheim@geheim.geheim", true),
        channel("telefoon", "0600000001", true),
    ]
    .concat();
    let secret = "<adresgeheim>true</adresgeheim>";
    let dossier = small(
        birth,
        &format!("{birth}{secret}<communicatielijst>{list}</communicatielijst>"),
    );
    let imported = read(&dossier).unwrap();
    assert!(imported.dossier.secret);
    assert_eq!(count(&imported, DropReason::SecretContact), 3);
    let contacts: Vec<_> = imported.dossier.contacts.values().collect();
    assert_eq!(
        contacts.len(),
        1,
        "the child cannot be reached, only the parent is listed"
    );
    assert!(contacts[0].phone.is_none() && contacts[0].residence == Some(Residence::Secret));

    let unmarked = format!(
        "{birth}<communicatielijst>{}{}</communicatielijst>",
        channel("telefoon", "06-00 00 00 01", false),
        channel("telefoon", "0600000002", false),
    );
    let imported = read(&small(birth, &unmarked)).unwrap();
    let child = imported
        .dossier
        .contacts
        .values()
        .find(|contact| contact.phone.is_some())
        .unwrap();
    assert_eq!(
        child.phone.as_ref().unwrap().as_str(),
        "0600000001",
        "the first of two"
    );
}

/// The small dossier as one for the support alliance.
fn for_swv() -> String {
    small("<overstap>POVO</overstap>", "<overstap>POSWV</overstap>")
        .replace("overstapdossier", "swv-dossier")
        .replace(
            "<bsn>999900006</bsn>",
            "<onderwijsondersteuning><medicijngebruik>true</medicijngebruik></onderwijsondersteuning>",
        )
}

#[test]
fn the_support_alliance_never_gets_a_number_or_a_care_team() {
    let imported = read(&for_swv()).unwrap();
    assert!(imported.dossier.national_number.is_none());
    for number in [
        "<bsn>999900006</bsn>",
        "<onderwijsnummer>101222331</onderwijsnummer>",
    ] {
        let dossier = for_swv().replace(
            "<onderwijsondersteuning>",
            &format!("{number}<onderwijsondersteuning>"),
        );
        assert!(
            matches!(refused(&dossier), ImportRefusal::NotForSwv { .. }),
            "{number}"
        );
    }
    let zat = "<zat><besprokeninzat>true</besprokeninzat></zat></onderwijsondersteuning>";
    let dossier = for_swv().replace("</onderwijsondersteuning>", zat);
    let path = format!("{PUPIL}/onderwijsondersteuning/zat");
    assert_eq!(refused(&dossier), ImportRefusal::NotForSwv { at: At::path(path) });
}

#[test]
fn what_no_dossier_may_carry_is_dropped_and_counted() {
    let extra = "<geboorteplaats>Ergens</geboorteplaats><nationaliteit omschrijving=\"x\">0001</nationaliteit>\
        <vir><ingevoerdinvir>true</ingevoerdinvir></vir><zat><besprokeninzat>true</besprokeninzat></zat><bsn>";
    let dossier = small("<bsn>", extra).replacen(
        "<wettigevertegenwoordiger>",
        "<iban>NL00PROF0000000001</iban><wettigevertegenwoordiger>",
        1,
    );
    let imported = read(&dossier).unwrap();
    for reason in [
        DropReason::Birthplace,
        DropReason::Nationality,
        DropReason::RiskIndex,
        DropReason::CareTeam,
        DropReason::Bank,
    ] {
        assert_eq!(count(&imported, reason), 1, "{reason}");
    }
}

#[test]
fn transitions_outside_our_world_are_refused_with_that_reason() {
    let line = at("dossier/metadata/overstap", line_of("<overstap>"));
    for code in ["VOHBO", "VOWO", "WECHBO", "WECWO"] {
        let refusal = refused(&small("POVO", code));
        assert_eq!(refusal, ImportRefusal::HigherEducation { at: line.clone() });
        assert_eq!(Refusal::from(refusal).reason, Reason::TransitionNotAllowed);
    }
    assert_eq!(
        refused(&small("POVO", "POMARS")),
        ImportRefusal::TransitionUnknown { at: line }
    );
    let kind = refused(&small("overstapdossier", "swv-dossier"));
    assert!(matches!(kind, ImportRefusal::Contradiction { .. }));
    assert!(matches!(
        refused(&small("overstapdossier", "overdrachtbinnenbrin")),
        ImportRefusal::Invalid { .. }
    ));
}

/// The small dossier with `categorie_uitlevering`, all optional but what a test sets.
fn delivering(words: &[(&str, &str)]) -> String {
    let categories = [
        "metadata",
        "ouderinzage",
        "school",
        "leerling",
        "oudersverzorgers",
        "vve",
        "schoolloopbaan",
        "overstapadvies",
        "onderwijsondersteuning",
        "verzuim",
        "eindtoetsbo",
        "toetsresultaten",
        "handelingsplannen",
        "cijferlijsten",
        "vombo",
        "bijlagedocs",
    ];
    let mut block = String::new();
    for name in categories {
        let word = words
            .iter()
            .find(|(given, _)| *given == name)
            .map_or("OPTIONEEL", |(_, word)| *word);
        block = format!("{block}<cat_{name}>{word}</cat_{name}>");
    }
    small(
        "<overstap>",
        &format!("<categorie_uitlevering>{block}</categorie_uitlevering><overstap>"),
    )
}

const ABSENCE: &str = "<verzuim><urenongeoorloofd>3</urenongeoorloofd></verzuim><verzorger>";

#[test]
fn a_category_that_is_opted_out_or_forbidden_is_dropped_and_counted() {
    let with = |words: &[(&str, &str)]| delivering(words).replacen("<verzorger>", ABSENCE, 1);
    assert!(read(&with(&[])).unwrap().dossier.absence.is_some());
    for (word, reason) in [
        ("OPT-UIT", DropReason::OptedOut),
        ("VERBODEN", DropReason::ForbiddenForTransition),
    ] {
        let imported = read(&with(&[("verzuim", word)])).unwrap();
        assert!(imported.dossier.absence.is_none(), "{word}");
        let line = imported
            .dropped
            .iter()
            .find(|line| line.reason == reason)
            .unwrap();
        assert_eq!(
            (line.element.as_str(), line.count, line.fields),
            (&*format!("{PUPIL}/verzuim"), 1, 1)
        );
    }
}

#[test]
fn the_national_table_forbids_even_what_the_dossier_calls_optional() {
    let vve = "<vanpeuterspeelzaal>true</vanpeuterspeelzaal><verzorger>";
    for dossier in [delivering(&[]), SMALL.to_owned()] {
        let imported = read(&dossier.replacen("<verzorger>", vve, 1)).unwrap();
        assert_eq!(count(&imported, DropReason::ForbiddenForTransition), 1);
    }
}

#[test]
fn a_required_category_that_is_absent_is_refused() {
    let advice = "<overstapadvies><advies>42</advies></overstapadvies>";
    let refusal = refused(&small(advice, ""));
    let place = At::path(format!("{PUPIL}/overstapadvies"));
    assert_eq!(
        refusal,
        ImportRefusal::DeliveryMissing {
            at: place,
            category: "overstapadvies"
        }
    );
    assert!(matches!(
        refused(&small(advice, "<overstapadvies/>")),
        ImportRefusal::DeliveryMissing { .. }
    ));
    let declared = refused(&delivering(&[("verzuim", "VERPLICHT")]));
    assert!(matches!(
        declared,
        ImportRefusal::DeliveryMissing {
            category: "verzuim",
            ..
        }
    ));
}

#[test]
fn a_dossier_cannot_opt_out_of_what_the_table_requires() {
    for category in ["leerling", "schoolloopbaan", "oudersverzorgers", "ouderinzage"] {
        let refusal = refused(&delivering(&[(category, "OPT-UIT")]));
        assert!(matches!(refusal, ImportRefusal::DeliveryWeakened { at } if at.path.ends_with(category)));
    }
    let odd = refused(&delivering(&[("verzuim", "SOMS")]));
    assert!(matches!(odd, ImportRefusal::Invalid { .. }));
    let incomplete = delivering(&[]).replace("<cat_vombo>OPTIONEEL</cat_vombo>", "");
    assert!(matches!(refused(&incomplete), ImportRefusal::Missing { at } if at.path.ends_with("cat_vombo")));
}

#[test]
fn another_version_or_vocabulary_is_named() {
    let year = small("oso_gegevensset/2019/", "oso_gegevensset/2024/");
    let expected = ImportRefusal::WrongVersion {
        at: at("dossier", 2),
        found: "2024".into(),
    };
    assert_eq!(refused(&year), expected);
    let version = refused(&small("<standaardversie>2019.1<", "<standaardversie>2018.1<"));
    assert!(matches!(version, ImportRefusal::WrongVersion { found, .. } if found == "2018.1"));
    assert!(matches!(
        refused(&small(
            "http://www.edustandaard.nl/oso_gegevensset/2019/dossier",
            "urn:other"
        )),
        ImportRefusal::WrongNamespace { .. }
    ));
    assert!(matches!(
        refused(&small("<metadata>", "<metadata xmlns=\"urn:x\">")),
        ImportRefusal::WrongNamespace { .. }
    ));
    let prefixed = SMALL
        .replace("xmlns=", "xmlns:o=")
        .replace("</", "\u{1}")
        .replace("<?", "\u{2}")
        .replace('<', "<o:")
        .replace('\u{1}', "</o:")
        .replace('\u{2}', "<?");
    assert!(read(&prefixed).is_ok(), "a prefix is only spelling");
}

#[test]
fn misspelt_misplaced_and_repeated_elements_are_refused() {
    let pupil = ImportRefusal::UnexpectedElement {
        within: at(PUPIL, line_of("<bsn>")),
    };
    assert_eq!(
        refused(&small("<bsn>", "<adresgeheimm>true</adresgeheimm><bsn>")),
        pupil.clone()
    );
    assert_eq!(refused(&small("<bsn>", "<broer>Jan</broer><bsn>")), pupil);
    let misplaced = refused(&small("<brincode>", "<adresgeheim>true</adresgeheim><brincode>"));
    assert_eq!(
        misplaced,
        ImportRefusal::UnexpectedElement {
            within: at("dossier/huidigeschool", line_of("<brincode>"))
        }
    );
    let twice = refused(&small("<bsn>", "<bsn>999900006</bsn><bsn>"));
    assert_eq!(
        twice,
        ImportRefusal::Repeated {
            at: at(&format!("{PUPIL}/bsn"), line_of("<bsn>"))
        }
    );
    let attribute = refused(&small("<bsn>", "<bsn soort=\"x\">"));
    assert_eq!(
        attribute,
        ImportRefusal::UnexpectedAttribute {
            at: at(&format!("{PUPIL}/bsn"), line_of("<bsn>"))
        }
    );
    let odd = refused(&small("<bsn>", "<adresgeheim>ja</adresgeheim><bsn>"));
    assert!(
        matches!(
            odd,
            ImportRefusal::Invalid {
                form: "true or false",
                ..
            }
        ),
        "never read as false"
    );
}

#[test]
fn a_group_done_twice_is_seen() {
    let year = |year: &str, group: &str| {
        format!(
            "<schoolloopbaan><schooljaar>{year}</schooljaar><groepscode>x</groepscode><jaargroep>{group}</jaargroep>\
             <brincode>99ZZ</brincode><vestigingscode>00</vestigingscode></schoolloopbaan></schoolloopbaanlijst>"
        )
    };
    let dossier = small("</schoolloopbaanlijst>", &year("2025-2026", "8"));
    let history = read(&dossier).unwrap().dossier.school_history.unwrap();
    let seen: Vec<_> = history
        .iter()
        .map(|year| (year.year.as_str(), year.repeated))
        .collect();
    assert_eq!(seen, [("2025-2026", None), ("2026-2027", Some(true))]);
    assert!(matches!(
        refused(&small("2026-2027", "2026-2028")),
        ImportRefusal::Invalid { .. }
    ));
}

#[test]
fn a_refusal_never_repeats_a_value() {
    let secrets = [
        "Geheimweg",
        "999900007",
        "Misschien",
        "Hidden",
        "broer",
        "2015-02-30",
    ];
    let dossiers = [
        small("999900006", "999900007"),
        small("2015-05-06", "2015-02-30"),
        small("<bsn>", "<broer>Geheimweg</broer><bsn>"),
        small("<voornaam>Test", "<voornaam>Geheimweg &Hidden;"),
    ];
    for dossier in &dossiers {
        let refusal = refused(dossier);
        let told = format!("{refusal} {refusal:?} {}", Refusal::from(refusal.clone()));
        for secret in secrets {
            assert!(!told.contains(secret), "{told}");
        }
    }
}
