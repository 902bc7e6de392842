//! The operations of a logical plan.

use crate::ops::AnyPictureOp;
use crate::ops::records::{Paint, ResizeOp, StitchOp};
use crate::picture::geometry::Rect;
use crate::picture::image::Layout;
use crate::picture::orientation::Orientation;
use crate::recipe::options::Encode;

/// One step of a plan, with everything it needs besides its inputs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Op {
    /// Reads input `input` at `1/scale`, and of that the `region`, in the header's layout or as planes.
    Decode { input: usize, scale: u32, region: Rect, layout: Layout },
    /// Turns and mirrors.
    Orient(Orientation),
    /// Keeps a rectangle.
    Crop(Rect),
    /// Resamples.
    Resize(ResizeOp),
    /// Puts its inputs on a canvas, later ones on top.
    Stitch(StitchOp),
    /// Makes one picture of one.
    Picture(AnyPictureOp),
    /// Makes the file.
    Encode(Encode),
    /// Copies the file of input `input`, of which nothing is left to change.
    Copy { input: usize },
    /// Gives the pixels.
    Collect,
}

impl Op {
    /// Whether it is what a pipeline gives.
    pub(crate) const fn is_output(&self) -> bool {
        matches!(self, Self::Encode(_) | Self::Copy { .. } | Self::Collect)
    }
}

impl std::fmt::Display for Op {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Decode { input, scale, region, .. } => {
                write!(f, "decode #{input}")?;
                if *scale > 1 {
                    write!(f, " at 1/{scale}")?;
                }
                write!(f, " region {region}")
            }
            Self::Orient(orientation) => write!(f, "orient {orientation}"),
            Self::Crop(rect) => write!(f, "crop {rect}"),
            Self::Resize(resize) => {
                write!(f, "resize {} -> {} {}", resize.from, resize.to, resize.kernel.name())?;
                if resize.window != Rect::whole(resize.to) {
                    write!(f, " window {}", resize.window)?;
                }
                f.write_str(if resize.linear { " linear light" } else { "" })
            }
            Self::Stitch(stitch) => {
                write!(f, "stitch {} on {}", stitch.places.len(), stitch.background)?;
                match stitch.paint {
                    Paint::OVER => Ok(()),
                    Paint::Blend(blend) => write!(f, " by {}", blend.name()),
                    Paint::Alpha => f.write_str(" as alpha"),
                }
            }
            Self::Picture(op) => op.op().fmt(f),
            Self::Encode(encode) => write!(f, "encode {encode}"),
            Self::Copy { input } => write!(f, "copy #{input}"),
            Self::Collect => write!(f, "collect pixels"),
        }
    }
}
