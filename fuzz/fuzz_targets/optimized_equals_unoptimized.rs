//! `optimized_equals_unoptimized` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    makeready_fuzz::optimized_equals_unoptimized::optimized_equals_unoptimized(data)
});
