//! Progressive files: all coefficients are kept, then coded in several scans.

use crate::encode::Poll;
use crate::encode::entropy::direct::Strip;
use crate::encode::entropy::huffman;
use crate::encode::file::File;
use crate::encode::frame::Frame;
use crate::encode::segments::{self, Scan};
use crate::encode::turns::in_turns;
use crate::encode::walk::Sink;
use crate::encode::worker::{Crew, Lane};
use crate::error::Error;
use crate::huffman::HuffmanSpec;
use crate::reserve::reserve;
use crate::zigzag::ZIGZAG;
use makeready_kernels::Level;
use makeready_kernels::jpeg_encode::Block;

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
    /// [`Error::Memory`].
    pub(crate) fn start(&mut self, frame: &Frame) -> Result<(), Error> {
        self.dc = 0;
        reserve(&mut self.values, frame.across * frame.mcu_blocks() * 64)
    }

    /// Takes out the row.
    pub(crate) fn take(&mut self) -> Vec<i16> {
        std::mem::take(&mut self.values)
    }
}

impl Sink for Coefficients {
    fn block(&mut self, class: usize, difference: i32, block: &Block) -> Result<(), Error> {
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

    fn restart(&mut self) -> Result<(), Error> {
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

impl File {
    /// Codes all scans, as many side by side as there are lanes.
    ///
    /// # Errors
    /// [`Error::Stopped`], [`Error::Memory`].
    pub(crate) fn code_scans(&mut self, crew: &mut Crew, poll: Poll<'_>) -> Result<(), Error> {
        let rows = std::mem::take(&mut self.coefficient_rows);
        let frame = self.frame;
        let level = crew.lanes[0].level();
        let mut buffers: Vec<_> =
            crew.made.iter_mut().map(|made| (&mut made.strip, None)).collect();
        let pieces = script(&frame).into_iter().enumerate();
        let code = |_: &mut Lane, (strip, coded): &mut Coded<'_>, (number, scan): (usize, Scan)| {
            *coded = Some((number, scan, code_scan(&frame, &rows, scan, level, strip, poll)?));
            Ok(())
        };
        in_turns(&mut crew.lanes, &mut buffers, pieces, self, code, |file, (strip, coded)| {
            let Some((number, scan, tables)) = coded.take() else { return Ok(false) };
            for (class, table) in tables.iter().enumerate().filter(|(_, t)| t.len() > 0) {
                segments::huffman(&mut file.output, scan.band.0 > 0, class, table)?;
            }
            if number == 0 {
                segments::restart_interval(&mut file.output, &frame)?;
            }
            segments::start_of_scan(&mut file.output, &scan, true)?;
            file.restarts = 0;
            file.join(strip)?;
            file.output.pad()?;
            Ok(true)
        })
    }
}

/// The bits of a scan; its number, what it is, and its tables.
type Coded<'a> = (&'a mut Strip, Option<(usize, Scan, [HuffmanSpec; 2])>);

/// In place of a table that a scan does not need.
const NO_TABLE: HuffmanSpec = HuffmanSpec { counts: [0; 16], symbols: [0; 256] };

/// Codes a scan into a strip; gives back its tables.
fn code_scan(
    frame: &Frame,
    rows: &[Vec<i16>],
    scan: Scan,
    level: Level,
    strip: &mut Strip,
    poll: Poll<'_>,
) -> Result<[HuffmanSpec; 2], Error> {
    let mut count = Count::default();
    code(frame, rows, scan, level, &mut count, poll)?;
    let tables = count.histograms.map(|histogram| {
        if histogram.iter().all(|&count| count == 0) {
            NO_TABLE
        } else {
            huffman::optimal(&histogram)
        }
    });
    strip.clear();
    let codes = tables.each_ref().map(huffman::Codes::new);
    code(frame, rows, scan, level, &mut Write { strip, codes: &codes }, poll)?;
    Ok(tables)
}
