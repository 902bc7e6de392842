'use strict';

// Queues runs that all have the same bytes, and prints for how many milliseconds that kept the event loop and how many
// MiB the process grew by meanwhile.

const fs = require('node:fs');

const { Pipeline } = require('../../index.js');
const { noise } = require('../support/pictures.js');

const RUNS = 500;

const pixels = noise(800, 640);
/** Of 1.5 MB. */
const file = () => Buffer.concat([Pipeline.open(noise(80, 64)).encode('png').runSync().data, Buffer.alloc(1.5e6)]);

/** Functions that make a pipeline for each run. */
const PIPELINES = {
  'one pipeline': () => {
    const pipeline = Pipeline.open(file());
    return () => pipeline;
  },
  'a pipeline for each run': () => {
    const bytes = file();
    return () => Pipeline.open(bytes);
  },
  'raw pixels': () => () => Pipeline.open(pixels),
};

/** Milliseconds for which this thread has had a core: others of the machine do not count. */
const own = () => Number(fs.readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

async function main() {
  const pipeline = PIPELINES[process.argv[2]]();
  await pipeline().resize(8).run();
  const controller = new AbortController();
  // All threads are busy: jobs queued after it wait.
  const slow = Pipeline.open(noise(2000, 2000)).encode('webp', { effort: 6 });
  const busy = Array.from({ length: 8 }, () => slow.run({ signal: controller.signal }));
  await new Promise((resolve) => setTimeout(resolve, 50));
  const before = process.memoryUsage.rss();
  const since = own();
  const runs = Array.from({ length: RUNS }, () => pipeline().resize(8).run({ signal: controller.signal }));
  const ms = own() - since;
  const mib = (process.memoryUsage.rss() - before) / 2 ** 20;
  controller.abort();
  const ends = await Promise.allSettled([...busy, ...runs]);
  const aborted = ends.filter(({ reason }) => reason?.name === 'AbortError').length;
  process.stdout.write(JSON.stringify({ ms, mib, aborted }));
}

main();
