//! The web portal: a client of the gateway with the role portal, and nothing more. It holds no key of a guardian's.
