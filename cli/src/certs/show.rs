//! Certificates, revocation lists and statements in words, with what needs attention.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use handdruk_certs::authority::{RevocationState, authority_in_pem, hex};
use handdruk_certs::{Holder, HolderKind};
use handdruk_domain::clock::{Timestamp, date_in_nl};
use handdruk_domain::statement::member::Membership;
use handdruk_domain::statement::restoration::Restoration;
use handdruk_domain::statement::{Kind, PublicKey, RawStatement, Statement};
use jiff::SignedDuration;

/// Certificates with less than this left are worth a warning.
const NOTICE: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A revocation list with less than this left is worth a warning.
const LIST_NOTICE: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Prints what the files under `paths` hold.
pub(super) fn show(paths: &[PathBuf], now: Timestamp) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    // What any list among them revokes is marked wherever it appears.
    let lists: Vec<RevocationState> = files
        .iter()
        .filter_map(|path| RevocationState::from_pem(&fs::read(path).ok()?))
        .collect();
    for path in &files {
        let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        println!("{}\n  {}", path.display(), describe(&text, &lists, now));
    }
    Ok(())
}

/// The files under `path`, sorted; private directories and keys are left out.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut entries: Vec<PathBuf> = entries
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let shown = entry
            .extension()
            .is_some_and(|ext| ["pem", "pub", "json"].iter().any(|known| ext == *known));
        if entry.is_dir() && entry.file_name().is_none_or(|name| name != "private") {
            collect(&entry, files)?;
        } else if shown && entry.is_file() {
            files.push(entry);
        }
    }
    Ok(())
}

/// One line about a file's text; what one of `lists` revokes is marked.
pub(super) fn describe(text: &str, lists: &[RevocationState], now: Timestamp) -> String {
    if let Some(state) = RevocationState::from_pem(text.as_bytes()) {
        return list_line(&state, now);
    }
    if let Some(result) = handdruk_certs::holder_in_pem(text.as_bytes()) {
        return match result {
            Ok(holder) if lists.iter().any(|list| list.names(&holder.serial)) => {
                format!("REVOKED: {}", holder_line(&holder, now))
            }
            Ok(holder) => holder_line(&holder, now),
            Err(error) => match authority_in_pem(text.as_bytes()) {
                Some((name, not_after)) => {
                    format!(
                        "authority {name}, {}",
                        end(now, Timestamp::MIN, not_after, NOTICE)
                    )
                }
                None => format!("no member's certificate: {error}"),
            },
        };
    }
    if let Ok(key) = text.trim().parse::<PublicKey>() {
        return format!("public key {key}");
    }
    match RawStatement::from_file(text) {
        Ok(raw) if raw.kind == Kind::Membership => Statement::<Membership>::claim(raw)
            .and_then(|statement| statement.peek())
            .map_or_else(
                |error| format!("statement: {error}"),
                |membership| membership_line(&membership),
            ),
        Ok(raw) if raw.kind == Kind::Restoration => Statement::<Restoration>::claim(raw)
            .and_then(|statement| statement.peek())
            .map_or_else(
                |error| format!("statement: {error}"),
                |restoration| super::restoration::line(&restoration),
            ),
        Ok(raw) => format!("statement: {} {}", raw.kind, raw.digest()),
        Err(_) => "nothing that this command knows".to_owned(),
    }
}

/// A certificate in one line.
pub(super) fn holder_line(holder: &Holder, now: Timestamp) -> String {
    let who = match &holder.kind {
        HolderKind::Organisation => "organisation".to_owned(),
        HolderKind::System { name } => format!("system \"{name}\" for"),
    };
    let names = if holder.names.is_empty() {
        String::new()
    } else {
        format!(", at {}", holder.names.join(" "))
    };
    format!(
        "{who} {} {}, serial {}{names}, {}",
        holder.oin,
        holder.organisation,
        hex(&holder.serial),
        end(now, holder.not_before, holder.not_after, NOTICE)
    )
}

/// A revocation list in one line.
pub(super) fn list_line(state: &RevocationState, now: Timestamp) -> String {
    let left = end(now, Timestamp::MIN, state.next_update, LIST_NOTICE);
    format!(
        "revocation list number {}, {} revoked, {left}",
        state.number,
        state.revoked.len()
    )
}

/// A membership in one line.
pub(super) fn membership_line(membership: &Membership) -> String {
    let words = |words: Vec<String>, title: &str| {
        if words.is_empty() {
            String::new()
        } else {
            format!(", {title} {}", words.join(" "))
        }
    };
    format!(
        "membership {} {}, serial {}, {}{}{}{}{}{}{}, until {}",
        membership.oin,
        membership.name,
        membership.serial,
        membership.status,
        words(
            membership.roles.iter().map(ToString::to_string).collect(),
            "roles"
        ),
        words(
            membership.desks.iter().map(ToString::to_string).collect(),
            "desks"
        ),
        words(
            membership.sites.iter().map(ToString::to_string).collect(),
            "sites"
        ),
        words(
            membership.municipality.iter().map(ToString::to_string).collect(),
            "municipality"
        ),
        words(
            membership.region.iter().map(ToString::to_string).collect(),
            "region"
        ),
        words(
            membership.telephone.iter().map(ToString::to_string).collect(),
            "telephone"
        ),
        // The last day that counts.
        date_in_nl(membership.not_after - SignedDuration::from_secs(1)),
    )
}

/// Until when something counts, with a warning when that is soon or past.
fn end(now: Timestamp, not_before: Timestamp, not_after: Timestamp, notice: SignedDuration) -> String {
    let left = not_after.duration_since(now);
    let days = (left.as_hours() + 23) / 24;
    if now < not_before {
        format!("WARNING: not valid before {not_before}")
    } else if left <= SignedDuration::ZERO {
        format!("WARNING: ended {not_after}")
    } else if left < notice {
        format!("WARNING: ends in {days} days, {not_after}")
    } else {
        format!("until {not_after} ({days} days)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_announced_in_time() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a timestamp");
        let (from, until) = (at("2026-01-01T00:00:00Z"), at("2026-12-31T00:00:00Z"));
        let said = |now| end(at(now), from, until, NOTICE);
        assert_eq!(
            said("2026-06-01T00:00:00Z"),
            "until 2026-12-31T00:00:00Z (213 days)"
        );
        assert_eq!(
            said("2026-12-11T00:00:00Z"),
            "WARNING: ends in 20 days, 2026-12-31T00:00:00Z"
        );
        assert_eq!(
            said("2026-12-31T00:00:00Z"),
            "WARNING: ended 2026-12-31T00:00:00Z"
        );
        assert_eq!(
            said("2025-12-31T00:00:00Z"),
            "WARNING: not valid before 2026-01-01T00:00:00Z"
        );
    }
}
