// The worker for sharp: one JSON request a line, one answer a line. README.md has the protocol.
// `join` is sharp as its documentation has it, `hand` is written as an expert would.
import fs from 'node:fs';
import os from 'node:os';
import readline from 'node:readline';
import { createRequire } from 'node:module';

const sharp = createRequire(process.env.PEER_MODULES + '/')('sharp');
sharp.cache(false); // every call does all of its work
// On glibc sharp runs on one thread unless told otherwise; everyone may use all cores here.
sharp.concurrency(Number(process.env.PEER_THREADS || os.cpus().length));

const JPEG = (quality) => ({ quality, chromaSubsampling: '4:2:0', optimiseCoding: true });
const AS_IT_IS = (image) => image;

const joined = (tiles) => sharp(tiles, { join: { across: 2 } });

/** The page at a size: each tile is resized by itself, then all are composited. */
async function byHand(tiles, width, height) {
  const w = width / 2;
  const h = height / 2;
  const shrunk = await Promise.all(tiles.map((tile) => {
    const image = sharp(tile);
    return (w === 2000 ? image : image.resize(w, h)).raw().toBuffer();
  }));
  const raw = { width: w, height: h, channels: 3 };
  const layers = shrunk.map((input, i) => ({ input, raw, left: (i % 2) * w, top: (i >> 1) * h }));
  const background = '#000';
  return sharp({ create: { width, height, channels: 3, background } }).composite(layers);
}

async function page(variant, tiles, width, height) {
  if (variant === 'hand') return byHand(tiles, width, height);
  const canvas = joined(tiles);
  if (width === 4000) return canvas;
  return canvas.resize(width, height);
}

/** Print and preview of a page from one decode: the canvas is kept raw between the two. */
async function printAndPreview(tiles) {
  const { data, info } = await joined(tiles).raw().toBuffer({ resolveWithObject: true });
  const canvas = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  return Promise.all([canvas().jpeg(JPEG(90)).toBuffer(), canvas().resize(800, 600).jpeg(JPEG(80)).toBuffer()]);
}

const halves = (tiles) => [tiles.slice(0, 4), tiles.slice(4)];
const one = async (image, encode = AS_IT_IS) => [await encode(await image).toBuffer()];
const jpeg = (image) => image.jpeg(JPEG(80));
const webp = (image) => image.webp({ quality: 80, effort: 4 });
const film = (input) => sharp(input, { animated: true, limitInputPixels: false });
const filmWebp = (image) => image.webp({ quality: 75, effort: 4 });
const gif = (image) => image.gif();
const png = (image) => image.png({ compressionLevel: 6 });

const TASKS = {
  preview_jpeg: (inputs, variant) => one(page(variant, inputs, 800, 600), jpeg),
  preview_webp: (inputs, variant) => one(page(variant, inputs, 800, 600), webp),
  print_jpeg: (inputs, variant) => one(page(variant, inputs, 4000, 3000), (image) => image.jpeg(JPEG(90))),
  spread: async (inputs) => (await Promise.all(halves(inputs).map(printAndPreview))).flat(),
  books: async (inputs, variant) =>
    (await Promise.all(halves(inputs).map((tiles) => one(page(variant, tiles, 800, 600), jpeg)))).flat(),
  thumb_jpeg: ([input]) => one(sharp(input).resize(320), jpeg),
  prog_thumb: ([input]) => one(sharp(input).resize(320), jpeg),
  full_jpeg: ([input]) => one(sharp(input), (image) => image.jpeg(JPEG(90))),
  p3_thumb: ([input]) => one(sharp(input).resize(320), jpeg),
  p3_print: ([input]) => one(sharp(input), (image) => image.jpeg(JPEG(90))),
  thumb_webp: ([input]) => one(sharp(input).resize(320), webp),
  hd_webp: ([input]) => one(sharp(input).resize(1600), webp),
  sharp_jpeg: ([input]) => one(sharp(input).resize(720, 588), jpeg),
  few_bytes: ([input]) => one(sharp(input).resize(720, 588), (image) => image.jpeg({ quality: 80, mozjpeg: true })),
  sharpen: ([input]) => one(sharp(input).resize(720, 588).sharpen({ sigma: 1 }), jpeg),
  blur: ([input]) => one(sharp(input).resize(720, 588).blur(3), jpeg),
  grayscale: ([input]) => one(sharp(input).resize(720, 588).grayscale(), jpeg),
  linear_light: ([input]) => one(sharp(input).resize(720, 588).gamma(), jpeg),
  normalize: ([input]) => one(sharp(input).resize(720, 588).normalise(), jpeg),
  attention: ([input]) => one(sharp(input).resize(360, 588, { position: 'attention' }), jpeg),
  entropy: ([input]) => one(sharp(input).resize(360, 588, { position: 'entropy' }), jpeg),
  composite: ([input, logo]) =>
    one(sharp(input).resize(720, 588).composite([{ input: logo, gravity: 'southeast' }]), jpeg),
  rotate: ([input]) => one(sharp(input).rotate(90).resize(720, 588), jpeg),
  crop: ([input]) => one(sharp(input).extract({ left: 3000, top: 2000, width: 600, height: 400 }), jpeg),
  tiff_thumb: ([input]) => one(sharp(input).resize(320), jpeg),
  tiff_lzw: ([input]) => one(sharp(input).resize(320), jpeg),
  svg_logo: ([input]) => one(sharp(input).resize(512, 512), png),
  png_png: ([input]) => one(sharp(input).resize(720, 540), png),
  gif_webp: ([input]) => one(film(input).resize(320), filmWebp),
  gif_webp_150: ([input]) => one(film(input).resize(320), filmWebp),
  webp_webp: ([input]) => one(film(input).resize(320), filmWebp),
  gif_to_webp: ([input]) => one(film(input), filmWebp),
  gif_gif: ([input]) => one(film(input).resize(320), gif),
  fixed_cost: ([input]) => one(sharp(input).resize(4, 4), png),
};

let inputs = [];

async function answer(request) {
  if (request.load) {
    inputs = request.load.map((path) => fs.readFileSync(path));
    return { versions: { sharp: sharp.versions.sharp, libvips: sharp.versions.vips, 'Node.js': process.versions.node } };
  }
  const { task, variant, repeat = 1, flight = 1, out } = request;
  if (request.concurrency) sharp.concurrency(request.concurrency);
  let begun = 0;
  let outputs = [];
  const begin = performance.now();
  await Promise.all(Array.from({ length: flight }, async () => {
    while (begun++ < repeat) outputs = await TASKS[task](inputs, variant);
  }));
  const ms = performance.now() - begin;
  if (out) outputs.forEach((data, i) => fs.writeFileSync(`${out}.${i}`, data));
  return { ms, bytes: outputs.reduce((sum, data) => sum + data.length, 0) };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
