//! Interprets a page without drawing it, to find how much there is to draw.

use std::panic::resume_unwind;
use std::sync::Arc;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::pattern::Pattern;
use hayro::hayro_interpret::util::TransformExt;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, PathEl, Rect, Shape};
use makeready_pdf::{interpret_glyph, interpret_mask, interpret_page, interpret_tile};

use super::super::drawing::View;
use super::streams::{self, scanned_jpeg};
use crate::error::Result;
use crate::picture::reserve::probed;
use crate::recipe::limits::{Limits, check};

/// Bytes that the crate takes: fonts and tables, each operation, each point of a path, each pixel along an edge.
const FIXED: f64 = (6 << 20) as f64;
const OPERATION: f64 = 1024.0;
const POINT: f64 = 256.0;
const EDGE: f64 = 32.0;

/// Bytes of a pixel of an image as it is decoded and made smaller, and of one that waits to be painted.
const DECODED: f64 = 16.0;
const WAITING: f64 = 4.0;

/// Bytes of a pixel of a mask while it is drawn, and afterwards.
const MASK: f64 = 8.0;

/// Points and glyphs of a page; an operation takes the time of several.
const MOST: u64 = 5_000_000;
const POINTS: u64 = 8;

/// The amounts of a page, in points of its own size.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Bytes of all its streams.
    streams: u64,
    operations: u64,
    points: u64,
    /// Lengths of edges, within the page.
    edges: f64,
    /// Areas of patterns, within the page.
    patterns: f64,
    masks: u64,
    /// Pixels of images, all that are drawn and the largest; and the area that they are drawn on.
    images: f64,
    largest: f64,
    image_area: f64,
    /// The JPEG that is all of the page.
    pub(super) scan: Option<Arc<Vec<u8>>>,
}

impl Survey {
    /// Bytes that are held while the page is drawn, besides the page itself.
    #[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
    #[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
    pub(super) fn memory(&self, view: &View) -> u64 {
        let (across, down) = view.scale;
        let page = view.size.pixels() as f64;
        let drawn = OPERATION * self.operations as f64
            + POINT * self.points as f64
            + EDGE * self.edges * across.max(down)
            + WAITING * self.patterns * across * down;
        let images = DECODED * self.largest
            + WAITING * self.images.min(self.image_area * across * down + self.largest);
        let masks = if self.masks > 0 { MASK * page + self.masks as f64 * page } else { 0.0 };
        (FIXED + drawn + images + masks) as u64 + 2 * self.streams
    }

    /// Bytes that it took to make the survey, and those of a scan that it keeps.
    pub(super) fn planned(&self) -> u64 {
        whole(FIXED) + 3 * self.streams + self.scan.as_ref().map_or(0, |scan| scan.len() as u64)
    }

    /// Operations and points, each by its time.
    fn amount(&self) -> u64 {
        (POINTS * self.operations).saturating_add(self.points)
    }

    /// Pixels that are painted.
    pub(super) fn painted(&self, view: &View) -> f64 {
        let masks = (1 + self.masks) as f64;
        view.size.pixels() as f64 * masks + self.images + self.operations as f64
    }
}

/// Interprets a page.
pub(super) fn survey(page: &Page<'_>, limits: &Limits) -> Result<Survey> {
    let streams = streams::weigh(page, limits)?;
    // The crate ends the process where memory is missing.
    probed(whole(FIXED) + 3 * streams)?;
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, width.into(), height.into());
    let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, bounds, &cache, page.xref(), settings);
    let found = Survey { streams, ..Survey::default() };
    let mut device = Surveyor { found, bounds, limits, others: 0 };
    interpret_page(page, &mut context, &mut device);
    let Surveyor { mut found, others, .. } = device;
    found.scan = found.scan.filter(|_| others == 0);
    Ok(found)
}

/// Counts instead of drawing. The crate cannot be told to stop: at a limit it unwinds.
struct Surveyor<'a> {
    found: Survey,
    bounds: Rect,
    limits: &'a Limits,
    /// Operations that a page does not have that is only a scan.
    others: u64,
}

impl Surveyor<'_> {
    fn count(&mut self, points: u64) {
        self.found.operations += 1;
        self.found.points += points;
        self.hold(check("pdf_operations", MOST, self.found.amount()));
    }

    fn hold(&self, checked: Result<()>) {
        if let Err(error) = checked {
            resume_unwind(Box::new(error));
        }
    }

    /// Counts the edges of a path, each no longer than it can be within the page.
    fn path(&mut self, path: &BezPath, transform: Affine) {
        self.count(path.elements().len() as u64);
        let longest = self.bounds.width() + self.bounds.height();
        let mut last = None;
        for element in path.elements() {
            let end = match *element {
                PathEl::MoveTo(end) => {
                    last = Some(transform * end);
                    continue;
                }
                PathEl::LineTo(end) | PathEl::QuadTo(_, end) | PathEl::CurveTo(_, _, end) => {
                    transform * end
                }
                PathEl::ClosePath => continue,
            };
            // Curves are longer than their chords, and closing lines are not counted.
            let length = last.map_or(0.0, |last: hayro::kurbo::Point| 3.0 * last.distance(end));
            self.found.edges += if length < longest { length } else { longest };
            last = Some(end);
        }
    }

    /// The part of a rectangle that lies within the page.
    fn area(&self, bounds: Rect) -> f64 {
        let within = bounds.intersect(self.bounds);
        let area = within.width().max(0.0) * within.height().max(0.0);
        if area.is_finite() { area } else { self.bounds.area() }
    }
}

impl<'a> Surveyor<'_> {
    fn paint(&mut self, paint: &Paint<'a>, transform: Affine, bounds: Rect) {
        let Paint::Pattern(pattern) = paint else { return };
        self.found.patterns += self.area(bounds) + 1.0;
        let Pattern::Tiling(tiling) = &**pattern else { return };
        let before = self.found.amount();
        interpret_tile(tiling, self, transform);
        // Tiles that overlap are each drawn.
        let copies = |length: f64, step: f32| (length / f64::from(step.abs())).abs() + 2.0;
        let copies = copies(tiling.bbox.width(), tiling.x_step)
            * copies(tiling.bbox.height(), tiling.y_step);
        let each = (POINTS + self.found.amount() - before) as f64;
        self.found.points = self.found.points.saturating_add(whole(copies * each));
        self.hold(check("pdf_operations", MOST, self.found.amount()));
    }

    fn mask(&mut self, mask: Option<&SoftMask<'a>>) {
        let Some(mask) = mask else { return };
        self.others += 1;
        self.found.masks += 1;
        interpret_mask(mask, self);
    }
}

impl<'a> Device<'a> for Surveyor<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        self.others += 1;
        self.path(path, props.transform);
        self.mask(props.soft_mask.as_ref());
        let bounds = props.transform.transform_rect_bbox(path.bounding_box());
        self.paint(&props.paint, props.transform, bounds);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.path(&clip.path, Affine::IDENTITY);
        // A page may be clipped to itself.
        let bounds = clip.path.bounding_box().inflate(1.0, 1.0);
        let is_page = clip.path.elements().len() <= 6 && bounds.union(self.bounds) == bounds;
        self.others += u64::from(!is_page);
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        self.count(0);
        self.mask(mask.as_ref());
        self.others += u64::from(opacity < 1.0 || blend != BlendMode::default());
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        self.others += 1;
        self.mask(props.soft_mask.as_ref());
        for glyph in run.glyphs() {
            self.count(1);
            if let Glyph::Type3(drawn) = &**glyph {
                let transforms = (props.transform, glyph.transform());
                interpret_glyph(drawn, self, transforms, &props.paint);
            }
        }
        self.paint(&props.paint, props.transform, self.bounds);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.count(0);
        self.mask(props.soft_mask.as_ref());
        let (width, height) = (f64::from(image.width()), f64::from(image.height()));
        let place = props.transform.transform_rect_bbox(Rect::new(0.0, 0.0, width, height));
        let pixels = width * height;
        self.found.images += pixels;
        self.found.largest = self.found.largest.max(pixels);
        self.found.image_area += (place.area() + 1.0).min(pixels);
        self.hold(check(
            "max_total_pixels",
            self.limits.max_total_pixels,
            whole(self.found.images),
        ));
        let is_scan = fills(place, self.bounds) && is_upright(props.transform);
        match image {
            Image::Raster(image) if is_scan && self.found.scan.is_none() => {
                self.found.scan = scanned_jpeg(image.stream());
                self.others += u64::from(self.found.scan.is_none());
            }
            _ => self.others += 1,
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}

/// Tells whether a picture lies where the page does, to half a point.
fn fills(place: Rect, page: Rect) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 0.5;
    near(place.x0, page.x0)
        && near(place.y0, page.y0)
        && near(place.x1, page.x1)
        && near(place.y1, page.y1)
}

/// Tells whether a picture is neither turned nor mirrored.
fn is_upright(transform: Affine) -> bool {
    let [a, b, c, d, ..] = transform.as_coeffs();
    a > 0.0 && d > 0.0 && b.abs() < 1e-6 * a && c.abs() < 1e-6 * d
}

#[allow(clippy::cast_possible_truncation, reason = "a float cast saturates")]
#[allow(clippy::cast_sign_loss, reason = "a float cast saturates")]
fn whole(number: f64) -> u64 {
    number as u64
}
