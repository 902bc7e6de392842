'use strict';

// A worker that runs jobs until it is ended.

const { parentPort, workerData } = require('node:worker_threads');

const { Pipeline, probe } = require('../../index.js');
const { image } = require('../support/files.js');
const { noise } = require('../support/pictures.js');

const photo = Pipeline.open(image('photo.jpg'));
const slow = Pipeline.open(noise(700, 700)).encode('webp');

async function jobs() {
  for (;;) {
    const { signal } = new AbortController();
    await Promise.all([
      photo.resize(120).run({ signal }),
      photo.rotate(90).pixels(),
      slow.run().catch(() => {}),
      Pipeline.open(image('bad/truncated.jpg')).run().catch(() => {}),
      Pipeline.open(new Blob([Buffer.alloc(100)])).run().catch(() => {}),
    ]);
    probe(image('rgb.png'));
    parentPort.postMessage('a round');
    if (workerData.once) {
      return;
    }
  }
}

jobs();
