//! Pixel operations on bands: every output row is a pure function of some input rows.
//!
//! No operation keeps state or knows of bands before or after its own, so that the executor may make
//! rows in any cut and order, on any thread, and always gets the same bytes.

pub(crate) mod colour;
pub(crate) mod colour_space;
pub(crate) mod convert;
pub(crate) mod crop;
pub(crate) mod extend;
mod flatten;
mod neighbourhood;
pub(crate) mod orient;
mod placed;
mod pointwise;
pub(crate) mod records;
pub(crate) mod resample;
pub(crate) mod stitch;
mod trim;

use std::fmt::Display;
use std::ops::Range;

use makeready_kernels::Level;

use crate::error::Result;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::{Colour, Layout};
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::operations::{
    Affine, Blur, EnsureAlpha, Extend, ExtractChannel, Flatten, Gamma, Grayscale, Linear, Median,
    Negate, Recomb, Record, RemoveAlpha, Shear, Threshold, Tint, picture_operations,
};
use crate::recipe::options::{Clahe, Convolve, Levels, Modulate, Normalize, Rotate, Sharpen, Trim};
use colour_space::ConvertColours;
use convert::Convert;
use neighbourhood::Window;
pub(crate) use pointwise::{Fade, colourfulness, lightness, luma};

/// An operation of a plan that makes one picture of one, shown as plans show it. Rules and the executor ask it, and know
/// none by name.
pub(crate) trait PictureOp: Display {
    /// The layout that it is done in: that of the input, or one that holds more. Refuses options that it cannot have.
    fn layout(&self, input: Layout) -> Result<Layout> {
        Ok(input)
    }

    /// The shape of the picture that it gives. Refuses an input that it cannot be done on.
    fn shape(&self, input: Shape) -> Result<Shape>;

    /// Tells whether it gives a picture of this shape as it is.
    fn changes_nothing(&self, _input: Shape) -> bool {
        false
    }

    /// The same of a part of the input, for `rect` of the picture that it gives; `None` where that cannot be.
    fn cropped(&self, _rect: Rect, _input: Size) -> Option<Cropped> {
        None
    }

    /// The same of an input at `1/scale`; `None` where an edge would split a pixel.
    fn scaled(&self, _scale: u32) -> Option<AnyPictureOp> {
        None
    }

    /// The same with its colours changed; `None` where it has none.
    fn recoloured(
        &self,
        _change: &dyn Fn(Colour) -> Result<Colour>,
    ) -> Result<Option<AnyPictureOp>> {
        Ok(None)
    }

    /// Tells whether it is part of a decode, so that a scale passes through it to the decode even where an edge splits a
    /// pixel.
    fn belongs_to_decode(&self) -> bool {
        false
    }

    /// Tells whether it may be done after a shrink instead of before, if it is given the same layout then.
    fn follows_shrink(&self) -> bool {
        false
    }

    /// Tells whether it makes the same of the luma of a picture as of the picture.
    fn sees_luma_alone(&self) -> bool {
        false
    }

    /// Makes the rows, with kernels of `level`.
    fn rows(&self, input: Shape, level: Level) -> Box<dyn RowOp>;
}

/// An operation on a part of its input, for a part of the picture that it gives.
#[derive(Debug)]
pub(crate) struct Cropped {
    /// The part of the input.
    pub(crate) input: Rect,
    pub(crate) op: AnyPictureOp,
}

/// Makes one type of the operations in the list and of those that plans alone have, and the way from it to what they can.
macro_rules! picture_ops {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident($($arg:ident: $Arg:ty),*) => $Record:ident $fields:tt, $by_place:literal;
    )+) => {
        /// One of the operations that make one picture of one.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub(crate) enum AnyPictureOp {
            Convert(Convert),
            ConvertColours(ConvertColours),
            Window(Window),
            Fade(Fade),
            Rotate(Rotate),
            Levels(Levels),
            $($Record($Record),)+
        }

        impl AnyPictureOp {
            pub(crate) fn op(&self) -> &dyn PictureOp {
                match self {
                    Self::Convert(op) => op,
                    Self::ConvertColours(op) => op,
                    Self::Window(op) => op,
                    Self::Fade(op) => op,
                    Self::Rotate(op) => op,
                    Self::Levels(op) => op,
                    $(Self::$Record(op) => op,)+
                }
            }
        }

        impl From<Record> for AnyPictureOp {
            fn from(record: Record) -> Self {
                match record {
                    $(Record::$Record(op) => Self::$Record(op),)+
                }
            }
        }

        $(impl From<$Record> for AnyPictureOp {
            fn from(op: $Record) -> Self {
                Self::$Record(op)
            }
        })+
    };
}

picture_operations!(picture_ops);

/// Makes the way from each of the operations that plans alone have.
macro_rules! plan_ops {
    ($($Op:ident),+) => {$(
        impl From<$Op> for AnyPictureOp {
            fn from(op: $Op) -> Self {
                Self::$Op(op)
            }
        }
    )+};
}

plan_ops!(Convert, ConvertColours, Window, Fade, Rotate, Levels);

/// An operation of the executor.
pub(crate) trait RowOp: Send + Sync {
    /// The rows of input `port` that output rows `rows` are made from; empty where none are. For later
    /// rows it begins no earlier.
    fn needs(&self, rows: Range<u32>, port: usize) -> Range<u32>;

    /// Makes the rows of `out` from those rows of each input.
    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()>;

    /// Rows of its bands, of which `most` are the usual: fewer where a row takes many rows of input.
    fn band_rows(&self, most: u32) -> u32 {
        most
    }

    /// An upper bound of the bytes that [`run`](Self::run) reserves for `rows` output rows.
    fn scratch(&self, _rows: u32) -> u64 {
        0
    }

    /// An upper bound of the bytes that it keeps from the first run on.
    fn held(&self) -> u64 {
        0
    }

    /// Adds the work of its first rows, which it makes in bands of `band_rows`. By default all it does is to move
    /// them.
    fn work(&self, made: Shape, _band_rows: u32, work: &mut Work) {
        work.add(WorkKind::Copy, made.layout.bytes(made.size) as f64);
    }

    /// True where its samples are sums of several: a palette ends with it.
    fn mixes(&self) -> bool {
        false
    }

    /// The kind of work that its time counts as.
    fn kind(&self) -> Kind {
        Kind::Compose
    }
}

/// Kinds of operations, told apart in the timings of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Puts pixels in their place, or changes each by itself.
    Compose,
    /// Makes pixels from their neighbourhood.
    Resample,
}

#[cfg(test)]
mod tests;
