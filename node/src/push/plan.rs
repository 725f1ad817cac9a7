//! One target of a push: what would go, what is missing, and the signed manifest. Nothing is stored here.
//!
//! The sending node is the first of three that check what may go: it selects by the catalogue, leaves the national number
//! out wherever no route lets it travel, and asks the same `policy::decide` as the gateway, so that a clerk hears every
//! reason at once and nothing hopeless leaves the building.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_content::category::SafetySignal;
use handdruk_content::commitment::CategoryContent;
use handdruk_content::dossier::{Dossier, Items};
use handdruk_content::field::named;
use handdruk_content::hint::hints;
use handdruk_content::label::category_label;
use handdruk_content::selection::{Selected, Selection, Selector};
use handdruk_domain::catalogue::{Catalogue, Ground, PurposeRules};
use handdruk_domain::category::Category;
use handdruk_domain::clock::{Date, Timestamp, date_in_nl};
use handdruk_domain::ids::{ChildRef, HandoverId};
use handdruk_domain::oin::Municipality;
use handdruk_domain::policy::{Decided, Facts, decide};
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::statement::application::Application;
use handdruk_domain::statement::consent::Language;
use handdruk_domain::statement::manifest::{
    Actor, Address, AgeBand, ApplicationRef, GuardianSlot, Inspection, Manifest, ProfessionalRef,
    SchoolTransition,
};
use handdruk_domain::statement::member::Membership;
use handdruk_domain::statement::{Ed25519Signer, Statement, Verified, VerifyingKey};
use rand_core::CryptoRng;

use super::shown::Shown;
use super::term::term;
use crate::store::CategoryFields;

/// To whom and why, as the system asked.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Why.
    pub(crate) purpose: Purpose,
    /// To whom; none when nobody is known.
    pub(crate) recipient: Option<Address>,
    /// The application that the family handed over.
    pub(crate) application: Option<Statement<Application>>,
    /// The day on which the sending school saw that the pupil applied.
    pub(crate) application_attested_on: Option<Date>,
    /// For a report of unsafety.
    pub(crate) safety: Option<Report>,
}

/// What a report of unsafety needs besides.
#[derive(Clone)]
pub(crate) struct Report {
    /// Facts and grounds.
    pub(crate) justification: String,
    /// The second professional.
    pub(crate) second: ProfessionalRef,
    /// Whether a supervision order exists.
    pub(crate) supervision_order: bool,
}

impl core::fmt::Debug for Report {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Report")
    }
}

/// What every target of one push shares.
#[derive(Debug)]
pub(crate) struct Shared<'a> {
    pub(crate) dossier: &'a Dossier,
    pub(crate) birth: Date,
    pub(crate) transition: SchoolTransition,
    pub(crate) municipality: Option<Municipality>,
    pub(crate) inspection: Inspection,
    pub(crate) child: ChildRef,
    pub(crate) guardians: Vec<GuardianSlot>,
    pub(crate) sender: Address,
    pub(crate) by: Actor,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) own_membership: &'a Verified<Membership>,
    pub(crate) signer: &'a Ed25519Signer,
    pub(crate) own_key: &'a VerifyingKey,
    pub(crate) now: Timestamp,
    /// Whether a person looks at it: then content is shown, and nothing is kept.
    pub(crate) show: bool,
}

/// What is known of the target's other end.
#[derive(Debug)]
pub(crate) struct OtherEnd {
    /// The recipient.
    pub(crate) address: Address,
    /// Its membership.
    pub(crate) membership: Verified<Membership>,
    /// The application, if one was given and could be verified.
    pub(crate) application: Option<Verified<Application>>,
    /// One was given, and the gateway is away: the gateway will judge it.
    pub(crate) application_unchecked: bool,
}

/// What would go, whether or not it may.
#[derive(Debug, Default)]
pub(crate) struct Overview {
    /// Per category that the dossier has or that goes.
    pub(crate) fields: Vec<CategoryFields>,
    /// Bytes that would be sealed, before padding.
    pub(crate) bytes: u64,
    /// What must be filled in first, in plain words.
    pub(crate) missing: Vec<String>,
    /// Hints about free text.
    pub(crate) hints: BTreeSet<String>,
    /// Required categories that are not there.
    pub(crate) absent: BTreeSet<Category>,
    /// What a person looks at before anything goes, where it was asked for.
    pub(crate) shown: Shown,
}

/// A handover that is ready to be proposed.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The signed manifest.
    pub(crate) manifest: Verified<Manifest>,
    /// What is to be previewed and sealed.
    pub(crate) contents: BTreeMap<Category, CategoryContent>,
}

/// Plans one target. The overview comes with every answer.
pub(crate) fn plan(
    shared: &Shared<'_>,
    target: &Target,
    other: Result<&OtherEnd, Refusal>,
    rng: &mut impl CryptoRng,
) -> (Overview, Result<Planned, Vec<Refusal>>) {
    let one = |refusal: Refusal| (Overview::default(), Err(vec![refusal]));
    let Some(rules) = shared.catalogue.rules(target.purpose) else {
        return one(Refusal::about(
            Reason::PurposeNotAllowed,
            "the catalogue does not hold this purpose",
        ));
    };
    if rules.ground == Ground::Aggregate {
        return one(Refusal::new(Reason::NotForOneChild));
    }
    let Ok(selection) = Selection::read(rules) else {
        return one(Refusal::about(
            Reason::CatalogueNotCurrent,
            "the catalogue's fields cannot be followed",
        ));
    };
    let number_travels = other
        .as_ref()
        .is_ok_and(|other| number_travels(shared, target, rules, other));
    let selection = if number_travels {
        selection
    } else {
        selection.without(Category::NationalNumber)
    };
    let dossier = match with_report(shared, target, rules) {
        Ok(dossier) => dossier,
        Err(refusal) => return one(refusal),
    };
    let selected = match selection.select(&dossier, rng) {
        Ok(selected) => selected,
        Err(error) => return one(Refusal::about(Reason::TooLarge, error.to_string())),
    };
    let mut overview = overview(&dossier, &selection, &selected, rng);
    if shared.show {
        for category in Category::ALL {
            let whole = dossier
                .content(*category)
                .and_then(|content| CategoryContent::salt(&content, rng).ok());
            let going = selected.contents.get(category);
            overview.shown.note(rules, dossier.secret, whole.as_ref(), going);
        }
    }
    let planned = other
        .map_err(|refusal| vec![refusal])
        .and_then(|other| admit(shared, target, rules, other, selected, rng));
    (overview, planned)
}

/// Whether the law lets a national number travel between these two (UAVG 46).
fn number_travels(shared: &Shared<'_>, target: &Target, rules: &PurposeRules, other: &OtherEnd) -> bool {
    let order = target
        .safety
        .as_ref()
        .is_some_and(|report| report.supervision_order);
    rules.routes.iter().any(|route| {
        route.national_number
            && (order || !route.supervision_order)
            && route
                .from
                .iter()
                .any(|place| place.is(shared.own_membership, &shared.sender))
            && route
                .to
                .iter()
                .any(|place| place.is(&other.membership, &other.address))
    })
}

/// A report's justification is a safety signal: it is sealed like everything else, and its commitment stands in the
/// manifest.
fn with_report(shared: &Shared<'_>, target: &Target, rules: &PurposeRules) -> Result<Dossier, Refusal> {
    let mut dossier = shared.dossier.clone();
    let (Some(report), Ground::Safety) = (&target.safety, &rules.ground) else {
        return Ok(dossier);
    };
    let malformed = || {
        Refusal::about(
            Reason::SafetyNotAllowed,
            "justification: between 1 and 4000 characters",
        )
    };
    let facts = report.justification.trim().parse().map_err(|_| malformed())?;
    let signal = SafetySignal {
        facts,
        date: Some(date_in_nl(shared.now)),
        source: None,
        step: None,
    };
    let signals = dossier
        .safety_signals
        .iter()
        .flat_map(|items| items.iter().cloned());
    let signals: Vec<_> = core::iter::once(signal).chain(signals).collect();
    dossier.safety_signals = Some(Items::new(signals).map_err(|_| malformed())?);
    Ok(dossier)
}

fn overview(
    dossier: &Dossier,
    selection: &Selection,
    selected: &Selected,
    rng: &mut impl CryptoRng,
) -> Overview {
    let mut overview = Overview::default();
    for category in Category::ALL {
        let whole = dossier
            .content(*category)
            .and_then(|content| CategoryContent::salt(&content, rng).ok());
        let count = |content: Option<&CategoryContent>| {
            u32::try_from(content.map_or(0, CategoryContent::field_count)).unwrap_or(u32::MAX)
        };
        let going = count(selected.contents.get(category));
        let in_dossier = count(whole.as_ref());
        if going > 0 || in_dossier > 0 {
            overview.fields.push(CategoryFields {
                category: *category,
                selected: going,
                in_dossier,
            });
        }
        let found = selection
            .pick(dossier, *category)
            .map(|content| hints(&content))
            .unwrap_or_default();
        overview.hints.extend(found.into_iter().map(|hint| {
            format!(
                "{} {}, entry {}: looks like {}",
                hint.category, hint.field, hint.entry, hint.kind
            )
        }));
    }
    overview.bytes = selected
        .contents
        .values()
        .map(|content| content.to_bytes().len() as u64)
        .sum();
    overview.absent = selection.missing(dossier);
    overview.missing = overview
        .absent
        .iter()
        .map(|category| missing(selection, *category))
        .collect();
    overview
}

/// What to fill in, in the words that people use.
fn missing(selection: &Selection, category: Category) -> String {
    let fields: Vec<_> = selection
        .selector(category)
        .into_iter()
        .flat_map(Selector::fields)
        .filter_map(|field| named(category, field))
        .map(|field| field.label.of(Language::English))
        .collect();
    format!(
        "{category} {}: {}",
        category_label(category).of(Language::English),
        fields.join(", ")
    )
}

fn admit(
    shared: &Shared<'_>,
    target: &Target,
    rules: &PurposeRules,
    other: &OtherEnd,
    selected: Selected,
    rng: &mut impl CryptoRng,
) -> Result<Planned, Vec<Refusal>> {
    let one = |refusal: Refusal| vec![refusal];
    let today = date_in_nl(shared.now);
    let not_after = term(
        today,
        shared.birth,
        shared.catalogue.periods().term_days,
        &rules.ground,
    )
    .map_err(one)?;
    let categories: BTreeMap<Category, _> = selected
        .contents
        .iter()
        .map(|(category, content)| (*category, content.commitment()))
        .collect();
    let application = match (&target.application, target.application_attested_on) {
        (Some(application), _) => ApplicationRef::Cited {
            digest: application.digest(),
        },
        (None, Some(on)) => ApplicationRef::Attested {
            by: shared.by.actor.clone(),
            on,
        },
        (None, None) => ApplicationRef::None {},
    };
    let report = target.safety.as_ref().filter(|_| rules.ground == Ground::Safety);
    let manifest = Manifest {
        handover: HandoverId::at(shared.now, rng),
        child: shared.child,
        sender: shared.sender.clone(),
        recipient: other.address.clone(),
        purpose: target.purpose,
        justification: report.and_then(|_| categories.get(&Category::SafetySignal).copied()),
        categories,
        catalogue: shared.catalogue.digest(),
        transition: shared.transition,
        municipality: shared.municipality.clone(),
        age_band: AgeBand::on(shared.birth, today),
        not_after,
        guardians: shared.guardians.clone(),
        inspection: shared.inspection,
        application,
        supervision_order: report.is_some_and(|report| report.supervision_order),
        by: shared.by.clone(),
        at: shared.now,
    };
    let signed = Statement::sign(&manifest, &[shared.signer])
        .ok()
        .and_then(|statement| statement.verify(&[shared.own_key]).ok())
        .ok_or_else(|| one(Refusal::new(Reason::BadStatement)))?;
    let facts = Facts {
        manifest: &signed,
        sender: shared.own_membership,
        recipient: &other.membership,
        application: other.application.as_ref(),
        said: &[],
        activated: &BTreeSet::new(),
    };
    if let Decided::Refuse(reasons) = decide(&facts, shared.catalogue, shared.now) {
        let left_to_the_gateway =
            |refusal: &Refusal| other.application_unchecked && refusal.reason == Reason::ApplicationMissing;
        let reasons: Vec<_> = reasons
            .into_iter()
            .filter(|refusal| !left_to_the_gateway(refusal))
            .collect();
        if !reasons.is_empty() {
            return Err(reasons);
        }
    }
    Ok(Planned {
        manifest: signed,
        contents: selected.contents,
    })
}
