//! Progressive files: all coefficients are kept, then coded in several scans.

use super::frame::Frame;
use super::lane::{Lane, each};
use super::segments::{self, Scan};
use super::tables::HuffmanSpec;
use super::walk::Sink;
use super::{EncodeError, Encoder, Poll, huffman, memory};
use crate::simd::jpeg_encode::{Block, ZIGZAG};

mod scan;

use scan::{Count, Write, code};

/// The coefficients of one row of MCUs, in zigzag order, blocks in the order of MCUs.
#[derive(Debug, Default)]
pub(crate) struct Coefficients {
    values: Vec<i16>,
    /// The DC coefficient of the luma block before in this row.
    dc: i16,
}

impl Coefficients {
    /// Makes room for a row.
    ///
    /// # Errors
    /// [`EncodeError::Memory`].
    pub(crate) fn start(&mut self, frame: &Frame) -> Result<(), EncodeError> {
        self.dc = 0;
        memory::reserve(&mut self.values, frame.across * frame.mcu_blocks() * 64)
    }

    /// Takes out the row.
    pub(crate) fn take(&mut self) -> Vec<i16> {
        std::mem::take(&mut self.values)
    }
}

impl Sink for Coefficients {
    fn block(&mut self, class: usize, difference: i32, block: &Block) -> Result<(), EncodeError> {
        let mut values = block.near.map(i16::from);
        if block.near.iter().any(|&near| near == i8::MIN || near == i8::MAX) {
            values = ZIGZAG.map(|natural| block.coefficients[usize::from(natural)]);
        }
        if class == 0 {
            // A block beyond the picture has the DC coefficient of the one before.
            if block.nonzero == 0 && difference == 0 {
                values[0] = self.dc;
            }
            self.dc = values[0];
        }
        self.values.extend_from_slice(&values);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), EncodeError> {
        self.dc = 0;
        Ok(())
    }
}

/// The scans of a file, those of libjpeg's `jpeg_simple_progression`.
fn script(frame: &Frame) -> Vec<Scan> {
    let scan = |components, band, bits| Scan { components, band, bits };
    if frame.components() == 1 {
        return vec![
            scan((0, 0), (0, 0), (0, 1)),
            scan((0, 0), (1, 5), (0, 2)),
            scan((0, 0), (6, 63), (0, 2)),
            scan((0, 0), (1, 63), (2, 1)),
            scan((0, 0), (0, 0), (1, 0)),
            scan((0, 0), (1, 63), (1, 0)),
        ];
    }
    vec![
        scan((0, 2), (0, 0), (0, 1)),
        // Some luma early.
        scan((0, 0), (1, 5), (0, 2)),
        scan((2, 2), (1, 63), (0, 1)),
        scan((1, 1), (1, 63), (0, 1)),
        scan((0, 0), (6, 63), (0, 2)),
        scan((0, 0), (1, 63), (2, 1)),
        scan((0, 2), (0, 0), (1, 0)),
        scan((2, 2), (1, 63), (1, 0)),
        scan((1, 1), (1, 63), (1, 0)),
        // The largest comes last.
        scan((0, 0), (1, 63), (1, 0)),
    ]
}

impl Encoder {
    /// Codes all scans, as many side by side as there are lanes.
    pub(super) fn code_scans(&mut self, poll: Poll<'_>) -> Result<(), EncodeError> {
        let mut interval_said = false;
        let rows = std::mem::take(&mut self.coefficient_rows);
        let frame = self.frame;
        for scans in script(&frame).chunks(self.lanes.len()) {
            let mut pieces: Vec<_> = self
                .lanes
                .iter_mut()
                .zip(scans)
                .map(|(lane, scan)| (lane, *scan, [NO_TABLE; 2]))
                .collect();
            each(&mut pieces, |_, (lane, scan, tables)| {
                *tables = code_scan(&frame, &rows, *scan, lane, poll)?;
                Ok(())
            })?;
            let tables: Vec<_> = pieces.into_iter().map(|(_, _, tables)| tables).collect();
            for (lane, (scan, tables)) in scans.iter().zip(&tables).enumerate() {
                for (class, table) in tables.iter().enumerate().filter(|(_, t)| t.len() > 0) {
                    segments::huffman(&mut self.output, scan.band.0 > 0, class, table)?;
                }
                if !std::mem::replace(&mut interval_said, true) {
                    segments::restart_interval(&mut self.output, &frame)?;
                }
                segments::start_of_scan(&mut self.output, scan, true)?;
                self.restarts = 0;
                self.join(lane..lane + 1)?;
                self.output.pad()?;
            }
        }
        Ok(())
    }
}

/// In place of a table that a scan does not need.
const NO_TABLE: HuffmanSpec = HuffmanSpec { counts: [0; 16], symbols: [0; 256] };

/// Codes a scan into the strip of a lane; gives back its tables.
fn code_scan(
    frame: &Frame,
    rows: &[Vec<i16>],
    scan: Scan,
    lane: &mut Lane,
    poll: Poll<'_>,
) -> Result<[HuffmanSpec; 2], EncodeError> {
    let level = lane.level();
    let mut count = Count::default();
    code(frame, rows, scan, level, &mut count, poll)?;
    let tables = count.histograms.map(|histogram| {
        if histogram.iter().all(|&count| count == 0) {
            NO_TABLE
        } else {
            huffman::optimal(&histogram)
        }
    });
    lane.strip.clear();
    let codes = tables.each_ref().map(huffman::Codes::new);
    code(frame, rows, scan, level, &mut Write { strip: &mut lane.strip, codes: &codes }, poll)?;
    Ok(tables)
}
