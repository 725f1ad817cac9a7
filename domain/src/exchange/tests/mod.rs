mod consents;
mod late;
mod people;
mod plan;
mod properties;
mod thread;
mod warm;
mod world;
