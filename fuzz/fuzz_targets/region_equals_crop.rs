//! `region_equals_crop` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::region_equals_crop::region_equals_crop(
    data
));
