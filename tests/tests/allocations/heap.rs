//! Refuses memory: the functions of C's heap, in place of the system's, for Rust and for the C codecs alike. Each
//! passes the call on to glibc, unless it is to fail.

#![allow(unsafe_code, reason = "stands in for functions of C")]

use std::ffi::{c_int, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

/// What is smaller is not sized by input, and is never refused.
const SMALL: usize = 4096;

static ARMED: AtomicBool = AtomicBool::new(false);
static COUNT: AtomicUsize = AtomicUsize::new(0);
static FAILS: AtomicUsize = AtomicUsize::new(usize::MAX);
static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

/// What is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Refuse {
    Nothing,
    /// The allocation of this number above 4 KB, from 0, and no other.
    Number(usize),
    /// Whatever would be more bytes held than this beyond those held now.
    Beyond(usize),
}

/// What was seen of a job.
pub(crate) struct Seen {
    /// Allocations above 4 KB.
    pub(crate) count: usize,
    /// The most bytes held at a time.
    pub(crate) peak: usize,
}

/// Runs `job` while memory is refused.
pub(crate) fn with<T>(refuse: Refuse, job: impl FnOnce() -> T) -> (T, Seen) {
    let held = HELD.load(Relaxed);
    COUNT.store(0, Relaxed);
    PEAK.store(held, Relaxed);
    FAILS.store(if let Refuse::Number(number) = refuse { number } else { usize::MAX }, Relaxed);
    let most = if let Refuse::Beyond(bytes) = refuse { held + bytes } else { usize::MAX };
    MOST.store(most, Relaxed);
    ARMED.store(true, Relaxed);
    let result = job();
    ARMED.store(false, Relaxed);
    MOST.store(usize::MAX, Relaxed);
    let (count, peak) = (COUNT.load(Relaxed), PEAK.load(Relaxed).saturating_sub(held));
    (result, Seen { count, peak })
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(at: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(align: usize, size: usize) -> *mut c_void;
    fn __libc_free(at: *mut c_void);
    fn malloc_usable_size(at: *mut c_void) -> usize;
}

fn refused(size: usize) -> bool {
    if size <= SMALL || !ARMED.load(Relaxed) {
        return false;
    }
    let number = COUNT.fetch_add(1, Relaxed);
    number == FAILS.load(Relaxed) || HELD.load(Relaxed) + size > MOST.load(Relaxed)
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
    // SAFETY: glibc refuses what cannot be.
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
