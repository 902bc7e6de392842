//! The frames of an APNG on their canvas, one after another: each is read as a PNG of its own.

use std::sync::Arc;

use makeready_kernels::Level;

use super::chunk::Chunk;
use super::decoder;
use super::frames::{Frame, Walk, pixels};
use super::front::Front;
use super::{PngFile, PngReader};
use crate::error::{Error, Result};
use crate::formats::film::canvas::{Canvas, Disposal};
use crate::formats::read::Reader;
use crate::formats::{DecodeRequest, Film, Header, Player};
use crate::picture::blend::blend;
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::picture::image::band::Band;
use crate::picture::motion::Motion;
use crate::picture::reserve::reserved;
use crate::picture::work::{Work, WorkKind};
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};
use crate::recipe::source::Bytes;

/// Bytes of the chunks before the pixels of a frame: signature, IHDR, palette, transparency.
const FRONT: u64 = 2 << 10;

/// The parts of a film that its players share.
#[derive(Clone)]
struct Reel {
    file: Bytes,
    front: Front,
    header: Header,
    layout: Layout,
    frames: Arc<[Frame]>,
    limits: Limits,
}

/// A film that announces two frames or more.
struct PngFilm {
    reel: Reel,
    motion: Motion,
    /// The reason where frames are missing.
    damage: Option<Error>,
}

/// Reads all frames of an APNG up to their pixels.
pub(super) fn open(png: &PngFile, limits: &Limits) -> Result<Option<Arc<dyn Film>>> {
    let PngFile { file, front, header } = png;
    let walk = Walk::begin((**file).as_ref(), header.size).filter(|walk| walk.announced > 1);
    let Some(mut walk) = walk else { return Ok(None) };
    check("max_frames", limits.max_frames.into(), header.pages.into())?;
    let mut frames = reserved(header.pages as usize)?;
    let damage = loop {
        match walk.next_frame() {
            Ok(Some(frame)) => frames.push(frame),
            Err(error) if frames.is_empty() => return Err(error),
            end => break end.err(),
        }
    };
    let motion = Motion { delays: delays(&frames), plays: walk.plays };
    let layout = Layout::interleaved(true, front.layout().has_alpha() || is_clear(&frames, header));
    let (file, front, header) = (Arc::clone(file), front.clone(), *header);
    let reel = Reel { file, front, header, layout, frames: frames.into(), limits: *limits };
    Ok(Some(Arc::new(PngFilm { reel, motion, damage })))
}

/// Tells whether some of the canvas is clear though no pixel of the file is.
fn is_clear(frames: &[Frame], header: &Header) -> bool {
    let covers = frames.first().is_some_and(|first| first.place == Rect::whole(header.size));
    !covers || frames.iter().any(|frame| frame.disposal == Disposal::Clear)
}

/// Milliseconds of each frame, rounded so that their sum is that of the file.
fn delays(frames: &[Frame]) -> Arc<[u32]> {
    let (mut end, mut told) = (0, 0);
    let delay = |frame: &Frame| {
        end += frame.nanoseconds;
        let milliseconds = (end + 500_000) / 1_000_000;
        let delay = milliseconds - std::mem::replace(&mut told, milliseconds);
        u32::try_from(delay).unwrap_or(u32::MAX)
    };
    frames.iter().map(delay).collect()
}

impl Film for PngFilm {
    fn motion(&self) -> &Motion {
        &self.motion
    }

    fn layout(&self) -> Layout {
        self.reel.layout
    }

    /// The canvas and a copy that may be put back, the file of a frame, and its decode.
    fn memory(&self) -> u64 {
        let Reel { front, header, layout, frames, .. } = &self.reel;
        let bytes = frames.iter().map(|frame| frame.bytes).max().unwrap_or(0) as u64;
        let rows = if front.interlaced { header.size.height } else { 1 };
        let band = header.layout.bytes(Size::new(header.size.width, rows));
        let list = frames.len() * size_of::<Frame>();
        let decode = decoder::memory(header, &request(header, true));
        2 * layout.bytes(header.size) + bytes + FRONT + band + decode + list as u64
    }

    fn work(&self, work: &mut Work) {
        let Reel { front, header, layout, frames, .. } = &self.reel;
        let share = 1.0 / frames.len().max(1) as f64;
        for frame in &**frames {
            let part = frame.place.size().pixels() as f64 / header.size.pixels() as f64;
            let samples = layout.bytes(frame.place.size()) as f64;
            work.add(WorkKind::PngOpen, share);
            work.add_at(WorkKind::PngInflate, 0, frame.bytes as f64 * share);
            work.add(WorkKind::PngRow, front.row_bytes() as f64 * part * share);
            work.add_at(WorkKind::PngSample, 1, samples * share);
            work.add(WorkKind::Blend, samples * share);
        }
    }

    fn play(&self, recover: bool) -> Result<Box<dyn Player>> {
        if let Some(damage) = self.damage.as_ref().filter(|_| !recover) {
            return Err(damage.clone());
        }
        let canvas = Canvas::new(self.reel.header.size, self.reel.layout)?;
        let damage = self.damage.clone().or_else(|| self.reel.front.damage.clone());
        let reel = self.reel.clone();
        Ok(Box::new(PngPlayer { reel, next: 0, canvas, recover, damage }))
    }
}

/// The canvas while a film is played.
struct PngPlayer {
    reel: Reel,
    next: usize,
    canvas: Canvas,
    recover: bool,
    damage: Option<Error>,
}

impl Player for PngPlayer {
    fn next(&mut self, watch: &Watch) -> Result<&[u8]> {
        watch.check()?;
        let frames = Arc::clone(&self.reel.frames);
        if let Some(before) = self.next.checked_sub(1) {
            self.canvas.dispose(frames[before].place, frames[before].disposal);
        }
        let frame = frames.get(self.next);
        let frame = frame.ok_or_else(|| Error::internal("a film has no more frames"))?;
        self.next += 1;
        self.canvas.save(frame.disposal)?;
        if let Err(error) = self.draw(frame, watch) {
            self.pass_over(error)?;
        }
        Ok(&self.canvas.samples)
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

impl PngPlayer {
    /// Goes on behind damage in a film that is to be recovered.
    fn pass_over(&mut self, error: Error) -> Result<()> {
        if !self.recover || !error.is_damage() {
            return Err(error);
        }
        self.damage.get_or_insert(error);
        Ok(())
    }

    /// Draws the rows of a frame as they come.
    fn draw(&mut self, frame: &Frame, watch: &Watch) -> Result<()> {
        let file: Bytes = Arc::new(self.file_of(frame, watch)?);
        let opened = PngReader.open(file, &self.reel.limits, self.recover)?;
        let header = opened.header();
        let request = request(header, self.recover);
        let mut decoder = opened.decode(&request, &self.reel.limits, Level::detect())?;
        let rows = if header.caps.bands { 1 } else { header.size.height };
        let mut band = Band::new(header.layout, header.size.width, 0..rows)?;
        for first in frame.place.rows().step_by(rows as usize) {
            decoder.read(&mut band, watch)?;
            for row in 0..rows {
                let target = self.canvas.row(frame.place, first + row);
                draw(&band, row, target, frame.over);
            }
        }
        decoder.lost().map_or(Ok(()), |error| self.pass_over(error))
    }

    /// A PNG of the pixels of a frame: the front of the file and one IDAT chunk. Without an end, as a
    /// decoder gives more rows of pixels that end early if nothing follows.
    fn file_of(&mut self, frame: &Frame, watch: &Watch) -> Result<Vec<u8>> {
        let bytes = Arc::clone(&self.reel.file);
        let data = (*bytes).as_ref();
        let front = self.reel.front.of_size(data, frame.place.size());
        let mut file = reserved(front.len() + frame.bytes + 12)?;
        file.extend_from_slice(&front);
        file.extend_from_slice(&u32::try_from(frame.bytes).unwrap_or(u32::MAX).to_be_bytes());
        let named = file.len();
        file.extend_from_slice(b"IDAT");
        let mut at = frame.chunks.start;
        while at < frame.chunks.end {
            watch.check()?;
            let chunk = Chunk::at(data, at)?;
            if chunk.next > data.len() {
                self.pass_over(Error::truncated("the PNG ends within a frame"))?;
            } else if let Err(error) = chunk.checked(data) {
                self.pass_over(error)?;
            }
            file.extend_from_slice(pixels(data, &chunk));
            at = chunk.next;
        }
        let checksum = crc32fast::hash(&file[named..]);
        file.extend_from_slice(&checksum.to_be_bytes());
        Ok(file)
    }
}

/// All of a picture.
fn request(header: &Header, recover: bool) -> DecodeRequest {
    DecodeRequest { scale: 1, region: Rect::whole(header.size), layout: header.layout, recover }
}

/// Draws a row of a band, of any layout of PNG.
fn draw(band: &Band, row: u32, target: &mut [u8], over: bool) {
    let source = band.row(0, row);
    match band.layout().channels() {
        1 => draw_row::<1>(source, target, over),
        2 => draw_row::<2>(source, target, over),
        _ if !over && target.len() == source.len() => target.copy_from_slice(source),
        3 => draw_row::<3>(source, target, over),
        _ => draw_row::<4>(source, target, over),
    }
}

/// Draws pixels of `CHANNELS` samples on such with colour, and alpha where there is room for it.
fn draw_row<const CHANNELS: usize>(source: &[u8], target: &mut [u8], over: bool) {
    let source = source.as_chunks::<CHANNELS>().0;
    let channels = target.len() / source.len().max(1);
    for (from, to) in source.iter().zip(target.chunks_exact_mut(channels)) {
        let pixel = match from[..] {
            [gray] => [gray, gray, gray, 255],
            [gray, alpha] => [gray, gray, gray, alpha],
            [red, green, blue] => [red, green, blue, 255],
            _ => std::array::from_fn(|at| from[at]),
        };
        match pixel[3] {
            1..=254 if over => blend(&pixel, to, 3),
            0 if over => {}
            _ => to.copy_from_slice(&pixel[..channels]),
        }
    }
}

#[cfg(test)]
mod tests;
