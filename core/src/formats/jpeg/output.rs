//! The encoder's place among the codecs.

use super::encoder::{EncodeError, Encoder, Input, Plane, Settings, Subsampling};
use crate::error::{Error, Result};
use crate::formats;
use crate::picture::geometry::Size;
use crate::picture::image::band::Band;
use crate::picture::image::{self, Layout};
use crate::recipe::job::Watch;
use crate::recipe::options::Jpeg;
use makeready_kernels::Level;

/// 16 bits say how long a side is.
pub(in crate::formats) const MAX_SIDE: u32 = 65_535;

pub(in crate::formats) fn encode_memory(
    options: &Jpeg,
    size: Size,
    layout: Layout,
    lanes: usize,
    cut: u32,
) -> u64 {
    let settings = settings(options, layout);
    let lanes = worthwhile(lanes, size);
    Encoder::memory(size.width, size.height, input(layout), &settings, lanes, cut)
}

pub(in crate::formats) fn encoder(
    options: &Jpeg,
    size: Size,
    layout: Layout,
    lanes: usize,
    level: Level,
) -> Result<Box<dyn formats::Encoder>> {
    let settings = settings(options, layout);
    let lanes = worthwhile(lanes, size);
    let (width, height) = (size.width, size.height);
    let encoder = Encoder::with_level(width, height, input(layout), &settings, lanes, level);
    Ok(Box::new(Output(encoder.map_err(typed)?)))
}

/// Lanes of a megapixel or more each: for less, handing work over costs more time than it saves, and
/// every lane has its buffers.
fn worthwhile(lanes: usize, size: Size) -> usize {
    let most = usize::try_from(size.pixels() / 1_000_000).unwrap_or(usize::MAX);
    lanes.min(most).max(1)
}

fn input(layout: Layout) -> Input {
    match layout {
        Layout::Gray => Input::Gray,
        Layout::YCbCr(_) => Input::Planes,
        _ => Input::Rgb,
    }
}

fn settings(options: &Jpeg, layout: Layout) -> Settings {
    let subsampling = match layout {
        Layout::YCbCr(subsampling) => subsampling,
        _ => options.subsampling,
    };
    Settings {
        quality: options.quality,
        subsampling: match subsampling {
            image::Subsampling::S444 => Subsampling::S444,
            image::Subsampling::S422 => Subsampling::S422,
            image::Subsampling::S420 => Subsampling::S420,
        },
        progressive: options.progressive,
        optimize_coding: options.optimize_coding,
        restart_interval: 0,
        icc: None,
        exif: None,
    }
}

fn typed(error: EncodeError) -> Error {
    match error {
        EncodeError::Memory(bytes) => Error::out_of_memory(bytes),
        // The plan has checked all sizes, and the executor gives every row once.
        other => Error::internal(format!("JPEG encoder: {other}")),
    }
}

struct Output(Encoder);

impl formats::Encoder for Output {
    fn write(&mut self, band: &Band, watch: &Watch) -> Result<()> {
        let rows = band.size().height;
        let poll = || watch.stopped();
        let pushed = if band.layout().planes().len() == 1 {
            self.0.push(band.plane(0), band.stride(0), rows, &poll)
        } else {
            let plane = |index| Plane { data: band.plane(index), stride: band.stride(index) };
            self.0.push_planes(&[plane(0), plane(1), plane(2)], rows, &poll)
        };
        stopped_or_typed(pushed, watch)
    }

    fn finish(self: Box<Self>, watch: &Watch) -> Result<Vec<u8>> {
        match self.0.finish(&|| watch.stopped()) {
            Ok(file) => Ok(file),
            Err(error) => stopped_or_typed(Err(error), watch).map(|()| Vec::new()),
        }
    }
}

fn stopped_or_typed(result: Result<(), EncodeError>, watch: &Watch) -> Result<()> {
    match result {
        Err(EncodeError::Stopped) => watch.check(),
        other => other.map_err(typed),
    }
}
