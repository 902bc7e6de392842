//! The functions of C's heap, in place of the system's, for Rust and for the C codecs alike. They count the bytes that are
//! held, and pass each call on to glibc unless it is to be refused.

#![cfg(all(target_os = "linux", target_env = "gnu"))]
#![allow(unsafe_code, reason = "stands in for functions of C")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use makeready_kernels::heap::Reserve;

/// Allocations of more bytes than this are numbered. Smaller ones are not sized by input.
const SMALL: usize = 4096;

static ARMED: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static FAILS: AtomicUsize = AtomicUsize::new(usize::MAX);
static FAILS_FROM: AtomicUsize = AtomicUsize::new(usize::MAX);
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Allocations to refuse.
#[derive(Debug, Clone, Copy)]
pub enum Refuse {
    /// Nothing.
    Nothing,
    /// The allocation of this number above 4 KB, from 0, and no other.
    Number(usize),
    /// The allocation of this number above 4 KB, from 0, and all that come after it, the smallest ones too.
    From(usize),
    /// Allocations above 4 KB by which more bytes would be held than this, beyond those held now.
    Beyond(usize),
}

/// Figures of a job.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Allocations above 4 KB.
    pub count: usize,
    /// The most bytes held at a time.
    pub peak: usize,
}

/// Bytes held now.
pub fn held() -> usize {
    HELD.load(Relaxed)
}

/// The most bytes held since the last [`forget_peak`].
pub fn peak() -> usize {
    PEAK.load(Relaxed)
}

/// Lets the peak begin at the bytes held now.
pub fn forget_peak() {
    PEAK.store(held(), Relaxed);
}

/// Runs `job` while memory is refused.
pub fn with<T>(refuse: Refuse, job: impl FnOnce() -> T) -> (T, Seen) {
    let before = held();
    COUNT.store(0, Relaxed);
    forget_peak();
    const NONE: usize = usize::MAX;
    let (number, from, most) = match refuse {
        Refuse::Nothing => (NONE, NONE, NONE),
        Refuse::Number(number) => (number, NONE, NONE),
        Refuse::From(number) => (NONE, number, NONE),
        Refuse::Beyond(bytes) => (NONE, NONE, before + bytes),
    };
    FAILS.store(number, Relaxed);
    FAILS_FROM.store(from, Relaxed);
    MOST.store(most, Relaxed);
    ARMED.store(true, Relaxed);
    let result = job();
    ARMED.store(false, Relaxed);
    (result, Seen { count: COUNT.load(Relaxed), peak: peak().saturating_sub(before) })
}

fn refused(size: usize) -> bool {
    if !ARMED.load(Relaxed) {
        return false;
    }
    let next = if size > SMALL { COUNT.fetch_add(1, Relaxed) } else { COUNT.load(Relaxed) };
    if size <= SMALL {
        // Allocations before the one of that number are counted: it was refused already.
        return next > FAILS_FROM.load(Relaxed);
    }
    next == FAILS.load(Relaxed)
        || next >= FAILS_FROM.load(Relaxed)
        || HELD.load(Relaxed) + size > MOST.load(Relaxed)
}

/// Rust's heap: that of the system, with [`Reserve`] or without.
#[derive(Debug)]
pub struct Heap {
    reserve: AtomicBool,
}

impl Heap {
    /// Without a reserve.
    pub const fn new() -> Self {
        Self { reserve: AtomicBool::new(false) }
    }

    /// Has a reserve from now on.
    pub fn reserve(&self) {
        self.reserve.store(true, Relaxed);
    }

    fn heap(&self) -> &dyn GlobalAlloc {
        if self.reserve.load(Relaxed) { &Reserve } else { &System }
    }
}

impl Default for Heap {
    fn default() -> Self {
        Self::new()
    }
}

// SAFETY: memory of the system is taken back by either.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { self.heap().alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { self.heap().alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { self.heap().dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { self.heap().realloc(at, layout, size) }
    }
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(at: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(align: usize, size: usize) -> *mut c_void;
    fn __libc_free(at: *mut c_void);
    fn malloc_usable_size(at: *mut c_void) -> usize;
}

fn size_of(at: *mut c_void) -> usize {
    // SAFETY: null, or given by the heap and not taken back yet.
    unsafe { malloc_usable_size(at) }
}

fn given(at: *mut c_void) -> *mut c_void {
    let size = size_of(at);
    let held = HELD.fetch_add(size, Relaxed) + size;
    PEAK.fetch_max(held, Relaxed);
    at
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    if refused(size) {
        return null_mut();
    }
    // SAFETY: any size may be asked for.
    given(unsafe { __libc_malloc(size) })
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    if refused(count.saturating_mul(size)) {
        return null_mut();
    }
    // SAFETY: any size may be asked for.
    given(unsafe { __libc_calloc(count, size) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(at: *mut c_void, size: usize) -> *mut c_void {
    let old = size_of(at);
    if size > old && refused(size) {
        return null_mut();
    }
    // SAFETY: the caller's `at` is null or held.
    let moved = unsafe { __libc_realloc(at, size) };
    if !moved.is_null() {
        HELD.fetch_sub(old, Relaxed);
        given(moved);
    }
    moved
}

#[unsafe(no_mangle)]
extern "C" fn memalign(align: usize, size: usize) -> *mut c_void {
    if refused(size) {
        return null_mut();
    }
    // SAFETY: glibc refuses values that cannot be.
    given(unsafe { __libc_memalign(align, size) })
}

#[unsafe(no_mangle)]
extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut c_void {
    memalign(align, size)
}

#[unsafe(no_mangle)]
unsafe extern "C" fn posix_memalign(to: *mut *mut c_void, align: usize, size: usize) -> c_int {
    let at = memalign(align, size);
    if at.is_null() {
        const ENOMEM: c_int = 12;
        return ENOMEM;
    }
    // SAFETY: the caller gives a place to write to.
    unsafe { to.write(at) };
    0
}

#[unsafe(no_mangle)]
unsafe extern "C" fn free(at: *mut c_void) {
    HELD.fetch_sub(size_of(at), Relaxed);
    // SAFETY: the caller's `at` is null or held.
    unsafe { __libc_free(at) };
}
