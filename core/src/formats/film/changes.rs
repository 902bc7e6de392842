//! The part of a frame that differs from the frame before.

use crate::error::Result;
use crate::picture::geometry::Rect;
use crate::picture::image::band::Band;
use crate::picture::image::{Image, Layout};

/// Tells whether two pixels look the same: clear ones do, whatever their colour.
pub(in crate::formats) fn alike(a: &[u8], b: &[u8]) -> bool {
    a == b || (a.len() == 4 && a[3] == 0 && b[3] == 0)
}

/// A frame whose pixels are those before it where no sample differs by more than `most`.
///
/// Compares with the picture that is shown, not with the source of the frame before: pixels that change a little again
/// and again are drawn as soon as they are further from it than that.
pub(crate) fn steadied(before: &Image, now: Image, most: u8) -> Result<Image> {
    let (size, layout) = (now.size(), now.layout());
    let channels = layout.channels() as usize;
    let mut data = now.into_data();
    for (new, old) in data.chunks_exact_mut(channels).zip(before.data().chunks_exact(channels)) {
        if new.iter().zip(old).all(|(new, old)| new.abs_diff(*old) <= most) {
            new.copy_from_slice(old);
        }
    }
    Image::new(size, layout, data)
}

/// The smallest rectangle that holds all pixels that differ; `None` where none does.
pub(in crate::formats) fn changed(before: &Image, now: &Image) -> Option<Rect> {
    let channels = now.layout().channels() as usize;
    let stride = now.size().width as usize * channels;
    let rows = || before.data().chunks_exact(stride).zip(now.data().chunks_exact(stride));
    let differs = |(a, b): (&[u8], &[u8])| a != b && first(a, b, channels).is_some();
    let top = rows().position(differs)?;
    let bottom = rows().rposition(differs)?;
    let (mut left, mut right) = (usize::MAX, 0);
    for (a, b) in rows().skip(top).take(bottom + 1 - top) {
        left = left.min(first(a, b, channels).unwrap_or(usize::MAX));
        right = right.max(last(a, b, channels).unwrap_or(0));
    }
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Some(Rect::new(number(left), number(top), number(right + 1 - left), number(bottom + 1 - top)))
}

/// The first pixel of a row that differs.
fn first(a: &[u8], b: &[u8], channels: usize) -> Option<usize> {
    pixels(a, b, channels).position(|(a, b)| !alike(a, b))
}

/// The last one.
fn last(a: &[u8], b: &[u8], channels: usize) -> Option<usize> {
    pixels(a, b, channels).rposition(|(a, b)| !alike(a, b))
}

/// Pixels of two rows, side by side.
pub(in crate::formats) fn pixels<'a>(
    a: &'a [u8],
    b: &'a [u8],
    channels: usize,
) -> impl DoubleEndedIterator<Item = (&'a [u8], &'a [u8])> + ExactSizeIterator {
    a.chunks_exact(channels).zip(b.chunks_exact(channels))
}

/// Row `y` of a part of a picture.
pub(in crate::formats) fn row(image: &Image, place: Rect, y: u32) -> &[u8] {
    let channels = image.layout().channels() as usize;
    let at = (y as usize * image.size().width as usize + place.x as usize) * channels;
    &image.data()[at..at + place.width as usize * channels]
}

/// A part of a picture.
pub(in crate::formats) fn part(image: &Image, place: Rect) -> Result<Band> {
    let mut band = Band::new(image.layout(), place.width, 0..place.height)?;
    let stride = band.stride(0);
    for (to, y) in band.plane_mut(0).chunks_exact_mut(stride).zip(place.rows()) {
        to.copy_from_slice(row(image, place, y));
    }
    Ok(band)
}

/// The same with alpha, clear where nothing is new. `None` where there are no such pixels, and where some new ones would
/// let those below show through.
pub(in crate::formats) fn news(before: &Image, now: &Image, place: Rect) -> Result<Option<Band>> {
    let channels = now.layout().channels() as usize;
    let layout = Layout::interleaved(now.layout().has_colour(), true);
    let mut band = Band::new(layout, place.width, 0..place.height)?;
    let (stride, sample) = (band.stride(0), layout.channels() as usize);
    let mut clear = false;
    for (to, y) in band.plane_mut(0).chunks_exact_mut(stride).zip(place.rows()) {
        let olds_and_news = pixels(row(before, place, y), row(now, place, y), channels);
        for (to, (old, new)) in to.chunks_exact_mut(sample).zip(olds_and_news) {
            if alike(old, new) {
                clear = true;
            } else if layout == now.layout() && new[channels - 1] != 255 {
                return Ok(None);
            } else {
                to[sample - 1] = 255;
                to[..channels].copy_from_slice(new);
            }
        }
    }
    Ok(clear.then_some(band))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::geometry::Size;
    use crate::picture::image::Layout;

    #[test]
    fn all_that_differs_is_in_the_rectangle_and_on_its_edges() -> Result<()> {
        let size = Size::new(9, 7);
        for layout in [Layout::Gray, Layout::Rgb, Layout::Rgba] {
            let channels = layout.channels() as usize;
            let before = Image::new(size, layout, vec![7; 63 * channels])?;
            assert_eq!(changed(&before, &before), None);
            for (left, top, right, bottom) in
                [(0, 0, 8, 6), (4, 3, 4, 3), (2, 0, 7, 5), (8, 6, 8, 6)]
            {
                let mut data = before.data().to_vec();
                for (x, y) in [(left, top), (right, bottom)] {
                    data[(y * 9 + x) * channels] = 8;
                }
                let now = Image::new(size, layout, data)?;
                let number = |at: usize| u32::try_from(at).unwrap_or(0);
                let (width, height) = (right + 1 - left, bottom + 1 - top);
                let expected = Rect::new(number(left), number(top), number(width), number(height));
                assert_eq!(changed(&before, &now), Some(expected));
                let part = part(&now, expected)?;
                assert_eq!(part.size(), expected.size());
                assert_eq!(part.row(0, number(height - 1)), row(&now, expected, number(bottom)));
            }
        }
        Ok(())
    }

    #[test]
    fn what_is_shown_stays_while_it_is_near() -> Result<()> {
        let of = |data: [u8; 6]| Image::new(Size::new(2, 1), Layout::Rgb, data.to_vec());
        let mut shown = of([10, 10, 10, 99, 99, 99])?;
        // The first pixel brightens by one each time, the second jumps in one sample.
        for (now, expected) in [
            ([11, 11, 11, 99, 99, 99], [10, 10, 10, 99, 99, 99]),
            ([12, 12, 12, 99, 96, 99], [10, 10, 10, 99, 96, 99]),
            ([13, 13, 13, 99, 98, 99], [13, 13, 13, 99, 96, 99]),
            ([11, 11, 11, 99, 98, 97], [13, 13, 13, 99, 96, 99]),
        ] {
            shown = steadied(&shown, of(now)?, 2)?;
            assert_eq!(shown.data(), expected, "{now:?}");
        }
        Ok(())
    }

    #[test]
    fn clear_pixels_of_other_colours_do_not_differ() -> Result<()> {
        let of = |data: [u8; 8]| Image::new(Size::new(2, 1), Layout::Rgba, data.to_vec());
        let before = of([1, 2, 3, 0, 9, 9, 9, 9])?;
        assert_eq!(changed(&before, &of([7, 7, 7, 0, 9, 9, 9, 9])?), None);
        let found = changed(&before, &of([1, 2, 3, 1, 9, 9, 9, 9])?);
        assert_eq!(found, Some(Rect::new(0, 0, 1, 1)));
        Ok(())
    }
}
