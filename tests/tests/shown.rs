//! Figures of what a picture shows, and stand-ins for it, of files and of pipelines.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use makeready::{
    Colour, ColourSpace, Image, Layout, Limits, Meta, Open, Pipeline, Placeholder, Size,
    placeholder, placeholder_as, probe, spawn_placeholder, spawn_stats, stats,
};
use makeready_tests::path;

const KINDS: [Placeholder; 3] =
    [Placeholder::ThumbHash, Placeholder::BlurHash, Placeholder::DataUri];

fn file(name: &str) -> Pipeline {
    Pipeline::open(path("images").join(name))
}

/// The file in a `data:` URI.
fn of_uri(uri: &str) -> Vec<u8> {
    let text = uri.strip_prefix("data:image/webp;base64,").expect("a URI of a WebP");
    STANDARD.decode(text).expect("Base64")
}

#[test]
fn they_are_of_the_picture_as_it_would_be_written() {
    let photo = file("photo.jpg");
    let gray = stats(photo.clone().grayscale().encode(makeready::Jpeg::quality(1))).expect("stats");
    assert_eq!(gray.channels.len(), 1);
    let light = stats(photo.clone().negate(false)).expect("stats");
    let dark = stats(photo.clone()).expect("stats");
    for (light, dark) in light.channels.iter().zip(&dark.channels) {
        assert_eq!((light.min, light.max), (255 - dark.max, 255 - dark.min));
        assert!((light.mean + dark.mean - 255.0).abs() < 1e-9);
        assert!((light.deviation - dark.deviation).abs() < 1e-9);
    }
    let blurred = stats(photo.clone().blur(3.0)).expect("stats").sharpness;
    assert!(blurred * 3.0 < dark.sharpness, "{blurred} {}", dark.sharpness);
    for kind in KINDS {
        let turned = photo.clone().rotate(makeready::Quarter::One);
        let [one, other] =
            [photo.clone(), turned].map(|it| placeholder_as(it, kind).expect("a text"));
        assert_ne!(one, other, "{kind:?}");
    }
}

#[test]
fn a_film_shows_its_first_frame() {
    let film =
        || Pipeline::open_with(path("images/films/moving-clear.gif"), Open::new().animated(true));
    let still = || file("films/moving-clear.gif");
    assert_eq!(stats(film()).expect("stats"), stats(still()).expect("stats"));
    for kind in KINDS {
        let of = |it| placeholder_as(it, kind).expect("a text");
        assert_eq!(of(film()), of(still()), "{kind:?}");
    }
}

#[test]
fn the_queue_gives_the_same() {
    let photo = || file("photo.jpg");
    assert_eq!(spawn_stats(photo()).wait().expect("stats"), stats(photo()).expect("stats"));
    for kind in KINDS {
        let queued = spawn_placeholder(photo(), kind).wait().expect("a text");
        assert_eq!(queued, placeholder_as(photo(), kind).expect("a text"));
    }
}

/// The mean of each channel of a picture.
fn means(picture: Pipeline) -> [f64; 3] {
    let channels = stats(picture).expect("stats").channels;
    [0, 1, 2].map(|at| channels[at].mean)
}

#[test]
fn stand_ins_have_the_colours_of_the_picture() {
    let near = |what: &str, found: [f64; 3], wanted: [f64; 3], most: f64| {
        let apart = found.iter().zip(wanted).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(apart < most, "{what}: {found:?}, expected {wanted:?}");
    };
    let wanted = means(file("photo.jpg"));
    let hash = placeholder(file("photo.jpg")).expect("a hash");
    assert!(hash.len() <= 40 && hash.len().is_multiple_of(4), "{hash}");
    let hash = STANDARD.decode(hash).expect("Base64");
    let average = thumbhash::thumb_hash_to_average_rgba(&hash).expect("a ThumbHash");
    let [red, green, blue] = [average.0, average.1, average.2].map(|part| f64::from(part) * 255.0);
    near("thumbhash", [red, green, blue], wanted, 16.0);
    let ratio = thumbhash::thumb_hash_to_approximate_aspect_ratio(&hash).expect("a ThumbHash");
    assert!((ratio - 4.0 / 3.0).abs() < 0.15, "{ratio}");
    let uri = placeholder_as(file("photo.jpg"), Placeholder::DataUri).expect("a URI");
    let small = of_uri(&uri);
    let header = probe(small.clone()).expect("a WebP");
    assert_eq!((header.width, header.height), (16, 12));
    near("data-uri", means(Pipeline::open(small)), wanted, 8.0);
    let blur = placeholder_as(file("photo.jpg"), Placeholder::BlurHash).expect("a hash");
    let pixels = blurhash::decode(&blur, 32, 24, 1.0).expect("a BlurHash");
    let image = Image::new(Size::new(32, 24), Layout::Rgba, pixels).expect("pixels");
    near("blurhash", means(image.into()), wanted, 16.0);
}

#[test]
fn stand_ins_are_srgb_without_metadata() {
    for kind in KINDS {
        let of = |picture: Pipeline| placeholder_as(picture, kind).expect("a text");
        let said = file("orient-6.jpg").keep([Meta::Exif, Meta::Icc]).density(300);
        let wanted = of(file("orient-6.jpg"));
        assert_eq!(of(said.colour(ColourSpace::DisplayP3)), wanted, "{kind:?}");
    }
}

#[test]
fn alpha_stays_or_lies_on_white() {
    let clear = || Image::new(Size::new(30, 40), Layout::Rgba, vec![0; 4800]).expect("pixels");
    let uri = placeholder_as(clear(), Placeholder::DataUri).expect("a URI");
    let found = stats(of_uri(&uri)).expect("stats");
    assert_eq!((found.channels.len(), found.is_opaque), (4, false));
    assert_eq!(found.dominant, Colour::TRANSPARENT);
    let white = Image::new(Size::new(30, 40), Layout::Rgb, vec![255; 3600]).expect("pixels");
    let [one, other] = [Pipeline::from(clear()), Pipeline::from(white)]
        .map(|picture| placeholder_as(picture, Placeholder::BlurHash).expect("a hash"));
    assert_eq!(one, other);
}

#[test]
fn the_least_and_the_longest_pictures_have_them() {
    for (width, height) in [(1, 1), (1, 4000), (4000, 1), (3, 2)] {
        let size = Size::new(width, height);
        for layout in [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba] {
            let data = vec![7; (width * height * layout.channels()) as usize];
            let image = || Image::new(size, layout, data.clone()).expect("pixels");
            let found = stats(image()).expect("stats");
            assert_eq!(found.channels.len(), layout.channels() as usize);
            assert_eq!((found.entropy, found.sharpness), (0.0, 0.0));
            for kind in KINDS {
                let text =
                    placeholder_as(image(), kind).unwrap_or_else(|error| panic!("{size} {error}"));
                assert!(text.is_ascii() && text.len() > 5, "{text}");
            }
        }
    }
}

#[test]
fn errors_are_those_of_a_run() {
    let missing = || Pipeline::open("no such file.jpg");
    let small = || file("photo.jpg").limits(Limits { max_input_side: 10, ..Limits::default() });
    for (picture, code) in [(missing as fn() -> Pipeline, "io"), (small, "limit_exceeded")] {
        let mut found = vec![stats(picture()).unwrap_err().code()];
        found.push(spawn_stats(picture()).wait().unwrap_err().code());
        for kind in KINDS {
            found.push(placeholder_as(picture(), kind).unwrap_err().code());
            found.push(spawn_placeholder(picture(), kind).wait().unwrap_err().code());
        }
        assert!(found.iter().all(|it| *it == code), "{found:?}");
    }
    let error = "thumb".parse::<Placeholder>().unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"placeholder kind is one of thumbhash, blurhash, data-uri, found "thumb""#
    );
}
