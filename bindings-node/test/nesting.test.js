'use strict';

// Stitches within stitches, and many steps: an error or a picture, never the end of the stack or of memory.

const assert = require('node:assert/strict');
const path = require('node:path');
const test = require('node:test');

const { run } = require('./support/child.js');

const deep = (found) => ['invalid_option', `stitches are nested at most 100 deep, found ${found}`];
const wide = ['limit_exceeded', 'max_inputs is 64, this needs 65'];

/** The result of each pipeline of scripts/nested.js. */
const FOUND = {
  '100 of one': '8 wide',
  '101 of one': deep(101),
  '10000 of one': deep(10_000),
  '10000 beside another': deep(10_000),
  '100000 of one': deep(100_000),
  '90 of the same twice': wide,
  '90 of none twice': ['invalid_option', 'a stitch needs 1 input or more, found none'],
  '999 steps': '8 wide',
};

for (const [name, expected] of Object.entries(FOUND)) {
  test(name, async (t) => {
    const script = path.join(__dirname, 'scripts/nested.js');
    const child = await run(script, { args: [name], flags: ['--expose-gc'], timeout: 20_000 });
    assert.deepEqual([child.code, child.signal, child.stderr], [0, null, '']);
    const { found, ms, mib } = JSON.parse(child.stdout);
    t.diagnostic(`${ms.toFixed(0)} ms, ${mib.toFixed(0)} MiB`);
    // By plan, and by run.
    assert.deepEqual(found, typeof expected === 'string' ? expected : [...expected, expected[1]]);
    // Building does not grow with the square: ten times as many have five times as long, on a busy machine.
    const most = name.startsWith('100000 ') ? 10_000 : 2000;
    assert.ok(ms < most && mib < 200, `${ms} ms, ${mib} MiB`);
  });
}
