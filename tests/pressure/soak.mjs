// Mixed jobs for PRESSURE_SECONDS; prints `JOBS RESIDENT` now and then, for src/soak.rs.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

import { Pipeline, probe, runAll } from '../../bindings-node/index.mjs';

const image = (name) => fileURLToPath(new URL(`../images/${name}`, import.meta.url));
const photo = fs.readFileSync(image('photo.jpg'));
const truncated = fs.readFileSync(image('bad/truncated.jpg'));

function noise(width, height, channels) {
  const data = new Uint8Array(width * height * channels);
  let state = 1;
  for (let i = 0; i < data.length; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = state >>> 24;
  }
  return { data, width, height, channels };
}

const slow = Pipeline.open(noise(300, 200, 3)).encode('webp', { lossless: true, effort: 6 });

async function* broken() {
  yield photo.subarray(0, 9000);
  throw new Error('the reader broke');
}

/** Jobs, and the end that each must have. */
const JOBS = [
  ['ok', () => Pipeline.open(photo).resize(120, 90).run()],
  ['ok', () => Pipeline.open(image('rgba.png')).flatten('#fff').encode('webp').run()],
  ['ok', () => Pipeline.open(Readable.from([photo.subarray(0, 9000), photo.subarray(9000)])).resize(60).run()],
  ['ok', () => runAll([Pipeline.open(photo).resize(50), Pipeline.open(photo).resize(70).encode('png')])],
  ['ok', () => Pipeline.stitch([photo, photo, image('rgb.png')], { across: 2 }).resize(100).run()],
  ['ok', async () => void Pipeline.open(photo).resize(40).runSync()],
  ['ok', async () => void probe(photo)],
  ['truncated', () => Pipeline.open(truncated).run()],
  ['io', () => Pipeline.open(image('bad/there-is-none.jpg')).run()],
  ['limit_exceeded', () => Pipeline.open(image('bad/huge.png')).run()],
  ['limit_exceeded', () => Pipeline.open(photo).limits({ maxMemory: 1000 }).run()],
  ['timeout', () => slow.deadline(2).run()],
  ['AbortError', () => slow.run({ signal: AbortSignal.abort() })],
  ['io', () => Pipeline.open(Readable.from(broken())).run()],
];

async function end(job) {
  try {
    await job();
    return 'ok';
  } catch (error) {
    return error.name === 'AbortError' ? error.name : error.code ?? error.message;
  }
}

const until = performance.now() + Number(process.env.PRESSURE_SECONDS) * 1000;
let number = 0;
let told = performance.now();
while (performance.now() < until) {
  const eight = Array.from({ length: 8 }, (_, n) => JOBS[(number + n) % JOBS.length]);
  const ends = await Promise.all(eight.map(([, job]) => end(job)));
  assert.deepEqual(ends, eight.map(([expected]) => expected));
  number += 8;
  if (performance.now() - told > 400) {
    global.gc();
    told = performance.now();
    console.log(number, process.memoryUsage.rss());
  }
}
