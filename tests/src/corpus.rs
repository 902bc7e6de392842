//! The large corpora, which are not part of the project.

use std::path::{Path, PathBuf};

/// The folder of a corpus, or `None` where this checkout has none beside it; says so.
#[must_use]
pub fn corpus(relative: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared");
    let shared = std::env::var_os("MAKEREADY_SHARED").map_or_else(beside, PathBuf::from);
    let folder = shared.join(relative);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("left out: no corpus {relative} beside this checkout");
    None
}

/// The files directly in a folder, in order of their names.
///
/// # Panics
/// When the folder cannot be read.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect();
    files.sort();
    files
}
