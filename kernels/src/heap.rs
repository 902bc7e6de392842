//! Fallible reservations, and a reserve of memory for allocations that cannot fail.
//!
//! Memory sized by input is reserved by [`try_reserve_exact`], whose failure is an error. All other
//! allocations are small, or belong to crates of others, and Rust ends the process where one fails.
//! [`Reserve`] is an allocator that has a few megabytes set aside for that moment: enough for a job
//! to end with an error.

#![allow(
    unsafe_code,
    reason = "an allocator gives out pointers, and pages are given back by a function of C"
)]

mod slots;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::collections::TryReserveError;
use std::mem::MaybeUninit;
use std::ptr;

use slots::ReserveSlots;

/// The memory set aside. Its pages take no memory before they are used.
static SLOTS: ReserveSlots = ReserveSlots::new();

thread_local! {
    /// Whether this thread can do without the memory it asks for.
    static FALLIBLE: Cell<bool> = const { Cell::new(false) };
}

/// Reserves room for `additional` more items like [`Vec::try_reserve_exact`], and never takes
/// memory from the reserve.
///
/// # Errors
/// Where there is too little memory.
///
/// ```
/// let mut bytes: Vec<u8> = Vec::new();
/// assert!(makeready_kernels::heap::try_reserve_exact(&mut bytes, usize::MAX).is_err());
/// assert!(makeready_kernels::heap::try_reserve_exact(&mut bytes, 100).is_ok());
/// assert_eq!(bytes.capacity(), 100);
/// ```
pub fn try_reserve_exact<T>(vec: &mut Vec<T>, additional: usize) -> Result<(), TryReserveError> {
    let before = FALLIBLE.replace(true);
    let result = vec.try_reserve_exact(additional);
    FALLIBLE.set(before);
    result
}

/// The system's allocator, with a reserve for when that has nothing left.
///
/// The reserve has 8 pieces of up to 1 MiB, 128 of up to 4 KiB and 4,096 of up to 256 bytes: 9.5
/// MiB of addresses, which take no memory until they are used. They are only for allocations whose
/// failure would end the process: the ones of [`try_reserve_exact`] fail.
///
/// ```
/// use makeready_kernels::heap::Reserve;
///
/// #[global_allocator]
/// static HEAP: Reserve = Reserve;
///
/// assert_eq!(vec![1; 1000].len(), 1000);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Reserve;

impl Reserve {
    /// A piece of the reserve, for memory that cannot be done without; null where none is left.
    #[cold]
    fn last_resort(layout: Layout) -> *mut u8 {
        if FALLIBLE.get() { ptr::null_mut() } else { SLOTS.take(layout) }
    }
}

// SAFETY: a pointer comes from the system's allocator or from the reserve, which gives a piece to
// one owner at a time and knows its own; each goes back to where it came from.
unsafe impl GlobalAlloc for Reserve {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let at = unsafe { System.alloc(layout) };
        if at.is_null() { Self::last_resort(layout) } else { at }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        let at = unsafe { System.alloc_zeroed(layout) };
        if !at.is_null() {
            return at;
        }
        let at = Self::last_resort(layout);
        if !at.is_null() {
            // SAFETY: a piece holds a layout at least, and is nobody else's.
            unsafe { at.write_bytes(0, layout.size()) };
        }
        at
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        if !SLOTS.give_back(at) {
            // SAFETY: the reserve does not know it, so it is the system's.
            unsafe { System.dealloc(at, layout) };
        }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !SLOTS.holds(at) {
            // SAFETY: the reserve does not know it, so it is the system's.
            let moved = unsafe { System.realloc(at, layout, size) };
            if !moved.is_null() {
                return moved;
            }
        }
        // SAFETY: as the caller promises: a size that is not 0 and no more than a layout may have.
        let to = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !to.is_null() {
            // SAFETY: both have that many bytes, and `to` is new.
            unsafe { to.copy_from_nonoverlapping(at, layout.size().min(size)) };
            // SAFETY: the caller gives up `at` where it gets another.
            unsafe { self.dealloc(at, layout) };
        }
        to
    }
}

/// Tells whether the process may grow by `bytes`, as far as its limits tell; true where nothing
/// tells.
///
/// ```
/// assert!(makeready_kernels::heap::can_grow(1 << 20));
/// assert!(cfg!(not(unix)) || !makeready_kernels::heap::can_grow(usize::MAX >> 1));
/// ```
#[must_use]
pub fn can_grow(bytes: usize) -> bool {
    #[cfg(unix)]
    {
        use libc::{MAP_ANONYMOUS, MAP_FAILED, MAP_PRIVATE, PROT_READ, PROT_WRITE};
        // Mapped like the stacks of threads, so that many of them are not refused for memory they
        // never touch.
        #[cfg(target_os = "linux")]
        let lazily = libc::MAP_NORESERVE;
        #[cfg(not(target_os = "linux"))]
        let lazily = 0;
        let (access, kind) = (PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | lazily);
        // SAFETY: new pages at a place that the system chooses, which are nobody's.
        let at = unsafe { libc::mmap(ptr::null_mut(), bytes, access, kind, -1, 0) };
        if at == MAP_FAILED {
            return false;
        }
        // SAFETY: those pages and no others.
        unsafe { libc::munmap(at, bytes) };
        true
    }
    #[cfg(not(unix))]
    {
        let _ = bytes;
        true
    }
}

/// Gives the pages of unused memory back to the system, and keeps their addresses. Shrinking a
/// vector does not: an allocator gives back only the end of its heap, where a large vector of a
/// worker thread seldom lies. The next use of the memory waits for its pages, up to a millisecond a
/// MiB.
///
/// ```
/// let mut bytes = vec![1_u8; 1 << 20];
/// bytes.truncate(1000);
/// makeready_kernels::heap::give_back(bytes.spare_capacity_mut());
/// assert!(bytes.iter().all(|&byte| byte == 1));
/// ```
pub fn give_back(spare: &mut [MaybeUninit<u8>]) {
    #[cfg(target_os = "linux")]
    {
        // SAFETY: the call asks for a number.
        let page = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
        let page = usize::try_from(page).unwrap_or(0).max(1);
        let before = spare.as_ptr().addr().wrapping_neg() % page;
        let length = spare.len().saturating_sub(before) / page * page;
        if length > 0 {
            let start = spare[before..].as_mut_ptr();
            // SAFETY: whole pages of memory that this process has for itself and that holds
            // nothing: that they read as zeros after this is seen by nobody. Where it fails they
            // stay, which is no harm.
            unsafe { libc::madvise(start.cast(), length, libc::MADV_DONTNEED) };
        }
    }
    #[cfg(not(target_os = "linux"))]
    let _ = spare;
}
