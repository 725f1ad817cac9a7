//! What strangers send: bombs, broken files, other encodings, and anything at all.

use proptest::prelude::*;

use super::{SMALL, TODAY, line_of, read, read_on, small};
use crate::import::oso::tree::{MAX_DEPTH, MAX_ELEMENTS};
use crate::import::{At, DropReason, ImportRefusal, MAX_BYTES};

fn refused(bytes: &[u8]) -> ImportRefusal {
    match read_on(bytes, TODAY) {
        Ok(_) => panic!("the dossier was taken in"),
        Err(refusal) => refusal,
    }
}

#[test]
fn an_entity_bomb_is_refused_at_its_doctype() {
    let doctype = "<!DOCTYPE dossier [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<dossier ";
    let bomb = small("<dossier ", doctype).replace("<voornaam>Test", "<voornaam>&b;");
    let at = At::line("the start of the file", 1);
    assert_eq!(refused(bomb.as_bytes()), ImportRefusal::Doctype { at });
    let external = small(
        "<dossier ",
        "<!DOCTYPE dossier SYSTEM \"file:///etc/passwd\">\n<dossier ",
    );
    assert!(matches!(
        refused(external.as_bytes()),
        ImportRefusal::Doctype { .. }
    ));
}

#[test]
fn an_entity_without_a_doctype_is_refused_where_it_stands() {
    for entity in ["&xxe;", "&eacute;"] {
        let dossier = small("<voornaam>Test", &format!("<voornaam>{entity}"));
        let at = At::line(
            "dossier/huidigeschool/leerling/voornaam",
            line_of("<voornaam>Test"),
        );
        assert_eq!(refused(dossier.as_bytes()), ImportRefusal::Entity { at });
    }
    let inside = small(
        "<bsn>",
        "<overigdocumentlijst><document>&xxe;</document></overigdocumentlijst><bsn>",
    );
    assert!(
        matches!(refused(inside.as_bytes()), ImportRefusal::Entity { .. }),
        "also in what is dropped"
    );
    let fine = read(&small("<voornaam>Test", "<voornaam>T&#233;st &amp; Co")).unwrap();
    assert_eq!(
        fine.dossier.identity.unwrap().first_names.unwrap().as_str(),
        "Tést & Co"
    );
}

#[test]
fn fifty_megabytes_are_refused_before_anything_is_parsed() {
    let large = vec![b'<'; 50_000_000];
    let limit = ImportRefusal::TooLarge { limit_mb: 20 };
    assert_eq!(refused(&large), limit);
    assert_eq!(crate::import::detect(&large), Err(limit));
    assert_eq!(MAX_BYTES, 20_000_000);
}

#[test]
fn a_large_attachment_within_the_limit_is_passed_over_and_counted() {
    let content = "QUJD".repeat(4_000_000);
    let document = format!(
        "<overigdocumentlijst><document><bestandsnaam>a.txt</bestandsnaam>\
         <bestandsinhoud>{content}</bestandsinhoud></document></overigdocumentlijst><bsn>"
    );
    let imported = read(&small("<bsn>", &document)).unwrap();
    assert!(imported.sizes.attachment_bytes > 16_000_000);
    let line = imported
        .dropped
        .iter()
        .find(|line| line.reason == DropReason::Attachment)
        .unwrap();
    assert_eq!((line.count, line.fields), (1, 2));
}

#[test]
fn depth_and_number_of_elements_are_bounded() {
    let deep = small(
        "<bsn>",
        &format!("<overigdocumentlijst>{}", "<document>".repeat(1_000_000)),
    );
    assert!(matches!(
        refused(deep.as_bytes()),
        ImportRefusal::TooDeep { limit: MAX_DEPTH, .. }
    ));
    for many in ["<document/>", "<document></document>"] {
        let list = format!(
            "<overigdocumentlijst>{}</overigdocumentlijst><bsn>",
            many.repeat(MAX_ELEMENTS)
        );
        let refusal = refused(small("<bsn>", &list).as_bytes());
        assert!(matches!(
            refusal,
            ImportRefusal::TooManyElements {
                limit: MAX_ELEMENTS,
                ..
            }
        ));
    }
    let names = small(
        "<voornaam>",
        &format!("{}<voornaam>", "<voornaam>A</voornaam>".repeat(MAX_ELEMENTS)),
    );
    assert!(matches!(
        refused(names.as_bytes()),
        ImportRefusal::TooManyElements { .. }
    ));
}

#[test]
fn many_attributes_are_refused_without_comparing_them_all() {
    use std::fmt::Write as _;
    let mut tag = "<bsn".to_owned();
    for number in 0..300_000 {
        write!(tag, " xsi:a{number}=''").unwrap();
    }
    let refusal = refused(small("<bsn", &tag).as_bytes());
    assert!(matches!(refusal, ImportRefusal::UnexpectedAttribute { at } if at.path.ends_with("/bsn")));
}

#[test]
fn a_text_longer_than_its_limit_is_refused_by_name() {
    for long in [
        "A".repeat(121),
        "&#65;".repeat(121),
        format!("<![CDATA[{}]]>", "A".repeat(5000)),
    ] {
        let dossier = small("<voornaam>Test", &format!("<voornaam>{long}"));
        let at = At::line(
            "dossier/huidigeschool/leerling/voornaam",
            line_of("<voornaam>Test"),
        );
        assert_eq!(
            refused(dossier.as_bytes()),
            ImportRefusal::TextTooLong { at, max: 120 }
        );
    }
    let blank = small("<voornaam>Test", &format!("<voornaam>{}Test", " ".repeat(400)));
    assert!(read(&blank).is_ok(), "white space around a text is no text");
}

#[test]
fn broken_xml_is_refused_with_the_fault_and_the_place() {
    let place = "dossier/huidigeschool/leerling";
    let cases = [
        (small("</bsn>", "</bns>"), "tags that do not match"),
        (small("<bsn>", "tekst<bsn>"), "text between elements"),
        (
            small("<bsn>", "<bsn omschrijving='1' omschrijving='2'>"),
            "a broken attribute",
        ),
        (small("<voornaam>Test", "<voornaam>\u{1}"), "a control character"),
        (
            small("<voornaam>Test", "<voornaam>&#0;"),
            "a reference to no character",
        ),
        (
            small("<voornaam>Test", "<voornaam>&#7;"),
            "a reference to no character",
        ),
        (format!("{SMALL}<dossier/>"), "a second root element"),
        (SMALL[..SMALL.len() / 2].to_owned(), "the file ends too early"),
        (
            SMALL.replace("</dossier>", "<!-- "),
            "a tag, comment or declaration that does not end",
        ),
    ];
    for (dossier, expected) in cases {
        match refused(dossier.as_bytes()) {
            ImportRefusal::NotWellFormed { at, fault } => {
                assert_eq!(fault, expected, "at {at}");
                assert!(
                    at.path.starts_with(place) || !at.path.starts_with("dossier/m"),
                    "{at}"
                );
            }
            other => panic!("{expected}: {other}"),
        }
    }
}

#[test]
fn other_encodings_are_read_or_refused_and_never_guessed() {
    let name = "<voornaam>Zoë";
    let accented = small("<voornaam>Test", name);
    let latin: Vec<u8> = accented
        .replace("UTF-8", "ISO-8859-1")
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    let wide: Vec<u8> = accented
        .replace("UTF-8", "UTF-16")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let wide = [b"\xFF\xFE".as_slice(), &wide].concat();
    let marked = [b"\xEF\xBB\xBF".as_slice(), accented.as_bytes()].concat();
    for bytes in [accented.as_bytes(), &latin, &wide, &marked] {
        let imported = read_on(bytes, TODAY).unwrap();
        assert_eq!(
            imported.dossier.identity.unwrap().first_names.unwrap().as_str(),
            "Zoë"
        );
    }
    let lying: Vec<u8> = accented
        .chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect();
    assert_eq!(
        refused(&lying),
        ImportRefusal::EncodingBroken { encoding: "UTF-8" }
    );
    let unknown = small("UTF-8", "UTF-7");
    assert_eq!(refused(unknown.as_bytes()), ImportRefusal::EncodingNotSupported);
}

#[test]
fn an_empty_file_and_another_root_are_refused() {
    for empty in ["", "  \n\t "] {
        assert_eq!(refused(empty.as_bytes()), ImportRefusal::Empty);
    }
    assert_eq!(refused(b"<?xml version='1.0'?>"), ImportRefusal::WrongRoot);
    let list = SMALL
        .replace("<dossier ", "<dossiers ")
        .replace("</dossier>", "</dossiers>");
    assert_eq!(refused(list.as_bytes()), ImportRefusal::WrongRoot);
}

/// The dossiers that we ship, to be mutated.
fn shipped() -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("dossiers");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "xml"))
        .map(|path| std::fs::read(path).unwrap())
        .collect();
    found.push(SMALL.as_bytes().to_vec());
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_importer_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = crate::import::detect(&bytes);
        let _ = read_on(&bytes, TODAY);
    }

    #[test]
    fn no_tags_make_the_importer_panic(text in "(<[?!/]?[a-z]{0,8}( [a-z:]{1,5}='[^']{0,6}')?/?>|&[#a-z0-9]{0,5};|[ -~é]{0,6}){0,60}") {
        let _ = read(&text);
        let _ = read(&small("<bsn>", &format!("{text}<bsn>")));
    }

    #[test]
    fn a_damaged_dossier_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..3), 1..8),
    ) {
        let shipped = shipped();
        let mut bytes = which.get(&shipped).clone();
        for (place, byte, kind) in edits {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => { bytes.truncate(at.max(1)); }
            }
        }
        let _ = read_on(&bytes, TODAY);
    }

    #[test]
    fn a_dossier_with_elements_swapped_or_doubled_is_read_or_refused(
        which in any::<prop::sample::Index>(),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let shipped = shipped();
        let text = String::from_utf8(which.get(&shipped).clone()).unwrap();
        let mut lines: Vec<_> = text.lines().collect();
        let (from, to) = (from.index(lines.len()), to.index(lines.len()));
        let moved = lines[from];
        lines.insert(to, moved);
        if let Ok(imported) = read(&lines.join("\n")) {
            prop_assert!(imported.sizes.dropped_fields <= imported.sizes.fields);
        }
    }
}
