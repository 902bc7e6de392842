//! Jobs of operations on pixels.

use makeready::{
    Colour, Edges, Image, Kernel, Layout, Modulate, Pipeline, Png, Quarter, Rect, Resize, Result,
    Sharpen, Size, Source, Stitch,
};

use super::{Jobs, Pictures, encoded, in_layout};

/// All operations, on pixels.
pub(super) fn operations(jobs: &mut Jobs, pictures: &Pictures) -> Result<()> {
    for layout in [Layout::Gray, Layout::Rgb, Layout::GrayA, Layout::Rgba] {
        for image in [&pictures.large, &pictures.middle] {
            let source = Source::from(in_layout(image, layout)?);
            let open = || Pipeline::open(source.clone());
            let Size { width, height } = image.size();
            let mut job =
                |name: &str, job: Pipeline| jobs.pixels(format!("{name} {layout} {width}"), job);
            job("pixels", open());
            job("crop", open().crop(Rect::new(width / 4, 3, width / 2, height / 2)));
            job("negate", open().negate(true));
            job("flop", open().flop());
            job("turn", open().rotate(Quarter::One));
            let edges = Edges { top: 10, right: 20, bottom: 30, left: 40 };
            job("extend", open().extend(edges, Colour::WHITE));
            job("flatten", open().flatten(Colour::WHITE));
            job("modulate", open().modulate(Modulate::new().hue(30.0)));
            job("blur", open().blur(2.0));
            job("wide blur", open().blur(20.0));
            job("sharpen", open().sharpen(Sharpen::new()));
            job("median", open().median(3));
            job("wide median", open().median(9));
            job("convolve", open().convolve([[1.0; 5]; 5]));
            job("stitch", Pipeline::stitch(Stitch::across(2), [source.clone(), source.clone()]));
            let clear = Stitch::across(1).background(Colour::rgba(0, 0, 0, 0));
            job("stitch on clear", Pipeline::stitch(clear, [source.clone(), source.clone()]));
            let canvas = Stitch::canvas(width, height).at([(0, 0), (0, 0)]);
            job("over", Pipeline::stitch(canvas, [source.clone(), source.clone()]));
            for (kernel, percent) in [
                (Kernel::Nearest, 70),
                (Kernel::Linear, 60),
                (Kernel::Cubic, 45),
                (Kernel::Lanczos3, 80),
                (Kernel::Lanczos3, 30),
                (Kernel::Lanczos3, 10),
                (Kernel::Mitchell, 130),
                (Kernel::Lanczos3, 180),
            ] {
                let to = Resize::fill(width * percent / 100, height * percent / 100).kernel(kernel);
                job(&format!("{} to {percent} %", kernel.name()), open().resize(to));
                job(
                    &format!("{} to {percent} %, linear", kernel.name()),
                    open().resize(to.linear(true)),
                );
            }
            job("wider", open().resize(Resize::fill(width * 2, height)));
            job("higher", open().resize(Resize::fill(width, height * 2)));
            job("narrow", open().resize(Resize::fill(width / 5, height)));
            job("flat", open().resize(Resize::fill(width, height / 5)));
        }
    }
    let tiny = Image::new(Size::new(8, 8), Layout::Rgb, vec![128; 192])?;
    let png = Source::from(encoded(&tiny, Png::default())?);
    jobs.file("tiny", Pipeline::open(png.clone()).resize((4, 4)).encode(Png::default()));
    let many = || Pipeline::stitch(Stitch::across(4), (0..16).map(|_| Source::from(tiny.clone())));
    jobs.pixels("many", many());
    jobs.pixels(
        "many, by an operation each",
        many().resize((16, 16)).flip().crop(Rect::new(1, 1, 9, 9)),
    );
    jobs.pixels(
        "bands",
        Pipeline::open(in_layout(&pictures.middle, Layout::Gray)?).flop().with_band_rows(1),
    );
    Ok(())
}
