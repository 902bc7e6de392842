//! `scaled_close_to_full` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    makeready_fuzz::scaled_close_to_full::scaled_close_to_full(data)
});
