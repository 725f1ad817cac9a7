//! How many files a process may have open: each connection is one.

use anyhow::{Context, bail};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What a process has open beside its connections.
const BESIDE: u64 = 500;

/// Lets this process, and those that it starts from now on, have that many connections each. Fails where the system does not
/// allow it, and says how many it allows.
pub(super) fn allow(connections: usize) -> anyhow::Result<()> {
    let needed = u64::try_from(connections)? + BESIDE;
    let limits = getrlimit(Resource::Nofile);
    // None is no limit.
    if let Some(hard) = limits.maximum.filter(|hard| *hard < needed) {
        bail!(
            "a process may have {hard} files open here, which is enough for {} nodes: ask for fewer with --nodes, or raise the \
             hard limit (`ulimit -Hn`)",
            hard.saturating_sub(BESIDE)
        );
    }
    if limits.current.is_some_and(|soft| soft < needed) {
        let raised = Rlimit {
            current: limits.maximum.or(Some(needed)),
            ..limits
        };
        setrlimit(Resource::Nofile, raised).context("raising the limit of open files")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_does_not_allow_is_refused_with_what_it_does() {
        allow(10).expect("every system allows that");
        if let Some(hard) = getrlimit(Resource::Nofile).maximum {
            let refused = allow(usize::try_from(hard).expect("fits")).expect_err("too many");
            assert!(
                refused
                    .to_string()
                    .contains(&format!("enough for {} nodes", hard - BESIDE)),
                "{refused}"
            );
        }
    }
}
