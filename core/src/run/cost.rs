//! Predicts the time of a run from its plan alone.
//!
//! Formats and operations count their [`Work`] by kinds: bytes of a file, blocks, samples, products.
//! The time is the sum of the amounts, each times its rate of [`rates`]. What a picture shows costs
//! as well, as a coder is slow on detail: the size of an input tells how much it has, and each node
//! passes that on.
//!
//! ```text
//! for every node, inputs first:
//!     rows: those that its users need, in whole bands
//!     content: of a decode by the bytes of its file; else that of the inputs, by their share
//!     count the work of these rows
//! cost: sum of amounts times rates
//! ```

mod rates;

use super::lower::{self, ExecNode, ExecOp, ExecPlan};
use crate::formats::{self, EncodeInput};
use crate::ops::Kind;
use crate::picture::geometry::Size;
use crate::picture::shape::Shape;
use crate::picture::work::{AMOUNTS, Content, Work, WorkKind};
use rates::RATES;

/// The rates of all levels, in the order of [`WorkKind::ALL`]. A level that is not in the table yet
/// costs nothing, so that the program that writes the table can be built; a test fails meanwhile.
const FLAT: [f64; AMOUNTS] = {
    let mut flat = [0.0; AMOUNTS];
    let (mut kind, mut at) = (0, 0);
    while kind < WorkKind::ALL.len() {
        let mut level = 0;
        while level < WorkKind::ALL[kind].1 {
            if kind < RATES.len() && level < RATES[kind].1.len() {
                flat[at] = RATES[kind].1[level];
            }
            at += 1;
            level += 1;
        }
        kind += 1;
    }
    flat
};

/// Microseconds of one core that a run of the plan takes; at least 1.
pub(crate) fn cost(plan: &ExecPlan) -> u64 {
    let work = work(plan);
    let time: f64 = work.amounts().iter().zip(&FLAT).map(|(amount, rate)| amount * rate).sum();
    microseconds(time)
}

/// Whole microseconds of a time in nanoseconds.
#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn microseconds(nanoseconds: f64) -> u64 {
    ((nanoseconds / 1e3).ceil() as u64).max(1)
}

/// The work of a run of the plan.
pub(crate) fn work(plan: &ExecPlan) -> Work {
    let mut work = Work::none();
    let mut contents: Vec<Content> = Vec::new();
    for (index, node) in plan.nodes.iter().enumerate() {
        let content = content(plan, node, &contents);
        contents.push(content);
        let rows = node.whole_bands(0..node.rows_needed).end;
        let made = Shape { size: Size { height: rows, ..node.shape.size }, ..node.shape };
        work.add(WorkKind::Node, 1.0);
        work.add(WorkKind::Band, f64::from(rows.div_ceil(node.band_rows.max(1))));
        match &node.op {
            ExecOp::Decode { input, request, .. } => {
                plan.inputs[*input].opened.work(request, rows, &mut work);
            }
            ExecOp::Rows(op) => op.work(made, node.band_rows, &mut work),
            ExecOp::Encode(encode) => {
                let Shape { size, layout } = node.shape;
                let (threads, band_rows) = (plan.settings.threads, node.band_rows);
                let picture = EncodeInput { size, layout, threads, band_rows };
                formats::writer(encode).work(&picture, content, &mut work);
            }
            ExecOp::Collect if let Some(film) = plan.film(index) => {
                formats::writer(&film.encode).work(&lower::frame(plan, index), content, &mut work);
            }
            ExecOp::Collect => work.add(WorkKind::Copy, made.layout.bytes(made.size) as f64),
            ExecOp::Copy { input } => {
                let bytes = plan.inputs[*input].source.bytes(u64::MAX);
                let bytes = bytes.map_or(0, |bytes| (*bytes).as_ref().len());
                work.add(WorkKind::Copy, bytes as f64);
            }
        }
    }
    let frames = plan.film.as_ref().map_or(1, |film| film.frames);
    let mut work = work.times(f64::from(frames));
    work.add(WorkKind::Job, 1.0);
    work
}

/// What the picture that a node gives shows. A picture that shrinks has as many edges in a line of
/// fewer pixels. One that grows has fewer, but slopes from one pixel to the next: it keeps more than
/// their share. Colours of a palette end where pixels are mixed.
fn content(plan: &ExecPlan, node: &ExecNode, contents: &[Content]) -> Content {
    if let ExecOp::Decode { input, request, .. } = &node.op {
        let content = plan.inputs[*input].opened.content();
        let detail = (content.detail * f64::from(request.scale)).min(1.0);
        return Content { detail, ..content };
    }
    let resampled = matches!(&node.op, ExecOp::Rows(op) if op.kind() == Kind::Resample);
    let pixels = node.shape.size.pixels() as f64;
    let mixed = matches!(&node.op, ExecOp::Rows(op) if op.mixes());
    let (mut detail, mut palette) = (0.0, !mixed);
    for &input in &node.inputs {
        let share = plan.nodes[input].shape.size.pixels() as f64 / pixels;
        let share = match resampled {
            true if share < 1.0 => share.sqrt().sqrt(),
            true => share.sqrt(),
            false => share.min(1.0),
        };
        detail += contents[input].detail * share;
        palette &= contents[input].palette;
    }
    Content { detail: detail.min(1.0), palette }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::error::Result;
    use crate::plan::Want;
    use crate::recipe::Recipe;
    use crate::recipe::job::Watch;
    use crate::run::pass::prepare;
    use crate::{Jpeg, Pipeline, Png, Stitch};

    const PHOTO: &str = "../tests/images/photo.jpg";

    #[test]
    fn rates_stand_in_the_order_of_the_kinds() {
        assert_eq!(WorkKind::ALL.len(), RATES.len());
        for ((name, levels), (rate, of)) in WorkKind::ALL.iter().zip(RATES) {
            assert_eq!((*name, *levels), (rate, of.len()));
        }
    }

    #[test]
    fn more_work_costs_more() -> Result<()> {
        let photo = || Pipeline::open(PHOTO);
        let cost = |pipeline: Pipeline| Ok::<_, crate::Error>(pipeline.plan()?.cost);
        let jobs = [
            photo().resize((80, 60)).encode(Jpeg::quality(60)),
            photo().resize((800, 600)).encode(Jpeg::quality(60)),
            photo().resize((800, 600)).encode(Jpeg::quality(100)),
            photo().resize((800, 600)).encode(Png::compression_level(9)),
            photo().resize((1600, 1200)).encode(Png::compression_level(9)),
        ];
        let costs = jobs.into_iter().map(cost).collect::<Result<Vec<u64>>>()?;
        assert!(costs.is_sorted_by(|a, b| a < b), "{costs:?}");
        Ok(())
    }

    /// A pass is cheaper than its pipelines one by one, as it does once what they share.
    #[test]
    fn a_pass_costs_as_much_as_all_its_nodes() -> Result<()> {
        let photo = || Pipeline::open(PHOTO).resize((400, 300));
        let jobs = [photo().encode(Jpeg::new()), photo().flop().encode(Jpeg::new())];
        let pass = crate::plan_all(&jobs)?;
        let alone = jobs.iter().map(|job| Ok(job.plan()?.cost)).collect::<Result<Vec<u64>>>()?;
        assert_eq!(pass[0].cost, pass[1].cost);
        assert!(pass[0].cost > alone[0] && pass[0].cost < alone.iter().sum());
        Ok(())
    }

    /// The least of several rounds, as other tests run beside this one. Measured is less than 2 microseconds in release.
    #[test]
    fn a_cost_is_told_in_no_time() -> Result<()> {
        let page =
            Pipeline::stitch(Stitch::across(2), [PHOTO; 4]).resize((80, 60)).encode(Jpeg::new());
        let recipes: [&Recipe; 1] = [page.recipe()];
        let pass = prepare(&recipes, Want::Files, &Watch::default())?;
        let mut least = f64::INFINITY;
        for _ in 0..20 {
            let begin = Instant::now();
            for _ in 0..100 {
                assert_eq!(cost(&pass.exec), pass.exec.cost);
            }
            least = least.min(begin.elapsed().as_secs_f64() * 1e6 / 100.0);
        }
        eprintln!("a cost takes {least:.2} microseconds");
        assert!(least < 20.0, "{least}");
        Ok(())
    }
}
