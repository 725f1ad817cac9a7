//! Which roles may make which calls. An empty list is nobody. What a role may do with one handover or child is decided by
//! the exchange; this is the outer door.

use handdruk_domain::role::Role;

/// Calls of the exchange and of consents: organisations that send, receive or invite.
pub(super) const ORGANISATIONS: &[Role] = &[
    Role::Po,
    Role::Vo,
    Role::So,
    Role::Mbo,
    Role::Kdv,
    Role::Swv,
    Role::Gem,
    Role::Jh,
    Role::Vt,
    Role::Gi,
];

/// Counts for third parties. Of which municipalities, each one's membership says.
pub(super) const COUNTED_FOR: &[Role] = &[Role::Swv, Role::Gem];

/// Calls on behalf of guardians and young people.
pub(super) const PORTALS: &[Role] = &[Role::Portal];
