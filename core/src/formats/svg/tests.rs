//! Drawings in strips and parts, and what files ask for besides.

use std::time::{Duration, Instant};

use super::*;
use crate::formats;
use crate::picture::geometry::Rect;
use crate::picture::image::band::Band;
use crate::recipe::job::Watch;
use crate::recipe::options::Open;
use crate::recipe::source::Source;

/// Curves, a group that is clear, a mask and a pattern, over several strips.
const TALL: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="1100" height="2500">
    <pattern id="p" width="13" height="17" patternUnits="userSpaceOnUse"><circle cx="6" cy="8" r="5" fill="#08f"/></pattern>
    <mask id="m"><rect width="1100" height="2500" fill="#888"/></mask>
    <ellipse cx="550" cy="1250" rx="500" ry="1240" fill="url(#p)" stroke="#000" stroke-width="7"/>
    <g opacity="0.4" mask="url(#m)"><path d="M0 0 C 900 300 200 2200 1100 2500" stroke="#f00" stroke-width="90" fill="none"/></g>
    </svg>"##;

fn opened(text: &str) -> Result<Arc<dyn Opened>> {
    let open = Open::new().formats([Format::Svg]);
    formats::open(&Source::from(text.as_bytes().to_vec()), &open, &Limits::default())
}

/// The rows of a region, `rows` at a time.
fn decoded(opened: &dyn Opened, region: Rect, rows: u32, watch: &Watch) -> Result<Vec<u8>> {
    let request = DecodeRequest { scale: 1, region, layout: Layout::Rgba, recover: false };
    let mut decoder = opened.decode(&request, &Limits::default(), Level::detect())?;
    let mut found = Vec::new();
    for top in (0..region.height).step_by(rows as usize) {
        let bottom = (top + rows).min(region.height);
        let mut band = Band::new(Layout::Rgba, region.width, top..bottom)?;
        decoder.read(&mut band, watch)?;
        found.extend_from_slice(band.plane(0));
    }
    Ok(found)
}

#[test]
fn bands_do_not_show_and_a_part_is_a_crop_of_the_whole() -> Result<()> {
    let svg = opened(TALL)?;
    let size = svg.header().size;
    assert!(svg.header().caps.bands && size.height > 2 * 4_194_304 / (size.width * 4));
    let watch = Watch::default();
    let whole = decoded(&*svg, Rect::whole(size), size.height, &watch)?;
    assert_eq!(whole, decoded(&*svg, Rect::whole(size), 37, &watch)?);
    for region in [Rect::new(300, 900, 200, 1100), Rect::new(0, 2499, 1100, 1)] {
        let row = |y: u32| {
            let from = ((region.y + y) * size.width + region.x) as usize * 4;
            &whole[from..from + region.width as usize * 4]
        };
        let expected: Vec<u8> = (0..region.height).flat_map(|y| row(y).to_vec()).collect();
        assert_eq!(decoded(&*svg, region, 64, &watch)?, expected, "{region}");
    }
    Ok(())
}

/// Rows above and below the edge of a strip are those of one picture: with a filter, which is drawn whole, they are the same.
#[test]
fn strips_fit_together() -> Result<()> {
    let filter = "<filter id='none'><feOffset dx='0'/></filter><rect width='0.1' height='0.1' filter='url(#none)'/></svg>";
    let whole = opened(&TALL.replace("</svg>", filter))?;
    assert!(!whole.header().caps.bands);
    let strips = opened(TALL)?;
    let all = Rect::whole(strips.header().size);
    let watch = Watch::default();
    let a = decoded(&*strips, all, all.height, &watch)?;
    let b = decoded(&*whole, all, all.height, &watch)?;
    let far = a.iter().zip(&b).filter(|(a, b)| a.abs_diff(**b) > 2).count();
    // A point of an edge may lie in another sixteenth of its pixel.
    assert!(far < a.len() / 1000, "{far} of {}", a.len());
    Ok(())
}

#[test]
fn a_drawing_that_takes_long_is_left_at_the_deadline() -> Result<()> {
    let shapes = "<circle cx='500' cy='500' r='499' fill='url(#g)' opacity='0.9'/>".repeat(4000);
    let text = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width='1000' height='1000'>
        <radialGradient id='g'><stop stop-color='red'/><stop offset='1' stop-color='blue'/></radialGradient>{shapes}</svg>"
    );
    let svg = opened(&text)?;
    let begun = Instant::now();
    let watch = Watch::new(Vec::new(), Some(begun + Duration::from_millis(100)));
    let error = decoded(&*svg, Rect::whole(svg.header().size), 64, &watch).unwrap_err();
    assert_eq!(error.code(), "timeout");
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    Ok(())
}

#[test]
fn clear_colours_are_those_of_the_file() -> Result<()> {
    let text = "<svg xmlns='http://www.w3.org/2000/svg' width='2' height='1'>
        <rect width='1' height='1' fill='#c86432' fill-opacity='0.5'/></svg>";
    let svg = opened(text)?;
    let found = decoded(&*svg, Rect::whole(svg.header().size), 1, &Watch::default())?;
    let near = |found: &[u8], is: [u8; 4]| found.iter().zip(is).all(|(a, b)| a.abs_diff(b) <= 1);
    assert!(near(&found[..4], [200, 100, 50, 128]) && found[4..] == [0; 4], "{found:?}");
    Ok(())
}
