//! DC scans: T.81, G.1.2.1.

use super::coefficient_row::block;
use super::symbols::SymbolSink;
use crate::encode::entropy::huffman::{size_and_extra, symbol};
use crate::encode::entropy::sink::restarts;
use crate::encode::frame::Frame;
use crate::encode::segments::ScanParameters;
use crate::encode::settings::SyncPoll;
use crate::error::Error;

/// Codes the DC coefficients of all components.
pub(crate) fn dc(
    frame: &Frame,
    rows: &[Vec<i16>],
    scan: ScanParameters,
    out: &mut impl SymbolSink,
    poll: SyncPoll<'_>,
) -> Result<(), Error> {
    let mut before = [0i32; 3];
    let (luma, blocks) = (frame.factors.0 * frame.factors.1, frame.mcu_blocks());
    let (first, low) = (scan.bits.0 == 0, scan.bits.1);
    for (y, row) in rows.iter().enumerate() {
        if poll() {
            return Err(Error::Stopped);
        }
        for mcu in 0..frame.across {
            if restarts(frame, y * frame.across + mcu) {
                out.restart()?;
                before = [0; 3];
            }
            for number in 0..blocks {
                let component = (number + 1).saturating_sub(luma);
                let value = i32::from(block(row, mcu * blocks + number)[0]) >> low;
                if first {
                    let (size, extra) = size_and_extra(value - before[component]);
                    before[component] = value;
                    out.symbol(component.min(1), symbol(0, size), extra, size)?;
                } else {
                    out.bits(u64::from(value & 1 == 1), 1)?;
                }
            }
        }
    }
    Ok(())
}
