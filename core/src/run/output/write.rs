//! Puts a file into its place as a whole.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes `data` the file at `path`.
///
/// ```text
/// a new file beside it: write, take over permissions, flush if asked, rename over the old one
/// on any failure: remove the new file
/// ```
///
/// A device or a FIFO at the path is written to, as nothing could take its place.
pub(super) fn replace(path: &Path, data: &[u8], durable: bool) -> io::Result<()> {
    let old = match fs::metadata(path) {
        Ok(old) => Some(old),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if old.as_ref().is_some_and(|old| !old.is_file()) {
        return OpenOptions::new().write(true).open(path)?.write_all(data);
    }
    if old.is_some() {
        // A read-only file is not replaced, even where its folder lets new files be made.
        drop(OpenOptions::new().write(true).open(path)?);
    }
    let target = followed(path)?;
    let (file, temporary) = new_beside(&target)?;
    let permissions = old.map(|old| old.permissions());
    let written =
        fill(file, data, permissions, durable).and_then(|()| fs::rename(&temporary, &target));
    if written.is_err() {
        // The first error counts.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    if durable { flush_folder(&target) } else { Ok(()) }
}

fn fill(
    mut file: File,
    data: &[u8],
    permissions: Option<Permissions>,
    durable: bool,
) -> io::Result<()> {
    file.write_all(data)?;
    if let Some(permissions) = permissions {
        file.set_permissions(permissions)?;
    }
    if durable { file.sync_all() } else { Ok(()) }
}

/// The path behind links, the last of which may lead nowhere yet.
fn followed(path: &Path) -> io::Result<PathBuf> {
    /// The number that Linux follows.
    const MOST_LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(to) = fs::read_link(&path) else { return Ok(path) };
        path = folder_of(&path).join(to);
    }
    Err(io::Error::other("too many links"))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A new file in the folder of `target`, by a name that no other write has.
fn new_beside(target: &Path) -> io::Result<(File, PathBuf)> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    if target.file_name().is_none() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
    }
    loop {
        // A short name of its own: the name of the target may already be as long as names can be.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!(".makeready-{}-{number}.tmp", process::id());
        let path = folder_of(target).join(name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            // Left by a killed process of the same number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            opened => return opened.map(|file| (file, path)),
        }
    }
}

/// Makes the new name of a file outlive a loss of power.
#[cfg(unix)]
fn flush_folder(target: &Path) -> io::Result<()> {
    File::open(folder_of(target))?.sync_all()
}

/// Does nothing: elsewhere folders cannot be opened, and the system writes its journal by itself.
#[cfg(not(unix))]
fn flush_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
