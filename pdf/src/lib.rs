//! Pages of PDFs, interpreted and drawn by `hayro`.
//!
//! That crate is generic over its devices: a crate with a device compiles all of the interpreter for it, which takes minutes.
//! Here that happens once, for [`Device`] as a trait object, apart from the core, which changes often.

use hayro::hayro_interpret::font::{GlyphRun, Type3Glyph};
use hayro::hayro_interpret::pattern::TilingPattern;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps,
    InterpreterSettings, Paint, SoftMask,
};
use hayro::hayro_syntax::object::Dict;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::vello_cpu::{
    Pixmap, RasterizerSettings, RenderContext, RenderSettings, Resources, TargetInit,
};
use hayro::{RenderCache, RenderSettings as PageSettings};

/// Hands all calls on to a device.
struct Forward<'d, 'a>(&'d mut (dyn Device<'a> + 'd));

impl<'a> Device<'a> for Forward<'_, 'a> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.0.draw_path(path, props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.0.push_clip_path(clip);
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.0.push_clip_rect(rect);
    }

    fn push_transparency_group(
        &mut self,
        opacity: f32,
        mask: Option<SoftMask<'a>>,
        blend: BlendMode,
    ) {
        self.0.push_transparency_group(opacity, mask, blend);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.0.draw_glyph_run(run, props, mode);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.0.draw_image(image, props);
    }

    fn pop_clip(&mut self) {
        self.0.pop_clip();
    }

    fn pop_transparency_group(&mut self) {
        self.0.pop_transparency_group();
    }

    fn draw_rect(&mut self, rect: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.0.draw_rect(rect, props, mode);
    }

    fn begin_marked_content(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        self.0.begin_marked_content(tag, properties);
    }

    fn end_marked_content(&mut self) {
        self.0.end_marked_content();
    }
}

/// Interprets a page for a device.
pub fn interpret_page<'a>(page: &Page<'a>, context: &mut Context<'a>, device: &mut dyn Device<'a>) {
    hayro::hayro_interpret::interpret_page(page, context, &mut Forward(device));
}

/// Interprets the group of a mask for a device.
pub fn interpret_mask<'a>(mask: &SoftMask<'a>, device: &mut dyn Device<'a>) {
    mask.interpret(&mut Forward(device));
}

/// Interprets a tile of a pattern for a device, with the transform of the picture that it fills.
pub fn interpret_tile<'a>(
    pattern: &TilingPattern<'a>,
    device: &mut dyn Device<'a>,
    transform: Affine,
) {
    // Gives nothing for a pattern that cannot be read, which is not drawn either.
    let _: Option<()> = pattern.interpret(&mut Forward(device), transform, false);
}

/// Interprets a glyph that is drawn by operations of the file, for a device.
pub fn interpret_glyph<'a>(
    glyph: &Type3Glyph<'a>,
    device: &mut dyn Device<'a>,
    (transform, of_glyph): (Affine, Affine),
    paint: &Paint<'a>,
) {
    glyph.interpret(&mut Forward(device), transform, of_glyph, paint);
}

/// Draws a page on white, on this thread, into `width` by `height` pixels; `transform` leads to these from
/// the points of the file.
///
/// There is nothing to stop it by, and it ends the process where there is no memory.
#[must_use]
pub fn draw_page(page: &Page<'_>, transform: Affine, (width, height): (u16, u16)) -> Pixmap {
    let settings = RenderSettings { num_threads: 0, ..RenderSettings::default() };
    let mut canvas = RenderContext::new_with(width, height, settings);
    let (cache, interpreter) = (RenderCache::new(), InterpreterSettings::default());
    let settings = PageSettings::default();
    hayro::render_into(page, &cache, &interpreter, &settings, &mut canvas, transform);
    canvas.flush();
    let mut drawn = Pixmap::new(width, height);
    let white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..Default::default() };
    canvas.render_with(&mut drawn, &mut Resources::default(), white);
    drawn
}
