//! What is refused, and where.

use super::*;

#[test]
fn errors_name_the_place() {
    let cases = [
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "flip"}, {"op": "resize", "widht": 4}]}"#,
            "$.ops[1].widht: resize has no option widht: expected width, height, fit, position, ",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "resize", "width": "4"}]}"#,
            "$.ops[0].width: resize width: expected a whole number, found a string",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "resize", "width": 0}]}"#,
            "$.ops[0]: resize width is 1 to 65535, found 0",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "resize", "width": 1.5}]}"#,
            "$.ops[0].width: resize width is a whole number of 1 to 65535, found 1.5",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "resize", "fit": "round"}]}"#,
            "$.ops[0].fit: fit is one of cover, ",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "crop", "x": 1}]}"#,
            "$.ops[0].y: crop y: expected a whole number, found nothing",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "encode", "format": "png"}]}"#,
            "$.ops[0].op: an operation is one of resize, crop, rotate, flip, flop, flatten, extend, ",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"width": 1}]}"#,
            "$.ops[0].op: expected a name, found none",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": {}}"#,
            "$.ops: expected a list of operations, found names with values",
        ),
        (
            r#"{"version": 1, "input": "a", "encode": {"quality": 4}}"#,
            "$.encode.format: encode format: expected a string, found nothing",
        ),
        (
            r#"{"version": 1, "input": "a", "encode": {"format": "png", "quality": 4}}"#,
            "$.encode.quality: png has no option quality: expected compression_level, filter, palette, colours, dither, loop, delay, inter_frame_max_error, key_frame_interval, found quality",
        ),
        (
            r#"{"version": 1, "input": "a", "encode": {"format": "avif"}}"#,
            "$.encode: this build writes jpeg, png, webp and gif, not avif",
        ),
        (
            r#"{"version": 1, "input": "a", "encode": {"format": "jpeg", "quality": 0}}"#,
            "$.encode: jpeg quality is 1 to 100, found 0",
        ),
        (
            r#"{"version": 1, "input": "a", "limits": {"max_inputs": -1}}"#,
            "$.limits.max_inputs: limits max_inputs is a whole number of 0 to ",
        ),
        (
            r#"{"version": 1, "input": "a", "deadline": "soon"}"#,
            "$.deadline: deadline seconds: expected a number of seconds, found a string",
        ),
        (
            r#"{"version": 1, "input": "a", "threads": {"count": 2}}"#,
            "$.threads: expected a whole number, found names with values",
        ),
        (
            r#"{"version": 1, "input": "a", "optimizations": {"merge_crops": 1}}"#,
            "$.optimizations.merge_crops: optimizations a rule: expected a boolean, found a whole number",
        ),
        (
            r#"{"version": 1, "input": "a", "optimizations": {"speed_up": true}}"#,
            "$.optimizations.speed_up: an optimization is one of ",
        ),
        (
            r#"{"version": 1, "input": "a", "open": {"page": 0, "dpi": 9}}"#,
            "$.open.dpi: open has no option dpi: expected page, ",
        ),
        (
            r#"{"version": 1, "stitch": {"across": 1, "inputs": ["a"]}, "open": {}}"#,
            "$.open: an input is opened, found a stitch",
        ),
        (
            r#"{"version": 1, "stitch": {"inputs": ["a"]}}"#,
            "$.stitch: a stitch is given `across` or `canvas`, found neither",
        ),
        (
            r#"{"version": 1, "stitch": {"across": 1}}"#,
            "$.stitch.inputs: a stitch has a list of inputs, found none",
        ),
        (
            r#"{"version": 1, "stitch": {"across": 1, "inputs": [4]}}"#,
            "$.stitch.inputs[0]: expected a name, or an object with an input or a stitch, found a whole",
        ),
        (
            r#"{"version": 1, "stitch": {"canvas": {"width": 1, "height": 1}, "inputs": ["a"]}}"#,
            "$.stitch.canvas: expected two numbers, found names with values",
        ),
        (
            r#"{"version": 1, "stitch": {"canvas": [1, 1], "at": [{"x": 1, "y": 1}], "inputs": ["a"]}}"#,
            "$.stitch.at: expected a list of places, found names with values in a list",
        ),
        (
            r#"{"version": 1, "stitch": {"across": 1, "inputs": ["a", {"input": "b", "encode": {}}]}}"#,
            "$.stitch.inputs[1].encode: an input has no field encode: expected input, open, ",
        ),
        (
            r#"{"version": 1, "input": "a.jpg"}"#,
            "$.input: expected a source for \"a.jpg\" in `sources`, found none",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "overlay"}]}"#,
            "$.ops[0].input: overlay takes an input, found none",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "overlay", "input": "c"}]}"#,
            "$.ops[0].input: expected a source for \"c\" in `sources`, found none",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "overlay", "input": "b", "at": [1]}]}"#,
            "$.ops[0].at: overlay at is two numbers, found 1",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "overlay", "input": "b", "opacity": 2}]}"#,
            "$.ops[0]: overlay opacity is 0 to 1, found 2",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "join_alpha", "input": {"input": "b", "encode": {}}}]}"#,
            "$.ops[0].input.encode: an input has no field encode",
        ),
        (
            r#"{"version": 1, "input": "a", "ops": [{"op": "flip", "input": "b"}]}"#,
            "$.ops[0].input: flip has no option input",
        ),
        (r#"{"version": 1, "input": 4}"#, "$.input: expected a name, found a whole number"),
        (
            r#"{"version": 1, "input": "a", "stitch": {}}"#,
            "$: expected an input or a stitch, found both",
        ),
        (r#"{"version": 1}"#, "$: expected an input or a stitch, found neither"),
        (r#"{"version": 2, "layers": []}"#, "$.version: this build reads version 1, found 2"),
        (
            r#"{"version": "1", "input": "a"}"#,
            "$.version: this build reads version 1, found a string",
        ),
        (r#"{"input": "a"}"#, "$.version: a definition has a version, 1; found none"),
        (
            r#"{"version": 1, "input": "a", "ouputs": []}"#,
            "$.ouputs: a definition has no field ouputs: expected version, input, ",
        ),
        (
            r#"{"version": 1, "input": "a", "out put": []}"#,
            "$[\"out put\"]: a definition has no field",
        ),
        (
            r#"{"version": 1, "input": "a", "outputs": []}"#,
            "$.outputs: expected 1 output or more, found none",
        ),
        (
            r#"{"version": 1, "input": "a", "encode": {"format": "png"}, "outputs": [{}]}"#,
            "$.encode: a definition with outputs has no encode: each of them has its own",
        ),
        (
            r#"{"version": 1, "outputs": [{"input": "a"}, {}]}"#,
            "$.outputs[1]: expected an input or a stitch here or in the definition",
        ),
        (
            r#"{"version": 1, "input": "a", "outputs": [{"open": {}}]}"#,
            "$.outputs[0]: expected an input or a stitch, found neither",
        ),
        (
            r#"{"version": 1, "input": "a", "outputs": [{"version": 1}]}"#,
            "$.outputs[0].version: an output has no field version: ",
        ),
        (
            r#"{"version": 1, "input": "a", "negotiate": {"formats": ["webp", "bmp"]}}"#,
            "$.negotiate.formats: an output format is one of ",
        ),
        (
            r#"{"version": 1, "input": "a", "negotiate": {"dpr": 11}}"#,
            "$.negotiate: negotiate dpr is 0 to 10, found 11",
        ),
        (
            r#"{"version": 1, "input": "a", "negotiate": {}, "encode": {"format": "png"}}"#,
            "$.negotiate: expected an encode or a negotiate, found both",
        ),
        ("[]", "$: a definition is an object, found a list"),
        ("", "$: EOF while parsing a value at line 1 column 0"),
        ("{\n\"version\": 1,\n\"input\": 'a'}", "$.input: expected value at line 3 column 10"),
        (r#"{"version": 1, "input": "a"} {}"#, "$: trailing characters at line 1 column 30"),
        (
            r#"{"version": 1, "ops": [{"op": "flip", "op": "flop"}]}"#,
            "$.ops[0].op: a field that is there already at line 1 column ",
        ),
        (
            r#"{"version": 1, "input": null}"#,
            "$.input: null is no value: a field that is not given is left out at line 1 column 28",
        ),
        (
            r#"{"version": 1, "deadline": 1e400}"#,
            "$.deadline: number out of range at line 1 column ",
        ),
    ];
    for (text, expected) in cases {
        let found = message(text);
        assert!(found.starts_with(expected), "{text}\nexpected {expected}\nfound    {found}");
    }
}

#[test]
fn a_message_is_short_whatever_it_quotes() {
    let long = "é".repeat(1 << 20);
    for text in [
        format!(r#"{{"version": 1, "input": "{long}"}}"#),
        format!(r#"{{"version": 1, "input": "a", "{long}": 1}}"#),
        format!(r#"{{"version": 1, "input": "a", "{long}": 1, "{long}": 1}}"#),
        nested(100, r#"{"input":"a","ops":[{"op":"resize","width":"4"}]}"#),
    ] {
        assert!(message(&text).len() < 2100);
    }
}
