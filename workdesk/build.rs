//! Checks the words: one that is missing in any language stops the build.

use std::path::PathBuf;
use std::{env, io};

use handdruk_look::{Language, compile};

/// The languages that professionals read. The binding one first.
const LANGUAGES: [Language; 2] = [Language::Nl, Language::En];

fn main() -> io::Result<()> {
    let home = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let flaws = compile::write(&home, &out, &LANGUAGES)?;
    for flaw in &flaws {
        println!("cargo::error={flaw}");
    }
    if flaws.is_empty() {
        Ok(())
    } else {
        Err(io::Error::other("the words are not complete"))
    }
}
