'use strict';

// Workers that end while jobs run, and a process that does; threads that cannot start.

const assert = require('node:assert/strict');
const path = require('node:path');
const test = require('node:test');

const { run } = require('./support/child.js');

const script = (name) => path.join(__dirname, 'scripts', name);

test('workers ended at random times while jobs run', async (t) => {
  const { code, signal, stdout, stderr } = await run(script('terminate.js'), { timeout: 120_000 });
  t.diagnostic(stdout.trim());
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
  assert.match(stdout, /lived on/);
});

test('process.exit while jobs run', async () => {
  for (const after of ['0', '5', '50', '200']) {
    const { code, signal, stderr, ms } = await run(script('exit.js'), { args: ['exit', after] });
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
    assert.ok(ms < 3000, `took ${ms} ms`);
  }
});

test('an exception that nobody catches while jobs run', async () => {
  const { code, signal, stderr } = await run(script('exit.js'), { args: ['throw', '30'] });
  assert.deepEqual({ code, signal }, { code: 1, signal: null });
  assert.match(stderr, /Error: on request/);
});

test('jobs keep the process alive, and nothing else does', async () => {
  const { code, stdout, stderr } = await run(script('exit.js'), { args: ['wait', '0'] });
  assert.deepEqual({ code, stderr, stdout }, { code: 0, stderr: '', stdout: 'all jobs ended\n' });
});

test('a thread that cannot start is an error, and is not waited for', { skip: process.platform !== 'linux' }, async () => {
  const flags = ['--expose-gc', '--single-threaded'];
  let ended;
  // Where so little is left Node itself may find none, one time of six as measured, and ends with an exception of C++.
  for (let tries = 0; tries < 10 && !/\[/.test(ended?.stdout); tries += 1) {
    ended = await run(script('no-thread.js'), { flags });
    assert.ok(ended.code === 0 || ended.stderr.includes('std::bad_alloc'), ended.stderr);
  }
  const { code, stdout, stderr } = ended;
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const found = JSON.parse(stdout);
  assert.equal(found.pop(), '8 wide');
  assert.ok(found.length > 1);
  found.forEach((without) => assert.match(without, /^io: could not start a thread: /));
});
