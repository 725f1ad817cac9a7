//! A draft: one child's dossier, and what a colleague says should go where, before anything goes.
//!
//! Texts are kept as they were typed, so that a reload loses nothing and a mistake can be mended where it was made. What
//! they must look like is the node's to say: it reads the request that a draft makes, and refuses by name.

use handdruk_domain::category::Category;
use handdruk_domain::clock::Timestamp;
use handdruk_domain::ids::RequestId;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::role::Desk as DeskKind;
use handdruk_proto::{to_wire, v1};
use prost::bytes::Bytes;

use super::additions::Additions;
use super::people::Person;

/// The child as its dossier names it, for the table and the headings.
#[derive(Clone, PartialEq, Eq, Default)]
pub(crate) struct Child {
    /// Given names, prefix and surname, in one line.
    pub(crate) name: String,
    /// The date of birth (ISO 8601).
    pub(crate) born: String,
}

/// To whom, in the directory's terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Destination {
    /// The organisation's number.
    pub(crate) oin: String,
    /// Its name.
    pub(crate) name: String,
    /// The school site, or empty.
    pub(crate) site: String,
    /// The desk, where it is one.
    pub(crate) desk: Option<DeskKind>,
}

/// One purpose and its recipient.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// Why.
    pub(crate) purpose: Purpose,
    /// To whom; none while nobody is known who could take it over.
    pub(crate) to: Option<Destination>,
    /// The line that the family got from the receiving school.
    pub(crate) application: String,
    /// Instead of it: the day on which the pupil applied.
    pub(crate) applied_on: String,
    /// For a report of unsafety: facts and grounds.
    pub(crate) justification: String,
    /// For a report of unsafety: the colleague who confirms.
    pub(crate) second: String,
    /// For a report of unsafety: whether there is a supervision order.
    pub(crate) order: bool,
}

impl Target {
    /// A target with nothing but a purpose and a recipient.
    pub(crate) const fn new(purpose: Purpose, to: Option<Destination>) -> Self {
        Self {
            purpose,
            to,
            application: String::new(),
            applied_on: String::new(),
            justification: String::new(),
            second: String::new(),
            order: false,
        }
    }

    fn wire(&self) -> v1::Target {
        let to = self.to.as_ref();
        let safety = (self.purpose == Purpose::Safety).then(|| v1::SafetyReport {
            justification: self.justification.clone(),
            second_professional: self.second.clone(),
            supervision_order: self.order,
        });
        v1::Target {
            purpose: to_wire(self.purpose),
            recipient_oin: to.map(|to| to.oin.clone()).unwrap_or_default(),
            recipient_site: to.map(|to| to.site.clone()).unwrap_or_default(),
            recipient_desk: to.and_then(|to| to.desk).map_or(0, to_wire),
            application: self.application.clone(),
            application_attested_on: self.applied_on.clone(),
            safety,
        }
    }
}

/// What became of one target when the draft was handed over.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Why.
    pub(crate) purpose: Purpose,
    /// To whom, by name.
    pub(crate) recipient: String,
    /// The handover; empty where it was refused.
    pub(crate) handover: String,
    /// Why it was refused, as the node said it.
    pub(crate) refused: Vec<v1::BlockedReason>,
}

impl Sent {
    /// Whether the node has it: admitted, or kept as one that nobody is known for.
    pub(crate) fn is_settled(&self) -> bool {
        !self.handover.is_empty()
            || self
                .refused
                .iter()
                .any(|refused| refused.reason == "NO_RECIPIENT")
    }
}

/// One draft.
#[derive(Clone)]
pub(crate) struct Draft {
    /// What it is known by: random.
    pub(crate) id: RequestId,
    /// The account whose it is. Nobody else sees it.
    pub(crate) owner: String,
    /// When it was made; it is forgotten a day later.
    pub(crate) made: Timestamp,
    /// Counts its changes: what is handed over is what was looked at.
    pub(crate) version: u32,
    /// The file as it was uploaded, or written by a form. Empty once it was handed over.
    pub(crate) dossier: Bytes,
    /// Who it is about.
    pub(crate) child: Child,
    /// What the dossier holds by itself.
    pub(crate) holds: Vec<Category>,
    /// The administration's own key for the pupil.
    pub(crate) pupil: String,
    /// The month of the school transition (`2027-08`); empty means as the dossier says.
    pub(crate) month: String,
    /// Municipality of residence (CBS code); may be empty.
    pub(crate) municipality: String,
    /// Everyone with a say.
    pub(crate) people: Vec<Person>,
    /// What the dossier lacks.
    pub(crate) additions: Additions,
    /// To whom and why.
    pub(crate) targets: Vec<Target>,
    /// The handover that nobody took over, in place of which this one goes.
    pub(crate) replaces: Option<String>,
    /// What became of it so far, once it was handed over. Targets that were refused stay until they were mended.
    pub(crate) sent: Vec<Sent>,
}

impl core::fmt::Debug for Draft {
    /// Without anything about the child.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Draft")
            .field("id", &self.id)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

impl Draft {
    /// A draft of a dossier that nothing was said about yet.
    pub(crate) fn new(id: RequestId, owner: &str, made: Timestamp, dossier: Bytes, child: Child) -> Self {
        Self {
            id,
            owner: owner.to_owned(),
            made,
            version: 0,
            dossier,
            child,
            holds: Vec::new(),
            pupil: String::new(),
            month: String::new(),
            municipality: String::new(),
            people: Vec::new(),
            additions: Additions::default(),
            targets: Vec::new(),
            replaces: None,
            sent: Vec::new(),
        }
    }

    /// Whether all of it was handed over.
    pub(crate) fn is_done(&self) -> bool {
        self.dossier.is_empty()
    }

    /// One request id for each version: pressing twice sends once, and what was mended is another request.
    fn request_id(&self) -> RequestId {
        let mut bytes = *self.id.as_bytes();
        for (byte, version) in bytes[12..].iter_mut().zip(self.version.to_be_bytes()) {
            *byte ^= version;
        }
        RequestId::from_bytes(bytes)
    }

    /// The push that it makes.
    pub(crate) fn request(&self, professional: &str) -> v1::PushRequest {
        let month = match self.month.as_str() {
            "" => String::new(),
            month => format!("{month}-01"),
        };
        v1::PushRequest {
            request_id: self.request_id().to_string(),
            pupil: self.pupil.clone(),
            dossier: self.dossier.clone(),
            additions: self.additions.to_json().into(),
            targets: self.targets.iter().map(Target::wire).collect(),
            guardians: self.people.iter().map(Person::wire).collect(),
            transition_month: month,
            municipality: self.municipality.clone(),
            acting: Some(v1::ActingProfessional {
                professional: professional.to_owned(),
            }),
            dry_run: false,
        }
    }

    /// Notes what became of each target, in their order. Who was refused stays; when nobody is left, everything about the
    /// child but its name is forgotten.
    pub(crate) fn settle(&mut self, results: Vec<Sent>) {
        let mut gone = results.iter().map(Sent::is_settled);
        self.targets.retain(|_| !gone.next().unwrap_or(false));
        self.sent.extend(results.into_iter().filter(Sent::is_settled));
        if self.targets.is_empty() {
            self.dossier = Bytes::new();
            self.people.clear();
            self.additions = Additions::default();
            self.municipality.clear();
            self.month.clear();
        }
    }

    /// How much memory its content takes, about.
    pub(crate) fn bytes(&self) -> usize {
        self.dossier.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        let mut draft = Draft::new(
            RequestId::from_bytes([1; 16]),
            "ib-1",
            Timestamp::UNIX_EPOCH,
            Bytes::from_static(b"<dossier/>"),
            Child {
                name: "Test Kind".to_owned(),
                born: "2016-02-03".to_owned(),
            },
        );
        draft.pupil = "leerling-1".to_owned();
        draft.month = "2027-08".to_owned();
        draft.targets.push(Target::new(Purpose::CareHandover, None));
        draft
    }

    #[test]
    fn a_draft_becomes_the_push_that_the_node_takes() {
        let request = draft().request("ib-1");
        assert_eq!(request.transition_month, "2027-08-01");
        assert_eq!(request.targets.len(), 1);
        assert!(request.additions.is_empty(), "nothing was added");
        assert!(
            request.targets.iter().all(|target| target.safety.is_none()),
            "only a report of unsafety has one"
        );
    }

    #[test]
    fn the_same_version_is_the_same_request_and_another_version_is_another() {
        let (one, mut other) = (draft(), draft());
        assert_eq!(one.request("ib-1").request_id, other.request("ib-1").request_id);
        other.version += 1;
        assert_ne!(one.request("ib-1").request_id, other.request("ib-1").request_id);
    }

    fn sent(handover: &str, refused: &[&str]) -> Sent {
        Sent {
            purpose: Purpose::CareHandover,
            recipient: "Test".to_owned(),
            handover: handover.to_owned(),
            refused: refused
                .iter()
                .map(|reason| v1::BlockedReason {
                    reason: (*reason).to_owned(),
                    about: String::new(),
                })
                .collect(),
        }
    }

    #[test]
    fn what_was_handed_over_keeps_nothing_about_the_child_but_its_name() {
        let mut draft = draft();
        draft.additions.question = "Een vraag".to_owned();
        draft.settle(vec![sent("0190", &[])]);
        assert!(draft.is_done());
        assert!(draft.request("ib-1").additions.is_empty());
        assert!(draft.targets.is_empty() && draft.people.is_empty());
    }

    #[test]
    fn what_was_refused_stays_to_be_mended() {
        let mut draft = draft();
        draft.targets.push(Target::new(Purpose::Attendance, None));
        draft.settle(vec![
            sent("", &["REQUIRED_CATEGORY_MISSING"]),
            sent("", &["NO_RECIPIENT"]),
        ]);
        assert!(!draft.is_done());
        assert_eq!(draft.targets.len(), 1);
        assert_eq!(draft.targets[0].purpose, Purpose::CareHandover);
        assert_eq!(draft.sent.len(), 1, "the node keeps what nobody is known for");
    }

    #[test]
    fn debugging_a_draft_names_no_child() {
        assert!(!format!("{:?}", draft()).contains("Kind"));
    }
}
