//! Rotate: turns by any angle.

use std::fmt;
use std::ops::Range;

use makeready_kernels::Level;

use super::colour::{holding, samples};
use super::{AnyPictureOp, Kind, PictureOp, RowOp};
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::image::band::{Band, BandRows};
use crate::picture::image::{Colour, Layout};
use crate::picture::reserve::reserved;
use crate::picture::shape::Shape;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::options::Rotate;

impl fmt::Display for Rotate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rotate {} on {}", self.degrees.value(), self.background)
    }
}

impl PictureOp for Rotate {
    fn layout(&self, input: Layout) -> Result<Layout> {
        Ok(holding(input, self.background))
    }

    fn shape(&self, input: Shape) -> Result<Shape> {
        Ok(Shape::new(Turn::new(self, input.size)?.to, input.layout))
    }

    fn recoloured(
        &self,
        change: &dyn Fn(Colour) -> Result<Colour>,
    ) -> Result<Option<AnyPictureOp>> {
        Ok(Some(Self { background: change(self.background)?, ..self.clone() }.into()))
    }

    fn rows(&self, input: Shape, _: Level) -> Box<dyn RowOp> {
        // A size that does not fit has been refused with the shape.
        let turn = Turn::new(self, input.size).unwrap_or(Turn::none(input.size));
        Box::new(RotateRows { turn, background: self.background })
    }
}

/// The way from a turned picture back to the one it is made of. Both have one middle.
#[derive(Debug, Clone, Copy)]
struct Turn {
    from: Size,
    to: Size,
    sine: f64,
    cosine: f64,
}

impl Turn {
    /// # Errors
    /// `invalid_option` where the turned picture would be too large for any.
    fn new(rotate: &Rotate, from: Size) -> Result<Self> {
        let (sine, cosine) = rotate.degrees.value().to_radians().sin_cos();
        let (width, height) = (f64::from(from.width), f64::from(from.height));
        // Less than a thousandth of a pixel is nothing.
        let side = |across: f64, down: f64| {
            (width * across.abs() + height * down.abs() - 0.001).ceil().max(1.0)
        };
        let (width, height) = (side(cosine, sine), side(sine, cosine));
        let largest = f64::from(u32::MAX);
        if !(width <= largest && height <= largest) {
            let sentence = format!("a picture of {from} is turned to {width}x{height}");
            return Err(Error::invalid_option(sentence));
        }
        #[allow(clippy::cast_possible_truncation, reason = "compared above")]
        #[allow(clippy::cast_sign_loss, reason = "1 or more")]
        let to = Size::new(width as u32, height as u32);
        Ok(Self { from, to, sine, cosine })
    }

    const fn none(size: Size) -> Self {
        Self { from: size, to: size, sine: 0.0, cosine: 1.0 }
    }

    /// The place in the source of the middle of a pixel, counted from the middle of its first one.
    fn source(&self, x: f64, y: f64) -> (f64, f64) {
        let x = x + 0.5 - f64::from(self.to.width) / 2.0;
        let y = y + 0.5 - f64::from(self.to.height) / 2.0;
        let (width, height) = (f64::from(self.from.width), f64::from(self.from.height));
        (
            x * self.cosine + y * self.sine + width / 2.0 - 0.5,
            y * self.cosine - x * self.sine + height / 2.0 - 0.5,
        )
    }

    /// The source rows that rows of the turned picture reach down to, from the first that they or later ones need.
    fn needed(&self, rows: Range<u32>) -> Range<u32> {
        if rows.is_empty() {
            return 0..0;
        }
        let sides = [0.0, f64::from(self.to.width - 1)];
        let places = |first: u32, last: u32| {
            let ends = [first, last].map(f64::from);
            sides.map(|x| ends.map(|y| self.source(x, y).1)).into_iter().flatten()
        };
        let start = places(rows.start, self.to.height - 1).fold(f64::INFINITY, f64::min);
        let end = places(0, rows.end - 1).fold(f64::NEG_INFINITY, f64::max);
        let last = self.from.height - 1;
        let row = |place: f64| whole(place.clamp(0.0, last.into()));
        row(start)..row(end).saturating_add(1).min(last) + 1
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a place in a picture")]
#[allow(clippy::cast_sign_loss, reason = "a place in a picture")]
fn whole(place: f64) -> u32 {
    place as u32
}

/// Makes each pixel of the four around its place.
struct RotateRows {
    turn: Turn,
    background: Colour,
}

/// Parts of a pixel that places are told apart by.
const PARTS: u32 = 256;

/// Units of a place, in which a row of pixels is walked along.
const UNITS: f64 = (1_u64 << 32) as f64;

/// The place in the source of the first pixel of a row, in units, counted from the pixel before the first one on each side,
/// and the way to the next.
struct Walk {
    x: i64,
    y: i64,
    across: i64,
    down: i64,
}

impl Walk {
    #[allow(clippy::cast_possible_truncation, reason = "places of pictures, below 2^30")]
    fn new(turn: &Turn, y: u32) -> Self {
        let (first, row) = turn.source(0.0, y.into());
        // To the nearest part of a pixel.
        let place = |place: f64| ((place + 1.0 + 0.5 / f64::from(PARTS)) * UNITS).floor() as i64;
        let way = |way: f64| (way * UNITS).round() as i64;
        let (across, down) = (way(turn.cosine), way(-turn.sine));
        Self { x: place(first), y: place(row), across, down }
    }
}

/// The whole pixels and the parts of one, of so many units.
fn split(units: i64) -> (i64, u32) {
    let parts = (units >> 24) & i64::from(PARTS - 1);
    (units >> 32, u32::try_from(parts).unwrap_or(0))
}

impl RotateRows {
    fn rows<const N: usize>(&self, input: BandRows<'_>, out: &mut Band) -> Result<()> {
        let (stride, rows, alpha) = (out.stride(0), out.rows(), out.layout().has_alpha());
        let needed = self.turn.needed(rows.clone());
        let mut source: Vec<&[[u8; N]]> = reserved(needed.len())?;
        source.extend(needed.clone().map(|y| input.row(0, y).as_chunks::<N>().0));
        let background = samples(self.background, input_layout(N));
        let background: [u8; N] = std::array::from_fn(|sample| background[sample]);
        let first = i64::from(needed.start) + 1;
        let sample = |column: i64, row: i64| -> [u8; N] {
            let row = usize::try_from(row - first).ok().and_then(|row| source.get(row));
            let column = usize::try_from(column - 1).ok();
            row.zip(column).and_then(|(row, column)| row.get(column)).copied().unwrap_or(background)
        };
        for (target, y) in out.plane_mut(0).chunks_exact_mut(stride).zip(rows) {
            let Walk { mut x, mut y, across, down } = Walk::new(&self.turn, y);
            for pixel in target.as_chunks_mut::<N>().0 {
                let ((left, right_part), (top, lower_part)) = (split(x), split(y));
                let above =
                    usize::try_from(top - first).ok().and_then(|row| source.get(row..row + 2));
                let column = usize::try_from(left - 1).unwrap_or(usize::MAX);
                let inside = above.and_then(|rows| {
                    let upper: [[u8; N]; 2] = rows[0].get(column..)?.first_chunk().copied()?;
                    let lower: [[u8; N]; 2] = rows[1].get(column..)?.first_chunk().copied()?;
                    Some([upper[0], upper[1], lower[0], lower[1]])
                });
                let pixels = inside.unwrap_or_else(|| {
                    [
                        sample(left, top),
                        sample(left + 1, top),
                        sample(left, top + 1),
                        sample(left + 1, top + 1),
                    ]
                });
                let (left_part, upper_part) = (PARTS - right_part, PARTS - lower_part);
                let weights = [
                    left_part * upper_part,
                    right_part * upper_part,
                    left_part * lower_part,
                    right_part * lower_part,
                ];
                *pixel = if alpha { mean_of_clear(pixels, weights) } else { mean(pixels, weights) };
                (x, y) = (x + across, y + down);
            }
        }
        Ok(())
    }
}

/// The layout of interleaved pixels of so many samples.
const fn input_layout(channels: usize) -> Layout {
    match channels {
        1 => Layout::Gray,
        2 => Layout::GrayA,
        3 => Layout::Rgb,
        _ => Layout::Rgba,
    }
}

/// The mean by weights, which come to 2^16.
fn mean<const N: usize>(pixels: [[u8; N]; 4], weights: [u32; 4]) -> [u8; N] {
    std::array::from_fn(|sample| {
        let sum: u32 = pixels.iter().zip(weights).map(|(p, w)| u32::from(p[sample]) * w).sum();
        byte((sum + (1 << 15)) >> 16)
    })
}

/// The mean by weights and by alpha, the last sample: of what is clear no colour comes.
fn mean_of_clear<const N: usize>(pixels: [[u8; N]; 4], weights: [u32; 4]) -> [u8; N] {
    // They come to 2^16 times 255 at most.
    let weights: [u32; 4] = std::array::from_fn(|at| weights[at] * u32::from(pixels[at][N - 1]));
    let total: u32 = weights.iter().sum();
    if total == 0 {
        return [0; N];
    }
    std::array::from_fn(|sample| {
        if sample == N - 1 {
            return byte((total + (1 << 15)) >> 16);
        }
        let terms = pixels.iter().zip(weights);
        let sum: u64 = terms.map(|(p, w)| u64::from(p[sample]) * u64::from(w)).sum();
        let total = u64::from(total);
        byte(u32::try_from((sum + total / 2) / total).unwrap_or(u32::MAX))
    })
}

fn byte(value: u32) -> u8 {
    u8::try_from(value).unwrap_or(u8::MAX)
}

impl RowOp for RotateRows {
    fn needs(&self, rows: Range<u32>, _: usize) -> Range<u32> {
        self.turn.needed(rows)
    }

    fn run(&self, inputs: &[BandRows<'_>], out: &mut Band) -> Result<()> {
        match out.layout().channels() {
            1 => self.rows::<1>(inputs[0], out),
            2 => self.rows::<2>(inputs[0], out),
            3 => self.rows::<3>(inputs[0], out),
            _ => self.rows::<4>(inputs[0], out),
        }
    }

    fn scratch(&self, _: u32) -> u64 {
        u64::from(self.turn.from.height) * size_of::<&[u8]>() as u64
    }

    fn work(&self, made: Shape, _: u32, work: &mut Work) {
        work.add_at(WorkKind::Neighbour, 1, 4.0 * made.layout.bytes(made.size) as f64);
    }

    fn mixes(&self) -> bool {
        true
    }

    fn kind(&self) -> Kind {
        Kind::Resample
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Image, Pipeline};

    /// A mean of the four pixels around a place, by the plain formulas.
    fn expected(image: &Image, turn: &Turn, background: [f64; 4], x: u32, y: u32) -> Vec<f64> {
        let (x, y) = turn.source(x.into(), y.into());
        let channels = image.layout().channels() as usize;
        let alpha = image.layout().has_alpha();
        let Size { width, height } = image.size();
        let pixel = |column: f64, row: f64| -> Vec<f64> {
            let inside =
                (0.0..width.into()).contains(&column) && (0.0..height.into()).contains(&row);
            if !inside {
                return background[..channels].to_vec();
            }
            let at = (whole(row) * width + whole(column)) as usize * channels;
            image.data()[at..at + channels].iter().map(|sample| f64::from(*sample)).collect()
        };
        let (mut sums, mut total) = (vec![0.0; channels], 0.0);
        for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
            let (column, row) = (x.floor() + dx, y.floor() + dy);
            let weight = (1.0 - (x - column).abs()) * (1.0 - (y - row).abs());
            let found = pixel(column, row);
            let weight = if alpha { weight * found[channels - 1] / 255.0 } else { weight };
            total += weight;
            sums.iter_mut().zip(found).for_each(|(sum, sample)| *sum += weight * sample);
        }
        if alpha {
            sums.iter_mut().for_each(|sum| *sum /= total.max(1e-9));
            sums[channels - 1] = total * 255.0;
        }
        sums
    }

    #[test]
    fn pixels_are_means_of_those_around_their_place() -> Result<()> {
        let size = Size::new(23, 17);
        for (layout, background) in [
            (Layout::Gray, Colour::WHITE),
            (Layout::Rgb, Colour::rgb(10, 200, 30)),
            (Layout::GrayA, Colour::rgba(0, 0, 0, 0)),
            (Layout::Rgba, Colour::rgba(90, 9, 200, 128)),
        ] {
            let mut state = 7_u32;
            let mut sample = || {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                state.to_be_bytes()[0]
            };
            let samples = (0..layout.bytes(size)).map(|_| sample()).collect();
            let image = Image::new(size, layout, samples)?;
            for degrees in [1.0, 30.0, 89.0, 91.0, 135.0, 200.5, -45.0, 300.0, 719.0] {
                let rotate = Rotate::new(degrees, background);
                let turn = Turn::new(&rotate, size)?;
                let found =
                    Pipeline::open(image.clone()).rotate_by(degrees, background).pixels()?;
                assert_eq!((found.size(), found.layout()), (turn.to, layout));
                let ground = super::samples(background, layout).map(f64::from);
                let channels = layout.channels() as usize;
                for (at, pixel) in found.data().chunks_exact(channels).enumerate() {
                    let at = u32::try_from(at).expect("small");
                    let (x, y) = (at % turn.to.width, at / turn.to.width);
                    let exact = expected(&image, &turn, ground, x, y);
                    let clear = layout.has_alpha() && pixel[channels - 1] < 16;
                    for (found, exact) in pixel.iter().zip(&exact) {
                        // Places are rounded to parts of a pixel.
                        let apart = (f64::from(*found) - exact).abs();
                        assert!(
                            apart <= 2.5 || clear,
                            "{layout} {degrees} {x},{y}: {found} {exact}"
                        );
                    }
                }
            }
        }
        Ok(())
    }

    /// Of each row what its places reach, and nothing before what later rows need.
    #[test]
    fn rows_that_are_needed_are_in_order_and_enough() -> Result<()> {
        for degrees in [0.5, 33.0, 90.5, 120.0, 180.2, 260.0, 359.0] {
            let turn = Turn::new(&Rotate::new(degrees, Colour::BLACK), Size::new(40, 31))?;
            let mut before = 0..0;
            for y in 0..turn.to.height {
                let needed = turn.needed(y..y + 1);
                assert!(needed.start >= before.start && needed.end >= before.end, "{degrees} {y}");
                assert_eq!(turn.needed(0..y + 1).end, needed.end);
                for x in 0..turn.to.width {
                    let row = turn.source(x.into(), y.into()).1.floor();
                    for row in [row, row + 1.0].into_iter().filter(|row| (0.0..31.0).contains(row))
                    {
                        assert!(
                            needed.contains(&whole(row)),
                            "{degrees} {x},{y}: {row} {needed:?}"
                        );
                    }
                }
                before = needed;
            }
        }
        Ok(())
    }
}
