// Short jobs while long ones are in flight, in Node: node.mjs SECONDS (makeready | sharp) PAGES...
// For each number of pages in flight a line of JSON, as rust.rs gives it.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const [seconds, way, ...numbers] = process.argv.slice(2);
const tiles = ['00', '01', '10', '11'].map((place) => fs.readFileSync(`${root}/examples/tiles/right-${place}.jpg`));

function makereadyWay() {
  const { Pipeline, runAll } = createRequire(`${root}/bindings-node/`)('./index.js');
  const run = async (pipeline) => (await pipeline.run()).data;
  return {
    page: () => {
      const page = Pipeline.stitch(tiles, { across: 2 });
      return runAll([page.encode('jpeg', { quality: 90 }), page.resize(800, 600).encode('jpeg')]);
    },
    thumb: (data) => run(Pipeline.open(data).resize(160).encode('jpeg')),
    large: (data) => run(Pipeline.open(data).resize(900).encode('webp')),
  };
}

function sharpWay() {
  const sharp = createRequire(`${process.env.PEER_MODULES}/`)('sharp');
  sharp.cache(false);
  return {
    page: async () => {
      const page = sharp(tiles, { join: { across: 2 } });
      const print = page.clone().jpeg({ quality: 90 }).toBuffer();
      return Promise.all([print, page.clone().resize(800, 600).jpeg({ quality: 80 }).toBuffer()]);
    },
    thumb: (data) => sharp(data).resize(160).jpeg({ quality: 80 }).toBuffer(),
    large: (data) => sharp(data).resize(900).webp({ quality: 80 }).toBuffer(),
  };
}

const { page, thumb, large } = way === 'sharp' ? sharpWay() : makereadyWay();

/** The time below which a part of sorted times lies, in milliseconds. */
const percentile = (times, part) => times[Math.min(Math.max(Math.ceil(times.length * part), 1), times.length) - 1];

async function timed(job, pause) {
  const times = [];
  const end = performance.now() + Number(seconds) * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    await job();
    times.push(performance.now() - start);
    await sleep(pause);
  }
  return times.sort((a, b) => a - b);
}

// Inputs that every contender is given alike: made once, by rust.rs, of the same tiles.
const photo = fs.readFileSync(process.env.LOAD_PHOTO);
const full = fs.readFileSync(process.env.LOAD_FULL);
await thumb(photo);
await large(full);
for (const inFlight of numbers.map(Number)) {
  let stopped = false;
  let pages = 0;
  const loops = Array.from({ length: inFlight }, async () => {
    while (!stopped) {
      await page();
      pages += 1;
    }
  });
  await sleep(500);
  const before = pages;
  const start = performance.now();
  const thumbs = await timed(() => thumb(photo), 10);
  const rate = ((pages - before) / (performance.now() - start)) * 1000;
  const larges = await timed(() => large(full), 0);
  stopped = true;
  await Promise.all(loops);
  console.log(
    JSON.stringify({
      pages: inFlight,
      thumb_p50: percentile(thumbs, 0.5),
      thumb_p99: percentile(thumbs, 0.99),
      large_p50: percentile(larges, 0.5),
      large_p95: percentile(larges, 0.95),
      pages_a_second: rate,
    }),
  );
}
