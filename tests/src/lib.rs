//! What crosses crates: the federation harness, end-to-end, forgeries, faults, canaries.
