use super::*;
use crate::{CancelToken, Image, Pipeline};

/// Another decoder finds the indices, palettes and places of frames, whatever their number of colours.
#[test]
fn another_decoder_finds_what_was_written() -> Result<()> {
    for colours in [1, 2, 3, 4, 7, 16, 100, 256] {
        let palette: Vec<Entry> =
            (0..=255).take(colours).map(|at| [at, 255 - at, at / 2, 255]).collect();
        let indices: Vec<u8> =
            (0..9000_usize).map(|at| (at * at / 7 % colours).to_le_bytes()[0]).collect();
        let place = Rect::new(3, 5, 90, 100);
        let mut file = Vec::new();
        write_screen(&mut file, Size::new(120, 130), &palette)?;
        for (own_palette, clear) in [(false, None), (true, Some(0))] {
            let frame = Frame {
                place,
                palette: &palette,
                own_palette,
                clear,
                leaves: None,
                indices: &indices,
            };
            frame.write(&mut file, &Watch::default())?;
        }
        file.push(TRAILER);
        let mut options = ::gif::DecodeOptions::new();
        options.set_color_output(::gif::ColorOutput::Indexed);
        let mut decoder = options.read_info(&file[..]).expect("a screen");
        assert_eq!((decoder.width(), decoder.height()), (120, 130));
        let flat: Vec<u8> = palette.iter().flat_map(|entry| entry[..3].to_vec()).collect();
        assert!(decoder.global_palette().expect("a palette").starts_with(&flat));
        for (own, clear) in [(false, None), (true, Some(0))] {
            let frame = decoder.read_next_frame().expect("a frame").expect("a frame");
            let found = (frame.left, frame.top, frame.width, frame.height);
            assert_eq!(found, (3, 5, 90, 100));
            assert_eq!((frame.palette.is_some(), frame.transparent), (own, clear));
            assert_eq!(*frame.buffer, indices[..], "{colours}");
        }
        assert!(decoder.read_next_frame().expect("the end").is_none());
    }
    Ok(())
}

/// Noise in as many colours as there are fits into the room that is reserved for it.
#[test]
fn noise_is_no_larger_than_the_bound() -> Result<()> {
    let palette: Vec<Entry> = (0..=255).map(|at| [at, at, at, 255]).collect();
    for (width, height) in [(1, 1), (3, 1), (255, 2), (400, 300)] {
        let size = Size::new(width, height);
        let mut seed = 1_u32;
        let mut noise = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        };
        let indices: Vec<u8> = (0..size.pixels()).map(|_| noise()).collect();
        let mut file = Vec::new();
        let place = Rect::whole(size);
        let frame = Frame {
            place,
            palette: &palette,
            own_palette: false,
            clear: None,
            leaves: None,
            indices: &indices,
        };
        frame.write(&mut file, &Watch::default())?;
        assert!(file.len() as u64 <= largest_image(size), "{size}: {}", file.len());
    }
    Ok(())
}

#[test]
fn a_cancelled_encode_says_so() -> Result<()> {
    let token = CancelToken::new();
    token.cancel();
    let image = Image::new(Size::new(2, 2), Layout::Gray, vec![1, 2, 3, 4])?;
    let job = Pipeline::open(image).encode(Gif::new()).cancel(token);
    assert_eq!(job.run().unwrap_err().code(), "cancelled");
    Ok(())
}
