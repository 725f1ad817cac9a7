//! The policy's matrix: the whole product of purposes, places, bands, people and what they said, written down as one
//! reviewed text with a line per class of equal cases.
//!
//! A class is a product of sets: every combination of what its columns name has that outcome. The lines of a section are
//! disjoint and together are all its cases, so the text is the policy, and a change of the policy is a change of the text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::world::*;
use crate::catalogue::{Ground, Inform, Place};
use crate::category::Category;
use crate::clock::Timestamp;
use crate::digest::Digest;
use crate::policy::{Awaiting, Decided, Part, Said, What, Who, part};
use crate::purpose::Purpose;
use crate::reason::Reason;
use crate::statement::Party;
use crate::statement::consent::Choice;
use crate::statement::manifest::{
    AgeBand, ApplicationRef, AuthorityKind, Holder, Inspection, RepresentativeKind, TransitionCode,
};
use crate::statement::member::MembershipStatus;
use crate::statement::permit::Basis;

/// A table of cases: per case one value in each column, and the outcome.
struct Table {
    title: &'static str,
    columns: Vec<Column>,
    /// Per case, the index of its value in each column.
    cases: BTreeMap<Vec<usize>, String>,
}

struct Column {
    name: &'static str,
    values: Vec<String>,
}

type Class = (Vec<BTreeSet<usize>>, String);

impl Table {
    fn new(title: &'static str, columns: &[(&'static str, Vec<String>)]) -> Self {
        let columns = columns
            .iter()
            .map(|(name, values)| Column {
                name,
                values: values.clone(),
            })
            .collect();
        Self {
            title,
            columns,
            cases: BTreeMap::new(),
        }
    }

    fn case(&mut self, at: Vec<usize>, outcome: String) {
        assert!(self.cases.insert(at, outcome).is_none(), "each case once");
    }

    /// Joins cases that differ in one column only and end the same, column after column. Every case stays in exactly one
    /// class.
    fn classes(&self) -> Vec<Class> {
        let single = |at: &Vec<usize>| {
            at.iter()
                .map(|value| BTreeSet::from([*value]))
                .collect::<Vec<_>>()
        };
        let mut classes: BTreeSet<Class> = self
            .cases
            .iter()
            .map(|(at, outcome)| (single(at), outcome.clone()))
            .collect();
        for column in (0..self.columns.len()).rev() {
            let mut joined: BTreeMap<Class, BTreeSet<usize>> = BTreeMap::new();
            for (mut sets, outcome) in classes {
                let values = std::mem::take(&mut sets[column]);
                joined.entry((sets, outcome)).or_default().extend(values);
            }
            classes = joined
                .into_iter()
                .map(|((mut sets, outcome), values)| {
                    sets[column] = values;
                    (sets, outcome)
                })
                .collect();
        }
        let mut classes: Vec<Class> = classes.into_iter().collect();
        classes.sort_by(|(a, x), (b, y)| (a, x).cmp(&(b, y)));
        classes
    }

    fn write(&self, page: &mut String) {
        let classes = self.classes();
        let size: usize = classes
            .iter()
            .map(|(sets, _)| sets.iter().map(BTreeSet::len).product::<usize>())
            .sum();
        assert_eq!(size, self.cases.len(), "the classes are the cases");
        writeln!(
            page,
            "== {} ({} cases in {} classes)\n",
            self.title,
            size,
            classes.len()
        )
        .expect("writes");
        for (sets, outcome) in classes {
            let cell = |(column, set): (&Column, &BTreeSet<usize>)| {
                if let Some(group) = group_of(column, set) {
                    return format!("{}: {group}", column.name);
                }
                let values = match column.values.len() {
                    all if all == set.len() => "any".to_owned(),
                    all if all == set.len() + 1 && all > 3 => {
                        let missing = (0..all).find(|value| !set.contains(value)).expect("one");
                        format!("any but {}", column.values[missing])
                    }
                    _ => set
                        .iter()
                        .map(|value| column.values[*value].as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                };
                format!("{}: {values}", column.name)
            };
            let cells: Vec<String> = self.columns.iter().zip(&sets).map(cell).collect();
            writeln!(page, "{}\n    => {outcome}", cells.join(" | ")).expect("writes");
        }
        page.push('\n');
    }
}

/// The purposes of one ground, which the text names as a group.
fn groups() -> Vec<(&'static str, BTreeSet<Purpose>)> {
    let catalogue = catalogue();
    let of = |fits: fn(&Ground) -> bool| {
        catalogue
            .purposes()
            .filter(|rules| fits(&rules.ground))
            .map(|rules| rules.purpose)
            .collect::<BTreeSet<_>>()
    };
    let statutory = |ground: &Ground, wanted: Inform| matches!(ground, Ground::Statutory { inform, agreement } if *inform == wanted && agreement.is_empty());
    let mut groups = vec![
        ("CONSENT", of(|ground| matches!(ground, Ground::Consent { .. }))),
        (
            "INSPECTION",
            catalogue
                .purposes()
                .filter(|r| statutory(&r.ground, Inform::Inspection))
                .map(|r| r.purpose)
                .collect(),
        ),
        (
            "NOTICE",
            catalogue
                .purposes()
                .filter(|r| statutory(&r.ground, Inform::Notice))
                .map(|r| r.purpose)
                .collect(),
        ),
    ];
    groups.push((
        "CONSENT and INSPECTION",
        groups[0].1.union(&groups[1].1).copied().collect(),
    ));
    groups.push((
        "CONSENT and early-leaver",
        groups[0]
            .1
            .iter()
            .copied()
            .chain([Purpose::EarlyLeaver])
            .collect(),
    ));
    groups
}

fn group_of(column: &Column, set: &BTreeSet<usize>) -> Option<&'static str> {
    let of_set = || set.iter().map(|at| Purpose::ALL[*at]).collect::<BTreeSet<_>>();
    let found = (column.name == "purpose").then(groups)?;
    found
        .into_iter()
        .find(|(_, purposes)| *purposes == of_set())
        .map(|(name, _)| name)
}

/// Everything that came out of the matrix, for the check that nothing was left out.
#[derive(Default)]
struct Covered {
    purposes: BTreeSet<Purpose>,
    bands: BTreeSet<AgeBand>,
    bases: BTreeSet<Basis>,
    reasons: BTreeSet<Reason>,
    parts: BTreeSet<Part>,
}

impl Covered {
    fn see(&mut self, world: &World, decided: &Decided) {
        self.purposes.insert(world.manifest.purpose);
        self.bands.insert(world.manifest.age_band);
        match decided {
            Decided::Permit(granted) => drop(self.bases.insert(granted.basis())),
            Decided::Await(awaiting) => drop(self.reasons.insert(awaiting.reason())),
            Decided::Refuse(refusals) => self.reasons.extend(refusals.iter().map(|refusal| refusal.reason)),
        }
    }
}

fn person(who: Who) -> &'static str {
    match who {
        Who::Sender => "sender",
        Who::Slot { slot: s, .. } if s == slot(A) || s == slot(B) => "a parent",
        Who::Slot { slot: s, .. } if s == slot(CHILD) => "child",
        Who::Slot { .. } => "X",
    }
}

fn awaits(awaiting: &Awaiting) -> String {
    let what = |what: &What| match what {
        What::Telling => "to be told",
        What::Inspection { .. } => "to inspect",
        What::Answer { again: false, .. } => "to answer",
        What::Answer { again: true, .. } => "to answer again",
        What::Objection { .. } => "to object or not",
        What::SecondPerson => "to have a second person attest",
    };
    let each: BTreeSet<String> = awaiting
        .from
        .iter()
        .map(|awaited| format!("{} {}", person(awaited.who), what(&awaited.what)))
        .collect();
    format!("await {}", each.into_iter().collect::<Vec<_>>().join(", "))
}

fn outcome(world: &World, decided: &Decided) -> String {
    match decided {
        Decided::Permit(granted) => {
            let asked = asked(world);
            let blocked = asked
                .iter()
                .filter(|category| granted.blocked().contains_key(category))
                .count();
            let gone = asked
                .iter()
                .filter(|category| granted.categories().contains(category))
                .count();
            let left_out = asked.len() - gone - blocked;
            match (blocked, left_out) {
                (0, 0) => "permit".to_owned(),
                (_, 0) => "permit without what was blocked".to_owned(),
                (0, _) => "permit without what nobody agreed to".to_owned(),
                (_, _) => "permit without what was blocked or nobody agreed to".to_owned(),
            }
        }
        Decided::Await(awaiting) => awaits(awaiting),
        Decided::Refuse(refusals) => {
            let reasons: BTreeSet<String> = refusals
                .iter()
                .map(|refusal| refusal.reason.to_string())
                .collect();
            format!("refuse {}", reasons.into_iter().collect::<Vec<_>>().join(" + "))
        }
    }
}

/// The categories that somebody's agreement is asked for.
fn asked(world: &World) -> BTreeSet<Category> {
    match &world
        .catalogue
        .rules(world.manifest.purpose)
        .expect("there")
        .ground
    {
        Ground::Consent { .. } => world.categories().collect(),
        Ground::Statutory { agreement, .. } => agreement.clone(),
        Ground::Safety | Ground::Aggregate => BTreeSet::new(),
    }
}

fn purposes() -> Vec<String> {
    Purpose::ALL.iter().map(ToString::to_string).collect()
}

fn bands() -> Vec<String> {
    AgeBand::ALL.iter().map(ToString::to_string).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// When the matrix asks: told a day ago, or more than any period ago.
fn asked_at() -> Timestamp {
    after(12, 0)
}

/// Who may send what to whom, with and without a national number.
fn roles(covered: &mut Covered) -> Table {
    let places = places();
    let names: Vec<String> = places.iter().map(Place::to_string).collect();
    let number = words(&["with D02", "without D02"]);
    let columns = [
        ("purpose", purposes()),
        ("number", number),
        ("to", names.clone()),
        ("from", names),
    ];
    let mut table = Table::new("Roles and desks", &columns);
    for (p, &purpose) in Purpose::ALL.iter().enumerate() {
        for (n, with_number) in [true, false].into_iter().enumerate() {
            for (t, &to) in places.iter().enumerate() {
                for (f, &from) in places.iter().enumerate() {
                    let mut draft = Draft::of(purpose, AgeBand::Under12).between(from, to);
                    draft.manifest.categories.remove(&Category::NationalNumber);
                    if with_number {
                        draft
                            .manifest
                            .categories
                            .insert(Category::NationalNumber, Digest::of(b"D02"));
                    }
                    draft.manifest.supervision_order = true;
                    let world = draft.sign();
                    let decided = world.decide(&[], asked_at());
                    covered.see(&world, &decided);
                    let admissible = match &decided {
                        Decided::Refuse(_) => outcome(&world, &decided),
                        Decided::Permit(_) | Decided::Await(_) => "admissible".to_owned(),
                    };
                    table.case(vec![p, n, t, f], admissible);
                }
            }
        }
    }
    table
}

/// One thing wrong with an admissible manifest at a time.
fn faults(covered: &mut Covered) -> Table {
    type Spoil = (&'static str, fn(&mut Draft));
    let spoils: &[Spoil] = &[
        ("nothing", |_| {}),
        ("another catalogue", |d| d.manifest.catalogue = Digest::of(b"old")),
        ("sender's membership ended", |d| {
            d.sender.status = MembershipStatus::Ended;
        }),
        ("recipient's membership lapsed", |d| {
            d.recipient.not_after = start();
        }),
        ("recipient is the sender", |d| {
            d.manifest.recipient.oin = sender();
            d.recipient.oin = sender();
        }),
        ("recipient site not registered", |d| {
            d.manifest.recipient.site = "99ZZ00".parse().ok();
        }),
        ("an extra category", |d| {
            let rules = d.catalogue.rules(d.manifest.purpose).expect("there");
            let extra = Category::ALL
                .iter()
                .rev()
                .find(|category| !rules.categories.contains_key(category));
            d.manifest
                .categories
                .insert(*extra.expect("no purpose has all"), Digest::of(b"extra"));
        }),
        ("no category at all", |d| d.manifest.categories.clear()),
        ("no transition code", |d| d.manifest.transition.code = None),
        ("a transition code of another purpose", |d| {
            let allows =
                |code: &&TransitionCode| d.catalogue.allowed_at(**code).any(|p| p == d.manifest.purpose);
            d.manifest.transition.code = TransitionCode::ALL.iter().find(|code| !allows(code)).copied();
        }),
        ("term not on a first", |d| {
            d.manifest.not_after = day("2026-12-15");
        }),
        ("term over 90 days", |d| d.manifest.not_after = day("2027-03-01")),
        ("term past", |d| d.manifest.not_after = day("2026-11-01")),
        ("no application", |d| {
            d.manifest.application = ApplicationRef::None {}
        }),
        ("an application that was not supplied", |d| {
            d.manifest.application = ApplicationRef::Cited {
                digest: Digest::of(b"none"),
            };
        }),
        ("inspection attested", |d| {
            d.manifest.inspection = Inspection::Attested {
                on: day("2026-11-01"),
            }
        }),
        ("inspection attested for tomorrow", |d| {
            d.manifest.inspection = Inspection::Attested {
                on: day("2026-11-03"),
            }
        }),
        ("on behalf of another", |d| {
            d.manifest.by.on_behalf_of = recipient();
        }),
        ("nobody with a say", |d| d.manifest.guardians.clear()),
        ("no justification", |d| d.manifest.justification = None),
    ];
    let names = spoils.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut table = Table::new(
        "One fault at a time, before anybody was told",
        &[("fault", names), ("purpose", purposes())],
    );
    for (s, (_, spoil)) in spoils.iter().enumerate() {
        for (p, &purpose) in Purpose::ALL.iter().enumerate() {
            let mut draft = Draft::of(purpose, AgeBand::Under12);
            spoil(&mut draft);
            let world = draft.sign();
            let decided = world.decide(&[], asked_at());
            covered.see(&world, &decided);
            table.case(vec![s, p], outcome(&world, &decided));
        }
    }
    table
}

/// What one person can have said, or not.
const WORDS: [&str; 9] = [
    "not there",
    "not told",
    "told",
    "silent",
    "seen",
    "yes",
    "yes but to one",
    "yes that ended",
    "no",
];

/// What `person` says, for each of [`WORDS`].
fn all_said(world: &World, person: usize) -> Vec<Vec<Said>> {
    let told = world.told(person, after(11, 0));
    let choose = |choice| {
        asked(world)
            .into_iter()
            .map(|category| (category, choice))
            .collect::<Choices>()
    };
    let mut but_one = choose(Choice::Agree);
    if let Some(optional) = world.optional() {
        but_one.remove(&optional);
    }
    let said = |word: &&str| match *word {
        "told" => vec![told.clone()],
        "silent" => vec![world.told(person, start())],
        "seen" => vec![told.clone(), world.decides(person, Choices::new())],
        "yes" => vec![told.clone(), world.decides(person, choose(Choice::Agree))],
        "yes but to one" => vec![told.clone(), world.decides(person, but_one.clone())],
        "yes that ended" => {
            let ended = Some(day("2026-11-10"));
            vec![
                told.clone(),
                world.decides_with(person, 0, choose(Choice::Agree), ended),
            ]
        }
        "no" => vec![told.clone(), world.decides(person, choose(Choice::Refuse))],
        _ => Vec::new(),
    };
    WORDS.iter().map(said).collect()
}

/// Two parents with joint authority and the child, and everything they may have said.
fn answers(covered: &mut Covered) -> Table {
    let values = words(&WORDS);
    let columns = [
        ("purpose", purposes()),
        ("age", bands()),
        ("child", values.clone()),
        ("A", values.clone()),
        ("B", values),
    ];
    let mut table = Table::new(
        "What two parents and the child said, asked after 12 days",
        &columns,
    );
    for (p, &purpose) in Purpose::ALL.iter().enumerate() {
        for (b, &band) in AgeBand::ALL.iter().enumerate() {
            for there in 0..8_usize {
                let all = [(A, JOINT), (B, JOINT), (CHILD, YOUNG)];
                let people: Vec<_> = all
                    .into_iter()
                    .filter(|(person, _)| there & (1 << person) != 0)
                    .collect();
                let world = Draft::of(purpose, band).with(&people).sign();
                let possible = |person: usize| {
                    if there & (1 << person) == 0 {
                        0..1
                    } else {
                        1..WORDS.len()
                    }
                };
                let said = [A, B, CHILD].map(|person| match there & (1 << person) {
                    0 => vec![Vec::new(); WORDS.len()],
                    _ => all_said(&world, person),
                });
                for a in possible(A) {
                    for o in possible(B) {
                        for c in possible(CHILD) {
                            let said = [&said[A][a][..], &said[B][o], &said[CHILD][c]].concat();
                            let decided = world.decide(&said, asked_at());
                            covered.see(&world, &decided);
                            table.case(vec![p, b, c, a, o], outcome(&world, &decided));
                        }
                    }
                }
            }
        }
    }
    table
}

/// Every capacity that a person can have.
fn capacities() -> Vec<(String, Holder)> {
    let mut all = vec![("young person".to_owned(), YOUNG)];
    for authority in AuthorityKind::ALL {
        for under_investigation in [false, true] {
            let name = format!(
                "{authority}{}",
                if under_investigation {
                    " (investigated)"
                } else {
                    ""
                }
            );
            all.push((
                name,
                Holder::Guardian {
                    authority: *authority,
                    under_investigation,
                },
            ));
        }
    }
    let stands_in = |kind: &RepresentativeKind| (kind.to_string(), Holder::Representative { kind: *kind });
    all.extend(RepresentativeKind::ALL.iter().map(stands_in));
    all
}

/// One person X in every capacity, beside one holder of authority A, or the young person from 16, who said yes.
fn authority(covered: &mut Covered) -> (Table, Table) {
    let capacities = capacities();
    let names: Vec<String> = capacities.iter().map(|(name, _)| name.clone()).collect();
    let values = words(&["not told", "silent", "yes", "no"]);
    let columns = [
        ("purpose", purposes()),
        ("age", bands()),
        ("beside a yes", words(&["no", "yes"])),
        ("X", names.clone()),
        ("X said", values),
    ];
    let mut table = Table::new(
        "One person X in every capacity, alone or beside somebody's yes",
        &columns,
    );
    let mut parts = Table::new(
        "Which part a person has",
        &[("purpose", purposes()), ("age", bands()), ("X", names)],
    );
    for (p, &purpose) in Purpose::ALL.iter().enumerate() {
        for (b, &band) in AgeBand::ALL.iter().enumerate() {
            for (x, (_, holder)) in capacities.iter().enumerate() {
                for beside in [0, 1] {
                    let mut people = vec![(MENTOR, *holder)];
                    let young = if band >= AgeBand::From12 && *holder != YOUNG {
                        Some((CHILD, YOUNG))
                    } else {
                        None
                    };
                    if beside == 1 {
                        people.push((A, JOINT));
                        people.extend(young);
                    }
                    let world = Draft::of(purpose, band).with(&people).sign();
                    if beside == 0 {
                        let part = part(&world.facts(&[]), &world.catalogue, slot(MENTOR));
                        covered.parts.insert(part);
                        let shown = match part {
                            Part::Decides => "decides",
                            Part::MayObject => "may object",
                            Part::Inspects => "inspects",
                            Part::Informed => "is informed",
                            Part::Nothing => "nothing",
                        };
                        parts.case(vec![p, b, x], shown.to_owned());
                    }
                    let said_by = |person| all_said(&world, person);
                    let (x_said, a_said, child_said) = (said_by(MENTOR), said_by(A), said_by(CHILD));
                    for (s, nth) in [1, 3, 5, 8].into_iter().enumerate() {
                        let mut said = x_said[nth].clone();
                        if beside == 1 {
                            said.extend_from_slice(&a_said[5]);
                            said.extend(young.iter().flat_map(|_| child_said[5].clone()));
                        }
                        let decided = world.decide(&said, asked_at());
                        covered.see(&world, &decided);
                        table.case(vec![p, b, beside, x, s], outcome(&world, &decided));
                    }
                }
            }
        }
    }
    (table, parts)
}

/// A report of unsafety and what it needs.
fn safety(covered: &mut Covered) -> Table {
    let yes_no = words(&["no", "yes"]);
    let to = ["vt", "gi", "jh", "gem/loket"];
    let columns = [
        ("to", words(&to)),
        ("order", yes_no.clone()),
        ("justification", yes_no.clone()),
        ("second person", yes_no),
    ];
    let mut table = Table::new("A report of unsafety", &columns);
    let flag = |n: usize| n == 1;
    for (t, to) in to.iter().enumerate() {
        for n in 0..8_usize {
            let (order, why, second) = (n & 1, (n >> 1) & 1, (n >> 2) & 1);
            let place = |text: &str| text.parse().expect("a place");
            let mut draft = Draft::of(Purpose::Safety, AgeBand::Under12).between(place("po"), place(to));
            draft.manifest.supervision_order = flag(order);
            draft.manifest.justification = flag(why).then(|| Digest::of(b"why"));
            let world = draft.sign();
            let said = if flag(second) {
                vec![world.second_person()]
            } else {
                Vec::new()
            };
            let decided = world.decide(&said, asked_at());
            covered.see(&world, &decided);
            table.case(vec![t, order, why, second], outcome(&world, &decided));
        }
    }
    table
}

/// Signatures and renewals that are not the sender's own.
fn signatures(covered: &mut Covered) -> Table {
    let cases = [
        "the sender's renewal",
        "another's renewal",
        "a renewal to a lower band",
        "another's manifest",
        "a membership that the sender signed",
    ];
    let mut table = Table::new("Who signed", &[("case", words(&cases))]);
    for (c, _) in cases.iter().enumerate() {
        let mut world = Draft::of(Purpose::CareHandover, AgeBand::From12).sign();
        let renewal = world.renewal(
            if c == 2 { AgeBand::Under12 } else { AgeBand::From12 },
            day("2027-01-01"),
            start(),
        );
        let stranger = Party::Organisation(recipient());
        let mut said = Vec::new();
        match c {
            0 | 2 => said.push(Said::Renewal(by_sender(&renewal))),
            1 => said.push(Said::Renewal(by(stranger, &renewal))),
            3 => world.manifest = by(stranger, world.manifest.body()),
            _ => world.recipient = by_sender(world.recipient.body()),
        }
        let decided = world.decide(&said, asked_at());
        covered.see(&world, &decided);
        table.case(vec![c], outcome(&world, &decided));
    }
    table
}

#[test]
fn the_matrix_is_as_reviewed_and_covers_everything() {
    let mut covered = Covered::default();
    let (authority, parts) = authority(&mut covered);
    let tables = [
        roles(&mut covered),
        faults(&mut covered),
        signatures(&mut covered),
        safety(&mut covered),
        parts,
        authority,
        answers(&mut covered),
    ];
    let mut page = String::from(
        "The policy by the default catalogue. A line is a class: every combination of what its columns name ends so.\n\n",
    );
    for (name, purposes) in groups().into_iter().take(3) {
        let purposes: Vec<&str> = purposes.into_iter().map(Purpose::word).collect();
        writeln!(page, "{name} = {}", purposes.join(", ")).expect("writes");
    }
    page.push('\n');
    for table in &tables {
        table.write(&mut page);
    }
    assert_eq!(
        covered.purposes,
        Purpose::ALL.iter().copied().collect(),
        "every purpose"
    );
    assert_eq!(
        covered.bands,
        AgeBand::ALL.iter().copied().collect(),
        "every band"
    );
    assert_eq!(
        covered.bases,
        Basis::ALL.iter().copied().collect(),
        "every basis permits something"
    );
    let reasons = [
        Reason::NotAMember,
        Reason::Malformed,
        Reason::BadStatement,
        Reason::CatalogueNotCurrent,
        Reason::PurposeNotAllowed,
        Reason::TransitionNotAllowed,
        Reason::CategoryNotAllowed,
        Reason::NationalNumberNotAllowed,
        Reason::RequiredCategoryMissing,
        Reason::TermNotAllowed,
        Reason::ApplicationMissing,
        Reason::NobodyToAsk,
        Reason::ConsentBlocked,
        Reason::ConsentNotInForce,
        Reason::NoPermit,
        Reason::SafetyNotAllowed,
        Reason::NotForOneChild,
    ];
    assert_eq!(
        covered.reasons,
        reasons.into(),
        "every reason that the policy can give"
    );
    let parts = [
        Part::Decides,
        Part::MayObject,
        Part::Inspects,
        Part::Informed,
        Part::Nothing,
    ];
    assert_eq!(covered.parts, parts.into(), "every part");
    insta::assert_snapshot!("matrix", page);
}
