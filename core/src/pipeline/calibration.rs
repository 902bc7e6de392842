//! The amounts of work of a pipeline, for the program that measures how long each takes.

use super::Pipeline;
use crate::error::Result;
use crate::picture::work::WorkKind;
use crate::plan::Want;
use crate::run::pass;

/// The kinds of work, each with its name and the number of its levels.
#[must_use]
pub fn kinds() -> &'static [(&'static str, usize)] {
    WorkKind::ALL
}

/// The amounts of all levels of all kinds of work in a run, or where it gives `pixels` alone.
///
/// # Errors
/// As [`Pipeline::plan`].
pub fn work(pipeline: &Pipeline, pixels: bool) -> Result<Vec<f64>> {
    let want = if pixels { Want::Pixels } else { Want::Files };
    Ok(pass::work(&pipeline.0, want)?.amounts().to_vec())
}

#[cfg(test)]
impl Pipeline {
    /// The record of its calls.
    pub(crate) const fn recipe(&self) -> &crate::recipe::Recipe {
        &self.0
    }
}
