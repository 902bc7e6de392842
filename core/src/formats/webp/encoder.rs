//! Encodes pixels as a WebP.

use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use makeready_kernels::Level;

use super::super::within_bytes::{self, Curve, WithinBytes};
use super::super::{EncodeInput, EncodeMemory, Encoding, WholeEncoder};
use super::container::bytes_before_pixels;
use super::ffi::{self, Samples};
use super::lossy::{self, CanvasEncoder, LossyEncoder};
use crate::error::{Error, Result};
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
pub(super) fn begin(options: &WebP, picture: &EncodeInput, level: Level) -> Result<Encoding> {
    let (options, mut encoder) = (*options, CanvasEncoder::new(picture, level));
    if let Some(max_bytes) = options.max_bytes {
        // The quality of a lossless file is the time spent on it.
        let qualities = if options.is_lossless() { options.quality } else { 1 }..=options.quality;
        let encode = move |quality, canvas: &Arc<Band>, watch: &Watch| {
            encoder.file(&options.with_quality(quality), canvas, watch)
        };
        let within = WithinBytes { max_bytes, qualities, curve: &CURVE, encode };
        return Ok(Encoding::Whole(Box::new(within)));
    }
    if takes_rows(&options, picture) {
        return Ok(Encoding::Bands(Box::new(LossyEncoder::new(&options, picture, level)?)));
    }
    Ok(Encoding::Whole(Box::new(WholeFile { options, encoder })))
}

/// Tells whether a file is made of rows as they come, and not of the whole canvas.
fn takes_rows(options: &WebP, picture: &EncodeInput) -> bool {
    options.max_bytes.is_none() && !options.is_lossless() && !picture.layout.has_alpha()
}

/// Bounds the bytes that an encode holds.
pub(super) fn memory(options: &WebP, picture: &EncodeInput) -> EncodeMemory {
    let encode = encode_memory(options, picture);
    if takes_rows(options, picture) {
        return EncodeMemory::always(encode);
    }
    // The encode begins once the executor has collected all rows.
    let canvas = picture.layout.bytes(picture.size);
    within_bytes::memory(canvas, encode, options.max_bytes.unwrap_or(0))
}

/// Bounds the bytes that an encode of a canvas holds besides it, the file included.
pub(super) fn encode_memory(options: &WebP, picture: &EncodeInput) -> u64 {
    match options.is_lossless() {
        true => lossless_memory(options.effort, picture.size.pixels()),
        false => lossy::memory(options, picture),
    }
}

/// Bounds the bytes of a lossless encode: libwebp's copy of the picture, its buffers and the file.
///
/// The bound lies above all measurements with libwebp 1.6 of noise of 64x64 to 2000x1500 pixels. A photograph needs half
/// of it.
pub(super) fn lossless_memory(effort: u8, pixels: u64) -> u64 {
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

/// A file that takes the whole canvas.
struct WholeFile {
    options: WebP,
    encoder: CanvasEncoder,
}

impl WholeEncoder for WholeFile {
    fn encode(mut self: Box<Self>, canvas: Band, watch: &Watch) -> Result<Vec<u8>> {
        self.encoder.file(&self.options, &Arc::new(canvas), watch)
    }
}

impl CanvasEncoder {
    /// The file of a canvas that may be encoded once more.
    fn file(&mut self, options: &WebP, canvas: &Arc<Band>, watch: &Watch) -> Result<Vec<u8>> {
        match options.is_lossless() {
            true => lossless(options, canvas, watch),
            false => self.encode(options, canvas, watch)?.file(canvas.size()),
        }
    }
}

/// Pixels from which on libwebp may take over 100 ms to stop: 250,000 of noise took up to 90 ms, and a second where it tries
/// hardest, from effort 3 on at quality 100.
fn may_be_long(options: &WebP, pixels: u64) -> bool {
    let hardest = options.effort >= 3 && options.quality == 100;
    pixels >= if hardest { 1 << 14 } else { 1 << 18 }
}

/// Encodes a canvas as a lossless file.
pub(super) fn lossless(options: &WebP, canvas: &Arc<Band>, watch: &Watch) -> Result<Vec<u8>> {
    match canvas.layout() {
        Layout::Rgb => lossless_of(options, canvas, Samples::Rgb, watch),
        Layout::Rgba => lossless_of(options, canvas, Samples::Rgba, watch),
        layout => Err(Error::internal(format!("a WebP of {layout} samples"))),
    }
}

/// Encodes samples of a canvas as a lossless file, on a thread of its own where libwebp may be slow to stop.
pub(super) fn lossless_of(
    options: &WebP,
    canvas: &Arc<Band>,
    samples: Samples,
    watch: &Watch,
) -> Result<Vec<u8>> {
    watch.check()?;
    let (options, size) = (*options, canvas.size());
    // libwebp may write a corrupt file where it gets no memory for a palette.
    probed(lossless_memory(options.effort, size.pixels()))?;
    let encode = move |canvas: &Band, watch: &Watch| {
        ffi::encode(canvas.plane(0), &samples, size, &options, watch)
    };
    if !may_be_long(&options, size.pixels()) {
        return encode(canvas, watch);
    }
    let canvas = Arc::clone(canvas);
    aside(watch, move |watch| encode(&canvas, watch))
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
    use std::time::Instant;

    use super::*;
    use crate::Pipeline;
    use crate::formats::film::trial::Random;
    use crate::formats::{DecodeRequest, opened};
    use crate::picture::geometry::{Rect, Size};
    use crate::picture::image::Image;
    use crate::recipe::job::CancelToken;
    use crate::recipe::limits::Limits;

    // Below 64 columns libwebp changes nothing for a file that is nearly lossless.
    const SIZE: Size = Size::new(71, 45);

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
        let picture = EncodeInput { size: SIZE, layout, threads: 1, band_rows: SIZE.height };
        match begin(&options, &picture, Level::detect())? {
            Encoding::Whole(encoder) => encoder.encode(band, watch),
            Encoding::Bands(mut encoder) => {
                encoder.write(&band, watch)?;
                encoder.finish(watch)
            }
        }
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
    fn the_hardest_search_stops_too() -> Result<()> {
        let mut random = Random(31);
        let size = Size::new(300, 300);
        let pixel = |random: &mut Random| match random.once_in(2) {
            true => [9, 200, 30],
            false => [random.byte(), random.byte(), random.byte()],
        };
        let data = (0..300 * 300).flat_map(|_| pixel(&mut random)).collect();
        let job = Pipeline::open(Image::new(size, Layout::Rgb, data)?)
            .encode(WebP::lossless().with_quality(100))
            .threads(1)
            .deadline(Duration::from_millis(50));
        // The best of three, as another process may have the core.
        let late = (0..3).map(|_| {
            let start = Instant::now();
            let error = job.run().expect_err("a timeout");
            assert_eq!(error.code(), "timeout", "{error}");
            start.elapsed()
        });
        let late = late.min().unwrap_or_default();
        assert!(late < Duration::from_millis(150), "{late:?}");
        Ok(())
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

    /// Samples are off by as much as libwebp's documents say, and photographs get smaller.
    #[test]
    fn nearly_lossless_is_off_by_what_the_quality_allows() -> Result<()> {
        let qualities = [(100, 0), (80, 1), (60, 2), (40, 4), (20, 8), (1, 16)];
        for (layout, (quality, most)) in
            [Layout::Rgb, Layout::Rgba].into_iter().flat_map(|l| qualities.map(|q| (l, q)))
        {
            let options = WebP::quality(quality).near_lossless(true);
            let file = encoded(options, layout, &Watch::default())?;
            let band = decoded(&file, 1, None, false)?;
            let pairs = band.plane(0).iter().zip(samples(layout));
            let worst = pairs.map(|(a, b)| a.abs_diff(b)).max();
            assert!(worst <= Some(most) && (most < 2 || worst > Some(0)), "{quality}: {worst:?}");
            let other = encoded(options.with_lossless(true), layout, &Watch::default())?;
            assert!(other == file, "{layout} {quality}");
        }
        let photo = crate::Pipeline::open("../tests/images/photo.jpg").resize((200, 150));
        let mut before = photo.clone().encode(WebP::lossless()).run()?.data.len();
        // Further down the steps cost more than they spare.
        for (quality, _) in &qualities[1..4] {
            let near = WebP::quality(*quality).near_lossless(true);
            let length = photo.clone().encode(near).run()?.data.len();
            assert!(length < before, "{quality}: {length} of {before}");
            before = length;
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
