//! Four inks to red, green and blue, by the table of their profile.
//!
//! Between the levels of the table lie straight lines in Lab or XYZ, as profiles mean it. Samples of a screen, which curve
//! there, are made of each pixel.

mod told;

use std::array;

use moxcms::{ColorProfile, DataColorSpace, ProfileVersion};

use super::parsed::unusable;
use crate::error::Result;
use crate::picture::reserve::{filled, reserved};
use told::Told;

/// XYZ of the white that profiles refer to.
const WHITE: [f32; 3] = [0.964_2, 1.0, 0.824_9];

/// XYZ of the black to which perceptual tables go since version 4 of ICC.
const PERCEPTUAL_BLACK: [f32; 3] = [0.003_36, 0.003_473_1, 0.002_87];

/// The lightest black that is one, in L, and the L of a table whose inks are light.
const LIGHTEST_BLACK: f32 = 50.0;
const LIGHT: f32 = 95.0;

/// Pixels that are converted at a time.
const BLOCK: usize = 64;

/// Levels of light, so many that between two of them no more than one sample begins.
const LIGHTS: usize = 1 << 12;

/// The way from inks to colours.
pub(super) struct Inks {
    /// Where each sample of an ink lies between the levels.
    places: [Box<[Place; 256]>; 4],
    table: Table,
    /// Light of the screen for XYZ, the last of each row added.
    light: [[f32; 4]; 3],
    samples: Samples,
}

impl Inks {
    /// The way by the table of a profile; `None` where that is of another kind.
    #[allow(clippy::cast_possible_truncation, reason = "floats are enough for samples")]
    pub(super) fn new(from: &ColorProfile, to: &ColorProfile) -> Result<Option<Self>> {
        let Some(told) = Told::new(from)? else { return Ok(None) };
        let table = Table::new(&told, from.pcs)?;
        let black =
            if from.version() >= ProfileVersion::V4_0 { PERCEPTUAL_BLACK } else { table.black() };
        // The black of the paper becomes that of the screen.
        let scale: [f32; 3] = array::from_fn(|i| WHITE[i] / (WHITE[i] - black[i]));
        let light = to.rgb_to_xyz_matrix().inverse().v.map(|row| {
            let [x, y, z] = array::from_fn(|i| row[i] as f32 * scale[i]);
            [x, y, z, -(x * black[0] + y * black[1] + z * black[2])]
        });
        let place = |ink: usize, sample: usize| Place::new(told.inks[ink][sample], table.levels);
        let places = array::from_fn(|ink| Box::new(array::from_fn(|sample| place(ink, sample))));
        Ok(Some(Self { places, table, light, samples: Samples::new()? }))
    }

    /// Converts pixels.
    pub(super) fn convert(&self, from: &[u8], to: &mut [u8]) {
        let (from, to) = (from.as_chunks().0, to.as_chunks_mut().0);
        for (from, to) in from.chunks(BLOCK).zip(to.chunks_mut(BLOCK)) {
            self.convert_block(from, to);
        }
    }

    fn convert_block(&self, from: &[[u8; 4]], to: &mut [[u8; 3]]) {
        let mut planes = [[0.0; BLOCK]; 3];
        let mut last = ([0; 4], self.table.value(self.places([0; 4])));
        for (at, inks) in from.iter().enumerate() {
            if *inks != last.0 {
                last = (*inks, self.table.value(self.places(*inks)));
            }
            for (plane, value) in planes.iter_mut().zip(last.1) {
                plane[at] = value;
            }
        }
        let [xs, ys, zs] = &mut planes;
        for ((x, y), z) in xs.iter_mut().zip(ys).zip(zs) {
            let xyz = self.table.xyz([*x, *y, *z]);
            [*x, *y, *z] = self.light.map(|row| {
                let light = row[0] * xyz[0] + row[1] * xyz[1] + row[2] * xyz[2] + row[3];
                light.clamp(0.0, 1.0) * LIGHTS as f32
            });
        }
        for (at, colour) in to.iter_mut().enumerate() {
            *colour = [0, 1, 2].map(|channel: usize| self.samples.of(planes[channel][at]));
        }
    }

    #[inline]
    fn places(&self, inks: [u8; 4]) -> [Place; 4] {
        array::from_fn(|ink| self.places[ink][usize::from(inks[ink])])
    }
}

/// A place between two levels of an ink.
#[derive(Clone, Copy)]
struct Place {
    /// The lower level.
    level: u8,
    /// The part of the way to the next.
    part: f32,
}

impl Place {
    /// The place of an ink of 0 to 1.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 253")]
    fn new(ink: f32, levels: usize) -> Self {
        let at = ink.clamp(0.0, 1.0) * (levels - 1) as f32;
        let level = at.min((levels - 2) as f32).floor();
        Self { level: level as u8, part: at - level }
    }
}

/// The table of a profile: values of all mixes of some levels of four inks, the last ink the fastest.
struct Table {
    levels: usize,
    values: Vec<[f32; 4]>,
    /// By which two ways a place is reached from the levels below it, for each order of its parts, as [`order`] counts them.
    ways: [[usize; 2]; 8],
    /// Curves behind the table, where these are no straight lines.
    curves: Option<[Vec<f32>; 3]>,
    is_lab: bool,
}

impl Table {
    fn new(told: &Told<'_>, pcs: DataColorSpace) -> Result<Self> {
        let is_lab = match pcs {
            DataColorSpace::Lab => true,
            DataColorSpace::Xyz => false,
            other => return Err(unusable(format!("its table of inks goes to {other:?}"))),
        };
        let mut curves = [Vec::new(), Vec::new(), Vec::new()];
        for (channel, curve) in curves.iter_mut().enumerate() {
            let numbers = &told.curves[channel];
            *curve = reserved(numbers.len())?;
            let value = |number: &f32| meaning(is_lab, told.is_old_lab, channel, *number);
            curve.extend(numbers.iter().map(value));
        }
        let ends = array::from_fn(|channel| {
            let curve: &[f32] = &curves[channel];
            (curve[0], curve[curve.len() - 1])
        });
        let is_straight = curves.iter().zip(ends).all(|(curve, (first, last))| {
            let step = (last - first) / (curve.len() - 1) as f32;
            let line = |at: usize| first + at as f32 * step;
            curve.iter().enumerate().all(|(at, value)| (value - line(at)).abs() < 1e-6)
        });
        let ends = if is_straight { ends } else { [(0.0, 1.0); 3] };
        let mixes = told.levels.pow(4);
        let mut values = reserved(mixes)?;
        values.extend((0..mixes).map(|mix| {
            let numbers = told.numbers(mix);
            let value = |channel: usize| {
                let (first, last) = ends[channel];
                first + numbers[channel] * (last - first)
            };
            [value(0), value(1), value(2), 0.0]
        }));
        let curves = Some(curves).filter(|_| !is_straight);
        Ok(Self { levels: told.levels, values, ways: ways(told.levels), curves, is_lab })
    }

    /// The value of a place: XYZ, or (L + 16) / 116, a / 500 and b / 200.
    #[inline]
    fn value(&self, places: [Place; 4]) -> [f32; 3] {
        let [x, y, z, _] = self.number(places);
        match &self.curves {
            None => [x, y, z],
            Some(curves) => {
                array::from_fn(|i| between(curves[i].len(), [x, y, z][i], |index| curves[i][index]))
            }
        }
    }

    /// XYZ of a value.
    #[inline]
    fn xyz(&self, value: [f32; 3]) -> [f32; 3] {
        if self.is_lab { xyz_of_lab(value) } else { value }
    }

    /// The numbers between levels: linear in the first ink, and in the others by tetrahedra, as Little CMS has it.
    #[inline]
    fn number(&self, [first, second, third, fourth]: [Place; 4]) -> [f32; 4] {
        let levels = self.levels;
        let [cube, square] = [levels * levels * levels, levels * levels];
        let offset = |place: Place, stride: usize| usize::from(place.level) * stride;
        let at = offset(first, cube) + offset(second, square) + offset(third, levels);
        let at = at + usize::from(fourth.level);
        let (a, b, c) = (second.part, third.part, fourth.part);
        let [one, two] = self.ways[order(a >= b, b >= c, a >= c)];
        let (high, low) = (a.max(b), a.min(b));
        let (long, middle, short) = (high.max(c), low.max(high.min(c)), low.min(c));
        let parts = [1.0 - long, long - middle, middle - short, short];
        let within = |at: usize| {
            let corners = [at, at + one, at + two, at + square + levels + 1];
            let values = corners.map(|corner| self.values[corner]);
            array::from_fn(|lane| {
                parts[0] * values[0][lane]
                    + parts[1] * values[1][lane]
                    + parts[2] * values[2][lane]
                    + parts[3] * values[3][lane]
            })
        };
        let (low, high): ([f32; 4], [f32; 4]) = (within(at), within(at + cube));
        array::from_fn(|lane| low[lane] + first.part * (high[lane] - low[lane]))
    }

    /// XYZ of the black that all inks together make.
    fn black(&self) -> [f32; 3] {
        let full = Place::new(1.0, self.levels);
        let [x, y, z] = lab_of_xyz(self.xyz(self.value([full; 4])));
        let light = 116.0 * y - 16.0;
        let black = if light > LIGHT { 0.0 } else { light.clamp(0.0, LIGHTEST_BLACK) };
        let black = xyz_of_lab([(black + 16.0) / 116.0, x - y, y - z]);
        array::from_fn(|i| black[i].min(WHITE[i] / 2.0))
    }
}

/// The number of an order of three parts, of which is told whether the first is no shorter than the second, the second than the third, the
/// first than the third.
#[inline]
fn order(first: bool, second: bool, outer: bool) -> usize {
    usize::from(first) + 2 * usize::from(second) + 4 * usize::from(outer)
}

/// For each order the way along the longest part, and that along the two longest; no parts are of the orders left over.
fn ways(levels: usize) -> [[usize; 2]; 8] {
    let (a, b, c) = (levels * levels, levels, 1);
    let mut ways = [[0; 2]; 8];
    for (order, longest) in [
        (order(true, true, true), [a, b]),
        (order(true, false, true), [a, c]),
        (order(true, false, false), [c, a]),
        (order(false, true, true), [b, a]),
        (order(false, true, false), [b, c]),
        (order(false, false, false), [c, b]),
    ] {
        ways[order] = [longest[0], longest[0] + longest[1]];
    }
    ways
}

/// The meaning of a number of 0 to 1 behind a table: XYZ, or (L + 16) / 116, a / 500 and b / 200.
fn meaning(is_lab: bool, is_old: bool, channel: usize, number: f32) -> f32 {
    // Old numbers of 16 bits go on beyond L 100 and a, b 127.
    let (lightness, colour) =
        if is_old { (100.0 * 65_535.0 / 65_280.0, 65_535.0 / 256.0) } else { (100.0, 255.0) };
    match channel {
        _ if !is_lab => number * 65_535.0 / 32_768.0,
        0 => (number * lightness + 16.0) / 116.0,
        1 => (number * colour - 128.0) / 500.0,
        _ => (number * colour - 128.0) / 200.0,
    }
}

/// XYZ for (L + 16) / 116, a / 500 and b / 200.
#[inline]
fn xyz_of_lab([l, a, b]: [f32; 3]) -> [f32; 3] {
    let light = |t: f32| {
        let (cube, line) = (t * t * t, (t - 4.0 / 29.0) * (108.0 / 841.0));
        if t > 6.0 / 29.0 { cube } else { line }
    };
    let [x, y, z] = [l + a, l, l - b].map(light);
    [x * WHITE[0], y * WHITE[1], z * WHITE[2]]
}

/// The cube roots of which Lab is made.
fn lab_of_xyz(xyz: [f32; 3]) -> [f32; 3] {
    array::from_fn(|i| match xyz[i] / WHITE[i] {
        high if high > 216.0 / 24_389.0 => high.cbrt(),
        low => low * 841.0 / 108.0 + 4.0 / 29.0,
    })
}

/// Samples of sRGB or Display P3 for light of 0 to [`LIGHTS`].
struct Samples {
    /// The sample of each level of light.
    at: Vec<u8>,
    /// Where the next sample begins, for each.
    next: Vec<f32>,
}

impl Samples {
    fn new() -> Result<Self> {
        let begins = |sample: u16| match (f32::from(sample) - 0.5) / 255.0 {
            low if low <= 0.040_45 => low / 12.92 * LIGHTS as f32,
            high => ((high + 0.055) / 1.055).powf(2.4) * LIGHTS as f32,
        };
        let mut next = filled(f32::INFINITY, 256)?;
        next.iter_mut().zip(1..256).for_each(|(next, sample)| *next = begins(sample));
        let mut at = filled(0, LIGHTS + 1)?;
        let mut sample = 0_u8;
        for (level, at) in at.iter_mut().enumerate() {
            while next[usize::from(sample)] <= level as f32 {
                sample += 1;
            }
            *at = sample;
        }
        Ok(Self { at, next })
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    #[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
    fn of(&self, light: f32) -> u8 {
        let sample = self.at[(light as usize).min(LIGHTS)];
        sample + u8::from(self.next[usize::from(sample)] <= light)
    }
}

/// The value of a curve of `entries` numbers at 0 to 1.
#[inline]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is 0 to 4,095")]
fn between(entries: usize, value: f32, curve: impl Fn(usize) -> f32) -> f32 {
    let at = value.clamp(0.0, 1.0) * (entries - 1) as f32;
    let index = (at as usize).min(entries - 2);
    let (low, high) = (curve(index), curve(index + 1));
    low + (at - index as f32) * (high - low)
}
