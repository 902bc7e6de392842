//! The coefficients of a component, stored until all scans of the file are read.
//!
//! A transform to few samples uses the lowest coefficients alone. Later scans need to know of the
//! others only whether they are zero, to find their way through the bits: a bit each, for the 16 of
//! a value.

use crate::decode::block::Block;
use crate::decode::layout::{DecodeLayout, PlaneLayout};
use crate::error::Error;
use crate::reserve::filled;
use crate::zigzag::ZIGZAG;

/// The lowest `N` coefficients of a block, and which of its AC coefficients are not zero.
#[derive(Clone, Copy)]
pub(crate) struct Lowest<const N: usize> {
    /// Bit `k`: whether coefficient `k` in zigzag order is not zero; that of DC does not count. In
    /// quarters, so that no bytes lie empty between two blocks.
    nonzero: [u16; 4],
    /// The values in zigzag order; in a sequential file, all 64 of a block in rows of eight.
    values: [i16; N],
}

impl<const N: usize> Lowest<N> {
    /// The bits of the coefficients that are stored.
    pub(crate) const PLACES: u64 = u64::MAX >> (64 - N);
    /// A block before its first scan.
    pub(crate) const ZERO: Self = Self { nonzero: [0; 4], values: [0; N] };

    /// The mask of all coefficients that are not zero.
    #[inline(always)]
    pub(crate) fn nonzero(&self) -> u64 {
        let [a, b, c, d] = self.nonzero.map(u64::from);
        a | b << 16 | c << 32 | d << 48
    }

    /// Sets the mask of coefficients that are not zero.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, reason = "the quarters of a mask")]
    pub(crate) const fn set_nonzero(&mut self, mask: u64) {
        self.nonzero = [mask as u16, (mask >> 16) as u16, (mask >> 32) as u16, (mask >> 48) as u16];
    }

    /// The value of a coefficient that is stored, by its zigzag place.
    #[inline(always)]
    pub(crate) fn value_mut(&mut self, place: usize) -> Option<&mut i16> {
        self.values.get_mut(place)
    }

    /// The DC value.
    #[inline(always)]
    pub(crate) const fn dc(&self) -> i16 {
        self.values[0]
    }

    /// The DC value.
    #[inline(always)]
    pub(crate) const fn dc_mut(&mut self) -> &mut i16 {
        &mut self.values[0]
    }

    /// Takes the lowest coefficients of a block of a sequential file.
    #[inline(always)]
    pub(crate) fn take(&mut self, block: &Block) {
        if N == 64 {
            return self.values.copy_from_slice(&block[..N]);
        }
        for (value, &place) in self.values.iter_mut().zip(&ZIGZAG) {
            *value = block[usize::from(place & 63)];
        }
        self.set_nonzero(Self::PLACES);
    }

    /// Puts the coefficients into a block of zeros, in rows of eight. Gives the last zigzag place
    /// among them.
    #[inline(always)]
    pub(crate) fn put(&self, sequential: bool, block: &mut Block) -> usize {
        if N == 64 && sequential {
            block.copy_from_slice(&self.values);
            return 63;
        }
        block[0] = self.values[0];
        let mut mask = self.nonzero() & Self::PLACES & !1;
        let last = 63 - (mask | 1).leading_zeros() as usize;
        while mask != 0 {
            let k = mask.trailing_zeros() as usize;
            if let Some(&value) = self.values.get(k) {
                block[usize::from(ZIGZAG[k & 63] & 63)] = value;
            }
            mask &= mask - 1;
        }
        last
    }
}

/// The coefficients of one component.
pub(crate) enum CoefficientStore {
    /// None: the component is not wanted.
    None,
    /// DC values alone, for a transform to one sample.
    Dc(Store<i16>),
    /// All coefficients up to the one at (1, 1).
    Two(Store<Lowest<5>>),
    /// All coefficients up to the one at (3, 3).
    Four(Store<Lowest<25>>),
    /// Whole blocks.
    Whole(Store<Lowest<64>>),
}

/// One item a block, in rows.
pub(crate) struct Store<T> {
    items: Vec<T>,
    columns: usize,
}

impl<T: Clone> Store<T> {
    /// Makes room for `rows` rows of `columns` blocks.
    fn new(zero: T, columns: u32, rows: u32) -> Result<Self, Error> {
        let columns = columns as usize;
        Ok(Self { items: filled(zero, columns * rows as usize)?, columns })
    }

    /// The item of a block.
    #[inline(always)]
    pub(crate) fn get(&self, column: u32, row: u32) -> &T {
        &self.items[row as usize * self.columns + column as usize]
    }

    /// The item of a block; none in rows that are not stored.
    #[inline(always)]
    pub(crate) fn get_mut(&mut self, column: u32, row: u32) -> Option<&mut T> {
        self.items.get_mut(row as usize * self.columns + column as usize)
    }
}

impl CoefficientStore {
    /// Makes room for the coefficients that `plane` needs: all rows of blocks down to the last one
    /// of the region.
    pub(crate) fn new(plane: &PlaneLayout, layout: &DecodeLayout) -> Result<Self, Error> {
        let (columns, rows) = (plane.padded_blocks.0, rows(plane, layout));
        Ok(match (plane.needed, plane.coefficients) {
            (false, _) => Self::None,
            (true, ..=1) => Self::Dc(Store::new(0, columns, rows)?),
            (true, ..=5) => Self::Two(Store::new(Lowest::ZERO, columns, rows)?),
            (true, ..=25) => Self::Four(Store::new(Lowest::ZERO, columns, rows)?),
            (true, _) => Self::Whole(Store::new(Lowest::ZERO, columns, rows)?),
        })
    }

    /// The bytes that [`CoefficientStore::new`] reserves.
    pub(crate) fn memory(plane: &PlaneLayout, layout: &DecodeLayout) -> u64 {
        let block = match (plane.needed, plane.coefficients) {
            (false, _) => 0,
            (true, ..=1) => size_of::<i16>(),
            (true, ..=5) => size_of::<Lowest<5>>(),
            (true, ..=25) => size_of::<Lowest<25>>(),
            (true, _) => size_of::<Lowest<64>>(),
        };
        block as u64 * u64::from(plane.padded_blocks.0) * u64::from(rows(plane, layout))
    }

    /// The DC value of a block.
    #[inline(always)]
    pub(crate) fn dc(&self, column: u32, row: u32) -> i16 {
        match self {
            Self::None => 0,
            Self::Dc(store) => *store.get(column, row),
            Self::Two(store) => store.get(column, row).dc(),
            Self::Four(store) => store.get(column, row).dc(),
            Self::Whole(store) => store.get(column, row).dc(),
        }
    }

    /// The place of the DC value of a block, if it is stored.
    #[inline(always)]
    pub(crate) fn dc_mut(&mut self, column: u32, row: u32) -> Option<&mut i16> {
        match self {
            Self::None => None,
            Self::Dc(store) => store.get_mut(column, row),
            Self::Two(store) => store.get_mut(column, row).map(Lowest::dc_mut),
            Self::Four(store) => store.get_mut(column, row).map(Lowest::dc_mut),
            Self::Whole(store) => store.get_mut(column, row).map(Lowest::dc_mut),
        }
    }

    /// Stores the wanted coefficients of a block of a sequential file.
    #[inline(always)]
    pub(crate) fn take(&mut self, column: u32, row: u32, block: &Block) {
        match self {
            Self::None => None,
            Self::Dc(store) => store.get_mut(column, row).map(|to| *to = block[0]),
            Self::Two(store) => store.get_mut(column, row).map(|to| to.take(block)),
            Self::Four(store) => store.get_mut(column, row).map(|to| to.take(block)),
            Self::Whole(store) => store.get_mut(column, row).map(|to| to.take(block)),
        };
    }
}

/// The coefficients of one component and how far they are known.
pub(crate) struct Coefficients {
    pub(crate) store: CoefficientStore,
    /// The quantisation table, as the first scan of the component found it.
    pub(crate) quantisation: Option<Block>,
    /// The lowest known bit of each coefficient in zigzag order; -1 for none.
    pub(crate) bits: [i8; 64],
    /// The lowest known bits before the last scan of the component.
    pub(crate) bits_before: [i8; 64],
}

impl Coefficients {
    /// Makes room for the coefficients that `plane` needs, none of them known.
    pub(crate) fn new(plane: &PlaneLayout, layout: &DecodeLayout) -> Result<Self, Error> {
        let store = CoefficientStore::new(plane, layout)?;
        Ok(Self { store, quantisation: None, bits: [-1; 64], bits_before: [-1; 64] })
    }

    /// Tells whether every coefficient that the plane needs is known to the last bit.
    pub(crate) fn is_complete(&self, plane: &PlaneLayout) -> bool {
        !plane.needed || self.bits[..plane.coefficients].iter().all(|&bit| bit == 0)
    }
}

/// The rows of blocks that are stored.
fn rows(plane: &PlaneLayout, layout: &DecodeLayout) -> u32 {
    layout.kept_mcu_rows * plane.sampling.1
}
