//! Configuration files: TOML, read once at start.
//!
//! Invariant: a key that nothing reads is an error that names it and its line, so that a misspelt limit never silently
//! means its default. Relative paths count from the file's own directory.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

/// A configuration file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file could not be read.
    #[error("cannot read {path}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Not TOML, or a value of the wrong form, or a key is missing.
    #[error("{path}, line {line}: {message}")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A key that nothing reads.
    #[error("{path}, line {line}: unknown key {key}")]
    UnknownKey {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// The key with the tables above it.
        key: String,
    },
}

/// A path in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct ConfigPath(PathBuf);

impl ConfigPath {
    /// The path, counted from `base` when it is relative.
    pub fn resolve(&self, base: &Path) -> PathBuf {
        base.join(&self.0)
    }
}

impl From<PathBuf> for ConfigPath {
    fn from(path: PathBuf) -> Self {
        Self(path)
    }
}

/// The directory that relative paths in the configuration file `path` count from.
pub fn base(path: &Path) -> PathBuf {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Reads a configuration file.
pub fn load<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_owned(),
        source,
    })?;
    parse(&text, path)
}

/// Reads the text of a configuration file; `path` is only for messages.
pub fn parse<T: DeserializeOwned>(text: &str, path: &Path) -> Result<T, ConfigError> {
    let invalid = |error: &toml::de::Error| ConfigError::Invalid {
        path: path.to_owned(),
        line: line_at(text, error.span().map_or(0, |span| span.start)),
        message: error.message().to_owned(),
    };
    let deserializer = toml::Deserializer::parse(text).map_err(|error| invalid(&error))?;
    let mut unknown: Option<Vec<String>> = None;
    let value = serde_ignored::deserialize(deserializer, |ignored| {
        unknown.get_or_insert_with(|| segments(&ignored));
    })
    .map_err(|error| invalid(&error))?;
    match unknown {
        None => Ok(value),
        Some(key) => Err(ConfigError::UnknownKey {
            path: path.to_owned(),
            line: line_of(text, &key),
            key: key.join("."),
        }),
    }
}

fn segments(path: &serde_ignored::Path<'_>) -> Vec<String> {
    use serde_ignored::Path as P;
    let (parent, own) = match path {
        P::Root => return Vec::new(),
        P::Seq { parent, index } => (parent, Some(index.to_string())),
        P::Map { parent, key } => (parent, Some(key.clone())),
        P::Some { parent } | P::NewtypeStruct { parent } | P::NewtypeVariant { parent } => (parent, None),
    };
    let mut all = segments(parent);
    all.extend(own);
    all
}

/// The line of a key, from 1; the line of the deepest table above it that can be found.
fn line_of(text: &str, key: &[String]) -> usize {
    let Ok(root) = DeTable::parse(text) else { return 1 };
    let mut at = 0;
    let mut value = DeValue::Table(root.into_inner());
    for segment in key {
        let next = match value {
            DeValue::Table(table) => table
                .into_iter()
                .find(|(key, _)| key.get_ref().as_ref() == segment.as_str()),
            DeValue::Array(items) => {
                let item = segment
                    .parse::<usize>()
                    .ok()
                    .and_then(|index| items.into_iter().nth(index));
                let Some(item) = item else { break };
                at = item.span().start;
                value = item.into_inner();
                continue;
            }
            _ => None,
        };
        let Some((key, inner)) = next else { break };
        at = key.span().start;
        value = inner.into_inner();
    }
    line_at(text, at)
}

fn line_at(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Outer {
        listen: String,
        #[serde(default)]
        limits: Limits,
    }

    #[derive(Debug, PartialEq, Default, Deserialize)]
    struct Limits {
        #[serde(default)]
        connections: usize,
    }

    fn error(text: &str) -> String {
        parse::<Outer>(text, Path::new("gateway.toml"))
            .expect_err("refused")
            .to_string()
    }

    #[test]
    fn an_unknown_key_is_named_with_its_line() {
        let text = "listen = \"127.0.0.1:0\"\n\n[limits]\n# a comment\nconections = 3\n";
        assert_eq!(error(text), "gateway.toml, line 5: unknown key limits.conections");
        assert_eq!(
            error("listne = \"x\"\nlisten = \"y\"\n"),
            "gateway.toml, line 1: unknown key listne"
        );
    }

    #[test]
    fn a_wrong_or_missing_value_is_named_with_its_line() {
        assert!(error("listen = 3\n").starts_with("gateway.toml, line 1: invalid type: integer"));
        assert!(error("[limits]\nconnections = 3\n").contains("missing field `listen`"));
        assert!(error("listen = \n").starts_with("gateway.toml, line 1: "));
    }

    #[test]
    fn a_good_file_is_read_and_its_paths_count_from_its_directory() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("gateway.toml");
        std::fs::write(&path, "listen = \"127.0.0.1:0\"\n").expect("writes");
        let read: Outer = load(&path).expect("reads");
        assert_eq!(
            read,
            Outer {
                listen: "127.0.0.1:0".into(),
                limits: Limits::default()
            }
        );
        assert_eq!(
            ConfigPath::from(PathBuf::from("key.pem")).resolve(&base(&path)),
            directory.path().join("key.pem")
        );
        assert_eq!(
            ConfigPath::from(PathBuf::from("/etc/key")).resolve(&base(&path)),
            Path::new("/etc/key")
        );
        assert_eq!(base(Path::new("gateway.toml")), Path::new("."));
        assert!(matches!(
            load::<Outer>(&directory.path().join("none")),
            Err(ConfigError::Read { .. })
        ));
    }
}
