//! AC scans: T.81, G.1.2.2 and G.1.2.3. The standard leaves open the length of runs of empty blocks
//! and the moment when corrections are written; both are libjpeg's.

use super::coefficient_row::block;
use super::symbols::SymbolSink;
use crate::encode::entropy::huffman::{ZEROS, size_and_extra, symbol};
use crate::encode::frame::Frame;
use crate::encode::segments::ScanParameters;
use crate::encode::settings::SyncPoll;
use crate::error::Error;
use makeready_kernels::Level;
use makeready_kernels::jpeg_encode::at_least;

/// Codes a spectral range of the AC coefficients of one component. Only blocks that have samples of
/// the picture are in it.
pub(crate) fn ac(
    frame: &Frame,
    rows: &[Vec<i16>],
    scan: ScanParameters,
    level: Level,
    out: &mut impl SymbolSink,
    poll: SyncPoll<'_>,
) -> Result<(), Error> {
    let component = scan.components.0;
    let (across, down) = frame.blocks(component);
    let real = frame.real_blocks(component);
    let before = if component == 0 { 0 } else { frame.mcu_blocks() - 3 + component };
    let mut state = AcScan::new(component.min(1), scan);
    for y in 0..real.1 {
        if poll() {
            return Err(Error::Stopped);
        }
        for x in 0..real.0 {
            let number = y * real.0 + x;
            if frame.restart_interval != 0
                && number != 0
                && number.is_multiple_of(frame.restart_interval)
            {
                state.end_run(out)?;
                out.restart()?;
            }
            let at = x / across * frame.mcu_blocks() + before + y % down * across + x % across;
            let values = block(&rows[y / down], at);
            if scan.bits.0 == 0 {
                state.first(values, level, out)?;
            } else {
                state.refine(values, level, out)?;
            }
        }
    }
    state.end_run(out)
}

/// Corrections that may wait at most, less one block's.
const MOST_CORRECTIONS: usize = 1000 - 63;

/// Blocks in a run at most.
const LONGEST_RUN: u32 = 0x7FFF;

/// The state of an AC scan.
struct AcScan {
    class: usize,
    /// The coefficients of its spectral range as bits.
    mask: u64,
    /// The first coefficient of the range, and the one behind it.
    range: (usize, usize),
    low: u32,
    /// Blocks that are empty from some place on, not yet written.
    run: u32,
    /// The corrections of these blocks: bits, and their number.
    corrections: Vec<(u64, u32)>,
    /// The number of corrections.
    count: usize,
}

impl AcScan {
    /// Begins a scan of a class.
    fn new(class: usize, scan: ScanParameters) -> Self {
        let (from, to) = scan.spectral;
        Self {
            class,
            mask: (u64::MAX << from) & (u64::MAX >> (63 - to)),
            range: (from, to + 1),
            low: scan.bits.1,
            run: 0,
            corrections: Vec::new(),
            count: 0,
        }
    }

    /// Writes the run of empty blocks, and the corrections in them.
    fn end_run(&mut self, out: &mut impl SymbolSink) -> Result<(), Error> {
        if self.run == 0 {
            return Ok(());
        }
        let size = self.run.ilog2();
        out.symbol(self.class, symbol(size as usize, 0), self.run - (1 << size), size)?;
        self.run = 0;
        self.count = 0;
        self.corrections.drain(..).try_for_each(|(bits, count)| out.bits(bits, count))
    }

    /// Codes a block in the first scan of a spectral range.
    #[inline(always)]
    fn first(
        &mut self,
        values: &[i16; 64],
        level: Level,
        out: &mut impl SymbolSink,
    ) -> Result<(), Error> {
        let mut left = at_least(level, values, 1 << self.low) & self.mask;
        let mut next = self.range.0;
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            self.end_run(out)?;
            let mut zeros = at - next;
            while zeros > 15 {
                out.symbol(self.class, ZEROS, 0, 0)?;
                zeros -= 16;
            }
            let value = i32::from(values[at % 64]);
            // The point transform of AC coefficients rounds to zero.
            let cut = (value.abs() >> self.low) * value.signum();
            let (size, extra) = size_and_extra(cut);
            out.symbol(self.class, symbol(zeros, size), extra, size)?;
            next = at + 1;
        }
        if next < self.range.1 {
            self.run += 1;
            if self.run == LONGEST_RUN {
                self.end_run(out)?;
            }
        }
        Ok(())
    }

    /// Codes a block in a scan that adds a bit to each coefficient of a spectral range.
    #[inline(always)]
    fn refine(
        &mut self,
        values: &[i16; 64],
        level: Level,
        out: &mut impl SymbolSink,
    ) -> Result<(), Error> {
        let all = at_least(level, values, 1 << self.low) & self.mask;
        let known = at_least(level, values, 2 << self.low) & self.mask;
        // Behind the last new coefficient, zeros need no code of their own.
        let last = (all & !known).checked_ilog2().map(|last| last as usize);
        let (mut left, mut next, mut zeros) = (all, self.range.0, 0);
        let mut corrections = (0u64, 0u32);
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            zeros += at - next;
            next = at + 1;
            while zeros > 15 && last.is_some_and(|last| at <= last) {
                self.end_run(out)?;
                out.symbol(self.class, ZEROS, 0, 0)?;
                zeros -= 16;
                out.bits(corrections.0, corrections.1)?;
                corrections = (0, 0);
            }
            let value = i32::from(values[at % 64]);
            if known >> at & 1 == 1 {
                let bit = value.unsigned_abs() >> self.low & 1;
                corrections = (corrections.0 << 1 | u64::from(bit), corrections.1 + 1);
            } else {
                self.end_run(out)?;
                out.symbol(self.class, symbol(zeros, 1), u32::from(value > 0), 1)?;
                out.bits(corrections.0, corrections.1)?;
                (corrections, zeros) = ((0, 0), 0);
            }
        }
        zeros += self.range.1 - next;
        if zeros > 0 || corrections.1 > 0 {
            self.leave(corrections, out)?;
        }
        Ok(())
    }

    /// Adds a block that is empty from some place on, and has these corrections there, to the run.
    fn leave(&mut self, corrections: (u64, u32), out: &mut impl SymbolSink) -> Result<(), Error> {
        self.run += 1;
        if corrections.1 > 0 {
            self.corrections.push(corrections);
            self.count += corrections.1 as usize;
        }
        if self.run == LONGEST_RUN || self.count > MOST_CORRECTIONS {
            self.end_run(out)?;
        }
        Ok(())
    }
}
