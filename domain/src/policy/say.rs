//! Who has a say in a handover, before anything is recorded.
