//! `figures_and_stand_ins` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    makeready_fuzz::figures_and_stand_ins::figures_and_stand_ins(data);
});
