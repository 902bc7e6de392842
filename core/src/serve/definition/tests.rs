//! Definitions: what is read, what is refused and where, names, bounds.

mod errors;

use super::*;
use crate::{
    Colour, Edges, Encode, Image, Jpeg, Layout, Limits, Meta, Open, Optimizations, Pipeline,
    Quarter, Rect, Resize, Shrink, Size, Stitch, WebP, pipelines_from_json, pipelines_to_json,
};

const NAMES: [(&str, &[u8]); 3] = [("a", b"1"), ("b", b"2"), ("input-0", b"3")];

fn one(text: &str) -> Result<Pipeline> {
    Pipeline::from_json(text, NAMES)
}

fn message(text: &str) -> String {
    let error = pipelines_from_json(text, NAMES).expect_err(text);
    assert!(["invalid_option", "unsupported"].contains(&error.code()), "{error:?}");
    error.to_string()
}

/// The text of a picture with this one on top, on which lies another one, and so on.
fn overlaid(depth: usize, inner: &str) -> String {
    let open = r#"{"input":"a","ops":[{"op":"overlay","input":"#.repeat(depth);
    let close = "}]}".repeat(depth);
    format!("{open}{inner}{close}").replacen('{', r#"{"version":1,"#, 1)
}

#[test]
fn pictures_on_pictures_are_written_and_read() -> Result<()> {
    let text = concat!(
        r#"{"version":1,"input":"a","ops":[{"op":"overlay","input":"b","at":[-3,4],"opacity":0.5},"#,
        r#"{"op":"overlay","input":{"input":"b","ops":[{"op":"resize","width":5},"#,
        r#"{"op":"join_alpha","input":"input-0"}]},"position":"south_east","blend":"soft-light","tile":true}]}"#
    );
    let [a, b, mask] = NAMES.map(|(name, data)| crate::Source::from(data).named(name));
    // Built anew each time, as other languages do.
    let page = || {
        let mark = Pipeline::open(b.clone()).resize(Resize::width(5)).join_alpha(mask.clone());
        let options = crate::Overlay::new().position(crate::Position::SouthEast).tile(true);
        Pipeline::open(a.clone())
            .overlay(b.clone(), crate::Overlay::at(-3, 4).opacity(0.5))
            .overlay(mark, options.blend(crate::Blend::SoftLight))
    };
    assert_eq!(page().to_json()?, text);
    assert_eq!(one(text)?.to_json()?, text);
    let shared = pipelines_to_json([&page().flip(), &page().flop()])?;
    let outputs = r#""outputs":[{"ops":[{"op":"flip"}]},{"ops":[{"op":"flop"}]}]}"#;
    assert_eq!(shared, format!("{},{outputs}", &text[..text.len() - 1]));
    let other =
        Pipeline::open(a.clone()).overlay(mask.clone(), crate::Overlay::at(-3, 4).opacity(0.5));
    let apart = pipelines_to_json([&other, &page()])?;
    let start = r#"{"version":1,"input":"a","outputs":[{"ops":[{"op":"overlay","input":"input-0""#;
    assert!(apart.starts_with(start), "{apart}");
    Ok(())
}

/// The text of a picture in this text, in so many stitches.
fn nested(depth: usize, inner: &str) -> String {
    let (before, after) = (r#""stitch":{"across":1,"inputs":["#, "]}");
    let open = format!("{{{before}").repeat(depth);
    let close = format!("{after}}}").repeat(depth);
    format!("{open}{inner}{close}").replacen('{', r#"{"version":1,"#, 1)
}

#[test]
fn all_that_a_pipeline_has_is_written_and_read() -> Result<()> {
    let text = concat!(
        r#"{"version":1,"stitch":{"canvas":[9,8],"at":[[0,1],[2,3]],"background":"#,
        r##""#ff000080","inputs":["a",{"input":"b","open":{"auto_orient":false},"ops":["##,
        r#"{"op":"crop","x":0,"y":1,"width":2,"height":3},{"op":"rotate","degrees":270},"#,
        r#"{"op":"flip"},{"op":"flop"}]}]},"ops":[{"op":"resize","width":8,"fit":"fill"},"#,
        r##"{"op":"flatten","background":"#ffffff"},{"op":"extend","left":4}],"##,
        r#""encode":{"format":"jpeg","quality":91,"progressive":true},"limits":{"max_inputs":9},"#,
        r#""deadline":10.5,"threads":2,"shrink":"fast","keep":["icc","gps"],"density":300,"optimizations":{"merge_crops":false}}"#
    );
    let b =
        Pipeline::open_with(crate::Source::from(b"2").named("b"), Open::new().auto_orient(false));
    let b = b.crop(Rect::new(0, 1, 2, 3)).rotate(Quarter::Three).flip().flop();
    let a = Pipeline::open(crate::Source::from(b"1").named("a"));
    let stitch = Stitch::canvas(9, 8).at([(0, 1), (2, 3)]).background(Colour::rgba(255, 0, 0, 128));
    let pipeline = Pipeline::stitch(stitch, [a, b])
        .resize(Resize::width(8).fit(crate::Fit::Fill))
        .flatten(Colour::WHITE)
        .extend(Edges { left: 4, ..Edges::default() }, Colour::BLACK)
        .encode(Jpeg::quality(91).progressive(true))
        .limits(Limits::new().with_max_inputs(9))
        .deadline(std::time::Duration::from_millis(10_500))
        .threads(2)
        .shrink(Shrink::Fast)
        .keep([Meta::Gps, Meta::Icc, Meta::Gps])
        .density(300)
        .optimizations(Optimizations::all().with("merge_crops", false)?);
    assert_eq!(pipeline.to_json()?, text);
    assert_eq!(one(text)?.to_json()?, text);
    Ok(())
}

#[test]
fn defaults_are_left_out() -> Result<()> {
    let plain = r#"{"version":1,"input":"a"}"#;
    let pipeline = one(plain)?
        .limits(Limits::default())
        .shrink(Shrink::Balanced)
        .keep([])
        .optimizations(Optimizations::all());
    assert_eq!(pipeline.to_json()?, plain);
    let said = concat!(
        r#" {"ops": [], "input": "a", "open": {"page": 0}, "limits": {}, "version": 1.0, "keep": [], "#,
        r#""shrink": "balanced", "optimizations": {"all": true}} "#
    );
    assert_eq!(one(said)?.to_json()?, plain);
    let none = one(plain)?.optimizations(Optimizations::none());
    assert_eq!(none.to_json()?, r#"{"version":1,"input":"a","optimizations":{"all":false}}"#);
    let single = one(plain)?.optimizations(Optimizations::none().with("merge_crops", true)?);
    let end = r#""optimizations":{"all":false,"merge_crops":true}}"#;
    assert!(single.to_json()?.ends_with(end));
    Ok(())
}

#[test]
fn a_client_is_written_and_read() -> Result<()> {
    let client = crate::Negotiate::accept("image/webp,*/*;q=0.8").quality(70).save_data(false);
    let client = client.dpr(1.5).background(Colour::WHITE).formats([crate::Format::WebP]);
    let a = Pipeline::open(crate::Source::from(b"1").named("a"));
    let text = concat!(
        r#"{"version":1,"input":"a","negotiate":{"accept":"image/webp,*/*;q=0.8","#,
        r##""formats":["webp"],"quality":70,"save_data":false,"dpr":1.5,"background":"#ffffff"}}"##
    );
    assert_eq!(a.clone().encode(Jpeg::default()).negotiate(client).to_json()?, text);
    assert_eq!(one(text)?.to_json()?, text);
    let lines = r#"{"version":1,"input":"a","negotiate":{"accept":["image/png","text/html"]}}"#;
    let line = r#"{"version":1,"input":"a","negotiate":{"accept":"image/png, text/html"}}"#;
    assert_eq!(one(lines)?.to_json()?, line);
    assert!(a.negotiate(crate::Negotiate::accept("*/*").dpr(f64::NAN)).to_json().is_err());
    Ok(())
}

#[test]
fn orientations_are_canonical_calls() {
    use crate::picture::orientation::Orientation;
    use crate::recipe::Step;
    for tag in 1..=8 {
        let step = Step::Orient(Orientation::from_exif(tag));
        let calls = step.calls().into_iter().map(|(name, options)| {
            let options: Vec<_> =
                options.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
            match crate::recipe::options::calls::Call::new(name, &options).expect("a call").0 {
                crate::recipe::Change::Step(Step::Orient(orientation)) => orientation,
                other => panic!("{other:?}"),
            }
        });
        let all = calls.fold(Orientation::NORMAL, Orientation::then);
        assert_eq!(all, Orientation::from_exif(tag));
    }
}

#[test]
fn sources_have_one_name_each() -> Result<()> {
    let pixels = Image::new(Size::new(1, 1), Layout::Gray, vec![7])?;
    let bytes = || Pipeline::open(&b"same"[..]);
    let shared = bytes();
    let named = |name: &str| Pipeline::open(Source::from(b"x").named(name));
    let inputs = [
        shared.clone(),
        Pipeline::open(pixels),
        Pipeline::open("input-0"),
        shared.flip(),
        bytes(),
        Pipeline::open("input-0"),
        named("input-0"),
        named("input-0"),
    ];
    let text = Pipeline::stitch(Stitch::across(1), inputs).to_json()?;
    let found = concat!(
        r#""inputs":["input-1","input-2","input-0",{"input":"input-1","ops":[{"op":"flip"}]},"#,
        r#""input-3","input-0","input-0-2","input-0-3"]"#
    );
    assert!(text.contains(found), "{text}");
    Ok(())
}

#[test]
fn whole_numbers_are_exact() -> Result<()> {
    let limit =
        |number: &str| format!(r#"{{"version":1,"input":"a","limits":{{"max_memory":{number}}}}}"#);
    for number in ["18446744073709551615", "9007199254740993", "0"] {
        assert_eq!(one(&limit(number))?.to_json()?, limit(number));
    }
    assert_eq!(one(&limit("1e3"))?.to_json()?, limit("1000"));
    for number in ["18446744073709551616", "-1", "1e300", "true", "[1]", "0.5"] {
        message(&limit(number));
    }
    for seconds in ["0.0", "0.1", "1e-9", "10.0", "123456789.12345679", "1e15"] {
        let text = format!(r#"{{"version":1,"input":"a","deadline":{seconds}}}"#);
        let written = one(&text)?.to_json()?;
        assert_eq!(one(&written)?.to_json()?, written, "{seconds}");
    }
    Ok(())
}

#[test]
fn several_outputs_share_their_beginning() -> Result<()> {
    let page =
        one(r#"{"version": 1, "stitch": {"across": 2, "inputs": ["a", "b"]}, "threads": 2}"#)?;
    let page = page.resize((8, 8));
    let print = page.clone().encode(Jpeg::quality(90));
    let preview = page.clone().resize((4, 4)).flip().encode(WebP::default()).shrink(Shrink::Fast);
    let text = pipelines_to_json([&print, &preview])?;
    let expected = concat!(
        r#"{"version":1,"stitch":{"across":2,"inputs":["a","b"]},"#,
        r#""ops":[{"op":"resize","width":8,"height":8}],"outputs":["#,
        r#"{"encode":{"format":"jpeg","quality":90}},"#,
        r#"{"ops":[{"op":"resize","width":4,"height":4},{"op":"flip"}],"encode":{"format":"webp"},"#,
        r#""shrink":"fast"}],"threads":2}"#
    );
    assert_eq!(text, expected);
    let read = pipelines_from_json(&text, NAMES)?;
    assert_eq!(read[0].to_json()?, print.to_json()?);
    assert_eq!(read[1].to_json()?, preview.to_json()?);
    assert_eq!(pipelines_to_json(&read)?, text);
    let error = one(&text).expect_err("several");
    assert!(error.to_string().contains("pipelines_from_json"), "{error}");
    // An equal stitch is shared as well, another one is not.
    let stitch = || Pipeline::stitch(Stitch::across(2), ["left.png", "right.png"]);
    let text = pipelines_to_json([stitch(), stitch().flip()])?;
    assert!(text.ends_with(r#""outputs":[{},{"ops":[{"op":"flip"}]}]}"#), "{text}");
    let other = one(r#"{"version":1,"input":"input-0"}"#)?;
    let text = pipelines_to_json([&print, &other])?;
    assert!(text.starts_with(r#"{"version":1,"outputs":[{"stitch":"#), "{text}");
    assert_eq!(pipelines_to_json(&pipelines_from_json(&text, NAMES)?)?, text);
    assert_eq!(pipelines_to_json([&other])?, other.to_json()?);
    assert!(pipelines_to_json::<&Pipeline>([]).is_err());
    Ok(())
}

#[test]
fn settings_of_an_output_take_the_place_of_those_of_the_definition() -> Result<()> {
    let text = concat!(
        r#"{"version": 1, "input": "a", "ops": [{"op": "flip"}], "shrink": "off", "outputs": ["#,
        r#"{"shrink": "fast"}, {"input": "b", "limits": {"max_inputs": 4}}]}"#
    );
    let texts: Result<Vec<_>> =
        pipelines_from_json(text, NAMES)?.iter().map(Pipeline::to_json).collect();
    assert_eq!(
        texts?,
        [
            r#"{"version":1,"input":"a","ops":[{"op":"flip"}],"shrink":"fast"}"#,
            r#"{"version":1,"input":"b","limits":{"max_inputs":4},"shrink":"off"}"#,
        ]
    );
    Ok(())
}

#[test]
fn what_no_run_would_take_is_not_written() -> Result<()> {
    let open = || Pipeline::open(&b"1"[..]);
    let wrong = [
        open().resize(Resize::width(0)),
        open().encode(Encode::Jpeg(Jpeg::quality(0))),
        Pipeline::stitch(Stitch::across(1), [open().threads(1)]),
        (0..101).fold(open(), |input, _| Pipeline::stitch(Stitch::across(1), [input])),
        // The text of this one would not fit into the universe.
        (0..90)
            .fold(open(), |input, _| Pipeline::stitch(Stitch::across(1), [input.clone(), input])),
        (0..90).fold(Pipeline::stitch::<[Pipeline; 0]>(Stitch::across(1), []), |input, _| {
            Pipeline::stitch(Stitch::across(1), [input.clone(), input])
        }),
    ];
    for pipeline in wrong {
        assert_eq!(pipeline.to_json().expect_err("no text").code(), "invalid_option");
    }
    Ok(())
}

#[test]
fn texts_have_bounds() {
    let long = format!(r#"{{"version":1,"input":"a"}}{}"#, " ".repeat(MAX_BYTES));
    assert!(message(&long).contains("at most 16777216 bytes"));
    let many = format!(r#"{{"version":1,"input":[{}1]}}"#, "1,".repeat(MAX_VALUES));
    assert!(message(&many).contains("at most 262144 values"));
    let fields: String = (0..200).map(|field| format!(r#""f{field}":1,"#)).collect();
    assert!(message(&format!(r#"{{{fields}"z":1}}"#)).contains("more fields than any object has"));
    let ops = r#"{"op":"flip"},"#.repeat(10_000);
    let outputs = "{},".repeat(1000);
    let copies = format!(
        r#"{{"version":1,"input":"a","ops":[{ops}{{"op":"flip"}}],"outputs":[{outputs}{{}}]}}"#
    );
    assert!(message(&copies).starts_with("$.outputs: outputs have at most 1048576 operations"));
}

/// As the smallest threads of services have.
#[test]
fn no_nesting_overflows_a_small_stack() {
    let small = std::thread::Builder::new().stack_size(256 << 10);
    let work = || {
        let deepest = nested(100, r#"{"input":"a","open":{"page":0},"ops":[{"op":"flip"}]}"#);
        let text = one(&deepest).and_then(|pipeline| pipeline.to_json()).expect("a pipeline");
        assert_eq!(one(&text).and_then(|pipeline| pipeline.to_json()).expect("a pipeline"), text);
        let outputs = deepest.replacen(r#""version":1,"#, r#""version":1,"outputs":[{"#, 1) + "]}";
        assert_eq!(pipelines_from_json(&outputs, NAMES).expect("one output").len(), 1);
        assert!(message(&nested(101, r#""a""#)).contains("stitches are nested at most 100 deep"));
        let deepest = overlaid(100, r#""a""#);
        assert_eq!(one(&deepest).and_then(|it| it.to_json()).expect("a pipeline"), deepest);
        assert!(message(&overlaid(101, r#""a""#)).contains("nested at most 100 deep"));
        assert!(message(&nested(200, r#""a""#)).contains("nested at most 308 deep"));
        for bracket in ["[", r#"{"a":"#] {
            assert!(message(&bracket.repeat(1 << 20)).contains("nested at most 308 deep"));
        }
    };
    small.spawn(work).expect("a thread").join().expect("no overflow");
}
