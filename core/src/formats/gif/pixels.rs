//! The pixels of a frame: indices by their codes, and the colours of a palette.

use weezl::decode::Configuration;
use weezl::{BitOrder, LzwStatus};

use super::blocks::Frame;
use crate::error::{Error, Result};
use crate::picture::image::band::zeroed;
use crate::recipe::job::Watch;

/// The colour of each index.
type Palette = [[u8; 3]; 256];

/// The indices of a frame, and their colours in a layout.
pub(super) struct FramePixels {
    frame: Frame,
    palette: Palette,
    channels: usize,
    /// The indices in the order of the file.
    indices: Vec<u8>,
    /// The number of indices that the file has.
    decoded: usize,
}

impl FramePixels {
    pub(super) fn new(data: &[u8], frame: Frame, channels: usize) -> Result<Self> {
        let palette = match &frame.palette {
            None => grays(),
            Some(range) => match data.get(range.clone()) {
                Some(colours) => of_colours(colours),
                None => return Err(cut(&frame)),
            },
        };
        Ok(Self { frame, palette, channels, indices: Vec::new(), decoded: 0 })
    }

    /// Decodes the indices. Bytes behind the last index do not matter: many files lack the end of the
    /// codes, of the blocks or of the file, and every reader shows them.
    pub(super) fn decode(&mut self, data: &[u8], watch: &Watch) -> Result<()> {
        let Frame { place, pixels, .. } = self.frame;
        self.indices = zeroed(place.width as usize * place.height as usize)?;
        let mut at = pixels;
        let size = *data.get(at).ok_or_else(|| cut(&self.frame))?;
        if !(1..=11).contains(&size) {
            return Err(Error::malformed(format!(
                "code size of a GIF: expected 1 to 11, found {size}"
            )));
        }
        let mut codes =
            Configuration::new(BitOrder::Lsb, size).with_yield_on_full_buffer(true).build();
        at += 1;
        while self.decoded < self.indices.len() {
            watch.check()?;
            let length = usize::from(*data.get(at).ok_or_else(|| cut(&self.frame))?);
            let mut block = &data[at + 1..data.len().min(at + 1 + length)];
            at += 1 + length;
            if length == 0 {
                return Err(self.too_few());
            }
            loop {
                let step = codes.decode_bytes(block, &mut self.indices[self.decoded..]);
                self.decoded += step.consumed_out;
                block = &block[step.consumed_in..];
                if self.decoded == self.indices.len() {
                    return Ok(());
                }
                match step.status {
                    Ok(LzwStatus::Done) => return Err(self.too_few()),
                    Err(error) => return Err(Error::malformed(format!("GIF: {error}"))),
                    Ok(LzwStatus::NoProgress) => break,
                    // Goes on even if no index came of it: a code may have cleared the table.
                    Ok(LzwStatus::Ok) => {}
                }
            }
        }
        Ok(())
    }

    /// The rows that have been decoded: the row of the screen and the indices of each.
    pub(super) fn rows(&self) -> impl Iterator<Item = (u32, &[u8])> {
        let Frame { place, .. } = self.frame;
        let rows = self.indices[..self.decoded].chunks(place.width.max(1) as usize);
        (0..).zip(rows).map(move |(row, indices)| (place.y + self.frame.row(row), indices))
    }

    /// Bytes of a row of the screen before the frame.
    pub(super) fn left(&self) -> usize {
        self.frame.place.x as usize * self.channels
    }

    /// Writes pixels of one row over those that are there; clear ones leave them.
    pub(super) fn write(&self, indices: &[u8], target: &mut [u8]) {
        match self.channels {
            1 => self.write_pixels::<1>(indices, target),
            2 => self.write_pixels::<2>(indices, target),
            3 => self.write_pixels::<3>(indices, target),
            _ => self.write_pixels::<4>(indices, target),
        }
    }

    fn write_pixels<const CHANNELS: usize>(&self, indices: &[u8], target: &mut [u8]) {
        // The colours of a pixel are the first samples of its palette entry, alpha is the last one.
        let alpha_at = if CHANNELS.is_multiple_of(2) { CHANNELS - 1 } else { CHANNELS };
        let (pixels, _) = target.as_chunks_mut::<CHANNELS>();
        for (pixel, &index) in pixels.iter_mut().zip(indices) {
            if self.frame.transparent != Some(index) {
                let colour = self.palette[usize::from(index)];
                *pixel = std::array::from_fn(|at| if at == alpha_at { 255 } else { colour[at] });
            }
        }
    }

    #[cold]
    fn too_few(&self) -> Error {
        Error::truncated(format!(
            "the pixels of the GIF end after {}, before those of its frame of {} do",
            self.decoded,
            self.frame.place.size()
        ))
    }
}

/// Makes the palette of the colours in a file; an index without a colour is black.
fn of_colours(colours: &[u8]) -> Palette {
    let mut palette = [[0; 3]; 256];
    for (to, from) in palette.iter_mut().zip(colours.as_chunks::<3>().0) {
        *to = *from;
    }
    palette
}

/// Makes the palette whose indices are levels of gray, in all channels.
fn grays() -> Palette {
    let mut palette = [[0; 3]; 256];
    for (to, level) in palette.iter_mut().zip(0..=255) {
        *to = [level; 3];
    }
    palette
}

#[cold]
fn cut(frame: &Frame) -> Error {
    Error::truncated(format!("the GIF ends within a frame of {}", frame.place.size()))
}
