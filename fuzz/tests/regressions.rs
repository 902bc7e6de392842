//! Every file that failed once holds now: all of `regressions` through every property.

use makeready_fuzz::{PROPERTIES, seeds};

/// The number of files, so that a lost file is noticed.
const FILES: usize = 9;

#[test]
fn every_property_holds_for_every_regression() {
    let files = seeds::below(&seeds::regressions());
    assert_eq!(files.len(), FILES);
    for file in files {
        for (name, property) in PROPERTIES {
            let outcome = std::panic::catch_unwind(|| property(&file.bytes));
            assert!(outcome.is_ok(), "{name}: {}", file.path.display());
        }
    }
}
