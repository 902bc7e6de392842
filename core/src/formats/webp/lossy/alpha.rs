//! The alpha beside a lossy picture: a lossless picture whose green is alpha, or its plain samples.

use std::sync::Arc;

use super::super::container::{RIFF, parts};
use super::super::encoder::aside_if_long;
use super::super::ffi::{self, PictureSamples};
use crate::error::Result;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::recipe::job::Watch;
use crate::recipe::options::WebP;

/// Bytes before the pixels of a lossless picture: a signature, two sides of 14 bits, a bit for alpha, and a version.
const HEAD: usize = 5;
/// The head of the chunk: how samples are stored, without a filter.
const PLAIN: u8 = 0;
const LOSSLESS: u8 = 1;

/// The payload of the chunk of alpha; `None` where all pixels are opaque.
pub(super) fn payload(canvas: &Arc<Band>, effort: u8, watch: &Watch) -> Result<Option<Arc<[u8]>>> {
    let pixels = canvas.plane(0).as_chunks::<4>().0;
    if canvas.layout() != Layout::Rgba || pixels.iter().all(|pixel| pixel[3] == u8::MAX) {
        return Ok(None);
    }
    // As much of the search of lossless files as libwebp takes for alpha.
    let options = WebP::lossless().effort(effort).with_quality(8 * effort);
    let encode = move |canvas: &Band, watch: &Watch| {
        ffi::encode(PictureSamples::Alpha(canvas.plane(0)), canvas.size(), &options, watch)
    };
    let mut file = aside_if_long(canvas, watch, encode)?;
    let place = parts(&file, RIFF).find(|(name, _)| *name == b"VP8L").map(|(_, place)| place);
    let place = place.filter(|place| place.len() > HEAD && place.end <= file.len());
    // libwebp may say that it has done what it had no memory for.
    let place = place.ok_or_else(ffi::no_memory)?;
    if place.len() - HEAD >= pixels.len() {
        file.clear();
        file.push(PLAIN);
        file.extend(pixels.iter().map(|pixel| pixel[3]));
        return Ok(Some(file.into()));
    }
    file[place.start + HEAD - 1] = LOSSLESS;
    Ok(Some(file[place.start + HEAD - 1..place.end].into()))
}
