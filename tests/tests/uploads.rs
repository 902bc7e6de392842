//! The formats that features add against Pillow: `images/uploads/make.py` makes each file, and by Pillow a PNG of what it
//! shows.

use makeready::{Format, OnError, Open, Optimizations, Pipeline, Rect, Result, Size};
use makeready_tests::compare::difference;
use makeready_tests::{image, path};

/// A file, the PNG of its pixels, and how far a sample may be from it.
type Row = (&'static str, &'static str, u8);

const FILES: &[Row] = &[
    ("rgb-none.tif", "rgb", 0),
    ("rgb-packbits.tif", "rgb", 0),
    ("rgb-lzw.tif", "rgb", 0),
    ("rgb-differences.tif", "rgb", 0),
    ("rgb-deflate.tif", "rgb", 0),
    ("rgb-tiles.tif", "rgb", 0),
    ("rgb-tiles-planar.tif", "rgb", 0),
    ("rgb-planar.tif", "rgb", 0),
    ("rgb-big-endian.tif", "rgb", 0),
    ("rgb-16.tif", "rgb", 0),
    ("rgb-16-little.tif", "rgb", 0),
    ("rgb-more.tif", "rgb", 0),
    ("turned.tif", "rgb", 0),
    ("pages.tif", "rgb", 0),
    ("rgba-lzw.tif", "rgba", 0),
    // Pillow cuts off what a division leaves.
    ("rgba-associated.tif", "rgba-associated", 1),
    ("gray-deflate.tif", "gray", 0),
    ("gray-white-is-zero.tif", "gray", 0),
    ("gray-alpha.tif", "gray-alpha", 0),
    ("gray-4.tif", "gray-4", 0),
    ("gray-2.tif", "gray-2", 0),
    ("lines-none.tif", "lines", 0),
    ("lines-fax.tif", "lines", 0),
    ("palette-lzw.tif", "palette", 0),
    ("palette-4.tif", "palette-16", 0),
    ("rgb-jpeg.tif", "rgb-jpeg", 0),
    ("rgb-jpeg-tiles.tif", "rgb-jpeg-tiles", 0),
    ("gray-jpeg.tif", "gray-jpeg", 0),
    ("inks-jpeg.tif", "inks-jpeg", 0),
    ("inks-lzw.tif", "inks", 0),
    ("rgb.bmp", "rgb", 0),
    ("rgb-top-down.bmp", "rgb", 0),
    ("rgb-555.bmp", "rgb-555", 1),
    ("gray.bmp", "gray-bitmap", 0),
    ("lines.bmp", "lines-bitmap", 0),
    ("palette.bmp", "palette", 0),
    ("palette-runs-4.bmp", "palette-16", 0),
    ("rgb-32.bmp", "rgb", 0),
    ("rgba-masks.bmp", "rgba", 0),
    ("png.ico", "png-icon", 0),
    ("rgb-png.ico", "rgb-icon", 0),
    ("bitmaps.ico", "bitmaps-icon", 0),
    ("masked.ico", "masked-icon", 0),
    ("masked.cur", "masked-icon", 0),
    ("rgb.ppm", "rgb", 0),
    ("gray.pgm", "gray", 0),
    ("lines.pbm", "lines", 0),
    ("rgba.qoi", "rgba", 0),
    ("rgb.tga", "rgb", 0),
    ("rgb-runs.tga", "rgb", 0),
    ("rgba-runs.tga", "rgba", 0),
    ("gray.tga", "gray", 0),
    ("palette.tga", "palette", 0),
    ("rgb.jxl", "rgb", 0),
    ("rgba.jxl", "rgba", 0),
    // Pillow has the pixels of libjxl.
    ("rgb-lossy.jxl", "rgb-lossy-jxl", 2),
];

fn file(name: &str) -> Vec<u8> {
    image(&format!("uploads/{name}"))
}

/// A TGA is opened only where it is named.
fn open(name: &str) -> Open {
    let open = Open::new().auto_orient(false);
    if name.ends_with(".tga") { open.formats([Format::Tga]) } else { open }
}

#[test]
fn files_show_what_pillow_sees() -> Result<()> {
    for &(name, expected, apart) in FILES {
        let found = Pipeline::open_with(file(name), open(name).auto_orient(true)).pixels()?;
        let expected = Pipeline::open(file(&format!("{expected}.png"))).pixels()?;
        let difference = difference(&found, &expected);
        assert!(difference.max <= apart, "{name}: {difference:?}");
    }
    Ok(())
}

#[test]
fn a_region_is_that_part_of_the_picture() -> Result<()> {
    for &(name, ..) in FILES {
        let open = || Pipeline::open_with(file(name), open(name));
        let whole = open().pixels()?;
        let Size { width, height } = whole.size();
        for (x, y) in [(0, 0), (0, 9), (13, 0), (15, 14), (width - 1, height - 1)] {
            let part = Rect::new(x, y, (width - x).min(20), (height - y).min(5));
            let found = open().crop(part).pixels()?;
            let expected = Pipeline::open(whole.clone()).crop(part).pixels()?;
            assert_eq!(found, expected, "{name} {part}");
        }
    }
    Ok(())
}

#[test]
fn every_picture_is_compared() {
    let names = std::fs::read_dir(path("images/uploads")).expect("the folder");
    let names = names.map(|entry| entry.expect("a file").file_name().into_string().expect("ASCII"));
    let pictures = names.filter(|name| !name.ends_with(".png") && name.contains('.'));
    for name in pictures.filter(|name| !name.starts_with("scan.") && !name.ends_with(".py")) {
        assert!(FILES.iter().any(|(file, ..)| *file == name), "{name} is compared with nothing");
    }
}

/// Strips and tiles are recovered each by itself: a part of a damaged file is the same as that part of the whole.
#[test]
fn a_part_of_a_damaged_tiff_is_recovered_as_in_the_whole() -> Result<()> {
    let (mut recovered, mut compared) = (0, 0);
    for name in ["rgb-tiles.tif", "rgb-deflate.tif", "rgb-lzw.tif"] {
        let file = image(&format!("uploads/{name}"));
        for at in (0..file.len()).step_by(61) {
            let mut damaged = file.clone();
            damaged[at] ^= 0x55;
            let open = Open::new().on_error(OnError::Recover);
            let part = Pipeline::open_with(damaged, open).crop(Rect::new(30, 20, 10, 12));
            let whole = part.clone().optimizations(Optimizations::none());
            recovered += whole.run().map_or(0, |output| output.warnings.len());
            let Ok(whole) = whole.pixels() else { continue };
            assert_eq!(part.pixels()?, whole, "{name}, byte {at}");
            compared += 1;
        }
    }
    assert!(recovered > 3 && compared > 50, "{recovered} recovered of {compared}");
    Ok(())
}
