//! Writes a frame of the records of all rows: RFC 6386, section 9 and 19.2.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use makeready_kernels::Level;
use makeready_kernels::bits::{BitKernel, with_bit_instructions};

use crate::bool_writer::BoolWriter;
use crate::bounds::Bounds;
use crate::encoder::{Spread, Stop};
use crate::error::Error;
use crate::mode_costs::write_modes;
use crate::probabilities::{TokenCounts, probability};
use crate::quantiser::{ChromaOffsets, SegmentQuantiser};
use crate::reserve::{filled, reserve};
use crate::tables::default_probabilities::{DEFAULT, TokenProbabilities};
use crate::tables::update_probabilities::UPDATE;
use crate::tokens::RowRecords;

/// Everything that a frame's header says, but for what the records say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FrameHeader<'a> {
    pub(crate) size: [u16; 2],
    pub(crate) quantisers: &'a [SegmentQuantiser; 4],
    /// The one segment there is, or the one that is filtered most.
    pub(crate) base: &'a SegmentQuantiser,
    pub(crate) chroma: ChromaOffsets,
    pub(crate) filter_sharpness: u8,
    /// The binary logarithm of the number of partitions; `None` to choose it.
    pub(crate) log_partitions: Option<u32>,
    pub(crate) level: Level,
    pub(crate) bounds: Bounds,
}

/// The probabilities of segments: RFC 6386, section 9.3.
fn segment_probabilities(segments: [u64; 4]) -> [u8; 3] {
    let [a, b, c, d] = segments;
    [probability([a + b, c + d]), probability([a, b]), probability([c, d])]
}

/// The most partitions of tokens, as a binary logarithm.
const MOST_PARTITIONS: u32 = 3;

/// Bytes of records that a partition of its own pays for.
const PARTITION_BYTES: usize = 8 << 10;

/// Everything that the streams of a frame have in common.
struct Streams<'a> {
    header: &'a FrameHeader<'a>,
    rows: &'a [RowRecords],
    probabilities: TokenProbabilities,
    skip: Option<u8>,
    segments: Option<[u8; 3]>,
    log_partitions: u32,
    stop: Stop<'a>,
    level: Level,
}

/// Writes a frame.
///
/// # Errors
/// `TooLarge`, `Memory`, and `Stopped` where `stop` gives true; it is asked before every row.
pub(crate) fn write(
    header: &FrameHeader<'_>,
    rows: &[RowRecords],
    counts: &TokenCounts,
    spread: Spread<'_>,
    stop: Stop<'_>,
) -> Result<Vec<u8>, Error> {
    let (mut skipped, mut segments) = ([0; 2], [0; 4]);
    for row in rows {
        skipped = std::array::from_fn(|at| skipped[at] + row.skipped[at]);
        segments = std::array::from_fn(|at| segments[at] + row.segments[at]);
    }
    let bytes = rows.iter().map(RowRecords::token_bytes).sum::<usize>();
    let automatic = (bytes / PARTITION_BYTES).max(1).ilog2().min(MOST_PARTITIONS);
    let several = segments.iter().filter(|&&count| count > 0).count() > 1;
    let streams = Streams {
        header,
        rows,
        probabilities: counts.probabilities(),
        skip: (skipped[0] > 0).then(|| probability([skipped[1], skipped[0]])),
        segments: several.then(|| segment_probabilities(segments)),
        log_partitions: header.log_partitions.unwrap_or(automatic),
        stop,
        level: header.level,
    };
    let count = (1 << streams.log_partitions) + 1;
    let results: Vec<OnceLock<_>> = (0..count).map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    // The largest streams first; modes are the last one.
    spread(&|| {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(result) = results.get(number) else { break };
            let _ = result.set(streams.write(number));
        }
    });
    let results = results.into_iter().map(|it| it.into_inner().unwrap_or(Err(Error::Stopped)));
    assemble(header, &results.collect::<Result<Vec<_>, _>>()?)
}

/// A partition of tokens, to be written with the bit instructions of the CPU.
struct Partition<'a>(&'a Streams<'a>, usize);

impl BitKernel for Partition<'_> {
    type Output = Result<Vec<u8>, Error>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        self.0.write_tokens(self.1)
    }
}

impl Streams<'_> {
    /// Writes a stream: a partition of tokens, or the modes.
    fn write(&self, number: usize) -> Result<Vec<u8>, Error> {
        if number >> self.log_partitions == 0 {
            with_bit_instructions(self.level, Partition(self, number))
        } else {
            self.write_modes()
        }
    }

    /// Writes a partition of tokens: that of each so many rows.
    #[inline(always)]
    fn write_tokens(&self, number: usize) -> Result<Vec<u8>, Error> {
        let mut writer = BoolWriter::new();
        let across = usize::from(self.header.size[0]).div_ceil(16);
        let rows = self.rows.iter().skip(number).step_by(1 << self.log_partitions);
        for (before, row) in rows.enumerate() {
            self.check()?;
            row.write_tokens(&self.probabilities, &mut writer);
            self.header.bounds.check_tokens(writer.bytes.len(), (before + 1) * across)?;
        }
        writer.finish()
    }

    /// Writes the first partition: the header and the modes: RFC 6386, section 19.3.
    fn write_modes(&self) -> Result<Vec<u8>, Error> {
        let mut writer = BoolWriter::new();
        write_header(self, &mut writer);
        let across = usize::from(self.header.size[0]).div_ceil(16);
        let mut top_modes = filled([0; 4], across)?;
        for row in self.rows {
            self.check()?;
            let mut left_modes = [0; 4];
            for ((modes, skip), top_modes) in row.modes().zip(&mut top_modes) {
                if let Some(probabilities) = self.segments {
                    let high = modes.segment >= 2;
                    writer.put(high, probabilities[0]);
                    writer.put(modes.segment & 1 == 1, probabilities[1 + usize::from(high)]);
                }
                if let Some(probability) = self.skip {
                    writer.put(skip, probability);
                }
                write_modes(&modes, top_modes, &mut left_modes, &mut writer);
            }
        }
        // A byte that no reader of the header has taken yet: without one left, libwebp's decoder of files in pieces takes
        // the partition for empty.
        writer.put_number(0, 8);
        writer.finish()
    }

    fn check(&self) -> Result<(), Error> {
        if (self.stop)() { Err(Error::Stopped) } else { Ok(()) }
    }
}

/// Writes the header of the first partition: RFC 6386, section 19.2.
fn write_header(streams: &Streams<'_>, out: &mut BoolWriter) {
    let &Streams { header, ref probabilities, skip, segments, log_partitions, .. } = streams;
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
    out.put_number(log_partitions, 2);
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

/// Puts the frame together of the partitions of tokens and that of modes.
fn assemble(header: &FrameHeader<'_>, streams: &[Vec<u8>]) -> Result<Vec<u8>, Error> {
    let Some((modes, partitions)) = streams.split_last() else { return Err(Error::TooLarge) };
    let length = |stream: &[u8], bits: u32| match u32::try_from(stream.len()) {
        Ok(length) if length >> bits == 0 => Ok(length),
        _ => Err(Error::TooLarge),
    };
    let mut out = Vec::new();
    reserve(&mut out, 10 + 3 * partitions.len() + streams.iter().map(Vec::len).sum::<usize>())?;
    // A key frame of version 0 that is shown.
    let tag = 1 << 4 | length(modes, 19)? << 5;
    out.extend_from_slice(&tag.to_le_bytes()[..3]);
    out.extend_from_slice(&[0x9D, 0x01, 0x2A]);
    out.extend(header.size.iter().flat_map(|side| side.to_le_bytes()));
    out.extend_from_slice(modes);
    for partition in &partitions[..partitions.len() - 1] {
        out.extend_from_slice(&length(partition, 24)?.to_le_bytes()[..3]);
    }
    partitions.iter().for_each(|partition| out.extend_from_slice(partition));
    Ok(out)
}
