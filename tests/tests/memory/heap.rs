//! Counts what the process holds: the functions of C's heap, in place of the system's, for Rust and for the C
//! codecs alike. Each passes the call on to glibc.

#![allow(unsafe_code, reason = "stands in for functions of C")]

use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Bytes held now.
pub(crate) fn held() -> usize {
    HELD.load(Relaxed)
}

/// The most bytes held since the last [`forget_peak`].
pub(crate) fn peak() -> usize {
    PEAK.load(Relaxed)
}

/// Lets the peak begin at what is held now.
pub(crate) fn forget_peak() {
    PEAK.store(held(), Relaxed);
}

unsafe extern "C" {
    fn __libc_malloc(size: usize) -> *mut c_void;
    fn __libc_calloc(count: usize, size: usize) -> *mut c_void;
    fn __libc_realloc(at: *mut c_void, size: usize) -> *mut c_void;
    fn __libc_memalign(align: usize, size: usize) -> *mut c_void;
    fn __libc_free(at: *mut c_void);
    fn malloc_usable_size(at: *mut c_void) -> usize;
}

/// Counts what was given, and passes it on.
fn given(at: *mut c_void) -> *mut c_void {
    // SAFETY: null, or given by the heap just now.
    let size = unsafe { malloc_usable_size(at) };
    let held = HELD.fetch_add(size, Relaxed) + size;
    PEAK.fetch_max(held, Relaxed);
    at
}

/// Counts what is about to be taken back.
fn taken(at: *mut c_void) {
    // SAFETY: null, or given by the heap and not taken back yet, as its caller promises.
    let size = unsafe { malloc_usable_size(at) };
    HELD.fetch_sub(size, Relaxed);
}

#[unsafe(no_mangle)]
extern "C" fn malloc(size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    given(unsafe { __libc_malloc(size) })
}

#[unsafe(no_mangle)]
extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    // SAFETY: any size may be asked for.
    given(unsafe { __libc_calloc(count, size) })
}

#[unsafe(no_mangle)]
unsafe extern "C" fn realloc(at: *mut c_void, size: usize) -> *mut c_void {
    taken(at);
    // SAFETY: the caller's `at` is null or held.
    let moved = unsafe { __libc_realloc(at, size) };
    // One that fails leaves the old one; nobody here measures a process that is out of memory.
    given(moved)
}

#[unsafe(no_mangle)]
extern "C" fn memalign(align: usize, size: usize) -> *mut c_void {
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
    taken(at);
    // SAFETY: the caller's `at` is null or held.
    unsafe { __libc_free(at) };
}
