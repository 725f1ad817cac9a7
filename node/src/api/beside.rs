//! What a workdesk asks beside the handovers themselves: names, likenesses, what is erased when, letters to print.
//!
//! Invariant: names and codes leave this module only to a system of the own organisation, and that is recorded; content is
//! destroyed only where no duty keeps it.

use std::collections::HashMap;

use handdruk_content::category::Identity;
use handdruk_content::dossier::Content;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, date_in_nl, start_of_day_in_nl};
use handdruk_domain::ids::HandoverId;
use handdruk_domain::reason::Reason;
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::outcome::{Erasure, KeepGround};
use handdruk_domain::statement::permit::Basis;
use handdruk_proto::{FromWire as _, from_wire, v1};
use jiff::ToSpan as _;
use prost::Message as _;
use tonic::Request;
use zeroize::Zeroizing;

use super::{Api, MAX_PAGE, Write, inbox, wire};
use crate::error::NodeError;
use crate::letter;
use crate::node::Change;
use crate::retention;
use crate::store::{Act, InboxRow, Snapshot, Tx, Withdrawal};

/// How many handovers are described at once.
const MOST: usize = 500;
/// How many days ahead of an erasure it is announced, unless the caller says so, and at most.
const NOTICE_DAYS: u32 = 30;
const MOST_DAYS: u32 = 366;
/// The longest that content is kept on a ground, in years: a youth-care dossier (Jeugdwet 7.3.8).
const MOST_YEARS: i32 = 20;

impl Api {
    /// Who handovers are about.
    pub(super) async fn described(
        &self,
        request: &Request<v1::DescribeHandoversRequest>,
    ) -> Result<v1::DescribeHandoversResponse, NodeError> {
        let message = request.get_ref();
        let caller = self.caller(request, message.acting.as_ref())?;
        if message.handover_ids.len() > MOST {
            return Err(NodeError::about(Reason::TooLarge, "handover_ids: at most 500"));
        }
        let asked = message.handover_ids.iter();
        let asked: Vec<HandoverId> = asked
            .map(|id| HandoverId::from_field(id, "handover_ids"))
            .collect::<Result<_, _>>()?;
        let found = identities(&mut self.node.store.snapshot().await?, &asked).await?;
        let known = |handover: &HandoverId| Some(subject(*handover, found.get(handover)?));
        let subjects: Vec<_> = asked.iter().filter_map(known).collect();
        if !subjects.is_empty() {
            // Seeing names is recorded as seeing content is, before anybody sees them.
            let told: Vec<&str> = subjects.iter().map(|it| it.handover_id.as_str()).collect();
            let act = Act {
                system: caller.system,
                by: caller.by,
                about: Some(told.join(" ")),
            };
            let mut tx = self.node.store.begin().await?;
            tx.record_act("describe-handovers", &act, self.now()).await?;
            tx.commit().await?;
        }
        Ok(v1::DescribeHandoversResponse { subjects })
    }

    /// Open handovers that seem to be about one child.
    pub(super) async fn alike(
        &self,
        request: &Request<v1::ListDuplicatesRequest>,
    ) -> Result<v1::ListDuplicatesResponse, NodeError> {
        self.caller(request, None)?;
        let mut snapshot = self.node.store.snapshot().await?;
        let mut groups = Vec::new();
        for alike in snapshot.alike().await? {
            let mut open = Vec::with_capacity(alike.len());
            for handover in alike {
                let item = snapshot.inbox_item(handover).await?;
                if item.is_some_and(|item| is_open(&item)) {
                    open.push(handover.to_string());
                }
            }
            if open.len() > 1 {
                groups.push(v1::DuplicateGroup { handover_ids: open });
            }
        }
        Ok(v1::ListDuplicatesResponse { groups })
    }

    /// What is erased soon.
    pub(super) async fn retained(
        &self,
        request: &Request<v1::ListRetentionRequest>,
    ) -> Result<v1::ListRetentionResponse, NodeError> {
        self.caller(request, None)?;
        let days = match request.get_ref().days {
            0 => NOTICE_DAYS,
            days => days.min(MOST_DAYS),
        };
        let until = date_in_nl(self.now()).checked_add(i64::from(days).days());
        let until = start_of_day_in_nl(until.unwrap_or(Date::MAX));
        let rows = self
            .node
            .store
            .snapshot()
            .await?
            .due_for_erasure(until, MAX_PAGE)
            .await?;
        Ok(v1::ListRetentionResponse {
            items: rows.iter().map(wire::inbox).collect(),
        })
    }

    /// Keeps content longer than its term.
    pub(super) async fn kept_on_ground(
        &self,
        request: &Request<v1::KeepOnGroundRequest>,
    ) -> Result<v1::KeepOnGroundResponse, NodeError> {
        let message = request.get_ref();
        let acting = message.acting.as_ref();
        let write = self.write(request, "keep-on-ground", &message.request_id, acting);
        let write = write.await?;
        write.caller.professional()?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let ground: KeepGround = from_wire(message.ground)?;
        let until = Date::from_field(&message.until, "until")?;
        let latest = date_in_nl(self.now()).checked_add(MOST_YEARS.years());
        if until > latest.unwrap_or(Date::MAX) {
            return Err(NodeError::about(
                Reason::TermNotAllowed,
                "until: at most 20 years",
            ));
        }
        let mut tx = self.node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let mut row = held(&mut tx, handover).await?;
        // That day included.
        let erase_at = start_of_day_in_nl(until.tomorrow().unwrap_or(Date::MAX));
        if erase_at <= row.erase_at {
            return Err(NodeError::about(
                Reason::TermNotAllowed,
                "until: not after the term",
            ));
        }
        row.erase_at = erase_at;
        row.record.kept_longer = Some(ground);
        row.updated_at = self.now();
        tx.put_inbox(&row).await?;
        let answer = v1::KeepOnGroundResponse {
            item: Some(wire::inbox(&row)),
        };
        self.changed(tx, &write, handover, &answer).await?;
        Ok(answer)
    }

    /// Destroys content because somebody asked.
    pub(super) async fn erased_on_request(
        &self,
        request: &Request<v1::EraseOnRequestRequest>,
    ) -> Result<v1::EraseOnRequestResponse, NodeError> {
        let message = request.get_ref();
        let acting = message.acting.as_ref();
        let write = self.write(request, "erase-on-request", &message.request_id, acting);
        let write = write.await?;
        write.caller.professional()?;
        let handover = HandoverId::from_field(&message.handover_id, "handover_id")?;
        let mut tx = self.node.store.begin().await?;
        if let Some(first) = write.first(&mut tx).await? {
            return Ok(first);
        }
        let row = held(&mut tx, handover).await?;
        if row.record.withdrawal == Withdrawal::Unanswered {
            return Err(NodeError::about(
                Reason::WrongStage,
                "a withdrawal waits for its answer",
            ));
        }
        // What a law hands over is kept for the term of that law (GDPR 17(3)(b)); what came with consent goes when asked.
        let catalogue = self.node.directory.catalogue_in_force()?;
        let basis = catalogue
            .rules(row.purpose)
            .and_then(|rules| rules.ground.basis());
        if basis != Some(Basis::Consent) {
            return Err(NodeError::about(
                Reason::WrongStage,
                "what a law hands over is kept for its term",
            ));
        }
        // A youth-care dossier is kept until the one whom it is about asks (7.3.9); the other grounds outweigh that.
        let grounds = [row.record.kept_longer, row.record.keep_ground];
        let outweighs = |ground| matches!(ground, KeepGround::StatutoryDuty | KeepGround::LegalClaim);
        if grounds.into_iter().flatten().any(outweighs) {
            return Err(NodeError::about(
                Reason::WrongStage,
                "kept on a ground that outweighs it",
            ));
        }
        let by = write.caller.by.clone();
        let row = retention::erase(&self.node, &mut tx, row, Erasure::Request, by).await?;
        let answer = v1::EraseOnRequestResponse {
            item: Some(wire::inbox(&row)),
        };
        self.changed(tx, &write, handover, &answer).await?;
        Ok(answer)
    }

    async fn changed(
        &self,
        mut tx: Tx,
        write: &Write,
        handover: HandoverId,
        answer: &impl prost::Message,
    ) -> Result<(), NodeError> {
        let about = Some(handover.to_string());
        write.keep(&mut tx, answer, about, self.now()).await?;
        tx.commit().await?;
        self.node.announce(Change::Inbox(handover));
        self.node.wake();
        Ok(())
    }

    /// Every letter that still waits to be used, in one print file.
    pub(super) async fn letters(
        &self,
        request: &Request<v1::ListLettersRequest>,
    ) -> Result<v1::ListLettersResponse, NodeError> {
        let acting = request.get_ref().acting.as_ref();
        let caller = self.caller(request, acting)?;
        caller.professional()?;
        let mut tx = self.node.store.begin().await?;
        let mut letters: Vec<Zeroizing<String>> = Vec::new();
        for row in tx.open_invitations().await? {
            let Some((system, id)) = &row.record.letter else {
                continue;
            };
            if let Some(kept) = tx.kept_answer(system, *id).await? {
                let answer = v1::InviteGuardianResponse::decode(kept.as_slice())
                    .map_err(|_| NodeError::Broken("a kept letter does not decode"))?;
                letters.push(Zeroizing::new(answer.letter));
            }
        }
        if letters.is_empty() {
            return Ok(v1::ListLettersResponse::default());
        }
        let texts: Vec<&str> = letters.iter().map(|letter| letter.as_str()).collect();
        let bound = letter::bind(&texts).map_err(|_| NodeError::Broken("a kept letter is none"))?;
        let act = Act {
            system: caller.system,
            by: caller.by,
            about: None,
        };
        tx.record_act("list-letters", &act, self.now()).await?;
        tx.commit().await?;
        Ok(v1::ListLettersResponse {
            print_file: bound.to_string(),
            count: u32::try_from(letters.len()).unwrap_or(u32::MAX),
        })
    }
}

/// A handover to us of which the content is still kept.
async fn held(tx: &mut Tx, handover: HandoverId) -> Result<InboxRow, NodeError> {
    let row = inbox::item(tx, handover).await?;
    match row.stage {
        Stage::Received => {}
        Stage::Quarantined => return Err(NodeError::reason(Reason::Quarantined)),
        _ => return Err(NodeError::reason(Reason::WrongStage)),
    }
    if tx.inbox_content(handover).await?.is_none() {
        return Err(NodeError::about(Reason::WrongStage, "nothing of it is kept"));
    }
    Ok(row)
}

/// Whether its warm part goes on.
fn is_open(item: &InboxRow) -> bool {
    let warm = item.record.warm();
    warm.is_none_or(|warm| warm.stage() != v1::WarmStage::Closed)
}

/// Whom handovers are about: by what we sent, or by what we received and may read.
async fn identities(
    snapshot: &mut Snapshot,
    of: &[HandoverId],
) -> Result<HashMap<HandoverId, Identity>, NodeError> {
    let received = snapshot.readable_contents(of).await?.into_iter();
    let mut known: HashMap<_, _> = received
        .filter_map(|(handover, content)| Some((handover, content.identity()?)))
        .collect();
    for (handover, sealed) in snapshot.sent_contents(of).await? {
        let contents = crate::content_bytes::read(&sealed);
        let mut contents = contents.ok_or(NodeError::Broken("kept content does not parse"))?;
        let content = contents.remove(&Category::Identity).and_then(|it| it.content());
        if let Some(Content::Identity(identity)) = content {
            known.insert(handover, identity);
        }
    }
    Ok(known)
}

fn subject(handover: HandoverId, identity: &Identity) -> v1::HandoverSubject {
    v1::HandoverSubject {
        handover_id: handover.to_string(),
        given_name: identity
            .first_names
            .as_ref()
            .map_or_else(String::new, |names| names.as_str().to_owned()),
        family_name_prefix: identity
            .prefix
            .as_ref()
            .map_or_else(String::new, |prefix| prefix.as_str().to_owned()),
        family_name: identity.surname.as_str().to_owned(),
        birth_date: identity.date_of_birth.to_string(),
    }
}
