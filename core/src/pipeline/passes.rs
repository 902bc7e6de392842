//! Several pipelines in one pass.

use super::Pipeline;
use crate::error::Result;
use crate::recipe::Recipe;
use crate::run::output::Output;
use crate::run::pass;
use crate::run::planned::Planned;
use crate::run::queue::job::{self, Job};

/// Runs several pipelines in one pass: what they share (inputs, decodes, stitches) is done once. The
/// outputs come in the order of the pipelines.
///
/// Each input, and each picture on the way to an output, is held to the limits of its own pipeline; what several
/// pipelines share, to the strictest of each. For the pass as a whole the strictest `max_outputs`, `max_work` and
/// `max_memory` count, the earliest deadline and any of the cancel tokens; threads, shrink and optimizations are those
/// of the first pipeline.
///
/// ```
/// use makeready::{Image, Jpeg, Layout, Pipeline, Size, WebP, run_all};
///
/// let page = Pipeline::open(Image::new(Size::new(64, 48), Layout::Rgb, vec![120; 9216])?);
/// let print = page.clone().encode(Jpeg::quality(90));
/// let preview = page.resize((16, 12)).encode(WebP::quality(80));
/// let outputs = run_all([&print, &preview])?;
/// assert_eq!((outputs[0].width, outputs[1].width), (64, 16));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::run`]; the first error ends the whole pass.
pub fn run_all<P: AsRef<Pipeline>>(pipelines: impl IntoIterator<Item = P>) -> Result<Vec<Output>> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    pass::run(&recipes(&pipelines))
}

/// As [`run_all`], by the library's own queue: see [`Pipeline::spawn`]. The priority is that of the first pipeline.
///
/// ```
/// use makeready::{Image, Layout, Pipeline, Size, spawn_all};
///
/// let page = Pipeline::open(Image::new(Size::new(64, 48), Layout::Rgb, vec![120; 9216])?);
/// let outputs = spawn_all([page.clone(), page.resize((16, 12))]).wait()?;
/// assert_eq!((outputs[0].width, outputs[1].width), (64, 16));
/// # Ok::<(), makeready::Error>(())
/// ```
pub fn spawn_all(pipelines: impl IntoIterator<Item = Pipeline>) -> Job<Vec<Output>> {
    job::files(pipelines.into_iter().map(|pipeline| pipeline.0).collect())
}

/// As [`Pipeline::plan`], for a pass of several pipelines; in the order of the pipelines.
///
/// ```
/// use makeready::{Pipeline, plan_all};
/// let photo = Pipeline::open("../tests/images/photo.jpg");
/// let plans = plan_all([photo.clone().resize((100, 75)), photo.resize((40, 30))])?;
/// assert_eq!((plans[0].width, plans[1].width), (100, 40));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::plan`].
pub fn plan_all<P: AsRef<Pipeline>>(
    pipelines: impl IntoIterator<Item = P>,
) -> Result<Vec<Planned>> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    pass::plan(&recipes(&pipelines))
}

/// As [`Pipeline::explain`], for a pass of several pipelines; what they share is shown once.
///
/// ```
/// use makeready::{Pipeline, explain_all};
/// let photo = Pipeline::open("../tests/images/photo.jpg");
/// let text = explain_all([photo.clone().resize((100, 75)), photo.resize((40, 30))])?;
/// assert!(text.contains("share_subplans"));
/// # Ok::<(), makeready::Error>(())
/// ```
///
/// # Errors
/// As [`Pipeline::plan`].
pub fn explain_all<P: AsRef<Pipeline>>(pipelines: impl IntoIterator<Item = P>) -> Result<String> {
    let pipelines: Vec<P> = pipelines.into_iter().collect();
    pass::explain(&recipes(&pipelines))
}

pub(super) fn recipes<P: AsRef<Pipeline>>(pipelines: &[P]) -> Vec<&Recipe> {
    pipelines.iter().map(|pipeline| &pipeline.as_ref().0).collect()
}
