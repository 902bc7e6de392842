//! Interprets a page without drawing it, to find how much there is to draw.

use std::panic::resume_unwind;
use std::sync::Arc;

use hayro::hayro_interpret::font::{Glyph, GlyphRun};
use hayro::hayro_interpret::pattern::{Pattern, TilingPattern};
use hayro::hayro_interpret::util::{TransformExt, x_y_advances};
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterCache, InterpreterSettings, Paint, SoftMask, StrokeProps,
};
use hayro::hayro_syntax::object::{Dict, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, PathSeg, Rect, Shape, Size};
use makeready_pdf::{interpret_glyph, interpret_mask, interpret_page, interpret_tile};

use super::super::drawing::View;
use super::extent::{Extent, length, whole};
use super::meshes::Meshes;
use super::streams::{self, Weight, scanned_jpeg};
use crate::error::Result;
use crate::picture::reserve::probed;
use crate::recipe::job::Watch;
use crate::recipe::limits::{Limits, check};

/// Bytes that the crate takes: fonts and tables, each operation, each point of a path, each pixel along an edge.
const FIXED: f64 = (6 << 20) as f64;
const OPERATION: f64 = 1024.0;
const POINT: f64 = 256.0;
const EDGE: f64 = 32.0;

/// Points of the outline of a dash.
const DASH: f64 = 4.0;

/// Bytes of a pixel of an image as it is decoded and made smaller, and of one that waits to be painted.
const DECODED: f64 = 16.0;
const WAITING: f64 = 4.0;

/// Bytes of a pixel of a mask or a tile while it is drawn.
const DRAWN: f64 = 8.0;

/// Points and glyphs of a page; an operation takes the time of several, each takes that of several samples of a mesh.
const MOST: u64 = 5_000_000;
const POINTS: u64 = 8;
const SAMPLES: u64 = 8;

/// The largest image of a page.
#[derive(Debug, Default)]
struct Largest {
    pixels: f64,
    stretched: f64,
    drawn: Extent,
}

/// The amounts of a page, in points of its own size.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Bytes of all its streams.
    weight: Weight,
    operations: u64,
    points: u64,
    /// Lengths of edges, within the page.
    edges: f64,
    /// Patterns, within the page.
    patterns: Extent,
    /// The largest tile.
    tile: Extent,
    meshes: Meshes,
    /// Points that triangles of meshes are looked for at.
    samples: f64,
    masks: u64,
    /// Pixels of images with their masks, all that are drawn and the largest, as stretched as they are at most; and where they are drawn.
    images: f64,
    stretched: f64,
    drawn: Extent,
    largest: Largest,
    /// The JPEG that is all of the page.
    pub(super) scan: Option<Arc<Vec<u8>>>,
}

impl Survey {
    /// Bytes that are held while the page is drawn, besides the page itself.
    pub(super) fn memory(&self, view: &View) -> u64 {
        let (across, down) = view.scale;
        let page = view.size.pixels() as f64;
        let drawn = OPERATION * self.operations as f64
            + POINT * self.points as f64
            + EDGE * self.edges * across.max(down)
            + WAITING * self.patterns.pixels(across, down)
            + DRAWN * self.tile.pixels(across, down);
        // An image is made smaller along one side while it is made larger along the other.
        let uneven = (across / down).max(down / across);
        let smaller =
            |stretched: f64, drawn: &Extent| (stretched * uneven).min(drawn.pixels(across, down));
        let Largest { pixels, stretched, drawn: place } = &self.largest;
        let images = DECODED * (pixels + smaller(*stretched, place))
            + WAITING * smaller(self.stretched, &self.drawn);
        let masks = if self.masks > 0 { DRAWN * page + self.masks as f64 * page } else { 0.0 };
        whole(FIXED + drawn + images + masks)
            .saturating_add(self.meshes.memory(view.scale))
            .saturating_add(self.weight.streams.saturating_mul(2))
            .saturating_add(self.weight.parsed)
    }

    /// Bytes that it took to make the survey, and those of a scan that it keeps.
    pub(super) fn planned(&self) -> u64 {
        let scan = self.scan.as_ref().map_or(0, |scan| scan.len() as u64);
        let streams = self.weight.streams.saturating_mul(3);
        streams.saturating_add(self.weight.parsed).saturating_add(whole(FIXED) + scan)
    }

    /// Operations, points and samples of meshes, each by its time.
    fn amount(&self) -> u64 {
        let samples = whole(self.samples) / SAMPLES;
        (POINTS * self.operations).saturating_add(self.points).saturating_add(samples)
    }

    /// Pixels that are painted.
    pub(super) fn painted(&self, view: &View) -> f64 {
        let masks = (1 + self.masks) as f64;
        view.size.pixels() as f64 * masks + self.images + self.operations as f64
    }
}

/// Interprets a page.
pub(super) fn survey(page: &Page<'_>, limits: &Limits, watch: &Watch) -> Result<Survey> {
    let found = Survey { weight: streams::weigh(page, limits, watch)?, ..Survey::default() };
    // The crate ends the process where memory is missing.
    probed(found.planned())?;
    let (width, height) = page.render_dimensions();
    let bounds = Rect::new(0.0, 0.0, width.into(), height.into());
    let (cache, settings) = (InterpreterCache::new(), InterpreterSettings::default());
    let transform = page.initial_transform(true).to_kurbo();
    let mut context = Context::new(transform, bounds, &cache, page.xref(), settings);
    let mut device = Surveyor { found, bounds, limits, watch, others: 0, scale: 0.0 };
    interpret_page(page, &mut context, &mut device);
    let Surveyor { mut found, others, .. } = device;
    found.scan = found.scan.filter(|_| others == 0);
    Ok(found)
}

/// Counts instead of drawing. The crate cannot be told to stop: at a limit, or when nobody waits any more, it unwinds.
struct Surveyor<'a> {
    found: Survey,
    bounds: Rect,
    limits: &'a Limits,
    watch: &'a Watch,
    /// Operations that a page does not have that is only a scan.
    others: u64,
    /// Pixels that a point has in the tile around besides those of the page.
    scale: f64,
}

impl Surveyor<'_> {
    fn count(&mut self, points: u64) {
        self.found.operations += 1;
        self.found.points += points;
        self.hold(self.watch.check());
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
        // A curve crosses the page three times each way at most.
        let longest = 3.0 * (self.bounds.width() + self.bounds.height());
        let lengths = path.segments().map(|segment| outline(transform * segment).min(longest));
        self.found.edges += lengths.sum::<f64>();
    }

    /// Counts the dashes of a path, on the page and beside it.
    fn dashes(&mut self, path: &BezPath, stroke: &StrokeProps) {
        let dashes = &stroke.dash_array;
        if dashes.is_empty() {
            return;
        }
        let period: f64 = dashes.iter().map(|dash| length((*dash).into())).sum();
        let along: f64 = path.segments().map(outline).sum();
        let count = along / period * dashes.len() as f64;
        let count =
            if dashes.iter().all(|dash| *dash > 0.0) { length(count) } else { f64::INFINITY };
        self.found.points = self.found.points.saturating_add(whole(DASH * count));
        self.hold(check("pdf_operations", MOST, self.found.amount()));
    }

    /// The part of a rectangle that lies within the page.
    fn within(&self, bounds: Rect) -> Size {
        let within = bounds.intersect(self.bounds).size().max(Size::ZERO);
        if within.is_finite() { within } else { self.bounds.size() }
    }
}

impl<'a> Surveyor<'_> {
    fn paint(&mut self, paint: &Paint<'a>, transform: Affine, bounds: Rect) {
        let Paint::Pattern(pattern) = paint else { return };
        let within = self.within(bounds);
        self.found.patterns.add(within);
        let tiling = match &**pattern {
            Pattern::Shading(shading) => {
                self.found.samples += self.found.meshes.add(shading, self.scale);
                return self.hold(check("pdf_operations", MOST, self.found.amount()));
            }
            Pattern::Tiling(tiling) => tiling,
        };
        self.tile(tiling, within);
        let before = self.found.amount();
        let around = self.scale;
        self.scale = around.max(tile_scale(tiling));
        interpret_tile(tiling, self, transform);
        self.scale = around;
        // Tiles that overlap are each drawn.
        let copies = |length: f64, step: f32| (length / f64::from(step.abs())).abs() + 2.0;
        let copies = copies(tiling.bbox.width(), tiling.x_step)
            * copies(tiling.bbox.height(), tiling.y_step);
        let each = (POINTS + self.found.amount() - before) as f64;
        self.found.points = self.found.points.saturating_add(whole(copies * each));
        self.hold(check("pdf_operations", MOST, self.found.amount()));
    }

    /// Counts the pixels that are drawn of a tile: no more than one, and no more than lie before the page.
    fn tile(&mut self, tiling: &TilingPattern<'a>, within: Size) {
        let (across, down) = x_y_advances(&tiling.matrix);
        let before = tiling.matrix.inverse().transform_rect_bbox(within.to_rect());
        let side = |step: f32, before: f64, advance: f64| {
            length(f64::from(step).abs().min(length(before)) * advance)
        };
        let width = side(tiling.x_step, before.width(), across.length());
        let height = side(tiling.y_step, before.height(), down.length());
        self.found.patterns.add(Size::new(width, height));
        self.found.tile.grow_to(Size::new(width, height));
    }

    fn mask(&mut self, mask: Option<&SoftMask<'a>>) {
        let Some(mask) = mask else { return };
        self.others += 1;
        self.found.masks += 1;
        interpret_mask(mask, self);
    }
}

impl<'a> Device<'a> for Surveyor<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.others += 1;
        self.path(path, props.transform);
        self.mask(props.soft_mask.as_ref());
        let mut bounds = path.bounding_box();
        if let DrawMode::Stroke(stroke) | DrawMode::FillAndStroke(_, stroke) = mode {
            self.dashes(path, stroke);
            bounds = bounds.inflate(stroke.line_width.into(), stroke.line_width.into());
        }
        let bounds = props.transform.transform_rect_bbox(bounds);
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
        let size = Size::new(image.width().into(), image.height().into());
        let place = props.transform.transform_rect_bbox(size.to_rect());
        let (across, down) = x_y_advances(&props.transform);
        let (across, down) = (length(across.length()), length(down.length()));
        let masks = match &image {
            Image::Raster(image) => masks(image.stream().dict()),
            Image::Stencil(_) => 0.0,
        };
        let pixels = size.area() + masks;
        let stretched = pixels * (across / down).max(down / across).max(1.0);
        let drawn = Size::new(size.width * across, size.height * down);
        let found = &mut self.found;
        found.images += pixels;
        found.stretched += length(stretched);
        found.drawn.add(drawn);
        found.largest.pixels = found.largest.pixels.max(pixels);
        found.largest.stretched = found.largest.stretched.max(length(stretched));
        found.largest.drawn.grow_to(drawn);
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

/// Pixels of the masks of an image.
fn masks(dict: &Dict<'_>) -> f64 {
    let pixels = |name: &[u8]| {
        let dict = dict.get::<Stream<'_>>(name)?.dict().clone();
        let side = |name: &[u8]| dict.get::<u32>(name).map(f64::from);
        Some(side(b"Width")? * side(b"Height")?)
    };
    [b"SMask" as &[u8], b"Mask"].into_iter().filter_map(pixels).sum()
}

/// The length of a line, or of the outline that a curve lies within.
fn outline(segment: PathSeg) -> f64 {
    length(match segment {
        PathSeg::Line(line) => line.p0.distance(line.p1),
        PathSeg::Quad(curve) => curve.p0.distance(curve.p1) + curve.p1.distance(curve.p2),
        PathSeg::Cubic(curve) => {
            curve.p0.distance(curve.p1) + curve.p1.distance(curve.p2) + curve.p2.distance(curve.p3)
        }
    })
}

/// Pixels for a point in a tile besides those of the page: it is a whole number of them wide and high, and not none.
fn tile_scale(tiling: &TilingPattern<'_>) -> f64 {
    let (across, down) = x_y_advances(&tiling.matrix);
    let pixel = |step: f32, advance: f64| length(1.0 / (f64::from(step) * advance));
    pixel(tiling.x_step, across.length()).max(pixel(tiling.y_step, down.length()))
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
