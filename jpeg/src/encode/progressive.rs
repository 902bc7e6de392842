//! Progressive files: all coefficients first, then their scans, each with the best tables.

pub(crate) mod ac;
pub(crate) mod coefficient_row;
pub(crate) mod dc;
pub(crate) mod script;
pub(crate) mod symbols;

use self::symbols::{CountSymbols, SymbolSink, WriteSymbols};
use super::entropy::coded_bits::CodedBits;
use super::entropy::huffman::{SymbolCodes, optimal};
use super::frame::Frame;
use super::segments::ScanParameters;
use super::settings::SyncPoll;
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use makeready_kernels::Level;

/// Stands in for a table that a scan does not need.
const NO_TABLE: HuffmanSpec = HuffmanSpec { counts: [0; 16], symbols: [0; 256] };

/// Codes a scan into `bits`; gives back its tables.
pub(crate) fn code_scan(
    frame: &Frame,
    rows: &[Vec<i16>],
    scan: ScanParameters,
    level: Level,
    bits: &mut CodedBits,
    poll: SyncPoll<'_>,
) -> Result<[HuffmanSpec; 2], Error> {
    let mut count = CountSymbols::default();
    code(frame, rows, scan, level, &mut count, poll)?;
    let tables = count.histograms.map(|histogram| {
        if histogram.iter().all(|&count| count == 0) { NO_TABLE } else { optimal(&histogram) }
    });
    bits.clear();
    let codes = tables.each_ref().map(SymbolCodes::new);
    code(frame, rows, scan, level, &mut WriteSymbols { bits, codes: &codes }, poll)?;
    Ok(tables)
}

/// Codes a scan of the coefficients, which lie as
/// [`CoefficientRow`](coefficient_row::CoefficientRow) says.
///
/// # Errors
/// [`Error::Stopped`], [`Error::Memory`].
fn code(
    frame: &Frame,
    rows: &[Vec<i16>],
    scan: ScanParameters,
    level: Level,
    out: &mut impl SymbolSink,
    poll: SyncPoll<'_>,
) -> Result<(), Error> {
    if scan.spectral.0 == 0 {
        dc::dc(frame, rows, scan, out, poll)
    } else {
        ac::ac(frame, rows, scan, level, out, poll)
    }
}
