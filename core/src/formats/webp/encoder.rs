//! Encodes pixels as a WebP.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::super::WholeEncoder;
use super::super::within_bytes::{Curve, WithinBytes};
use super::container::bytes_before_pixels;
use super::ffi::{self, Passes, PictureSamples};
use super::noise_check::is_noisy;
use crate::error::{Error, Result};
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::reserve::probed;
use crate::recipe::job::Watch;
use crate::recipe::options::WebP;

/// The longest side: the format has 14 bits for it.
pub(super) const MAX_SIDE: u32 = 16_383;

/// Measured on photographs and drawings, 160 and 500 pixels wide.
pub(in crate::formats) const CURVE: Curve = Curve {
    // Alpha is lossless at every quality.
    fixed: bytes_before_pixels,
    points: &[
        (1, 0),
        (2, 174),
        (3, 299),
        (5, 484),
        (10, 814),
        (15, 1061),
        (20, 1273),
        (30, 1611),
        (40, 1888),
        (50, 2116),
        (60, 2320),
        (70, 2524),
        (80, 2933),
        (85, 3261),
        (90, 3626),
        (93, 3905),
        (95, 4126),
        (96, 4232),
        (97, 4328),
        (98, 4455),
        (99, 4551),
        (100, 4686),
    ],
};

/// Prepares an encode.
pub(super) fn encoder(options: &WebP) -> Box<dyn WholeEncoder> {
    let options = *options;
    let Some(max_bytes) = options.max_bytes else {
        return Box::new(WebpEncoder { options });
    };
    // The quality of a lossless file is the time spent on it.
    let qualities = if options.lossless { options.quality } else { 1 }..=options.quality;
    let encode = move |quality, canvas: &Arc<Band>, watch: &Watch| {
        let options = options.with_quality(quality);
        // The executor has asked for the memory of the first encode alone.
        probed(memory(&options, canvas.size(), canvas.layout()))?;
        WebpEncoder { options }.encode_shared(canvas, watch)
    };
    Box::new(WithinBytes { max_bytes, qualities, curve: &CURVE, encode })
}

/// An upper bound of the bytes that an encode holds: libwebp's copy of the picture, its buffers and
/// the file.
///
/// The bound lies above all measurements with libwebp 1.6 of noise of 64x64 to 2000x1500 pixels,
/// whose coefficients are as large as they get. A photograph needs half of it.
pub(super) fn memory(options: &WebP, size: Size, layout: Layout) -> u64 {
    let pixels = size.pixels();
    let lossy = lossy_memory(options, size);
    let lossless = lossless_memory(options.effort, pixels);
    match (options.lossless, layout.has_alpha()) {
        (true, _) => lossless,
        // Alpha is coded first, as a lossless picture; its plane and its file stay.
        (false, true) => lossless.max(lossy + 2 * pixels),
        (false, false) => lossy,
    }
}

/// Bytes a pixel, in hundredths, by quality: 6 % above measurements at 1600x1200 and 800x600 of
/// gray, coloured, and coarse noise at methods 0 to 6.
const LOSSY: [[(u64, u64); 6]; 2] = [
    // Methods 0 to 2, noise of 0 and 255.
    [(1, 290), (30, 395), (60, 460), (80, 545), (90, 655), (100, 870)],
    // From method 3 on all coefficients are kept as tokens until the last row. Measured just below
    // the threshold of noise: noise above it is encoded without tokens, and takes half.
    [(1, 530), (30, 1015), (60, 1255), (80, 1535), (90, 1890), (100, 2545)],
];

/// Tells whether a lossy encode in one pass keeps all coefficients as tokens.
fn keeps_tokens(options: &WebP) -> bool {
    options.effort >= 3
}

fn lossy_memory(options: &WebP, size: Size) -> u64 {
    let quality = u64::from(options.quality).clamp(1, 100);
    let anchors = LOSSY[usize::from(keeps_tokens(options))];
    let above = anchors.iter().position(|&(q, _)| q >= quality).unwrap_or(anchors.len() - 1);
    let ((low, from), (high, to)) = (anchors[above.saturating_sub(1)], anchors[above]);
    let bytes = from + (to - from) * (quality - low) / (high - low).max(1);
    // The state of the row above, and tables.
    size.pixels() * bytes / 100 + 32 * u64::from(size.width) + (80 << 10)
}

fn lossless_memory(effort: u8, pixels: u64) -> u64 {
    let pixel = match effort {
        0 => 29,
        1 => 42,
        2 => 53,
        3 | 4 => 43,
        5 => 57,
        _ => 66,
    };
    // From effort 3 on there is a set of histograms, one for each tile, but never above 20 MB.
    let histograms = if effort < 3 { 0 } else { (1000 * pixels).min(20 << 20) };
    pixel * pixels + histograms + (3 << 19)
}

/// Encodes a canvas that may be encoded once more, whatever bytes it takes.
pub(super) fn encode(options: &WebP, canvas: &Arc<Band>, watch: &Watch) -> Result<Vec<u8>> {
    WebpEncoder { options: *options }.encode_shared(canvas, watch)
}

/// An encode that runs in its one call.
#[derive(Clone, Copy)]
struct WebpEncoder {
    options: WebP,
}

/// Pixels from which on libwebp may take over 100 ms to stop: with 12 million it takes 0.2 s in a
/// lossy file, and seconds in a lossless one.
const LONG: u64 = 1_000_000;

impl WholeEncoder for WebpEncoder {
    fn encode(self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>> {
        self.encode_shared(&Arc::new(canvas), watch)
    }
}

impl WebpEncoder {
    /// Encodes a canvas that may be encoded once more.
    fn encode_shared(self, canvas: &Arc<Band>, watch: &Watch) -> Result<Vec<u8>> {
        watch.check()?;
        if canvas.size().pixels() < LONG {
            return self.run(canvas, watch);
        }
        let canvas = Arc::clone(canvas);
        aside(watch, move |watch| self.run(&canvas, watch))
    }

    fn run(&self, canvas: &Band, watch: &Watch) -> Result<Vec<u8>> {
        let samples = match canvas.layout() {
            Layout::Rgb => PictureSamples::Rgb(canvas.plane(0)),
            Layout::Rgba => PictureSamples::Rgba(canvas.plane(0)),
            layout => return Err(Error::internal(format!("a WebP of {layout} samples"))),
        };
        // Tokens of noise would take twice the memory of a photograph's. Two passes do without
        // tokens, and take half as long again.
        let tokens = !self.options.lossless && keeps_tokens(&self.options);
        let passes = if tokens && is_noisy(canvas) { Passes::Two } else { Passes::One };
        ffi::encode(samples, canvas.size(), &self.options, passes, watch)
    }
}

/// Runs `task` on a thread of its own and waits for it, but not longer than the job may go on. A
/// task that is left behind asks the same watch: it ends at its next question and gives its memory
/// back then.
fn aside(
    watch: &Watch,
    task: impl FnOnce(&Watch) -> Result<Vec<u8>> + Send + 'static,
) -> Result<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let theirs = watch.clone();
    let thread = thread::Builder::new().name("makeready-webp".to_owned());
    // Nobody listens any more if the job was stopped.
    let spawned = thread.spawn(move || drop(sender.send(task(&theirs))));
    spawned.map_err(|error| Error::io("could not start a thread", error))?;
    loop {
        match receiver.recv_timeout(Duration::from_millis(10)) {
            Ok(result) => return result,
            Err(RecvTimeoutError::Timeout) => watch.check()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::internal("the thread of a WebP encode ended without a result"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{DecodeRequest, opened};
    use crate::picture::geometry::Rect;
    use crate::recipe::job::CancelToken;
    use crate::recipe::limits::Limits;
    use makeready_kernels::Level;

    const SIZE: Size = Size::new(61, 45);

    fn samples(layout: Layout) -> Vec<u8> {
        let channels = layout.channels();
        let sample = |i: u32| {
            let (x, y) = (i / channels % SIZE.width, i / channels / SIZE.width);
            let noise = i.wrapping_mul(2_654_435_761) >> 28;
            // Never clear, as the colours of clear pixels are not kept.
            (1 + x * 3 / 2 + y * 2 * (i % channels) + noise).to_le_bytes()[0] | 1
        };
        (0..SIZE.width * SIZE.height * channels).map(sample).collect()
    }

    fn encoded(options: WebP, layout: Layout, watch: &Watch) -> Result<Vec<u8>> {
        let mut band = Band::new(layout, SIZE.width, 0..SIZE.height)?;
        band.plane_mut(0).copy_from_slice(&samples(layout));
        encoder(&options).encode(band, watch)
    }

    fn decoded(file: &[u8], scale: u32, region: Option<Rect>, recover: bool) -> Result<Band> {
        let opened = opened(file.to_vec(), recover)?;
        let header = *opened.header();
        let region = region.unwrap_or(Rect::whole(header.size.scaled(scale)));
        let layout = header.layout;
        let request = DecodeRequest { scale, region, layout, recover };
        let mut decoder = opened.decode(&request, &Limits::default(), Level::detect())?;
        let mut band = Band::new(header.layout, region.width, 0..region.height)?;
        decoder.read(&mut band, &Watch::default())?;
        Ok(band)
    }

    #[test]
    fn lossless_comes_back_at_every_effort() -> Result<()> {
        for layout in [Layout::Rgb, Layout::Rgba] {
            for effort in 0..=6 {
                let file = encoded(WebP::lossless().effort(effort), layout, &Watch::default())?;
                let band = decoded(&file, 1, None, false)?;
                assert_eq!(band.layout(), layout);
                assert_eq!(band.plane(0), samples(layout), "{layout} effort {effort}");
            }
        }
        Ok(())
    }

    #[test]
    fn lossy_is_near_and_quality_costs_bytes() -> Result<()> {
        for layout in [Layout::Rgb, Layout::Rgba] {
            let fine = encoded(WebP::quality(95), layout, &Watch::default())?;
            let coarse = encoded(WebP::quality(30), layout, &Watch::default())?;
            assert!(coarse.len() < fine.len());
            assert_eq!(
                u32::from_le_bytes([fine[4], fine[5], fine[6], fine[7]]) as usize + 8,
                fine.len()
            );
            let band = decoded(&fine, 1, None, false)?;
            let apart = |(a, b): (&u8, &u8)| u64::from(a.abs_diff(*b));
            let sum: u64 = band.plane(0).iter().zip(&samples(layout)).map(apart).sum();
            assert!(sum < 12 * band.plane(0).len() as u64, "{layout}: {sum}");
        }
        Ok(())
    }

    #[test]
    fn a_region_is_a_crop_of_the_whole_at_every_place_and_scale() -> Result<()> {
        for (options, layout) in [
            (WebP::quality(60), Layout::Rgb),
            (WebP::quality(60), Layout::Rgba),
            (WebP::lossless(), Layout::Rgba),
        ] {
            let file = encoded(options, layout, &Watch::default())?;
            let channels = layout.channels() as usize;
            for scale in [1, 2, 4, 8] {
                let whole = decoded(&file, scale, None, false)?;
                let size = whole.size();
                assert_eq!(size, SIZE.scaled(scale));
                for (x, y) in [(0, 0), (1, 0), (0, 1), (3, 3), (4, 2), (5, 4), (6, 5)] {
                    let region =
                        Rect::new(x, y, (size.width - x).min(22), (size.height - y).min(9));
                    let region = region.intersection(Rect::whole(size));
                    let Some(region) = region.filter(|region| region.fits(size)) else {
                        continue;
                    };
                    let part = decoded(&file, scale, Some(region), false)?;
                    for row in region.rows() {
                        let from = region.x as usize * channels;
                        let expected =
                            &whole.row(0, row)[from..from + region.width as usize * channels];
                        assert_eq!(
                            part.row(0, row - region.y),
                            expected,
                            "{region} 1/{scale} row {row}"
                        );
                    }
                }
            }
        }
        Ok(())
    }

    #[test]
    fn a_cut_file_is_truncated_or_recovered() -> Result<()> {
        for options in [WebP::quality(90), WebP::lossless()] {
            let file = encoded(options, Layout::Rgba, &Watch::default())?;
            let whole = decoded(&file, 1, None, false)?;
            for end in (12..file.len() - 2).step_by(7) {
                let code = decoded(&file[..end], 1, None, false).err().map(|error| error.code());
                assert_eq!(code, Some("truncated"), "{end} of {}", file.len());
            }
            let part = decoded(&file[..file.len() * 9 / 10], 1, None, true)?;
            let rows = (0..SIZE.height).take_while(|&y| part.row(0, y) == whole.row(0, y)).count();
            assert!(rows >= 8, "{rows} rows");
            assert!(part.row(0, SIZE.height - 1).iter().all(|&sample| sample == 0));
        }
        Ok(())
    }

    #[test]
    fn a_cancelled_encode_says_so() {
        let token = CancelToken::new();
        token.cancel();
        let watch = Watch::new(vec![token], None);
        let code = encoded(WebP::default(), Layout::Rgb, &watch).err().map(|error| error.code());
        assert_eq!(code, Some("cancelled"));
    }
}
