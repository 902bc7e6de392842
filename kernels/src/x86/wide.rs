//! Vectors of 32 bytes and their operations, under the same names at two levels: one register with
//! AVX2, two with SSE4.1.
//!
//! A kernel is one text for both, a macro over the module of a level. Nearly all instructions of
//! AVX2 treat each half of a register by itself, which takes two of SSE4.1. Where halves mix, an
//! operation is named by its result, as each level has its own shortest way there.
//!
//! Kernels write vectors out one by one: `map` over an array of them is compiled without the
//! instructions of a level. Where it is not inlined, the functions that it calls are not either.

pub(super) mod avx2;
pub(super) mod sse41;

use std::arch::x86_64::{__m128i, _mm_loadu_si128};

/// Numbers that fill all their bytes.
pub(super) trait Number: Copy {}

impl Number for u8 {}
impl Number for i16 {}
impl Number for u16 {}
impl Number for i32 {}

/// The first 16 bytes; SSE2, which every x86-64 has.
#[inline]
pub(super) fn load_half<T: Number>(from: &[T]) -> __m128i {
    let from = &from[..16 / size_of::<T>()];
    // SAFETY: 16 readable bytes, at any alignment.
    unsafe { _mm_loadu_si128(from.as_ptr().cast()) }
}
