//! Single pixels, before and after.

use crate::{Channel, Colour, Image, Layout, Modulate, Pipeline, Result, Size};

/// The picture that `change` makes of one pixel.
fn made(
    layout: Layout,
    pixel: &[u8],
    change: impl Fn(Pipeline) -> Pipeline,
) -> Result<(Layout, Vec<u8>)> {
    let image = Image::new(Size::new(1, 1), layout, pixel.to_vec())?;
    let image = change(Pipeline::open(image)).pixels()?;
    Ok((image.layout(), image.data().to_vec()))
}

type Row = (Layout, &'static [u8], fn(Pipeline) -> Pipeline, Layout, &'static [u8]);

/// Of gray and of colours, with alpha and without it.
const PIXELS: &[Row] = {
    use Layout::{Gray, GrayA, Rgb, Rgba};
    &[
        (Rgb, &[255, 0, 0], |it| it.grayscale(), Gray, &[76]),
        (Rgba, &[0, 255, 0, 7], |it| it.grayscale(), GrayA, &[150, 7]),
        (GrayA, &[9, 7], |it| it.grayscale(), GrayA, &[9, 7]),
        (Rgba, &[0, 100, 255, 7], |it| it.negate(false), Rgba, &[255, 155, 0, 7]),
        (Rgba, &[0, 100, 255, 7], |it| it.negate(true), Rgba, &[255, 155, 0, 248]),
        (GrayA, &[64, 9], |it| it.gamma(2.0), GrayA, &[128, 9]),
        (Rgb, &[0, 128, 255], |it| it.gamma(0.5), Rgb, &[0, 64, 255]),
        (Gray, &[100], |it| it.linear(1.5, -200.0), Gray, &[0]),
        (GrayA, &[100, 3], |it| it.linear([1.0, 0.5, 2.0], 1.0), Rgba, &[101, 51, 201, 3]),
        (Rgb, &[100, 50, 200], |it| it.recomb(SEPIA), Rgb, &[116, 103, 80]),
        (Rgba, &[1, 2, 9, 5], |it| it.recomb(SWAPPED), Rgba, &[9, 2, 1, 5]),
        (GrayA, &[70, 5], |it| it.recomb(SWAPPED), GrayA, &[70, 5]),
        (Gray, &[100], |it| it.recomb([[3.0, 0.0, 0.0]; 3]), Gray, &[255]),
        (Gray, &[100], |it| it.recomb(SEPIA), Rgb, &[135, 120, 94]),
        (Rgb, &[127, 127, 128], |it| it.threshold(128), Gray, &[0]),
        (Rgba, &[255, 128, 0, 5], |it| it.threshold(128), GrayA, &[255, 5]),
        (Gray, &[0], |it| it.threshold(0), Gray, &[255]),
        (Rgba, &[1, 2, 3, 0], |it| it.remove_alpha(), Rgb, &[1, 2, 3]),
        (Rgb, &[1, 2, 3], |it| it.ensure_alpha(0.0), Rgba, &[1, 2, 3, 0]),
        (GrayA, &[1, 2], |it| it.ensure_alpha(1.0), GrayA, &[1, 2]),
        (Rgb, &[1, 2, 3], |it| it.extract_channel(Channel::Blue), Gray, &[3]),
        (GrayA, &[1, 2], |it| it.extract_channel(Channel::Green), Gray, &[1]),
        (GrayA, &[1, 2], |it| it.extract_channel(Channel::Alpha), Gray, &[2]),
        (Gray, &[127], |it| it.tint(Colour::rgb(255, 0, 0)), Rgb, &[255, 0, 0]),
        (Rgb, &[255, 255, 255], |it| it.tint(Colour::rgb(9, 9, 9)), Rgb, &[255, 255, 255]),
        (Rgb, &[200, 30, 30], |it| it.modulate(Modulate::new()), Rgb, &[200, 30, 30]),
    ]
};

const SEPIA: [[f64; 3]; 3] = [[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]];
const SWAPPED: [[f64; 3]; 3] = [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]];

#[test]
fn pixels_become_what_is_asked_for() -> Result<()> {
    for (index, (layout, pixel, change, to, expected)) in PIXELS.iter().enumerate() {
        let found = made(*layout, pixel, change)?;
        assert_eq!(found, (*to, expected.to_vec()), "row {index}");
    }
    Ok(())
}

/// How light a colour is changes alone, and a turn by all degrees ends where it began.
#[test]
fn sight_is_changed_in_one_way_at_a_time() -> Result<()> {
    let of = |modulate: Modulate| {
        made(Layout::Rgb, &[200, 120, 60], |it| it.modulate(modulate)).map(|(_, rgb)| rgb)
    };
    assert_eq!(of(Modulate::new().hue(360.0))?, [200, 120, 60]);
    assert_eq!(of(Modulate::new().lightness(-100.0))?, [0; 3]);
    assert!(of(Modulate::new().brightness(1.2))?.iter().zip([200, 120, 60]).all(|(a, b)| *a > b));
    let gray = of(Modulate::new().saturation(0.0))?;
    assert!(gray.iter().all(|sample| sample.abs_diff(gray[0]) <= 1), "{gray:?}");
    assert_eq!(of(Modulate::new().hue(180.0).saturation(0.0))?, gray);
    Ok(())
}

#[test]
fn what_cannot_be_is_refused() -> Result<()> {
    let changes: [fn(Pipeline) -> Pipeline; 8] = [
        |it| it.gamma(0.0),
        |it| it.gamma(f64::NAN),
        |it| it.linear(f64::INFINITY, 0.0),
        |it| it.recomb([[0.0, f64::NAN, 0.0]; 3]),
        |it| it.ensure_alpha(1.5),
        |it| it.extract_channel(Channel::Alpha),
        |it| it.modulate(Modulate::new().brightness(-1.0)),
        |it| it.modulate(Modulate::new().hue(f64::NAN)),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let error = made(Layout::Rgb, &[1, 2, 3], change).expect_err("an error");
        assert_eq!(error.code(), "invalid_option", "{index}: {error}");
    }
    Ok(())
}
