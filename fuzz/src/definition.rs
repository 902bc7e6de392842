//! Any text as a definition.

use makeready::by_name::Definition;
use makeready::{Pipeline, Result, Source, pipelines_to_json};

use crate::recipe::{Dice, split};

/// A text is refused with an error that says where, or gives pipelines whose text gives itself again.
///
/// The bytes as they are, and as the choices of a definition with a few mistakes: hardly any bytes are JSON.
///
/// # Panics
/// Where that does not hold.
pub fn definition(data: &[u8]) {
    holds(&String::from_utf8_lossy(data));
    let (choices, tail) = split(data);
    let mut dice = Dice::new(choices);
    let mut text = String::new();
    document(&mut text, &mut dice);
    holds(&text);
    holds(&changed(&text, &mut Dice::new(tail)));
}

fn holds(text: &str) {
    match read(text) {
        Ok(pipelines) => {
            let written = pipelines_to_json(&pipelines).expect("a text of what was read");
            let again = read(&written).expect("pipelines of what was written");
            let again = pipelines_to_json(again).expect("a text of what was written");
            assert_eq!(again, written, "{text}");
        }
        Err(error) => {
            let message = error.to_string();
            assert!(["invalid_option", "unsupported"].contains(&error.code()), "{error:?}");
            assert!(message.starts_with('$') && message.len() < 2100, "{message}");
        }
    }
}

/// The pipelines of a text, each name with a source.
fn read(text: &str) -> Result<Vec<Pipeline>> {
    let definition = Definition::read(text, false, &|_| true)?;
    let sources: Vec<_> = definition.names().iter().map(|_| Source::from(b"")).collect();
    definition.pipelines(&sources)
}

fn document(text: &mut String, dice: &mut Dice) {
    *text += r#"{"version":1,"#;
    picture(text, dice, 4);
    if dice.below(3) == 0 {
        *text += r#","outputs":["#;
        for output in 0..=dice.below(3) {
            *text += if output > 0 { ",{" } else { "{" };
            if dice.below(3) == 0 {
                picture(text, dice, 2);
                job(text, dice, ",");
            } else {
                job(text, dice, "");
            }
            text.push('}');
        }
        text.push(']');
    } else {
        job(text, dice, ",");
    }
    text.push('}');
}

fn picture(text: &mut String, dice: &mut Dice, deeper: u32) {
    if deeper > 0 && dice.below(3) == 0 {
        let arrangement = pick(
            dice,
            &[
                r#""across":2"#,
                r#""across":0,"gap":3"#,
                r#""canvas":[40,30],"at":[[0,0],[4,5]]"#,
                r##""across":1,"background":"#12345678","position":"north_west""##,
            ],
        );
        *text += &format!(r#""stitch":{{{arrangement},"inputs":["#);
        for input in 0..dice.below(4) {
            if input > 0 {
                text.push(',');
            }
            if dice.below(2) == 0 {
                *text += pick(dice, NAMES);
            } else {
                text.push('{');
                picture(text, dice, deeper - 1);
                text.push('}');
            }
        }
        *text += "]}";
    } else {
        *text += r#""input":"#;
        *text += pick(dice, NAMES);
        if dice.below(3) == 0 {
            *text += pick(
                dice,
                &[
                    r#","open":{}"#,
                    r#","open":{"page":4,"auto_orient":false}"#,
                    r#","open":{"on_error":"recover"}"#,
                ],
            );
        }
    }
    if dice.below(2) == 0 {
        *text += r#","ops":["#;
        for op in 0..dice.below(5) {
            if op > 0 {
                text.push(',');
            }
            *text += pick(dice, OPS);
        }
        text.push(']');
    }
}

fn job(text: &mut String, dice: &mut Dice, mut comma: &'static str) {
    for settings in [ENCODES, SETTINGS] {
        if dice.below(2) == 0 {
            *text += comma;
            *text += pick(dice, settings);
            comma = ",";
        }
    }
}

const NAMES: &[&str] =
    &[r#""a""#, r#""b/c.jpg""#, r#""input-0""#, r#""input-0-2""#, r#""\u00e9\n\"\\""#, r#""""#];
const OPS: &[&str] = &[
    r#"{"op":"flip"}"#,
    r#"{"op":"flop"}"#,
    r#"{"op":"rotate","degrees":90}"#,
    r#"{"degrees":270.0,"op":"rotate"}"#,
    r#"{"op":"resize","width":8,"fit":"cover"}"#,
    r##"{"op":"resize","height":9,"linear":true,"kernel":"cubic","background":"#abc"}"##,
    r#"{"op":"crop","x":1,"y":2,"width":3,"height":4294967295}"#,
    r##"{"op":"flatten","background":"#ffff"}"##,
    r#"{"op":"extend","top":1,"left":4}"#,
    r#"{"op":"resize","width":0}"#,
    r#"{"op":"rotate","degrees":45}"#,
];
const ENCODES: &[&str] = &[
    r#""encode":{"format":"jpeg","quality":80}"#,
    r#""encode":{"format":"webp","lossless":true}"#,
    r#""encode":{"quality":1,"format":"jpeg","subsampling":"4:4:4"}"#,
    r#""encode":{"format":"png","compression_level":9}"#,
    r#""encode":{"format":"avif"}"#,
    r#""negotiate":{"accept":["image/webp","*/*;q=0.1"],"dpr":2}"#,
    r##""negotiate":{"formats":["jpeg","png"],"quality":7,"dpr":0.3,"background":"#fff"}"##,
];
const SETTINGS: &[&str] = &[
    r#""limits":{"max_inputs":9007199254740993}"#,
    r#""limits":{"max_memory":18446744073709551616}"#,
    r#""deadline":0.1"#,
    r#""deadline":123456789012.3456789"#,
    r#""deadline":1e19,"threads":3"#,
    r#""threads":2e1,"shrink":"off""#,
    r#""optimizations":{"merge_crops":false}"#,
    r#""optimizations":{"merge_crops":true,"all":false}"#,
];

fn pick<'a>(dice: &mut Dice, from: &[&'a str]) -> &'a str {
    from[dice.below(u32::try_from(from.len()).unwrap_or(1)) as usize]
}

/// The text with up to four mistakes.
fn changed(text: &str, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.below(4) {
        let length = u32::try_from(letters.len()).unwrap_or(u32::MAX).max(1);
        let at = dice.below(length) as usize;
        let of =
            ['{', '}', '[', ']', ',', ':', '"', '0', '9', '-', '.', 'e', '\\', 'n', ' ', '\u{7f}'];
        let letter = of[dice.below(16) as usize];
        match dice.below(3) {
            0 if at < letters.len() => letters[at] = letter,
            1 if at < letters.len() => drop(letters.remove(at)),
            _ => letters.insert(at, letter),
        }
    }
    letters.into_iter().collect()
}
