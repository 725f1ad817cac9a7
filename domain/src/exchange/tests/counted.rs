//! Where a handover is counted, and how it stands there.

use super::warm::{received, report, step};
use super::world::*;
use crate::exchange::Handover;
use crate::figures::Standing;
use crate::purpose::Purpose;
use crate::statement::consent::Choice;
use crate::statement::outcome::{DeclineReason, Step};

const HOME: &str = "0193";

fn handover<'a>(world: &'a World, sent: &Sent) -> &'a Handover {
    world.books.handover(sent.id()).expect("known")
}

fn standing(world: &World, sent: &Sent) -> Standing {
    handover(world, sent).counted().expect("counted").standing
}

#[test]
fn each_step_moves_it_to_the_standing_that_is_told() {
    let mut world = World::new();
    let sent = report(&mut world, Some(HOME));
    assert_eq!(standing(&world, &sent), Standing::UnderWay);
    let waiting = DeclineReason::WaitingList;
    let steps = [
        (Step::Declined { reason: waiting }, Standing::Waiting),
        (Step::Accepted {}, Standing::UnderWay),
        (Step::NotStarted {}, Standing::NoPlace),
        (Step::Started {}, Standing::UnderWay),
        (Step::AftercareHeld {}, Standing::UnderWay),
        (Step::Closed {}, Standing::Closed),
    ];
    for (taken, stands) in steps {
        step(&mut world, &sent, SECONDARY, taken).expect("may");
        assert_eq!(standing(&world, &sent), stands, "{taken:?}");
    }
    let sent = report(&mut world, Some(HOME));
    let reason = DeclineReason::NoPlace;
    step(&mut world, &sent, SECONDARY, Step::Declined { reason }).expect("may");
    assert_eq!(standing(&world, &sent), Standing::NoPlace);
    step(&mut world, &sent, SCHOOL, Step::NoRecipient {}).expect("may");
    assert_eq!(standing(&world, &sent), Standing::NoPlace);
}

#[test]
fn late_is_what_its_owner_was_told_is_late_before_it_was_received_and_after() {
    let mut world = World::new();
    let mut manifest = world.manifest(Purpose::CareHandover);
    manifest.municipality = Some(HOME.parse().expect("a code"));
    let sent = world.propose(manifest).expect("admitted");
    let report = report(&mut world, Some(HOME));
    world.later(24 * 29);
    for sent in [&sent, &report] {
        assert_eq!(standing(&world, sent), Standing::UnderWay, "nobody was told yet");
        world.pass(sent);
        assert_eq!(standing(&world, sent), Standing::Late);
    }
    world.later(24 * 365);
    world.pass(&sent);
    assert_eq!(
        standing(&world, &sent),
        Standing::NotHandedOver,
        "its term is over"
    );
}

#[test]
fn it_is_counted_where_and_when_its_manifest_says_and_under_secrecy_nowhere() {
    let mut world = World::new();
    let sent = report(&mut world, Some(HOME));
    let counted = handover(&world, &sent).counted().expect("counted");
    assert_eq!(
        (
            counted.municipality.as_str(),
            counted.quarter.to_string().as_str(),
            counted.purpose
        ),
        (HOME, "2027-Q3", Purpose::TransferReportPrimary)
    );
    let secret = report(&mut world, None);
    assert_eq!(handover(&world, &secret).counted(), None);
    let mut safety = world.manifest(Purpose::Safety);
    safety.municipality = Some(HOME.parse().expect("a code"));
    let safety = world.propose(safety).expect("admitted");
    assert_eq!(handover(&world, &safety).counted(), None);
}

#[test]
fn what_was_taken_back_whole_is_nothing_that_anybody_still_has_to_do() {
    let mut world = World::new();
    let (sent, mother) = received(&mut world);
    assert_eq!(
        handover(&world, &sent).counted(),
        None,
        "no municipality is named"
    );
    world.decides(&sent, &mother, Choice::Withdraw).expect("may");
    let withdrawal = handover(&world, &sent).withdrawals()[0].statement;
    world.answer_withdrawal(&sent, withdrawal).expect("may");
    assert_eq!(handover(&world, &sent).standing(), Standing::Closed);
}
