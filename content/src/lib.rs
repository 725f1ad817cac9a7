//! What the gateway must not be able to name: typed categories, field selection, commitments, sealing and opening.
