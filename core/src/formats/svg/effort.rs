//! The time of filters that look at many pixels for each, and of dashes, which the tree does not show.

use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::tiny_skia_path::{PathSegment, Point};
use resvg::usvg::{Path, Stroke};

/// Waves of a turbulence, each in the time of so many samples.
const WAVE: f64 = 48.0;

/// Dashes of a path beyond which the crate draws it without.
const MOST_DASHES: f64 = 1e6;

/// Samples that a filter of so many pixels looks at, where its unit has `scale` pixels.
pub(super) fn samples(filter: &Filter, scale: (f64, f64), pixels: f64) -> f64 {
    let around = |radius: f32, scale: f64| 2.0 * f64::from(radius) * scale + 2.0;
    let each = filter.primitives().iter().map(|primitive| match primitive.kind() {
        Kind::Morphology(kind) => {
            let (across, down) = (kind.radius_x().get(), kind.radius_y().get());
            (around(across, scale.0) * around(down, scale.1)).min(pixels)
        }
        Kind::ConvolveMatrix(kind) => kind.matrix().data().len() as f64,
        Kind::Turbulence(kind) => WAVE * f64::from(kind.num_octaves()),
        // One a pixel, of which there are as many as there is memory.
        _ => 0.0,
    });
    pixels * each.sum::<f64>()
}

/// Dashes of the stroke of a path.
pub(super) fn dashes(path: &Path) -> f64 {
    let Some(dashes) = path.stroke().and_then(Stroke::dasharray) else { return 0.0 };
    let (mut length, mut start, mut last) = (0.0, Point::zero(), Point::zero());
    for segment in path.data().segments() {
        // The outline that a curve lies within is no shorter.
        let outline = match segment {
            PathSegment::MoveTo(point) => {
                (start, last) = (point, point);
                continue;
            }
            PathSegment::LineTo(end) => [last, last, end],
            PathSegment::QuadTo(middle, end) => [last, middle, end],
            PathSegment::CubicTo(first, second, end) => {
                length += f64::from(last.distance(first));
                [first, second, end]
            }
            PathSegment::Close => [last, last, start],
        };
        length += f64::from(outline[0].distance(outline[1]) + outline[1].distance(outline[2]));
        last = outline[2];
    }
    let period: f64 = dashes.iter().map(|dash| f64::from(*dash)).sum();
    (length / period * dashes.len() as f64).min(MOST_DASHES)
}
