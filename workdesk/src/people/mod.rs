//! The colleagues who work at the desk: who they are, what they are there for, for whom, and how they come in.

mod account;
mod desk;
mod password;
mod role;
mod second;

#[cfg(test)]
mod tests;

pub use account::{Absence, Account, AccountState, Assignment, Awaited, AwaitedState, Holder};
pub use desk::{Admitted, Described, NotChanged, NotEnrolled, NotIn, People};
pub use password::{Hasher, NotHashed, PasswordFlaw};
pub use role::{Role, Scope};
pub use second::{EnrolmentCode, SecondFactor};
