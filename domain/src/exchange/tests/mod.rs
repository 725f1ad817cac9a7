mod consents;
mod late;
mod people;
mod properties;
mod thread;
mod warm;
mod world;
