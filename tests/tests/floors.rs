//! The core has seven floors, and a file imports only from its own and those below.

use std::fs;
use std::path::{Path, PathBuf};

/// From the lowest up; floors in one entry know nothing of each other.
const FLOORS: [&[&str]; 7] = [
    &["picture"],
    &["recipe"],
    &["formats", "ops"],
    &["serve"],
    &["plan"],
    &["run"],
    &["pipeline", "probe"],
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// Lines of code outside tests, which may look at the whole from anywhere.
fn code(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a source file");
    let lines =
        text.lines().take_while(|line| *line != "#[cfg(test)]" || !text.contains("mod tests {"));
    lines.filter(|line| !line.trim_start().starts_with("//")).map(str::to_owned).collect()
}

#[test]
fn every_floor_imports_only_from_those_below() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("core").join("src");
    let mut read = 0;
    let mut upward = Vec::new();
    for (height, floor) in FLOORS.iter().enumerate() {
        for room in *floor {
            let above = FLOORS[height..].iter().copied().flatten().filter(|other| *other != room);
            let above: Vec<String> = above.map(|other| format!("crate::{other}")).collect();
            let own = core.join(format!("{room}.rs"));
            for path in files(&core.join(room)).into_iter().chain([own]) {
                if path.ends_with("tests.rs")
                    || path.components().any(|part| part.as_os_str() == "tests")
                {
                    continue;
                }
                read += 1;
                for line in code(&path) {
                    if above.iter().any(|other| line.contains(other.as_str())) {
                        upward.push(format!("{}: {}", path.display(), line.trim()));
                    }
                }
            }
        }
    }
    assert!(read > 60, "{read} files");
    assert!(upward.is_empty(), "{upward:#?}");
}
