//! Alpha that is clear in some blocks and opaque in others, as a lossless picture of copies alone.
//!
//! It is a few runs: a pixel as it is, then so many as the one before each or as the one above each. All
//! lengths have codes of about equal size, which are the same in every file, so that nothing is counted or searched.

use crate::error::Result;
use crate::picture::geometry::Size;
use crate::picture::reserve::reserved;

/// The side of a block, that of a macroblock.
pub(in crate::formats::webp) const BLOCK: u32 = 16;

/// The head of the chunk: a lossless picture, without a filter.
const HEAD: u8 = 1;
/// The longest copy.
const LONGEST: u64 = 4096;
/// Prefixes of lengths, each with its code behind those of the 256 samples.
const LENGTHS: u32 = 24;
/// Lengths from this prefix on have codes of 4 bits, shorter ones and samples codes of 5.
const SHORT_FROM: u32 = 18;

/// The blocks of a picture.
pub(in crate::formats::webp) struct Blocks {
    size: Size,
    /// Tells of each, row by row, whether it is clear.
    pub(in crate::formats::webp) clear: Vec<bool>,
}

impl Blocks {
    /// Blocks that are all opaque.
    pub(in crate::formats::webp) fn opaque(size: Size) -> Result<Self> {
        let count = size.width.div_ceil(BLOCK) as usize * size.height.div_ceil(BLOCK) as usize;
        let mut clear = reserved(count)?;
        clear.resize(count, false);
        Ok(Self { size, clear })
    }

    /// Blocks from the left to the right edge.
    pub(in crate::formats::webp) const fn across(&self) -> usize {
        self.size.width.div_ceil(BLOCK) as usize
    }

    fn row(&self, y: u32) -> &[bool] {
        &self.clear[(y / BLOCK) as usize * self.across()..][..self.across()]
    }

    /// The pixels of a row up to the end of a block.
    fn end(&self, block: usize) -> u64 {
        ((block as u64 + 1) * u64::from(BLOCK)).min(self.size.width.into())
    }

    /// The payload of a chunk of alpha.
    pub(in crate::formats::webp) fn payload(&self) -> Result<Vec<u8>> {
        let mut bits = Bits {
            bytes: reserved(usize::try_from(self.memory()).unwrap_or(0))?,
            last: 0,
            count: 0,
        };
        bits.bytes.push(HEAD);
        bits.add_tables();
        // As many pixels as are the same as those above them, not yet written.
        let mut above = 0;
        for y in 0..self.size.height {
            if !y.is_multiple_of(BLOCK) {
                above += u64::from(self.size.width);
                continue;
            }
            let row = self.row(y);
            let before = y.checked_sub(1).map(|y| self.row(y));
            let mut block = 0;
            while block < row.len() {
                let from = block as u64 * u64::from(BLOCK);
                if before.is_some_and(|before| before[block] == row[block]) {
                    above += self.end(block) - from;
                    block += 1;
                    continue;
                }
                bits.add_copy(above, Copied::Above);
                above = 0;
                let run = row[block..].iter().take_while(|clear| **clear == row[block]).count();
                bits.add_sample(row[block]);
                bits.add_copy(self.end(block + run - 1) - from - 1, Copied::Before);
                block += run;
            }
        }
        bits.add_copy(above, Copied::Above);
        Ok(bits.finish())
    }

    /// Bounds the bytes of [`Self::payload`].
    fn memory(&self) -> u64 {
        let copies = 3 * self.clear.len() as u64 + self.size.pixels() / LONGEST;
        // Each of at most 17 bits, and the tables.
        3 * copies + 64
    }
}

/// The pixel that each pixel of a copy is equal to; their distances are the first two of the format.
#[derive(Clone, Copy)]
enum Copied {
    Above = 0,
    Before = 1,
}

/// Bits, the lowest of each byte first.
struct Bits {
    bytes: Vec<u8>,
    last: u64,
    count: u32,
}

impl Bits {
    fn add(&mut self, value: u64, count: u32) {
        self.last |= value << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.last.to_le_bytes()[0]);
            self.last >>= 8;
            self.count -= 8;
        }
    }

    /// Adds a code, whose first bit is the highest.
    fn add_code(&mut self, code: u32, count: u32) {
        self.add(u64::from(code.reverse_bits() >> (32 - count)), count);
    }

    /// No transform, no cache of colours, one set of codes: those of green with lengths, of red, blue and alpha, which are
    /// always 0, and of distances.
    fn add_tables(&mut self) {
        self.add(0, 3);
        self.add_lengths_of_codes();
        for _ in 0..3 {
            // A code of no bits: one symbol, of one bit, which is 0.
            self.add(0b0001, 4);
        }
        // Two symbols of a bit each: the first is 0, the second 1.
        self.add(0b011, 3);
        self.add(0, 1);
        self.add(1, 8);
    }

    /// The lengths of the codes of samples and lengths of copies. They are coded too: 5 as `0`, 4 as `10`, and 11 to 138
    /// zeros as `11` with their number.
    fn add_lengths_of_codes(&mut self) {
        // Not the simple form; lengths of the codes for 17, 18, 0, 1, 2, 3, 4, 5, in this order.
        self.add(0, 1);
        self.add(8 - 4, 4);
        for length in [0, 2, 0, 0, 0, 0, 2, 1] {
            self.add(length, 3);
        }
        // All symbols have a length.
        self.add(0, 1);
        let five = |bits: &mut Self| bits.add_code(0b0, 1);
        five(self);
        for zeros in [138, 254 - 138] {
            self.add_code(0b11, 2);
            self.add(zeros - 11, 7);
        }
        five(self);
        for prefix in 0..LENGTHS {
            if prefix < SHORT_FROM { five(self) } else { self.add_code(0b10, 2) }
        }
    }

    /// Adds a pixel: 0 where it is clear, else 255.
    fn add_sample(&mut self, clear: bool) {
        // Codes of 5 bits come behind the six of 4.
        self.add_code(12 + u32::from(!clear), 5);
    }

    /// Adds copies of so many pixels.
    fn add_copy(&mut self, mut pixels: u64, from: Copied) {
        while pixels > 0 {
            let length = pixels.min(LONGEST);
            pixels -= length;
            let value = length - 1;
            // As in the format: the two highest bits are in the prefix, the others follow.
            let extra = if value < 4 { 0 } else { value.ilog2() - 1 };
            let prefix = match value {
                0..4 => u32::try_from(value).unwrap_or(0),
                _ => 2 * extra + u32::try_from(value >> extra).unwrap_or(0),
            };
            match prefix.checked_sub(SHORT_FROM) {
                Some(code) => self.add_code(code, 4),
                None => self.add_code(14 + prefix, 5),
            }
            self.add(value & ((1 << extra) - 1), extra);
            self.add(from as u64, 1);
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.last.to_le_bytes()[0]);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use makeready_kernels::Level;

    use super::super::CanvasEncoder;
    use super::*;
    use crate::Pipeline;
    use crate::formats::EncodeInput;
    use crate::formats::film::trial::Random;
    use crate::picture::image::Layout;
    use crate::picture::image::band::Band;
    use crate::recipe::job::Watch;
    use crate::recipe::options::WebP;

    /// Blocks of all kinds come back from both decoders, and take few bytes.
    #[test]
    fn blocks_come_back() -> Result<()> {
        let mut random = Random(17);
        let sides = [1, 2, 15, 16, 17, 31, 33, 64, 100, 257, 640];
        for number in 0..200_usize {
            let [width, height] = [0; 2].map(|_: u32| sides[random.below(11) as usize]);
            let size = Size::new(width, height);
            let mut blocks = Blocks::opaque(size)?;
            let one_in = 1 + random.below(6);
            match number % 4 {
                0 => blocks.clear.iter_mut().for_each(|clear| *clear = random.once_in(one_in)),
                1 => blocks.clear.fill(true),
                2 => {}
                _ => blocks.clear.iter_mut().enumerate().for_each(|(at, it)| *it = at % 20 > 5),
            }
            let payload = blocks.payload()?;
            assert!(payload.len() as u64 <= blocks.memory(), "{size}");
            let picture = EncodeInput { size, layout: Layout::Rgb, threads: 1, band_rows: height };
            let band = Arc::new(Band::new(Layout::Rgb, width, 0..height)?);
            let encoder = CanvasEncoder::new(&picture, Level::detect()).with_alpha(payload);
            let mut encoder = encoder;
            let file = encoder.encode(&WebP::quality(50), &band, &Watch::default())?.file(size)?;
            let expected = |at: usize| {
                let (x, y) = (at % width as usize, at / width as usize);
                let block = BLOCK as usize;
                if blocks.clear[y / block * blocks.across() + x / block] { 0 } else { 255 }
            };
            let found = Pipeline::open(file.clone()).pixels()?;
            let mut decoder = image_webp::WebPDecoder::new(std::io::Cursor::new(file))
                .expect("a WebP for others");
            let mut pixels = vec![0; decoder.output_buffer_size().expect("a size")];
            decoder.read_image(&mut pixels).expect("pixels for others");
            for pixels in [found.data(), &pixels] {
                let alphas = pixels.iter().skip(3).step_by(4);
                for (at, alpha) in alphas.enumerate() {
                    assert_eq!(*alpha, expected(at), "{size}, pixel {at}");
                }
            }
        }
        // Two squares on a picture of 640x480.
        let mut blocks = Blocks::opaque(Size::new(640, 480))?;
        blocks.clear.fill(true);
        for at in [3 * 40 + 5, 3 * 40 + 6, 4 * 40 + 5, 4 * 40 + 6, 20 * 40 + 30, 21 * 40 + 30] {
            blocks.clear[at] = false;
        }
        assert!(blocks.payload()?.len() < 260, "{}", blocks.payload()?.len());
        Ok(())
    }
}
