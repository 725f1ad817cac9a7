//! Identity against real files and real sockets: every certificate is minted at run time in a temporary directory.

mod authority;
mod bundles;
mod federation;
mod handshake;
mod reload;
