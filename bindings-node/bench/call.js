'use strict';

// The fixed cost of a call: an 8x8 PNG becomes one of 4x4. Prints microseconds.

const { Pipeline } = require('../index.js');

const CALLS = 2000;
const ROUNDS = 9;

const tile = { data: new Uint8Array(192).fill(120), width: 8, height: 8, channels: 3 };
const png = Pipeline.open(tile).encode('png').runSync().data;
const job = () => Pipeline.open(png).resize(4, 4);

async function each(call) {
  const since = performance.now();
  for (let i = 0; i < CALLS; i += 1) {
    await call();
    if (i % 50 === 0) {
      // A turn of the event loop: only then Node frees values of addons.
      await new Promise(setImmediate);
    }
  }
  return ((performance.now() - since) / CALLS) * 1000;
}

async function main() {
  const calls = {
    run: () => job().run(),
    'run, threads(1)': () => job().threads(1).run(),
    runSync: () => job().runSync(),
    'runSync, threads(1)': () => job().threads(1).runSync(),
  };
  for (const [name, call] of Object.entries(calls)) {
    const rounds = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      rounds.push(await each(call));
    }
    rounds.sort((a, b) => a - b);
    const [best, median] = [rounds[0], rounds[ROUNDS >> 1]];
    console.log(`${name}: ${median.toFixed(0)} us, best ${best.toFixed(0)} us`);
  }
}

main();
