//! Canaries: words that may not stand in what a process keeps.

use std::path::{Path, PathBuf};

/// Which of `words` stand in which files below `folder`, as `file: word`.
pub(crate) fn found(folder: &Path, words: &[String]) -> std::io::Result<Vec<String>> {
    let mut hits = Vec::new();
    for path in files(folder)? {
        // As text, whose search the standard library brings optimised: what is none is replaced, and no word with it.
        let bytes = std::fs::read(&path)?;
        let text = String::from_utf8_lossy(&bytes);
        for word in words.iter().filter(|word| !word.is_empty()) {
            if text.contains(word.as_str()) {
                hits.push(format!("{}: {word}", path.display()));
            }
        }
    }
    Ok(hits)
}

/// How many files lie below `folder`.
pub(crate) fn count(folder: &Path) -> std::io::Result<usize> {
    Ok(files(folder)?.len())
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
