//! Rows coded as fax machines of group 4 do: places where black and white change, told by those of the row above.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use fax::decoder::{DecodeStatus, Group4Decoder};

use super::coding::{Packed, Rows};
use crate::error::{Error, Result};
use crate::recipe::job::Watch;

/// Bytes that a row of `width` is coded in at most: a pixel that changes takes no more than 7 bits.
const fn row_bytes(width: u16) -> usize {
    width as usize + 64
}

/// An upper bound of the bytes that a decoder holds: the changes of two rows, two bytes each and at most one a bit, in
/// vectors that double.
pub(super) fn memory(width: u32) -> u64 {
    80 * (u64::from(width) + 64)
}

/// Gives bytes to the decoder, for each row no more than that can need. Without that end a row of changes that lead
/// nowhere would fill the memory.
struct Budget {
    packed: Packed,
    left: usize,
}

#[derive(Clone)]
struct Stream(Arc<Mutex<Budget>>);

impl Iterator for Stream {
    type Item = io::Result<u8>;

    fn next(&mut self) -> Option<io::Result<u8>> {
        let mut budget = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        budget.left = budget.left.checked_sub(1)?;
        budget.packed.take().map(Ok)
    }
}

struct Fax {
    stream: Stream,
    decoder: Group4Decoder<Stream>,
    width: u16,
    ended: bool,
}

/// The rows of a chunk of pixels, 0 where they are white.
pub(super) fn open(packed: Packed, width: u32) -> Result<Box<dyn Rows>> {
    let width = u16::try_from(width).map_err(|_| Error::internal("a row too wide for a fax"))?;
    let left = row_bytes(width);
    let stream = Stream(Arc::new(Mutex::new(Budget { packed, left })));
    let decoder = Group4Decoder::new(stream.clone(), width).map_err(|_| too_few(&stream))?;
    Ok(Box::new(Fax { stream, decoder, width, ended: false }))
}

impl Rows for Fax {
    /// Rows behind the end of the block are white, as some programs leave them out.
    fn next(&mut self, row: &mut [u8], _: &Watch) -> Result<()> {
        row.fill(0);
        self.stream.0.lock().unwrap_or_else(PoisonError::into_inner).left = row_bytes(self.width);
        if self.ended {
            return Ok(());
        }
        match self.decoder.advance() {
            Ok(DecodeStatus::End) => self.ended = true,
            Ok(DecodeStatus::Incomplete) => blacken(row, self.decoder.transition(), self.width),
            Err(_) => return Err(too_few(&self.stream)),
        }
        Ok(())
    }
}

/// Sets the bits of black pixels, which lie between each change of an even number and the next.
fn blacken(row: &mut [u8], changes: &[u16], width: u16) {
    for pair in changes.chunks(2) {
        let end = pair.get(1).copied().unwrap_or(width).min(width);
        for x in pair[0]..end {
            row[usize::from(x / 8)] |= 0x80 >> (x % 8);
        }
    }
}

#[cold]
fn too_few(stream: &Stream) -> Error {
    let budget = stream.0.lock().unwrap_or_else(PoisonError::into_inner);
    if budget.packed.rest().is_empty() {
        return budget.packed.too_few();
    }
    Error::malformed("a TIFF whose CCITT group 4 codes make no rows")
}
