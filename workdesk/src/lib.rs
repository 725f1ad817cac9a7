//! The workdesk: the web page on which professionals hand over and take over, served by their organisation's node.
//!
//! Invariant: it reaches children's data only through the node's local API, as one of the organisation's systems, naming the
//! professional who acts; who may see what is decided here, before anything is asked of the node.
