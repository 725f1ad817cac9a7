//! What makes a handover a good one: the checklist of practice, each point answered from what is known.
//!
//! Invariant: a point is ticked only by something that the workdesk was told (a step, content, a record), never by looking
//! at the page. Where nothing can tell, it says that a person must see to it.

use handdruk_domain::statement::outcome::Step;
use handdruk_domain::vocabulary;

vocabulary! {
    /// A point of the checklist.
    Point, "point of the checklist" {
        /// Guardians and pupil know of it.
        Informed = "informed",
        /// Their remarks came along.
        Remarks = "remarks",
        /// A colleague by name took it on.
        Named = "named",
        /// The talk was held.
        Talked = "talked",
        /// It is agreed what happens on the first day.
        FirstDay = "first-day",
        /// Care that runs, and whom to call, is known.
        RunningCare = "running-care",
        /// It is agreed who acts when the child is absent on day one.
        Absence = "absence",
        /// The day of the aftercare check stands.
        AftercarePlanned = "aftercare-planned",
        /// What the aftercare check found is written down.
        AftercareHeld = "aftercare-held",
    }
}

/// How a point stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// It is done.
    Done,
    /// It is still to do.
    Open,
    /// It does not apply.
    NotApplicable,
}

/// What is known of a handover, as far as the checklist asks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    /// Remarks came along, in the content or as signed views.
    pub(super) remarks: bool,
    /// Somebody in the organisation has it.
    pub(super) named: bool,
    /// Content says which care runs, or that none does.
    pub(super) running_care: bool,
    /// Agreements that were noted.
    pub(super) agreements: Agreements,
}

/// What noted agreements say.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub(super) struct Agreements {
    /// One is about the first day.
    pub(super) first_day: bool,
    /// One says who acts when the child is absent.
    pub(super) absence: bool,
    /// One has a day for aftercare.
    pub(super) aftercare: bool,
    /// One has an outcome of aftercare.
    pub(super) outcome: bool,
}

/// The checklist. `steps` are those that were taken, oldest first.
pub(super) fn points(steps: &[Step], known: Known) -> Vec<(Point, Mark)> {
    let taken = |wanted: fn(&Step) -> bool| steps.iter().any(wanted);
    let done = |is: bool| if is { Mark::Done } else { Mark::Open };
    let mark = |point: &Point| match point {
        // Nothing arrives before those concerned were told: the gateway saw to it.
        Point::Informed => Mark::Done,
        Point::Remarks => {
            if known.remarks {
                Mark::Done
            } else {
                Mark::NotApplicable
            }
        }
        Point::Named => done(known.named || taken(|step| matches!(step, Step::Accepted {}))),
        Point::Talked => done(taken(|step| matches!(step, Step::TalkHeld {}))),
        Point::FirstDay => done(known.agreements.first_day || taken(|step| matches!(step, Step::Started {}))),
        Point::RunningCare => done(known.running_care),
        Point::Absence => done(known.agreements.absence),
        Point::AftercarePlanned => done(
            known.agreements.aftercare
                || taken(|step| matches!(step, Step::AftercarePlanned {} | Step::AftercareHeld {})),
        ),
        Point::AftercareHeld => {
            done(known.agreements.outcome || taken(|step| matches!(step, Step::AftercareHeld {})))
        }
    };
    Point::ALL.iter().map(|point| (*point, mark(point))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(steps: &[Step], known: Known) -> Vec<Point> {
        let points = points(steps, known).into_iter();
        points
            .filter(|(_, mark)| *mark == Mark::Open)
            .map(|(point, _)| point)
            .collect()
    }

    #[test]
    fn what_just_arrived_has_nearly_everything_to_do() {
        assert_eq!(
            open(&[], Known::default()),
            [
                Point::Named,
                Point::Talked,
                Point::FirstDay,
                Point::RunningCare,
                Point::Absence,
                Point::AftercarePlanned,
                Point::AftercareHeld
            ]
        );
    }

    #[test]
    fn steps_and_agreements_tick_what_they_are_about_and_nothing_else() {
        let known = Known {
            running_care: true,
            agreements: Agreements {
                absence: true,
                ..Agreements::default()
            },
            ..Known::default()
        };
        let steps = [Step::Accepted {}, Step::TalkPlanned {}, Step::TalkHeld {}];
        assert_eq!(
            open(&steps, known),
            [Point::FirstDay, Point::AftercarePlanned, Point::AftercareHeld]
        );
    }
}
