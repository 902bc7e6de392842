'use strict';

// Starts many workers and ends them at random times while their jobs run; then lives on and ends by itself.

const assert = require('node:assert/strict');
const path = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');

const worker = (workerData) => new Worker(path.join(__dirname, 'worker.js'), { workerData });

async function ended() {
  const running = worker({ once: false });
  let rounds = 0;
  running.on('message', () => (rounds += 1));
  await sleep(60 + Math.random() * 250);
  await running.terminate();
  return rounds;
}

async function main() {
  let rounds = 0;
  // Before this thread has loaded the addon: the last worker that ends must not take it along.
  for (let i = 0; i < 12; i += 1) {
    const found = await Promise.all([ended(), ended(), ended()]);
    rounds += found.reduce((a, b) => a + b, 0);
  }
  assert.ok(rounds > 0, 'no worker got to the end of a round');
  const byItself = worker({ once: true });
  const code = await new Promise((resolve) => byItself.on('exit', resolve));
  assert.equal(code, 0);
  const { Pipeline } = require('../../index.js');
  const { image } = require('../support/files.js');
  const output = await Pipeline.open(image('photo.jpg')).resize(50).run();
  assert.equal(output.width, 50);
  const fewer = await Promise.all([ended(), ended()]);
  process.stdout.write(`lived on, ${rounds + fewer[0] + fewer[1]} rounds\n`);
}

main();
