//! Films against a compositor that follows the specification pixel by pixel, over the `gif` crate.

use std::borrow::Cow;

use gif::{DisposalMethod, Repeat};

use crate::error::Result;
use crate::formats::opened;
use crate::picture::geometry::Size;
use crate::picture::image::Layout;
use crate::recipe::job::{CancelToken, Watch};
use crate::recipe::limits::Limits;

const PALETTE: [u8; 12] = [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42];

/// A row of numbers that look like chance, the same for the same seed.
struct Chance(u32);

impl Chance {
    fn below(&mut self, end: u16) -> u16 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u16::try_from((self.0 >> 16) % u32::from(end)).unwrap_or(0)
    }

    fn frame(&mut self, screen: (u16, u16)) -> gif::Frame<'static> {
        // Some frames reach over the screen, or lie outside.
        let (left, top) = (self.below(screen.0 + 2), self.below(screen.1 + 2));
        let (width, height) = (1 + self.below(screen.0), 1 + self.below(screen.1));
        let pixels = usize::from(width) * usize::from(height);
        let buffer: Vec<u8> = (0..pixels).map(|_| self.below(4).to_le_bytes()[0]).collect();
        let own: Vec<u8> = PALETTE.iter().map(|sample| sample + 100).collect();
        gif::Frame {
            delay: self.below(4),
            dispose: [
                DisposalMethod::Any,
                DisposalMethod::Keep,
                DisposalMethod::Background,
                DisposalMethod::Previous,
            ][usize::from(self.below(4))],
            transparent: [None, Some(2)][usize::from(self.below(2))],
            left,
            top,
            width,
            height,
            palette: [None, Some(own)][usize::from(self.below(2))].clone(),
            buffer: Cow::Owned(buffer),
            ..gif::Frame::default()
        }
    }
}

fn file(screen: (u16, u16), frames: &[gif::Frame<'_>], repeat: Option<Repeat>) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder =
        gif::Encoder::new(&mut file, screen.0, screen.1, &PALETTE).expect("an encoder");
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).expect("a repeat");
    }
    for frame in frames {
        encoder.write_frame(frame).expect("a frame");
    }
    drop(encoder);
    file
}

/// The canvases as RGBA, one after another.
fn composed(screen: (u16, u16), frames: &[gif::Frame<'_>]) -> Vec<Vec<[u8; 4]>> {
    let (width, height) = (usize::from(screen.0), usize::from(screen.1));
    let mut canvas = vec![[0; 4]; width * height];
    let mut all = Vec::new();
    for frame in frames {
        let before = canvas.clone();
        let (mut covered, columns) = (Vec::new(), usize::from(frame.width));
        for (at, &index) in frame.buffer.iter().enumerate() {
            let x = usize::from(frame.left) + at % columns;
            let y = usize::from(frame.top) + at / columns;
            if x < width && y < height {
                covered.push(y * width + x);
                if frame.transparent != Some(index) {
                    let palette = frame.palette.as_deref().unwrap_or(&PALETTE);
                    let [r, g, b] =
                        [0, 1, 2].map(|channel| palette[3 * usize::from(index) + channel]);
                    canvas[y * width + x] = [r, g, b, 255];
                }
            }
        }
        all.push(canvas.clone());
        match frame.dispose {
            DisposalMethod::Background => covered.iter().for_each(|&at| canvas[at] = [0; 4]),
            DisposalMethod::Previous => canvas = before,
            _ => {}
        }
    }
    all
}

/// The frames of a film as RGBA.
fn played(file: Vec<u8>, recover: bool) -> Result<Vec<Vec<[u8; 4]>>> {
    let opened = opened(file, recover)?;
    let film = opened.film(&Limits::default())?.expect("a film");
    let mut player = film.play(recover)?;
    let mut all = Vec::new();
    for _ in 0..film.motion().frames() {
        let canvas = player.next(&Watch::default())?;
        all.push(match film.layout() {
            Layout::Rgba => canvas.as_chunks::<4>().0.to_vec(),
            _ => canvas.as_chunks::<3>().0.iter().map(|&[r, g, b]| [r, g, b, 255]).collect(),
        });
    }
    Ok(all)
}

#[test]
fn frames_are_those_of_the_specification() -> Result<()> {
    let mut opaque = 0;
    for seed in 0..300 {
        let mut chance = Chance(seed);
        let screen = (1 + chance.below(12), 1 + chance.below(12));
        let mut frames: Vec<_> = (0..2 + chance.below(6)).map(|_| chance.frame(screen)).collect();
        // The screen grows to hold the first frame: here that covers it.
        (frames[0].left, frames[0].top) = (0, 0);
        frames[0].width = frames[0].width.min(screen.0);
        frames[0].height = frames[0].height.min(screen.1);
        let pixels = usize::from(frames[0].width) * usize::from(frames[0].height);
        frames[0].buffer.to_mut().truncate(pixels);
        let data = file(screen, &frames, None);
        assert_eq!(played(data.clone(), false)?, composed(screen, &frames), "seed {seed}");
        let film = opened(data, false)?.film(&Limits::default())?.expect("a film");
        opaque += usize::from(film.layout() == Layout::Rgb);
    }
    assert!(opaque > 0);
    Ok(())
}

#[test]
fn times_are_those_of_browsers() -> Result<()> {
    let frame = |delay| gif::Frame { delay, ..Chance(1).frame((3, 3)) };
    let frames = [0, 1, 2, 3, 65_535].map(frame);
    for (repeat, plays) in [
        (None, 1),
        (Some(Repeat::Infinite), 0),
        (Some(Repeat::Finite(1)), 2),
        (Some(Repeat::Finite(65_535)), 65_536),
    ] {
        let opened = opened(file((3, 3), &frames, repeat), false)?;
        let film = opened.film(&Limits::default())?.expect("a film");
        assert_eq!(*film.motion().delays, [100, 100, 20, 30, 655_350]);
        assert_eq!(film.motion().plays, plays);
        assert_eq!(film.motion().duration(), 655_600);
    }
    Ok(())
}

#[test]
fn a_cut_film_is_truncated_or_keeps_what_is_there() -> Result<()> {
    let screen = (9, 7);
    let mut chance = Chance(5);
    let mut whole = chance.frame(screen);
    (whole.left, whole.top, whole.width, whole.height) = (0, 0, 9, 7);
    whole.buffer = vec![1; 63].into();
    let frames = [whole.clone(), whole.clone(), gif::Frame { buffer: vec![2; 63].into(), ..whole }];
    let data = file(screen, &frames, None);
    let expected = played(data.clone(), false)?;
    let mut lengths = Vec::new();
    for end in data.len() / 2..data.len() - 1 {
        let pages = opened(data[..end].to_vec(), false)?.header().pages;
        if pages < 2 {
            continue;
        }
        let found = played(data[..end].to_vec(), true)?;
        assert!(
            found.len() == pages as usize
                && found[..pages as usize - 1] == expected[..pages as usize - 1]
        );
        lengths.push(found.len());
        match played(data[..end].to_vec(), false) {
            Ok(found) => assert!(expected.starts_with(&found), "{end}"),
            Err(error) => assert_eq!(error.code(), "truncated", "{end} of {}", data.len()),
        }
    }
    assert!(lengths.contains(&2) && lengths.contains(&3), "{lengths:?}");
    Ok(())
}

#[test]
fn limits_and_stops_hold() -> Result<()> {
    let mut chance = Chance(7);
    let frames: Vec<_> = (0..12).map(|_| chance.frame((5, 5))).collect();
    let opened = opened(file((5, 5), &frames, None), false)?;
    let limits = Limits { max_frames: 11, ..Limits::default() };
    let error = opened.film(&limits).expect_err("a limit");
    assert_eq!(error.limit(), Some("max_frames"));
    let token = CancelToken::new();
    let mut player = opened.film(&Limits::default())?.expect("a film").play(true)?;
    token.cancel();
    let error = player.next(&Watch::new(vec![token], None)).expect_err("cancelled");
    assert_eq!(error.code(), "cancelled");
    assert!(opened.header().size.width >= Size::new(5, 5).width);
    Ok(())
}

/// A frame without a control block of its own has nothing clear, whatever the one before has.
#[test]
fn a_control_block_is_of_one_frame_alone() -> Result<()> {
    let screen = [&b"GIF89a"[..], &[1, 0, 1, 0, 0x80, 0, 0], &[10, 11, 12, 20, 21, 22]].concat();
    let control = [0x21, 0xF9, 4, 1, 0, 0, 0, 0];
    // A pixel of the first colour.
    let frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
    let data = [&screen[..], &control, &frame, &frame, &[0x3B]].concat();
    assert_eq!(played(data, false)?, [[[0; 4]], [[10, 11, 12, 255]]]);
    Ok(())
}

/// A list of frames is bounded where they are only told.
#[test]
fn long_films_are_told_and_endless_ones_are_not() {
    let film = |frames: usize| {
        let screen = [&b"GIF89a"[..], &[1, 0, 1, 0, 0x80, 0, 0], &[0; 6]].concat();
        let frame = [0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
        [screen, frame.repeat(frames), vec![0x3B]].concat()
    };
    let told = crate::probe(film(2_000)).expect("facts");
    assert_eq!((told.pages, told.duration.as_secs()), (2_000, 200));
    let error = crate::probe(film(100_001)).expect_err("too many frames");
    assert_eq!(error.limit(), Some("max_frames"));
}
