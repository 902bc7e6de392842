//! Packed rows to pixels of 8 bits a sample.

use super::page::{Model, Page};
use crate::error::{Error, Result};
use crate::picture::exif::ByteOrder;
use crate::picture::image::Layout;
use crate::picture::reserve::filled;

/// The colours of all indices.
type Colours = Box<[[u8; 3]; 256]>;

/// The way from packed rows of a page to pixels of a layout.
pub(super) struct Samples {
    bits: u8,
    order: ByteOrder,
    differences: bool,
    inverted: bool,
    /// Samples of a pixel that lie together.
    together: usize,
    /// The places of the samples that make pixels.
    used: Vec<usize>,
    planar: bool,
    associated: bool,
    palette: Option<Colours>,
    /// Inks become colours.
    inks_to_rgb: bool,
    channels: usize,
}

impl Samples {
    pub(super) fn new(data: &[u8], page: &Page, layout: Layout) -> Result<Self> {
        let mut used = filled(0, page.used().count())?;
        used.iter_mut().zip(page.used()).for_each(|(to, at)| *to = at);
        Ok(Self {
            bits: page.bits,
            order: page.order,
            differences: page.differences,
            inverted: page.inverted,
            together: page.samples / page.planes(),
            used,
            planar: page.planar,
            associated: page.alpha.is_some_and(|alpha| alpha.associated),
            palette: palette(data, page)?,
            inks_to_rgb: page.model == Model::Inks && layout != Layout::Cmyk,
            channels: layout.channels() as usize,
        })
    }

    /// Chunks that make a pixel.
    pub(super) fn planes(&self) -> impl Iterator<Item = usize> {
        let count = if self.planar { self.used.len() } else { 1 };
        self.used.iter().copied().take(count).map(|plane| if self.planar { plane } else { 0 })
    }

    /// Tells whether a packed row has the samples of the layout, and no others.
    pub(super) fn is_direct(&self) -> bool {
        let as_they_are = self.palette.is_none() && !self.inks_to_rgb;
        as_they_are && !self.planar && self.used.len() == self.together
    }

    /// Tells whether packed rows are rows of pixels.
    pub(super) fn is_plain(&self) -> bool {
        self.is_direct() && self.bits == 8
    }

    /// Samples of a pixel between a packed row and pixels.
    pub(super) fn levels(&self) -> usize {
        if self.planar { self.used.len() } else { self.together }
    }

    /// Makes samples of differences in a packed row.
    pub(super) fn sum(&self, packed: &mut [u8]) {
        let step = self.together;
        match (self.differences, self.bits) {
            (false, _) => {}
            (true, 8) => {
                for at in step..packed.len() {
                    packed[at] = packed[at].wrapping_add(packed[at - step]);
                }
            }
            (true, _) => {
                let samples = packed.as_chunks_mut::<2>().0;
                for at in step..samples.len() {
                    let sum = self.wide(samples[at]).wrapping_add(self.wide(samples[at - step]));
                    samples[at] = match self.order {
                        ByteOrder::Little => sum.to_le_bytes(),
                        ByteOrder::Big => sum.to_be_bytes(),
                    };
                }
            }
        }
    }

    fn wide(&self, bytes: [u8; 2]) -> u16 {
        match self.order {
            ByteOrder::Little => u16::from_le_bytes(bytes),
            ByteOrder::Big => u16::from_be_bytes(bytes),
        }
    }

    /// Makes levels of 0 to 255 of packed samples, or indices of a palette. Of 16 bits the high byte is kept.
    pub(super) fn unpack(&self, packed: &[u8], levels: &mut [u8]) {
        match self.bits {
            8 => levels.copy_from_slice(&packed[..levels.len()]),
            16 => {
                let high = usize::from(self.order == ByteOrder::Little);
                let samples = packed.as_chunks::<2>().0;
                levels.iter_mut().zip(samples).for_each(|(level, sample)| *level = sample[high]);
            }
            bits => self.unpack_bits(packed, bits, levels),
        }
    }

    /// Makes white of 0, where that is white. Alpha beside gray stays as it is.
    pub(super) fn invert(&self, levels: &mut [u8]) {
        if self.inverted {
            levels.iter_mut().step_by(self.together).for_each(|level| *level = !*level);
        }
    }

    fn unpack_bits(&self, packed: &[u8], bits: u8, levels: &mut [u8]) {
        let highest = u8::MAX >> (8 - bits);
        let factor = if self.palette.is_some() { 1 } else { u8::MAX / highest };
        for (levels, byte) in levels.chunks_mut(usize::from(8 / bits)).zip(packed) {
            let mut left = 8;
            for level in levels {
                left -= bits;
                *level = (byte >> left & highest) * factor;
            }
        }
    }

    /// Makes pixels of levels: those of a pixel together, or of a plane after the other.
    pub(super) fn arrange(&self, levels: &[u8], pixels: &mut [u8]) {
        let width = pixels.len() / self.channels;
        let levels_of = |used: usize| {
            let (first, step) = match self.planar {
                true => (used * width, 1),
                false => (self.used[used], self.together),
            };
            levels[first..].iter().step_by(step).take(width).copied()
        };
        match &self.palette {
            Some(palette) => {
                for (pixel, index) in pixels.chunks_exact_mut(self.channels).zip(levels_of(0)) {
                    pixel[..3].copy_from_slice(&palette[usize::from(index)]);
                }
            }
            None if self.inks_to_rgb => {
                let blacks = levels_of(3);
                let inks = levels_of(0).zip(levels_of(1)).zip(levels_of(2)).zip(blacks);
                for (pixel, (((c, m), y), k)) in pixels.as_chunks_mut::<3>().0.iter_mut().zip(inks)
                {
                    *pixel = [c, m, y].map(|ink| product(!ink, !k));
                }
            }
            None => {
                for used in 0..self.used.len() {
                    let to = pixels[used..].iter_mut().step_by(self.channels);
                    to.zip(levels_of(used)).for_each(|(to, level)| *to = level);
                }
            }
        }
        if self.palette.is_some() && self.used.len() > 1 {
            let to = pixels[self.channels - 1..].iter_mut().step_by(self.channels);
            to.zip(levels_of(1)).for_each(|(to, level)| *to = level);
        }
    }

    /// Divides colours by the alpha that they are multiplied with.
    pub(super) fn divide(&self, pixels: &mut [u8]) {
        if !self.associated {
            return;
        }
        for pixel in pixels.chunks_exact_mut(self.channels) {
            let Some((alpha, colours)) = pixel.split_last_mut() else { return };
            let alpha = u16::from(*alpha);
            for colour in colours.iter_mut().filter(|_| alpha > 0) {
                let divided = (u16::from(*colour) * 255 + alpha / 2) / alpha;
                *colour = u8::try_from(divided).unwrap_or(u8::MAX);
            }
        }
    }
}

/// The product of two samples, each a part of 255.
fn product(a: u8, b: u8) -> u8 {
    let product = u16::from(a) * u16::from(b) + 128;
    ((product + (product >> 8)) >> 8).to_le_bytes()[0]
}

/// The palette of a page: all reds, greens and blues, 16 bits each. Some programs wrote 8 bits, as libtiff finds too.
fn palette(data: &[u8], page: &Page) -> Result<Option<Colours>> {
    let Model::Palette(map) = page.model else { return Ok(None) };
    let count = 1_usize << page.bits.min(8);
    let level = |index| map.number(data, index).and_then(|level| u16::try_from(level).ok());
    let mut colours = Box::new([[0; 3]; 256]);
    let is_low = (0..3 * count).all(|index| level(index).is_some_and(|level| level < 256));
    for (index, colour) in colours.iter_mut().enumerate().take(count) {
        for (channel, to) in colour.iter_mut().enumerate() {
            let level = level(channel * count + index)
                .ok_or_else(|| Error::malformed("a TIFF whose palette has too few colours"))?;
            *to = level.to_be_bytes()[usize::from(is_low)];
        }
    }
    Ok(Some(colours))
}
