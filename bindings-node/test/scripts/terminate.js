'use strict';

// Starts many workers and ends them at random times while their jobs run; then lives on and ends by itself.

const assert = require('node:assert/strict');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');

const worker = (workerData) => new Worker(path.join(__dirname, 'worker.js'), { workerData });

/** Ends a worker after a random time; `after` its first round, or wherever it is then. */
async function ended(after) {
  const running = worker({ once: false });
  let rounds = 0;
  const first = new Promise((resolve) => running.on('message', () => resolve((rounds += 1))));
  await (after ? first : undefined);
  await sleep((after ? 0 : 60) + Math.random() * 250);
  await running.terminate();
  return rounds;
}

async function main() {
  let rounds = 0;
  // Before this thread has loaded the addon: the last worker that ends must not take it along.
  for (let i = 0; i < 12; i += 1) {
    const found = await Promise.all([ended(false), ended(false), ended(i % 4 === 0)]);
    rounds += found.reduce((a, b) => a + b, 0);
  }
  const byItself = worker({ once: true });
  const code = await new Promise((resolve) => byItself.on('exit', resolve));
  assert.equal(code, 0);
  const { Pipeline } = require('../../index.js');
  const { image } = require('../support/files.js');
  const output = await Pipeline.open(image('photo.jpg')).resize(50).run();
  assert.equal(output.width, 50);
  const fewer = await Promise.all([ended(true), ended(false)]);
  process.stdout.write(`lived on, ${rounds + fewer[0] + fewer[1]} rounds\n`);
}

main();
