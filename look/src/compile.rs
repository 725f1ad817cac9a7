//! The words of a crate with pages, as its build script makes them: read, compared in every language, checked against what
//! templates, scripts and code say, and made into what the program and its scripts load. A word that is missing in any
//! language stops the build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use crate::lexicon::{Flaw, Lexicon, Use, uses};
use crate::{Language, script};

/// Where words are said.
const SAID_IN: &[&str] = &["templates", "src", "script/pages", "script/lib"];

/// Checks the words below `home/locales` in these languages, the binding one first, and writes `words.rs` and the scripts'
/// words into `out`. Answers what is wrong. For build scripts: it tells cargo what to watch.
pub fn write(home: &Path, out: &Path, languages: &[Language]) -> io::Result<Vec<Flaw>> {
    write_parts(home, out, languages, &[])
}

/// Some of the scripts, whose words are wanted in a file of their own: pages that load nothing else then load no other words.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// Its name, in lower case: the files are `words-NAME-LANGUAGE.json`, the static is `NAME_WORDS`.
    pub name: &'a str,
    /// The scripts.
    pub scripts: &'a [PathBuf],
}

/// [`write()`], and the words of some of the scripts apart.
#[expect(clippy::print_stdout, reason = "a build script talks to cargo on its output")]
pub fn write_parts(
    home: &Path,
    out: &Path,
    languages: &[Language],
    parts: &[Part<'_>],
) -> io::Result<Vec<Flaw>> {
    println!("cargo:rerun-if-changed={}", home.join("locales").display());
    println!("cargo:rerun-if-changed={}", home.join("templates").display());
    println!("cargo:rerun-if-changed={}", home.join("src").display());
    let (said, by_scripts) = said(home)?;
    let mut flaws = Vec::new();
    let mut lexicons: Vec<Lexicon> = Vec::new();
    let mut sources = String::from("static SOURCES: &[handdruk_look::words::Source] = &[\n");
    let mut files = vec![WordFiles::new("SCRIPT_WORDS", "words", by_scripts)];
    for part in parts {
        let constant = format!("{}_WORDS", part.name.to_uppercase());
        let uses = part.scripts.iter().map(fs::read_to_string);
        let uses = uses.collect::<io::Result<Vec<_>>>()?;
        let mut uses: Vec<Use> = uses.iter().flat_map(|text| crate::lexicon::uses(text)).collect();
        uses.sort();
        uses.dedup();
        files.push(WordFiles::new(&constant, &format!("words-{}", part.name), uses));
    }
    for &language in languages {
        let texts = texts(home, language)?;
        writeln!(sources, "(handdruk_look::Language::{language:?}, &[").map_err(io::Error::other)?;
        for (path, _) in &texts {
            writeln!(sources, "include_str!({path:?}),").map_err(io::Error::other)?;
        }
        sources.push_str("]),\n");
        let frame = script::frame_words(language);
        let named: Vec<(&str, &str)> = texts
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .chain([("the frame's", frame)])
            .collect();
        let lexicon = match Lexicon::read(language.code(), &named) {
            Ok(lexicon) => lexicon,
            Err(found) => {
                flaws.extend(found);
                continue;
            }
        };
        match lexicons.first() {
            None => {
                for (file, uses) in &said {
                    flaws.extend(lexicon.check(file, uses));
                }
            }
            Some(binding) => flaws.extend(binding.compare(&lexicon)),
        }
        for files in &mut files {
            files.add(out, &lexicon)?;
        }
        lexicons.push(lexicon);
    }
    let files = files
        .iter()
        // Where no script says anything, nothing would name the table.
        .filter(|files| !files.uses.is_empty())
        .fold(String::new(), |all, files| all + &files.table + "];\n");
    fs::write(out.join("words.rs"), format!("{sources}];\n{files}"))?;
    Ok(flaws)
}

/// A file of scripts' words for each language, and the table that leads to them.
struct WordFiles {
    name: String,
    uses: Vec<Use>,
    table: String,
}

impl WordFiles {
    fn new(constant: &str, name: &str, uses: Vec<Use>) -> Self {
        Self {
            name: name.to_owned(),
            uses,
            table: format!("static {constant}: &[(&str, &str)] = &[\n"),
        }
    }

    fn add(&mut self, out: &Path, lexicon: &Lexicon) -> io::Result<()> {
        let name = format!("{}-{}.json", self.name, lexicon.language());
        let file = out.join(&name);
        fs::write(&file, script::words_as_json(lexicon, &self.uses))?;
        let path = file.display().to_string();
        writeln!(self.table, "({name:?}, include_str!({path:?})),").map_err(io::Error::other)
    }
}

type Said = Vec<(String, Vec<Use>)>;

/// What each file says, and all that scripts say.
fn said(home: &Path) -> io::Result<(Said, Vec<Use>)> {
    let mut said = Vec::new();
    let mut by_scripts = Vec::new();
    for folder in SAID_IN {
        for file in below(&home.join(folder))? {
            let Ok(text) = fs::read_to_string(&file) else {
                continue;
            };
            let found = uses(&text);
            if file.extension().is_some_and(|kind| kind == "js") {
                by_scripts.extend(found.iter().cloned());
            }
            said.push((file.display().to_string(), found));
        }
    }
    by_scripts.sort();
    by_scripts.dedup();
    Ok((said, by_scripts))
}

fn texts(home: &Path, language: Language) -> io::Result<Vec<(String, String)>> {
    below(&home.join("locales").join(language.code()))?
        .into_iter()
        .filter(|file| file.extension().is_some_and(|kind| kind == "ftl"))
        .map(|file| Ok((file.display().to_string(), fs::read_to_string(&file)?)))
        .collect()
}

/// Every file below a folder, in order of path.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                found.extend(below(&path)?);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
