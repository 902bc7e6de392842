//! Calls by name: what they make, what they refuse.

use super::*;

fn given(options: &[(&str, Value)]) -> Vec<(String, Value)> {
    options.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
}

fn word(word: &str) -> Value {
    Value::Text(word.to_owned())
}

fn message(name: &str, options: &[(&str, Value)]) -> String {
    Call::new(name, &given(options)).expect_err("refused").to_string()
}

#[test]
fn a_call_by_name_is_the_call() -> Result<(), CallError> {
    let options = [("height", Value::None), ("width", Value::Int(8)), ("fit", word("fill"))];
    let Change::Step(Step::Resize(resize)) = Call::new("resize", &given(&options))?.0 else {
        panic!("a resize");
    };
    assert_eq!(resize, Resize::width(8).fit(crate::Fit::Fill));
    let options = [("format", word("webp")), ("lossless", Value::Bool(true))];
    let Change::Encode(encode) = Call::new("encode", &given(&options))?.0 else {
        panic!("an encode");
    };
    assert_eq!(encode, crate::WebP::lossless().into());
    Ok(())
}

#[test]
fn what_no_option_can_be_is_refused_by_name() {
    let jpeg = ("format", word("jpeg"));
    let found = message("encode", &[jpeg.clone(), ("lossless", Value::Bool(true))]);
    assert!(found.starts_with("jpeg has no option lossless: expected quality, "), "{found}");
    let found = message("encode", &[jpeg, ("quality", Value::Int(300))]);
    assert_eq!(found, "jpeg quality is a whole number of 1 to 100, found 300");
    let found = message("crop", &[("x", Value::Number(1.5))]);
    assert_eq!(found, "crop x is a whole number of 0 to 4294967295, found 1.5");
    let found = message("crop", &[("x", Value::Float(1.0))]);
    assert_eq!(found, "crop x: expected a whole number, found a number");
    let found = message("crop", &[("x", Value::Int(1))]);
    assert_eq!(found, "crop y: expected a whole number, found nothing");
    let found = message("limits", &[("max_memory", Value::Digits("9".repeat(40)))]);
    assert!(found.contains("0 to 18446744073709551615"), "{found}");
    let found = message("flip", &[("twice", Value::Bool(true))]);
    assert_eq!(found, "flip has no option twice, nor any other");
    let found = message("blurr", &[]);
    assert!(found.starts_with("a call is one of resize, "), "{found}");
    let found = message("optimizations", &[("speed_up", Value::Bool(true))]);
    assert!(found.contains("merge_crops"), "{found}");
}

#[test]
fn every_default_is_a_value_that_the_option_takes() {
    for operation in operations() {
        let mut options = Vec::new();
        for field in (operation.fields)().iter().filter(|field| !field.needed) {
            assert!(field.doc.trim().ends_with('.'), "{} {}", operation.name, field.name);
            options.push((field.name.to_owned(), (field.default)()));
        }
        let is_simple = (operation.fields)().iter().all(|field| !field.needed);
        let is_read = match operation.takes_input() {
            true => Combine::new(operation.name, &options).is_ok(),
            false => Call::new(operation.name, &options).is_ok(),
        };
        assert_eq!(is_read, is_simple, "{}", operation.name);
    }
}

#[test]
fn pairs_are_by_place_or_by_name() -> Result<(), CallError> {
    let named =
        |names: [&str; 2]| Value::Map(names.map(|name| (name.to_owned(), Value::Int(4))).to_vec());
    let four = || Value::List(vec![Value::Int(4), Value::Int(4)]);
    let by_place = [("canvas", four()), ("at", Value::List(vec![four()]))];
    let by_name =
        [("canvas", named(["width", "height"])), ("at", Value::List(vec![named(["x", "y"])]))];
    assert_eq!(stitch(&given(&by_place))?, stitch(&given(&by_name))?);
    let both = [by_place[0].clone(), ("across", Value::Int(1))];
    for options in [&both[..], &[], &[("canvas", named(["width", "depth"]))]] {
        assert!(stitch(&given(options)).is_err(), "{options:?}");
    }
    Ok(())
}
