'use strict';

// The memory of a process does not grow with the jobs it has run, however they ended.

const assert = require('node:assert/strict');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { run } = require('./support/child.js');

const skip = process.platform !== 'linux';
const [WARM, COUNT, ROUNDS] = [500, 2000, 8];

/** The module, and its stand-in where no job is to run. */
const [JOBS, NO_JOBS] = [path.join(__dirname, '../index.js'), path.join(__dirname, 'scripts/no-jobs.js')];

// V8 lets the space for young values grow from 1 to 16 MiB with what streams and signals make, whoever uses them: in
// plain Node 20 the process grows by 3.1 to 4.1 KB for each of the first 2,000 jobs, and by 5.7 to 6.5 KB where none is
// run and Node reads the inputs. With a fixed one it is 0.8 to 2.6 KB and 0.5 to 1.5 KB, and later rounds add little.
const YOUNG = { flags: ['--expose-gc', '--max-semi-space-size=1'] };

// With more than one arena, glibc places what a thread asks for by chance, and each arena grows to what was once needed
// of it. With one, what is left of growth is what jobs leave, and the stacks of threads that came to a deeper call.
const ONE_ARENA = { MALLOC_ARENA_MAX: '1' };

// Memory that the first jobs still add is kept by the process for use again. V8's optimising compilers, on four threads, come
// to hot functions in that time, and each thread keeps a part of what it needed. How much a thread keeps, of jobs too,
// is a limit of glibc's, which rises to twice the largest block that was freed, and V8's compilers free some of 416 KB.
// With no such compilers and that limit where it begins, jobs come to 70 to 700 bytes in Node 20.
const STILL = {
  flags: [...YOUNG.flags, '--no-opt', '--no-maglev'],
  env: { ...ONE_ARENA, MALLOC_TRIM_THRESHOLD_: String(2 ** 17) },
};

// The queue starts a thread where all others have something to do, up to this many, and keeps them.
const QUEUE_THREADS = 4 * Math.max(os.availableParallelism(), 2);

/** The memory of a process after a warm-up and after each round, how jobs ended, and bytes grown by a job. */
async function load(module, rounds, settings) {
  const { code, stdout, stderr } = await run(path.join(__dirname, 'scripts/load.js'), {
    args: [module, ...[WARM, COUNT, rounds].map(String)],
    timeout: 120_000,
    ...settings,
  });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const { held, ends } = JSON.parse(stdout);
  const grown = held.slice(1).map(({ rss }, round) => (rss - held[round].rss) / COUNT);
  return { held, ends, grown };
}

const each = (grown) => grown.map((bytes) => bytes.toFixed(0)).join(', ');

/** Prints the memory of a process, and checks all but its resident memory. */
function check(t, { held, ends, grown }) {
  const [first, last] = [held[0], held.at(-1)];
  const mib = held.map(({ rss }) => (rss / 2 ** 20).toFixed(1)).join(', ');
  t.diagnostic(`resident ${mib} MiB; grew by ${each(grown)} bytes a job`);
  t.diagnostic(`files ${first.files} then ${last.files}, threads ${first.threads} then ${last.threads}`);
  assert.ok(last.external <= first.external + 2 ** 20, 'memory outside of the heap grew');
  assert.ok(last.heap <= first.heap + 2 ** 20, 'the heap grew');
  assert.equal(last.files, first.files);
  assert.ok(last.threads <= first.threads + QUEUE_THREADS, 'threads were left behind');
  for (const { fulfilled, rejected } of ends) {
    assert.ok(fulfilled > COUNT / 3 && rejected > COUNT / 3, `${fulfilled} and ${rejected}`);
  }
}

/** The bytes by which the process grew for each job, on average of all rounds. */
const mean = ({ grown }) => grown.reduce((sum, bytes) => sum + bytes) / grown.length;

/** Checks that jobs leave no more than 1 KB each. Chance only adds, and a leak is in every process: of three, the least tells. */
async function checkGrowth(t, rounds, settings) {
  const means = [];
  do {
    const jobs = await load(JOBS, rounds, settings);
    check(t, jobs);
    means.push(mean(jobs));
  } while (means.at(-1) > 1024 && means.length < 3);
  assert.ok(means.at(-1) <= 1024, `grew by ${each(means)} bytes a job`);
}

test('2,000 mixed jobs after a warm-up of 500 leave nothing behind', { skip }, async (t) => {
  await checkGrowth(t, 1, STILL);
  const none = await load(NO_JOBS, 1, STILL);
  t.diagnostic(`without jobs it grew by ${each(none.grown)} bytes for each`);
});

test('with the optimising compilers of V8, rounds of 2,000 mixed jobs come to rest', { skip }, async (t) => {
  await checkGrowth(t, ROUNDS, { ...YOUNG, env: ONE_ARENA });
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
