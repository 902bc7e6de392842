//! Texts of any bytes, and texts that are nearly right.

use crate::recipe::{Dice, split};

/// The longest text, in bytes: longer than any header, query or key that is taken.
const LONGEST: usize = 9000;

/// Two texts of an input: its bytes as they are, and words that its bytes choose; and choices.
pub(crate) fn texts<'a>(data: &'a [u8], words: &[&str]) -> ([String; 2], Dice<'a>) {
    let (bytes, choices) = split(data);
    let mut dice = Dice::new(choices);
    let raw = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST)]).into_owned();
    // Mostly few words: of many that must all be right few texts are.
    let most = [1, 3, 8, 2000][dice.below(4) as usize];
    let from = dice.below(u32::try_from(bytes.len()).unwrap_or(u32::MAX).max(1)) as usize;
    let mut spelled = String::new();
    for &byte in bytes.iter().skip(from).take(most) {
        match words.get(usize::from(byte) % (words.len() + 1)) {
            Some(word) => spelled += word,
            None => spelled.push(char::from(byte)),
        }
    }
    ([raw, spelled], dice)
}
