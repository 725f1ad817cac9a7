mod consents;
mod people;
mod properties;
mod thread;
mod world;
