//! The workdesk: the web page on which professionals see what was handed over, take it on, and hand over themselves.
//!
//! Invariant: the workdesk reaches what is about a child only through its node's local API, as a system of the organisation
//! and naming the colleague who acts; and it asks for nothing before [`access`] has said that this colleague may have it.
//! Its own database (accounts, who has what, who saw what) holds no child's name and no content.
//!
//! A request passes the door (host, site, headers, limits), then a page of [`pages`], which gets the [`Desk`] and, where
//! somebody must be logged in, the [`Colleague`].

pub mod access;
pub mod board;
mod colleague;
pub mod config;
mod desk;
mod door;
mod form;
pub mod guard;
#[cfg(test)]
mod harness;
pub mod log;
mod node;
mod page;
pub mod pages;
pub mod people;
mod problem;
mod reader;
mod run;
mod store;
mod tell;
mod words;

pub use colleague::Colleague;
pub use config::Config;
pub use desk::{Desk, InForce, Parts};
pub use node::LocalApi;
pub use problem::Problem;
pub use reader::Reader;
pub use run::{Premises, WorkdeskError, check_config, open, people_of, router};
pub use store::{Store, StoreError};
