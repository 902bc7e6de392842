//! Writes a frame of the records of all rows: RFC 6386, section 9 and 19.2.

use crate::bool_writer::BoolWriter;
use crate::error::Error;
use crate::mode_costs::write_modes;
use crate::probabilities::{TokenCounts, probability};
use crate::quantiser::{ChromaOffsets, SegmentQuantiser};
use crate::reserve::{filled, reserve};
use crate::tables::default_probabilities::{DEFAULT, TokenProbabilities};
use crate::tables::update_probabilities::UPDATE;
use crate::tokens::{NonzeroEdge, RecordReader, RowRecords};

/// Everything that a frame's header says, but for what the records say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameHeader<'a> {
    pub(crate) size: [u16; 2],
    pub(crate) quantisers: &'a [SegmentQuantiser; 4],
    /// The one segment there is, or the one that is filtered most.
    pub(crate) base: &'a SegmentQuantiser,
    pub(crate) chroma: ChromaOffsets,
    pub(crate) filter_sharpness: u8,
    pub(crate) log_partitions: u32,
}

/// The probabilities of segments: RFC 6386, section 9.3.
fn segment_probabilities(segments: [u64; 4]) -> [u8; 3] {
    let [a, b, c, d] = segments;
    [probability([a + b, c + d]), probability([a, b]), probability([c, d])]
}

/// Writes a frame.
///
/// # Errors
/// `TooLarge`, `Memory`, and `Stopped` where `stop` gives true; it is asked before every row.
pub(crate) fn write(
    header: &FrameHeader<'_>,
    rows: &[RowRecords],
    stop: &dyn Fn() -> bool,
) -> Result<Vec<u8>, Error> {
    let mut totals = (TokenCounts::ZERO, [0u64; 2], [0u64; 4]);
    for row in rows {
        totals.0.add(&row.counts);
        totals.1 = std::array::from_fn(|at| totals.1[at] + row.skipped[at]);
        totals.2 = std::array::from_fn(|at| totals.2[at] + row.segments[at]);
    }
    let (counts, [skipped, kept], segments) = totals;
    let probabilities = counts.probabilities();
    let skip = (skipped > 0).then(|| probability([kept, skipped]));
    let segments = segments.iter().filter(|&&count| count > 0).count() > 1;
    let segments = segments.then(|| segment_probabilities(totals.2));
    let mut modes = BoolWriter::new();
    write_header(header, &probabilities, skip, segments, &mut modes);
    let count = 1usize << header.log_partitions;
    let mut partitions: Vec<_> = (0..count).map(|_| BoolWriter::new()).collect();
    let across = usize::from(header.size[0]).div_ceil(16);
    let mut top_modes = filled([0; 4], across)?;
    let mut top_nonzero = filled(NonzeroEdge::default(), across)?;
    for (y, row) in rows.iter().enumerate() {
        if stop() {
            return Err(Error::Stopped);
        }
        let mut writer = RowWriter {
            probabilities: &probabilities,
            skip,
            segments,
            modes: &mut modes,
            tokens: &mut partitions[y % count],
        };
        writer.write(&mut row.reader(), &mut top_modes, &mut top_nonzero);
    }
    assemble(header, &modes.finish()?, partitions)
}

/// Writes rows of macroblocks.
struct RowWriter<'a> {
    probabilities: &'a TokenProbabilities,
    skip: Option<u8>,
    segments: Option<[u8; 3]>,
    modes: &'a mut BoolWriter,
    tokens: &'a mut BoolWriter,
}

impl RowWriter<'_> {
    /// Writes the records of a row: RFC 6386, section 19.3.
    fn write(
        &mut self,
        records: &mut RecordReader<'_>,
        top_modes: &mut [[u8; 4]],
        top_nonzero: &mut [NonzeroEdge],
    ) {
        let mut left_modes = [0; 4];
        let mut left_nonzero = NonzeroEdge::default();
        for (top_modes, top_nonzero) in top_modes.iter_mut().zip(top_nonzero) {
            let Some((modes, skip)) = records.modes() else { return };
            if let Some(probabilities) = self.segments {
                let high = modes.segment >= 2;
                self.modes.put(high, probabilities[0]);
                self.modes.put(modes.segment & 1 == 1, probabilities[1 + usize::from(high)]);
            }
            if let Some(probability) = self.skip {
                self.modes.put(skip, probability);
            }
            write_modes(&modes, top_modes, &mut left_modes, self.modes);
            let edges = [top_nonzero, &mut left_nonzero];
            let dc = modes.luma.is_some();
            records.write_tokens(dc, skip, self.probabilities, edges, self.tokens);
        }
    }
}

/// Writes the header of the first partition: RFC 6386, section 19.2.
fn write_header(
    header: &FrameHeader<'_>,
    probabilities: &TokenProbabilities,
    skip: Option<u8>,
    segments: Option<[u8; 3]>,
    out: &mut BoolWriter,
) {
    let base = header.base;
    // Colours are YCbCr, and decoders must clamp.
    out.put_number(0, 2);
    out.put_flag(segments.is_some());
    if let Some(segments) = segments {
        // A map and values, which are absolute.
        out.put_number(0b111, 3);
        for quantiser in header.quantisers {
            out.put_signed(i32::from(quantiser.index), 7);
        }
        for quantiser in header.quantisers {
            out.put_signed(i32::from(quantiser.filter_level), 6);
        }
        for probability in segments {
            out.put_flag(probability != 255);
            if probability != 255 {
                out.put_number(u32::from(probability), 8);
            }
        }
    }
    // The normal filter; a level of 0 would turn off all segments.
    out.put_flag(false);
    out.put_number(u32::from(base.filter_level), 6);
    out.put_number(u32::from(header.filter_sharpness.min(7)), 3);
    // No adjustments by mode.
    out.put_flag(false);
    out.put_number(header.log_partitions, 2);
    out.put_number(u32::from(base.index), 7);
    for offset in [0, 0, 0, header.chroma.dc, header.chroma.ac] {
        out.put_signed(offset, 4);
    }
    // Probabilities are for this frame alone.
    out.put_flag(false);
    let new = probabilities.as_flattened().as_flattened().as_flattened();
    let old = DEFAULT.as_flattened().as_flattened().as_flattened();
    let updates = UPDATE.as_flattened().as_flattened().as_flattened();
    for ((&new, &old), &update) in new.iter().zip(old).zip(updates) {
        out.put(new != old, update);
        if new != old {
            out.put_number(u32::from(new), 8);
        }
    }
    out.put_flag(skip.is_some());
    if let Some(probability) = skip {
        out.put_number(u32::from(probability), 8);
    }
}

/// Puts the frame together.
fn assemble(
    header: &FrameHeader<'_>,
    modes: &[u8],
    partitions: Vec<BoolWriter>,
) -> Result<Vec<u8>, Error> {
    let first = u32::try_from(modes.len()).map_err(|_| Error::TooLarge)?;
    if first >= 1 << 19 {
        return Err(Error::TooLarge);
    }
    let partitions: Result<Vec<_>, _> = partitions.into_iter().map(BoolWriter::finish).collect();
    let partitions = partitions?;
    let mut out = Vec::new();
    let length = partitions.iter().map(Vec::len).sum::<usize>();
    reserve(&mut out, 10 + modes.len() + 3 * partitions.len() + length)?;
    // A key frame of version 0 that is shown.
    out.extend_from_slice(&(1 << 4 | first << 5).to_le_bytes()[..3]);
    out.extend_from_slice(&[0x9D, 0x01, 0x2A]);
    out.extend(header.size.iter().flat_map(|side| side.to_le_bytes()));
    out.extend_from_slice(modes);
    for partition in &partitions[..partitions.len() - 1] {
        let length = u32::try_from(partition.len()).map_err(|_| Error::TooLarge)?;
        if length >= 1 << 24 {
            return Err(Error::TooLarge);
        }
        out.extend_from_slice(&length.to_le_bytes()[..3]);
    }
    partitions.iter().for_each(|partition| out.extend_from_slice(partition));
    Ok(out)
}
