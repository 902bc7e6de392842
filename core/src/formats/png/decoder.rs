//! Decodes rows of a PNG.

use std::io;
use std::sync::Arc;

use png::{DecodeOptions, DecodingError, InterlaceInfo, Reader, Transformations};

use super::super::part_stream::{Part, PartStream, StreamWatch, truncate};
use super::super::{DecodeRequest, Decoder, Header};
use super::front::Front;
use crate::error::{Error, ErrorKind, Result};
use crate::picture::image::band::{Band, zeroed};
use crate::recipe::job::Watch;
use crate::recipe::limits::Limits;
use crate::recipe::source::Bytes;

/// Reads to the first byte of the pixels.
pub(super) fn begin(
    bytes: &Bytes,
    front: &Front,
    request: &DecodeRequest,
    limits: &Limits,
) -> Result<Box<dyn Decoder>> {
    let settings = ReadSettings { recover: request.recover, max_memory: limits.max_memory };
    let (mut parts, mut end) = (front.parts(), front.parts_with_end((**bytes).as_ref()));
    let own_end = end.take_if(|_| !request.recover);
    let length = own_end.as_ref().map(|parts| parts.iter().rev().skip(1).map(Part::len).sum());
    parts = own_end.unwrap_or(parts);
    let (reader, watching) = read_front(bytes, &parts, settings, usize::MAX)?;
    Ok(Box::new(PngDecoder {
        reader,
        watching,
        settings,
        interlaced: front.interlaced,
        left: front.size.height,
        damage: front.damage.clone(),
        file: Arc::clone(bytes),
        parts,
        length,
        again: Again { cut: request.recover, end },
    }))
}

#[derive(Clone, Copy)]
struct ReadSettings {
    recover: bool,
    max_memory: u64,
}

/// Reads the parts up to the first byte of the pixels. Behind the first `by_bytes` bytes the stream
/// gives them one by one.
fn read_front(
    bytes: &Bytes,
    parts: &[Part],
    ReadSettings { recover, max_memory }: ReadSettings,
    by_bytes: usize,
) -> Result<(Reader<PartStream>, StreamWatch)> {
    let (stream, watching) = PartStream::new(Arc::clone(bytes), parts.to_vec());
    let mut options = DecodeOptions::default();
    // libpng only warns of it too. The checksums of chunks show damage; this one shows careless
    // encoders.
    options.set_ignore_adler32(true);
    options.set_ignore_crc(recover);
    let mut decoder = png::Decoder::new_with_options(stream.by_bytes(by_bytes), options);
    decoder.set_limits(png::Limits { bytes: usize::try_from(max_memory).unwrap_or(usize::MAX) });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let reader = decoder.read_info().map_err(|error| fault(error, max_memory))?;
    Ok((reader, watching))
}

/// An upper bound of the bytes that the `png` crate holds: the inflater and its window, rows that
/// wait for their filter, a row of an interlace pass. Twice that where a damaged file is read
/// again.
pub(super) fn memory(header: &Header, request: &DecodeRequest) -> u64 {
    const FIRST: u64 = 128 << 10;
    let pixels = u64::from(header.size.width) * u64::from(header.layout.channels());
    // The header does not say whether the file has 8 or 16 bits a sample.
    let row = 1 + 2 * pixels;
    // The crate moves its rows to the front of their vector once that many bytes lie before them,
    // and keeps the window of the inflater and a step of its output beside them.
    let kept = (4 * row).max(FIRST) + row + (40 << 10);
    // The vector doubles, and the old one lives until the new one is filled.
    let mut vector = FIRST;
    while vector < kept {
        vector *= 2;
    }
    let reader = vector + vector / 2 + pixels + (48 << 10);
    if request.recover { 2 * reader } else { reader }
}

/// A running decode.
struct PngDecoder {
    reader: Reader<PartStream>,
    watching: StreamWatch,
    settings: ReadSettings,
    interlaced: bool,
    /// Rows that have not been read.
    left: u32,
    /// The first damage, in a file that is to be recovered.
    damage: Option<Error>,
    file: Bytes,
    parts: Vec<Part>,
    /// Bytes of the parts before an end that the file has not.
    length: Option<usize>,
    again: Again,
}

/// The ways to read a file once more from its start, to recover it.
struct Again {
    /// Cut before its damage.
    cut: bool,
    /// With an end, where it has none.
    end: Option<Vec<Part>>,
}

impl Decoder for PngDecoder {
    fn read(&mut self, band: &mut Band, watch: &Watch) -> Result<()> {
        self.watching.set(watch);
        let stride = band.stride(0);
        if self.reader.output_line_size(self.reader.info().width) != Some(stride) {
            return Err(Error::internal("the band has not the width and layout of the PNG"));
        }
        let rows = band.rows().end - band.rows().start;
        if rows > self.left || (self.interlaced && rows != self.left) {
            return Err(Error::internal("the band has not the rows that the PNG has left"));
        }
        match self.read_band(band.plane_mut(0), stride, watch) {
            Err(error) if self.length.is_some_and(|length| self.watching.taken() >= length) => {
                return Err(if error.is_damage() { ends_early() } else { error });
            }
            Err(error) if error.kind() == ErrorKind::Malformed && self.again.cut => {
                self.damage.get_or_insert(error);
                self.read_cut(stride, watch)?;
                self.read_band(band.plane_mut(0), stride, watch)?;
            }
            Err(error) if error.kind() == ErrorKind::Truncated && self.again.end.is_some() => {
                let again = self.read_with_end(stride, watch);
                again
                    .and_then(|()| self.read_band(band.plane_mut(0), stride, watch))
                    .map_err(|again| if again.is_damage() { error } else { again })?;
            }
            read => read?,
        }
        self.left -= rows;
        if self.left == 0 { self.finish() } else { Ok(()) }
    }

    fn lost(&mut self) -> Option<Error> {
        self.damage.take()
    }
}

impl PngDecoder {
    /// Begins again with the file cut before its damage. The `png` crate holds rows back for the inflater's window: at an
    /// end it gives them, at an error it does not.
    fn read_cut(&mut self, stride: usize, watch: &Watch) -> Result<()> {
        self.again = Again { cut: false, end: None };
        let before = self.reader.info().height - self.left;
        // A second reading finds the damage to the byte, which the first does not tell.
        self.begin_again(self.watching.taken(), watch)?;
        while let Ok(Some(_)) = self.reader.next_interlaced_row() {}
        watch.check()?;
        truncate(&mut self.parts, self.watching.taken());
        self.begin_again(usize::MAX, watch)?;
        self.pass_over(before, stride, watch)
    }

    /// Begins again with an end, which the `png` crate waits for before it gives the last rows.
    fn read_with_end(&mut self, stride: usize, watch: &Watch) -> Result<()> {
        self.parts = self.again.end.take().unwrap_or_default();
        self.again.cut = false;
        let before = self.reader.info().height - self.left;
        self.begin_again(usize::MAX, watch)?;
        self.pass_over(before, stride, watch)
    }

    fn begin_again(&mut self, by_bytes: usize, watch: &Watch) -> Result<()> {
        (self.reader, self.watching) =
            read_front(&self.file, &self.parts, self.settings, by_bytes)?;
        self.watching.set(watch);
        Ok(())
    }

    /// Reads rows that were given before.
    fn pass_over(&mut self, rows: u32, stride: usize, watch: &Watch) -> Result<()> {
        let mut row = zeroed(stride)?;
        (0..rows).try_for_each(|_| self.read_band(&mut row, stride, watch))
    }

    fn read_band(&mut self, plane: &mut [u8], stride: usize, watch: &Watch) -> Result<()> {
        if self.interlaced {
            self.read_passes(plane, stride, watch)
        } else {
            self.read_rows(plane, stride, watch)
        }
    }

    fn read_rows(&mut self, plane: &mut [u8], stride: usize, watch: &Watch) -> Result<()> {
        for row in plane.chunks_exact_mut(stride) {
            watch.check()?;
            self.reader.read_row(row).map_err(|error| fault(error, self.settings.max_memory))?;
        }
        Ok(())
    }

    /// Reads the seven passes, each a smaller picture, and puts their pixels into place.
    fn read_passes(&mut self, plane: &mut [u8], stride: usize, watch: &Watch) -> Result<()> {
        let max_memory = self.settings.max_memory;
        let (colour, depth) = self.reader.output_color_type();
        let channels = u8::try_from(colour.samples()).unwrap_or(u8::MAX);
        let bits = channels.saturating_mul(depth as u8);
        let size = self.reader.info().size();
        for _ in 0..pass_rows(size.0, size.1) {
            watch.check()?;
            let row =
                self.reader.next_interlaced_row().map_err(|error| fault(error, max_memory))?;
            if let Some((data, InterlaceInfo::Adam7(pass))) =
                row.map(|row| (row.data(), *row.interlace()))
            {
                png::expand_interlaced_row(plane, stride, data, &pass, bits);
            }
        }
        Ok(())
    }

    /// Reads the rest of the pixel chunks, for their checksums. A file may end there: libpng does
    /// without IEND too.
    fn finish(&mut self) -> Result<()> {
        match self.reader.read_row(&mut []) {
            Err(DecodingError::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                Ok(())
            }
            Err(error) => Err(fault(error, self.settings.max_memory)),
            Ok(_) => Ok(()),
        }
    }
}

/// Rows of all seven passes of an Adam7 picture; a pass without columns has none.
fn pass_rows(width: u32, height: u32) -> u32 {
    // First column, first row and distance of rows of each pass.
    const PASSES: [(u32, u32, u32); 7] =
        [(0, 0, 8), (4, 0, 8), (0, 4, 8), (2, 0, 4), (0, 2, 4), (1, 0, 2), (0, 1, 2)];
    let passes = PASSES.iter().filter(|&&(x, ..)| width > x);
    passes.map(|&(_, y, step)| height.saturating_sub(y).div_ceil(step)).sum()
}

fn ends_early() -> Error {
    Error::truncated("the PNG ends within its pixels")
}

/// The library's error for one of the `png` crate.
#[cold]
fn fault(error: DecodingError, max_memory: u64) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            ends_early()
        }
        DecodingError::IoError(error) => match error.downcast::<Error>() {
            Ok(stopped) => stopped,
            Err(error) => Error::io("PNG", error),
        },
        DecodingError::Format(format) => Error::malformed(format!("PNG: {format}")),
        DecodingError::LimitsExceeded => {
            Error::limit_exceeded("max_memory", max_memory, max_memory.saturating_add(1))
        }
        DecodingError::Parameter(error) => Error::internal(format!("PNG: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::chunk::Chunk;
    use crate::{Image, Layout, OnError, Open, Pipeline, Png, Result, Size};

    /// The number of rows, from the top, that a recovered file shares with the picture.
    fn recovered(file: &[u8], whole: &Image) -> Result<usize> {
        let recover = Open::default().on_error(OnError::Recover);
        let found = Pipeline::open_with(file.to_vec(), recover).pixels()?;
        let row = whole.size().width as usize * whole.layout().channels() as usize;
        let pairs = found.data().chunks(row).zip(whole.data().chunks(row));
        Ok(pairs.take_while(|(found, whole)| found == whole).count())
    }

    /// A file that ends behind its pixels has all of them, whatever the decoder waits for; one that ends before them has not.
    #[test]
    fn a_file_without_an_end_has_all_its_rows() -> Result<()> {
        // Flat, so that a byte of codes is many rows.
        let cut = std::fs::read("../tests/images/odd/no-end.png").expect("a file of the checkout");
        let whole = [&cut[..], &Chunk::made(*b"IEND", &[])].concat();
        let image = Pipeline::open(whole.clone()).pixels()?;
        for end in [cut.len(), cut.len() + 7] {
            assert!(Pipeline::open(whole[..end].to_vec()).pixels()? == image, "{end}");
            assert_eq!(recovered(&whole[..end], &image)?, 245);
        }
        // A second chunk of pixels of which only some of the head is there.
        let (front, pixels) = (&cut[..41], &cut[41..cut.len() - 4]);
        let (one, other) = pixels.split_at(pixels.len() / 2);
        let [one, other] = [one, other].map(|part| Chunk::made(*b"IDAT", part));
        let parts = [&front[..33], &one, &other].concat();
        assert!(Pipeline::open(parts.clone()).pixels()? == image);
        for head in 0..8 {
            let file = parts[..33 + one.len() + head].to_vec();
            let error = Pipeline::open(file).pixels().expect_err("half of the pixels");
            assert_eq!(error.code(), "truncated", "{head}: {error}");
        }
        // The same pixels where more rows are announced.
        let mut short = cut;
        short[20..24].copy_from_slice(&300_u32.to_be_bytes());
        let sum = crc32fast::hash(&short[12..29]).to_be_bytes();
        short[29..33].copy_from_slice(&sum);
        let error = Pipeline::open(short.clone()).pixels().expect_err("too few rows");
        assert_eq!(error.code(), "truncated", "{error}");
        assert_eq!(recovered(&short, &image)?, 245);
        Ok(())
    }

    /// A file with damage gives as many rows as one that ends there.
    #[test]
    fn damage_costs_no_row_before_it() -> Result<()> {
        let samples = (0..60 * 200 * 3_u32).map(|i| (i * i / 77 % 251).to_be_bytes()[3]).collect();
        let image = Image::new(Size::new(60, 200), Layout::Rgb, samples)?;
        for level in [0, 1, 6] {
            let png = Png { compression_level: level, ..Png::default() };
            let file = Pipeline::open(image.clone()).encode(png).run()?.data;
            let mut fewer = 0;
            for at in (60..file.len() - 20).step_by(file.len() / 60) {
                let mut damaged = file.clone();
                damaged[at..at + 2].copy_from_slice(&[0xFF; 2]);
                let (found, had) = (recovered(&damaged, &image)?, recovered(&file[..at], &image)?);
                assert!(found >= had, "level {level}, byte {at}: {found} rows of {had}");
                fewer += usize::from(found < 200);
            }
            assert!(fewer > 20, "level {level}: {fewer}");
        }
        Ok(())
    }
}
