//! `bands_do_not_show` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::bands_do_not_show::bands_do_not_show(
    data
));
