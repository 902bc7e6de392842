//! Lowers a logical plan to one that can be executed, and bounds its cost.
//!
//! Every node gives its rows in bands from top to bottom. Lowering fixes where bands are cut, how
//! far a node may run ahead of its users, and which rows are needed at all. [`bound`] then steps
//! through that schedule to find the most memory it can hold.

mod bound;
mod film;

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::error::{Error, Result};
use crate::formats::{self, DecodeRequest};
use crate::ops::{Kind, RowOp, crop, orient, resample, stitch};
use crate::picture::image::band::Band;
use crate::picture::motion::Motion;
use crate::picture::reserve::reserved;
use crate::picture::shape::Shape;
use crate::plan::{Input, Op, Plan};
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::options::Encode;
use crate::run::cost::cost;
pub(crate) use film::{FilmOutput, FilmPlan, frame};
use makeready_kernels::Level;

/// The limits, threads and kernels that a run works with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunSettings {
    /// Limits of the pass as a whole; inputs have their own.
    pub(crate) limits: Limits,
    /// Threads that run tasks at a time.
    pub(crate) threads: usize,
    /// Rows of a band, unless an operation prefers another number.
    pub(crate) band_rows: u32,
    /// The instructions that kernels may use.
    pub(crate) level: Level,
}

impl RunSettings {
    /// Rows of a band, by default. At 4000 pixels across, 64 rows are 768 KB and stay in the cache;
    /// with fewer, threads that have just woken wait for one another more often. Several outputs on
    /// few threads take 32 all the same, as the rows they share are held for the slowest.
    pub(crate) fn band_rows(threads: usize, outputs: usize) -> u32 {
        if threads == 1 || threads == 2 && outputs > 1 { 32 } else { 64 }
    }
}

/// Bands that inputs may make ahead of their output's current one.
pub(crate) const AHEAD: u32 = 1;

/// A plan to execute. Among its nodes, inputs come before their users.
pub(crate) struct ExecPlan {
    pub(crate) nodes: Vec<ExecNode>,
    /// The node of each root.
    pub(crate) roots: Vec<usize>,
    pub(crate) inputs: Vec<Input>,
    pub(crate) settings: RunSettings,
    /// The most bytes that a run of this plan holds at a time.
    pub(crate) peak_memory: u64,
    /// Microseconds of one core that a run takes.
    pub(crate) cost: u64,
    /// The pixels that all nodes make together.
    pub(crate) work: u64,
    /// The bytes that all nodes make together: tells small jobs from large ones.
    pub(crate) bytes_made: u64,
    /// Threads of the run. Frames of a film have one each: that of the settings.
    pub(crate) threads: usize,
    /// How it runs once a frame, where an output moves.
    pub(crate) film: Option<FilmPlan>,
}

impl ExecPlan {
    /// The film that a root gives the frames of.
    pub(crate) fn film(&self, root: usize) -> Option<&FilmOutput> {
        self.film.as_ref()?.outputs.iter().find(|output| output.node == root)
    }

    /// The time of the film that a root gives.
    pub(crate) fn motion(&self, root: usize) -> Option<Motion> {
        let FilmOutput { encode, motion, .. } = self.film(root)?;
        Some(formats::writer(encode).motion(motion))
    }

    /// Gives a root and all nodes that it is made from.
    pub(crate) fn below(&self, root: usize) -> HashSet<usize> {
        let (mut below, mut next) = (HashSet::from([root]), vec![root]);
        while let Some(id) = next.pop() {
            next.extend(self.nodes[id].inputs.iter().filter(|&&input| below.insert(input)));
        }
        below
    }
}

/// A node that gives rows, or takes them and gives an output.
pub(crate) struct ExecNode {
    pub(crate) op: ExecOp,
    pub(crate) inputs: Vec<usize>,
    /// The users of its rows, each a node and the port it takes them by.
    pub(crate) users: Vec<(usize, usize)>,
    pub(crate) shape: Shape,
    /// Rows of a band; the last one may have fewer.
    pub(crate) band_rows: u32,
    /// The number of rows, from the top, that its users need.
    pub(crate) rows_needed: u32,
    /// Rows that it may be ahead of its slowest user; set where several outputs use it.
    pub(crate) ahead: Option<u32>,
}

/// The operation of a node.
pub(crate) enum ExecOp {
    /// Decodes an input. Rows of a raw picture may be `lent`, and then take no memory.
    Decode {
        input: usize,
        request: DecodeRequest,
        memory: u64,
        lent: bool,
    },
    Rows(Box<dyn RowOp>),
    Encode(Encode),
    Copy {
        input: usize,
    },
    Collect,
}

impl ExecNode {
    /// The rows of input `port` that output rows `rows` need. An output needs the rows it takes.
    pub(crate) fn needs(&self, rows: Range<u32>, port: usize) -> Range<u32> {
        match &self.op {
            ExecOp::Rows(op) => op.needs(rows, port),
            _ => rows,
        }
    }

    /// The end of the band that `row` lies in.
    pub(crate) fn band_end(&self, row: u32) -> u32 {
        let end = row / self.band_rows * self.band_rows;
        end.saturating_add(self.band_rows).min(self.shape.size.height)
    }

    /// The bands that hold `rows`.
    pub(crate) fn whole_bands(&self, rows: Range<u32>) -> Range<u32> {
        if rows.is_empty() {
            return rows;
        }
        rows.start / self.band_rows * self.band_rows..self.band_end(rows.end - 1)
    }

    /// The row `bands` bands below `row`, which begins one. Bands behind the last row needed do not
    /// count.
    pub(crate) fn after_bands(&self, row: u32, bands: u32) -> u32 {
        (0..bands).fold(row, |row, _| if row < self.rows_needed { self.band_end(row) } else { row })
    }

    /// Bands of an output or a shared node that run or may run next. The rows of their inputs are
    /// kept.
    pub(crate) fn bands_under_way(&self, threads: usize) -> u32 {
        let running = u32::try_from(self.most_running(threads)).unwrap_or(u32::MAX);
        running.max(AHEAD + 1)
    }

    /// Tells whether it takes rows and gives an output.
    pub(crate) fn is_sink(&self) -> bool {
        matches!(self.op, ExecOp::Encode(_) | ExecOp::Collect | ExecOp::Copy { .. })
    }

    /// Tells whether its rows lie in the memory of a raw picture.
    pub(crate) fn is_lent(&self) -> bool {
        matches!(self.op, ExecOp::Decode { lent: true, .. })
    }

    /// Tells whether several outputs use its rows.
    pub(crate) fn is_shared(&self) -> bool {
        self.users.len() > 1
    }

    /// Bands that it may make at a time. Decoders and encoders go through their file in order, and
    /// moving pixels is not worth more rows in memory.
    pub(crate) fn most_running(&self, threads: usize) -> usize {
        match &self.op {
            ExecOp::Rows(op) if op.kind() == Kind::Resample => threads.min(4),
            _ => 1,
        }
    }
}

/// Lowers a plan and checks its pixels and its memory against the limits.
pub(crate) fn lower(plan: &Plan, settings: RunSettings, watch: &Watch) -> Result<ExecPlan> {
    let order = plan.live();
    let films = plan.roots.iter().filter_map(|&root| plan.motion(root).map(Motion::frames));
    let frames = films.max();
    let work = pixels_made(plan, &order).saturating_mul(frames.unwrap_or(1).into());
    check("max_work", settings.limits.max_work, work)?;
    let threads = settings.threads;
    let settings = RunSettings { threads: if frames.is_some() { 1 } else { threads }, ..settings };
    let number: HashMap<usize, usize> = order.iter().enumerate().map(|(i, &id)| (id, i)).collect();
    let mut nodes = reserved(order.len())?;
    for &id in &order {
        watch.check()?;
        let node = &plan.nodes[id];
        let inputs: Vec<usize> = node.inputs.iter().map(|id| number[id]).collect();
        let shapes: Vec<Shape> = node.inputs.iter().map(|&id| plan.shape(id)).collect();
        let moves = node.op.is_output() && plan.motion(id).is_some();
        let op = match moves {
            true => ExecOp::Collect,
            false => lower_op(plan, &node.op, &shapes, &settings)?,
        };
        let band_rows = match (&op, inputs.first()) {
            // An output takes the bands as they come.
            (ExecOp::Encode(_) | ExecOp::Collect, Some(&input)) => {
                let input: &ExecNode = &nodes[input];
                input.band_rows
            }
            _ => band_rows(&op, node.shape, plan, &settings),
        };
        // An encoder takes the layout of its input, which may be planes.
        let shape = match (&op, shapes.first()) {
            (ExecOp::Encode(_) | ExecOp::Collect, Some(&shape)) => shape,
            _ => node.shape,
        };
        nodes.push(ExecNode {
            band_rows,
            op,
            inputs,
            users: Vec::new(),
            shape,
            rows_needed: 0,
            ahead: None,
        });
    }
    connect(&mut nodes);
    let roots = plan.roots.iter().map(|id| number[id]).collect();
    let mut exec = ExecPlan {
        work,
        bytes_made: nodes.iter().map(|node| node.shape.layout.bytes(node.shape.size)).sum(),
        nodes,
        roots,
        inputs: plan.inputs.clone(),
        settings,
        peak_memory: 0,
        cost: 0,
        threads,
        film: None,
    };
    exec.peak_memory = bound::settle(&mut exec, watch)?;
    if let Some(frames) = frames {
        film::settle(&mut exec, plan, frames, &number);
    }
    exec.peak_memory += bound::left_out(&exec, plan.nodes.len());
    exec.peak_memory += bound::embedding(&exec, &plan.outputs);
    check("max_memory", settings.limits.max_memory, exec.peak_memory)?;
    exec.cost = cost(&exec);
    Ok(exec)
}

/// Pixels of all pictures on the way, outputs included. They are counted in the optimized plan:
/// pixels that decoders leave out cost next to nothing, and a service for thumbnails of large
/// pictures should not need the limit of a service for posters.
fn pixels_made(plan: &Plan, order: &[usize]) -> u64 {
    let made = |&id: &usize| match plan.op(id) {
        Op::Copy { .. } => 0,
        _ => plan.shape(id).size.pixels(),
    };
    order.iter().map(made).fold(0, u64::saturating_add)
}

/// Makes the executable form of an operation whose inputs have these shapes.
fn lower_op(plan: &Plan, op: &Op, shapes: &[Shape], settings: &RunSettings) -> Result<ExecOp> {
    let first =
        || shapes.first().copied().ok_or_else(|| Error::internal(format!("{op} of nothing")));
    Ok(match op {
        Op::Decode { input, scale, region, layout } => {
            let Input { source, opened, ordinal, limits, .. } = &plan.inputs[*input];
            let request = DecodeRequest {
                scale: *scale,
                region: *region,
                layout: *layout,
                recover: plan.inputs[*input].recovers(),
            };
            let memory = opened
                .memory(&request, limits)
                .map_err(|error| error.at_input(*ordinal, source.name()))?;
            let lent = opened.pixels().is_some_and(|image| Band::is_lent(image, *region));
            ExecOp::Decode { input: *input, request, memory, lent }
        }
        Op::Orient(orientation) => {
            rows(orient::Orient { orientation: *orientation, size: first()?.size })
        }
        Op::Crop(rect) => rows(crop::Crop { rect: *rect }),
        Op::Resize(resize) => {
            let Shape { size, layout } = first()?;
            rows(resample::Resample::new(*resize, size, layout, settings.level))
        }
        Op::Stitch(stitch) => {
            let layouts = shapes.iter().map(|shape| shape.layout).collect();
            rows(stitch::Stitch::new(stitch.clone(), layouts))
        }
        Op::Picture(op) => ExecOp::Rows(op.op().rows(first()?, settings.level)),
        Op::Encode(encode) => ExecOp::Encode(*encode),
        Op::Copy { input } => ExecOp::Copy { input: *input },
        Op::Collect => ExecOp::Collect,
    })
}

fn rows(op: impl RowOp + 'static) -> ExecOp {
    ExecOp::Rows(Box::new(op))
}

/// Rows of a band of a node, by the settings or the operation, made up to whole samples of the
/// layout. A decoder without bands gives all rows at once. So does a raw picture that lends its
/// rows, as encoders are faster with more rows at a time.
fn band_rows(op: &ExecOp, shape: Shape, plan: &Plan, settings: &RunSettings) -> u32 {
    let rows = match op {
        ExecOp::Decode { lent: true, .. } => shape.size.height,
        // One step copies the whole file.
        ExecOp::Copy { .. } => shape.size.height,
        ExecOp::Decode { input, .. } if !plan.inputs[*input].header().caps.bands => {
            shape.size.height
        }
        ExecOp::Rows(op) => op.band_rows(settings.band_rows),
        _ => settings.band_rows,
    };
    rows.next_multiple_of(shape.layout.row_unit()).min(shape.size.height)
}

/// Fills in the users of each node, and the rows that they need.
fn connect(nodes: &mut [ExecNode]) {
    for user in (0..nodes.len()).rev() {
        if nodes[user].is_sink() {
            nodes[user].rows_needed = nodes[user].shape.size.height;
        }
        // Rows are made in whole bands, which may need more than the rows asked for.
        let all = nodes[user].whole_bands(0..nodes[user].rows_needed);
        for (port, input) in nodes[user].inputs.clone().into_iter().enumerate() {
            let end = nodes[user].needs(all.clone(), port).end;
            nodes[input].users.push((user, port));
            nodes[input].rows_needed = nodes[input].rows_needed.max(end);
        }
    }
}
