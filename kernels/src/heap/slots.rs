//! Pieces of memory of three sizes, each with a flag that says whether it is taken. No lock: a
//! process may fork at any moment.

use std::alloc::Layout;
use std::cell::UnsafeCell;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

/// All the memory that is set aside.
pub(super) struct ReserveSlots {
    small: Slots<256, 4096>,
    middle: Slots<4096, 128>,
    large: Slots<{ 1 << 20 }, 8>,
}

/// `COUNT` pieces of one size: a power of two of at most a page, or whole pages.
#[repr(C, align(4096))]
struct Slots<const SIZE: usize, const COUNT: usize> {
    pieces: UnsafeCell<[[MaybeUninit<u8>; SIZE]; COUNT]>,
    taken: [AtomicBool; COUNT],
}

// SAFETY: a piece is its owner's alone, from the flag's change to the next.
unsafe impl<const SIZE: usize, const COUNT: usize> Sync for Slots<SIZE, COUNT> {}

impl ReserveSlots {
    pub(super) const fn new() -> Self {
        Self { small: Slots::new(), middle: Slots::new(), large: Slots::new() }
    }

    /// A piece with room for a layout; null where there is none.
    pub(super) fn take(&self, layout: Layout) -> *mut u8 {
        let small = self.small.take(layout);
        let piece = small.or_else(|| self.middle.take(layout)).or_else(|| self.large.take(layout));
        piece.unwrap_or(ptr::null_mut())
    }

    /// Tells whether a pointer is that of a piece.
    pub(super) fn holds(&self, at: *mut u8) -> bool {
        let (start, end) =
            (ptr::from_ref(self).addr(), ptr::from_ref(self).addr() + size_of::<Self>());
        (start..end).contains(&at.addr())
    }

    /// Takes back a piece. Tells whether the pointer is that of one.
    pub(super) fn give_back(&self, at: *mut u8) -> bool {
        self.holds(at)
            && (self.small.give_back(at) || self.middle.give_back(at) || self.large.give_back(at))
    }
}

impl<const SIZE: usize, const COUNT: usize> Slots<SIZE, COUNT> {
    const fn new() -> Self {
        Self {
            pieces: UnsafeCell::new([[MaybeUninit::uninit(); SIZE]; COUNT]),
            taken: [const { AtomicBool::new(false) }; COUNT],
        }
    }

    fn start(&self) -> *mut u8 {
        self.pieces.get().cast()
    }

    fn take(&self, layout: Layout) -> Option<*mut u8> {
        let fits = layout.size() <= SIZE && layout.align() <= SIZE.min(4096);
        let free = |taken: &AtomicBool| !taken.swap(true, Ordering::Acquire);
        let index = fits.then(|| self.taken.iter().position(free)).flatten()?;
        Some(self.start().wrapping_add(index * SIZE))
    }

    fn give_back(&self, at: *mut u8) -> bool {
        let index = at.addr().wrapping_sub(self.start().addr()) / SIZE;
        let Some(taken) = self.taken.get(index) else { return false };
        taken.store(false, Ordering::Release);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_of_the_least_size_that_is_left_and_do_not_overlap() {
        static SLOTS: ReserveSlots = ReserveSlots::new();
        let small = Layout::from_size_align(200, 16).expect("a layout");
        let mut pieces = Vec::new();
        loop {
            let at = SLOTS.take(small);
            if at.is_null() {
                break;
            }
            pieces.push(at);
        }
        assert_eq!(pieces.len(), 4096 + 128 + 8);
        let mut places: Vec<usize> = pieces.iter().map(|at| at.addr()).collect();
        places.sort_unstable();
        assert!(places.windows(2).all(|pair| pair[1] - pair[0] >= 256));
        assert!(places.iter().all(|place| place % 256 == 0));
        for &at in &pieces {
            assert!(SLOTS.holds(at) && SLOTS.give_back(at));
        }
        // Pieces are taken in order, so that the same come again.
        assert_eq!(SLOTS.take(small), pieces[0]);
    }

    #[test]
    fn a_piece_has_the_room_and_the_alignment_that_is_asked_for() {
        static SLOTS: ReserveSlots = ReserveSlots::new();
        let layout = |size, align| Layout::from_size_align(size, align).expect("a layout");
        let page = SLOTS.take(layout(1, 4096));
        assert!(page.addr().is_multiple_of(4096) && !page.is_null());
        assert!(SLOTS.take(layout(1, 8192)).is_null());
        assert!(SLOTS.take(layout((1 << 20) + 1, 1)).is_null());
        let large: Vec<_> = (0..8).map(|_| SLOTS.take(layout(1 << 20, 4096))).collect();
        assert!(large.iter().all(|at| !at.is_null()));
        assert!(SLOTS.take(layout(1 << 20, 1)).is_null());
        assert!(SLOTS.give_back(large[7]));
        assert_eq!(SLOTS.take(layout(5000, 1)), large[7]);
    }

    #[test]
    fn others_are_not_known() {
        static SLOTS: ReserveSlots = ReserveSlots::new();
        let mut byte = 0;
        assert!(!SLOTS.holds(&raw mut byte) && !SLOTS.give_back(&raw mut byte));
    }
}
