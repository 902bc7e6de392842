//! The property of the approximate rules for a few hundred recipes of its own, as no file is needed to make them.

use makeready_fuzz::approximate_keeps_places::approximate_keeps_places;
use makeready_fuzz::mutate::XorShift;
use makeready_fuzz::recipe::TAIL;

#[test]
fn approximate_rules_move_nothing() {
    let mut random = XorShift::new(7);
    for _ in 0..400 {
        let choices: Vec<u8> = (0..TAIL * 2).map(|_| random.below(256).to_le_bytes()[0]).collect();
        approximate_keeps_places(&choices);
    }
}
