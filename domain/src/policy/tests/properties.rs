//! What holds for every sequence of things said, and not only for those that the matrix lists.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::world::*;
use crate::catalogue::Ground;
use crate::category::Category;
use crate::clock::{Date, Timestamp};
use crate::policy::who_decides::{Standing, standing};
use crate::policy::{Decided, Said, What, has_say};
use crate::purpose::Purpose;
use crate::statement::consent::{Attested, Choice};
use crate::statement::manifest::{AgeBand, AuthorityKind, Holder, RepresentativeKind};

/// Something said, before it is signed.
#[derive(Debug, Clone)]
enum Op {
    Told(usize, i64),
    /// By whom, with which invitation's keys, what about which of the categories, until which day of November.
    Decides(usize, usize, Choice, u32, Option<i8>),
    OnPaper(usize, Choice, u32),
    Spoken(usize, u32),
    Authority(usize, Holder),
    Renewed(AgeBand),
}

/// A case: what, about whom, and what was said in which order.
#[derive(Debug, Clone)]
struct Case {
    purpose: Purpose,
    band: AgeBand,
    people: Vec<(usize, Holder)>,
    ops: Vec<Op>,
    /// Hours after the manifest was made.
    hours: i64,
}

const PEOPLE: usize = 5;

fn holders() -> impl Strategy<Value = Holder> {
    let guardian = (prop::sample::select(AuthorityKind::ALL), any::<bool>());
    let guardian = guardian.prop_map(|(authority, under_investigation)| Holder::Guardian {
        authority,
        under_investigation,
    });
    let stands_in =
        prop::sample::select(RepresentativeKind::ALL).prop_map(|kind| Holder::Representative { kind });
    prop_oneof![8 => Just(JOINT), 3 => guardian, 1 => stands_in]
}

fn ops() -> impl Strategy<Value = Op> {
    let choice = prop::sample::select(Choice::ALL);
    let yes_mostly = prop_oneof![9 => Just(Choice::Agree), 2 => choice];
    // Mostly about everything, or a handover would never be permitted.
    let which = prop_oneof![4 => Just(u32::MAX), 1 => any::<u32>()];
    let until = prop_oneof![9 => Just(None), 1 => (3..28_i8).prop_map(Some)];
    prop_oneof![
        8 => (0..PEOPLE, 0..15_i64).prop_map(|(who, day)| Op::Told(who, day)),
        16 => (0..PEOPLE, 0..3_usize, yes_mostly.clone(), which.clone(), until)
            .prop_map(|(who, nth, choice, which, until)| Op::Decides(who, nth, choice, which, until)),
        1 => (0..PEOPLE, yes_mostly, which.clone()).prop_map(|(who, choice, which)| Op::OnPaper(who, choice, which)),
        1 => (0..PEOPLE, which).prop_map(|(who, which)| Op::Spoken(who, which)),
        1 => (0..PEOPLE, holders()).prop_map(|(who, holder)| Op::Authority(who, holder)),
        1 => prop::sample::select(AgeBand::ALL).prop_map(Op::Renewed),
    ]
}

fn cases() -> impl Strategy<Value = Case> {
    cases_of(|_| true)
}

/// Cases of purposes on such a ground.
fn cases_of(fits: fn(&Ground) -> bool) -> impl Strategy<Value = Case> {
    let rules = catalogue();
    let purposes: Vec<Purpose> = rules
        .purposes()
        .filter(|rules| fits(&rules.ground))
        .map(|rules| rules.purpose)
        .collect();
    let second = prop::option::of(holders());
    let other = prop::option::weighted(0.2, holders());
    let people = (holders(), second, prop::bool::weighted(0.85), other);
    let people = people.prop_map(|(a, b, young, other)| {
        let mut people = vec![(A, a)];
        people.extend(b.map(|holder| (B, holder)));
        people.extend(young.then_some((CHILD, YOUNG)));
        people.extend(other.map(|holder| (MENTOR, holder)));
        people
    });
    let ops = prop::collection::vec(ops(), 0..14);
    (
        prop::sample::select(purposes),
        prop::sample::select(AgeBand::ALL),
        people,
        ops,
        0..24 * 40_i64,
    )
        .prop_map(|(purpose, band, people, ops, hours)| Case {
            purpose,
            band,
            people,
            ops,
            hours,
        })
}

impl Case {
    fn world(&self) -> World {
        Draft::of(self.purpose, self.band).with(&self.people).sign()
    }

    fn said(&self, world: &World) -> Vec<Said> {
        self.ops.iter().map(|op| op.said(world)).collect()
    }

    fn now(&self) -> Timestamp {
        after(0, self.hours)
    }

    fn is_consent(&self) -> bool {
        let rules = catalogue();
        matches!(
            rules.rules(self.purpose).expect("there").ground,
            Ground::Consent { .. }
        )
    }
}

fn is_consent(ground: &Ground) -> bool {
    matches!(ground, Ground::Consent { .. })
}

fn is_statutory(ground: &Ground) -> bool {
    matches!(ground, Ground::Statutory { .. })
}

impl Op {
    fn said(&self, world: &World) -> Said {
        let some = |choice: Choice, which: u32| {
            let chosen = world
                .categories()
                .enumerate()
                .filter(|(nth, _)| which & (1 << nth) != 0);
            chosen
                .map(|(_, category)| (category, choice))
                .collect::<Choices>()
        };
        match self {
            Op::Told(who, days) => world.told(*who, after(*days, 0)),
            Op::Decides(who, nth, choice, which, until) => {
                let until = until.map(|day| Date::new(2026, 11, day).expect("a day of November"));
                world.decides_with(*who, *nth, some(*choice, *which), until)
            }
            Op::OnPaper(who, choice, which) => world.on_paper(*who, some(*choice, *which)),
            Op::Spoken(who, which) => {
                let choices = some(Choice::Withdraw, *which);
                world.spoken(
                    *who,
                    if choices.is_empty() {
                        world.all(Choice::Object)
                    } else {
                        choices
                    },
                )
            }
            Op::Authority(who, holder) => world.authority_changed(*who, *holder),
            Op::Renewed(band) => world.renewed(*band),
        }
    }
}

/// What a reader would say stands, told over again as simply as can be: per person the capacity at the end, and per
/// category whether the last word was a no.
struct Retold {
    band: AgeBand,
    holders: BTreeMap<usize, Holder>,
    last_was_no: BTreeSet<(usize, Category)>,
    ever_agreed: BTreeSet<(usize, Category)>,
}

fn retold(case: &Case, said: &[Said]) -> Retold {
    let mut retold = Retold {
        band: case.band,
        holders: case.people.iter().copied().collect(),
        last_was_no: BTreeSet::new(),
        ever_agreed: BTreeSet::new(),
    };
    let person = |of| {
        (0..PEOPLE)
            .find(|person| slot(*person) == of)
            .expect("one of five")
    };
    for said in said {
        let (who, choices) = match said {
            Said::Decision(decision) => (decision.slot, &decision.choices),
            Said::Attestation(attestation) => match &attestation.what {
                Attested::AuthorityChanged { holder } => {
                    retold
                        .holders
                        .insert(person(attestation.slot.expect("about one")), *holder);
                    continue;
                }
                Attested::PaperDecision { choices, .. } | Attested::SpokenWithdrawal { choices, .. } => {
                    (attestation.slot.expect("about one"), choices)
                }
                _ => continue,
            },
            Said::Renewal(renewal) => {
                retold.band = retold.band.max(renewal.age_band);
                continue;
            }
            Said::Told(_) => continue,
        };
        for (category, choice) in choices {
            let at = (person(who), *category);
            if choice.blocks() {
                retold.last_was_no.insert(at);
            } else {
                retold.last_was_no.remove(&at);
                retold.ever_agreed.insert(at);
            }
        }
    }
    retold
}

impl Retold {
    fn counts(&self, who: usize) -> Standing {
        self.holders
            .get(&who)
            .map_or(Standing::None, |holder| standing(self.band, *holder))
    }
}

proptest! {
    #[test]
    fn nothing_is_permitted_that_the_manifest_and_the_catalogue_do_not_allow(case in cases()) {
        let world = case.world();
        let allowed = &catalogue().rules(case.purpose).expect("there").categories.clone();
        let decided = world.decide(&case.said(&world), case.now());
        for category in permitted(&decided) {
            prop_assert!(world.manifest.categories.contains_key(&category));
            prop_assert!(allowed.contains_key(&category));
        }
        if let Decided::Permit(granted) = &decided {
            prop_assert!(!granted.categories().is_empty());
            prop_assert!(granted.blocked().keys().all(|category| !granted.categories().contains(category)));
            prop_assert!(case.now() < granted.not_after() && granted.not_after() <= term_end(&world));
        }
        if let Decided::Refuse(refusals) = &decided {
            prop_assert!(!refusals.is_empty());
        }
    }

    #[test]
    fn no_consent_is_permitted_while_a_known_no_stands_or_without_a_yes_that_counts(case in cases_of(is_consent)) {
        let world = case.world();
        let said = case.said(&world);
        let retold = retold(&case, &said);
        for category in permitted(&world.decide(&said, case.now())) {
            for who in (0..PEOPLE).filter(|who| retold.counts(*who) != Standing::None) {
                prop_assert!(!retold.last_was_no.contains(&(who, category)), "{category} against the no of {who}");
            }
            let yes = |who: &usize| retold.ever_agreed.contains(&(*who, category));
            let carried = (0..PEOPLE).filter(yes).any(|who| retold.counts(who) == Standing::Decides);
            prop_assert!(carried, "{category} without anybody's yes");
            if retold.band == AgeBand::From12 {
                let child = (0..PEOPLE).filter(|who| retold.holders.get(who) == Some(&YOUNG));
                prop_assert!(child.filter(yes).count() > 0, "{category} without the child's yes");
            }
        }
    }

    #[test]
    fn a_no_takes_away_and_never_adds(case in cases(), who in 0..PEOPLE, nth in 0..4_usize, which in any::<u32>()) {
        let world = case.world();
        let mut said = case.said(&world);
        let before = world.decide(&said, case.now());
        let no = Op::Decides(who, nth, Choice::Refuse, which, None);
        said.push(no.said(&world));
        let after = world.decide(&said, case.now());
        match before {
            Decided::Permit(_) => prop_assert!(permitted(&after).is_subset(&permitted(&before))),
            Decided::Refuse(_) => prop_assert!(permitted(&after).is_empty()),
            // A no can end the waiting for its own category, so that the others go.
            Decided::Await(_) => {}
        }
        if case.is_consent() && retold(&case, &said).counts(who) != Standing::None {
            let Some(Said::Decision(decision)) = said.last() else { unreachable!() };
            prop_assert!(decision.choices.keys().all(|category| !permitted(&after).contains(category)));
        }
    }

    #[test]
    fn new_keys_never_turn_a_no_into_a_yes(case in cases_of(is_consent), which in any::<u32>()) {
        let world = case.world();
        let mut said = case.said(&world);
        let before = permitted(&world.decide(&said, case.now()));
        let blocked = retold(&case, &said);
        // Keys that nobody has seen in this handover say yes to everything, for everybody.
        said.extend((0..PEOPLE).map(|who| Op::Decides(who, 9, Choice::Agree, which, None).said(&world)));
        for category in permitted(&world.decide(&said, case.now())) {
            let no = (0..PEOPLE).any(|who| {
                blocked.counts(who) != Standing::None && blocked.last_was_no.contains(&(who, category))
            });
            prop_assert!(!no, "{category} was refused, and permitted only to {before:?}");
        }
    }

    #[test]
    fn from_16_what_parents_say_changes_nothing(case in cases_of(is_consent)) {
        let band = case.band.max(AgeBand::From16);
        let is_parent = |who: usize| {
            let mut capacities = case.people.iter().filter(|(person, _)| *person == who).map(|(_, holder)| *holder);
            let changes = case.ops.iter().filter_map(|op| match op {
                Op::Authority(person, holder) if *person == who => Some(*holder),
                _ => None,
            });
            capacities.by_ref().chain(changes).all(|holder| matches!(holder, Holder::Guardian { .. }))
        };
        let by = |op: &Op| match op {
            Op::Told(who, _) | Op::Decides(who, ..) | Op::OnPaper(who, ..) | Op::Spoken(who, _) => Some(*who),
            Op::Authority(..) | Op::Renewed(_) => None,
        };
        let without = case.ops.iter().filter(|op| by(op).is_none_or(|who| !is_parent(who))).cloned().collect();
        let with = Case { band, ..case.clone() };
        let without = Case { band, ops: without, ..case.clone() };
        let world = with.world();
        let (with, without) = (
            world.decide(&with.said(&world), case.now()),
            world.decide(&without.said(&world), case.now()),
        );
        prop_assert_eq!(permitted(&with), permitted(&without));
        match (with, without) {
            (Decided::Await(with), Decided::Await(without)) => prop_assert_eq!(with, without),
            (with, without) => prop_assert_eq!(core::mem::discriminant(&with), core::mem::discriminant(&without)),
        }
        for who in (0..PEOPLE).filter(|who| is_parent(*who)) {
            let refused = has_say(&world.facts(&[]), &world.catalogue, slot(who), &world.all(Choice::Agree));
            prop_assert!(refused.is_err());
        }
    }

    #[test]
    fn nobodys_decision_stops_what_a_law_orders(
        case in cases_of(is_statutory),
        choice in prop::sample::select(Choice::ALL),
        who in 0..PEOPLE,
    ) {
        let rules = catalogue();
        let Ground::Statutory { agreement, .. } = &rules.rules(case.purpose).expect("there").ground else { unreachable!() };
        let orders = |decided: &Decided| permitted(decided).difference(agreement).copied().collect::<BTreeSet<_>>();
        let world = case.world();
        let mut said = case.said(&world);
        // Later than every period, and as it happens to be.
        for now in [after(25, 0), case.now()] {
            let before = world.decide(&said, now);
            said.push(Op::Decides(who, 0, choice, u32::MAX, None).said(&world));
            let after = world.decide(&said, now);
            said.pop();
            match (&before, &after) {
                (Decided::Permit(_), Decided::Permit(_)) => prop_assert_eq!(orders(&after), orders(&before)),
                // A yes can start the waiting for more. It ends by itself, unless the sender has not even told.
                (Decided::Permit(_), Decided::Await(awaiting)) => {
                    let for_telling = awaiting.from.iter().any(|awaited| awaited.what == What::Telling);
                    let runs = now < awaiting.decide_again && now == case.now();
                    prop_assert!(!choice.blocks() && (for_telling || runs), "{after:?}");
                }
                (Decided::Await(_), _) => prop_assert!(!matches!(after, Decided::Refuse(_))),
                _ => prop_assert_eq!(after, before),
            }
        }
    }

    #[test]
    fn nothing_changes_by_itself_before_the_time_that_was_named(case in cases(), later in 0..24 * 40_i64) {
        let world = case.world();
        let said = case.said(&world);
        let (now, then) = (case.now(), case.now() + jiff::SignedDuration::from_hours(later));
        match world.decide(&said, now) {
            Decided::Permit(granted) if then < granted.not_after() => {
                let Decided::Permit(same) = world.decide(&said, then) else { panic!("no permit any longer") };
                prop_assert_eq!(same.categories(), granted.categories());
                prop_assert_eq!(same.not_after(), granted.not_after());
                prop_assert_eq!(same.rests_on(), granted.rests_on());
            }
            Decided::Await(awaiting) if then < awaiting.decide_again => {
                prop_assert_eq!(world.decide(&said, then), Decided::Await(awaiting));
            }
            Decided::Await(awaiting) => {
                prop_assert!(now < awaiting.decide_again && awaiting.decide_again <= term_end(&world));
                prop_assert!(!awaiting.from.is_empty());
                let empty = |what: &What| match what {
                    What::Answer { categories, .. } | What::Objection { categories, .. } => categories.is_empty(),
                    _ => false,
                };
                prop_assert!(!awaiting.from.iter().any(|awaited| empty(&awaited.what)));
            }
            _ => {}
        }
        prop_assert!(permitted(&world.decide(&said, term_end(&world))).is_empty(), "after the term nothing goes");
    }

    #[test]
    fn waiting_longer_never_takes_a_permit_away_unless_a_yes_ends(case in cases(), later in 0..24 * 40_i64) {
        let mut case = case;
        for op in &mut case.ops {
            if let Op::Decides(_, _, _, _, until) = op {
                *until = None;
            }
        }
        let world = case.world();
        let said = case.said(&world);
        let then = case.now() + jiff::SignedDuration::from_hours(later);
        let then = then.min(term_end(&world) - jiff::SignedDuration::from_secs(1));
        let now = permitted(&world.decide(&said, case.now()));
        prop_assert!(now.is_subset(&permitted(&world.decide(&said, then))));
    }

    #[test]
    fn what_was_said_of_another_manifest_or_by_a_stranger_changes_nothing(case in cases(), at in 0..14_usize) {
        let world = case.world();
        let said = case.said(&world);
        let mut other = Draft::of(case.purpose, case.band).with(&case.people);
        other.manifest.handover = crate::ids::HandoverId::from_bytes([1; 16]);
        let other = other.sign();
        let mut mixed = said.clone();
        let strange = [
            other.decides(A, other.all(Choice::Refuse)),
            other.on_paper(B, other.all(Choice::Agree)),
            other.told(CHILD, start()),
        ];
        for said in strange {
            mixed.insert(at.min(mixed.len()), said);
        }
        let (alone, with) = (world.decide(&said, case.now()), world.decide(&mixed, case.now()));
        prop_assert_eq!(alone, with);
    }

    #[test]
    fn who_is_called_a_and_who_b_makes_no_difference(case in cases()) {
        let swap = |who: usize| match who { A => B, B => A, other => other };
        let mirrored = Case {
            people: case.people.iter().map(|(who, holder)| (swap(*who), *holder)).collect(),
            ops: case.ops.iter().map(|op| match *op {
                Op::Told(who, day) => Op::Told(swap(who), day),
                Op::Decides(who, nth, choice, which, until) => Op::Decides(swap(who), nth, choice, which, until),
                Op::OnPaper(who, choice, which) => Op::OnPaper(swap(who), choice, which),
                Op::Spoken(who, which) => Op::Spoken(swap(who), which),
                Op::Authority(who, holder) => Op::Authority(swap(who), holder),
                Op::Renewed(band) => Op::Renewed(band),
            }).collect(),
            ..case.clone()
        };
        let decide = |case: &Case| {
            let world = case.world();
            world.decide(&case.said(&world), case.now())
        };
        let (one, other) = (decide(&case), decide(&mirrored));
        prop_assert_eq!(permitted(&one), permitted(&other));
        prop_assert_eq!(core::mem::discriminant(&one), core::mem::discriminant(&other));
    }
}

#[test]
fn the_cases_reach_every_kind_of_answer() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let mut counts = [0_usize; 3];
    for _ in 0..400 {
        let case = cases_of(is_consent)
            .new_tree(&mut runner)
            .expect("a case")
            .current();
        let world = case.world();
        counts[match world.decide(&case.said(&world), case.now()) {
            Decided::Permit(_) => 0,
            Decided::Await(_) => 1,
            Decided::Refuse(_) => 2,
        }] += 1;
    }
    assert!(
        counts.iter().all(|count| *count >= 40),
        "too rarely: permit, await, refuse {counts:?}"
    );
}
