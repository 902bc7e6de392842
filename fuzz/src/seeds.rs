//! The files that inputs are made from.

use std::path::{Path, PathBuf};

/// Corpora that are not part of the project, used where they lie beside the checkout.
const CORPORA: [&str; 3] = ["corpora/fuzz-jpeg", "corpora/fuzz-png", "corpora/webp"];

/// Larger files make slow inputs.
const MAX_BYTES: u64 = 64 << 10;

/// A file and its bytes.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Where it is.
    pub path: PathBuf,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The folder of inputs that failed once.
#[must_use]
pub fn regressions() -> PathBuf {
    package().join("regressions")
}

/// The folder that failing inputs are written to.
#[must_use]
pub fn crashes() -> PathBuf {
    package().join("crashes")
}

/// All seeds, in order of their folders and names.
#[must_use]
pub fn all() -> Vec<Seed> {
    let shared = std::env::var_os("MAKEREADY_SHARED")
        .map_or_else(|| package().join("../../shared"), PathBuf::from);
    let own = [package().join("../tests/images"), regressions()];
    own.into_iter().chain(CORPORA.map(|name| shared.join(name))).flat_map(|f| below(&f)).collect()
}

/// The files of a folder and of its folders, none where it does not exist.
#[must_use]
pub fn below(folder: &Path) -> Vec<Seed> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        eprintln!("left out: no folder {}", folder.display());
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths.into_iter().flat_map(seeds_at).collect()
}

fn seeds_at(path: PathBuf) -> Vec<Seed> {
    if path.is_dir() {
        return below(&path);
    }
    let small = path.metadata().is_ok_and(|data| data.len() <= MAX_BYTES);
    let bytes = if small { std::fs::read(&path).ok() } else { None };
    bytes.map(|bytes| Seed { path, bytes }).into_iter().collect()
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
