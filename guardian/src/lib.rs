//! A guardian's reference client: own keys, inspect, decide.
