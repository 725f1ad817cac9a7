//! Real input: every published OSO example goes through real processes, for each purpose that its transition code allows.
//! The inbox holds exactly the permitted fields. What that comes to stands in docs/MINIMISATION.md.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use handdruk_cli::federation::Member;
use handdruk_cli::federation::cast::Cast;
use handdruk_cli::federation::dossiers::Dossier;
use handdruk_cli::federation::members::{
    HAVENHOOFD, LINDE, STADSCOLLEGE, SWV_IJSSEL, VAKHUIS, VEILIG_THUIS, WATERLELIE, ZWOLLE,
};
use handdruk_cli::plan::{Guardian, Plan, Safety, Target};
use handdruk_domain::catalogue::{self, Catalogue, Fields};
use handdruk_domain::category::Category;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk;
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{AuthorityKind, TransitionCode};
use handdruk_proto::{from_wire, v1};
use serde_json::Value;

use crate::missing;
use crate::town::Town;

/// When the people in the published examples are the age that their dossiers say.
const THEN: &str = "2016-04-01T08:00:00Z";

/// What OSO lacks and some purposes need; ours, not the examples'.
const ADDITIONS: &str = r#"{
  "format": "handdruk-additions-1",
  "support_needs": { "needs": ["Begint beter als de eerste stap samen gaat."], "works_well": ["Een vaste plek."], "avoid": ["Onverwacht wisselen."] },
  "care_request": { "question": "Hoe krijgen wij weer rust aan het eind van de dag?", "tried": "Een vast ritme.", "wish": "Weer met plezier naar school." },
  "safety_signals": [{ "facts": "Wat wij zagen en wanneer.", "date": "2016-03-30", "source": "leraar", "step": "decided" }]
}"#;

/// The published examples; `None` where they are missing on a machine that is not CI.
fn examples() -> Option<Vec<(String, Vec<u8>)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace is above");
    let folder =
        std::env::var_os("HANDDRUK_OSO_DIR").map_or_else(|| root.join("../shared/data/oso"), PathBuf::from);
    let Ok(entries) = std::fs::read_dir(folder.join("examples")) else {
        let how = "set HANDDRUK_OSO_DIR to the folder that holds them";
        missing::skipped("the published OSO examples are not here", how);
        return None;
    };
    let mut found: Vec<_> = entries
        .map(|entry| entry.expect("listable").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "xml"))
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).expect("readable"))
        })
        .collect();
    found.sort();
    assert_eq!(found.len(), 7, "all seven examples");
    Some(found)
}

/// The transition code, as the file says.
fn code(dossier: &str) -> TransitionCode {
    between(dossier, "<overstap>", "</overstap>")
        .expect("a transition")
        .parse()
        .expect("a known transition")
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(from)?;
    Some(rest.split_once(to)?.0)
}

/// Who sends, by the code's first half.
fn sender(code: TransitionCode) -> Member {
    if code.word().starts_with("PO") {
        HAVENHOOFD
    } else {
        STADSCOLLEGE
    }
}

/// To whom a purpose goes in this town.
fn recipient(purpose: Purpose, code: TransitionCode) -> Option<(Member, Option<Desk>)> {
    Some(match purpose {
        Purpose::TransferReportPrimary if code == TransitionCode::Povo => (STADSCOLLEGE, None),
        Purpose::TransferReportPrimary => (WATERLELIE, None),
        Purpose::TransferReportSecondary => (VAKHUIS, None),
        Purpose::SwvSupport => (SWV_IJSSEL, None),
        Purpose::CareAccess => (ZWOLLE, Some(Desk::Care)),
        Purpose::CareHandover | Purpose::DyslexiaReferral | Purpose::CaseConference => (LINDE, None),
        Purpose::Attendance => (ZWOLLE, Some(Desk::Attendance)),
        Purpose::PupilTransport => (ZWOLLE, None),
        Purpose::Safety => (VEILIG_THUIS, None),
        _ => return None,
    })
}

fn target(purpose: Purpose, code: TransitionCode) -> Option<Target> {
    let (member, desk) = recipient(purpose, code)?;
    let mut target = Target::addressed(purpose, member.oin.parse().expect("an OIN"));
    target.desk = desk;
    member
        .sites
        .first()
        .copied()
        .unwrap_or_default()
        .clone_into(&mut target.site);
    if matches!(
        purpose,
        Purpose::TransferReportPrimary | Purpose::TransferReportSecondary
    ) {
        "2016-03-20".clone_into(&mut target.applied_on);
    }
    target.safety = (purpose == Purpose::Safety).then(|| Safety {
        justification: "Wat wij zagen, en waarom wij nu melden.".into(),
        second_professional: "aandachtsfunctionaris-1".into(),
        supervision_order: false,
    });
    Some(target)
}

/// Fields per category in what the inbox shows.
fn fields(content: &Value) -> Vec<(Category, BTreeSet<String>)> {
    let categories = content.as_object().expect("an object by category");
    categories
        .iter()
        .map(|(id, held)| {
            let category = id.parse().expect("a category");
            let mut names = BTreeSet::new();
            match held {
                Value::Array(items) => items.iter().for_each(|item| names.extend(keys(item))),
                other => names.extend(keys(other)),
            }
            (category, names)
        })
        .collect()
}

fn keys(value: &Value) -> Vec<String> {
    value
        .as_object()
        .map(|fields| fields.keys().cloned().collect())
        .unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_published_example_arrives_with_exactly_the_permitted_fields() {
    let Some(examples) = examples() else { return };
    let rules = Catalogue::parse(catalogue::DEFAULT).expect("the default catalogue");
    let members = [
        HAVENHOOFD,
        WATERLELIE,
        STADSCOLLEGE,
        VAKHUIS,
        SWV_IJSSEL,
        ZWOLLE,
        LINDE,
        VEILIG_THUIS,
    ];
    let mut town = Town::at(THEN, &members, "info");
    let mut table = String::from(HEAD);
    for (name, bytes) in examples {
        example(&mut town.cast, &rules, &name, &bytes, &mut table).await;
    }
    println!("{table}");
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/MINIMISATION.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&page, &table).expect("writable");
    }
    let written = std::fs::read_to_string(&page).unwrap_or_default();
    assert_eq!(
        written, table,
        "docs/MINIMISATION.md is outdated; run this test with UPDATE_DOCS=1"
    );
}

const HEAD: &str = "# Minimisation, measured

Every published OSO 2019.1 example, pushed through real processes for each purpose that its transition code allows. Bytes of
the dossier with and without attached documents; fields that the importer found; bytes and fields that arrived at the
recipient (before sealing and padding). Written by the test
`every_published_example_arrives_with_exactly_the_permitted_fields`.

| dossier | purpose | bytes | without attachments | fields | bytes handed over | fields handed over |
|---|---|---|---|---|---|---|
";

async fn example(cast: &mut Cast, rules: &Catalogue, name: &str, bytes: &[u8], table: &mut String) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let code = code(&text);
    let from = sender(code);
    let purposes: Vec<_> = rules.allowed_at(code).collect();
    let plan = Plan {
        pupil: format!("leerling-{name}"),
        municipality: String::new(),
        transition_month: String::new(),
        guardians: vec![Guardian {
            person: "ouder".into(),
            name: "Ouder Een".into(),
            language: Language::Dutch,
            authority: Some(AuthorityKind::Single),
            under_investigation: false,
            representative: None,
            young_person: false,
            mail: None,
            mail_own_choice: false,
        }],
        targets: purposes
            .iter()
            .filter_map(|purpose| target(*purpose, code))
            .collect(),
    };
    let leaked: &'static [u8] = Box::leak(bytes.to_vec().into_boxed_slice());
    let dossier = Dossier {
        name: "example.xml",
        bytes: leaked,
        additions: ADDITIONS.as_bytes(),
        plan: "",
    };
    let pushed = cast
        .push_whole(&from, &dossier, &plan)
        .await
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(pushed.results.len(), plan.targets.len());
    for result in &pushed.results {
        let purpose: Purpose = from_wire(result.purpose).expect("a purpose");
        if let Some(refused) = &result.refused {
            // The law of the purpose, not of the dossier: an absence report without absence has nothing to say.
            assert_eq!(refused.reason, "REQUIRED_CATEGORY_MISSING", "{name} {purpose}");
            let _ = writeln!(
                table,
                "| {name} | `{purpose}` | {} | {} | {} | refused: {} is missing | |",
                pushed.dossier_bytes,
                pushed.dossier_bytes - pushed.attachment_bytes,
                pushed.dossier_fields,
                refused.about
            );
            continue;
        }
        agree(cast, &from, rules, purpose, result).await;
        let (to, _) = recipient(purpose, code).expect("a recipient");
        let (item, read) = cast
            .read(&to, &result.handover_id)
            .await
            .unwrap_or_else(|e| panic!("{name} {purpose}: {e}"));
        check(rules, purpose, &item, &read, &text, name);
        let selected: u32 = result.categories.iter().map(|count| count.fields_selected).sum();
        let _ = writeln!(
            table,
            "| {name} | `{purpose}` | {} | {} | {} | {} | {selected} |",
            pushed.dossier_bytes,
            pushed.dossier_bytes - pushed.attachment_bytes,
            pushed.dossier_fields,
            read.len(),
        );
        if purpose == Purpose::CareHandover {
            assert!(
                read.len() < 8 * 1024,
                "{name}: a care provider gets a few KB, not {}",
                read.len()
            );
            assert!(read.contains("eerste stap samen"), "{name}: what helps arrived");
        }
    }
}

/// Where consent is the basis: parent and child agree on paper, before two professionals.
async fn agree(
    cast: &mut Cast,
    from: &Member,
    rules: &Catalogue,
    purpose: Purpose,
    result: &v1::TargetResult,
) {
    let ground = &rules.rules(purpose).expect("in the catalogue").ground;
    if matches!(ground, catalogue::Ground::Consent { .. }) {
        let goes = result.categories.iter().filter(|count| count.fields_selected > 0);
        let categories: Vec<Category> = goes
            .map(|count| from_wire(count.category).expect("a category"))
            .collect();
        for person in ["ouder", "self"] {
            let recorded = cast
                .agree_on_paper(from, &result.handover_id, person, &categories)
                .await;
            recorded.expect("two professionals record it");
        }
    } else if matches!(ground, catalogue::Ground::Statutory { .. })
        && result
            .status
            .as_ref()
            .is_some_and(|status| status.stage == i32::from(v1::Stage::Awaiting))
    {
        // The dossier records no inspection: it is offered, and the period passes.
        let told = cast.told(from, &result.handover_id, "ouder").await;
        told.unwrap_or_else(|error| {
            panic!(
                "{purpose} {:?}: {error}",
                result.status.as_ref().map(|s| s.awaited.len())
            )
        });
        cast.federation.pass_days(11).await.expect("time passes");
    }
}

/// The inbox holds only categories and fields that the catalogue names, and nothing that must stay home.
fn check(rules: &Catalogue, purpose: Purpose, item: &v1::InboxItem, read: &str, dossier: &str, name: &str) {
    let content: Value = serde_json::from_str(read).expect("JSON by category");
    let held = fields(&content);
    let listed: BTreeSet<Category> = item
        .categories
        .iter()
        .map(|n| from_wire(*n).expect("a category"))
        .collect();
    assert_eq!(
        held.iter()
            .map(|(category, _)| *category)
            .collect::<BTreeSet<_>>(),
        listed,
        "{name} {purpose}"
    );
    for (category, names) in held {
        match rules.fields(purpose, category) {
            None => panic!("{name} {purpose}: {category} is not in the catalogue"),
            Some(Fields::All) => {}
            Some(Fields::Only(allowed)) => {
                let allowed: BTreeSet<_> = allowed
                    .iter()
                    .map(|field| field.split('=').next().unwrap_or(field).to_owned())
                    .collect();
                assert!(
                    names.is_subset(&allowed),
                    "{name} {purpose} {category}: {names:?} beyond {allowed:?}"
                );
            }
        }
    }
    assert!(
        !read.contains("bestandsinhoud") && !read.contains("nationaliteit"),
        "{name} {purpose}"
    );
    let number = between(dossier, "<bsn>", "</bsn>");
    let may_hold_number = rules.fields(purpose, Category::NationalNumber).is_some();
    assert!(
        may_hold_number || !number.is_some_and(|number| read.contains(number)),
        "{name} {purpose}: the BSN leaked"
    );
}
