//! `levels_do_not_show` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| makeready_fuzz::levels_do_not_show::levels_do_not_show(
    data
));
