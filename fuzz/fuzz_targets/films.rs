//! `films` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::films::films(data));
