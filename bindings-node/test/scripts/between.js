'use strict';

// Runs jobs that fail or are aborted between others, one after the other, and prints how much the process holds more
// than after a warm-up. Without a call of the garbage collector: until it comes by itself, what jobs leave for it lies
// among the memory of the threads that run jobs.

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

const { Pipeline } = require('../../index.js');
const { image } = require('../support/files.js');

const photo = fs.readFileSync(image('photo.jpg'));
const half = photo.subarray(0, photo.length >> 1);

const aborted = (pipeline, later) => {
  const controller = new AbortController();
  const run = pipeline.run({ signal: controller.signal });
  later(() => controller.abort());
  return run;
};

const JOBS = [
  () => Pipeline.open(photo).resize(120, 90).run(),
  () => Pipeline.open(photo).resize(100).encode('webp').run(),
  () => Pipeline.open(half).resize(60).run(),
  () => Pipeline.open(Buffer.alloc(5000, 7)).run(),
  () => Pipeline.open(photo).resize(60).encode('png').run(),
  () => aborted(Pipeline.open(photo).resize(100), (abort) => abort()),
  () => aborted(Pipeline.open(photo).resize(100).encode('webp'), (abort) => setTimeout(abort, 1)),
  () => Pipeline.stitch([photo, photo], { across: 2 }).resize(80).run(),
];

async function resident(count) {
  for (let i = 0; i < count; i += 1) {
    await JOBS[i % JOBS.length]().catch(() => {});
  }
  await sleep(100);
  return process.memoryUsage().rss - process.memoryUsage().heapTotal;
}

async function main() {
  const [warm, count] = process.argv.slice(2).map(Number);
  const before = await resident(warm);
  process.stdout.write(String((await resident(count)) - before));
}

main();
