//! One binary, handdruk: gateway, node, certs, guardian, push, inbox, audit, demo, bench.
