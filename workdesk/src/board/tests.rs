use std::cell::Cell;

use handdruk_proto::v1;
use jiff::ToSpan;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::people::Holder;

const FIRST_DAY: Date = date(2027, 8, 30);

fn professional(number: u8) -> ProfessionalRef {
    format!("ib-{number}").parse().expect("a reference")
}

fn id(number: u16) -> HandoverId {
    let mut bytes = [0; 16];
    bytes[14..].copy_from_slice(&number.to_be_bytes());
    HandoverId::from_bytes(bytes)
}

fn site(number: u8) -> Site {
    format!("99ZZ0{number}").parse().expect("a site")
}

fn shelves() -> impl Strategy<Value = Shelf> {
    let purposes = vec![Purpose::CareHandover, Purpose::Attendance, Purpose::Safety];
    (
        prop::sample::select(Direction::ALL),
        prop::sample::select(purposes),
        prop::option::of(0_u8..3),
        prop::option::of(prop::sample::select(Desk::ALL)),
        prop::option::of(0_u8..4),
    )
        .prop_map(|(direction, purpose, at, desk, assignee)| Shelf {
            direction,
            purpose,
            site: at.map(site),
            desk,
            assignee: assignee.map(professional),
        })
}

fn asks() -> impl Strategy<Value = Asks> {
    prop::sample::select(vec![Asks::Answer, Asks::Step, Asks::Nothing])
}

prop_compose! {
    fn entries()(
        number in 0_u16..60, shelf in shelves(), asks in asks(),
        last_day in prop::option::of(-5_i64..15), since in 0_i64..10,
    ) -> Entry {
        Entry {
            handover: id(number),
            shelf,
            asks,
            last_day: last_day.map(|days| FIRST_DAY.saturating_add(days.days())),
            since: Timestamp::from_second(since).expect("a time"),
        }
    }
}

#[derive(Debug, Clone)]
enum Change {
    Put(Entry),
    Remove(u16),
    Days(i64),
}

fn changes() -> impl Strategy<Value = Change> {
    prop_oneof![
        8 => entries().prop_map(Change::Put),
        2 => (0_u16..60).prop_map(Change::Remove),
        1 => (-2_i64..4).prop_map(Change::Days),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    (
        prop::option::of(prop::sample::select(Direction::ALL)),
        prop::option::of(prop::sample::select(vec![
            Purpose::CareHandover,
            Purpose::Attendance,
        ])),
        prop::option::of(0_u8..3),
        prop::option::of(prop::sample::select(Desk::ALL)),
        prop::option::of(prop::sample::select(Whose::ALL)),
    )
        .prop_map(|(direction, purpose, at, desk, whose)| Filter {
            direction,
            purpose,
            site: at.map(site),
            desk,
            whose,
        })
}

/// The same by looking at every entry, in the plainest words.
fn scan(
    entries: &HashMap<HandoverId, Entry>,
    today: Date,
    part: Part,
    (me, sees): (&ProfessionalRef, &dyn Fn(&Shelf) -> bool),
    filter: &Filter,
) -> Vec<HandoverId> {
    let on = |entry: &&Entry| {
        let shelf = &entry.shelf;
        let mine = shelf.assignee.as_ref() == Some(me);
        let ours = entry.asks == Asks::Step;
        let late = ours && entry.last_day.is_some_and(|day| day < today);
        let new = ours && !late && shelf.assignee.is_none();
        let taken = ours && !late && !new;
        let fits = match part {
            Part::Withdrawn => entry.asks == Asks::Answer,
            Part::Elsewhere => entry.asks == Asks::Nothing,
            Part::Late => late,
            Part::New => new,
            Part::Mine => taken && mine,
            Part::Colleagues => taken && !mine,
        };
        let chosen = filter.direction.is_none_or(|d| shelf.direction == d)
            && filter.purpose.is_none_or(|p| shelf.purpose == p)
            && (filter.site.is_none() || shelf.site == filter.site)
            && (filter.desk.is_none() || shelf.desk == filter.desk)
            && match filter.whose {
                Some(Whose::Mine) => mine,
                Some(Whose::Nobodys) => shelf.assignee.is_none(),
                Some(Whose::Everybodys) | None => true,
            };
        fits && chosen && sees(shelf)
    };
    let mut found: Vec<&Entry> = entries.values().filter(on).collect();
    found.sort_by_key(|entry| (entry.last_day.unwrap_or(Date::MAX), entry.since, entry.handover));
    found.iter().map(|entry| entry.handover).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn an_overview_shows_what_a_scan_of_everything_would_show(
        changes in prop::collection::vec(changes(), 0..120), filter in filters(), most in 0_usize..8, blind in 0_u8..4,
    ) {
        let mut board = Board::new(FIRST_DAY);
        let mut all: HashMap<HandoverId, Entry> = HashMap::new();
        let mut today = FIRST_DAY;
        for change in changes {
            match change {
                Change::Put(entry) => {
                    all.insert(entry.handover, entry.clone());
                    board.put(entry);
                }
                Change::Remove(number) => {
                    all.remove(&id(number));
                    board.remove(id(number));
                }
                Change::Days(days) => {
                    let day = today.saturating_add(days.days());
                    board.advance(day);
                    today = today.max(day);
                }
            }
        }
        prop_assert_eq!(board.len(), all.len());
        let me = professional(1);
        let hidden = (blind < 3).then(|| site(blind));
        let sees = |shelf: &Shelf| shelf.site.is_none() || shelf.site != hidden;
        let sight = Sight { me: &me, sees: &sees };
        let overview = board.overview(sight, &filter, most);
        let shown = [
            (Part::Withdrawn, overview.withdrawn),
            (Part::Late, overview.late),
            (Part::Mine, overview.mine),
            (Part::New, overview.new),
            (Part::Colleagues, overview.colleagues),
            (Part::Elsewhere, board.part(Part::Elsewhere, sight, &filter, None, most)),
        ];
        for (part, listing) in shown {
            let mut expected = scan(&all, today, part, (&me, &sees), &filter);
            prop_assert_eq!(listing.count, expected.len());
            // Page after page is the whole, each once.
            let mut paged = Vec::new();
            loop {
                if most == 0 {
                    break;
                }
                let page = board.part(part, sight, &filter, paged.last().copied(), most);
                prop_assert_eq!(page.count, expected.len());
                if page.first.is_empty() {
                    prop_assert_eq!(&paged, &expected);
                    break;
                }
                paged.extend(page.first);
            }
            expected.truncate(most);
            prop_assert_eq!(listing.first, expected);
        }
        // Nothing is left behind on a shelf once everything is gone.
        for handover in all.keys() {
            board.remove(*handover);
        }
        prop_assert!(board.is_empty() && board.shelves.is_empty());
    }
}

#[test]
fn what_nobody_has_waits_for_whoever_takes_it_on_and_not_for_a_colleague() {
    let mut board = Board::new(FIRST_DAY);
    let shelf = |assignee| Shelf {
        direction: Direction::Received,
        purpose: Purpose::CareHandover,
        site: None,
        desk: None,
        assignee,
    };
    let entry = |number, assignee, asks| Entry {
        handover: id(number),
        shelf: shelf(assignee),
        asks,
        last_day: Some(FIRST_DAY),
        since: Timestamp::UNIX_EPOCH,
    };
    board.put(entry(1, None, Asks::Step));
    board.put(entry(2, Some(professional(1)), Asks::Step));
    board.put(entry(3, Some(professional(2)), Asks::Step));
    board.put(entry(4, None, Asks::Step));
    let me = professional(1);
    let sight = Sight {
        me: &me,
        sees: &|_| true,
    };
    let overview = board.overview(sight, &Filter::default(), 10);
    assert_eq!(overview.new.first, [id(1), id(4)]);
    assert_eq!(overview.mine.first, [id(2)]);
    assert_eq!(overview.colleagues.first, [id(3)]);
    // The last day itself is in time; the day after is not.
    board.advance(FIRST_DAY.tomorrow().expect("a day"));
    let overview = board.overview(sight, &Filter::default(), 10);
    assert_eq!(overview.late.count, 4);
    assert_eq!((overview.new.count, overview.mine.count), (0, 0));
}

/// A handover of ours that was not received yet, with its deadline of yesterday.
fn underway(stage: v1::Stage, owner: v1::Owner, heard: v1::Hearer) -> v1::SentHandover {
    v1::SentHandover {
        status: Some(v1::HandoverStatus {
            handover_id: id(1).to_string(),
            stage: stage.into(),
            early: Some(v1::StageDeadline {
                owner: owner.into(),
                last_day: FIRST_DAY.yesterday().expect("a day").to_string(),
                known: v1::Known::Fixed.into(),
                heard: heard.into(),
            }),
            ..v1::HandoverStatus::default()
        }),
        purpose: v1::Purpose::CareHandover.into(),
        ..v1::SentHandover::default()
    }
}

#[test]
fn what_was_not_received_is_late_here_once_we_were_told() {
    use v1::{Hearer, Owner, Stage};
    let cases = [
        (
            Stage::Awaiting,
            Owner::Sender,
            Hearer::Unspecified,
            List::Elsewhere,
        ),
        (Stage::Awaiting, Owner::Sender, Hearer::Owner, List::Late),
        (Stage::Submitted, Owner::Recipient, Hearer::Owner, List::Elsewhere),
        (
            Stage::Submitted,
            Owner::Recipient,
            Hearer::Organisations,
            List::Late,
        ),
        // Nobody is known who could take it over: ours, whoever has heard.
        (Stage::Blocked, Owner::Sender, Hearer::Unspecified, List::Late),
    ];
    for (stage, owner, heard, list) in cases {
        let live = Live::new(FIRST_DAY);
        live.sent(underway(stage, owner, heard));
        let found = live.read(FIRST_DAY, |board| board.list_of(id(1)));
        let case = [stage.as_str_name(), owner.as_str_name(), heard.as_str_name()];
        assert_eq!(found, Some(list), "{case:?}");
    }
}

#[test]
fn what_the_node_does_not_keep_any_more_leaves_the_board() {
    let live = Live::new(FIRST_DAY);
    live.sent(underway(v1::Stage::Blocked, v1::Owner::Sender, v1::Hearer::Owner));
    // As the node tells it: the id, and nothing else.
    let id_alone = v1::HandoverStatus {
        handover_id: id(1).to_string(),
        ..v1::HandoverStatus::default()
    };
    live.sent(v1::SentHandover {
        status: Some(id_alone),
        ..v1::SentHandover::default()
    });
    assert!(live.read(FIRST_DAY, Board::is_empty));
}

#[test]
fn a_withdrawal_stands_first_with_the_day_by_which_it_must_be_answered() {
    let live = Live::new(FIRST_DAY);
    let day = |days: i64| FIRST_DAY.saturating_add(days.days()).to_string();
    let waiting = |last_day| v1::UnansweredWithdrawal {
        last_day,
        ..v1::UnansweredWithdrawal::default()
    };
    live.received(v1::InboxItem {
        handover_id: id(1).to_string(),
        purpose: v1::Purpose::CareHandover.into(),
        stage: v1::Stage::Received.into(),
        withdrawal: v1::WithdrawalState::Unanswered.into(),
        warm: Some(v1::WarmStatus {
            last_day: day(30),
            ..v1::WarmStatus::default()
        }),
        unanswered: vec![waiting(day(4)), waiting(day(-1))],
        ..v1::InboxItem::default()
    });
    live.read(FIRST_DAY, |board| {
        assert_eq!(board.list_of(id(1)), Some(List::Withdrawn));
        let entry = board.entry(id(1)).expect("it is there");
        assert_eq!(entry.last_day, FIRST_DAY.yesterday().ok(), "late");
    });
}

#[test]
fn an_older_decision_about_who_has_it_changes_nothing_when_it_is_told_late() {
    let live = Live::new(FIRST_DAY);
    live.received(v1::InboxItem {
        handover_id: id(1).to_string(),
        purpose: v1::Purpose::CareHandover.into(),
        stage: v1::Stage::Received.into(),
        ..v1::InboxItem::default()
    });
    assert_eq!(live.version(id(1)), 0);
    live.assign(id(1), Holder::Colleague(professional(2)), 2);
    live.assign(id(1), Holder::Colleague(professional(1)), 1);
    assert_eq!(live.version(id(1)), 2);
    let shelf = live.shelf(id(1)).expect("it is there");
    assert_eq!(shelf.assignee, Some(professional(2)));
}

#[test]
fn a_big_provider_reads_its_overview_without_a_scan() {
    let mut board = Board::new(FIRST_DAY);
    for number in 0..20_000_u16 {
        let who = u8::try_from(number % 120).expect("small");
        board.put(Entry {
            handover: id(number),
            shelf: Shelf {
                direction: Direction::Received,
                purpose: Purpose::CareHandover,
                site: Some(site(who % 9)),
                desk: None,
                assignee: (number % 7 != 0).then(|| professional(who)),
            },
            asks: if number % 50 == 0 {
                Asks::Answer
            } else {
                Asks::Step
            },
            last_day: Some(FIRST_DAY.saturating_add((i64::from(number % 40) - 4).days())),
            since: Timestamp::UNIX_EPOCH,
        });
    }
    let me = professional(5);
    let asked = Cell::new(0_usize);
    let sees = |_: &Shelf| {
        asked.set(asked.get() + 1);
        true
    };
    let sight = Sight { me: &me, sees: &sees };
    let overview = board.overview(sight, &Filter::default(), 50);
    assert_eq!(overview.late.first.len(), 50);
    assert_eq!(overview.withdrawn.count, 400);
    // Each place in the organisation is asked about once, and no handover at all.
    assert_eq!(asked.get(), board.shelves.len());
    assert!(asked.get() < 1_000, "{}", asked.get());
}
