//! The coefficients of a row of MCUs, for several scans.

use crate::encode::entropy::sink::BlockSink;
use crate::encode::frame::Frame;
use crate::error::Error;
use crate::reserve::reserve;
use crate::zigzag::ZIGZAG;
use makeready_kernels::jpeg_encode::QuantisedBlock;

/// The coefficients of one row of MCUs, in zigzag order, blocks in the order of MCUs.
#[derive(Debug, Default)]
pub(crate) struct CoefficientRow {
    values: Vec<i16>,
    /// The DC coefficient of the luma block before in this row.
    dc: i16,
}

impl CoefficientRow {
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

impl BlockSink for CoefficientRow {
    fn block(
        &mut self,
        class: usize,
        difference: i32,
        block: &QuantisedBlock,
    ) -> Result<(), Error> {
        let mut values = block.clamped_zigzag.map(i16::from);
        if block.clamped_zigzag.iter().any(|&clamped| clamped == i8::MIN || clamped == i8::MAX) {
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

/// The block with this number in a row of MCUs.
pub(crate) fn block(row: &[i16], number: usize) -> &[i16; 64] {
    static NOTHING: [i16; 64] = [0; 64];
    row.get(number * 64..).and_then(<[i16]>::first_chunk).unwrap_or(&NOTHING)
}
