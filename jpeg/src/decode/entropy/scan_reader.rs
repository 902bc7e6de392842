//! Walks a scan: the order of its blocks, restart markers, and data that ends early.

use crate::decode::entropy::bit_reader::{BitPosition, BitReader};
use crate::decode::header::scan_header::ScanHeader;
use crate::decode::header::search::{Found, next_marker};
use crate::decode::layout::DecodeLayout;
use crate::error::Error;
use crate::markers::restart_number;
use makeready_kernels::Level;
use makeready_kernels::bits::{BitKernel, with_bit_instructions};

/// The state that is carried from block to block, and starts anew at restart markers.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ScanState {
    /// The DC value of the block before, for each component of the scan.
    pub(crate) predictions: [i32; 4],
    /// Blocks still to come that have nothing in the spectral range of a progressive scan.
    pub(crate) ends: u32,
}

/// The place of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    /// The place of the component in the scan.
    pub(crate) slot: usize,
    /// The index of the component in the frame.
    pub(crate) plane: usize,
    /// The column of the block in its component.
    pub(crate) column: u32,
    /// The row of the block in its component.
    pub(crate) row: u32,
}

/// Takes the blocks of a scan.
pub(crate) trait ScanSink {
    /// Reads a block.
    fn block(&mut self, bits: &mut BitReader<'_>, state: &mut ScanState, at: At);
    /// Takes a block that the data lacks, in a file that is to be recovered.
    fn missing(&mut self, at: At);
}

/// Blocks of an MCU at most: four components of 4x4.
const MAX_BLOCKS: usize = 64;

/// One block of every MCU of a scan.
#[derive(Debug, Clone, Copy, Default)]
struct McuBlock {
    slot: usize,
    plane: usize,
    /// Its column and row in the MCU.
    place: (u32, u32),
    /// Blocks of its component in an MCU, a row and a column.
    blocks: (u32, u32),
}

/// A scan while it is read.
pub(crate) struct ScanReader {
    /// The blocks of an MCU in the order of the file. They are in one list: hardly a branch
    /// predictor knows where nested loops over few blocks end.
    steps: [McuBlock; MAX_BLOCKS],
    count: usize,
    /// MCUs a line.
    mcus: u32,
    /// Lines of MCUs in one row of MCUs of the frame, and in the whole scan.
    lines: (u32, u32),
    restart_interval: u32,
    to_restart: u32,
    next_restart: u8,
    position: BitPosition,
    state: ScanState,
    /// Whether the data has ended early, up to the next restart marker.
    exhausted: bool,
    recover: bool,
    /// Whether data was missing or no code, in a file that is to be recovered.
    damaged: bool,
    /// MCUs before this one are not read: their restart intervals were passed over.
    resume_at: u64,
}

impl ScanReader {
    /// Begins a scan.
    pub(crate) fn new(
        spec: &ScanHeader,
        layout: &DecodeLayout,
        interval: u32,
        recover: bool,
    ) -> Self {
        let components = spec.components();
        let interleaved = components.len() > 1;
        let mut steps = [McuBlock::default(); MAX_BLOCKS];
        let mut count = 0;
        for (slot, component) in components.iter().enumerate() {
            let sampling = layout.planes[component.index].sampling;
            let blocks = if interleaved { sampling } else { (1, 1) };
            for place in 0..blocks.0 * blocks.1 {
                let place = (place % blocks.0, place / blocks.0);
                steps[count] = McuBlock { slot, plane: component.index, place, blocks };
                count += 1;
            }
        }
        let alone = &layout.planes[steps[0].plane];
        let (mcus, lines) = match interleaved {
            true => (layout.mcus.0, (1, layout.mcus.1)),
            false => (alone.blocks.0, (alone.sampling.1, alone.blocks.1)),
        };
        Self {
            steps,
            count,
            mcus,
            lines,
            restart_interval: interval,
            to_restart: interval,
            next_restart: 0,
            position: BitPosition::start(spec.start),
            state: ScanState::default(),
            exhausted: false,
            recover,
            damaged: false,
            resume_at: 0,
        }
    }

    /// Tells whether the data has ended early, in a file that is to be recovered.
    pub(crate) const fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// Tells whether data was missing or no code, in a file that is to be recovered.
    pub(crate) const fn is_damaged(&self) -> bool {
        self.damaged
    }

    /// The place of the next byte to read.
    pub(crate) const fn position(&self) -> usize {
        self.position.at()
    }

    /// Passes over all restart intervals that end before row `mcu_row` of MCUs, if their markers
    /// are in order. Else nothing happens, and they are read.
    pub(crate) fn skip_to(&mut self, data: &[u8], mcu_row: u32) {
        let Some(intervals) = self.first_mcu(mcu_row).checked_div(u64::from(self.restart_interval))
        else {
            return;
        };
        let mut at = self.position.at();
        for number in 0..intervals {
            match next_marker(data, at) {
                Some(found) if restart_number(found.marker) == Some((number % 8) as u8) => {
                    at = found.after;
                }
                _ => return,
            }
        }
        self.position = BitPosition::start(at);
        self.next_restart = (intervals % 8) as u8;
        self.resume_at = intervals * u64::from(self.restart_interval);
    }

    /// The first MCU of the row `mcu_row` of MCUs of the frame.
    fn first_mcu(&self, mcu_row: u32) -> u64 {
        u64::from(mcu_row) * u64::from(self.lines.0) * u64::from(self.mcus)
    }

    /// Reads row `mcu_row` of MCUs of the frame.
    pub(crate) fn mcu_row(
        &mut self,
        level: Level,
        data: &[u8],
        mcu_row: u32,
        sink: &mut impl ScanSink,
    ) -> Result<(), Error> {
        with_bit_instructions(level, ReadMcuRow { scan: self, data, mcu_row, sink })
    }

    /// Reads row `mcu_row` of MCUs of the frame, without regard to the CPU.
    #[inline(always)]
    fn read_mcu_row(
        &mut self,
        data: &[u8],
        mcu_row: u32,
        sink: &mut impl ScanSink,
    ) -> Result<(), Error> {
        let mut bits = BitReader::resume(data, self.position);
        let first = mcu_row * self.lines.0;
        for line in first..(first + self.lines.0).min(self.lines.1) {
            let before = u64::from(line) * u64::from(self.mcus);
            let skipped = self.resume_at.saturating_sub(before);
            let start = u32::try_from(skipped).unwrap_or(u32::MAX).min(self.mcus);
            for column in start..self.mcus {
                self.mcu(&mut bits, data, (column, line), sink)?;
            }
        }
        self.damaged |= bits.has_bad_code();
        if bits.has_bad_code() && !self.recover {
            return Err(Error::Malformed(format!(
                "bits that are no Huffman code, before byte {}",
                bits.position().at()
            )));
        }
        self.position = bits.position();
        Ok(())
    }

    /// Reads one MCU.
    #[inline(always)]
    fn mcu<'a>(
        &mut self,
        bits: &mut BitReader<'a>,
        data: &'a [u8],
        mcu: (u32, u32),
        sink: &mut impl ScanSink,
    ) -> Result<(), Error> {
        if self.restart_interval > 0 {
            if self.to_restart == 0 {
                *bits = self.restart(*bits, data)?;
            }
            self.to_restart -= 1;
        }
        if self.exhausted {
            self.blocks(None, mcu, sink);
            return Ok(());
        }
        self.blocks(Some(&mut *bits), mcu, sink);
        if bits.is_overrun() {
            self.exhausted = true;
            return self.check_end(data, bits.position().at(), mcu);
        }
        Ok(())
    }

    /// Checks that data may end within an MCU: only in the last one of the scan, with a marker
    /// behind it. Encoders that leave out the last bits do no harm, and libjpeg only warns.
    #[cold]
    fn check_end(&mut self, data: &[u8], at: usize, mcu: (u32, u32)) -> Result<(), Error> {
        let found = next_marker(data, at);
        let is_last = mcu.0 + 1 == self.mcus && mcu.1 + 1 == self.lines.1;
        if is_last && found.is_some() {
            return Ok(());
        }
        self.damaged = true;
        if self.recover {
            return Ok(());
        }
        let place = format!("MCU {} of row {}", mcu.0, mcu.1);
        Err(match found {
            Some(Found { marker, .. }) => {
                Error::Malformed(format!("marker {marker:02X} within the data of {place}"))
            }
            None => Error::Truncated(format!("the data ends within {place}")),
        })
    }

    /// Hands over the blocks of an MCU in the order of the file, as missing where there are no
    /// bits.
    #[inline(always)]
    fn blocks(
        &mut self,
        mut bits: Option<&mut BitReader<'_>>,
        mcu: (u32, u32),
        sink: &mut impl ScanSink,
    ) {
        for at in 0..self.count {
            let McuBlock { slot, plane, place, blocks } = self.steps[at % MAX_BLOCKS];
            let (column, row) = (mcu.0 * blocks.0 + place.0, mcu.1 * blocks.1 + place.1);
            let at = At { slot, plane, column, row };
            // No closure, as closures cannot be told to be inlined.
            match &mut bits {
                Some(bits) => sink.block(bits, &mut self.state, at),
                None => sink.missing(at),
            }
        }
    }

    /// Goes on behind the restart marker that is due. The reader is passed by value, so that the
    /// caller's need not be in memory.
    #[cold]
    #[inline(never)]
    fn restart<'a>(&mut self, bits: BitReader<'a>, data: &'a [u8]) -> Result<BitReader<'a>, Error> {
        let from = bits.position().at();
        let due = self.next_restart;
        match next_marker(data, from) {
            Some(found) if restart_number(found.marker) == Some(due) => {
                Ok(self.resume(data, found.after, true))
            }
            _ if self.recover => {
                self.damaged = true;
                let (at, fresh) = resynchronise(data, from, due);
                Ok(self.resume(data, at, fresh))
            }
            Some(found) => {
                let text = format!("expected restart marker {due}, found {:02X}", found.marker);
                Err(Error::Malformed(text))
            }
            None => Err(Error::Truncated(format!("before restart marker {due}"))),
        }
    }

    /// Starts an interval at `at`. One without data of its own stays exhausted if the last one was.
    fn resume<'a>(&mut self, data: &'a [u8], at: usize, fresh: bool) -> BitReader<'a> {
        self.state = ScanState::default();
        self.to_restart = self.restart_interval;
        self.next_restart = (self.next_restart + 1) & 7;
        self.exhausted &= !fresh;
        BitReader::resume(data, BitPosition::start(at))
    }
}

/// Reads a row of MCUs, for [`with_bit_instructions`].
struct ReadMcuRow<'a, S> {
    scan: &'a mut ScanReader,
    data: &'a [u8],
    mcu_row: u32,
    sink: &'a mut S,
}

impl<S: ScanSink> BitKernel for ReadMcuRow<'_, S> {
    type Output = Result<(), Error>;

    #[inline(always)]
    fn run(self) -> Self::Output {
        self.scan.read_mcu_row(self.data, self.mcu_row, self.sink)
    }
}

/// Finds the place to go on where another marker than restart marker `due` comes: libjpeg's
/// `jpeg_resync_to_restart`. Also tells whether an interval begins there; if not, its data is
/// missing.
fn resynchronise(data: &[u8], from: usize, due: u8) -> (usize, bool) {
    let mut at = from;
    while let Some(found) = next_marker(data, at) {
        let ahead = restart_number(found.marker).map(|number| (number.wrapping_sub(due)) & 7);
        match ahead {
            // The marker of a later interval: the one that is due is lost.
            Some(1 | 2) => return (found.after - 2, false),
            // The marker of an earlier interval, or an invalid one: go on searching.
            Some(6 | 7) => at = found.after,
            None if found.marker < 0xC0 => at = found.after,
            None => return (found.after - 2, false),
            // The right one, or too far off to make sense of.
            Some(_) => return (found.after, true),
        }
    }
    (data.len(), false)
}
