//! The promise that holds it all together: whatever is open at the end has an owner and a day.

use handdruk_domain::stage::Stage;
use handdruk_domain::warm::WarmStage;
use handdruk_proto::{from_wire, v1};

use super::story::Story;
use crate::federation::cast::Cast;
use crate::federation::members::ORGANISATIONS;

/// Looks through everything that every organisation handed over.
pub(super) async fn tell(cast: &Cast, story: &mut Story) -> anyhow::Result<()> {
    let (mut all, mut closed, mut lost) = (0, 0, 0);
    for member in ORGANISATIONS {
        for sent in cast.all_sent(member).await? {
            all += 1;
            match fate(&sent) {
                Fate::Over => closed += 1,
                Fate::Owned => {}
                Fate::Lost => lost += 1,
            }
        }
    }
    let open = all - closed - lost;
    story.tell(format!(
        "Of {all} handovers, {closed} came to an end; {open} are still open."
    ));
    story.expect(
        "each open one has somebody who must act, and by when",
        all > 0 && lost == 0,
    );
    Ok(())
}

/// What became of a handover.
enum Fate {
    /// It came to an end, this way or that.
    Over,
    /// Somebody owns it.
    Owned,
    /// Nobody does, or there is no day.
    Lost,
}

fn fate(sent: &v1::SentHandover) -> Fate {
    let Some(status) = &sent.status else {
        return Fate::Lost;
    };
    let owned = |known: bool| if known { Fate::Owned } else { Fate::Lost };
    match from_wire::<Stage>(status.stage) {
        Ok(Stage::Received) => match &status.warm {
            Some(warm) if matches!(from_wire(warm.stage), Ok(WarmStage::Closed)) => Fate::Over,
            warm => owned(
                warm.as_ref()
                    .is_some_and(|warm| warm.owner != 0 && !warm.last_day.is_empty()),
            ),
        },
        Ok(Stage::Retracted | Stage::Expired | Stage::Quarantined) => Fate::Over,
        Ok(_) => owned(
            status
                .early
                .as_ref()
                .is_some_and(|early| early.owner != 0 && !early.last_day.is_empty()),
        ),
        Err(_) => Fate::Lost,
    }
}
