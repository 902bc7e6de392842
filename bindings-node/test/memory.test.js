'use strict';

// What a process holds does not grow with the jobs it has run, whatever became of them.

const assert = require('node:assert/strict');
const path = require('node:path');
const test = require('node:test');

const { run } = require('./support/child.js');

const skip = process.platform !== 'linux';
const [WARM, COUNT, ROUNDS] = [500, 2000, 8];

test('rounds of 2,000 mixed jobs leave nothing behind', { skip }, async (t) => {
  const { code, stdout, stderr } = await run(path.join(__dirname, 'scripts/load.js'), {
    args: [WARM, COUNT, ROUNDS].map(String),
    // V8 lets the space for young values grow from 1 to 16 MiB with what streams and signals make, whoever uses them;
    // with a fixed one, what is left is what jobs leave.
    flags: ['--expose-gc', '--max-semi-space-size=1'],
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
  const all = (last.rss - held[0].rss) / (COUNT * ROUNDS);
  assert.ok(all <= 1024, `grew by ${all.toFixed(0)} bytes a job: ${each}`);
  assert.ok(last.external <= held[0].external + 2 ** 20, 'memory outside of the heap grew');
  assert.ok(last.heap <= held[0].heap + 2 ** 20, 'the heap grew');
  assert.equal(last.files, held[0].files);
  assert.equal(last.threads, held[0].threads);
  for (const { fulfilled, rejected } of ends) {
    assert.ok(fulfilled > COUNT / 3 && rejected > COUNT / 3, `${fulfilled} and ${rejected}`);
  }
});

test('what waits for the garbage collector does not scatter the memory of jobs', { skip }, async (t) => {
  const script = path.join(__dirname, 'scripts/between.js');
  const { code, stdout, stderr } = await run(script, { args: [WARM, COUNT].map(String), timeout: 120_000 });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const mib = Number(stdout) / 2 ** 20;
  t.diagnostic(`${COUNT} jobs: ${mib.toFixed(1)} MiB more outside of V8's heap`);
  // Half of it is Node's: its own code, which is read as it is needed, and the threads of V8's compilers. Jobs that
  // left their errors or outputs to the collector came to 24 to 42 MiB.
  assert.ok(mib < 14, `${mib}`);
});
