//! Receiving: fetch, verify, open, check, store, and say what became of it.
//!
//! Invariant: content becomes readable here only if the release, the permit behind it and everything that the permit rests
//! on verify without trusting the gateway, it opens with our own key, and every field of it is one that the manifest committed
//! to and the catalogue allows. Anything else that opened is quarantined as a whole; what does not verify is not opened.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::check::{Checked, check};
use handdruk_content::seal::node::Binding;
use handdruk_content::seal::preview::view_from_bytes;
use handdruk_content::selection::Selection;
use handdruk_domain::catalogue::Catalogue;
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp};
use handdruk_domain::ids::{HandoverId, RequestId, SlotId};
use handdruk_domain::policy::Granted;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, RefusalClass};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::envelope::{CompartmentName, Envelope, Release};
use handdruk_domain::statement::manifest::Manifest;
use handdruk_domain::statement::member::Membership;
use handdruk_domain::statement::outcome::{Outcome, QuarantineReason, Receipt};
use handdruk_domain::statement::permit::Permit;
use handdruk_domain::statement::{Kind, RawStatement, Verified};
use handdruk_domain::warm::Course;
use handdruk_proto::{statement_in, v1};
use prost::Message as _;

use crate::directory::signers;
use crate::error::NodeError;
use crate::gateway::Gateway;
use crate::node::{Change, Node};
use crate::proofs::{self, Proofs};
use crate::retention;
use crate::store::{InboxContent, InboxRecord, InboxRow, TaskRow, Withdrawal};
use crate::task::{Method, Task};
use crate::written::Written;

/// What the sender signs of what a release brings.
const BY_SENDER: [Kind; 6] = [
    Kind::Manifest,
    Kind::Envelope,
    Kind::Invitation,
    Kind::Told,
    Kind::Attestation,
    Kind::Renewal,
];

/// A release, verified in itself: what it brought and what it rests on.
struct Delivery {
    release: Verified<Release>,
    /// What our own policy says may go.
    granted: Granted,
    sealed_under: Verified<Permit>,
    manifest: Verified<Manifest>,
    envelope: Verified<Envelope>,
    sender: Verified<Membership>,
    recipient: Verified<Membership>,
    proofs: Proofs,
    catalogue: std::sync::Arc<Catalogue>,
    compartments: BTreeMap<CompartmentName, Vec<u8>>,
}

/// What was opened.
struct Opened {
    categories: BTreeMap<Category, Vec<u8>>,
    views: BTreeMap<SlotId, Written>,
}

/// Fetches, and turns the task into the call that acknowledges.
pub(super) async fn fetch(
    node: &Node,
    task: &TaskRow,
    handover: HandoverId,
    request: RequestId,
) -> Result<(), NodeError> {
    let asked = node.now();
    let ask = Gateway::request(v1::FetchRequest {
        request_id: request.to_string(),
        handover_id: handover.to_string(),
    });
    let answer = node.gateway.exchange().fetch(ask).await;
    let answer = answer.map_err(|status| NodeError::from(&status))?.into_inner();
    let now = node.now();
    // Only these two are needed to say what became of it; if they do not verify, nobody released anything to us.
    let raw = statements(&answer)?;
    let signed = signers(&raw, &[Kind::Release, Kind::Permit]);
    let gateway = node.directory.gateway_chain_with(&signed, now).await?;
    let release = gateway.verify(&statement_in::<Release>(answer.release.clone(), "release")?)?;
    if release.handover != handover || release.recipient != node.oin {
        return Err(NodeError::reason(Reason::BadStatement));
    }
    let (row, content) = match verify(node, &gateway, (release.clone(), asked), &answer, &raw).await {
        Ok(delivery) => received(node, &delivery),
        Err(NodeError::Refused(refusal)) if waits(refusal.reason) => return Err(refusal.into()),
        Err(NodeError::Refused(refusal)) => {
            tracing::error!(%handover, %refusal, "a release did not verify and was not opened");
            unverified(node, &release, &answer)?
        }
        Err(error) => return Err(error),
    };
    let result = match row.record.quarantine {
        None => Outcome::Received {
            categories: row.record.categories.clone(),
        },
        Some(reason) => Outcome::Quarantined {
            category: row.record.quarantined_in,
            reason,
        },
    };
    let receipt = Receipt {
        handover,
        release: release.digest(),
        result,
        at: now,
    };
    let receipt = node.sign(&receipt)?;
    let call = v1::AcknowledgeRequest {
        request_id: node.request_id().to_string(),
        receipt: Some(handdruk_proto::statement(&receipt)),
    };
    let call = Task::Call {
        method: Method::Acknowledge,
        handover: Some(handover),
        request: handdruk_domain::digest::Bytes(call.encode_to_vec()),
    };
    let mut tx = node.store.join().await?;
    tx.put_inbox(&row).await?;
    if let Some(content) = content {
        tx.put_inbox_content(handover, &content).await?;
    }
    for statement in raw.iter().chain([receipt.raw()]) {
        tx.keep_proof(handover, statement, now).await?;
    }
    tx.replace_task(task.id, &task.lane, &call).await?;
    tx.commit().await?;
    node.announce(Change::Inbox(handover));
    node.wake();
    Ok(())
}

/// Whether the cause may pass by itself: a directory that does not answer, a sender whose keys or membership ended after it
/// submitted and who will be back, rules that this version cannot read, a clock that is set. Then nothing is said about the
/// content, and it is tried again.
const fn waits(reason: Reason) -> bool {
    matches!(
        reason.class(),
        RefusalClass::Unavailable | RefusalClass::Exhausted
    ) || matches!(
        reason,
        Reason::KeyNotCurrent | Reason::NotAMember | Reason::CatalogueNotCurrent | Reason::TimeOutOfRange
    )
}

fn statements(answer: &v1::FetchResponse) -> Result<Vec<RawStatement>, NodeError> {
    let single = [
        &answer.release,
        &answer.permit,
        &answer.original_permit,
        &answer.manifest,
        &answer.envelope,
    ];
    let all = single.into_iter().flatten().chain(&answer.proofs);
    Ok(all
        .cloned()
        .map(RawStatement::try_from)
        .collect::<Result<_, _>>()?)
}

/// Everything about a release that can be verified before it is opened.
async fn verify(
    node: &Node,
    gateway: &crate::directory::Chain,
    (release, asked): (Verified<Release>, Timestamp),
    answer: &v1::FetchResponse,
    raw: &[RawStatement],
) -> Result<Delivery, NodeError> {
    let bad = |about: &str| NodeError::about(Reason::BadStatement, about);
    let now = node.now();
    let manifest = statement_in::<Manifest>(answer.manifest.clone(), "manifest")?;
    let sender_oin = manifest.peek()?.sender.oin;
    let sender = node.directory.active_member(&sender_oin, now).await?;
    let recipient = node.directory.active_member(&node.oin, now).await?;
    let signed = signers(raw, &BY_SENDER);
    let chain = node.directory.chain_with(&sender_oin, &signed, now).await?;
    let manifest = chain.verify(&manifest)?;
    if manifest.recipient.oin != node.oin
        || manifest.handover != release.handover
        || manifest.digest() != release.manifest
    {
        return Err(bad("manifest"));
    }
    proofs::is_here(release.at, now)?;
    let ends = (gateway, node.gateway.oin());
    let permit = statement_in(answer.permit.clone(), "permit")?;
    let permit = proofs::permit(&permit, ends, &manifest, now)?;
    let sealed_under = match &answer.original_permit {
        None => permit.clone(),
        Some(original) => proofs::permit(
            &statement_in(Some(original.clone()), "original_permit")?,
            ends,
            &manifest,
            now,
        )?,
    };
    if permit.digest() != release.permit || permit.not_after <= release.at {
        return Err(NodeError::reason(Reason::NoPermit));
    }
    let envelope = chain.verify(&statement_in::<Envelope>(answer.envelope.clone(), "envelope")?)?;
    if envelope.digest() != release.envelope
        || envelope.handover != release.handover
        || envelope.manifest != manifest.digest()
        || envelope.permit != sealed_under.digest()
    {
        return Err(bad("envelope"));
    }
    let raw = answer
        .proofs
        .iter()
        .cloned()
        .map(RawStatement::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let keys = node.keyring.current();
    let proofs = Proofs::gather(&raw, &manifest, &chain, Some(keys.chain()))?;
    let catalogue = node.directory.catalogue(manifest.catalogue).await?;
    let sent: BTreeSet<_> = release.sent.iter().filter_map(category).collect();
    if !sent.is_subset(&permit.categories.iter().copied().collect()) {
        return Err(NodeError::reason(Reason::EnvelopeMismatch));
    }
    let at = proofs::judged_at(release.at, asked);
    let granted = proofs.bear_out(&manifest, (&sender, &recipient), &catalogue, &sent, at)?;
    if answer.compartments.len() != release.sent.len() {
        return Err(bad("compartments"));
    }
    let compartments: BTreeMap<_, _> = release
        .sent
        .iter()
        .copied()
        .zip(answer.compartments.iter().map(|bytes| bytes.to_vec()))
        .collect();
    if compartments.len() != release.sent.len() {
        return Err(bad("compartments"));
    }
    Ok(Delivery {
        release,
        granted,
        sealed_under,
        manifest,
        envelope,
        sender,
        recipient,
        proofs,
        catalogue,
        compartments,
    })
}

fn category(name: &CompartmentName) -> Option<Category> {
    match name {
        CompartmentName::Category(category) => Some(*category),
        CompartmentName::View(_) => None,
    }
}

/// Why what was released is not accepted: in which category, if in one, and why.
type Quarantined = (Option<Category>, QuarantineReason);

impl Delivery {
    /// Nothing that was sealed is missing without a decision that takes it away.
    fn nothing_vanished(&self) -> Result<(), Quarantined> {
        for listed in &self.envelope.compartments {
            if self.release.sent.contains(&listed.name) {
                continue;
            }
            let dropped = self
                .release
                .dropped
                .iter()
                .find(|dropped| dropped.name == listed.name);
            // A narrower permit is no excuse: what our own policy grants may go. Nobody's decision takes remarks away.
            let because = match (dropped, category(&listed.name)) {
                (Some(dropped), Some(category)) => {
                    self.proofs.blocks(dropped.because, category)
                        || !self.granted.categories().contains(&category)
                }
                (_, None) | (None, _) => false,
            };
            if !because {
                return Err((category(&listed.name), QuarantineReason::MissingRequired));
            }
        }
        // What the permit allowed was sealed, or the sender broke its own promise.
        let sealed: BTreeSet<_> = self
            .envelope
            .compartments
            .iter()
            .filter_map(|listed| category(&listed.name))
            .collect();
        match self
            .sealed_under
            .categories
            .iter()
            .find(|category| !sealed.contains(category))
        {
            Some(absent) => Err((Some(*absent), QuarantineReason::MissingRequired)),
            None => Ok(()),
        }
    }

    fn open(&self, node: &Node) -> Result<Opened, Quarantined> {
        let keys = node.keyring.current();
        let shut = |name: Option<Category>| (name, QuarantineReason::CannotOpen);
        let key = keys.opening(self.envelope.recipient_bundle).ok_or(shut(None))?;
        let binding = Binding {
            manifest: self.manifest.digest(),
            permit: self.sealed_under.digest(),
        };
        let opener = key
            .opener(&self.envelope.encapsulation.0, binding)
            .map_err(|_| shut(None))?;
        let mut content = Opened {
            categories: BTreeMap::new(),
            views: BTreeMap::new(),
        };
        for (name, bytes) in &self.compartments {
            let listed = self
                .envelope
                .compartments
                .iter()
                .find(|listed| listed.name == *name);
            let listed = listed.ok_or((category(name), QuarantineReason::ExtraCategory))?;
            let plain = opener.open(listed, bytes).map_err(|_| shut(category(name)))?;
            match name {
                CompartmentName::Category(category) => {
                    content.categories.insert(*category, plain.to_vec());
                }
                CompartmentName::View(slot) => {
                    let view = self
                        .view(*slot, &plain)
                        .ok_or((None, QuarantineReason::CommitmentMismatch))?;
                    content.views.insert(*slot, view);
                }
            }
        }
        Ok(content)
    }

    /// A guardian's view: about this handover, and signed with the keys that this guardian activated under an invitation of
    /// the sender, which come with the proofs. The sender's word for whose remarks these are is not enough.
    fn view(&self, slot: SlotId, bytes: &[u8]) -> Option<Written> {
        let statement = view_from_bytes(bytes)?;
        let says = statement.peek().ok()?;
        let about = says.slot == slot
            && says.manifest == self.manifest.digest()
            && says.handover == self.manifest.handover;
        let keys = self
            .proofs
            .keys_of(says.invitation)
            .filter(|keys| about && keys.slot == slot)?;
        statement.verify(&[&keys.verifying_key()]).ok()?;
        Some(Written::of(&statement))
    }

    /// The third of the three checks: the catalogue's fields, as for the sender, and the manifest's commitments.
    fn check(&self, opened: &Opened) -> Result<Checked, Quarantined> {
        let rules = self
            .catalogue
            .rules(self.manifest.purpose)
            .ok_or((None, QuarantineReason::ExtraCategory))?;
        let selection = Selection::read(rules).map_err(|_| (None, QuarantineReason::ExtraField))?;
        let order = self.manifest.supervision_order;
        let number = rules.routes.iter().any(|route| {
            route.national_number
                && (order || !route.supervision_order)
                && route
                    .from
                    .iter()
                    .any(|place| place.is(&self.sender, &self.manifest.sender))
                && route
                    .to
                    .iter()
                    .any(|place| place.is(&self.recipient, &self.manifest.recipient))
        });
        let selection = if number {
            selection
        } else {
            selection.without(Category::NationalNumber)
        };
        let sent: BTreeSet<_> = self.release.sent.iter().filter_map(category).collect();
        let withheld: BTreeSet<_> = self
            .manifest
            .categories
            .keys()
            .copied()
            .filter(|category| !sent.contains(category))
            .collect();
        check(
            &selection,
            &self.manifest.categories,
            &withheld,
            &opened.categories,
        )
        .map_err(|quarantine| (Some(quarantine.category), quarantine.reason))
    }
}

/// Opens and checks a release that verified.
fn received(node: &Node, delivery: &Delivery) -> (InboxRow, Option<InboxContent>) {
    let now = node.now();
    let mut row = InboxRow {
        handover: delivery.manifest.handover,
        purpose: delivery.manifest.purpose,
        sender: delivery.manifest.sender.oin.clone(),
        stage: Stage::Received,
        received_at: now,
        updated_at: now,
        erase_at: retention::after_quarantine(now),
        record: record(delivery.sender.name.clone(), &delivery.release),
    };
    row.record.site.clone_from(&delivery.manifest.recipient.site);
    row.record.desk = delivery.manifest.recipient.desk;
    row.record.course = course(&delivery.catalogue, row.purpose);
    row.record.withheld = delivery
        .manifest
        .categories
        .keys()
        .filter(|category| !row.record.categories.contains(category))
        .copied()
        .collect();
    let mut set_aside = None;
    let opened = delivery.nothing_vanished().and_then(|()| delivery.open(node));
    let checked = opened.and_then(|opened| match delivery.check(&opened) {
        Ok(checked) => Ok((opened, checked)),
        Err(quarantined) => {
            set_aside = Some(as_opened(&opened));
            Err(quarantined)
        }
    });
    match checked {
        Ok((opened, checked)) => {
            let birth = birth(&checked);
            row.erase_at = retention::erase_at(&delivery.catalogue, row.purpose, now, birth, &node.retention);
            let content = InboxContent {
                categories: json(&checked),
                views: opened.views.into_values().collect(),
            };
            (row, Some(content))
        }
        Err((category, reason)) => {
            row.stage = Stage::Quarantined;
            row.record.quarantine = Some(reason);
            row.record.quarantined_in = category;
            (row, set_aside)
        }
    }
}

/// What is kept of quarantined content: for a human with the storage key, out of every system's reach, for a week.
fn as_opened(opened: &Opened) -> InboxContent {
    let text = |bytes: &[u8]| serde_json::Value::String(String::from_utf8_lossy(bytes).into_owned());
    let categories = opened
        .categories
        .iter()
        .map(|(category, bytes)| (*category, text(bytes)))
        .collect();
    InboxContent {
        categories,
        views: Vec::new(),
    }
}

fn course(catalogue: &Catalogue, purpose: Purpose) -> Option<Course> {
    let rules = catalogue.rules(purpose)?;
    rules.warm.as_ref().map(|warm| warm.course)
}

fn record(sender_name: String, release: &Verified<Release>) -> InboxRecord {
    InboxRecord {
        sender_name,
        categories: release.sent.iter().filter_map(category).collect(),
        withheld: Vec::new(),
        quarantine: None,
        quarantined_in: None,
        withdrawal: Withdrawal::None,
        to_answer: Vec::new(),
        erased: Vec::new(),
        keep_ground: None,
        steps: Vec::new(),
        destroyed: None,
        kept_longer: None,
        said_read: Vec::new(),
        warm: None,
        unanswered: Vec::new(),
        erase_at_if_kept: None,
        unrecorded: None,
        release: release.digest(),
        site: None,
        desk: None,
        course: None,
    }
}

/// A release whose proofs do not hold: nothing is opened, and the sender is told that it did not arrive.
fn unverified(
    node: &Node,
    release: &Verified<Release>,
    answer: &v1::FetchResponse,
) -> Result<(InboxRow, Option<InboxContent>), NodeError> {
    let now = node.now();
    // Unverified: used for the list only, so that a human can see whose release it claims to be.
    let claimed = statement_in::<Manifest>(answer.manifest.clone(), "manifest")?.peek()?;
    let name = node
        .directory
        .known_member(&claimed.sender.oin)
        .map(|member| member.name.clone());
    let mut record = record(name.unwrap_or_default(), release);
    record.quarantine = Some(QuarantineReason::CannotOpen);
    let row = InboxRow {
        handover: release.handover,
        purpose: claimed.purpose,
        sender: claimed.sender.oin,
        stage: Stage::Quarantined,
        received_at: now,
        updated_at: now,
        erase_at: retention::after_quarantine(now),
        record,
    };
    Ok((row, None))
}

fn birth(checked: &Checked) -> Option<Date> {
    match checked.content(Category::Identity) {
        Some(handdruk_content::dossier::Content::Identity(identity)) => Some(identity.date_of_birth),
        _ => None,
    }
}

/// Content as systems read it: an object per record, a list, or an object per person.
fn json(checked: &Checked) -> BTreeMap<Category, serde_json::Value> {
    checked
        .contents()
        .map(|(_, salted)| (salted.category(), crate::push::shown::json(salted)))
        .collect()
}
