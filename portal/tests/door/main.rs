//! The portal's door as strangers find it: a real listener with TLS, in front of a gateway that is played.

mod browser;
mod entering;
mod headers;
mod hostile;
mod quiet;
mod stage;
