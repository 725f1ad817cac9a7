//! Closed vocabularies between wire and domain. Each wire enum has the domain's words in the domain's order, after
//! `UNSPECIFIED`; a test compares every word.

use handdruk_domain::category::Category;
use handdruk_domain::exchange::AwaitedWhat;
use handdruk_domain::figures::Standing;
use handdruk_domain::purpose::Purpose;
use handdruk_domain::reason::{Reason, Refusal};
use handdruk_domain::role::{Desk, Role};
use handdruk_domain::stage::Stage;
use handdruk_domain::statement::Kind;
use handdruk_domain::statement::consent::{Choice, Language, ToldHow};
use handdruk_domain::statement::manifest::{AuthorityKind, RepresentativeKind};
use handdruk_domain::statement::outcome::{DeclineReason, KeepGround, QuarantineReason};
use handdruk_domain::statement::permit::Basis;
use handdruk_domain::warm::calendar::Known;
use handdruk_domain::warm::{Hearer, Owner, WarmStage};

#[cfg(test)]
use crate::v1;

/// A domain vocabulary with a wire enum.
pub trait WireWord: Copy + PartialEq + 'static {
    /// The members, in the order of the wire's numbers from 1.
    const WORDS: &'static [Self];
    /// What it is called in a refusal.
    const LABEL: &'static str;
}

/// Reads a wire enum's number; 0 and unknown numbers are refused, naming the vocabulary.
pub fn from_wire<T: WireWord>(number: i32) -> Result<T, Refusal> {
    usize::try_from(number)
        .ok()
        .and_then(|number| number.checked_sub(1))
        .and_then(|index| T::WORDS.get(index).copied())
        .ok_or_else(|| Refusal::about(Reason::Malformed, T::LABEL))
}

/// The wire's number of a word.
pub fn to_wire<T: WireWord>(word: T) -> i32 {
    let index = T::WORDS.iter().position(|known| *known == word);
    index.and_then(|index| i32::try_from(index + 1).ok()).unwrap_or(0)
}

macro_rules! wire_words {
    ($( $domain:ident, $wire:ident, $label:literal );+ $(;)?) => {
        $( impl WireWord for $domain {
            const WORDS: &'static [Self] = $domain::ALL;
            const LABEL: &'static str = $label;
        } )+

        #[cfg(test)]
        mod tests {
            use super::*;

            fn upper(word: &str) -> String {
                word.to_uppercase().replace('-', "_").replace('+', "_PLUS")
            }

            fn snake(name: &str) -> String {
                let mut out = String::new();
                for (at, letter) in name.chars().enumerate() {
                    if letter.is_uppercase() && at > 0 {
                        out.push('_');
                    }
                    out.push(letter.to_ascii_uppercase());
                }
                out
            }

            #[test]
            fn every_wire_word_is_the_domain_word() {
                $(
                    let prefix = snake(stringify!($wire));
                    for word in $domain::ALL {
                        let number = to_wire(*word);
                        let name = v1::$wire::try_from(number).expect("the wire knows it").as_str_name().to_owned();
                        assert_eq!(name, format!("{prefix}_{}", upper(word.word())));
                        assert!(from_wire::<$domain>(number).is_ok_and(|back| back == *word));
                    }
                    let next = i32::try_from($domain::ALL.len()).expect("small") + 1;
                    assert!(v1::$wire::try_from(next).is_err(), "{prefix} has words that the domain lacks");
                    for unknown in [0, -1, next, i32::MAX, i32::MIN] {
                        assert!(from_wire::<$domain>(unknown).is_err());
                    }
                )+
            }
        }
    };
}

wire_words! {
    Kind, StatementKind, "kind";
    Purpose, Purpose, "purpose";
    Category, Category, "category";
    Role, Role, "role";
    Desk, Desk, "desk";
    AuthorityKind, AuthorityKind, "authority kind";
    RepresentativeKind, RepresentativeKind, "representative kind";
    Choice, Choice, "choice";
    Language, Language, "language";
    Stage, Stage, "stage";
    AwaitedWhat, AwaitedWhat, "what";
    Basis, Basis, "basis";
    ToldHow, ToldHow, "how";
    DeclineReason, DeclineReason, "decline reason";
    KeepGround, KeepGround, "ground";
    QuarantineReason, QuarantineReason, "quarantine reason";
    WarmStage, WarmStage, "stage of the warm part";
    Owner, Owner, "owner";
    Known, Known, "known";
    Hearer, Hearer, "hearer";
    Standing, Standing, "standing";
}
