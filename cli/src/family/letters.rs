//! Printing letters: one, or one file with a letter for everybody who has none yet.
//!
//! Invariant: a code that the node gave out is in the file before the next one is asked for, so that a run that breaks off
//! loses no letter.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use comfy_table::{ContentArrangement, Table, presets};
use handdruk_domain::clock::date_in_nl;
use handdruk_node::letter::bind;
use handdruk_proto::v1;
use zeroize::Zeroizing;

use super::Desk;
use crate::plan::Plan;
use crate::words;

/// A letter with a fresh code. Print it, hand it over, and keep no copy.
#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// The administration's own key for the pupil.
    pupil: String,
    /// The administration's own key for the person.
    person: String,
    /// The earlier letter was lost, or its keys must be replaced: this one takes over.
    #[arg(long)]
    replace: bool,
    /// Write the letter, ready to print, to this new file (HTML, one A4). It holds the code: remove it after printing.
    #[arg(long, value_name = "FILE.html")]
    out: Option<PathBuf>,
}

/// Letters for everybody who has none yet, of one or many pupils, as one file to print.
///
/// A letter per page. Who has a letter already is passed over: a lost one is replaced with `letter --replace`.
#[derive(Debug, clap::Args)]
pub(super) struct Many {
    /// The administration's own keys for the pupils.
    #[arg(required_unless_present = "plans")]
    pupils: Vec<String>,
    /// Every pupil of the push plans (NAME.push.toml) in this folder.
    #[arg(long, value_name = "FOLDER")]
    plans: Option<PathBuf>,
    /// The new file to print from (HTML, an A4 per letter). It holds the codes: remove it after printing.
    #[arg(long, value_name = "FILE.html")]
    out: PathBuf,
}

/// One letter.
pub(super) async fn one(desk: &mut Desk, one: One) -> anyhow::Result<()> {
    // Before a code is made: a letter that cannot be written would be lost.
    let mut file = one.out.as_deref().map(NewFile::create).transpose()?;
    let letter = invite(desk, one.pupil, one.person, one.replace).await?;
    let until = handdruk_proto::time(letter.expire_time, "expire_time")?;
    println!("Code:       {}", letter.code);
    println!("Until:      {} (in the Netherlands), once", date_in_nl(until));
    println!("Invitation: {}", letter.invitation_id);
    if let Some(file) = &mut file {
        file.write(&letter.letter)?;
        println!(
            "Letter:     {}; print it, hand it over, and remove it",
            file.path.display()
        );
    }
    Ok(())
}

/// A letter for everybody who has none.
pub(super) async fn many(desk: &mut Desk, many: Many) -> anyhow::Result<()> {
    let mut pupils = many.pupils;
    if let Some(folder) = &many.plans {
        pupils.extend(planned(folder)?);
    }
    pupils.sort();
    pupils.dedup();
    let mut file = NewFile::create(&many.out)?;
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["pupil", "person", "name", "letter"]);
    let mut letters: Vec<Zeroizing<String>> = Vec::new();
    let mut failed = 0;
    for pupil in pupils {
        let people = match desk.people(&pupil).await {
            Ok(people) => people,
            Err(error) => {
                failed += 1;
                table.add_row([pupil, "-".into(), "-".into(), error.to_string()]);
                continue;
            }
        };
        for state in people {
            let Some(guardian) = state.guardian else { continue };
            let done = if state.invitation_id.is_empty() {
                match invite(desk, pupil.clone(), guardian.person.clone(), false).await {
                    Ok(answer) => {
                        letters.push(Zeroizing::new(answer.letter));
                        let texts: Vec<&str> = letters.iter().map(|letter| letter.as_str()).collect();
                        file.write(&bind(&texts)?)?;
                        format!("page {}", letters.len())
                    }
                    Err(error) => {
                        failed += 1;
                        error.to_string()
                    }
                }
            } else {
                "passed over: has one already".to_owned()
            };
            table.add_row([pupil.clone(), guardian.person, guardian.name, done]);
        }
    }
    println!("{table}");
    if letters.is_empty() {
        file.remove()?;
        println!("No letter was printed.");
    } else {
        println!(
            "{} in {}; print it, hand them over, and remove it",
            count(letters.len()),
            file.path.display()
        );
    }
    if failed > 0 {
        bail!("{failed} could not be printed; see the table");
    }
    Ok(())
}

fn count(letters: usize) -> String {
    match letters {
        1 => "1 letter".to_owned(),
        more => format!("{more} letters"),
    }
}

async fn invite(
    desk: &mut Desk,
    pupil: String,
    person: String,
    replace: bool,
) -> anyhow::Result<v1::InviteGuardianResponse> {
    let request = v1::InviteGuardianRequest {
        request_id: desk.request_id(),
        pupil,
        person,
        replace,
        acting: desk.acting.clone(),
    };
    let answer = desk.system.families().invite_guardian(request).await;
    Ok(answer.map_err(|status| words::failure(&status))?.into_inner())
}

/// The pupils of the push plans in a folder.
fn planned(folder: &Path) -> anyhow::Result<Vec<String>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut pupils = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".push.toml") {
            pupils.push(Plan::read(&path)?.pupil);
        }
    }
    if pupils.is_empty() {
        bail!("no push plan (NAME.push.toml) in {}", folder.display());
    }
    Ok(pupils)
}

/// A file that was not there before and that nobody else may read.
struct NewFile {
    path: PathBuf,
    file: std::fs::File,
}

impl NewFile {
    fn create(path: &Path) -> anyhow::Result<Self> {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options
            .open(path)
            .with_context(|| format!("cannot make the new file {}", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            file,
        })
    }

    /// Replaces what stands in it, durably.
    fn write(&mut self, text: &str) -> anyhow::Result<()> {
        use std::io::Seek as _;
        let mut put = || {
            self.file.rewind()?;
            self.file.write_all(text.as_bytes())?;
            self.file.set_len(u64::try_from(text.len()).unwrap_or(u64::MAX))?;
            self.file.sync_all()
        };
        put().with_context(|| format!("cannot write {}", self.path.display()))
    }

    fn remove(self) -> anyhow::Result<()> {
        Ok(std::fs::remove_file(&self.path)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_never_overwrite_others_and_are_nobody_elses_to_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("letters.html");
        let mut file = NewFile::create(&path).expect("makes");
        file.write("a long first version").expect("writes");
        file.write("shorter").expect("writes");
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), "shorter");
        assert!(NewFile::create(&path).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn pupils_come_from_the_plans_in_a_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        assert!(planned(folder.path()).is_err());
        std::fs::write(folder.path().join("a.push.toml"), "pupil = \"leerling-1\"").expect("writes");
        std::fs::write(folder.path().join("a.xml"), "<x/>").expect("writes");
        assert_eq!(planned(folder.path()).expect("one plan"), ["leerling-1"]);
        std::fs::write(folder.path().join("b.push.toml"), "puppil = 1").expect("writes");
        assert!(planned(folder.path()).is_err());
    }
}
