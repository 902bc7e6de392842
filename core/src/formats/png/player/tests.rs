use std::fs;

use png::{BitDepth, BlendOp, ColorType, DisposeOp};

use super::super::chunk::Chunk;
use super::super::front::SIGNATURE;
use crate::error::Result;
use crate::formats::film::trial::{Random, assert_damage, film_of, played, rgba};
use crate::picture::geometry::{Rect, Size};
use crate::picture::image::Layout;
use crate::{Image, Pipeline};

/// A frame as it is written.
#[derive(Debug, Clone)]
struct Written {
    place: Rect,
    delay: (u16, u16),
    disposal: u8,
    over: bool,
    samples: Vec<u8>,
}

fn frame(canvas: Size, layout: Layout, whole: bool, random: &mut Random) -> Written {
    let place = if whole || random.once_in(4) {
        Rect::whole(canvas)
    } else {
        let [x, y] = [canvas.width, canvas.height].map(|side| random.below(side));
        let (width, height) = (canvas.width - x, canvas.height - y);
        Rect::new(x, y, 1 + random.below(width), 1 + random.below(height))
    };
    Written {
        place,
        delay: (
            random.below(90).to_le_bytes()[0].into(),
            [0, 7, 30, 1000][random.below(4) as usize],
        ),
        disposal: random.below(3).to_le_bytes()[0],
        over: random.once_in(2),
        samples: random.pixels(place.size().pixels(), layout),
    }
}

/// Writes a film through the `png` crate, behind a picture of its own where there is one.
fn file(canvas: Size, layout: Layout, picture: Option<&[u8]>, frames: &[Written]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, canvas.width, canvas.height);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_color(match layout {
        Layout::Gray => ColorType::Grayscale,
        Layout::GrayA => ColorType::GrayscaleAlpha,
        Layout::Rgb => ColorType::Rgb,
        _ => ColorType::Rgba,
    });
    let count = u32::try_from(frames.len()).expect("few frames");
    encoder.set_animated(count, 3).expect("frames");
    encoder.set_sep_def_img(picture.is_some()).expect("a picture");
    let mut writer = encoder.write_header().expect("a header");
    if let Some(picture) = picture {
        writer.write_image_data(picture).expect("a picture");
    }
    for (number, Written { place, delay, disposal, over, samples }) in frames.iter().enumerate() {
        if number > 0 || picture.is_some() {
            writer.reset_frame_position().expect("a corner");
            writer.set_frame_dimension(place.width, place.height).expect("a size");
            writer.set_frame_position(place.x, place.y).expect("a place");
        }
        writer.set_frame_delay(delay.0, delay.1).expect("a delay");
        let disposals = [DisposeOp::None, DisposeOp::Background, DisposeOp::Previous];
        writer.set_dispose_op(disposals[usize::from(*disposal)]).expect("a disposal");
        writer.set_blend_op(if *over { BlendOp::Over } else { BlendOp::Source }).expect("a blend");
        writer.write_image_data(samples).expect("pixels");
    }
    writer.finish().expect("a file");
    file
}

/// Composes frames as the specification says, in whole pictures of red, green, blue and alpha.
fn composed(canvas: Size, layout: Layout, frames: &[Written]) -> Vec<Vec<u8>> {
    let mut output = vec![0; 4 * canvas.width as usize * canvas.height as usize];
    let mut shown = Vec::new();
    for (number, frame) in frames.iter().enumerate() {
        let before = output.clone();
        let place = frame.place;
        let at = |x: u32, y: u32| 4 * (y as usize * canvas.width as usize + x as usize);
        let pixels = rgba(&frame.samples, layout);
        let places = place.rows().flat_map(|y| place.columns().map(move |x| (x, y)));
        for ((x, y), source) in places.clone().zip(pixels.as_chunks::<4>().0) {
            let target = &mut output[at(x, y)..][..4];
            let under = [target[0], target[1], target[2], target[3]];
            target.copy_from_slice(&if frame.over { over(*source, under) } else { *source });
        }
        shown.push(output.clone());
        match frame.disposal {
            2 if number > 0 => output = before,
            1 | 2 => places.for_each(|(x, y)| output[at(x, y)..][..4].fill(0)),
            _ => {}
        }
    }
    shown
}

/// Source over, rounded once; what is clear leaves all as it was.
fn over(source: [u8; 4], under: [u8; 4]) -> [u8; 4] {
    let [above, below] = [source[3], under[3]].map(u64::from);
    let (upper, lower) = (255 * above, (255 - above) * below);
    let rounded = |sum: u64, by: u64| ((2 * sum + by) / (2 * by)).to_le_bytes()[0];
    match upper + lower {
        _ if above == 0 => under,
        total => std::array::from_fn(|at| match at {
            3 => rounded(total, 255),
            _ => rounded(u64::from(source[at]) * upper + u64::from(under[at]) * lower, total),
        }),
    }
}

#[test]
fn frames_are_those_of_the_specification() -> Result<()> {
    let mut random = Random(1);
    for number in 0..400 {
        let canvas = Size::new(1 + random.below(24), 1 + random.below(20));
        let layout = [Layout::Gray, Layout::GrayA, Layout::Rgb, Layout::Rgba][number % 4];
        let picture = random.once_in(3).then(|| random.pixels(canvas.pixels(), layout));
        let count = 2 + random.below(6);
        let frames: Vec<_> = (0..count)
            .map(|it| frame(canvas, layout, it == 0 && picture.is_none(), &mut random))
            .collect();
        let file = file(canvas, layout, picture.as_deref(), &frames);
        let (found, lost) = played(&file, false)?;
        assert_eq!((found.len(), lost), (frames.len(), None), "film {number}");
        for (index, (found, expected)) in
            found.iter().zip(composed(canvas, layout, &frames)).enumerate()
        {
            assert!(*found == expected, "film {number}, frame {index} of {canvas} {layout}");
        }
        let film = film_of(&file, false)?.expect("a film");
        assert_eq!(film.motion().plays, 3);
        let seconds = frames.iter().map(|frame| match frame.delay {
            (parts, 0) => f64::from(parts) / 100.0,
            (parts, of) => f64::from(parts) / f64::from(of),
        });
        let apart = seconds.sum::<f64>() * 1000.0 - film.motion().duration() as f64;
        assert!(apart.abs() <= 0.51, "film {number}: {apart} ms");
        // The picture is not that of the film where the file has one of its own.
        let still = Pipeline::open(file).pixels()?;
        let first = picture.as_ref().unwrap_or(&frames[0].samples);
        assert!(rgba(still.data(), still.layout()) == rgba(first, layout), "film {number}");
    }
    Ok(())
}

/// The chunks of a file, by name and data.
fn chunks(file: &[u8]) -> Vec<([u8; 4], Vec<u8>)> {
    let mut at = SIGNATURE.len();
    let mut found = Vec::new();
    while let Ok(chunk) = Chunk::at(file, at) {
        found.push((chunk.name, file[chunk.body.clone()].to_vec()));
        at = chunk.next;
    }
    found
}

fn joined(chunks: &[([u8; 4], Vec<u8>)]) -> Vec<u8> {
    let made = chunks.iter().flat_map(|(name, body)| Chunk::made(*name, body));
    SIGNATURE.iter().copied().chain(made).collect()
}

/// The place and the size of a frame, at 10 ms, kept, not blended.
fn control(number: u32, size: Size) -> ([u8; 4], Vec<u8>) {
    let numbers = [number, size.width, size.height, 0, 0].map(u32::to_be_bytes).concat();
    (*b"fcTL", [&numbers[..], &[0, 10, 3, 232, 0, 0]].concat())
}

/// A film that shows the picture of a file twice; the second time in chunks of 100 bytes.
fn twice(file: &[u8], size: Size) -> Vec<u8> {
    let is_pixels = |chunk: &([u8; 4], Vec<u8>)| chunk.0 == *b"IDAT";
    let all = chunks(file);
    let pixels: Vec<_> = all.iter().filter(|chunk| is_pixels(chunk)).cloned().collect();
    let bytes: Vec<u8> = pixels.iter().flat_map(|(_, body)| body.clone()).collect();
    let mut made: Vec<_> = all.iter().take_while(|chunk| !is_pixels(chunk)).cloned().collect();
    made.push((*b"acTL", [2_u32, 0].map(u32::to_be_bytes).concat()));
    made.push(control(0, size));
    made.extend(pixels);
    made.push(control(1, size));
    for (number, part) in (2_u32..).zip(bytes.chunks(100)) {
        made.push((*b"fdAT", [&number.to_be_bytes()[..], part].concat()));
    }
    made.push((*b"IEND", Vec::new()));
    joined(&made)
}

#[test]
fn frames_of_every_form_are_read_as_still_ones() -> Result<()> {
    for name in [
        "gray.png",
        "gray-16.png",
        "gray-alpha.png",
        "one-bit.png",
        "palette.png",
        "rgb.png",
        "rgb-16.png",
        "rgba.png",
        "interlaced.png",
    ] {
        let still = fs::read(format!("../tests/images/{name}")).expect("a test image");
        let picture: Image = Pipeline::open(still.clone()).pixels()?;
        let expected = rgba(picture.data(), picture.layout());
        let (frames, lost) = played(&twice(&still, picture.size()), false)?;
        assert_eq!((frames.len(), lost), (2, None), "{name}");
        assert!(frames.iter().all(|frame| *frame == expected), "{name}");
    }
    Ok(())
}

/// A change of the chunks of a film.
type Edit<'a> = &'a dyn Fn(&mut Vec<([u8; 4], Vec<u8>)>);

#[test]
fn damage_has_its_code_and_leaves_other_frames() -> Result<()> {
    let mut random = Random(5);
    let canvas = Size::new(30, 20);
    let frames: Vec<_> =
        (0..3).map(|it| frame(canvas, Layout::Rgb, it == 0, &mut random)).collect();
    let whole = file(canvas, Layout::Rgb, None, &frames);
    let names: Vec<_> = chunks(&whole).iter().map(|(name, _)| *name).collect();
    assert_eq!(names.concat(), *b"IHDRacTLfcTLIDATfcTLfdATfcTLfdATIEND");
    let edits: [(&str, Edit<'_>, &str, usize); 12] = [
        ("a number twice", &|it| it[4].1[3] = 0, "malformed", 1),
        ("a number of pixels twice", &|it| it[5].1[3] = 1, "malformed", 1),
        ("a frame too wide", &|it| it[4].1[7] = 31, "malformed", 1),
        ("a frame without columns", &|it| it[4].1[4..8].fill(0), "malformed", 1),
        ("a frame far away", &|it| it[6].1[12] = 255, "malformed", 2),
        ("a disposal of 3", &|it| it[6].1[24] = 3, "malformed", 2),
        ("a blend of 2", &|it| it[6].1[25] = 2, "malformed", 2),
        ("a short control", &|it| it[6].1.truncate(25), "malformed", 2),
        ("a short number", &|it| it[7].1.truncate(3), "malformed", 2),
        ("a frame fewer", &|it| it[1].1[3] = 4, "malformed", 3),
        ("pixels that follow others", &|it| drop(it.remove(6)), "malformed", 1),
        ("control without pixels", &|it| drop(it.remove(5)), "malformed", 1),
    ];
    for (what, edit, code, frames) in edits {
        let mut edited = chunks(&whole);
        edit(&mut edited);
        assert_damage(what, &joined(&edited), code, frames);
    }
    for bytes in [13, 17] {
        assert_damage("cut", &whole[..whole.len() - bytes], "truncated", 3);
    }
    let mut wrong = whole.clone();
    let at = wrong.len() - 14;
    wrong[at] ^= 1;
    assert_damage("a wrong checksum", &wrong, "malformed", 3);
    Ok(())
}

#[test]
fn announcements_that_are_none_leave_a_still_picture() -> Result<()> {
    let still = fs::read("../tests/images/gray.png").expect("a test image");
    let film = twice(&still, Size::new(160, 120));
    let at = chunks(&film).iter().position(|(name, _)| name == b"acTL").expect("an acTL");
    let edits: [(&str, Edit<'_>); 3] = [
        ("no frames", &|it| it[at].1[3] = 0),
        ("short", &|it| it[at].1.truncate(7)),
        ("behind the pixels", &|it| {
            let announcement = it.remove(at);
            it.push(announcement);
        }),
    ];
    for (what, edit) in edits {
        let mut edited = chunks(&film);
        edit(&mut edited);
        let file = joined(&edited);
        assert!(film_of(&file, false)?.is_none(), "{what}");
        assert_eq!(
            Pipeline::open(file).pixels()?,
            Pipeline::open(still.clone()).pixels()?,
            "{what}"
        );
    }
    Ok(())
}

#[test]
fn films_beyond_the_limits_are_refused() {
    let mut random = Random(6);
    for (canvas, count, limit) in [
        (Size::new(2, 2), 1000, None),
        (Size::new(2, 2), 1001, Some("max_frames")),
        (Size::new(2, 2), 10_000, Some("max_frames")),
        (Size::new(9000, 9000), 20, Some("max_animation_pixels")),
    ] {
        let mut film = Vec::new();
        let tiny = Written {
            place: Rect::new(0, 0, 1, 1),
            delay: (0, 0),
            disposal: 2,
            over: true,
            samples: random.pixels(1, Layout::Gray),
        };
        let frames = vec![tiny; count];
        let written = file(Size::new(2, 2), Layout::Gray, Some(&[0; 4]), &frames);
        film.extend(chunks(&written));
        let sides = [canvas.width, canvas.height].map(u32::to_be_bytes).concat();
        film[0].1[..8].copy_from_slice(&sides);
        let found = film_of(&joined(&film), false);
        assert_eq!(found.err().and_then(|error| error.limit()), limit, "{count} on {canvas}");
    }
}
