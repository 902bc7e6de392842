//! Makes new inputs out of files, the same ones from the same seed.

use crate::recipe::TAIL;

/// Marsaglia's xorshift64*: small, fast, good enough to choose bytes.
#[derive(Debug, Clone)]
pub struct XorShift(u64);

impl XorShift {
    /// A sequence of its own for every seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        // Zero would stay zero.
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `end`, which is at least 1.
    pub fn below(&mut self, end: u32) -> u32 {
        u32::try_from((self.next() >> 32) % u64::from(end)).unwrap_or(0)
    }

    /// A place in something of this length, 0 in nothing.
    pub fn place(&mut self, length: usize) -> usize {
        self.below(u32::try_from(length).unwrap_or(u32::MAX).max(1)) as usize
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or(0)
    }
}

/// A file with up to six changes, and bytes at its end that choose a recipe. `other` is a file to take
/// parts from. One in eight is not changed, so that properties of whole files are met as well.
#[must_use]
pub fn mutate(file: &[u8], other: &[u8], random: &mut XorShift) -> Vec<u8> {
    let mut data = file.to_vec();
    if random.below(8) != 0 {
        for _ in 0..=random.below(6) {
            change(&mut data, other, random);
        }
    }
    data.extend((0..TAIL).map(|_| random.byte()));
    data
}

fn change(data: &mut Vec<u8>, other: &[u8], random: &mut XorShift) {
    // Headers stand first and matter most: half of all changes go there.
    let near = if random.below(2) == 0 { data.len().min(700) } else { data.len() };
    let at = random.place(near);
    if at >= data.len() {
        return;
    }
    let room = data.len() - at;
    match random.below(9) {
        0 | 1 => data[at] ^= 1 << random.below(8),
        2 => data[at] = random.byte(),
        3 => data[at] = [0, 1, 0x7f, 0x80, 0xfe, 0xff][random.place(6)],
        4 => data.truncate(data.len() - random.place(room)),
        // A field of a header: 16 bits, mostly small or next to the old value.
        5 if room > 1 => {
            let was = u16::from_be_bytes([data[at], data[at + 1]]);
            let small = u16::from(random.byte()) % 70;
            let field =
                [small, was.wrapping_add(1), was.wrapping_sub(1), u16::MAX][random.place(4)];
            data[at..at + 2].copy_from_slice(&field.to_be_bytes());
        }
        // A splice: the rest is that of another file.
        6 => {
            data.truncate(at);
            data.extend_from_slice(&other[random.place(other.len())..]);
        }
        // A block of this file at another place of it, over other bytes or between them.
        7 => {
            let from = random.place(data.len());
            let length = 1 + random.place(64.min(data.len() - from));
            let block: Vec<u8> = data[from..from + length].to_vec();
            let over = if random.below(2) == 0 { length.min(room) } else { 0 };
            data.splice(at..at + over, block);
        }
        _ => {
            data.drain(at..at + 1 + random.place(room.min(16)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_inputs() {
        let inputs = |seed| {
            let mut random = XorShift::new(seed);
            [0; 50].map(|_| mutate(b"a file of some bytes", b"another", &mut random))
        };
        assert_eq!(inputs(1), inputs(1));
        assert_ne!(inputs(1), inputs(2));
    }

    #[test]
    fn nothing_can_be_changed_too() {
        let mut random = XorShift::new(3);
        for _ in 0..1000 {
            assert!(mutate(b"", b"", &mut random).len() >= TAIL);
        }
    }
}
