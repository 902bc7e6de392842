'use strict';

// run({ signal }): rejects with the reason of the signal, soon, and leaves nothing behind.

const assert = require('node:assert/strict');
const { getEventListeners } = require('node:events');
const { Readable } = require('node:stream');
const test = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');

const { Pipeline, runAll } = require('../index.js');
const { image } = require('./support/files.js');
const { noise } = require('./support/pictures.js');

const slow = Pipeline.open(noise(2400, 2400)).encode('webp', { quality: 90, effort: 6 });
const quick = Pipeline.open(image('rgb.png')).resize(8);

/** How the promise of a run ends, and how long after `since`. */
async function end(run, since) {
  try {
    await run;
    return { ms: performance.now() - since() };
  } catch (reason) {
    return { reason, ms: performance.now() - since() };
  }
}

/** Aborts after a while; gives how long the run went on. */
async function wentOn(controller, run, after) {
  let aborted = 0;
  const ended = end(run, () => aborted);
  await sleep(after);
  const reason = new Error('enough');
  aborted = performance.now();
  controller.abort(reason);
  const { reason: found, ms } = await ended;
  assert.equal(found, reason);
  return ms;
}

test('aborted before: nothing is begun', async () => {
  const reason = { not: 'even an Error' };
  const missing = Pipeline.open('there-is-none.jpg');
  await assert.rejects(missing.run({ signal: AbortSignal.abort(reason) }), (e) => e === reason);
  await assert.rejects(quick.pixels({ signal: AbortSignal.abort(reason) }), (e) => e === reason);
  await assert.rejects(runAll([quick], { signal: AbortSignal.abort(reason) }), (e) => e === reason);
  await assert.rejects(quick.load({ signal: AbortSignal.abort(reason) }), (e) => e === reason);
  await assert.rejects(quick.run({ signal: AbortSignal.abort() }), { name: 'AbortError' });
});

test('aborted while running: within 100 ms', async () => {
  for (const after of [20, 100, 300]) {
    const controller = new AbortController();
    const ms = await wentOn(controller, slow.run({ signal: controller.signal }), after);
    assert.ok(ms < 100, `went on for ${ms} ms`);
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  }
});

test('the job behind an aborted run stops too', async () => {
  // A quick job gets a thread only when those of the aborted ones are free again.
  const controller = new AbortController();
  const runs = Array.from({ length: 8 }, () => slow.run({ signal: controller.signal }));
  const ended = Promise.allSettled(runs);
  await sleep(50);
  controller.abort();
  const since = performance.now();
  await quick.run();
  const ms = performance.now() - since;
  assert.ok(ms < 500, `threads were busy for ${ms} ms`);
  const statuses = (await ended).map(({ status }) => status);
  assert.deepEqual(new Set(statuses), new Set(['rejected']));
});

test('aborted while queued: within 100 ms', async () => {
  const block = new AbortController();
  const blocking = Array.from({ length: 6 }, () => slow.run({ signal: block.signal }));
  const blocked = Promise.allSettled(blocking);
  const controller = new AbortController();
  const ms = await wentOn(controller, slow.run({ signal: controller.signal }), 30);
  assert.ok(ms < 100, `went on for ${ms} ms`);
  block.abort();
  await blocked;
});

test('aborted while a stream has yet to come', async () => {
  const never = new Readable({ read() {} });
  const controller = new AbortController();
  const run = Pipeline.open(never).run({ signal: controller.signal });
  assert.ok((await wentOn(controller, run, 10)) < 100);
});

test('AbortSignal.timeout gives its TimeoutError', async () => {
  await assert.rejects(slow.run({ signal: AbortSignal.timeout(20) }), { name: 'TimeoutError' });
});

test('one signal for many jobs: no warning, no listener left', async () => {
  const warnings = [];
  const warned = (warning) => warnings.push(warning);
  process.on('warning', warned);
  const { signal } = new AbortController();
  const runs = Array.from({ length: 200 }, () => quick.run({ signal }));
  const failing = Pipeline.open('there-is-none.jpg').run({ signal });
  await assert.rejects(failing, { code: 'io' });
  await Promise.all(runs);
  await sleep(10);
  process.off('warning', warned);
  assert.deepEqual(warnings, []);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('an abort after the end changes nothing', async () => {
  const controller = new AbortController();
  const output = await quick.run({ signal: controller.signal });
  controller.abort();
  assert.equal(output.width, 8);
});

test('a deadline counts from the call', async () => {
  const since = performance.now();
  await assert.rejects(slow.deadline(30).run(), { code: 'timeout', name: 'MakereadyError' });
  assert.ok(performance.now() - since < 200);
  // In the queue.
  const block = new AbortController();
  const blocking = Array.from({ length: 6 }, () => slow.run({ signal: block.signal }));
  const blocked = Promise.allSettled(blocking);
  await assert.rejects(slow.deadline(30).run(), { code: 'timeout' });
  // Beside the others a short job ends in time.
  await quick.deadline(5000).run();
  block.abort();
  await blocked;
  // While a stream does not come.
  const never = new Readable({ read() {} });
  await assert.rejects(Pipeline.open(never).deadline(30).run(), { code: 'timeout' });
  assert.throws(() => slow.deadline(10).runSync(), { code: 'timeout' });
  await quick.deadline(1e12).run();
});

test('what is no signal is refused', async () => {
  await assert.rejects(quick.run({ signal: {} }), TypeError);
  await assert.rejects(quick.run(new AbortController().signal), TypeError);
  await assert.rejects(quick.run({ signals: 1 }), { code: 'invalid_option' });
});
