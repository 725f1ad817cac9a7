mod consents;
mod matrix;
mod properties;
mod world;
