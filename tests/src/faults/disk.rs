//! A disk that can be full: a file system in memory for the folder of one process, which is made as small as what lies on it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::cluster::run;

/// How large it is while there is room.
const ROOM: &str = "size=4g";
/// What whoever fills it leaves at most, in bytes: less than a commit needs.
const PAGE: u64 = 4096;

/// One such disk. Dropping it takes it away, with what is on it.
#[derive(Debug)]
pub(crate) struct Disk {
    at: PathBuf,
}

impl Disk {
    /// Puts an empty disk at a folder, which is made if it is not there.
    pub(crate) fn mount(at: &Path) -> anyhow::Result<Self> {
        std::fs::create_dir_all(at)?;
        run(Command::new("mount")
            .args(["-t", "tmpfs", "-o", ROOM, "handdruk"])
            .arg(at))?;
        Ok(Self { at: at.to_owned() })
    }

    /// The folder that it is at.
    pub(crate) fn at(&self) -> &Path {
        &self.at
    }

    /// Whether disks can be mounted here: as root, and outside most containers.
    pub(crate) fn is_possible() -> bool {
        let Ok(folder) = tempfile::tempdir() else {
            return false;
        };
        Self::mount(&folder.path().join("disk")).is_ok()
    }

    /// Leaves no room for anything more.
    pub(crate) fn fill(&self) -> anyhow::Result<()> {
        // More may be written between the look and the change; a disk cannot be smaller than what is on it.
        let mut tries = 0..100;
        loop {
            let size = self.used()?.next_multiple_of(PAGE);
            match self.resize(&format!("size={size}")) {
                Err(error) if tries.next().is_none() => return Err(error),
                Err(_) => {}
                Ok(()) => return Ok(()),
            }
        }
    }

    /// Makes room again.
    pub(crate) fn make_room(&self) -> anyhow::Result<()> {
        self.resize(ROOM)
    }

    /// Copies what lies on it to a folder beside it, which stays.
    pub(crate) fn save(&self) -> anyhow::Result<()> {
        let beside = self.at.with_extension("saved");
        run(Command::new("cp").arg("--archive").arg(&self.at).arg(beside))
    }

    fn resize(&self, size: &str) -> anyhow::Result<()> {
        run(Command::new("mount")
            .args(["-o", &format!("remount,{size}")])
            .arg(&self.at))
    }

    fn used(&self) -> anyhow::Result<u64> {
        let said = Command::new("df")
            .args(["--block-size=1", "--output=used"])
            .arg(&self.at)
            .output()?;
        let text = String::from_utf8(said.stdout).map_err(io::Error::other)?;
        let last = text.lines().last().context("df says nothing")?;
        Ok(last.trim().parse()?)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Whoever still has a file open there keeps it until it ends.
        let _ = run(Command::new("umount").arg("--lazy").arg(&self.at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_takes_nothing_until_there_is_room() {
        if !Disk::is_possible() {
            crate::say("NOT TESTED: no disk can be mounted here");
            return;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Disk::mount(&folder.path().join("disk")).expect("mounts");
        let write = |name: &str| std::fs::write(folder.path().join("disk").join(name), [7; 9000]);
        write("before").expect("there is room");
        disk.fill().expect("fills");
        assert_eq!(
            write("full").expect_err("no room").kind(),
            io::ErrorKind::StorageFull
        );
        disk.make_room().expect("makes room");
        write("after").expect("there is room");
    }
}
