//! `cut_keeps_pixels` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::cut_keeps_pixels::cut_keeps_pixels(data));
