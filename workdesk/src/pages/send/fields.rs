//! The fields of a posted form: read once each, so that one that nobody asked for is refused.

use std::collections::BTreeMap;

/// More than any of our forms has.
const MOST: usize = 4_000;

/// A form that is not one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the form holds what it does not ask for")]
pub(crate) struct NotOurForm;

/// The fields of a form, as they were typed.
#[derive(Default)]
pub(crate) struct Fields(BTreeMap<String, Vec<String>>);

impl core::fmt::Debug for Fields {
    /// Without anything that was typed.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Fields")
    }
}

impl Fields {
    /// The fields of a form as a browser posts it.
    pub(crate) fn of(pairs: Vec<(String, String)>) -> Result<Self, NotOurForm> {
        if pairs.len() > MOST {
            return Err(NotOurForm);
        }
        let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, value) in pairs {
            fields.entry(name).or_default().push(value);
        }
        Ok(Self(fields))
    }

    /// The value of a field that stands at most once; empty where it is absent. Lines end as they do everywhere else.
    pub(crate) fn one(&mut self, name: &str) -> Result<String, NotOurForm> {
        let mut values = self.0.remove(name).unwrap_or_default();
        match values.len() {
            0 => Ok(String::new()),
            1 => Ok(values.remove(0).replace("\r\n", "\n").trim().to_owned()),
            _ => Err(NotOurForm),
        }
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&mut self, name: &str) -> Result<bool, NotOurForm> {
        Ok(!self.one(name)?.is_empty())
    }

    /// All values of a field that may stand several times.
    pub(crate) fn all(&mut self, name: &str) -> Vec<String> {
        self.0.remove(name).unwrap_or_default()
    }

    /// Whether a field stands there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The end of the form: nothing may be left.
    pub(crate) fn end(self) -> Result<(), NotOurForm> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(NotOurForm)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::of(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
        .unwrap()
    }

    #[test]
    fn a_field_that_nobody_asked_for_is_refused() {
        let mut form = fields(&[("name", " een \r\n twee "), ("more", "x")]);
        assert_eq!(form.one("name").unwrap(), "een \n twee");
        assert_eq!(form.one("absent").unwrap(), "");
        assert_eq!(form.end(), Err(NotOurForm));
    }

    #[test]
    fn a_field_that_stands_twice_is_refused_where_it_may_stand_once() {
        let mut form = fields(&[
            ("name", "een"),
            ("name", "twee"),
            ("tick", "on"),
            ("d", "1"),
            ("d", "2"),
        ]);
        assert_eq!(form.one("name"), Err(NotOurForm));
        assert!(form.ticked("tick").unwrap());
        assert_eq!(form.all("d"), ["1", "2"]);
        assert_eq!(form.end(), Ok(()));
    }
}
