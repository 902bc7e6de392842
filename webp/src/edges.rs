//! The lower edges of macroblocks, shared by the rows that make and read them.
//!
//! A row writes the edge of a macroblock over that of the row above, which it has read by then.
//! Words are atomic so that rows may be encoded side by side; a row counts its macroblocks, and the
//! one below stays two behind. So no word is read and written at a time, and the order of single
//! words does not matter.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::error::Error;
use crate::reserve::reserve;
use crate::tokens::NonzeroEdge;

/// The lower edge of a macroblock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LowerEdge {
    pub(crate) luma: [u8; 16],
    pub(crate) chroma: [[u8; 8]; 2],
    pub(crate) modes: [u8; 4],
    pub(crate) nonzero: NonzeroEdge,
}

impl LowerEdge {
    /// The edge above the picture: RFC 6386, section 12.2 and 11.3 (mode 0 is DC).
    pub(crate) const OUTSIDE: Self =
        Self { luma: [127; 16], chroma: [[127; 8]; 2], modes: [0; 4], nonzero: NonzeroEdge(0) };
}

/// The lower edges of a row of macroblocks.
#[derive(Debug)]
pub(crate) struct SharedEdges(Vec<[AtomicU64; 5]>);

impl SharedEdges {
    /// Edges above the picture.
    pub(crate) fn new(across: usize) -> Result<Self, Error> {
        let mut words = Vec::new();
        reserve(&mut words, across)?;
        words.resize_with(across, Default::default);
        let edges = Self(words);
        (0..across).for_each(|x| edges.set(x, &LowerEdge::OUTSIDE));
        Ok(edges)
    }

    /// Sets the edge of a macroblock.
    pub(crate) fn set(&self, x: usize, edge: &LowerEdge) {
        let [low, high] = *edge.luma.as_chunks::<8>().0 else { return };
        let [a, b, c, d] = edge.modes;
        let [e, f] = edge.nonzero.0.to_le_bytes();
        let words = [low, high, edge.chroma[0], edge.chroma[1], [a, b, c, d, e, f, 0, 0]];
        for (word, bytes) in self.0[x].iter().zip(words) {
            word.store(u64::from_le_bytes(bytes), Ordering::Relaxed);
        }
    }

    /// The edge of a macroblock.
    pub(crate) fn get(&self, x: usize) -> LowerEdge {
        let words = &self.0[x];
        let [low, high, blue, red, [a, b, c, d, e, f, ..]] =
            std::array::from_fn(|at| words[at].load(Ordering::Relaxed).to_le_bytes());
        let mut luma = [0; 16];
        luma[..8].copy_from_slice(&low);
        luma[8..].copy_from_slice(&high);
        let nonzero = NonzeroEdge(u16::from_le_bytes([e, f]));
        LowerEdge { luma, chroma: [blue, red], modes: [a, b, c, d], nonzero }
    }

    /// The first four samples of luma of a macroblock.
    pub(crate) fn first_luma(&self, x: usize) -> [u8; 4] {
        let [a, b, c, d, ..] = self.0[x][0].load(Ordering::Relaxed).to_le_bytes();
        [a, b, c, d]
    }
}

/// How many macroblocks of a row are done.
#[derive(Debug, Default)]
pub(crate) struct Progress(AtomicUsize);

impl Progress {
    /// Says that `count` macroblocks are done.
    pub(crate) fn set(&self, count: usize) {
        self.0.store(count, Ordering::Release);
    }

    /// True when `count` macroblocks are done.
    pub(crate) fn has(&self, count: usize) -> bool {
        self.0.load(Ordering::Acquire) >= count
    }
}
