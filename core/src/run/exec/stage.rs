//! The state of a node between its bands, and its step for one band.

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::ProductData;
use super::schedule::Task;
use crate::error::{Error, Result};
use crate::formats::{self, DecodeRequest, Decoder, EncodeInput, Encoder, Encoding, WholeEncoder};
use crate::ops::Kind;
use crate::picture::image::Image;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::reserve::{probed, reserved, reserved_bytes};
use crate::picture::shape::Shape;
use crate::plan::Input;
use crate::recipe::job::Watch;
use crate::recipe::options::Encode;
use crate::run::lower::{ExecNode, ExecOp, ExecPlan};
use crate::run::output::Timings;
use crate::run::queue::Turn;
use makeready_kernels::Level;

/// The surroundings of a step: the plan and its inputs, and the node of the stage.
pub(super) struct Job<'a> {
    pub(super) plan: &'a ExecPlan,
    pub(super) inputs: &'a [Input],
    pub(super) node: &'a ExecNode,
    pub(super) watch: &'a Watch,
    pub(super) turn: Option<&'a Turn>,
}

/// The end of a step.
pub(super) enum Made {
    Band(Band),
    /// An output took a band.
    Taken,
    /// Work of the same step is left, for which other jobs were not to wait.
    Paused,
}

/// The state of a node.
pub(super) struct Stage {
    state: StageState,
    /// Threads that an encoder may use at a time.
    workers: usize,
    time: Duration,
    warnings: Vec<String>,
}

enum StageState {
    /// Not begun, or finished.
    Idle,
    Decoding(Box<dyn Decoder>),
    /// The file is corrupt from here on; all rows before have been given.
    Lost,
    Encoding(Box<dyn Encoder>),
    /// It has all rows.
    Ending(Box<dyn Encoder>),
    Collecting(Vec<u8>),
    Done(ProductData),
}

impl Stage {
    pub(super) fn new(workers: usize) -> Self {
        Self { state: StageState::Idle, workers, time: Duration::ZERO, warnings: Vec::new() }
    }

    /// Makes the rows of a task; an output takes them and gives none. After a pause it goes on with the same task.
    pub(super) fn step(&mut self, job: &Job<'_>, task: &Task) -> Result<Made> {
        let start = Instant::now();
        let (node, rows) = (job.node, task.rows.clone());
        let made = match &node.op {
            ExecOp::Decode { input, request, .. } => {
                self.decode(job, *input, request, rows).map(Made::Band)
            }
            ExecOp::Rows(op) => {
                let inputs: Vec<BandRows<'_>> =
                    task.inputs.iter().map(|b| BandRows::new(b)).collect();
                let mut band = Band::new(node.shape.layout, node.shape.size.width, rows)?;
                op.run(&inputs, &mut band).map(|()| Made::Band(band))
            }
            ExecOp::Encode(encode) => self.encode(job, encode, band_of(task)?),
            ExecOp::Collect => self.collect(node, band_of(task)?, job.watch).map(|()| Made::Taken),
            ExecOp::Copy { input } => {
                self.copy(&job.inputs[*input], job.watch).map(|()| Made::Taken)
            }
        };
        self.time += start.elapsed();
        made
    }

    fn decode(
        &mut self,
        job: &Job<'_>,
        input: usize,
        request: &DecodeRequest,
        rows: Range<u32>,
    ) -> Result<Band> {
        let node = job.node;
        let Input { source, opened, ordinal, .. } = &job.inputs[input];
        let lent = |image| Band::lent(image, request.region, rows.clone());
        if let Some(band) = opened.pixels().and_then(lent) {
            return Ok(band);
        }
        let last = rows.end >= node.rows_needed;
        let mut band = Band::new(node.shape.layout, node.shape.size.width, rows)?;
        let at_input = |error: Error| error.at_input(*ordinal, source.name());
        let mut lost = None;
        let read = self.begin(job, input, request).and_then(|()| self.read(&mut band, job.watch));
        if let Err(error) = read {
            if !error.is_damage() || !request.recover {
                return Err(at_input(error));
            }
            lost = Some(error);
        }
        if last || lost.is_some() {
            // Of several damages the decoder knows the first.
            let known = match &mut self.state {
                StageState::Decoding(decoder) => decoder.lost(),
                _ => None,
            };
            if let Some(error) = known.or(lost) {
                self.warnings.push(at_input(error).to_string());
            }
            self.state = StageState::Lost;
        }
        if last {
            self.state = StageState::Idle;
        }
        Ok(band)
    }

    /// Opens the decoder, before the first rows.
    fn begin(&mut self, job: &Job<'_>, input: usize, request: &DecodeRequest) -> Result<()> {
        if let StageState::Idle = self.state {
            let Input { opened, limits, warning, .. } = &job.inputs[input];
            self.warnings.extend(warning.clone());
            let level = job.plan.settings.level;
            self.state = StageState::Decoding(opened.decode(request, limits, level)?);
        }
        Ok(())
    }

    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        match &mut self.state {
            StageState::Decoding(decoder) => decoder.read(band, watch),
            _ => Ok(()),
        }
    }

    fn encode(&mut self, job: &Job<'_>, encode: &Encode, band: &Band) -> Result<Made> {
        let Job { plan, node, watch, turn, .. } = job;
        if let StageState::Idle = self.state {
            self.state =
                StageState::Encoding(encoder(encode, node, self.workers, plan.settings.level)?);
        }
        if let StageState::Encoding(encoder) = &mut self.state {
            encoder.write(band, watch)?;
        }
        if band.rows().end < node.rows_needed {
            return Ok(Made::Taken);
        }
        let (StageState::Encoding(mut encoder) | StageState::Ending(mut encoder)) =
            std::mem::replace(&mut self.state, StageState::Idle)
        else {
            return Err(Error::internal("an output that has ended was given rows"));
        };
        if !encoder.code_rest(watch, &|| turn.is_some_and(|turn| !turn.may_go_on()))? {
            self.state = StageState::Ending(encoder);
            return Ok(Made::Paused);
        }
        let file = encoder.finish(watch)?;
        self.state = StageState::Done(ProductData::File(file, encode.format()));
        Ok(Made::Taken)
    }

    fn collect(&mut self, node: &ExecNode, band: &Band, watch: &Watch) -> Result<()> {
        let Shape { size, layout } = node.shape;
        if let StageState::Idle = self.state {
            self.state = StageState::Collecting(reserved_bytes(layout.bytes(size))?);
        }
        if let StageState::Collecting(pixels) = &mut self.state {
            add(pixels, band.plane(0), watch)?;
        }
        if band.rows().end == node.rows_needed
            && let StageState::Collecting(pixels) =
                std::mem::replace(&mut self.state, StageState::Idle)
        {
            self.state = StageState::Done(ProductData::Pixels(Image::new(size, layout, pixels)?));
        }
        Ok(())
    }

    fn copy(&mut self, input: &Input, watch: &Watch) -> Result<()> {
        let Input { source, opened, limits, .. } = input;
        let bytes = source.bytes(limits.max_input_bytes)?;
        let bytes = (*bytes).as_ref();
        let mut file = reserved(bytes.len())?;
        add(&mut file, bytes, watch)?;
        self.state = StageState::Done(ProductData::File(file, opened.header().format));
        Ok(())
    }

    /// Warnings of rows that are lost in the file it decodes, and of its profile.
    pub(super) fn warnings(&self) -> &[String] {
        &self.warnings
    }

    pub(super) fn take_data(&mut self) -> Option<ProductData> {
        match std::mem::replace(&mut self.state, StageState::Idle) {
            StageState::Done(data) => Some(data),
            _ => None,
        }
    }

    /// Adds the time of this node to the time of its kind.
    pub(super) fn add_time(&self, node: &ExecNode, timings: &mut Timings) {
        let kind = match &node.op {
            ExecOp::Decode { .. } | ExecOp::Copy { .. } => &mut timings.decode,
            ExecOp::Rows(op) if op.kind() == Kind::Resample => &mut timings.resample,
            ExecOp::Rows(_) | ExecOp::Collect => &mut timings.compose,
            ExecOp::Encode(_) => &mut timings.encode,
        };
        *kind += self.time;
    }
}

/// Bytes that are copied between two questions whether to stop.
const PIECE: usize = 1 << 20;

/// Adds bytes at the end, for which there is room. A raw picture is one band, which takes long to copy.
fn add(to: &mut Vec<u8>, from: &[u8], watch: &Watch) -> Result<()> {
    for piece in from.chunks(PIECE) {
        watch.check()?;
        to.extend_from_slice(piece);
    }
    Ok(())
}

/// The one band that an output takes in a task: it is cut as its input is.
fn band_of(task: &Task) -> Result<&Arc<Band>> {
    match task.inputs.first().map(Vec::as_slice) {
        Some([band]) if band.rows() == task.rows => Ok(band),
        _ => Err(Error::internal("an output's bands are not its input's")),
    }
}

/// The encoder of a node. One that takes no bands is put behind a canvas that collects them.
fn encoder(
    encode: &Encode,
    node: &ExecNode,
    workers: usize,
    level: Level,
) -> Result<Box<dyn Encoder>> {
    let Shape { size, layout } = node.shape;
    let picture = EncodeInput { size, layout, threads: workers, band_rows: node.band_rows };
    let writer = formats::writer(encode);
    match writer.begin(&picture, level)? {
        Encoding::Bands(encoder) => Ok(encoder),
        Encoding::Whole(encoder) => {
            let canvas = Band::new(layout, size.width, 0..size.height)?;
            let memory = writer.memory(&picture);
            let memory = memory.finishing.saturating_sub(memory.writing);
            Ok(Box::new(WholeCanvas { canvas, encoder, memory }))
        }
    }
}

/// Collects bands for an encoder that takes all rows at once.
struct WholeCanvas {
    canvas: Band,
    encoder: Box<dyn WholeEncoder>,
    /// An upper bound of the encoder's bytes besides the canvas.
    memory: u64,
}

impl Encoder for WholeCanvas {
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()> {
        for (index, plane) in band.layout().planes().iter().enumerate() {
            let at = plane.rows(&band.rows()).start as usize * band.stride(index);
            let source = band.plane(index);
            let target = &mut self.canvas.plane_mut(index)[at..at + source.len()];
            for (to, from) in target.chunks_mut(PIECE).zip(source.chunks(PIECE)) {
                watch.check()?;
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>> {
        // libwebp may write a corrupt file where it gets no memory for a palette.
        probed(self.memory)?;
        self.encoder.encode(self.canvas, watch)
    }
}
