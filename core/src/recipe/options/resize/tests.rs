//! Sizes that users of sharp expect, and how large they can be.

use super::*;

/// The sizes that users of sharp expect.
#[test]
fn sizes() {
    let big = Size::new(2725, 2225);
    let cases = [
        (big, Resize::cover(320, 240), Size::new(320, 240)),
        (big, Resize::width(320), Size::new(320, 261)),
        (big, Resize::height(320), Size::new(392, 320)),
        (big, Resize::inside(320, 320), Size::new(320, 261)),
        (big, Resize::outside(320, 320), Size::new(392, 320)),
        (big, Resize::width(2800).without_enlargement(true), big),
        (big, Resize::cover(3000, 240).without_enlargement(true), Size::new(2725, 240)),
        (big, Resize::fill(3000, 240).without_enlargement(true), Size::new(2725, 240)),
        (big, Resize::width(320).without_reduction(true), big),
        (big, Resize::width(2800).without_reduction(true), Size::new(2800, 2286)),
        (big, Resize::cover(320, 240).without_reduction(true), Size::new(320, 240)),
        (big, Resize::fill(320, 3000).without_reduction(true), Size::new(2725, 3000)),
        (big, Resize::inside(320, 3000).without_reduction(true), big),
        (big, Resize::fill(320, 3000), Size::new(320, 3000)),
        (big, Resize::width(320).fit(Fit::Fill), Size::new(320, 2225)),
        (Size::new(500, 399), Resize::width(100), Size::new(100, 80)),
        (Size::new(100, 3), Resize::width(8), Size::new(8, 1)),
    ];
    for (from, resize, expected) in cases {
        let found = resize.resolve(from).map(|resolved| resolved.window.size());
        assert_eq!(found.ok(), Some(expected), "{from} {resize:?}");
    }
}

/// Every position of a cover and of a contain at an odd difference: what is cut loses its odd pixel before it, what
/// is put on a canvas has it behind it.
#[test]
fn odd_pixels_lie_on_their_side_at_every_position() -> Result<()> {
    let words = ["north_west", "north", "north_east", "west", "centre", "east"];
    let words = words.into_iter().chain(["south_west", "south", "south_east"]);
    for (word, place) in words.zip(0_usize..) {
        let position = word.parse()?;
        // From 7x5 a column of 4, or a row of 2, is kept: 3 pixels are cut.
        let (cut, room) = ([0, 2, 3], [0, 3, 7]);
        let (across, along) = (place % 3, place / 3);
        let size = Size::new(7, 5);
        let window = |resize: Resize| resize.position(position).resolve(size).map(|r| r.window);
        assert_eq!(window(Resize::cover(4, 5))?, Rect::new(cut[across], 0, 4, 5), "{word}");
        assert_eq!(window(Resize::cover(7, 2))?, Rect::new(0, cut[along], 7, 2), "{word}");
        // A square of 4 on a canvas of 11: 7 pixels are room.
        let square = Size::new(4, 4);
        let canvas = |resize: Resize| resize.position(position).resolve(square).map(|r| r.canvas);
        let wide = Some((Size::new(11, 4), room[across], 0));
        assert_eq!(canvas(Resize::contain(11, 4))?, wide, "{word}");
        let high = Some((Size::new(4, 11), 0, room[along]));
        assert_eq!(canvas(Resize::contain(4, 11))?, high, "{word}");
        // Neither cuts nor adds where the proportions are the picture's.
        assert_eq!(window(Resize::cover(14, 10))?, Rect::new(0, 0, 14, 10), "{word}");
        assert_eq!(canvas(Resize::contain(8, 8))?, Some((Size::new(8, 8), 0, 0)), "{word}");
    }
    // The others have neither a window nor a canvas.
    for fit in [Fit::Fill, Fit::Inside, Fit::Outside] {
        let resolved = Resize::cover(4, 3).fit(fit).resolve(Size::new(7, 5))?;
        assert_eq!((resolved.window, resolved.canvas), (Rect::whole(resolved.to), None));
    }
    Ok(())
}

#[test]
fn contain_places_the_picture_on_its_canvas() -> Result<()> {
    let resolved = Resize::contain(300, 300).resolve(Size::new(400, 200))?;
    assert_eq!(resolved.to, Size::new(300, 150));
    assert_eq!(resolved.canvas, Some((Size::new(300, 300), 0, 75)));
    Ok(())
}

#[test]
fn sides_out_of_range_are_named() {
    for resize in [Resize::width(0), Resize::height(65_536), Resize::default()] {
        let error = resize.resolve(Size::new(10, 10)).unwrap_err();
        assert_eq!(error.code(), "invalid_option", "{resize:?}");
    }
}
