'use strict';

// Nests stitches, or makes many steps, and prints the result, milliseconds, and MiB that the process grew by.

const fs = require('node:fs');

const { Pipeline } = require('../../index.js');
const { image } = require('../support/files.js');

const photo = Pipeline.open(fs.readFileSync(image('photo.jpg')));

/** A pipeline, made anew from the one before so often. */
function nested(levels, make) {
  let pipeline = photo;
  for (let i = 0; i < levels; i += 1) {
    pipeline = make(pipeline);
  }
  return pipeline;
}

const one = (inner) => Pipeline.stitch([inner], { across: 1 });
const beside = (inner) => Pipeline.stitch([inner, photo], { across: 2 });
const twice = (inner) => Pipeline.stitch([inner, inner], { across: 2 }).flip();
const empty = Pipeline.stitch([], { across: 1 });

const NESTED = {
  '100 of one': () => nested(100, one),
  '101 of one': () => nested(101, one),
  '10000 of one': () => nested(10_000, one),
  '10000 beside another': () => nested(10_000, beside),
  '100000 of one': () => nested(100_000, one),
  '90 of the same twice': () => nested(90, twice),
  '90 of none twice': () => nested(90, (inner) => twice(inner === photo ? empty : inner)),
  '999 steps': () => nested(999, (inner) => inner.flip()),
};

async function outcome(pipeline) {
  try {
    pipeline.plan();
    pipeline.explain();
    return `${(await pipeline.resize(8).run()).width} wide`;
  } catch (error) {
    const ran = await pipeline.run().then(() => 'no error', ({ message }) => message);
    return [error.code, error.message, ran];
  }
}

async function main() {
  const make = NESTED[process.argv[2]];
  const before = process.memoryUsage.rss();
  const since = performance.now();
  const found = await outcome(make());
  const ms = performance.now() - since;
  const mib = (process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20;
  // Pipelines that nobody holds any more are dropped here.
  global.gc();
  await new Promise(setImmediate);
  process.stdout.write(JSON.stringify({ found, ms, mib }));
}

main();
