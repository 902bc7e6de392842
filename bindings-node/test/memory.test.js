'use strict';

// What a process holds does not grow with the jobs it has run, whatever became of them.

const assert = require('node:assert/strict');
const path = require('node:path');
const test = require('node:test');

const { run } = require('./support/child.js');

const [WARM, COUNT, ROUNDS] = [500, 2000, 6];

test('2,000 mixed jobs leave nothing behind', { skip: process.platform !== 'linux' }, async (t) => {
  const { code, stdout, stderr } = await run(path.join(__dirname, 'scripts/load.js'), {
    args: [WARM, COUNT, ROUNDS].map(String),
    flags: ['--expose-gc'],
    timeout: 120_000,
  });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const { held, ends } = JSON.parse(stdout);
  const last = held[ROUNDS];
  const grown = held.slice(1).map(({ rss }, round) => (rss - held[round].rss) / COUNT);
  const mib = held.map(({ rss }) => (rss / 2 ** 20).toFixed(1)).join(', ');
  const each = grown.map((bytes) => bytes.toFixed(0)).join(', ');
  t.diagnostic(`resident ${mib} MiB; grew by ${each} bytes a job`);
  t.diagnostic(`files ${held[0].files} then ${last.files}, threads ${held[0].threads} then ${last.threads}`);
  // The heap of JavaScript itself takes its time to come to its size, some 6 MB after 500 promises that do nothing. What
  // is lost with each job is lost in every round.
  assert.ok(Math.min(...grown) <= 1024, `grew by ${each} bytes a job`);
  assert.ok(last.external <= held[0].external + 2 ** 20, 'memory outside of the heap grew');
  assert.ok(last.heap <= held[0].heap + 2 ** 20, 'the heap grew');
  assert.equal(last.files, held[0].files);
  assert.equal(last.threads, held[0].threads);
  for (const { fulfilled, rejected } of ends) {
    assert.ok(fulfilled > COUNT / 3 && rejected > COUNT / 3, `${fulfilled} and ${rejected}`);
  }
});
