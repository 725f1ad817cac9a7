//! Mail that one part of a process asks another to bring to the mail server.
//!
//! Invariant: a notice holds no personal data but the address; whoever asks repeats it until it was [`Posted::Taken`] or
//! [`Posted::Never`] will be, so that what is to be told outlives a mail server that is away.

use std::pin::Pin;

use handdruk_domain::clock::Timestamp;

/// A mail to one address.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    /// The address.
    pub to: String,
    /// The subject: names nobody.
    pub subject: String,
    /// The text: names nobody.
    pub text: String,
    /// Names the mail, the same at every attempt, so that a mail server can tell a repeat.
    pub name: [u8; 16],
    /// When it was written.
    pub at: Timestamp,
}

impl core::fmt::Debug for Notice {
    /// Without the address: it may be a person's.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Notice").finish_non_exhaustive()
    }
}

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posted {
    /// The mail server took it.
    Taken,
    /// Not now; it may be tried again.
    NotNow,
    /// The address is none, or the mail server will never take it.
    Never,
}

/// Brings notices to a mail server.
pub trait Post: Send + Sync {
    /// Tries once. Ends within a minute.
    fn post(&self, notice: Notice) -> Pin<Box<dyn Future<Output = Posted> + Send + '_>>;
}
