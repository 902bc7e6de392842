'use strict';

// Jobs use none of libuv's four threads: while 16 run, fs and dns answer as fast as before. Hundreds are queued at once.

const assert = require('node:assert/strict');
const dns = require('node:dns/promises');
const fs = require('node:fs/promises');
const path = require('node:path');
const test = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');

const { Pipeline } = require('../index.js');
const { run } = require('./support/child.js');
const { image } = require('./support/files.js');
const { noise } = require('./support/pictures.js');

const ROUNDS = 40;

/** How often a measurement may be taken again: other work on the machine delays some, a job on these threads all. */
const TRIES = 6;

/** Milliseconds that a call takes, in rising order. */
async function times(call) {
  const found = [];
  for (let i = 0; i < ROUNDS; i += 1) {
    const since = performance.now();
    await call();
    found.push(performance.now() - since);
    await sleep(2);
  }
  return found.sort((a, b) => a - b);
}

const median = (sorted) => sorted[Math.floor(sorted.length / 2)];
const late = (sorted) => sorted[Math.floor(sorted.length * 0.9)];

const CALLS = {
  'fs.readFile': () => fs.readFile(image('photo.jpg')),
  'dns.lookup': () => dns.lookup('localhost'),
};

test('fs and dns answer while 16 jobs run', async (t) => {
  const job = Pipeline.open(noise(2000, 2000)).encode('webp', { effort: 6 });
  const before = {};
  for (const [name, call] of Object.entries(CALLS)) {
    before[name] = await times(call);
  }
  const controller = new AbortController();
  let ended = 0;
  const runs = Array.from({ length: 16 }, () =>
    job.run({ signal: controller.signal }).then(() => (ended += 1), () => {}));
  for (const [name, call] of Object.entries(CALLS)) {
    const of = (sorted) => `median ${median(sorted).toFixed(2)}, 90 % below ${late(sorted).toFixed(2)} ms`;
    // All cores are busy: a call may wait for the turn of its thread, but never for a job, which takes seconds.
    const fast = (during) =>
      median(during) < median(before[name]) + 10 && late(during) < late(before[name]) + 30;
    let during;
    for (let i = 0; i < TRIES && !(during && fast(during)); i += 1) {
      during = await times(call);
      t.diagnostic(`${name}: before ${of(before[name])}; during ${of(during)}`);
    }
    assert.ok(fast(during), `${name} took ${of(during)}`);
  }
  assert.ok(ended < 16, 'the jobs ended before the calls were measured');
  controller.abort();
  await Promise.all(runs);
});

/** The longest time between two turns of the event loop while jobs run. */
async function pause(job) {
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await Promise.all(Array.from({ length: 4 }, () => job.run()));
  clearInterval(timer);
  return longest;
}

test('the event loop turns while jobs run', async (t) => {
  const job = Pipeline.open(noise(800, 800)).encode('webp', { effort: 6 });
  // The best of three: other work on the machine may delay some.
  const pauses = [await pause(job), await pause(job), await pause(job)];
  t.diagnostic(`longest pauses ${pauses.map((ms) => ms.toFixed(1)).join(', ')} ms`);
  assert.ok(Math.min(...pauses) < 100, `pauses of ${pauses} ms`);
});

for (const what of ['one pipeline', 'a pipeline for each run', 'raw pixels']) {
  test(`500 queued runs of 1.5 MB: ${what}`, { skip: process.platform !== 'linux' }, async (t) => {
    const script = path.join(__dirname, 'scripts/queued.js');
    const times = [];
    // The best of three: other work on the machine may delay some.
    while (times.length < 3 && !(times.at(-1) < 200)) {
      const { code, stdout, stderr } = await run(script, { args: [what] });
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      const { ms, mib, aborted } = JSON.parse(stdout);
      t.diagnostic(`${ms.toFixed(0)} ms, ${mib.toFixed(1)} MiB`);
      // All of them, and the 8 that they waited for: none had begun to run.
      assert.equal(aborted, 508);
      // A copy for each run took 700 MiB.
      assert.ok(mib < 64, `${mib} MiB`);
      times.push(ms);
    }
    // Now only the bytes are compared, 75 ms.
    assert.ok(Math.min(...times) < 200, `${times} ms`);
  });
}
