//! Codes with tables that are known beforehand: straight from coefficients to bits.

use crate::encode::entropy::bit_stream::Window;
use crate::encode::entropy::coded_bits::CodedBits;
use crate::encode::entropy::huffman::{END, SymbolCodes, ZEROS, size_and_extra, symbol};
use crate::encode::entropy::sink::{BlockSink, NonZero};
use crate::error::Error;
use crate::standard;
use crate::zigzag::ZIGZAG;
use makeready_kernels::jpeg_encode::QuantisedBlock;

/// Code, extra bits and length of both for a run below 16 and a coefficient from -127 to 126:
/// `bits << 5 | length` at `run << 8 | coefficient as u8`; 0 for a pair without a code.
type Direct = [u32; 4096];

/// The standard's codes, looked up by symbol and by coefficient.
struct Standard {
    dc: SymbolCodes,
    ac: SymbolCodes,
    direct: Direct,
}

/// Luma, chroma.
static STANDARD: [Standard; 2] = [Standard::new(0), Standard::new(1)];

impl Standard {
    /// The codes of a class.
    const fn new(class: usize) -> Self {
        let ac = SymbolCodes::new(&standard::AC[class]);
        let mut direct = [0; 4096];
        let mut run = 0u8;
        while run < 16 {
            let mut value = -127i32;
            while value < 127 {
                if value != 0 {
                    let (size, extra) = size_and_extra(value);
                    #[allow(clippy::cast_possible_truncation, reason = "at most 7")]
                    let (bits, length) = ac.with_extra(run << 4 | size as u8, extra, size);
                    direct[(run as usize) << 8 | (value & 0xFF) as usize] = bits << 5 | length;
                }
                value += 1;
            }
            run += 1;
        }
        Self { dc: SymbolCodes::new(&standard::DC[class]), ac, direct }
    }
}

impl BlockSink for CodedBits {
    #[inline(always)]
    fn block(
        &mut self,
        class: usize,
        difference: i32,
        block: &QuantisedBlock,
    ) -> Result<(), Error> {
        let codes = &STANDARD[class & 1];
        let mut window = self.bits.open()?;
        put_value(&mut window, &codes.dc, 0, difference);
        let mut coefficients = NonZero::of(block);
        while let Some((run, at)) = coefficients.step() {
            let clamped = usize::from(block.clamped_zigzag[at % 64].cast_unsigned());
            match codes.direct.get((run << 8) | clamped) {
                Some(&found) if found != 0 => window.put(found >> 5, found & 31),
                _ => window.aside(|window| put_far(window, &codes.ac, run, block, at)),
            }
        }
        if coefficients.zeros_follow() {
            let (bits, length) = codes.ac.with_extra(END, 0, 0);
            window.put(bits, length);
        }
        let state = window.state;
        self.bits.close(state);
        Ok(())
    }

    fn restart(&mut self) -> Result<(), Error> {
        self.mark()
    }
}

/// Writes a coefficient after a run that may be long.
#[cold]
fn put_far(
    window: &mut Window<'_>,
    codes: &SymbolCodes,
    run: usize,
    block: &QuantisedBlock,
    at: usize,
) {
    for _ in 0..run / 16 {
        let (bits, length) = codes.with_extra(ZEROS, 0, 0);
        window.put(bits, length);
    }
    let value = i32::from(block.coefficients[usize::from(ZIGZAG[at % 64])]);
    put_value(window, codes, run % 16, value);
}

/// Writes a value after a run below 16.
#[inline(always)]
fn put_value(window: &mut Window<'_>, codes: &SymbolCodes, run: usize, value: i32) {
    let (size, extra) = size_and_extra(value);
    let (bits, length) = codes.with_extra(symbol(run, size), extra, size);
    window.put(bits, length);
}
