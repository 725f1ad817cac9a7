//! The house keeps its walls: crates depend only on what docs/ARCHITECTURE.md says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace is above")
}

/// The table of docs/ARCHITECTURE.md: crate -> crates it may use.
fn doors() -> BTreeMap<String, BTreeSet<String>> {
    let text =
        std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("docs/ARCHITECTURE.md is there");
    let mut doors: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in text.lines() {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let [_, name, _, uses, _] = cells[..] else {
            continue;
        };
        let Some(name) = name.strip_prefix('`').and_then(|name| name.strip_suffix('`')) else {
            continue;
        };
        let uses = match uses {
            "-" => BTreeSet::new(),
            "everything above" => doors.keys().cloned().collect(),
            list => list.split(", ").map(str::to_owned).collect(),
        };
        doors.insert(name.to_owned(), uses);
    }
    doors
}

#[test]
fn the_house_has_only_these_doors() {
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo metadata answers");
    let allowed = doors();
    let mut seen = BTreeSet::new();
    for package in metadata.workspace_packages() {
        let name = package
            .name
            .strip_prefix("handdruk-")
            .expect("every crate is named handdruk-*")
            .to_owned();
        let may_use = allowed
            .get(&name)
            .unwrap_or_else(|| panic!("docs/ARCHITECTURE.md does not list {name}"));
        for dependency in package
            .dependencies
            .iter()
            .filter(|d| d.kind == DependencyKind::Normal)
        {
            if let Some(used) = dependency.name.strip_prefix("handdruk-") {
                assert!(
                    may_use.contains(used),
                    "{name} uses {used}, which docs/ARCHITECTURE.md does not allow"
                );
            }
        }
        seen.insert(name);
    }
    let listed: BTreeSet<_> = allowed.into_keys().collect();
    assert_eq!(
        seen, listed,
        "docs/ARCHITECTURE.md and the workspace list the same crates"
    );
}

#[test]
fn every_reason_for_refusal_has_a_page() {
    for reason in handdruk_domain::reason::Reason::ALL {
        let page = root().join(format!("docs/errors/{reason}.md"));
        let text =
            std::fs::read_to_string(&page).unwrap_or_else(|_| panic!("docs/errors/{reason}.md is missing"));
        for part in ["**What it means.**", "**Who can mend it.**", "**How.**"] {
            assert!(text.contains(part), "docs/errors/{reason}.md lacks {part}");
        }
    }
}
