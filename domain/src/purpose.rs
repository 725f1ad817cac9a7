//! Why data may move: the closed list of purposes. What each allows stands in the catalogue.

use crate::vocabulary::vocabulary;

vocabulary! {
    /// A purpose of processing (GDPR art. 5(1)(b)). The rules of each are in the catalogue, never in code.
    Purpose, "purpose" {
        /// Transfer report from primary or special education (WPO 42, WEC 43).
        TransferReportPrimary = "transfer-report-primary",
        /// Data at a transition between secondary schools or to mbo (WVO 8.17, WEB 2.5.5a).
        TransferReportSecondary = "transfer-report-secondary",
        /// Whether the young person arrived at mbo (WEB 8.0.3, WVO 8.31, WEC 42b).
        MboArrival = "mbo-arrival",
        /// From preschool to primary school.
        PreschoolHandover = "preschool-handover",
        /// Extra support at school by the support alliance (WPO 18a, WVO 2.47).
        SwvSupport = "swv-support",
        /// Absence reported to the attendance officer (LPW 18, 21a, 22).
        Attendance = "attendance",
        /// An early leaver back to school or work (WEB 9.2).
        EarlyLeaver = "early-leaver",
        /// A request for help to the municipality.
        CareAccess = "care-access",
        /// Warm handover from school to a youth-care provider.
        CareHandover = "care-handover",
        /// Referral for severe dyslexia.
        DyslexiaReferral = "dyslexia-referral",
        /// Pupil transport after a transition.
        PupilTransport = "pupil-transport",
        /// What the teacher needs to know, from care to school.
        CareFeedback = "care-feedback",
        /// Case conference: one child, one plan.
        CaseConference = "case-conference",
        /// Status of running care between municipality and provider, or after a move.
        CareStatus = "care-status",
        /// A report of unsafety to the safe-home or certified agency.
        Safety = "safety",
        /// Aggregates for consultation (OOGO). Never a handover of one child.
        SteeringFigures = "steering-figures",
    }
}
