mod consents;
mod people;
mod properties;
mod thread;
mod warm;
mod world;
