'use strict';

// The library's own queue: settings, refusals, figures.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const test = require('node:test');

const { MakereadyError, Pipeline, configure, jobStats } = require('../index.js');
const { image } = require('./support/files.js');

const small = Pipeline.open(image('photo.jpg')).resize(40).encode('webp');

/** Runs a program of its own, as settings are made once a process. */
function script(text, environment) {
  const head = `const { Pipeline, configure, jobStats } = require('${path.join(__dirname, '../index.js')}');`;
  const env = { PATH: process.env.PATH, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', head + text], { env, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

test('figures', async () => {
  const before = jobStats();
  assert.deepEqual((await small.run()).data, small.runSync().data);
  await assert.rejects(Pipeline.open(Buffer.from('not an image')).run(), { code: 'unsupported' });
  const after = jobStats();
  assert.equal(after.done - before.done, 2);
  assert.equal(after.failed.unsupported - (before.failed.unsupported ?? 0), 1);
  assert.deepEqual([after.running, after.waiting, after.reserved], [0, 0, 0]);
  assert.ok(after.run.p50 > 0 && after.run.p50 <= after.run.p99 && after.run.p99 <= after.run.max);
  assert.ok(after.prometheus().includes(`makeready_jobs_done_total ${after.done}\n`));
});

test('settings are made once', () => {
  const text = `
    configure({ memory: 64 * 2 ** 20, queue: 3, threads: 1, nice: 2 });
    console.log(jobStats().budget / 2 ** 20);
    try { configure({ queue: 4 }); } catch (error) { console.log(error.code); }`;
  assert.equal(script(text), '64\ninvalid_option');
  assert.throws(() => configure({ queue: -1 }), MakereadyError);
  assert.throws(() => configure({ nice: -1 }), { code: 'invalid_option', message: /^configure nice is / });
  assert.throws(() => configure({ que: 1 }), { code: 'invalid_option' });
  assert.throws(() => configure({ queue: 'x' }), TypeError);
  assert.equal(script('console.log(jobStats().budget);', { MAKEREADY_MEMORY: '12345678' }), '12345678');
});

test('busy says when to try again', () => {
  const text = `
    configure({ queue: 2 });
    const data = Buffer.alloc(3 * 1500 * 1500).map((_, i) => (i * 7919) >> 3);
    const slow = Pipeline.open({ data, width: 1500, height: 1500, channels: 3 }).encode('webp', { effort: 6 });
    const jobs = Array.from({ length: 12 }, () => slow.run());
    Promise.any(jobs.map((job) => job.then(() => Promise.reject(new Error('done')), (error) => error))).then((error) => {
      console.log(error.code, error.retryAfter >= 1000, jobStats().refused > 0);
      process.exit(0);
    });`;
  assert.equal(script(text), 'busy true true');
});

test('a word that is no priority', () => {
  assert.equal(small.priority('high').runSync().width, 40);
  assert.throws(() => small.priority('urgent'), { code: 'invalid_option', message: /low, normal, high/ });
});
