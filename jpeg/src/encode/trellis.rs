//! Chooses coefficients by what they cost: trellis quantisation.
//!
//! ```text
//! for each coefficient that is not nothing, in zigzag order:
//!     it may be its rounded value, or one less
//!     the best way to it is from the one before it, or from any earlier one, with nothing between
//! the last one is that with the least loss and bits in all
//! ```
//! Loss is the square of what a coefficient is off by, in steps; bits are those of the standard's tables, which are near
//! those of the best ones. What is rounded to nothing stays nothing. (Ramchandran and Vetterli, "Rate-distortion optimal
//! fast thresholding with complete JPEG/MPEG decoder compatibility", 1994.)

use crate::encode::entropy::huffman::{SymbolCodes, size_and_extra};
use crate::standard;
use crate::zigzag::ZIGZAG;
use makeready_kernels::jpeg_encode::QuantisedBlock;

/// Squares of steps that a bit is worth.
const BIT: f32 = 0.07;

/// The symbol of sixteen zeros, and that of nothing more.
const ZEROS: u8 = 0xF0;
const END: u8 = 0;

/// Chooses the coefficients of blocks.
#[derive(Debug)]
pub(crate) struct Trellis {
    /// Of luma and of chroma: steps, in zigzag order.
    steps: [[f32; 64]; 2],
    /// The cost of each symbol and its extra bits.
    costs: [[f32; 256]; 2],
}

/// A coefficient that is not nothing.
#[derive(Clone, Copy, Default)]
struct Place {
    /// Its place in zigzag order.
    at: usize,
    /// Its size in steps.
    exact: f32,
    /// The least loss and bits up to it, its value there, and the place before it, counted from 1; 0 is none.
    cost: f32,
    value: u16,
    from: usize,
    /// The loss where all before it are nothing.
    lost: f32,
}

impl Trellis {
    /// Chooses by steps in natural order, of luma and of chroma.
    pub(crate) fn new(steps: &[[u8; 64]; 2]) -> Self {
        let costs = standard::AC.each_ref().map(|spec| {
            let codes = SymbolCodes::new(spec);
            std::array::from_fn(|symbol| {
                let symbol = u8::try_from(symbol).unwrap_or(u8::MAX);
                let (_, bits) = codes.with_extra(symbol, 0, u32::from(symbol & 15));
                BIT * bits as f32
            })
        });
        let steps = steps.map(|steps| ZIGZAG.map(|at| f32::from(steps[usize::from(at)])));
        Self { steps, costs }
    }

    /// Makes the block to be coded of one whose steps are 1.
    pub(crate) fn choose(&self, class: usize, block: &mut QuantisedBlock) {
        let steps = &self.steps[class];
        let dc = f32::from(block.coefficients[0]) / steps[0];
        let mut chosen = QuantisedBlock::ZERO;
        set(&mut chosen, 0, nearest(dc.abs()), block.coefficients[0] < 0);
        let mut places = [Place::default(); 64];
        let count = self.places(class, block, &mut places[1..]);
        let mut at = self.last(class, &mut places[..=count]);
        while at > 0 {
            let place = places[at];
            let natural = usize::from(ZIGZAG[place.at]);
            set(&mut chosen, place.at, place.value, block.coefficients[natural] < 0);
            at = place.from;
        }
        *block = chosen;
    }

    /// Finds the coefficients that are not nothing; tells how many there are.
    fn places(&self, class: usize, block: &QuantisedBlock, places: &mut [Place]) -> usize {
        let (mut left, mut count) = (block.nonzero & !1, 0);
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            left &= left - 1;
            let size = block.coefficients[usize::from(ZIGZAG[at])].unsigned_abs();
            let exact = f32::from(size) / self.steps[class][at];
            if exact >= 0.5 {
                places[count] = Place { at, exact, ..Place::default() };
                count += 1;
            }
        }
        count
    }

    /// Finds the best way to each place, of which the first is none; gives the last one that is not nothing.
    fn last(&self, class: usize, places: &mut [Place]) -> usize {
        let costs = &self.costs[class];
        let mut lost = 0.0;
        for index in 1..places.len() {
            let Place { at, exact, .. } = places[index];
            let (nearest, mut best) =
                (nearest(exact), Place { cost: f32::INFINITY, ..places[index] });
            for value in [nearest, nearest - 1].into_iter().filter(|value| *value > 0) {
                let (size, _) = size_and_extra(i32::from(value));
                let off = exact - f32::from(value);
                for (from, before) in places[..index].iter().enumerate().rev() {
                    let zeros = at - before.at - 1;
                    let symbol = (zeros % 16) << 4 | size as usize;
                    let bits = costs[usize::from(ZEROS)] * (zeros / 16) as f32 + costs[symbol];
                    let cost = before.cost + (lost - before.lost) + off * off + bits;
                    if cost < best.cost {
                        best = Place { cost, value, from, ..best };
                    }
                }
            }
            lost += exact * exact;
            places[index] = Place { lost, ..best };
        }
        let end = |place: &Place| {
            let bits = if place.at == 63 { 0.0 } else { costs[usize::from(END)] };
            place.cost + (lost - place.lost) + bits
        };
        let mut last = 0;
        for index in 1..places.len() {
            if end(&places[index]) < end(&places[last]) {
                last = index;
            }
        }
        last
    }
}

/// The whole number that is nearest to one that is not below 0.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float cast saturates"
)]
fn nearest(number: f32) -> u16 {
    (number + 0.5) as u16
}

/// Sets a coefficient of a block in which it is nothing.
fn set(block: &mut QuantisedBlock, at: usize, value: u16, negative: bool) {
    let value = i16::try_from(value).unwrap_or(i16::MAX);
    let value = if negative { -value } else { value };
    block.coefficients[usize::from(ZIGZAG[at])] = value;
    block.clamped_zigzag[at] = i8::try_from(value.clamp(-128, 127)).unwrap_or_default();
    block.nonzero |= u64::from(value != 0) << at;
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEPS: [[u8; 64]; 2] = [[10; 64], [25; 64]];

    /// Loss and bits of values at places, and of what was there before.
    fn cost(trellis: &Trellis, class: usize, exact: &[(usize, f32)], values: &[u16]) -> f32 {
        let (mut sum, mut before) = (0.0, 0);
        for (&(at, exact), &value) in exact.iter().zip(values) {
            sum += (exact - f32::from(value)).powi(2);
            if value > 0 {
                let zeros = at - before - 1;
                let size = (16 - value.leading_zeros()) as usize;
                sum += trellis.costs[class][usize::from(ZEROS)] * (zeros / 16) as f32;
                sum += trellis.costs[class][(zeros % 16) << 4 | size];
                before = at;
            }
        }
        sum + if before == 63 { 0.0 } else { trellis.costs[class][usize::from(END)] }
    }

    /// All choices of each coefficient: nothing, one less than the nearest, the nearest.
    #[test]
    fn no_choice_costs_less() {
        let trellis = Trellis::new(&STEPS);
        let mut state = 1_u32;
        let mut next = |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) % below
        };
        for round in 0..400 {
            let class = round % 2;
            let mut block = QuantisedBlock::ZERO;
            set(&mut block, 0, 300, true);
            for _ in 0..6 {
                let (at, size) = (1 + next(63) as usize, u16::try_from(next(70)).unwrap());
                if block.coefficients[usize::from(ZIGZAG[at])] == 0 {
                    set(&mut block, at, size, size % 2 == 0);
                }
            }
            let step = f32::from(STEPS[class][0]);
            let size =
                |at: usize| f32::from(block.coefficients[usize::from(ZIGZAG[at])].unsigned_abs());
            let exact: Vec<_> =
                (1..64).map(|at| (at, size(at) / step)).filter(|it| it.1 >= 0.5).collect();
            let mut least = f32::INFINITY;
            for choice in 0..3_usize.pow(u32::try_from(exact.len()).unwrap()) {
                let mut left = choice;
                let values = exact.iter().map(|(_, exact)| {
                    let nearest = nearest(*exact);
                    let value = [0, nearest - 1, nearest][left % 3];
                    left /= 3;
                    value
                });
                let values: Vec<u16> = values.collect();
                least = least.min(cost(&trellis, class, &exact, &values));
            }
            let mut chosen = block;
            trellis.choose(class, &mut chosen);
            assert_eq!(f32::from(chosen.coefficients[0]), (-300.0 / step).round());
            let mut values = Vec::new();
            for (at, natural) in ZIGZAG.into_iter().map(usize::from).enumerate().skip(1) {
                let (before, after) = (block.coefficients[natural], chosen.coefficients[natural]);
                assert!(after == 0 || after.signum() == before.signum(), "{at}: {before} {after}");
                assert_eq!(chosen.nonzero >> at & 1 == 1, after != 0);
                assert_eq!(i16::from(chosen.clamped_zigzag[at]), after);
                match exact.iter().any(|it| it.0 == at) {
                    true => values.push(after.unsigned_abs()),
                    false => assert_eq!(after, 0),
                }
            }
            let found = cost(&trellis, class, &exact, &values);
            assert!(found <= least + 1e-3, "{found}, {least} could be: {exact:?} {values:?}");
        }
    }
}
