//! Organisations' identity: the federation's authority and registrar, and the mutual-TLS acceptor and connector.
