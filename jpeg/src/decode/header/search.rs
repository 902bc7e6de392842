//! Finds markers between segments and in entropy-coded data.

use crate::markers::{has_ff, restart_number};

/// A marker, and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    /// The byte after 0xFF.
    pub(crate) marker: u8,
    /// The position after that byte.
    pub(crate) after: usize,
}

/// Finds the next marker at or after `from`: 0xFF, any number of fill bytes 0xFF, and a byte that
/// is not 0. Bytes before it are passed over, as libjpeg does.
pub(crate) fn next_marker(data: &[u8], from: usize) -> Option<Found> {
    let mut at = from;
    loop {
        at += find_ff(data.get(at..)?)? + 1;
        match *data.get(at)? {
            0 => at += 1,
            0xFF => {}
            marker => {
                return Some(Found { marker, after: at + 1 });
            }
        }
    }
}

/// Finds the marker that ends the entropy-coded data at `from`: the next one that is not a restart
/// marker.
pub(crate) fn end_of_scan(data: &[u8], from: usize) -> Option<Found> {
    let mut at = from;
    loop {
        let found = next_marker(data, at)?;
        if restart_number(found.marker).is_none() {
            return Some(found);
        }
        at = found.after;
    }
}

/// Finds the first byte 0xFF. Eight bytes at a time, as whole scans are passed over with this.
fn find_ff(data: &[u8]) -> Option<usize> {
    let words = data.chunks_exact(8);
    let tail = words.remainder();
    for (index, word) in words.enumerate() {
        let word = u64::from_le_bytes(word.try_into().ok()?);
        if has_ff(word) {
            let base = index * 8;
            return data[base..].iter().position(|&byte| byte == 0xFF).map(|at| base + at);
        }
    }
    let base = data.len() - tail.len();
    tail.iter().position(|&byte| byte == 0xFF).map(|at| base + at)
}
