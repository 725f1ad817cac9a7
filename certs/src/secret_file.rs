//! Files as the authority keeps them: private ones readable by their owner alone, nothing overwritten by accident, and
//! replacements that a reader sees whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// The owner alone (0600).
    Private,
    /// Everybody (0644).
    Public,
}

impl Access {
    const fn mode(self) -> u32 {
        match self {
            Self::Private => 0o600,
            Self::Public => 0o644,
        }
    }
}

/// Writes a file that must not exist yet (`O_EXCL`).
pub(crate) fn write_new(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(access.mode())
        .open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Replaces a file (or makes it) by renaming a complete new one over it.
pub(crate) fn replace(path: &Path, content: &[u8], access: Access) -> io::Result<()> {
    let mut name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
    name.push(".new");
    let new: PathBuf = path.with_file_name(name);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_new(&new, content, access)?;
    fs::rename(&new, path)?;
    // The rename itself must survive a power cut.
    File::open(
        path.parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new(".")),
    )?
    .sync_all()
}

/// Makes a directory, and those above it, that its owner alone may enter (0700). An existing one is left as it is.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_private_file_is_the_owners_alone_and_never_overwritten() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("key");
        write_new(&path, b"secret", Access::Private).expect("writes");
        assert_eq!(
            fs::metadata(&path).expect("exists").permissions().mode() & 0o777,
            0o600
        );
        let again = write_new(&path, b"other", Access::Private).expect_err("refuses");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).expect("reads"), b"secret");
    }

    #[test]
    fn a_replacement_is_whole_and_keeps_its_secrecy() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("key");
        replace(&path, b"one", Access::Private).expect("writes");
        replace(&path, b"two", Access::Private).expect("writes");
        assert_eq!(fs::read(&path).expect("reads"), b"two");
        assert_eq!(
            fs::metadata(&path).expect("exists").permissions().mode() & 0o777,
            0o600
        );
        assert_eq!(fs::read_dir(directory.path()).expect("lists").count(), 1);
    }
}
