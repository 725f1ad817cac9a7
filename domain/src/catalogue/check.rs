//! From text to catalogue: everything that one part of the text can get wrong about another.
//!
//! Each flaw is reported with the line on which it stands. The first one ends the reading: a catalogue is signed whole or
//! not at all.

use core::ops::Range;
use std::collections::{BTreeMap, BTreeSet};

use toml::Spanned;

use super::file::{File, GroundWord, PurposeEntry, RetentionEntry, RouteEntry, SourceEntry, TextEntry};
use super::flaw::{CatalogueError, Flaw};
use super::rules::{
    Declined, Fields, Ground, Inform, KeepFrom, Place, PurposeRules, Retention, Route, Source, Text,
};
use super::warm::Terms;
use super::{Catalogue, Periods};
use crate::category::Category;
use crate::role::Role;

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
        deadlines,
        transitions,
        closely_held,
        purpose: entries,
    } = file;
    lines.text(&version)?;
    let periods = Periods {
        inspection_days: lines.period(&periods.inspection_days, None)?,
        objection_days: lines.period(&periods.objection_days, None)?,
        term_days: lines.period(&periods.term_days, Some(90))?,
    };
    let terms = lines.terms(&deadlines)?;
    let mut purposes = BTreeMap::new();
    let mut needs_code = Vec::new();
    for entry in entries {
        let place = entry.id.span();
        let rules = lines.purpose(entry, &terms)?;
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
        closely_held,
        purposes,
    })
}

/// The text, to find lines in.
pub(super) struct Lines<'a>(&'a str);

impl Lines<'_> {
    /// The line, from 1, on which a span begins.
    fn at(&self, span: &Range<usize>) -> usize {
        let before = self.0.as_bytes().get(..span.start).unwrap_or(self.0.as_bytes());
        before.split(|&byte| byte == b'\n').count()
    }

    pub(super) fn unsound(&self, span: &Range<usize>, flaw: Flaw) -> CatalogueError {
        CatalogueError::Unsound {
            line: self.at(span),
            flaw,
        }
    }

    pub(super) fn text(&self, text: &Spanned<String>) -> Result<String, CatalogueError> {
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

    fn purpose(&self, entry: PurposeEntry, terms: &Terms) -> Result<PurposeRules, CatalogueError> {
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
        let routes = self.routes(&entry, basis)?;
        let warm = self.warm(&entry, basis, terms)?;
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
            warm,
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
        // Where one of the two is, the other must be: the flaw stands at the one that is there.
        let held = entry.categories.get(&Category::NationalNumber).map(Spanned::span);
        let travels = routes
            .iter()
            .filter_map(|route| route.national_number.as_ref())
            .find(|flag| *flag.get_ref());
        match (held, travels.map(Spanned::span)) {
            (Some(_), Some(_)) | (None, None) => {}
            (Some(alone), None) | (None, Some(alone)) => {
                return Err(self.unsound(&alone, Flaw::NumberWithoutRoute));
            }
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
            two_owners: flag(&entry.two_owners),
            source,
        })
    }

    fn categories(
        &self,
        entry: &PurposeEntry,
        basis: GroundWord,
    ) -> Result<BTreeMap<Category, Fields>, CatalogueError> {
        if entry.categories.is_empty() != (basis == GroundWord::Aggregate) {
            return Err(self.unsound(&entry.basis.span(), Flaw::Categories));
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
        let declined = match &entry.declined {
            None => None,
            Some(declined) => Some(Declined {
                months: self.period(&declined.months, None)?,
                source: Source {
                    article: self.text(&declined.article)?,
                    mark: declined.mark,
                },
            }),
        };
        Ok(Retention {
            months,
            from: *entry.from.get_ref(),
            declined,
            source,
        })
    }
}

fn is_field_name(name: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_=-.|".contains(&b);
    !name.is_empty() && name.len() <= 80 && name.bytes().all(fits)
}
