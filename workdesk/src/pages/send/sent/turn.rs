//! Whose turn it is with a handover of ours.

use handdruk_domain::vocabulary;
use handdruk_proto::v1;

vocabulary! {
    /// Who must do something next.
    Turn, "turn" {
        /// Our organisation.
        Ours = "ours",
        /// Guardians or the young person.
        Family = "family",
        /// The organisation that receives it.
        Theirs = "theirs",
        /// Both organisations.
        Both = "both",
        /// The machines, which need no one.
        Underway = "underway",
        /// Nobody: it is over.
        Over = "over",
    }
}

/// Whose turn it is.
pub(super) fn turn(sent: &v1::SentHandover) -> Turn {
    use v1::Stage as At;
    let status = sent.status.clone().unwrap_or_default();
    match At::try_from(status.stage) {
        _ if sent.queued => Turn::Underway,
        Ok(At::Blocked | At::Quarantined) => Turn::Ours,
        Ok(At::Awaiting) if status.awaited.iter().any(awaits_us) => Turn::Ours,
        Ok(At::Awaiting) => Turn::Family,
        Ok(At::Permitted | At::Submitted | At::Released) => Turn::Underway,
        Ok(At::Retracted | At::Expired | At::Unspecified) | Err(_) => Turn::Over,
        Ok(At::Received) if sent.withdrawal == v1::WithdrawalState::Unanswered as i32 => Turn::Theirs,
        Ok(At::Received) => match status
            .warm
            .map(|warm| (warm.stage, v1::Owner::try_from(warm.owner)))
        {
            Some((stage, _)) if stage == v1::WarmStage::Closed as i32 => Turn::Over,
            Some((_, Ok(v1::Owner::Sender))) => Turn::Ours,
            Some((_, Ok(v1::Owner::Both))) => Turn::Both,
            _ => Turn::Theirs,
        },
    }
}

/// Whether the sending organisation itself is awaited: somebody must be told, or a second colleague must confirm.
pub(super) fn awaits_us(awaited: &v1::Awaited) -> bool {
    use v1::AwaitedWhat as What;
    awaited.slot_id.is_empty()
        || matches!(
            What::try_from(awaited.what),
            Ok(What::Telling | What::SecondPerson)
        )
}

/// Whether its deadline has passed and somebody has heard so.
pub(super) fn is_late(sent: &v1::SentHandover, today: &str) -> bool {
    super::list::last_day(sent).is_some_and(|last_day| last_day < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(stage: v1::Stage) -> v1::SentHandover {
        v1::SentHandover {
            status: Some(v1::HandoverStatus {
                stage: stage.into(),
                ..v1::HandoverStatus::default()
            }),
            ..v1::SentHandover::default()
        }
    }

    fn warm(stage: v1::WarmStage, owner: v1::Owner) -> v1::SentHandover {
        let mut sent = sent(v1::Stage::Received);
        if let Some(status) = &mut sent.status {
            status.warm = Some(v1::WarmStatus {
                stage: stage.into(),
                owner: owner.into(),
                last_day: "2027-03-05".to_owned(),
                ..v1::WarmStatus::default()
            });
        }
        sent
    }

    #[test]
    fn every_stage_has_somebody_whose_turn_it_is() {
        use v1::{Owner, Stage, WarmStage};
        for (sent, expected) in [
            (sent(Stage::Blocked), Turn::Ours),
            (sent(Stage::Quarantined), Turn::Ours),
            (sent(Stage::Awaiting), Turn::Family),
            (sent(Stage::Submitted), Turn::Underway),
            (sent(Stage::Received), Turn::Theirs),
            (sent(Stage::Expired), Turn::Over),
            (warm(WarmStage::Declined, Owner::Sender), Turn::Ours),
            (warm(WarmStage::Accepted, Owner::Recipient), Turn::Theirs),
            (warm(WarmStage::NotStarted, Owner::Both), Turn::Both),
            (warm(WarmStage::Closed, Owner::Unspecified), Turn::Over),
        ] {
            assert_eq!(turn(&sent), expected);
        }
    }

    #[test]
    fn who_must_still_be_told_is_ours_to_tell() {
        let mut awaiting = sent(v1::Stage::Awaiting);
        if let Some(status) = &mut awaiting.status {
            status.awaited.push(v1::Awaited {
                slot_id: "x".to_owned(),
                what: v1::AwaitedWhat::Telling.into(),
                until_time: None,
            });
        }
        assert_eq!(turn(&awaiting), Turn::Ours);
    }

    #[test]
    fn a_deadline_is_late_the_day_after() {
        let sent = warm(v1::WarmStage::Accepted, v1::Owner::Recipient);
        assert!(!is_late(&sent, "2027-03-05"));
        assert!(is_late(&sent, "2027-03-06"));
    }
}
