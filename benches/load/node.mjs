// Short jobs while long ones are in flight, in Node: node.mjs SECONDS (makeready | sharp) PAGES...
// For each number of pages in flight a line of JSON, as rust.rs gives it.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');
const [seconds, way, ...numbers] = process.argv.slice(2);
const tile = (side, place) => fs.readFileSync(`${root}/examples/tiles/${side}-${place}.jpg`);
const tiles = ['left', 'right'].map((side) => ['00', '01', '10', '11'].map((place) => tile(side, place)));

function makereadyWay() {
  const { Pipeline, runAll } = createRequire(`${root}/bindings-node/`)('./index.js');
  const run = async (pipeline) => (await pipeline.run()).data;
  return {
    pages: (count) => {
      const page = (number) => Pipeline.stitch(tiles[number % 2], { across: 2 });
      const files = (page) => [page.encode('jpeg', { quality: 90 }), page.resize(800, 600).encode('jpeg')];
      return runAll(Array.from({ length: count }, (_, number) => files(page(number))).flat());
    },
    thumb: (data) => run(Pipeline.open(data).resize(160).encode('jpeg')),
    large: (data) => run(Pipeline.open(data).resize(900).encode('webp')),
  };
}

function sharpWay() {
  const sharp = createRequire(`${process.env.PEER_MODULES}/`)('sharp');
  sharp.cache(false);
  return {
    pages: (count) => {
      const page = (number) => sharp(tiles[number % 2], { join: { across: 2 } });
      const files = (page) => [
        page.clone().jpeg({ quality: 90 }).toBuffer(),
        page.clone().resize(800, 600).jpeg({ quality: 80 }).toBuffer(),
      ];
      return Promise.all(Array.from({ length: count }, (_, number) => files(page(number))).flat());
    },
    thumb: (data) => sharp(data).resize(160).jpeg({ quality: 80 }).toBuffer(),
    large: (data) => sharp(data).resize(900).webp({ quality: 80 }).toBuffer(),
  };
}

const { pages, thumb, large } = way === 'sharp' ? sharpWay() : makereadyWay();

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

/** The times of a job while so many passes, of as many pages each, are made; and the passes a second. */
async function beside(inFlight, count, job, pause) {
  let stopped = false;
  let done = 0;
  const loops = Array.from({ length: inFlight }, async () => {
    while (!stopped) {
      await pages(count);
      done += 1;
    }
  });
  await sleep(500);
  const before = done;
  const start = performance.now();
  const times = await timed(job, pause);
  const rate = ((done - before) / (performance.now() - start)) * 1000;
  stopped = true;
  await Promise.all(loops);
  return { times, rate };
}

// Inputs that every contender is given alike: made once, by rust.rs, of the same tiles.
const photo = fs.readFileSync(process.env.LOAD_PHOTO);
const full = fs.readFileSync(process.env.LOAD_FULL);
await thumb(photo);
await large(full);
for (const inFlight of numbers.map(Number)) {
  const { times: thumbs, rate } = await beside(inFlight, 1, () => thumb(photo), 10);
  const { times: larges } = await beside(inFlight, 2, () => large(full), 0);
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
