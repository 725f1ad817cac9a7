//! Invitations with what became of them, and sessions.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{ChildKey, GatewayHalf, Invited, Session, StoredInvitation};
use handdruk_domain::ids::InvitationId;

use super::columns::{id, number, optional_id, optional_time, optional_word, time, word};
use super::connection::{Answers, Connection, Row};
use super::query::{Query, Script, bytes, row};
use super::statements;
use crate::store::StoreFault;

const CHILD: &str = "child of an invitation";
const INVITATION: &str = "invitation";
const SESSION: &str = "session";
/// The columns of a guardian's keys, in the order of [`statements::STATEMENT`].
const KEYS: [&str; 4] = ["own_keys", "keys_kind", "keys_body", "keys_signatures"];

/// Asks for the children that these invitations are about.
pub(super) fn ask_children(script: &mut Script, invitations: &BTreeSet<InvitationId>) {
    script.ask_within(
        CHILD,
        "SELECT invitation, inviter, child FROM invitations WHERE invitation ?in",
        bytes(invitations),
    );
}

pub(super) fn read_children(answers: &Answers) -> Result<BTreeMap<InvitationId, ChildKey>, StoreFault> {
    let read = |row| {
        let key = ChildKey {
            inviter: word(row, "inviter")?,
            child: id(row, "child")?,
        };
        Ok((id(row, "invitation")?, key))
    };
    answers.of(CHILD).iter().map(read).collect()
}

/// Asks for every invitation of these children, in the order of the log.
pub(super) fn ask_invitations(script: &mut Script, children: &[ChildKey]) {
    let keys = children.iter().map(|key| row![&key.inviter, key.child]);
    script.ask_rows(
        INVITATION,
        "SELECT i.gateway_half, i.own_keys, i.login_verifier, i.failed_logins, i.locked_until, i.ended, \
         s.digest, s.kind, s.body, s.signatures, \
         k.kind AS keys_kind, k.body AS keys_body, k.signatures AS keys_signatures \
         FROM invitations i JOIN statements s ON s.digest = i.digest \
         LEFT JOIN statements k ON k.digest = i.own_keys WHERE (i.inviter, i.child) IN (?rows) ORDER BY i.position",
        keys.collect(),
    );
}

pub(super) fn read_invitations(
    answers: &Answers,
) -> impl Iterator<Item = Result<StoredInvitation, StoreFault>> {
    answers.of(INVITATION).iter().map(read_invitation)
}

fn read_invitation(row: &Row) -> Result<StoredInvitation, StoreFault> {
    let activated = match optional_id::<Digest>(row, "login_verifier")? {
        None => None,
        Some(verifier) => {
            let failed = u32::try_from(number(row, "failed_logins")?)
                .map_err(|_| StoreFault::Column("failed_logins"))?;
            let keys = statements::read_as(row, KEYS)?;
            Some((keys, verifier, failed, optional_time(row, "locked_until")?))
        }
    };
    Ok(StoredInvitation {
        invitation: statements::read(row)?,
        gateway_half: id::<GatewayHalf>(row, "gateway_half")?,
        activated,
        ended: optional_word(row, "ended")?,
    })
}

/// Asks for sessions by digest.
pub(super) fn ask_sessions<'a>(script: &mut Script, digests: impl Iterator<Item = &'a Digest>) {
    script.ask_within(
        SESSION,
        "SELECT digest, invitation, not_after FROM sessions WHERE digest ?in",
        bytes(digests),
    );
}

pub(super) fn read_sessions(
    answers: &Answers,
) -> impl Iterator<Item = Result<(Digest, Session), StoreFault>> {
    let read = |row| {
        let not_after = time(row, "not_after")?;
        Ok((
            id(row, "digest")?,
            Session {
                invitation: id(row, "invitation")?,
                not_after,
            },
        ))
    };
    answers.of(SESSION).iter().map(read)
}

pub(super) fn put_invitations(
    script: &mut Script,
    invitations: &BTreeMap<InvitationId, (ChildKey, Invited)>,
) {
    let rows = invitations.values().map(|(key, invited)| {
        let activated = invited.activated.as_ref();
        row![
            invited.invitation.invitation,
            &key.inviter,
            key.child,
            invited.invitation.digest(),
            invited.gateway_half.as_bytes().to_vec(),
            activated.map(|activated| activated.keys.digest()),
            activated.map(|activated| activated.login_verifier.as_bytes().to_vec()),
            activated.map_or(0, |activated| i64::from(activated.failed_logins)),
            activated.and_then(|activated| activated.locked_until),
            invited.ended.map(handdruk_domain::exchange::Ended::word),
        ]
    });
    // Who was invited never changes; what became of it does.
    script.run_rows(
        "INSERT INTO invitations (invitation, inviter, child, digest, gateway_half, own_keys, login_verifier, \
         failed_logins, locked_until, ended) ?rows ON CONFLICT (invitation) DO UPDATE SET own_keys = excluded.own_keys, \
         login_verifier = excluded.login_verifier, failed_logins = excluded.failed_logins, \
         locked_until = excluded.locked_until, ended = excluded.ended",
        rows.collect(),
    );
}

pub(super) fn put_sessions(script: &mut Script, sessions: &BTreeMap<Digest, Option<Session>>) {
    let begun = sessions.iter().filter_map(|(digest, session)| {
        let session = (*session)?;
        Some(row![digest, session.invitation, session.not_after])
    });
    script.run_rows(
        "INSERT INTO sessions (digest, invitation, not_after) ?rows",
        begun.collect(),
    );
    let ended = sessions.iter().filter(|(_, session)| session.is_none());
    script.run_within(
        "DELETE FROM sessions WHERE digest ?in",
        bytes(ended.map(|(digest, _)| digest)),
    );
}

/// Removes sessions that ended before `now`.
pub(super) async fn end_sessions(connection: &mut Connection, now: Timestamp) -> Result<(), StoreFault> {
    let query = Query::new("DELETE FROM sessions WHERE not_after <= ?");
    connection.run(query.bind(now)).await?;
    Ok(())
}
