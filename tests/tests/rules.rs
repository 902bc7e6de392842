//! Plans as text: for every rule, where it pushes and where it must not.

use makeready::{
    Colour, Edges, Encode, Fit, Jpeg, Kernel, Layout, OnError, Open, Optimizations, Pipeline, Png,
    Position, Quarter, Rect, Resize, Shrink, Size, Stitch, Subsampling, WebP, explain_all,
};
use makeready_tests::{image, path};

/// A JPEG of one grey of this size, as cheap to keep as its header.
fn jpeg(width: u32, height: u32) -> Vec<u8> {
    file(width, height, Jpeg::default())
}

fn png(width: u32, height: u32) -> Vec<u8> {
    file(width, height, Png::default())
}

fn file(width: u32, height: u32, encode: impl Into<Encode>) -> Vec<u8> {
    let size = Size::new(width, height);
    let samples = vec![100; usize::try_from(size.pixels() * 3).expect("a small picture")];
    let image = makeready::Image::new(size, Layout::Rgb, samples).expect("pixels");
    Pipeline::open(image).encode(encode).run().expect("a file").data
}

/// The plan as it will run with these rules alone, and the line of rules that applied.
fn plan(rules: &[&str], pipelines: &[Pipeline]) -> String {
    let chosen = rules
        .iter()
        .fold(Optimizations::none(), |chosen, rule| chosen.with(rule, true).expect("a rule"));
    let mut pipelines = pipelines.to_vec();
    pipelines[0] = pipelines[0].clone().optimizations(chosen);
    let text = explain_all(&pipelines).expect("a plan");
    let text = text.split("plan as it will run\n").nth(1).expect("a plan");
    text.split("peak memory").next().unwrap_or_default().to_owned()
}

/// Name, rules that are on, pipelines. The plans that must come of them stand in `plans.txt`.
fn cases() -> Vec<(&'static str, &'static [&'static str], Vec<Pipeline>)> {
    let quad = || Pipeline::stitch(Stitch::across(2), vec![jpeg(160, 120); 4]);
    vec![
        (
            "operations that change nothing are dropped",
            &["drop_noops"],
            vec![
                Pipeline::open(jpeg(40, 30))
                    .crop(Rect::new(0, 0, 40, 30))
                    .resize((40, 30))
                    .flatten(Colour::WHITE)
                    .extend(Edges::default(), Colour::WHITE)
                    .encode(Jpeg::quality(50)),
            ],
        ),
        (
            "a scaled decode of the right size leaves nothing to resize",
            &["drop_noops", "push_resize_into_decode"],
            vec![Pipeline::open(jpeg(160, 120)).resize((80, 60)).shrink(Shrink::Fast)],
        ),
        (
            "operations that change something stay",
            &["drop_noops"],
            vec![
                Pipeline::open(jpeg(40, 30))
                    .crop(Rect::new(1, 0, 39, 30))
                    .rotate(Quarter::Two)
                    .encode(Jpeg::quality(50)),
            ],
        ),
        (
            "a stitch of one input that covers it is dropped",
            &["drop_noops"],
            vec![Pipeline::stitch(Stitch::across(1), [jpeg(40, 30)]).encode(Jpeg::quality(50))],
        ),
        (
            "a stitch with room around its input stays",
            &["drop_noops"],
            vec![
                Pipeline::stitch(Stitch::canvas(41, 30).at([(0, 0)]), [jpeg(40, 30)])
                    .encode(Jpeg::quality(50)),
            ],
        ),
        (
            "a crop of a crop is one crop",
            &["merge_crops"],
            vec![
                Pipeline::open(png(40, 30))
                    .crop(Rect::new(5, 6, 20, 20))
                    .crop(Rect::new(1, 2, 5, 5)),
            ],
        ),
        (
            "crops on both sides of a turn stay two",
            &["merge_crops"],
            vec![
                Pipeline::open(png(40, 30))
                    .crop(Rect::new(5, 6, 20, 20))
                    .flip()
                    .crop(Rect::new(1, 2, 5, 5)),
            ],
        ),
        (
            "turns are one turn",
            &["fold_orientation"],
            vec![Pipeline::open(png(40, 30)).rotate(Quarter::One).flip().flop()],
        ),
        (
            "turns that undo one another are none",
            &["fold_orientation", "drop_noops"],
            vec![Pipeline::open(jpeg(40, 30)).flip().flip().encode(Jpeg::quality(50))],
        ),
        (
            "turns on both sides of a crop stay two",
            &["fold_orientation"],
            vec![
                Pipeline::open(png(40, 30)).rotate(Quarter::One).crop(Rect::new(0, 0, 9, 9)).flop(),
            ],
        ),
        (
            "a crop becomes the window of a resize",
            &["push_crop_into_resize"],
            vec![Pipeline::open(png(100, 80)).resize((25, 20)).crop(Rect::new(5, 0, 20, 20))],
        ),
        (
            "a crop above a turn is no window",
            &["push_crop_into_resize"],
            vec![
                Pipeline::open(png(100, 80)).resize((25, 20)).flip().crop(Rect::new(5, 0, 20, 20)),
            ],
        ),
        (
            "a crop of a stitch crops its tiles and drops the others",
            &["push_crop_through_stitch"],
            vec![quad().crop(Rect::new(150, 10, 100, 60)).encode(Jpeg::default())],
        ),
        (
            "a crop to the gray tile of a coloured page keeps colour",
            &["push_crop_through_stitch"],
            vec![
                Pipeline::stitch(Stitch::across(2), [gray_png(), png(16, 12)])
                    .crop(Rect::new(0, 0, 8, 8)),
            ],
        ),
        (
            "a crop goes below a turn",
            &["push_crop_down"],
            vec![Pipeline::open(png(8, 10)).rotate(Quarter::One).crop(Rect::new(0, 0, 3, 2))],
        ),
        (
            "a crop goes below edges",
            &["push_crop_down"],
            vec![
                Pipeline::open(png(8, 10))
                    .extend(Edges::all(4), Colour::WHITE)
                    .crop(Rect::new(2, 4, 8, 4)),
            ],
        ),
        (
            "a crop of edges alone stays",
            &["push_crop_down"],
            vec![
                Pipeline::open(png(8, 10))
                    .extend(Edges::all(4), Colour::WHITE)
                    .crop(Rect::new(0, 0, 3, 3)),
            ],
        ),
        (
            "a shrink goes below a turn",
            &["orient_after_resize"],
            vec![
                Pipeline::open(jpeg(400, 300))
                    .rotate(Quarter::One)
                    .resize(Resize::width(150))
                    .encode(Png::default()),
            ],
        ),
        (
            "an enlargement stays above a turn",
            &["orient_after_resize"],
            vec![Pipeline::open(png(40, 30)).rotate(Quarter::One).resize(Resize::width(150))],
        ),
        (
            "a crop becomes the region of a decode",
            &["push_crop_into_decode"],
            vec![Pipeline::open(jpeg(400, 300)).crop(Rect::new(101, 55, 60, 40))],
        ),
        (
            "a decoder without regions keeps its crop",
            &["push_crop_into_decode"],
            vec![Pipeline::open(png(40, 30)).crop(Rect::new(10, 5, 6, 4))],
        ),
        (
            "a decode at 1/4 leaves a fractional box",
            &["push_resize_into_decode"],
            vec![Pipeline::open(jpeg(2725, 2225)).resize(Resize::width(320))],
        ),
        (
            "a shrink goes through a stitch into each tile",
            &["push_resize_into_decode"],
            vec![quad().resize((60, 45))],
        ),
        (
            "a seam that would split a pixel keeps full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(Stitch::across(2), [jpeg(161, 120), jpeg(159, 120)])
                    .resize((60, 23)),
            ],
        ),
        (
            "linear light keeps full size",
            &["push_resize_into_decode"],
            vec![Pipeline::open(jpeg(400, 300)).resize(Resize::width(40).linear(true))],
        ),
        (
            "the nearest kernel keeps full size",
            &["push_resize_into_decode"],
            vec![Pipeline::open(jpeg(400, 300)).resize(Resize::width(40).kernel(Kernel::Nearest))],
        ),
        (
            "a tile that cannot scale keeps all in full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(Stitch::across(2), [jpeg(160, 120), png(160, 120)])
                    .resize((60, 23)),
            ],
        ),
        (
            "too little would be left to the resampler",
            &["push_resize_into_decode"],
            vec![Pipeline::open(jpeg(400, 300)).resize(Resize::width(101))],
        ),
        (
            "shrink off keeps full size",
            &["push_resize_into_decode"],
            vec![Pipeline::open(jpeg(400, 300)).resize(Resize::width(40)).shrink(Shrink::Off)],
        ),
        (
            "shrink fast leaves less to the resampler",
            &["push_resize_into_decode"],
            vec![Pipeline::open(jpeg(400, 300)).resize(Resize::width(101)).shrink(Shrink::Fast)],
        ),
        (
            "a resize of a tile is a barrier",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(
                    Stitch::across(2),
                    [Pipeline::open(jpeg(160, 120)).resize((80, 60)), Pipeline::open(jpeg(80, 60))],
                )
                .resize((20, 8)),
            ],
        ),
        (
            "a gap that would split a pixel keeps full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(Stitch::across(2).gap(3), vec![jpeg(160, 120); 2])
                    .resize(Resize::width(40)),
            ],
        ),
        (
            "a turned tile scales too",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(
                    Stitch::across(2),
                    [
                        Pipeline::open(jpeg(160, 120)).rotate(Quarter::One),
                        Pipeline::open(jpeg(120, 160)),
                    ],
                )
                .resize(Resize::width(40)),
            ],
        ),
        (
            "a window crops its source",
            &["crop_to_window"],
            vec![
                Pipeline::open(png(100, 100))
                    .resize(Resize::cover(10, 2).position(Position::North)),
            ],
        ),
        (
            "a resize without a window keeps its source",
            &["crop_to_window"],
            vec![Pipeline::open(png(100, 100)).resize(Resize::fill(10, 2))],
        ),
        (
            "a cover decodes a region at 1/4",
            &["crop_to_window", "push_resize_into_decode", "push_crop_into_decode"],
            vec![Pipeline::open(jpeg(1600, 400)).resize(Resize::cover(50, 50))],
        ),
        (
            "nothing to do copies the file",
            &["passthrough", "drop_noops"],
            vec![Pipeline::open(png(40, 30)).resize(Resize::inside(40, 40))],
        ),
        (
            "options of the encode are obeyed",
            &["passthrough"],
            vec![Pipeline::open(jpeg(40, 30)).encode(Jpeg::quality(70))],
        ),
        (
            "another format is encoded",
            &["passthrough"],
            vec![Pipeline::open(jpeg(40, 30)).encode(Png::default())],
        ),
        (
            "a page is stitched once for two outputs",
            &["share_subplans"],
            vec![
                quad().encode(Jpeg::quality(90)),
                quad().resize((32, 24)).encode(Jpeg::quality(80)),
            ],
        ),
        (
            "equal tiles of one page stay two decodes",
            &["share_subplans"],
            vec![
                Pipeline::stitch(Stitch::across(2), vec![png(8, 8); 2]),
                Pipeline::open(png(8, 8)).resize(Resize::width(4).fit(Fit::Inside)),
            ],
        ),
        (
            "planes go through a stitch, a crop and a resize",
            &["keep_ycbcr"],
            vec![quad().crop(Rect::new(2, 4, 300, 200)).resize((60, 40)).encode(Jpeg::quality(70))],
        ),
        (
            "planes go to two outputs",
            &["keep_ycbcr", "share_subplans"],
            vec![
                quad().encode(Jpeg::quality(70)),
                quad().resize((64, 48)).encode(Jpeg::quality(60)),
            ],
        ),
        (
            "planes are decoded at a scale",
            &["keep_ycbcr", "push_resize_into_decode"],
            vec![Pipeline::open(jpeg(160, 120)).resize((40, 30)).encode(Jpeg::quality(70))],
        ),
        (
            "an odd crop would split a chroma sample",
            &["keep_ycbcr"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .crop(Rect::new(1, 4, 30, 20))
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "an odd seam would split a chroma sample",
            &["keep_ycbcr"],
            vec![
                Pipeline::stitch(Stitch::across(2), [jpeg(15, 8), jpeg(16, 8)])
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "another subsampling goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .encode(Jpeg::quality(70).subsampling(Subsampling::S444)),
            ],
        ),
        (
            "files of two subsamplings go through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::stitch(
                    Stitch::across(2),
                    [jpeg(16, 8), file(16, 8, Jpeg::default().subsampling(Subsampling::S422))],
                )
                .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "edges go through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .extend(Edges::all(2), Colour::WHITE)
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "linear light goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .resize(Resize::width(80).linear(true))
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "webp takes no planes",
            &["keep_ycbcr"],
            vec![Pipeline::open(jpeg(160, 120)).encode(WebP::quality(70))],
        ),
        (
            "png takes no planes",
            &["keep_ycbcr"],
            vec![Pipeline::open(jpeg(160, 120)).encode(Png::default())],
        ),
        (
            "an output that takes no planes holds back the others",
            &["keep_ycbcr", "share_subplans"],
            vec![quad().encode(Jpeg::quality(70)), quad().resize((64, 48)).encode(Png::default())],
        ),
        (
            "planes become rgb behind the last resize of a scaled picture",
            &["keep_ycbcr", "push_resize_into_decode"],
            vec![
                quad()
                    .resize((40, 30))
                    .extend(Edges::all(2), Colour::WHITE)
                    .encode(WebP::quality(70)),
            ],
        ),
        (
            "a picture in full is resized in rgb for an output that takes no planes",
            &["keep_ycbcr"],
            vec![Pipeline::open(jpeg(160, 120)).resize((40, 30)).encode(WebP::quality(70))],
        ),
        (
            "chroma that a resize would make larger goes through rgb",
            &["keep_ycbcr", "push_resize_into_decode"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .resize((50, 37))
                    .shrink(Shrink::Fast)
                    .encode(WebP::quality(70)),
            ],
        ),
        (
            "outputs of one resize get rgb from it together",
            &["keep_ycbcr", "push_resize_into_decode", "share_subplans"],
            vec![
                quad().resize((40, 30)).encode(Jpeg::quality(70)),
                quad().resize((40, 30)).encode(WebP::quality(70)),
            ],
        ),
        (
            "outputs of one scaled decode get planes or rgb each as it takes them",
            &["keep_ycbcr", "push_resize_into_decode", "share_subplans"],
            vec![
                quad().resize((40, 30)).encode(Jpeg::quality(70)),
                quad().resize((36, 27)).encode(WebP::quality(70)),
            ],
        ),
        (
            "a crop of the gap alone stays",
            &["push_crop_through_stitch"],
            vec![
                Pipeline::stitch(Stitch::across(2).gap(9), vec![png(16, 12); 2])
                    .crop(Rect::new(18, 0, 4, 4)),
            ],
        ),
        (
            "a page for print keeps its tiles in full for the preview",
            &["push_resize_into_decode", "share_subplans"],
            vec![
                quad().encode(Jpeg::quality(90)),
                quad().resize((32, 24)).encode(Jpeg::quality(80)),
            ],
        ),
        (
            "pipelines of different files share nothing",
            &["share_subplans"],
            vec![Pipeline::open(png(8, 8)).flip(), Pipeline::open(png(8, 9)).flip()],
        ),
        (
            "equal tiles of a page alone stay two decodes",
            &["share_subplans"],
            vec![Pipeline::stitch(Stitch::across(2), vec![png(8, 8); 2])],
        ),
        (
            "a decode in full and one of a damaged file stay two",
            &["share_subplans"],
            vec![
                Pipeline::open(png(8, 8)).flip(),
                Pipeline::open_with(png(8, 8), recover()).flop(),
            ],
        ),
        (
            "a decode as the camera held it and an upright one stay two",
            &["share_subplans"],
            vec![
                Pipeline::open(png(8, 8)).flip(),
                Pipeline::open_with(png(8, 8), Open::default().auto_orient(false)).flop(),
            ],
        ),
        (
            "a turn stays, and so does a crop",
            &["drop_noops"],
            vec![
                Pipeline::open(png(40, 40)).rotate(Quarter::One),
                Pipeline::open(png(40, 40)).crop(Rect::new(0, 0, 40, 39)),
            ],
        ),
        (
            "an alpha that shows stays flattened",
            &["drop_noops"],
            vec![Pipeline::open(clear_png()).flatten(Colour::WHITE)],
        ),
        (
            "a crop of a crop that another output has is one crop",
            &["merge_crops", "share_subplans"],
            vec![
                Pipeline::open(png(40, 30)).crop(Rect::new(5, 6, 20, 20)).encode(Jpeg::quality(50)),
                Pipeline::open(png(40, 30))
                    .crop(Rect::new(5, 6, 20, 20))
                    .crop(Rect::new(1, 2, 5, 5)),
            ],
        ),
        (
            "crops on both sides of edges stay two",
            &["merge_crops"],
            vec![
                Pipeline::open(png(40, 30))
                    .crop(Rect::new(5, 6, 20, 20))
                    .extend(Edges::all(4), Colour::WHITE)
                    .crop(Rect::new(1, 2, 5, 5)),
            ],
        ),
        (
            "turns on both sides of a stitch stay two",
            &["fold_orientation"],
            vec![
                Pipeline::stitch(
                    Stitch::across(1).gap(1),
                    vec![Pipeline::open(png(8, 6)).flip(); 2],
                )
                .flop(),
            ],
        ),
        (
            "turns on both sides of a resize stay two",
            &["fold_orientation"],
            vec![Pipeline::open(png(40, 30)).flip().resize((20, 15)).flop()],
        ),
        (
            "a turn of a turn that another output has is one turn",
            &["fold_orientation", "share_subplans"],
            vec![
                Pipeline::open(png(40, 30)).rotate(Quarter::One).encode(Jpeg::quality(50)),
                Pipeline::open(png(40, 30)).rotate(Quarter::One).flip(),
            ],
        ),
        (
            "a resize that two outputs use is done once",
            &["push_crop_into_resize", "share_subplans"],
            vec![
                Pipeline::open(png(100, 80)).resize((25, 20)).encode(Jpeg::quality(50)),
                Pipeline::open(png(100, 80)).resize((25, 20)).crop(Rect::new(5, 0, 20, 20)),
            ],
        ),
        (
            "a stitch that two outputs use is not cropped",
            &["push_crop_through_stitch", "share_subplans"],
            vec![
                quad().encode(Jpeg::default()),
                quad().crop(Rect::new(0, 0, 60, 60)).encode(Jpeg::default()),
            ],
        ),
        (
            "a crop above a resize stays above it",
            &["push_crop_down"],
            vec![Pipeline::open(png(8, 10)).resize((4, 5)).crop(Rect::new(0, 0, 3, 2))],
        ),
        (
            "a turn that two outputs use is not cropped",
            &["push_crop_down", "share_subplans"],
            vec![
                Pipeline::open(png(8, 10)).flip().encode(Jpeg::default()),
                Pipeline::open(png(8, 10)).flip().crop(Rect::new(0, 0, 3, 2)),
            ],
        ),
        (
            "a resize that makes one side larger stays above a turn",
            &["orient_after_resize"],
            vec![
                Pipeline::open(png(40, 30)).rotate(Quarter::One).resize(Resize::fill(10, 41)),
                Pipeline::open(png(40, 30)).rotate(Quarter::One).resize(Resize::fill(31, 10)),
            ],
        ),
        (
            "a turn that two outputs use stays below a resize",
            &["orient_after_resize", "share_subplans"],
            vec![
                Pipeline::open(png(40, 30)).rotate(Quarter::One).encode(Jpeg::default()),
                Pipeline::open(png(40, 30)).rotate(Quarter::One).resize((15, 20)),
            ],
        ),
        (
            "a damaged webp keeps its crop",
            &["push_crop_into_decode"],
            vec![
                Pipeline::open_with(file(40, 30, WebP::quality(80)), recover())
                    .crop(Rect::new(10, 5, 6, 4)),
            ],
        ),
        (
            "a crop becomes the region of a decode of a webp",
            &["push_crop_into_decode"],
            vec![Pipeline::open(file(40, 30, WebP::quality(80))).crop(Rect::new(10, 5, 6, 4))],
        ),
        (
            "a damaged jpeg decodes a region all the same",
            &["push_crop_into_decode"],
            vec![Pipeline::open_with(jpeg(400, 300), recover()).crop(Rect::new(101, 55, 60, 40))],
        ),
        (
            "a decode that two outputs use is not cropped",
            &["push_crop_into_decode", "share_subplans"],
            vec![
                Pipeline::open(jpeg(400, 300)).encode(Png::default()),
                Pipeline::open(jpeg(400, 300)).crop(Rect::new(101, 55, 60, 40)),
            ],
        ),
        (
            "edges that would split a pixel keep full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .extend(Edges { top: 3, right: 3, bottom: 3, left: 3 }, Colour::WHITE)
                    .resize(Resize::width(40)),
            ],
        ),
        (
            "edges that split no pixel scale",
            &["push_resize_into_decode"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .extend(Edges { top: 4, right: 8, bottom: 8, left: 4 }, Colour::WHITE)
                    .resize(Resize::width(20)),
            ],
        ),
        (
            "a canvas that ends within a pixel keeps full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(Stitch::canvas(321, 240).at([(0, 0)]), [jpeg(160, 120)])
                    .resize(Resize::width(40)),
            ],
        ),
        (
            "a tile that begins within a pixel keeps full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(Stitch::canvas(320, 240).at([(0, 1)]), [jpeg(160, 120)])
                    .resize(Resize::width(40)),
            ],
        ),
        (
            "a tile of which a part was cropped within a pixel keeps full size",
            &["push_resize_into_decode"],
            vec![
                Pipeline::stitch(
                    Stitch::across(2),
                    [
                        Pipeline::open(jpeg(161, 120)).crop(Rect::new(1, 0, 160, 120)),
                        Pipeline::open(jpeg(160, 120)),
                    ],
                )
                .resize(Resize::width(40)),
            ],
        ),
        (
            "a resize by rule and one by the nearest kernel keep their page in full",
            &["push_resize_into_decode", "share_subplans"],
            vec![
                quad().resize((32, 24)),
                quad().resize(Resize::fill(32, 24).kernel(Kernel::Nearest)),
            ],
        ),
        (
            "a source that two outputs use is not cut to a window",
            &["crop_to_window", "share_subplans"],
            vec![
                Pipeline::open(png(100, 100)).encode(Jpeg::default()),
                Pipeline::open(png(100, 100))
                    .resize(Resize::cover(10, 2).position(Position::North)),
            ],
        ),
        (
            "a window whose pixels need all of the source cuts nothing",
            &["crop_to_window", "push_crop_into_resize"],
            vec![Pipeline::open(png(10, 10)).resize((8, 8)).crop(Rect::new(1, 1, 6, 6))],
        ),
        (
            "a tile that ends within a column of chroma goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::stitch(Stitch::canvas(40, 20).at([(0, 0)]), [jpeg(17, 16)])
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "a tile that ends within a row of chroma goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::stitch(Stitch::canvas(40, 20).at([(0, 0)]), [jpeg(16, 15)])
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "a tile that ends within chroma but with the canvas keeps its planes",
            &["keep_ycbcr"],
            vec![
                Pipeline::stitch(Stitch::canvas(33, 15).at([(16, 0)]), [jpeg(17, 15)])
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "chroma of half the width is not turned by a quarter",
            &["keep_ycbcr"],
            vec![Pipeline::open(s422(160, 120)).rotate(Quarter::One).encode(wide_chroma())],
        ),
        (
            "chroma of half the width is turned by a half",
            &["keep_ycbcr"],
            vec![Pipeline::open(s422(160, 120)).rotate(Quarter::Two).encode(wide_chroma())],
        ),
        (
            "a turn of an odd side goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::open(jpeg(161, 120)).flop().encode(Jpeg::quality(70)),
                Pipeline::open(jpeg(160, 121)).flip().encode(Jpeg::quality(70)),
            ],
        ),
        (
            "a window within a chroma sample goes through rgb",
            &["keep_ycbcr", "push_crop_into_resize"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .resize((80, 60))
                    .crop(Rect::new(3, 2, 40, 40))
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "the nearest kernel goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::open(jpeg(160, 120))
                    .resize(Resize::width(80).kernel(Kernel::Nearest))
                    .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "a tile with alpha goes through rgb",
            &["keep_ycbcr"],
            vec![
                Pipeline::stitch(
                    Stitch::canvas(16, 12).at([(0, 0), (0, 0)]),
                    [jpeg(16, 12), clear_png()],
                )
                .encode(Jpeg::quality(70)),
            ],
        ),
        (
            "a file with metadata is not copied",
            &["passthrough"],
            vec![Pipeline::open(image("with-profile.jpg"))],
        ),
        (
            "a cut file is not copied",
            &["passthrough"],
            vec![Pipeline::open(without_end(jpeg(40, 30)))],
        ),
        (
            "a file that may be damaged is not copied",
            &["passthrough"],
            vec![Pipeline::open_with(jpeg(40, 30), recover())],
        ),
        (
            "two previews agree on a scale",
            &["push_resize_into_decode", "share_subplans"],
            vec![quad().resize((32, 24)), quad().resize((64, 48))],
        ),
    ]
}

/// What docs/pushdown.md says that a rule must not, and the cases that hold it to that.
const MUST_NOT: [(&str, &str, &[&str]); 18] = [
    (
        "merge equal parts of one pipeline",
        "share_subplans",
        &["equal tiles of a page alone stay two decodes"],
    ),
    (
        "leave a stitch without inputs",
        "push_crop_through_stitch",
        &["a crop of the gap alone stays"],
    ),
    (
        "go below an enlargement",
        "orient_after_resize",
        &[
            "an enlargement stays above a turn",
            "a resize that makes one side larger stays above a turn",
        ],
    ),
    (
        "ask it of a decoder that cannot give the same samples",
        "push_crop_into_decode",
        &["a decoder without regions keeps its crop", "a damaged webp keeps its crop"],
    ),
    ("a file with metadata", "passthrough", &["a file with metadata is not copied"]),
    ("a cut file", "passthrough", &["a cut file is not copied"]),
    ("explicit encode options", "passthrough", &["options of the encode are obeyed"]),
    (
        "With `on_error=\"recover\"` nothing is passed on",
        "passthrough",
        &["a file that may be damaged is not copied"],
    ),
    (
        "only what all of them allow is pushed",
        "push_resize_into_decode",
        &[
            "a page for print keeps its tiles in full for the preview",
            "a resize by rule and one by the nearest kernel keep their page in full",
        ],
    ),
    (
        "every edge of every tile, gap and border falls on a whole scaled pixel",
        "push_resize_into_decode",
        &[
            "a seam that would split a pixel keeps full size",
            "a gap that would split a pixel keeps full size",
            "edges that would split a pixel keep full size",
            "a canvas that ends within a pixel keeps full size",
            "a tile that begins within a pixel keeps full size",
            "a tile of which a part was cropped within a pixel keeps full size",
        ],
    ),
    ("linear light (decoders scale", "push_resize_into_decode", &["linear light keeps full size"]),
    (
        "the nearest kernel (it promises",
        "push_resize_into_decode",
        &["the nearest kernel keeps full size"],
    ),
    ("a resize of a tile", "push_resize_into_decode", &["a resize of a tile is a barrier"]),
    (
        "a decoder that cannot.",
        "push_resize_into_decode",
        &["a tile that cannot scale keeps all in full size"],
    ),
    (
        "JPEGs of its own subsampling",
        "keep_ycbcr",
        &[
            "another subsampling goes through rgb",
            "files of two subsamplings go through rgb",
            "chroma of half the width is not turned by a quarter",
        ],
    ),
    (
        "Every place, crop and window must fall on whole chroma samples",
        "keep_ycbcr",
        &[
            "an odd crop would split a chroma sample",
            "an odd seam would split a chroma sample",
            "a tile that ends within a column of chroma goes through rgb",
            "a tile that ends within a row of chroma goes through rgb",
            "a turn of an odd side goes through rgb",
            "a window within a chroma sample goes through rgb",
        ],
    ),
    (
        "Not for alpha, edges, linear light or the nearest kernel",
        "keep_ycbcr",
        &[
            "a tile with alpha goes through rgb",
            "edges go through rgb",
            "linear light goes through rgb",
            "the nearest kernel goes through rgb",
        ],
    ),
    ("WebP does not take the planes", "keep_ycbcr", &["webp takes no planes"]),
];

#[test]
fn what_a_rule_must_not_has_a_plan() {
    let text = std::fs::read_to_string(path("../docs/pushdown.md")).expect("docs/pushdown.md");
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cases = cases();
    for (promise, rule, names) in MUST_NOT {
        assert!(words.contains(promise), "docs/pushdown.md does not say: {promise}");
        assert!(!names.is_empty(), "{promise}");
        for name in names {
            let case = cases.iter().find(|(other, ..)| other == name);
            let (_, rules, pipelines) = case.unwrap_or_else(|| panic!("no case {name}"));
            assert!(rules.contains(&rule), "{name} is not about {rule}");
            assert!(!plan(rules, pipelines).contains(&format!("{rule} x")), "{name}: {rule} ran");
        }
    }
    // Rows of the table: a rule, its promise, what it does, what it must not.
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = rows.map(cells).filter(|cells| cells.len() == 6).collect();
    assert_eq!(rows.len(), Optimizations::names().len());
    for row in rows.iter().filter(|row| !row[4].is_empty()) {
        let rule = row[1].trim_matches('`');
        assert!(MUST_NOT.iter().any(|(_, about, _)| *about == rule), "{rule}: {}", row[4]);
    }
}

#[test]
fn every_rule_pushes_where_it_may_and_nowhere_else() {
    let mut expected = std::fs::read_to_string(path("plans.txt")).expect("plans.txt");
    expected.retain(|c| c != '\r');
    let cases = cases();
    let found: Vec<String> = cases
        .iter()
        .map(|(name, rules, pipelines)| format!("## {name}\n{}\n", plan(rules, pipelines)))
        .collect();
    let missing: Vec<&str> =
        found.iter().map(String::as_str).filter(|plan| !expected.contains(plan)).collect();
    assert!(missing.is_empty(), "not in plans.txt:\n{}", missing.concat());
    assert_eq!(expected.matches("## ").count(), cases.len(), "plans in plans.txt");
    // A case is about its first rule, the others prepare. Of each rule as many say where it must not as where it does.
    let mut wrong = Vec::new();
    for rule in Optimizations::names() {
        let about = cases.iter().zip(&found).filter(|((_, rules, _), _)| rules[0] == rule);
        let does = about.clone().filter(|(_, plan)| plan.contains(&format!("{rule} x"))).count();
        let must_not = about.count() - does;
        if does == 0 || must_not < does {
            wrong.push(format!("{rule}: does in {does}, must not in {must_not}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn gray_png() -> Vec<u8> {
    let image =
        makeready::Image::new(Size::new(16, 12), Layout::Gray, vec![9; 192]).expect("pixels");
    Pipeline::open(image).encode(Png::default()).run().expect("a file").data
}

/// A picture that is half clear.
fn clear_png() -> Vec<u8> {
    let image =
        makeready::Image::new(Size::new(16, 12), Layout::Rgba, vec![99; 768]).expect("pixels");
    Pipeline::open(image).encode(Png::default()).run().expect("a file").data
}

fn wide_chroma() -> Jpeg {
    Jpeg::quality(70).subsampling(Subsampling::S422)
}

fn s422(width: u32, height: u32) -> Vec<u8> {
    file(width, height, wide_chroma())
}

fn recover() -> Open {
    Open::default().on_error(OnError::Recover)
}

/// A file without its end marker, which no pixel depends on.
fn without_end(mut file: Vec<u8>) -> Vec<u8> {
    file.truncate(file.len() - 2);
    file
}
