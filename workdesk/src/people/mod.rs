//! The colleagues who work at the desk: who they are, what they are there for, for whom, and how they come in.

mod account;
mod password;
mod role;
mod second;

pub use account::{Absence, Account, AccountState, Assignment, Holder};
pub use password::{Hasher, PasswordFlaw};
pub use role::{Role, Scope};
pub use second::{EnrolmentCode, SecondFactor};
