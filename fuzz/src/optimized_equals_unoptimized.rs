//! Exact rules change no byte.

use makeready::{Optimizations, Result};

use crate::pixels;
use crate::recipe::{Dice, random, split};

/// Runs a random recipe with the exact rules and with none.
///
/// # Panics
/// When the pixels differ, the rules make a job fail, or an error is the library's fault.
pub fn optimized_equals_unoptimized(data: &[u8]) {
    let (file, dice) = split(data);
    let Ok(pipeline) = random(file, &mut Dice::new(dice)) else { return };
    let exact = exact().expect("names of rules");
    let written = pixels(&pipeline.clone().optimizations(Optimizations::none()));
    let optimized = pixels(&pipeline.clone().optimizations(exact));
    let plan = || pipeline.explain().unwrap_or_default();
    for error in [written.as_ref().err(), optimized.as_ref().err()].into_iter().flatten() {
        assert!(error.code() != "internal", "{error:?}\n{}", plan());
    }
    // With rules, damage outside of the kept part is never read, so only this direction holds.
    if let Ok(written) = written {
        let optimized = optimized.unwrap_or_else(|error| panic!("{error:?}\n{}", plan()));
        assert_eq!((optimized.size(), optimized.layout()), (written.size(), written.layout()));
        let apart = optimized.data().iter().zip(written.data()).filter(|(a, b)| a != b).count();
        assert!(apart == 0, "{apart} of {} bytes differ\n{}", written.data().len(), plan());
    }
}

fn exact() -> Result<Optimizations> {
    let approximate = Optimizations::approximate();
    approximate.into_iter().try_fold(Optimizations::all(), |rules, name| rules.with(name, false))
}
