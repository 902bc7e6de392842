//! An option in a sentence, the same in every language but for its quotes.

use makeready::by_name::{self, Field, Kind, Value};

/// How a language writes in text.
#[derive(Clone, Copy)]
pub(crate) struct Quotes {
    /// Around code: `` `code` `` or ``` ``code`` ```.
    pub(crate) code: &'static str,
    /// The unit of times.
    pub(crate) time: &'static str,
}

impl Quotes {
    pub(crate) fn code(self, code: &str) -> String {
        format!("{0}{code}{0}", self.code)
    }

    /// A text of the core, which has single backticks.
    pub(crate) fn text(self, text: &str) -> String {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        text.replace('`', self.code)
    }
}

/// The options of all calls, functions and formats, and those of a policy.
pub(crate) fn all_fields() -> Vec<Field> {
    let calls = by_name::operations().flat_map(|operation| (operation.fields)());
    let formats = by_name::format_fields().into_iter().flat_map(|(_, fields)| fields);
    by_name::open_fields()
        .into_iter()
        .chain(by_name::stitch_fields())
        .chain(calls)
        .chain(formats)
        .chain(by_name::FUNCTIONS.iter().flat_map(|function| (function.fields)()))
        .chain(by_name::policy_fields())
        .collect()
}

/// The meaning of an option, its range or words, and its default.
pub(crate) fn sentence(field: &Field, quotes: Quotes) -> String {
    let meaning = quotes.text(field.doc);
    let mut text = meaning.trim_end_matches('.').to_owned();
    match (field.kind, field.range) {
        (Kind::Word { words, .. }, _) => text += &format!(": {}", listed(words, &default(field))),
        (Kind::Colour, _) => {
            let forms = ["#rgb", "#rgba", "#rrggbb"].map(|form| quotes.code(form)).join(", ");
            text += &format!("; {forms} or {}", quotes.code("#rrggbbaa"));
        }
        // A time that must be given is said in the words of its call.
        (Kind::Seconds, _) if !field.needed => text += &format!(", in {}", quotes.time),
        (_, Some((low, high))) => text += &format!("; {} to {}", grouped(low), grouped(high)),
        _ => {}
    }
    let default = default(field);
    let is_word = matches!(field.kind, Kind::Word { .. });
    match (field.kind, default) {
        (_, default) if default.is_empty() || is_word => text + ".",
        (Kind::Colour, default) => format!("{text}. Default {}.", quotes.code(&default)),
        (_, default) => format!("{text}. Default {default}."),
    }
}

/// The default as text, empty where there is none.
pub(crate) fn default(field: &Field) -> String {
    match (field.default)() {
        Value::Bool(yes) => yes.to_string(),
        Value::Int(number) => u64::try_from(number).map(sized).unwrap_or_default(),
        Value::Text(text) => text,
        Value::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

/// The words of a kind, the default marked.
fn listed(words: &[&str], default: &str) -> String {
    let mark = |word: &&str| match *word == default {
        true => format!("{word} (default)"),
        false => (*word).to_owned(),
    };
    let words: Vec<_> = words.iter().map(mark).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

/// A number, in MiB where it is some.
fn sized(number: u64) -> String {
    const MIB: u64 = 1 << 20;
    if number >= MIB && number.is_multiple_of(MIB) {
        format!("{} MiB", number / MIB)
    } else {
        grouped(number)
    }
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The name of a format as people write it.
pub(crate) fn format_name(format: &str) -> String {
    match format {
        "webp" => "WebP".to_owned(),
        other => other.to_uppercase(),
    }
}

/// A name in camelCase, `maxWork` for instance.
pub(crate) fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}

/// Text in lines of at most `width`, the first after `first`, the others after `rest`.
pub(crate) fn wrapped(text: &str, first: &str, rest: &str, width: usize) -> String {
    let mut lines = String::new();
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split_whitespace() {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > width {
            lines += line.trim_end();
            lines.push('\n');
            line = rest.to_owned();
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line += word;
        is_empty = false;
    }
    lines + line.trim_end() + "\n"
}
