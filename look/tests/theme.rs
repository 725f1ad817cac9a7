//! The theme keeps its promises: colours can be told apart, the style sheet is small, and what was vendored is what the
//! registry had.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use handdruk_look::assets;
use sha2::{Digest as _, Sha256};

/// WCAG 2.2, 1.4.3: text.
const TEXT: f64 = 4.5;
/// WCAG 2.2, 1.4.11: what shows where a control is.
const CONTROL: f64 = 3.0;

/// Which colour stands on which, and how far apart they must be.
const PAIRS: &[(&str, &[&str], f64)] = &[
    (
        "ink",
        &[
            "ground",
            "surface",
            "sunken",
            "action-tint",
            "warm-tint",
            "yes-tint",
            "wait-tint",
            "no-tint",
        ],
        TEXT,
    ),
    ("soft-ink", &["ground", "surface", "sunken"], TEXT),
    ("action", &["ground", "surface", "action-tint", "wait-tint"], TEXT),
    (
        "action-strong",
        &["ground", "surface", "action-tint", "wait-tint"],
        TEXT,
    ),
    ("on-action", &["action", "action-strong"], TEXT),
    ("yes", &["ground", "surface", "yes-tint"], TEXT),
    ("wait", &["surface", "wait-tint"], TEXT),
    ("no", &["ground", "surface", "no-tint"], TEXT),
    ("control-line", &["ground", "surface"], CONTROL),
    ("warm", &["ground", "surface"], CONTROL),
];

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The colours of each scheme, by name; dark begins with what light says.
fn schemes() -> [(&'static str, BTreeMap<String, [u8; 3]>); 2] {
    let css = fs::read_to_string(home().join("style/tokens/10-colours.css")).expect("the colours");
    let (light, rest) = css
        .split_once("@media (prefers-color-scheme: dark)")
        .expect("a dark scheme");
    let (dark, _) = rest.split_once("@media print").expect("colours on paper");
    let light = colours(light);
    let mut all = light.clone();
    all.extend(colours(dark));
    [("light", light), ("dark", all)]
}

fn colours(css: &str) -> BTreeMap<String, [u8; 3]> {
    css.lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("--look-")?
                .strip_suffix(';')?
                .split_once(": #")
        })
        .map(|(name, hex)| {
            let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
            (name.to_owned(), [byte(0), byte(2), byte(4)])
        })
        .collect()
}

/// WCAG's relative luminance.
fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 {
            channel / 12.92
        } else {
            ((channel + 0.055) / 1.055).powf(2.4)
        }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn black_on_white_is_twenty_one_to_one() {
    assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
    assert!((contrast([119; 3], [255; 3]) - 4.48).abs() < 0.01);
}

#[test]
fn every_colour_can_be_told_from_what_it_stands_on_in_light_and_dark() {
    for (scheme, colours) in schemes() {
        for (colour, grounds, least) in PAIRS {
            for ground in *grounds {
                let found = contrast(colours[*colour], colours[*ground]);
                assert!(
                    found >= *least,
                    "{scheme}: {colour} on {ground} is {found:.2}, needed is {least}"
                );
            }
        }
    }
}

#[test]
fn the_style_sheet_is_at_most_twenty_kilobytes_compressed_and_asks_for_nothing_elsewhere() {
    let sheet = assets().iter().find(|asset| asset.name == "look.css").unwrap();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(sheet.bytes).unwrap();
    let size = packed.finish().unwrap().len();
    assert!(size <= 20 * 1024, "{size} bytes");
    let text = std::str::from_utf8(sheet.bytes).unwrap();
    assert!(!text.contains("://") && !text.contains("data:") && !text.contains("@import"));
    for link in text.split("url(").skip(1) {
        let name = link.split(')').next().unwrap();
        let served = format!("/look/{name}");
        assert!(
            assets().iter().any(|asset| asset.path == served),
            "{name} is not served"
        );
    }
}

#[test]
fn an_asset_is_served_under_a_name_that_changes_with_it() {
    for asset in assets() {
        let digest = data_encoding::HEXLOWER.encode(&Sha256::digest(asset.bytes));
        assert!(asset.path.contains(&digest[..12]), "{}", asset.path);
        assert_eq!(
            asset.digest,
            data_encoding::BASE64.encode(&Sha256::digest(asset.bytes))
        );
    }
}

#[test]
fn what_was_vendored_is_unchanged_and_has_its_licence() {
    let folder = home().join("vendor/utrecht");
    let sums = fs::read_to_string(folder.join("SHA256SUMS")).unwrap();
    let listed: Vec<(&str, &str)> = sums.lines().map(|line| line.split_once("  ").unwrap()).collect();
    for (digest, name) in &listed {
        let found = data_encoding::HEXLOWER.encode(&Sha256::digest(fs::read(folder.join(name)).unwrap()));
        assert_eq!(&found, digest, "{name}");
    }
    assert!(listed.iter().any(|(_, name)| *name == "LICENSE.md"));
    let files = fs::read_dir(&folder).unwrap().filter(|file| {
        let path = file.as_ref().unwrap().path();
        path.extension().is_some_and(|kind| kind == "css")
    });
    assert_eq!(files.count() + 1, listed.len(), "a file that is not listed");
}
