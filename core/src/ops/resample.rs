//! Resample: resizes by convolution, row by row, each axis with weights of its own.
//!
//! An output row is the weighted sum of some source rows, and its samples are weighted sums along that
//! row. Both sets of weights are made once, at the first row, from exact positions; see [`axis`]. So a
//! row is the same in whatever band it is made, and a sample in whatever window.

mod axis;
mod job;
mod kernel;
pub(crate) mod light;
mod narrow;
#[cfg(test)]
mod tests;
mod weights;
mod wide;
mod work;

use std::ops::Range;
use std::sync::OnceLock;

use super::{Kind, RowOp};
use crate::error::{Error, Result};
use crate::ops::records::ResizeOp;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::layout::LayoutPlane;
use crate::picture::reserve::reserved;
use crate::picture::shape::Shape;
use crate::picture::work::Work;
use crate::recipe::options::Kernel;
use axis::{Axis, Extent, Sub};
use job::Job;
pub(super) use kernel::{support, weight};
use makeready_kernels::Level;
use weights::{Form, Weights};
use wide::Curve;

/// Resizes a picture.
pub(crate) struct Resample {
    op: ResizeOp,
    size: Size,
    layout: Layout,
    level: Level,
    /// The weights of planes at full size and of those at less. `None` where memory was refused.
    weights: [OnceLock<Option<PlaneWeights>>; 2],
}

/// The weights of planes of one subsampling.
struct PlaneWeights {
    across: Weights,
    down: Weights,
}

/// A plane as it comes and as it goes.
#[derive(Clone, Copy)]
struct Planes {
    source: LayoutPlane,
    made: LayoutPlane,
}

/// The axes of a plane.
struct Axes {
    across: Axis,
    down: Axis,
}

impl Axes {
    /// An upper bound of the bytes of both weights.
    fn weight_bytes(&self, form: Form) -> u64 {
        weights::bytes(&self.across, form) + weights::bytes(&self.down, form)
    }
}

impl Resample {
    /// A resize of a picture of this size and layout, with the kernels of `level`. Weights wait for the first row.
    pub(crate) fn new(op: ResizeOp, size: Size, layout: Layout, level: Level) -> Self {
        Self { op, size, layout, level, weights: [OnceLock::new(), OnceLock::new()] }
    }

    fn axes(&self, planes: Planes) -> Axes {
        let Planes { source, made } = planes;
        let across = Sub { source: source.sub_x, made: made.sub_x };
        let down = Sub { source: source.sub_y, made: made.sub_y };
        Axes {
            across: Axis::new(self.op.kernel, &columns(&self.op, self.size), across),
            down: Axis::new(self.op.kernel, &rows(&self.op, self.size), down),
        }
    }

    /// Every plane, in order.
    fn planes(&self) -> impl Iterator<Item = Planes> {
        let made = self.op.layout(self.layout).planes();
        let pairs = self.layout.planes().iter().zip(made);
        pairs.map(|(&source, &made)| Planes { source, made })
    }

    /// The first plane, and the first that is subsampled.
    fn distinct(&self) -> impl Iterator<Item = Planes> {
        let subsampled = self.planes().find(|planes| is_subsampled(planes.source));
        self.planes().take(1).chain(subsampled)
    }

    fn weights(&self, planes: Planes) -> Result<&PlaneWeights> {
        let axes = self.axes(planes);
        let make = || {
            let across = Weights::new(&axes.across, self.form()).ok()?;
            Some(PlaneWeights { across, down: Weights::new(&axes.down, self.form()).ok()? })
        };
        let cell = &self.weights[usize::from(is_subsampled(planes.source))];
        let bytes = axes.weight_bytes(self.form());
        cell.get_or_init(make).as_ref().ok_or_else(|| Error::out_of_memory(bytes))
    }

    /// In which form weights are needed. What only copies does so whatever the samples mean: premultiplied
    /// and divided again, clear ones would not come back as they were.
    fn form(&self) -> Form {
        let differs = self.op.linear || self.layout.has_alpha();
        if differs && !self.copies() { Form::Float } else { Form::Fixed }
    }

    /// Whether every sample of the output is one of the source.
    fn copies(&self) -> bool {
        let same = |axes: Axes| axes.across.is_identity() && axes.down.is_identity();
        self.op.kernel == Kernel::Nearest || self.planes().take(1).all(|p| same(self.axes(p)))
    }

    /// Makes the rows of a plane.
    fn run_plane(
        &self,
        source: BandRows<'_>,
        (index, planes): (usize, Planes),
        out: &mut Band,
    ) -> Result<()> {
        let Axes { across, down } = self.axes(planes);
        let weights = self.weights(planes)?;
        let made = planes.made.rows(&out.rows());
        let offset = down.window.start;
        let reached = down.reached(made.start + offset..made.end + offset);
        let columns = across.reached(across.window.clone());
        let channels = planes.source.channels as usize;
        let bytes = columns.start as usize * channels..columns.end as usize * channels;
        let mut rows = reserved::<&[u8]>(reached.len())?;
        rows.extend(reached.clone().map(|y| &source.row(index, y)[bytes.clone()]));
        let job = Job {
            rows: &rows,
            first_source: reached.start,
            first_row: made.start as usize,
            window: across.window.len(),
            same_columns: across.is_identity() && columns.len() == across.window.len(),
            columns,
            across: &weights.across,
            down: &weights.down,
            level: self.level,
        };
        let curve = if self.op.linear { Curve::Linear } else { Curve::Encoded };
        let out = out.plane_mut(index);
        match (channels, self.form()) {
            (1, Form::Fixed) => narrow::run::<1>(&job, out),
            (2, Form::Fixed) => narrow::run::<2>(&job, out),
            (3, Form::Fixed) => narrow::run::<3>(&job, out),
            (_, Form::Fixed) => narrow::run::<4>(&job, out),
            (1, Form::Float) => wide::run::<1>(&job, curve, out),
            (2, Form::Float) => wide::run::<2>(&job, curve, out),
            (3, Form::Float) => wide::run::<3>(&job, curve, out),
            (_, Form::Float) => wide::run::<4>(&job, curve, out),
        }
    }

    /// An upper bound of the bytes that `rows` output rows reserve for a plane.
    fn plane_scratch(&self, planes: Planes, rows: u32) -> u64 {
        let Axes { across, down } = self.axes(planes);
        let rows = rows.div_ceil(planes.made.sub_y);
        let taps = u64::from(down.most_taps());
        let sources = (ceil_u64(f64::from(rows) * down.ratio) + taps + 1).min(down.limit.into());
        let columns = across.reached(across.window.clone()).len() as u64;
        let (channels, behind) =
            (u64::from(planes.source.channels), weights::stride(&across) as u64);
        let pixels = if self.form() == Form::Fixed {
            narrow::scratch(columns, channels, behind)
        } else {
            // Output rows that four source rows are a part of.
            let open = ceil_u64((taps as f64 + 4.0) / down.ratio) + 1;
            let window = across.window.len() as u64;
            let rows = u64::from(rows);
            wide::scratch(columns, channels, behind, window, (rows, open.min(rows)))
        };
        sources * size_of::<&[u8]>() as u64 + pixels
    }
}

impl RowOp for Resample {
    fn needs(&self, made: Range<u32>, _: usize) -> Range<u32> {
        let whole = rows(&self.op, self.size);
        let offset = whole.window.start;
        let made = Extent { window: made.start + offset..made.end + offset, ..whole };
        reached(self.op.kernel, &made, row_sub(&self.op, self.layout))
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        self.planes().enumerate().try_for_each(|plane| self.run_plane(inputs[0], plane, out))
    }

    fn band_rows(&self, most: u32) -> u32 {
        // As many as consume a band of the source: with more, a band's source falls out of the cache and the
        // memory of a run grows.
        let (_, down) = self.op.ratio();
        let rows = ceil_u64(f64::from(most) / down).min(most.into());
        let rows = u32::try_from(rows).unwrap_or(most);
        // Whole MCUs where they are that small, a few rows where the picture shrinks to little.
        if rows < 4 { 4 } else { rows.next_multiple_of(8) }.min(most)
    }

    fn scratch(&self, rows: u32) -> u64 {
        self.distinct().map(|planes| self.plane_scratch(planes, rows)).max().unwrap_or(0)
    }

    fn held(&self) -> u64 {
        self.distinct().map(|planes| self.axes(planes).weight_bytes(self.form())).sum()
    }

    fn work(&self, made: Shape, band_rows: u32, work: &mut Work) {
        self.planes().for_each(|planes| self.plane_work(planes, made.size, band_rows, work));
    }

    fn mixes(&self) -> bool {
        !self.copies()
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}

const fn is_subsampled(plane: LayoutPlane) -> bool {
    plane.sub_x > 1 || plane.sub_y > 1
}

/// A resize across.
fn columns(op: &ResizeOp, size: Size) -> Extent {
    Extent {
        start: op.from.x,
        length: op.from.width,
        unit: op.from.unit,
        to: op.to.width,
        window: op.window.columns(),
        limit: size.width,
    }
}

/// A resize down.
fn rows(op: &ResizeOp, size: Size) -> Extent {
    Extent {
        start: op.from.y,
        length: op.from.height,
        unit: op.from.unit,
        to: op.to.height,
        window: op.window.rows(),
        limit: size.height,
    }
}

/// The part of a source of `size` that the window of a resize is made from, exactly: with the rest cut
/// off, every weight stays as it is.
pub(crate) fn source_window(op: &ResizeOp, size: Size, layout: Layout) -> Rect {
    let columns = reached(op.kernel, &columns(op, size), column_sub(op, layout));
    let rows = reached(op.kernel, &rows(op, size), row_sub(op, layout));
    Rect::new(columns.start, rows.start, columns.end - columns.start, rows.end - rows.start)
}

/// What a sample of the coarsest plane stands for across.
fn column_sub(op: &ResizeOp, source: Layout) -> Sub {
    Sub { source: source.column_unit(), made: op.layout(source).column_unit() }
}

/// What a sample of the coarsest plane stands for down.
fn row_sub(op: &ResizeOp, source: Layout) -> Sub {
    Sub { source: source.row_unit(), made: op.layout(source).row_unit() }
}

/// The pixels along an axis that a window is made from, in planes at full size and in those that are
/// coarsest; whole samples of both. Empty where the window is.
fn reached(kernel: Kernel, extent: &Extent, coarsest: Sub) -> Range<u32> {
    let of = |sub: Sub| {
        let axis = Axis::new(kernel, extent, sub);
        let samples = axis.reached(axis.window.clone());
        samples.start * sub.source..samples.end * sub.source
    };
    let (fine, coarse) = (of(Sub { source: 1, made: 1 }), of(coarsest));
    let (start, end) = (fine.start.min(coarse.start), fine.end.max(coarse.end));
    let unit = coarsest.source;
    start / unit * unit..end.next_multiple_of(unit).min(extent.limit)
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn ceil_u64(value: f64) -> u64 {
    value.ceil() as u64
}
