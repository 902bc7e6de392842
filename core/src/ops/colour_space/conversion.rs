//! One conversion, made of a profile by moxcms.

use std::fmt;
use std::sync::Arc;

use moxcms::{
    ColorProfile, DataColorSpace, Layout as Samples, RenderingIntent, Transform8BitExecutor,
    TransformOptions,
};

use super::inks::Inks;
use super::parsed::{GROWTH, fault, guarded, name, parsed, unusable};
use crate::error::{Error, Result};
use crate::picture::image::Layout;
use crate::picture::profile::Profile;
use crate::picture::reserve::filled;
use crate::recipe::options::ColourSpace;

/// Bytes that a conversion and its making take at most beside the tables of its profile.
const TABLES: u64 = 1 << 20;

/// The same of one that goes through a grid of four inks.
const INK_TABLES: u64 = 6 << 20;

/// The way from the samples of a profile to those of a space.
pub(crate) struct Conversion {
    name: String,
    space: ColourSpace,
    to: Layout,
    method: Method,
    memory: u64,
}

enum Method {
    /// A level for each level.
    Gray(Box<[u8; 256]>),
    /// Matrix and curves, or tables; alpha stays.
    Colours { transform: Arc<Transform8BitExecutor>, by_tables: bool },
    /// Four inks by a table.
    Inks(Box<Inks>),
}

impl Conversion {
    /// The conversion of samples of `layout` to `space`; `None` where none of them changes by more than a step.
    pub(super) fn new(
        profile: &Profile,
        layout: Layout,
        space: ColourSpace,
    ) -> Result<Option<Self>> {
        let tables = if layout == Layout::Cmyk { INK_TABLES } else { TABLES };
        let memory = tables + GROWTH * profile.bytes() as u64;
        let conversion = guarded(memory, || Self::of(profile, layout, space, memory))?;
        Ok(if conversion.changes_nothing(layout)? { None } else { Some(conversion) })
    }

    fn of(profile: &Profile, layout: Layout, space: ColourSpace, memory: u64) -> Result<Self> {
        let from = parsed(profile)?;
        let to = match space {
            ColourSpace::DisplayP3 => ColorProfile::new_display_p3(),
            ColourSpace::Srgb | ColourSpace::Keep => ColorProfile::new_srgb(),
        };
        let gray = !layout.has_colour();
        let method = match from.color_space {
            DataColorSpace::Gray | DataColorSpace::Rgb if gray => Method::Gray(levels(&from, &to)?),
            DataColorSpace::Rgb if layout != Layout::Cmyk => colours(&from, &to, layout)?,
            DataColorSpace::Cmyk if layout == Layout::Cmyk => match Inks::new(&from, &to)? {
                Some(inks) => Method::Inks(Box::new(inks)),
                None => colours(&from, &to, layout)?,
            },
            other => return Err(unusable(format!("it is of {other:?}, the samples are {layout}"))),
        };
        let layout = if layout == Layout::Cmyk { Layout::Rgb } else { layout };
        Ok(Self { name: name(profile, &from), space, to: layout, method, memory })
    }

    /// The layout of what it gives.
    pub(crate) fn to(&self) -> Layout {
        self.to
    }

    /// An upper bound of the bytes that it and its making take.
    pub(super) fn memory(&self) -> u64 {
        self.memory
    }

    /// The level of its work: gray, matrix and curves, tables.
    pub(super) fn level(&self) -> usize {
        match self.method {
            Method::Gray(_) => 0,
            Method::Colours { by_tables, .. } => 1 + usize::from(by_tables),
            Method::Inks(_) => 2,
        }
    }

    /// Converts pixels.
    pub(crate) fn convert(&self, from: &[u8], to: &mut [u8]) -> Result<()> {
        match &self.method {
            Method::Gray(levels) => {
                to.copy_from_slice(from);
                let grays = to.iter_mut().step_by(self.to.channels() as usize);
                grays.for_each(|gray| *gray = levels[usize::from(*gray)]);
                Ok(())
            }
            Method::Inks(inks) => {
                inks.convert(from, to);
                Ok(())
            }
            Method::Colours { transform, .. } => {
                transform.transform(from, to).map_err(|error| Error::internal(error.to_string()))
            }
        }
    }

    /// Tells whether no sample of a grid through the whole space changes by more than a step.
    fn changes_nothing(&self, layout: Layout) -> Result<bool> {
        if layout != self.to {
            return Ok(false);
        }
        let from = grid(layout)?;
        let mut to = filled(0, from.len())?;
        self.convert(&from, &mut to)?;
        Ok(from.iter().zip(&to).all(|(from, to)| from.abs_diff(*to) <= 1))
    }
}

impl fmt::Display for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "from {:?} to {}", self.name, self.space.name())
    }
}

impl fmt::Debug for Conversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Pixels of all levels of gray, then of 17 levels of each colour; opaque where there is alpha.
fn grid(layout: Layout) -> Result<Vec<u8>> {
    let channels = layout.channels() as usize;
    let colours = if layout.has_colour() { 3 } else { 1 };
    let mut pixels = filled(255, (256 + 17 * 17 * 17) * channels)?;
    let (grays, mixes) = pixels.split_at_mut(256 * channels);
    for (level, pixel) in (0..=255).zip(grays.chunks_exact_mut(channels)) {
        pixel[..colours].fill(level);
    }
    let level = |index: usize| u8::try_from(index % 17 * 15).unwrap_or(0);
    for (index, pixel) in mixes.chunks_exact_mut(channels).enumerate() {
        let mix = [level(index), level(index / 17), level(index / 289)];
        pixel[..colours].copy_from_slice(&mix[..colours]);
    }
    Ok(pixels)
}

/// All levels of gray, converted in floats: in 8 bits the crate is 10 steps off in the shadows.
fn levels(from: &ColorProfile, to: &ColorProfile) -> Result<Box<[u8; 256]>> {
    let (channels, samples) = match from.color_space {
        DataColorSpace::Gray => (1, Samples::Gray),
        _ => (3, Samples::Rgb),
    };
    let grays: Vec<f32> = (0..256 * channels).map(|at| (at / channels) as f32 / 255.0).collect();
    let mut pixels = [0_f32; 256 * 3];
    let transform = from.create_transform_f32(samples, to, Samples::Rgb, options(from));
    let converted = transform.and_then(|transform| transform.transform(&grays, &mut pixels));
    converted.map_err(fault)?;
    let mut levels = Box::new([0; 256]);
    for (level, pixel) in levels.iter_mut().zip(pixels.chunks_exact(3)) {
        *level = to_byte(pixel[1]);
    }
    Ok(levels)
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn to_byte(level: f32) -> u8 {
    (level * 255.0).round() as u8
}

fn colours(from: &ColorProfile, to: &ColorProfile, layout: Layout) -> Result<Method> {
    let (samples, made) = match layout {
        // The crate names the four inks so.
        Layout::Cmyk => (Samples::Rgba, Samples::Rgb),
        Layout::Rgba => (Samples::Rgba, Samples::Rgba),
        _ => (Samples::Rgb, Samples::Rgb),
    };
    let transform = from.create_transform_8bit(samples, to, made, options(from));
    let transform = transform.map_err(fault)?;
    let by_tables = !from.is_matrix_shaper() || from.lut_a_to_b_perceptual.is_some();
    Ok(Method::Colours { transform, by_tables })
}

/// Relative colorimetric, as browsers do it; perceptual for inks, whose black is lighter than that of a screen.
fn options(from: &ColorProfile) -> TransformOptions {
    let rendering_intent = match from.color_space {
        DataColorSpace::Cmyk => RenderingIntent::Perceptual,
        _ => RenderingIntent::RelativeColorimetric,
    };
    TransformOptions { rendering_intent, ..TransformOptions::default() }
}
