//! What can be said about a manifest before anybody answers: roles, categories, national number, term, application.
//!
//! Every reason is given, not the first one, so that a sender mends a manifest once. What one check cannot judge because
//! another failed is left to that other.

use super::Facts;
use super::heard::Heard;
use super::who_decides::{self, Standing};
use crate::catalogue::{Catalogue, Ground, PurposeRules, Route};
use crate::category::Category;
use crate::clock::{Date, Timestamp, date_in_nl};
use crate::reason::{Reason, Refusal};
use crate::statement::manifest::{Address, ApplicationRef, Holder, Inspection};
use crate::statement::member::{Membership, MembershipStatus};
use crate::statement::{Party, Verified};

/// The rules for the manifest's purpose if it is admissible, otherwise every reason why it is not.
pub(super) fn check<'c>(
    facts: &Facts<'_>,
    heard: &Heard,
    catalogue: &'c Catalogue,
    now: Timestamp,
) -> Result<&'c PurposeRules, Vec<Refusal>> {
    let mut reasons = Reasons(Vec::new());
    reasons.says_who_may(facts);
    reasons.members(facts, now);
    reasons.form(facts);
    reasons.term(facts, catalogue, now);
    if facts.manifest.catalogue != catalogue.digest() {
        reasons.add(Reason::CatalogueNotCurrent, None);
    }
    let Some(rules) = catalogue.rules(facts.manifest.purpose) else {
        reasons.add(
            Reason::PurposeNotAllowed,
            Some("the catalogue does not hold this purpose"),
        );
        return Err(reasons.0);
    };
    if rules.ground == Ground::Aggregate {
        reasons.add(Reason::NotForOneChild, None);
        return Err(reasons.0);
    }
    reasons.route_and_number(facts, rules);
    reasons.categories(facts, rules);
    reasons.transition(facts, rules, catalogue);
    reasons.application(facts, rules, now);
    reasons.people(heard, rules);
    if rules.ground == Ground::Safety && facts.manifest.justification.is_none() {
        reasons.add(Reason::SafetyNotAllowed, Some("justification"));
    }
    if reasons.0.is_empty() {
        Ok(rules)
    } else {
        Err(reasons.0)
    }
}

struct Reasons(Vec<Refusal>);

impl Reasons {
    fn add(&mut self, reason: Reason, about: Option<&str>) {
        self.0
            .push(about.map_or_else(|| Refusal::new(reason), |about| Refusal::about(reason, about)));
    }

    /// The manifest and its renewals are the sender's own, and the renewals are this manifest's.
    fn says_who_may(&mut self, facts: &Facts<'_>) {
        let sender = Party::Organisation(facts.manifest.sender.oin.clone());
        if *facts.manifest.signer() != sender {
            self.add(Reason::BadStatement, Some("the sender must sign the manifest"));
        }
        let mut band = facts.manifest.age_band;
        for renewal in facts.renewals() {
            let is_its_own = renewal.handover == facts.manifest.handover
                && renewal.manifest == facts.manifest.digest()
                && *renewal.signer() == sender;
            if !is_its_own {
                self.add(Reason::BadStatement, Some("renewal of another manifest"));
            }
            if renewal.age_band < band {
                self.add(
                    Reason::Malformed,
                    Some("the renewal's age band: nobody grows younger"),
                );
            }
            band = band.max(renewal.age_band);
        }
    }

    fn members(&mut self, facts: &Facts<'_>, now: Timestamp) {
        let ends = [
            ("sender", &facts.manifest.sender, facts.sender),
            ("recipient", &facts.manifest.recipient, facts.recipient),
        ];
        for (end, address, membership) in ends {
            if !is_member(membership, address, now) {
                self.add(Reason::NotAMember, Some(end));
            } else if !is_registered(membership, address) {
                self.add(
                    Reason::PurposeNotAllowed,
                    Some(&format!("{end}: site or desk is not in the membership")),
                );
            }
        }
        if facts.manifest.sender.oin == facts.manifest.recipient.oin {
            self.add(Reason::PurposeNotAllowed, Some("the recipient is the sender"));
        }
    }

    fn form(&mut self, facts: &Facts<'_>) {
        let manifest = facts.manifest;
        if manifest.by.on_behalf_of != manifest.sender.oin {
            self.add(
                Reason::Malformed,
                Some("by: on behalf of another organisation than the sender"),
            );
        }
        let slots: std::collections::BTreeSet<_> =
            manifest.guardians.iter().map(|guardian| guardian.slot).collect();
        if slots.len() != manifest.guardians.len() {
            self.add(Reason::Malformed, Some("guardians: a slot stands twice"));
        }
        let children = manifest
            .guardians
            .iter()
            .filter(|guardian| guardian.holder == Holder::YoungPerson {});
        if children.count() > 1 {
            self.add(Reason::Malformed, Some("guardians: more than one young person"));
        }
        if manifest.transition.month.day() != 1 {
            self.add(
                Reason::Malformed,
                Some("transition: the month is written as its first day"),
            );
        }
        if let Inspection::Attested { on } = manifest.inspection
            && on > date_in_nl(manifest.at)
        {
            self.add(
                Reason::Malformed,
                Some("inspection: attested for a day after the manifest"),
            );
        }
    }

    /// The first of a month, not past, and within the catalogue's days of when it was set (and of today, so that a clock
    /// that runs ahead wins no time).
    fn term(&mut self, facts: &Facts<'_>, catalogue: &Catalogue, now: Timestamp) {
        let days = i64::from(catalogue.periods().term_days);
        let set = core::iter::once((facts.manifest.at, facts.manifest.not_after))
            .chain(facts.renewals().map(|renewal| (renewal.at, renewal.not_after)));
        for (at, not_after) in set {
            if not_after.day() != 1 {
                self.add(Reason::TermNotAllowed, Some("not the first of a month"));
            }
            if days_between(date_in_nl(at.min(now)), not_after) > days {
                self.add(Reason::TermNotAllowed, Some(&format!("more than {days} days")));
            }
        }
        if facts.not_after() <= date_in_nl(now) {
            self.add(Reason::TermNotAllowed, Some("past"));
        }
    }

    fn route_and_number(&mut self, facts: &Facts<'_>, rules: &PurposeRules) {
        let manifest = facts.manifest;
        let fits = |route: &&Route| {
            let leads = route.leads(
                (facts.sender, &manifest.sender),
                (facts.recipient, &manifest.recipient),
            );
            leads && (manifest.supervision_order || !route.supervision_order)
        };
        let mut routes = rules.routes.iter().filter(fits).peekable();
        if routes.peek().is_none() {
            match rules.ground {
                Ground::Safety => self.add(Reason::SafetyNotAllowed, Some("recipient")),
                _ => self.add(Reason::PurposeNotAllowed, Some("roles or desks")),
            }
        }
        let has_number = manifest.categories.contains_key(&Category::NationalNumber);
        if has_number && !routes.any(|route| route.national_number) {
            self.add(Reason::NationalNumberNotAllowed, None);
        }
    }

    fn categories(&mut self, facts: &Facts<'_>, rules: &PurposeRules) {
        let named = &facts.manifest.categories;
        for category in named.keys() {
            // D02 has a reason of its own, see `route_and_number`.
            if *category != Category::NationalNumber && !rules.categories.contains_key(category) {
                self.add(Reason::CategoryNotAllowed, Some(category.word()));
            }
        }
        for category in rules
            .required
            .iter()
            .filter(|required| !named.contains_key(required))
        {
            self.add(Reason::RequiredCategoryMissing, Some(category.word()));
        }
        if named.is_empty() && rules.required.is_empty() {
            self.add(Reason::RequiredCategoryMissing, Some("any category"));
        }
    }

    fn transition(&mut self, facts: &Facts<'_>, rules: &PurposeRules, catalogue: &Catalogue) {
        match facts.manifest.transition.code {
            None if rules.transition => {
                self.add(
                    Reason::TransitionNotAllowed,
                    Some("this purpose needs a transition code"),
                );
            }
            Some(code) if !catalogue.allowed_at(code).any(|purpose| purpose == rules.purpose) => {
                self.add(Reason::TransitionNotAllowed, Some(code.word()));
            }
            None | Some(_) => {}
        }
    }

    fn application(&mut self, facts: &Facts<'_>, rules: &PurposeRules, now: Timestamp) {
        if !rules.application {
            return;
        }
        let manifest = facts.manifest;
        let wrong = match &manifest.application {
            ApplicationRef::None {} => Some("none"),
            ApplicationRef::Attested { on, .. } => {
                (*on > date_in_nl(manifest.at)).then_some("attested for a day after the manifest")
            }
            ApplicationRef::Cited { digest } => match facts.application {
                Some(application) if application.digest() == *digest => {
                    let recipient = Party::Organisation(manifest.recipient.oin.clone());
                    let here = *application.signer() == recipient
                        && is_same_place(&application.recipient, &manifest.recipient);
                    if !here {
                        Some("at another recipient")
                    } else if application.purpose != manifest.purpose {
                        Some("for another purpose")
                    } else {
                        // The day that the family's paper names is the last on which it counts.
                        (application.not_after < date_in_nl(now)).then_some("expired")
                    }
                }
                _ => Some("the cited application was not supplied"),
            },
        };
        if let Some(about) = wrong {
            self.add(Reason::ApplicationMissing, Some(about));
        }
    }

    /// Somebody can say yes in every group that the age band needs.
    fn people(&mut self, heard: &Heard, rules: &PurposeRules) {
        if !matches!(rules.ground, Ground::Consent { .. }) {
            return;
        }
        let groups = who_decides::groups(who_decides::Rule::B, heard.band());
        let decides = |group| {
            let place = Some((group, Standing::Decides));
            heard
                .people()
                .any(|person| who_decides::place(heard.band(), person.holder) == place)
        };
        if !groups.iter().all(|&group| decides(group)) {
            self.add(Reason::NobodyToAsk, None);
        }
    }
}

fn is_member(membership: &Verified<Membership>, address: &Address, now: Timestamp) -> bool {
    *membership.signer() == Party::Registrar
        && membership.oin == address.oin
        && membership.status == MembershipStatus::Active
        && now < membership.not_after
}

fn is_registered(membership: &Membership, address: &Address) -> bool {
    address
        .site
        .as_ref()
        .is_none_or(|site| membership.sites.contains(site))
        && address.desk.is_none_or(|desk| membership.desks.contains(&desk))
}

/// An application at the organisation as a whole counts for each of its sites; one at a site only for that site.
fn is_same_place(applied: &Address, recipient: &Address) -> bool {
    applied.oin == recipient.oin
        && (applied.site.is_none() || recipient.site.is_none() || applied.site == recipient.site)
}

/// Days from `from` to `to`, negative if `to` is earlier.
fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(i64::MAX, |span| i64::from(span.get_days()))
}
