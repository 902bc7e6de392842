//! The EXIF orientations of real files, alone and as tiles of a stitch.

use std::path::PathBuf;

use makeready::{Optimizations, Pipeline, Resize, Result, Stitch, probe};
use makeready_tests::compare::difference;
use makeready_tests::corpus::{corpus, files};

/// The files of one picture, by orientation: 0 (none) to 8.
fn pictures(kind: &str) -> Option<Vec<PathBuf>> {
    let mut paths = files(&corpus("corpora/orientation")?);
    paths.retain(|path| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(kind))
    });
    assert_eq!(paths.len(), 9, "{kind}");
    Some(paths)
}

const KINDS: [(&str, bool); 2] = [("Landscape", true), ("Portrait", false)];

#[test]
fn every_orientation_shows_the_same_picture() -> Result<()> {
    for (kind, wide) in KINDS {
        let Some(paths) = pictures(kind) else { return Ok(()) };
        let shown = |path: &PathBuf| {
            Pipeline::open(path.as_path()).resize(Resize::inside(300, 300)).pixels()
        };
        let upright = shown(&paths[1])?;
        assert_eq!(upright.size().width > upright.size().height, wide, "{kind}");
        for (tag, path) in (0..).zip(&paths) {
            let expected = if tag == 0 { 1 } else { tag };
            assert_eq!(probe(path.as_path())?.orientation, expected, "{}", path.display());
            let apart = difference(&shown(path)?, &upright);
            // The files were each encoded for themselves.
            assert!(apart.mean < 4.0, "{}: {apart:?}", path.display());
        }
    }
    Ok(())
}

#[test]
fn each_tile_of_a_stitch_has_its_own_orientation() -> Result<()> {
    for (kind, _) in KINDS {
        let Some(paths) = pictures(kind) else { return Ok(()) };
        let page = Pipeline::stitch(Stitch::across(3), paths.iter().map(PathBuf::as_path));
        let one = Pipeline::open(paths[1].as_path());
        let same = Pipeline::stitch(Stitch::across(3), vec![one; 9]);
        let small = |page: &Pipeline| page.clone().resize(Resize::inside(600, 600)).pixels();
        let apart = difference(&small(&page)?, &small(&same)?);
        assert!(apart.mean < 4.0, "{kind}: {apart:?}");
        let as_written = page.clone().resize(Resize::inside(600, 600));
        let as_written = as_written.optimizations(Optimizations::none()).pixels()?;
        assert_eq!(as_written.size(), small(&page)?.size());
        let apart = difference(&as_written, &small(&page)?);
        assert!(apart.mean < 2.0, "{kind} as written: {apart:?}");
    }
    Ok(())
}
