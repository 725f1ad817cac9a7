//! Code and secret: from where they are given, otherwise asked for. Neither is printed or stored.

use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

use anyhow::{Context, bail};
use handdruk_content::code::InvitationCode;
use handdruk_guardian::secret::Secret;
use zeroize::Zeroizing;

pub(super) fn code(given: Option<&str>) -> anyhow::Result<InvitationCode> {
    let typed = match given {
        Some(typed) => Zeroizing::new(typed.to_owned()),
        None => prompt("Code (as on the letter): ")?,
    };
    typed.parse().context("this is no code")
}

pub(super) fn secret(file: Option<&Path>, fresh: bool) -> anyhow::Result<Secret> {
    if let Some(path) = file {
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        return Ok(Secret::new(text.trim_end_matches(['\r', '\n']))?);
    }
    if let Ok(text) = std::env::var("HANDDRUK_SECRET").map(Zeroizing::new) {
        return Ok(Secret::new(&text)?);
    }
    if !fresh {
        return Ok(Secret::new(&unseen("Secret: ")?)?);
    }
    let typed = unseen("Choose a secret (at least 8 characters): ")?;
    let secret = Secret::new(&typed)?;
    if *unseen("Once more: ")? != *typed {
        bail!("the two are not the same; nothing was activated");
    }
    Ok(secret)
}

/// Asks for something that must not be seen while it is typed. From a pipe it is read like any other line.
fn unseen(question: &str) -> anyhow::Result<Zeroizing<String>> {
    if std::io::stdin().is_terminal() {
        Ok(Zeroizing::new(rpassword::prompt_password(question)?))
    } else {
        prompt(question)
    }
}

pub(super) fn prompt(question: &str) -> anyhow::Result<Zeroizing<String>> {
    print!("{question}");
    std::io::stdout().flush()?;
    let mut line = Zeroizing::new(String::new());
    if std::io::stdin().lock().read_line(&mut line)? == 0 {
        bail!("no answer");
    }
    let typed = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(typed);
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_file_may_end_its_line() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("secret");
        std::fs::write(&path, "correct horse\r\n").expect("writes");
        let read = secret(Some(&path), false).expect("a secret");
        assert_eq!(read, Secret::new("correct horse").expect("long enough"));
        std::fs::write(&path, "short\n").expect("writes");
        assert!(secret(Some(&path), false).is_err());
    }
}
