//! Puts the style sheet together, gives every asset a name with its digest, and refuses words that are not complete in
//! every language.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use data_encoding::{BASE64, HEXLOWER};
use sha2::{Digest as _, Sha256};

#[path = "src/lexicon.rs"]
#[expect(dead_code, reason = "the library uses the rest")]
#[expect(unreachable_pub, reason = "public in the library that shares this file")]
mod lexicon;

const LANGUAGES: [&str; 4] = ["nl", "en", "tr", "ar"];

fn main() {
    for watched in [
        "build.rs",
        "src",
        "style",
        "vendor",
        "pictures",
        "script",
        "locales",
        "templates",
    ] {
        println!("cargo::rerun-if-changed={watched}");
    }
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    check_words(&home);
    write_assets(&home, &out);
}

fn check_words(home: &Path) {
    let read = |language: &str| {
        let name = format!("locales/{language}.ftl");
        let text = fs::read_to_string(home.join(&name)).expect("every language has its file");
        lexicon::Lexicon::read(language, &[(&name, &text)]).unwrap_or_else(|flaws| refuse(&flaws))
    };
    let [binding, others @ ..] = LANGUAGES.map(read);
    let mut flaws: Vec<_> = others.iter().flat_map(|other| binding.compare(other)).collect();
    for folder in ["templates", "src"] {
        for file in files(&home.join(folder)) {
            let text = fs::read_to_string(&file).expect("sources are text");
            flaws.extend(binding.check(&file.display().to_string(), &lexicon::uses(&text)));
        }
    }
    if !flaws.is_empty() {
        refuse(&flaws);
    }
}

fn refuse(flaws: &[lexicon::Flaw]) -> ! {
    for flaw in flaws {
        println!("cargo::error={flaw}");
    }
    std::process::exit(1);
}

fn write_assets(home: &Path, out: &Path) {
    let mut found: Vec<(String, Vec<u8>)> = Vec::new();
    let mut sheet = style(home);
    for file in files(&home.join("pictures")) {
        let name = file
            .file_name()
            .and_then(|n| n.to_str())
            .expect("plain names")
            .to_owned();
        let bytes = fs::read(&file).expect("pictures can be read");
        // The sheet lies beside the pictures, so it names them as they are served.
        sheet = sheet.replace(
            &format!("url({name})"),
            &format!("url({})", served_as(&name, &bytes)),
        );
        found.push((name, bytes));
    }
    found.insert(0, ("look.css".to_owned(), sheet.into_bytes()));
    let mut code = String::from("static ASSETS: &[Asset] = &[\n");
    for (name, bytes) in &found {
        let digest = Sha256::digest(bytes);
        let ending = name.rsplit_once('.').expect("assets have an ending").1;
        let file = out.join(name);
        fs::write(&file, bytes).expect("the build folder can be written");
        let media_type = match ending {
            "css" => "text/css; charset=utf-8",
            "svg" => "image/svg+xml",
            other => panic!("no media type for .{other}"),
        };
        writeln!(
            code,
            "Asset {{ name: {name:?}, path: \"/look/{}\", bytes: include_bytes!({:?}), media_type: \
             {media_type:?}, digest: {:?} }},",
            served_as(name, bytes),
            file.display().to_string(),
            BASE64.encode(&digest),
        )
        .expect("a string takes everything");
    }
    code.push_str("];\nconst STYLE_AT: usize = 0;\n");
    fs::write(out.join("assets.rs"), code).expect("the build folder can be written");
}

/// A file's name with a digest of what it holds.
fn served_as(name: &str, bytes: &[u8]) -> String {
    let (stem, ending) = name.rsplit_once('.').expect("assets have an ending");
    format!(
        "{stem}-{}.{ending}",
        &HEXLOWER.encode(&Sha256::digest(bytes))[..12]
    )
}

/// The style sheet: our tokens first, then what was vendored, then what is ours, each folder in order of name.
fn style(home: &Path) -> String {
    let mut sheet = String::from("@charset \"UTF-8\";@layer tokens,vendor,ours;");
    for (layer, folder) in [
        ("tokens", "style/tokens"),
        ("vendor", "vendor/utrecht"),
        ("ours", "style/parts"),
    ] {
        write!(sheet, "@layer {layer}{{").expect("a string takes everything");
        for file in files(&home.join(folder)) {
            if file.extension().is_some_and(|e| e == "css") {
                let text = fs::read_to_string(&file).expect("styles are text");
                sheet.push_str(&squeeze(&text.replace("@charset \"UTF-8\";", "")));
            }
        }
        sheet.push('}');
    }
    sheet
}

/// CSS without comments and without white space that means nothing. Strings are left as they are.
fn squeeze(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("/*") {
            rest = after.find("*/").map_or("", |end| &after[end + 2..]);
        } else if c == '"' || c == '\'' {
            let end = rest[1..].find(c).map_or(rest.len(), |end| end + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if c.is_whitespace() {
            rest = rest.trim_start();
            let before = out.chars().next_back().unwrap_or('{');
            let next = rest.chars().next().unwrap_or('}');
            let means_nothing = "{};,>".contains(before)
                || "{};,>".contains(next)
                || (before == ':' && out_is_in_value(&out));
            if !means_nothing {
                out.push(' ');
            }
        } else {
            if c == '}' && out.ends_with(';') {
                out.pop();
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// Whether a colon just written ends a property's name, and not the beginning of a pseudo-class.
fn out_is_in_value(out: &str) -> bool {
    out[..out.len() - 1]
        .rsplit(['{', ';', '}'])
        .next()
        .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
}

/// Every file below a folder, in order of path; none where the folder does not exist.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Ok(entries) = fs::read_dir(folder) {
        for entry in entries.flatten() {
            let path = entry.path();
            if path.is_dir() {
                found.extend(files(&path));
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
