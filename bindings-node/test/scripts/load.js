'use strict';

// Runs rounds of mixed jobs, of this module or of one that stands in for it, and prints what the process holds after a
// warm-up and after each round. Blobs are not among the inputs: Node 20 itself keeps some kilobytes of each Blob that
// is read.

const fs = require('node:fs');
const { Readable } = require('node:stream');
const { setTimeout: sleep } = require('node:timers/promises');

const { image } = require('../support/files.js');
const { noise } = require('../support/pictures.js');

const [file, ...numbers] = process.argv.slice(2);
const { Pipeline, probe, runAll } = require(file);

const photo = fs.readFileSync(image('photo.jpg'));
const truncated = fs.readFileSync(image('bad/truncated.jpg'));
const slow = Pipeline.open(noise(300, 300)).encode('webp', { effort: 6 });

const JOBS = [
  () => Pipeline.open(photo).resize(120, 90).run(),
  () => Pipeline.open(image('rgba.png')).flatten('#fff').encode('webp').run(),
  () => Pipeline.open(Readable.from([photo.subarray(0, 9000), photo.subarray(9000)])).resize(60).run(),
  () => runAll([Pipeline.open(photo).resize(50), Pipeline.open(photo).resize(70).encode('png')]),
  () => Pipeline.stitch([photo, photo, image('rgb.png')], { across: 2 }).resize(100).run(),
  async () => void Pipeline.open(photo).resize(40).runSync(),
  async () => void probe(photo),
  () => Pipeline.open(truncated).run(),
  () => Pipeline.open(image('bad/there-is-none.jpg')).run(),
  () => Pipeline.open(image('bad/huge.png')).run(),
  () => Pipeline.open(photo).limits({ maxMemory: 1000 }).run(),
  () => Pipeline.open(photo).resize(30).deadline(0).run(),
  () => slow.run({ signal: AbortSignal.abort() }),
  async () => {
    const controller = new AbortController();
    const run = slow.run({ signal: controller.signal });
    setImmediate(() => controller.abort());
    await run;
  },
];

async function jobs(count) {
  const ends = { fulfilled: 0, rejected: 0 };
  for (let i = 0; i < count; i += 8) {
    const eight = Array.from({ length: 8 }, (_, n) => JOBS[(i + n) % JOBS.length]());
    (await Promise.allSettled(eight)).forEach(({ status }) => (ends[status] += 1));
  }
  return ends;
}

/** Bytes, after all garbage is gone and all threads are at rest. */
async function held() {
  for (let i = 0; i < 5; i += 1) {
    global.gc();
    await sleep(20);
  }
  const status = fs.readFileSync('/proc/self/status', 'utf8');
  return {
    rss: process.memoryUsage.rss(),
    files: fs.readdirSync('/proc/self/fd').length,
    threads: Number(/Threads:\s+(\d+)/.exec(status)[1]),
    heap: process.memoryUsage().heapUsed,
    external: process.memoryUsage().external,
  };
}

async function main() {
  const [warm, count, rounds] = numbers.map(Number);
  await jobs(warm);
  const all = [await held()];
  const ends = [];
  for (let round = 0; round < rounds; round += 1) {
    ends.push(await jobs(count));
    all.push(await held());
  }
  process.stdout.write(JSON.stringify({ held: all, ends }));
}

main();
