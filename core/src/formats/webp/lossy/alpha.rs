//! The alpha beside a lossy picture: a lossless picture whose green is alpha, or its plain samples.

mod levels;

use std::sync::Arc;

use super::super::container::{RIFF, parts};
use super::super::encoder::lossless_of;
use super::super::ffi::{self, Samples};
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
pub(super) fn payload(
    canvas: &Arc<Band>,
    options: &WebP,
    watch: &Watch,
) -> Result<Option<Arc<Vec<u8>>>> {
    let pixels = canvas.plane(0).as_chunks::<4>().0;
    if canvas.layout() != Layout::Rgba || pixels.iter().all(|pixel| pixel[3] == u8::MAX) {
        return Ok(None);
    }
    let levels = Arc::new(levels::levels(pixels.iter().map(|p| p[3]), options.alpha_quality));
    // As much of the search of lossless files as libwebp takes for alpha.
    let effort = options.effort;
    let options = WebP::lossless().effort(effort).with_quality(8 * effort);
    let samples = Samples::Alpha(Arc::clone(&levels));
    let mut file = lossless_of(&options, canvas, samples, watch)?;
    let place = parts(&file, RIFF).find(|(name, _)| *name == b"VP8L").map(|(_, place)| place);
    let place = place.filter(|place| place.len() > HEAD && place.end <= file.len());
    // libwebp may say that it has done what it had no memory for.
    let place = place.ok_or_else(ffi::no_memory)?;
    if place.len() - HEAD >= pixels.len() {
        // There is room, as the file was longer.
        file.clear();
        file.push(PLAIN);
        file.extend(pixels.iter().map(|pixel| levels[usize::from(pixel[3])]));
        return Ok(Some(Arc::new(file)));
    }
    file.truncate(place.end);
    file.drain(..place.start + HEAD - 1);
    file[0] = LOSSLESS;
    Ok(Some(Arc::new(file)))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::formats::film::trial::Random;
    use crate::picture::geometry::Size;
    use crate::{Image, Pipeline};

    /// A name, the head of the chunk, and alpha by the number of the pixel.
    type Kind<'a> = (&'a str, Option<u8>, &'a dyn Fn(usize) -> u8);

    /// Alpha of each kind, the head of its chunk, and that it comes back to the last bit.
    #[test]
    fn alpha_comes_back_however_it_is_stored() -> Result<()> {
        let mut random = Random(3);
        let noise: Vec<u8> = (0..97 * 83).map(|_| random.byte()).collect();
        let kinds: [Kind<'_>; 4] = [
            ("noise", Some(PLAIN), &|at| noise[at]),
            ("slope", Some(LOSSLESS), &|at| (at / 97).to_le_bytes()[0]),
            ("clear", Some(LOSSLESS), &|_| 0),
            ("opaque", None, &|_| 255),
        ];
        let size = Size::new(97, 83);
        for (name, head, alpha) in kinds {
            let pixel = |at| [noise[at], 90, noise[97 * 83 - 1 - at], alpha(at)];
            let pixels: Vec<u8> = (0..97 * 83).flat_map(pixel).collect();
            let mut canvas = Band::new(Layout::Rgba, size.width, 0..size.height)?;
            canvas.plane_mut(0).copy_from_slice(&pixels);
            let canvas = Arc::new(canvas);
            for effort in [0, 4, 6] {
                let payload = payload(&canvas, &WebP::new().effort(effort), &Watch::default())?;
                let found = payload.as_ref().map(|payload| payload[0]);
                assert_eq!(found, head, "{name} effort {effort}");
                let image = Image::new(size, Layout::Rgba, pixels.clone())?;
                let file = Pipeline::open(image).encode(WebP::quality(50).effort(effort)).run()?;
                let back = Pipeline::open(file.data).pixels()?;
                assert_eq!(back.layout().has_alpha(), head.is_some(), "{name} effort {effort}");
                let of = |data: &[u8]| data.iter().skip(3).step_by(4).copied().collect::<Vec<u8>>();
                assert!(head.is_none() || of(back.data()) == of(&pixels), "{name} effort {effort}");
            }
            // Few levels, in a smaller file.
            let exact = payload(&canvas, &WebP::new(), &Watch::default())?;
            let coarse = payload(&canvas, &WebP::new().alpha_quality(10), &Watch::default())?;
            let lengths = coarse.zip(exact).map(|(coarse, exact)| (coarse.len(), exact.len()));
            let (coarse, exact) = lengths.unwrap_or_default();
            assert!(coarse < exact || name != "noise", "{name}: {coarse} of {exact}");
            let image = Image::new(size, Layout::Rgba, pixels.clone())?;
            let file = Pipeline::open(image).encode(WebP::new().alpha_quality(10)).run()?;
            let back = Pipeline::open(file.data).pixels()?;
            let levels: HashSet<u8> = back.data().iter().skip(3).step_by(4).copied().collect();
            assert!(levels.len() <= 4 || head.is_none(), "{name}: {levels:?}");
        }
        Ok(())
    }
}
