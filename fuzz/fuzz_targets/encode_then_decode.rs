//! `encode_then_decode` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::encode_then_decode::encode_then_decode(
    data
));
