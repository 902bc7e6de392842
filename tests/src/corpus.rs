//! The large corpora, which are not part of the project.

use std::path::{Path, PathBuf};

use makeready::{by_name, probe};

use crate::path;

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

/// A picture of every format that is read, with the format's name: of those in `images/` and `images/uploads/` the smallest that has enough
/// bytes
/// to be cut at many places.
///
/// # Panics
/// When a format has none.
#[must_use]
pub fn every_format() -> Vec<(&'static str, Vec<u8>)> {
    let folders = ["images", "images/uploads"];
    let images: Vec<_> = folders.iter().flat_map(|folder| files(&path(folder))).collect();
    let enough = images.iter().map(|path| std::fs::read(path).expect("an image"));
    let mut enough: Vec<Vec<u8>> = enough.filter(|file| file.len() >= 10_000).collect();
    enough.sort_by_key(Vec::len);
    let is =
        |name: &str, file: &[u8]| probe(file.to_vec()).is_ok_and(|told| told.format.name() == name);
    let picture = |name| {
        let file = enough.iter().find(|file| is(name, file));
        (name, file.unwrap_or_else(|| panic!("images/ has no {name} of 10 kB")).clone())
    };
    by_name::file_formats().filter(|name| !ONLY_WHERE_NAMED.contains(name)).map(picture).collect()
}

/// The formats that are opened only where they are named: `cases/vector.toml`, `tests/vector.rs` and `tests/uploads.rs` are theirs.
pub const ONLY_WHERE_NAMED: [&str; 3] = ["svg", "pdf", "tga"];

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
