//! Bytes of a stranger's file to text.
//!
//! Invariant: the text is exactly what the declared encoding says, or the file is refused. Nothing is guessed and no
//! replacement character is put in: a name read wrongly would match no one at the recipient.

use super::refusal::ImportRefusal;

/// The encodings we read: UTF-8, and what older school systems still write.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Ascii,
    /// Latin-1 and its Windows superset: files labelled ISO-8859-1 use the superset in practice (WHATWG Encoding,
    /// section 4.2 gives both labels one meaning).
    Windows1252,
    Latin9,
}

/// The text of an XML file: byte-order mark first, then the encoding in the XML declaration, then UTF-8 (XML 1.0,
/// appendix F).
pub(super) fn decode_xml(bytes: &[u8]) -> Result<String, ImportRefusal> {
    let (marked, rest) = byte_order_mark(bytes);
    let encoding = match marked {
        // A mark is stronger than the declaration, except that UTF-16 bytes cannot declare anything else.
        Some(encoding) => encoding,
        None => match rest {
            [b'<', 0, ..] => Encoding::Utf16Le,
            [0, b'<', ..] => Encoding::Utf16Be,
            _ => declared(rest)?,
        },
    };
    decode(rest, encoding)
}

/// The text of a JSON file: UTF-8, with a mark tolerated (RFC 8259, section 8.1).
pub(super) fn decode_json(bytes: &[u8]) -> Result<&str, ImportRefusal> {
    let (marked, rest) = byte_order_mark(bytes);
    if marked.is_some_and(|encoding| encoding != Encoding::Utf8) {
        return Err(ImportRefusal::EncodingNotSupported);
    }
    str::from_utf8(rest).map_err(|_| ImportRefusal::EncodingBroken { encoding: "UTF-8" })
}

fn byte_order_mark(bytes: &[u8]) -> (Option<Encoding>, &[u8]) {
    match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => (Some(Encoding::Utf8), rest),
        [0xFF, 0xFE, rest @ ..] => (Some(Encoding::Utf16Le), rest),
        [0xFE, 0xFF, rest @ ..] => (Some(Encoding::Utf16Be), rest),
        _ => (None, bytes),
    }
}

/// The encoding that an XML declaration in ASCII bytes names; UTF-8 without one.
fn declared(bytes: &[u8]) -> Result<Encoding, ImportRefusal> {
    let start = bytes.trim_ascii_start();
    let Some(declaration) = start.strip_prefix(b"<?xml") else {
        return Ok(Encoding::Utf8);
    };
    // A declaration is short; without this bound a file of question marks would be searched in full.
    let head = &declaration[..declaration.len().min(200)];
    let head = head
        .windows(2)
        .position(|pair| pair == b"?>")
        .map_or(head, |end| &head[..end]);
    let Some(at) = head.windows(8).position(|word| word == b"encoding") else {
        return Ok(Encoding::Utf8);
    };
    let value = head[at + 8..].trim_ascii_start();
    let value = value
        .strip_prefix(b"=")
        .map(<[u8]>::trim_ascii_start)
        .unwrap_or_default();
    let Some((quote @ (b'"' | b'\''), value)) = value.split_first() else {
        return Err(ImportRefusal::EncodingNotSupported);
    };
    let label = value
        .split(|byte| byte == quote)
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match label.as_slice() {
        b"utf-8" | b"utf8" => Ok(Encoding::Utf8),
        b"us-ascii" | b"ascii" => Ok(Encoding::Ascii),
        b"iso-8859-1" | b"latin1" | b"windows-1252" | b"cp1252" => Ok(Encoding::Windows1252),
        b"iso-8859-15" | b"latin-9" => Ok(Encoding::Latin9),
        // The declaration itself was readable as ASCII, so the bytes are not UTF-16.
        b"utf-16" | b"utf-16le" | b"utf-16be" => Err(ImportRefusal::EncodingBroken { encoding: "UTF-16" }),
        _ => Err(ImportRefusal::EncodingNotSupported),
    }
}

fn decode(bytes: &[u8], encoding: Encoding) -> Result<String, ImportRefusal> {
    let broken = |encoding| ImportRefusal::EncodingBroken { encoding };
    match encoding {
        Encoding::Utf8 => str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| broken("UTF-8")),
        Encoding::Ascii if bytes.is_ascii() => str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| broken("ASCII")),
        Encoding::Ascii => Err(broken("ASCII")),
        Encoding::Utf16Le => utf16(bytes, u16::from_le_bytes).ok_or(broken("UTF-16")),
        Encoding::Utf16Be => utf16(bytes, u16::from_be_bytes).ok_or(broken("UTF-16")),
        Encoding::Windows1252 => bytes
            .iter()
            .map(|&byte| windows_1252(byte))
            .collect::<Option<_>>()
            .ok_or(broken("windows-1252")),
        Encoding::Latin9 => Ok(bytes.iter().map(|&byte| latin_9(byte)).collect()),
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(pairs.iter().map(|&pair| unit(pair)))
        .collect::<Result<_, _>>()
        .ok()
}

/// Windows-1252, where five bytes have no meaning.
fn windows_1252(byte: u8) -> Option<char> {
    const HIGH: [char; 32] = [
        '€', '\0', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\0', 'Ž', '\0', '\0', '‘', '’',
        '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\0', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9F => Some(HIGH[usize::from(byte - 0x80)]).filter(|&c| c != '\0'),
        _ => Some(char::from(byte)),
    }
}

/// ISO-8859-15: Latin-1 with eight characters replaced.
fn latin_9(byte: u8) -> char {
    match byte {
        0xA4 => '€',
        0xA6 => 'Š',
        0xA8 => 'š',
        0xB4 => 'Ž',
        0xB8 => 'ž',
        0xBC => 'Œ',
        0xBD => 'œ',
        0xBE => 'Ÿ',
        _ => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16_bytes(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    #[test]
    fn a_name_with_accents_reads_the_same_in_every_supported_encoding() {
        let body = "<a>Zoë Şahin</a>".replace('Ş', "S");
        let declared = |label: &str| format!("<?xml version=\"1.0\" encoding=\"{label}\"?>{body}");
        let latin = |label: &str| {
            declared(label)
                .chars()
                .map(|c| u8::try_from(u32::from(c)).unwrap())
                .collect()
        };
        let utf16 = declared("UTF-16");
        let cases: Vec<Vec<u8>> = vec![
            body.clone().into_bytes(),
            declared("utf-8").into_bytes(),
            [b"\xEF\xBB\xBF".as_slice(), declared("UTF-8").as_bytes()].concat(),
            latin("ISO-8859-1"),
            latin("windows-1252"),
            latin("ISO-8859-15"),
            [b"\xFF\xFE".as_slice(), &utf16_bytes(&utf16, u16::to_le_bytes)].concat(),
            [b"\xFE\xFF".as_slice(), &utf16_bytes(&utf16, u16::to_be_bytes)].concat(),
            utf16_bytes(&utf16, u16::to_le_bytes),
        ];
        for (index, bytes) in cases.iter().enumerate() {
            assert!(decode_xml(bytes).unwrap().ends_with(&body), "case {index}");
        }
    }

    #[test]
    fn the_euro_sign_of_windows_and_latin_9_is_a_euro_sign() {
        assert!(
            decode_xml(b"<?xml version='1.0' encoding='windows-1252'?><a>\x80</a>")
                .unwrap()
                .contains('€')
        );
        assert!(
            decode_xml(b"<?xml version='1.0' encoding='iso-8859-15'?><a>\xA4</a>")
                .unwrap()
                .contains('€')
        );
    }

    #[test]
    fn bytes_that_are_not_what_they_declare_are_refused() {
        let broken = |encoding| Err(ImportRefusal::EncodingBroken { encoding });
        assert_eq!(decode_xml(b"<a>Zo\xEB</a>"), broken("UTF-8"));
        assert_eq!(
            decode_xml(b"<?xml version='1.0' encoding='us-ascii'?><a>Zo\xEB</a>"),
            broken("ASCII")
        );
        assert_eq!(
            decode_xml(b"<?xml version='1.0' encoding='UTF-16'?><a/>"),
            broken("UTF-16")
        );
        assert_eq!(decode_xml(b"\xFF\xFE<"), broken("UTF-16"));
        assert_eq!(
            decode_xml(b"<?xml version='1.0' encoding='cp1252'?><a>\x81</a>"),
            broken("windows-1252")
        );
        assert_eq!(
            decode_xml(b"<?xml version='1.0' encoding='EBCDIC-CP-NL'?><a/>"),
            Err(ImportRefusal::EncodingNotSupported)
        );
    }
}
