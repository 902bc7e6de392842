//! Bad input gives a typed error: never a panic, never memory beyond the limits.

use std::path::PathBuf;

use makeready::{Error, ErrorKind, Image, OnError, Open, Pipeline, Size};
use makeready_tests::corpus::{corpus, every_format, files};
use makeready_tests::image;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

/// Whether a file of unknown worth may give this error.
fn is_typed(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Malformed
            | ErrorKind::Truncated
            | ErrorKind::Unsupported
            | ErrorKind::LimitExceeded
    )
}

fn decode(bytes: Vec<u8>) -> Result<Image, Error> {
    Pipeline::open(bytes).threads(1).pixels()
}

/// Counts the images and the typed errors of a corpus; anything else fails.
fn count(paths: &[PathBuf]) -> (usize, usize) {
    let (mut images, mut errors) = (0, 0);
    for path in paths {
        let bytes = std::fs::read(path).expect("a file of the corpus");
        match decode(bytes.clone()) {
            Ok(_) => images += 1,
            Err(error) => {
                assert!(is_typed(&error), "{}: {error:?}", path.display());
                errors += 1;
            }
        }
        let recover = Open::default().on_error(OnError::Recover);
        if let Err(error) = Pipeline::open_with(bytes, recover).threads(1).resize((40, 40)).run() {
            assert!(is_typed(&error), "{} recovered: {error:?}", path.display());
        }
    }
    eprintln!("{images} images, {errors} typed errors");
    (images, errors)
}

fn walk(corpus_name: &str, expected: usize) -> Option<(usize, usize)> {
    let folder = corpus(corpus_name)?;
    let paths = files(&folder);
    assert_eq!(paths.len(), expected, "files in {corpus_name}");
    Some(count(&paths))
}

#[test]
fn mutated_jpegs_give_an_image_or_a_typed_error() {
    if let Some((images, errors)) = walk("corpora/fuzz-jpeg", 1837) {
        assert!(images > 0 && errors > 0);
    }
}

#[test]
fn mutated_pngs_give_an_image_or_a_typed_error() {
    if let Some((images, errors)) = walk("corpora/fuzz-png", 837) {
        assert!(images > 0 && errors > 0);
    }
}

#[test]
fn the_png_suite_is_read_and_its_corrupt_files_are_refused() {
    let Some(folder) = corpus("corpora/png/png") else {
        return;
    };
    let (bad, good): (Vec<PathBuf>, Vec<PathBuf>) = files(&folder)
        .into_iter()
        .partition(|path| path.file_name().is_some_and(|name| name.as_encoded_bytes()[0] == b'x'));
    assert_eq!((good.len(), bad.len()), (161, 14));
    assert_eq!(count(&good), (161, 0));
    assert_eq!(count(&bad), (0, 14));
}

#[test]
fn the_webp_test_data_are_read() {
    let Some(folder) = corpus("corpora/webp") else {
        return;
    };
    let mut paths = files(&folder);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "webp"));
    assert_eq!(paths.len(), 130);
    assert_eq!(count(&paths), (130, 0));
}

#[test]
fn valid_jpegs_are_read() {
    for (name, expected) in [("corpora/jpeg-valid", 17), ("corpora/jpeg-matrix", 152)] {
        let Some(folder) = corpus(name) else { continue };
        let mut paths = files(&folder);
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "jpg"));
        assert_eq!(paths.len(), expected, "{name}");
        for path in paths {
            let bytes = std::fs::read(&path).expect("a file of the corpus");
            if let Err(error) = decode(bytes) {
                // Lossless and arithmetic files are refused by name.
                let refused = error.kind() == ErrorKind::Unsupported;
                assert!(refused, "{}: {error:?}", path.display());
                eprintln!("{}: {error}", path.display());
            }
        }
    }
}

/// A picture of every format, and those of these names.
fn pictures(names: &[&'static str]) -> Vec<(&'static str, Vec<u8>)> {
    every_format().into_iter().chain(names.iter().map(|&name| (name, image(name)))).collect()
}

/// Every prefix of a small file, and many of a larger one.
#[test]
fn truncated_files_are_typed_errors() {
    for (name, whole) in pictures(&[
        "orient-6.jpg",
        "progressive.jpg",
        "gray.jpg",
        "rgb.png",
        "interlaced.png",
        "palette.png",
        "photo.webp",
        "lossless.webp",
        "alpha.webp",
    ]) {
        let step = (whole.len() / 150).max(1);
        let mut refused = 0;
        for end in (0..whole.len()).step_by(step) {
            match decode(whole[..end].to_vec()) {
                Err(error) => {
                    let expected =
                        matches!(error.kind(), ErrorKind::Truncated | ErrorKind::Unsupported);
                    assert!(expected, "{name} cut at {end}: {error:?}");
                    refused += 1;
                }
                // Bytes behind the last pixel may be missing.
                Ok(_) => assert!(end + 64 > whole.len(), "{name} cut at {end} was read"),
            }
        }
        assert!(refused > 100, "{name}: {refused}");
    }
}

/// A header may claim anything; nothing is reserved for it before the limits are checked.
#[test]
fn claims_of_a_header_reserve_nothing() {
    for name in ["bad/huge.png", "bad/huge.jpg", "text-bomb.png", "bad/plte-length.png"] {
        let bytes = image(name);
        let held = |_| {
            ALLOCATOR.reset_peak_usage();
            let before = ALLOCATOR.current_usage();
            let _ = decode(bytes.clone());
            ALLOCATOR.peak_usage().saturating_sub(before)
        };
        // Other tests of this process hold memory meanwhile: a claim would show every time.
        let held = (0..20).map(held).min();
        assert!(held < Some(1 << 20), "{name}: {held:?} bytes");
        let result = decode(bytes);
        if name == "text-bomb.png" {
            assert_eq!(result.expect("a small picture").size(), Size::new(16, 16));
        } else {
            assert!(is_typed(&result.expect_err(name)));
        }
    }
}

/// A changed byte anywhere in a file never panics.
#[test]
fn changed_bytes_never_panic() {
    let names = ["orient-6.jpg", "progressive.jpg", "rgb.png", "photo.webp", "cmyk.jpg"];
    for (name, whole) in pictures(&names) {
        for i in 0..200 {
            let mut bytes = whole.clone();
            // A fixed walk that meets headers more often than pixels.
            let at = i * i * i % whole.len();
            bytes[at] ^= 1 << (i % 8);
            if let Err(error) = decode(bytes) {
                assert!(is_typed(&error), "{name}, bit {} of byte {at}: {error:?}", i % 8);
            }
        }
    }
}
