//! Puts the script's files into the program: a table of paths and bytes, in order of path. Modules are gathered into two files
//! (look/src/bundle.rs): what the first page needs, and what somebody needs who has come in. And the words: a word that is missing
//! in any language stops the build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use handdruk_look::bundle::{Bundle, Bundled, Modules, bundle};
use handdruk_look::compile::Part;
use handdruk_look::lexicon::Flaw;
use handdruk_look::{Language, compile, script};

/// What the first page needs, and what comes after it.
const BUNDLES: [Bundle<'static>; 2] = [
    Bundle {
        name: "first.js",
        entries: &["pages/start.js", "pages/main.js"],
    },
    Bundle {
        name: "inside.js",
        entries: &[
            "pages/open.js",
            "pages/session.js",
            "pages/overview.js",
            "pages/question.js",
            "pages/holders.js",
            "pages/export.js",
        ],
    },
];
/// Folders of our own modules, which are gathered. Vendored ones are served as they are.
const OURS: &[&str] = &["lib/", "pages/"];

/// What is served. Tests, notes and package files that lie beside it are not.
const KINDS: &[&str] = &["js", "css", "svg", "txt"];

fn main() -> io::Result<()> {
    let root =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?).join("script");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut modules = Modules::from([("look/words.js".to_owned(), script::WORDS_SCRIPT.to_owned())]);
    let mut served = Vec::new();
    for file in files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?;
        let name = name.to_str().ok_or(io::ErrorKind::InvalidData)?.to_owned();
        if OURS.iter().any(|folder| name.starts_with(folder)) {
            modules.insert(name, fs::read_to_string(&file)?);
        } else {
            served.push((name, file));
        }
    }
    let gathered = match bundle(&modules, &BUNDLES) {
        Ok(gathered) => gathered,
        Err(flaw) => return refuse(&[flaw]),
    };
    fs::create_dir_all(out.join("bundle"))?;
    for Bundled { path, text, .. } in &gathered {
        let file = out.join(path);
        fs::write(&file, text)?;
        served.push((path.clone(), file));
    }
    served.sort();
    let mut table = String::from("&[\n");
    for (name, file) in served {
        let path = file.to_str().ok_or(io::ErrorKind::InvalidData)?;
        writeln!(table, "    ({name:?}, include_bytes!({path:?}) as &[u8]),").map_err(io::Error::other)?;
    }
    table.push_str("]\n");
    fs::write(out.join("script.rs"), table)?;
    let home = root.parent().ok_or(io::ErrorKind::NotFound)?;
    let first: Vec<PathBuf> = gathered[0]
        .modules
        .iter()
        .filter(|path| OURS.iter().any(|folder| path.starts_with(folder)))
        .map(|path| root.join(path))
        .collect();
    let part = Part {
        name: "first",
        scripts: &first,
    };
    refuse(&compile::write_parts(home, &out, &Language::ALL, &[part])?)
}

/// Stops the build where something is wrong with the words.
fn refuse(flaws: &[Flaw]) -> io::Result<()> {
    for flaw in flaws {
        println!("cargo::error={flaw}");
    }
    if flaws.is_empty() {
        Ok(())
    } else {
        Err(io::Error::other("the words are not complete"))
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    // A folder that gains or loses a file changes too.
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if path.is_dir() {
            if !matches!(name, "node_modules" | "tests" | "test") {
                collect(&path, files)?;
            }
        } else if is_served(name) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_served(name: &str) -> bool {
    let test = name.ends_with(".test.js") || name.ends_with("_test.js") || name.starts_with('.');
    !test
        && name
            .rsplit_once('.')
            .is_some_and(|(_, kind)| KINDS.contains(&kind))
}
