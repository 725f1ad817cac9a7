//! Invitations with what became of them, and sessions.

use std::collections::{BTreeMap, BTreeSet};

use handdruk_domain::clock::Timestamp;
use handdruk_domain::digest::Digest;
use handdruk_domain::exchange::{ChildKey, GatewayHalf, Invited, Session, StoredInvitation};
use handdruk_domain::ids::InvitationId;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::columns::{id, micros, optional_id, optional_time, optional_word, time, word};
use super::script::{Answers, Script};
use super::statements::{self, ROWS};
use crate::store::StoreFault;

const CHILD: &str = "child of an invitation";
const INVITATION: &str = "invitation";
const SESSION: &str = "session";
/// The columns of a guardian's keys, in the order of [`statements::STATEMENT`].
const KEYS: [&str; 4] = ["own_keys", "keys_kind", "keys_body", "keys_signatures"];

/// Asks for the children that these invitations are about.
pub(super) fn ask_children(script: &mut Script, invitations: &BTreeSet<InvitationId>) {
    if invitations.is_empty() {
        return;
    }
    let query = script.select(
        CHILD,
        "invitation, inviter, child FROM invitations WHERE invitation IN (",
    );
    let mut list = query.separated(", ");
    for invitation in invitations {
        list.push_bind(invitation.as_bytes().to_vec());
    }
    query.push(")");
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
    for children in children.chunks(ROWS) {
        let query = script.select(
            INVITATION,
            "i.gateway_half, i.own_keys, i.login_verifier, i.failed_logins, i.locked_until, i.ended, \
             s.digest, s.kind, s.body, s.signatures, \
             k.kind AS keys_kind, k.body AS keys_body, k.signatures AS keys_signatures \
             FROM invitations i JOIN statements s ON s.digest = i.digest \
             LEFT JOIN statements k ON k.digest = i.own_keys WHERE (i.inviter, i.child) IN (",
        );
        query.push_values(children, |mut row, key| {
            row.push_bind(key.inviter.as_str().to_owned())
                .push_bind(key.child.as_bytes().to_vec());
        });
        query.push(") ORDER BY i.position");
    }
}

pub(super) fn read_invitations(
    answers: &Answers,
) -> impl Iterator<Item = Result<StoredInvitation, StoreFault>> {
    answers.of(INVITATION).iter().map(read_invitation)
}

fn read_invitation(row: &SqliteRow) -> Result<StoredInvitation, StoreFault> {
    let activated = match optional_id::<Digest>(row, "login_verifier")? {
        None => None,
        Some(verifier) => {
            let failed = row.try_get::<i64, _>("failed_logins")?;
            let failed = u32::try_from(failed).map_err(|_| StoreFault::Column("failed_logins"))?;
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
pub(super) fn ask_sessions<'a>(script: &mut Script, digests: impl ExactSizeIterator<Item = &'a Digest>) {
    if digests.len() == 0 {
        return;
    }
    let query = script.select(
        SESSION,
        "digest, invitation, not_after FROM sessions WHERE digest IN (",
    );
    let mut list = query.separated(", ");
    for digest in digests {
        list.push_bind(digest.as_bytes().to_vec());
    }
    query.push(")");
}

pub(super) fn read_sessions(
    answers: &Answers,
) -> impl Iterator<Item = Result<(Digest, Session), StoreFault>> {
    let read = |row| {
        let not_after = time(Row::try_get(row, "not_after")?)?;
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
    let invitations: Vec<_> = invitations.values().collect();
    for invitations in invitations.chunks(ROWS) {
        let query = script.then(
            "INSERT INTO invitations (invitation, inviter, child, digest, gateway_half, own_keys, login_verifier, \
             failed_logins, locked_until, ended) ",
        );
        query.push_values(invitations, |mut row, (key, invited)| {
            let activated = invited.activated.as_ref();
            row.push_bind(invited.invitation.invitation.as_bytes().to_vec())
                .push_bind(key.inviter.as_str().to_owned())
                .push_bind(key.child.as_bytes().to_vec())
                .push_bind(invited.invitation.digest().as_bytes().to_vec())
                .push_bind(invited.gateway_half.as_bytes().to_vec())
                .push_bind(activated.map(|activated| activated.keys.digest().as_bytes().to_vec()))
                .push_bind(activated.map(|activated| activated.login_verifier.as_bytes().to_vec()))
                .push_bind(activated.map_or(0, |activated| i64::from(activated.failed_logins)))
                .push_bind(activated.and_then(|activated| activated.locked_until).map(micros))
                .push_bind(invited.ended.map(handdruk_domain::exchange::Ended::word));
        });
        // Who was invited never changes; what became of it does.
        query.push(
            " ON CONFLICT (invitation) DO UPDATE SET own_keys = excluded.own_keys, \
             login_verifier = excluded.login_verifier, failed_logins = excluded.failed_logins, \
             locked_until = excluded.locked_until, ended = excluded.ended",
        );
    }
}

pub(super) fn put_sessions(script: &mut Script, sessions: &BTreeMap<Digest, Option<Session>>) {
    let begun: Vec<_> = sessions
        .iter()
        .filter_map(|(digest, session)| Some((digest, (*session)?)))
        .collect();
    for begun in begun.chunks(ROWS) {
        let query = script.then("INSERT INTO sessions (digest, invitation, not_after) ");
        query.push_values(begun, |mut row, (digest, session)| {
            row.push_bind(digest.as_bytes().to_vec())
                .push_bind(session.invitation.as_bytes().to_vec())
                .push_bind(micros(session.not_after));
        });
    }
    let ended: Vec<_> = sessions.iter().filter(|(_, session)| session.is_none()).collect();
    for ended in ended.chunks(ROWS) {
        let query = script.then("DELETE FROM sessions WHERE digest IN (");
        let mut list = query.separated(", ");
        for (digest, _) in ended {
            list.push_bind(digest.as_bytes().to_vec());
        }
        query.push(")");
    }
}

/// Removes sessions that ended before `now`.
pub(super) async fn end_sessions(
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> Result<(), StoreFault> {
    sqlx::query("DELETE FROM sessions WHERE not_after <= ?")
        .bind(micros(now))
        .execute(connection)
        .await?;
    Ok(())
}
