//! From text to catalogue: everything that one part of the text can get wrong about another.
//!
//! Each flaw is reported with the line on which it stands. The first one ends the reading: a catalogue is signed whole or
//! not at all.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::file::{File, GroundWord, PurposeEntry, RetentionEntry, RouteEntry, SourceEntry, TextEntry};
use super::rules::{Fields, Ground, Inform, KeepFrom, Place, PurposeRules, Retention, Route, Source, Text};
use super::{Catalogue, Periods};
use crate::category::Category;
use crate::purpose::Purpose;
use crate::role::Role;

/// A text that is not a catalogue. Nothing of it is used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogueError {
    /// Not TOML, an unknown key or word, a wrong type, or a missing key.
    #[error("catalogue, line {line}: {message}")]
    Unreadable {
        /// The line, from 1.
        line: usize,
        /// What the reader met, and what it expected.
        message: String,
    },
    /// Readable, but one part contradicts another or a rule that no catalogue may break.
    #[error("catalogue, line {line}: {flaw}")]
    Unsound {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        flaw: Flaw,
    },
}

impl CatalogueError {
    /// The line, from 1.
    pub const fn line(&self) -> usize {
        match self {
            Self::Unreadable { line, .. } | Self::Unsound { line, .. } => *line,
        }
    }
}

/// What can be wrong with a catalogue that is readable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A text is empty.
    #[error("the text is empty")]
    EmptyText,
    /// A period of no days (or weeks), or a term over 90 days.
    #[error("the period must be at least 1{}", .0.map_or(String::new(), |most| format!(" and at most {most}")))]
    Period(Option<u16>),
    /// A purpose stands twice.
    #[error("the purpose {0} stands twice")]
    Twice(Purpose),
    /// A transition code allows a purpose that the catalogue does not describe, or one that never moves a child's data.
    #[error("the transition allows {0}, which is not a purpose for one child in this catalogue")]
    TransitionWithoutPurpose(Purpose),
    /// A purpose needs a transition code and no code allows it.
    #[error("the purpose needs a transition code, and no code allows it")]
    NoTransitionAllows,
    /// No source of law.
    #[error("a purpose needs at least one source")]
    NoSource,
    /// No route, or a route without sender or recipient. Empty would mean nobody, so it is an oversight.
    #[error("a purpose needs routes, each with somebody to send and somebody to receive")]
    NoRoute,
    /// The gateway or the portal as sender or recipient, other than for counts.
    #[error("{0} never sends or receives a handover")]
    NotAnOrganisation(Role),
    /// A statutory purpose must say how those concerned hear of it; another may not.
    #[error("`inform` belongs to every statutory purpose and to no other")]
    Inform,
    /// Only a statutory purpose has categories with an agreement of their own.
    #[error("`agreement` belongs to statutory purposes only: consent is asked per category anyway")]
    Agreement,
    /// Only consent can ask everybody's.
    #[error("`all_must_agree` belongs to every purpose that rests on consent, and to no other")]
    AllMustAgree,
    /// A category is required or needs agreement, but the purpose does not allow it.
    #[error("{0} is named here, but is not among the purpose's categories")]
    CategoryNotThere(Category),
    /// A category both required and dependent on somebody's agreement would let a refusal stop a statutory duty.
    #[error("{0} cannot be required and depend on an agreement: a refusal would stop a statutory duty")]
    RequiredNeedsAgreement(Category),
    /// No field, a field name that is no name, or `*` beside other fields.
    #[error("the fields of {0} must be [\"*\"] or names of letters, digits and _ = - . |")]
    Fields(Category),
    /// A purpose for one child without categories, or counts with some.
    #[error("a purpose for one child needs categories, and counts have none")]
    Categories,
    /// A route lets a national number travel that the purpose does not hold, or the purpose holds one that may travel on
    /// no route.
    #[error("D02 must be among the categories exactly where a route has `national_number`")]
    NumberWithoutRoute,
    /// A national number from school to support alliance, care or a care desk, whatever a catalogue says (UAVG 46).
    #[error("no catalogue may send a national number from school to {0} (UAVG 46)")]
    NumberForbidden(Place),
    /// A national number towards a municipality as a whole, where its care desk would see it.
    #[error("a route with `national_number` to a municipality must name the desk")]
    NumberNeedsDesk,
    /// A supervision order matters to a certified agency and to a report of unsafety only (Jeugdwet 7.3.11(4)).
    #[error(
        "`supervision_order` belongs to safety, on a route to gi and to nobody else; and no other way leads there"
    )]
    SupervisionOrder,
    /// A term without length, or a length without a term of its own.
    #[error("`months` must be there, unless the recipient's own law sets the term")]
    Retention,
}

/// Reads and checks the whole text.
pub(super) fn whole(text: &str) -> Result<Catalogue, CatalogueError> {
    let lines = Lines(text);
    let file: File = toml::from_str(text).map_err(|error| CatalogueError::Unreadable {
        line: error.span().map_or(1, |span| lines.at(&span)),
        message: error.message().to_owned(),
    })?;
    let File {
        version,
        dated,
        periods,
        transitions,
        purpose: entries,
    } = file;
    lines.text(&version)?;
    let periods = Periods {
        inspection_days: lines.period(&periods.inspection_days, None)?,
        objection_days: lines.period(&periods.objection_days, None)?,
        term_days: lines.period(&periods.term_days, Some(90))?,
        aftercare_weeks: lines.period(&periods.aftercare_weeks, None)?,
    };
    let mut purposes = BTreeMap::new();
    let mut needs_code = Vec::new();
    for entry in entries {
        let place = entry.id.span();
        let rules = lines.purpose(entry)?;
        if rules.transition {
            needs_code.push((rules.purpose, place.clone()));
        }
        let purpose = rules.purpose;
        if purposes.insert(purpose, rules).is_some() {
            return Err(lines.unsound(&place, Flaw::Twice(purpose)));
        }
    }
    let mut allowed = BTreeMap::new();
    for (code, named) in transitions {
        for purpose in &named {
            let for_one_child = purposes
                .get(purpose.get_ref())
                .is_some_and(|r| r.ground != Ground::Aggregate);
            if !for_one_child {
                return Err(lines.unsound(
                    &purpose.span(),
                    Flaw::TransitionWithoutPurpose(*purpose.get_ref()),
                ));
            }
        }
        allowed.insert(
            code,
            named
                .into_iter()
                .map(Spanned::into_inner)
                .collect::<BTreeSet<_>>(),
        );
    }
    for (purpose, place) in needs_code {
        if !allowed.values().any(|purposes| purposes.contains(&purpose)) {
            return Err(lines.unsound(&place, Flaw::NoTransitionAllows));
        }
    }
    let version = version.into_inner();
    Ok(Catalogue {
        digest: super::digest_of(text),
        version,
        dated,
        periods,
        transitions: allowed,
        purposes,
    })
}

/// The text, to find lines in.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    /// The line, from 1, on which a span begins.
    fn at(&self, span: &Range<usize>) -> usize {
        let before = self.0.as_bytes().get(..span.start).unwrap_or(self.0.as_bytes());
        1 + before.iter().filter(|&&byte| byte == b'\n').count()
    }

    fn unsound(&self, span: &Range<usize>, flaw: Flaw) -> CatalogueError {
        CatalogueError::Unsound {
            line: self.at(span),
            flaw,
        }
    }

    fn text(&self, text: &Spanned<String>) -> Result<String, CatalogueError> {
        if text.get_ref().trim().is_empty() {
            return Err(self.unsound(&text.span(), Flaw::EmptyText));
        }
        Ok(text.get_ref().clone())
    }

    fn texts(&self, entry: &TextEntry) -> Result<Text, CatalogueError> {
        Ok(Text {
            nl: self.text(&entry.nl)?,
            en: self.text(&entry.en)?,
        })
    }

    fn period(&self, value: &Spanned<u16>, most: Option<u16>) -> Result<u16, CatalogueError> {
        let count = *value.get_ref();
        if count == 0 || most.is_some_and(|most| count > most) {
            return Err(self.unsound(&value.span(), Flaw::Period(most)));
        }
        Ok(count)
    }

    fn source(&self, entry: &SourceEntry) -> Result<Source, CatalogueError> {
        Ok(Source {
            article: self.text(&entry.article)?,
            mark: entry.mark,
        })
    }

    fn purpose(&self, entry: PurposeEntry) -> Result<PurposeRules, CatalogueError> {
        let basis = *entry.basis.get_ref();
        let sources = entry
            .sources
            .get_ref()
            .iter()
            .map(|source| self.source(source))
            .collect::<Result<Vec<_>, _>>()?;
        if sources.is_empty() {
            return Err(self.unsound(&entry.sources.span(), Flaw::NoSource));
        }
        let routes = self.routes(&entry, basis)?;
        let categories = self.categories(&entry, basis)?;
        let named = |list: &[Spanned<Category>]| -> Result<BTreeSet<Category>, CatalogueError> {
            let missing = list
                .iter()
                .find(|category| !categories.contains_key(category.get_ref()));
            match missing {
                Some(c) => Err(self.unsound(&c.span(), Flaw::CategoryNotThere(*c.get_ref()))),
                None => Ok(list.iter().map(|category| *category.get_ref()).collect()),
            }
        };
        let (required, agreement) = (named(&entry.required)?, named(&entry.agreement)?);
        if let Some(both) = entry
            .agreement
            .iter()
            .find(|category| required.contains(category.get_ref()))
        {
            return Err(self.unsound(&both.span(), Flaw::RequiredNeedsAgreement(*both.get_ref())));
        }
        let ground = self.ground(&entry, basis, agreement)?;
        Ok(PurposeRules {
            purpose: *entry.id.get_ref(),
            short: self.text(&entry.short)?,
            name: self.texts(&entry.name)?,
            routes,
            ground,
            sources,
            categories,
            required,
            application: entry.application,
            transition: entry.transition,
            agreement_needed: entry.agreement_needed,
            keep: self.retention(&entry.keep)?,
            escalation: entry.escalation,
            remarks: entry.remarks,
        })
    }

    fn ground(
        &self,
        entry: &PurposeEntry,
        basis: GroundWord,
        agreement: BTreeSet<Category>,
    ) -> Result<Ground, CatalogueError> {
        let whole = entry.basis.span();
        let inform: Option<Inform> = entry.inform.as_ref().map(|inform| *inform.get_ref());
        let all_must_agree = entry.all_must_agree.as_ref().map(|all| *all.get_ref());
        if inform.is_some() != (basis == GroundWord::Statutory) {
            let place = entry.inform.as_ref().map_or(whole, Spanned::span);
            return Err(self.unsound(&place, Flaw::Inform));
        }
        if all_must_agree.is_some() != (basis == GroundWord::Consent) {
            let place = entry.all_must_agree.as_ref().map_or(whole, Spanned::span);
            return Err(self.unsound(&place, Flaw::AllMustAgree));
        }
        if let Some(first) = entry.agreement.first().filter(|_| basis != GroundWord::Statutory) {
            return Err(self.unsound(&first.span(), Flaw::Agreement));
        }
        match (basis, inform, all_must_agree) {
            (GroundWord::Statutory, Some(inform), None) => Ok(Ground::Statutory { inform, agreement }),
            (GroundWord::Consent, None, Some(all_must_agree)) => Ok(Ground::Consent { all_must_agree }),
            (GroundWord::Safety, None, None) => Ok(Ground::Safety),
            (GroundWord::Aggregate, None, None) => Ok(Ground::Aggregate),
            _ => Err(self.unsound(&whole, Flaw::Inform)),
        }
    }

    fn routes(&self, entry: &PurposeEntry, basis: GroundWord) -> Result<Vec<Route>, CatalogueError> {
        let routes = entry.routes.get_ref();
        if routes.is_empty() {
            return Err(self.unsound(&entry.routes.span(), Flaw::NoRoute));
        }
        let checked: Vec<Route> = routes
            .iter()
            .map(|route| self.route(route, basis))
            .collect::<Result<_, _>>()?;
        let number_travels = checked.iter().any(|route| route.national_number);
        if number_travels != entry.categories.contains_key(&Category::NationalNumber) {
            return Err(self.unsound(&entry.routes.span(), Flaw::NumberWithoutRoute));
        }
        Ok(checked)
    }

    fn route(&self, entry: &RouteEntry, basis: GroundWord) -> Result<Route, CatalogueError> {
        let set = |places: &Spanned<Vec<Place>>| -> Result<BTreeSet<Place>, CatalogueError> {
            let routed = |place: &&Place| matches!(place.role, Role::Gateway | Role::Portal);
            if places.get_ref().is_empty() {
                return Err(self.unsound(&places.span(), Flaw::NoRoute));
            }
            match places.get_ref().iter().find(routed) {
                Some(place) if basis != GroundWord::Aggregate => {
                    Err(self.unsound(&places.span(), Flaw::NotAnOrganisation(place.role)))
                }
                _ => Ok(places.get_ref().iter().copied().collect()),
            }
        };
        let (from, to) = (set(&entry.from)?, set(&entry.to)?);
        let flag = |value: &Option<Spanned<bool>>| value.as_ref().is_some_and(|value| *value.get_ref());
        let place = |value: &Option<Spanned<bool>>| value.as_ref().map_or(entry.to.span(), Spanned::span);
        let (national_number, supervision_order) =
            (flag(&entry.national_number), flag(&entry.supervision_order));
        if national_number {
            let from_school = from
                .iter()
                .any(|place| place.role.is_school() || place.role == Role::Kdv);
            if let Some(forbidden) = to
                .iter()
                .find(|place| from_school && place.never_gets_a_number_from_a_school())
            {
                return Err(self.unsound(&place(&entry.national_number), Flaw::NumberForbidden(*forbidden)));
            }
            if to.contains(&Place {
                role: Role::Gem,
                desk: None,
            }) {
                return Err(self.unsound(&place(&entry.national_number), Flaw::NumberNeedsDesk));
            }
        }
        // A certified agency is the legal recipient of a report only under an order, so a route there must ask for one.
        let to_agency = to.iter().any(|place| place.role == Role::Gi);
        let only_to_agency = to.iter().all(|place| place.role == Role::Gi);
        let order_fits = match basis {
            GroundWord::Safety => supervision_order == to_agency && (!to_agency || only_to_agency),
            _ => !supervision_order,
        };
        if !order_fits {
            return Err(self.unsound(&place(&entry.supervision_order), Flaw::SupervisionOrder));
        }
        let source = entry
            .source
            .as_ref()
            .map(|source| self.source(source))
            .transpose()?;
        Ok(Route {
            from,
            to,
            national_number,
            supervision_order,
            source,
        })
    }

    fn categories(
        &self,
        entry: &PurposeEntry,
        basis: GroundWord,
    ) -> Result<BTreeMap<Category, Fields>, CatalogueError> {
        if entry.categories.is_empty() != (basis == GroundWord::Aggregate) {
            return Err(self.unsound(&entry.id.span(), Flaw::Categories));
        }
        let fields = |(category, names): (&Category, &Spanned<Vec<Spanned<String>>>)| {
            let unsound = |span: &Range<usize>| self.unsound(span, Flaw::Fields(*category));
            let only: BTreeSet<String> = names
                .get_ref()
                .iter()
                .map(|name| name.get_ref().clone())
                .collect();
            if names.get_ref().len() == 1 && only.contains("*") {
                return Ok((*category, Fields::All));
            }
            if let Some(odd) = names.get_ref().iter().find(|name| !is_field_name(name.get_ref())) {
                return Err(unsound(&odd.span()));
            }
            if only.is_empty() || only.len() != names.get_ref().len() {
                return Err(unsound(&names.span()));
            }
            Ok((*category, Fields::Only(only)))
        };
        entry.categories.iter().map(fields).collect()
    }

    fn retention(&self, entry: &RetentionEntry) -> Result<Retention, CatalogueError> {
        let months = entry.months.as_ref().map(|months| *months.get_ref());
        if months.is_none() != (*entry.from.get_ref() == KeepFrom::RecipientsOwn) {
            return Err(self.unsound(&entry.from.span(), Flaw::Retention));
        }
        let source = Source {
            article: self.text(&entry.article)?,
            mark: entry.mark,
        };
        Ok(Retention {
            months,
            from: *entry.from.get_ref(),
            declined_months: entry.declined_months,
            source,
        })
    }
}

fn is_field_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_=-.|".contains(&b);
    !name.is_empty() && name.len() <= 80 && name.bytes().all(fits)
}
