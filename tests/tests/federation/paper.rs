//! Content for hand-made handovers: what an honest sender salts and commits to, and what no honest sender could.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use handdruk_content::commitment::CategoryContent;
use handdruk_content::dossier::Dossier;
use handdruk_content::seal::node::{Binding, seal};
use handdruk_domain::category::Category;
use handdruk_domain::digest::{Bytes, Digest};
use handdruk_domain::statement::envelope::{CompartmentName, Envelope};
use handdruk_proto::v1;
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::forger::{Forger, Proposed, permit};

/// One category's content with the commitment that goes into the manifest.
#[derive(Clone)]
pub(crate) struct Paper {
    pub(crate) category: Category,
    pub(crate) bytes: Vec<u8>,
    pub(crate) commitment: Digest,
}

/// A child that does not exist.
fn dossier() -> Dossier {
    let dossier = json!({
        "identity": { "first_names": "Vera", "surname": "Vals", "date_of_birth": "2015-05-06" },
        "national_number": { "bsn": "999900006" },
        "support_needs": { "needs": ["Een vaste plek in de klas."] },
        "care_request": { "question": "Hoe houden we haar in de klas?" },
        "absence": { "unauthorised_half_days": 4, "reason": "Slaapt slecht.", "band": "below-16-hours" },
    });
    serde_json::from_value(dossier).expect("fits the types")
}

impl Paper {
    /// As an honest sender writes it.
    pub(crate) fn honest(category: Category, rng: &mut ChaCha20Rng) -> Self {
        let content = dossier().content(category).expect("the dossier holds it");
        let salted = CategoryContent::salt(&content, rng).expect("salts");
        Self {
            category,
            bytes: salted.to_bytes(),
            commitment: salted.commitment(),
        }
    }

    /// What a transfer report or a care handover holds at least.
    pub(crate) fn several(categories: &[Category], rng: &mut ChaCha20Rng) -> Vec<Self> {
        categories
            .iter()
            .map(|category| Self::honest(*category, rng))
            .collect()
    }

    /// Any entries at all, with a true commitment over them: written after the documentation of the format and not with
    /// our own code, which refuses to write what it would not read.
    pub(crate) fn forged(category: Category, entries: &BTreeMap<&str, Value>) -> Self {
        let salt = [7; 16];
        let length = |of: usize| u32::try_from(of).expect("short").to_be_bytes();
        let mut commitments = Vec::new();
        let mut written = Vec::new();
        for (path, value) in entries {
            let value = value.to_string();
            commitments.push(Digest::of_parts(&[
                b"handdruk entry v1\0",
                category.word().as_bytes(),
                &length(path.len()),
                path.as_bytes(),
                &length(value.len()),
                value.as_bytes(),
                &salt,
            ]));
            let (path, value) = (json!(path), json!(value));
            written.push(format!(
                r#"{{"path":{path},"salt":"{}","value":{value}}}"#,
                BASE64URL_NOPAD.encode(&salt)
            ));
        }
        let count = length(commitments.len());
        let mut parts: Vec<&[u8]> = vec![b"handdruk category v1\0", category.word().as_bytes(), &count];
        parts.extend(
            commitments
                .iter()
                .map(|commitment| commitment.as_bytes().as_slice()),
        );
        let document = format!(r#"{{"category":"{category}","entries":[{}]}}"#, written.join(","));
        Self {
            category,
            bytes: document.into_bytes(),
            commitment: Digest::of_parts(&parts),
        }
    }
}

/// An envelope under way: what is signed, and what travels beside it.
#[derive(Clone)]
pub(crate) struct Sealed {
    pub(crate) envelope: Envelope,
    pub(crate) compartments: Vec<Vec<u8>>,
}

impl Sealed {
    /// Seals `papers` for a permitted handover to an opening key.
    pub(crate) fn new(
        forger: &mut Forger,
        proposed: &Proposed,
        papers: &[Paper],
        (opening, bundle): (&Bytes, Digest),
    ) -> Self {
        let permit = permit(&proposed.status).digest();
        let contents: BTreeMap<_, _> = papers
            .iter()
            .map(|paper| {
                (
                    CompartmentName::Category(paper.category),
                    Zeroizing::new(paper.bytes.clone()),
                )
            })
            .collect();
        let binding = Binding {
            manifest: proposed.digest,
            permit,
        };
        let sealed = seal(&opening.0, binding, &contents, &mut forger.rng).expect("seals");
        let envelope = Envelope {
            handover: proposed.manifest.handover,
            manifest: proposed.digest,
            permit,
            recipient_bundle: bundle,
            encapsulation: Bytes(sealed.encapsulation),
            compartments: sealed
                .compartments
                .iter()
                .map(|compartment| compartment.listed.clone())
                .collect(),
            at: forger.now(),
        };
        let compartments = sealed
            .compartments
            .into_iter()
            .map(|compartment| compartment.bytes)
            .collect();
        Self {
            envelope,
            compartments,
        }
    }

    /// Signs and submits.
    pub(crate) async fn submit(&self, forger: &mut Forger) -> Result<v1::HandoverStatus, tonic::Status> {
        let request = v1::SubmitRequest {
            request_id: forger.request_id(),
            envelope: forger.signed(&self.envelope),
            compartments: self.compartments.iter().cloned().map(Into::into).collect(),
        };
        let answer = forger.exchange().submit(request).await?.into_inner();
        Ok(answer.handover.expect("a status"))
    }
}
