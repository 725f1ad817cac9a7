//! Which format a file has, from its first bytes.

use super::MAX_BYTES;
use super::refusal::ImportRefusal;

/// A format that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// XML, presumably OSO.
    OsoXml,
    /// JSON, presumably ours.
    Json,
}

/// What else people push, by how it begins. ZIP comes last of its kind: office documents are ZIP files too.
const STRANGERS: &[(&[u8], &str)] = &[
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xD0\xCF\x11\xE0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x1F\x8B", "a gzip archive"),
    (b"7z\xBC\xAF", "a 7-Zip archive"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
];

/// Tells XML from JSON, and refuses everything else by the name of what it looks like.
pub fn detect(bytes: &[u8]) -> Result<Format, ImportRefusal> {
    if bytes.len() > MAX_BYTES {
        return Err(ImportRefusal::TooLarge {
            limit_mb: MAX_BYTES / 1_000_000,
        });
    }
    // UTF-16 is told by its mark, or by a zero beside the first character.
    if let [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [b'<', 0, ..] | [0, b'<', ..] = bytes {
        return Ok(Format::OsoXml);
    }
    let text = bytes
        .strip_prefix(b"\xEF\xBB\xBF")
        .unwrap_or(bytes)
        .trim_ascii_start();
    if text.is_empty() {
        return Err(ImportRefusal::Empty);
    }
    if let Some((_, looks_like)) = STRANGERS.iter().find(|(magic, _)| text.starts_with(magic)) {
        return Err(ImportRefusal::NotADossier { looks_like });
    }
    let begins = |word: &str| {
        text.get(..word.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    match text.first() {
        Some(b'<') if begins("<!doctype html") || begins("<html") => Err(ImportRefusal::NotADossier {
            looks_like: "a web page",
        }),
        Some(b'<') => Ok(Format::OsoXml),
        Some(b'{') => Ok(Format::Json),
        Some(b'[') => Err(ImportRefusal::NotADossier {
            looks_like: "a list, where one dossier per file is expected",
        }),
        _ => Err(ImportRefusal::NotADossier {
            looks_like: "neither XML nor JSON",
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xml_and_json_are_told_apart_with_and_without_a_mark() {
        for xml in [
            "<dossier/>",
            "<?xml version='1.0'?>\n<dossier/>",
            "\n  <dossier/>",
            "\u{feff}<dossier/>",
        ] {
            assert_eq!(detect(xml.as_bytes()), Ok(Format::OsoXml));
        }
        for json in ["{}", " \r\n{", "\u{feff}{}"] {
            assert_eq!(detect(json.as_bytes()), Ok(Format::Json));
        }
        assert_eq!(detect(b"\xFF\xFE<\0"), Ok(Format::OsoXml));
    }

    #[test]
    fn anything_else_is_refused_by_the_name_of_what_it_looks_like() {
        let named = |looks_like| Err(ImportRefusal::NotADossier { looks_like });
        assert_eq!(detect(b"%PDF-1.7"), named("a PDF document"));
        assert_eq!(
            detect(b"PK\x03\x04rest"),
            named("a ZIP archive or an office document")
        );
        assert_eq!(detect(b"<!DOCTYPE HTML><html>"), named("a web page"));
        assert_eq!(detect(b"<html>"), named("a web page"));
        assert_eq!(
            detect(b"[{}]"),
            named("a list, where one dossier per file is expected")
        );
        assert_eq!(detect(b"naam;bsn"), named("neither XML nor JSON"));
        for empty in ["", " \n\t", "\u{feff}"] {
            assert_eq!(detect(empty.as_bytes()), Err(ImportRefusal::Empty));
        }
    }
}
