'use strict';

// The command of the package: the same program as in Rust, whose tests are in cli/.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { Pipeline } = require('../index.js');
const { bin } = require('../package.json');

const COMMAND = path.join(__dirname, '..', bin.makeready);
const PHOTO = path.join(__dirname, '../../tests/images/photo.jpg');

function call(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('the command makes what the library makes', async (t) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'makeready-'));
  t.after(() => fs.rmSync(folder, { recursive: true }));
  const output = path.join(folder, 'a.webp');
  const { status, stdout, stderr } = call('convert', PHOTO, output, '--resize', '100x', '--quality', '60');
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.match(stdout, / -> .*a\.webp: webp 100x75, \d+ bytes\n$/);
  const expected = await Pipeline.open(PHOTO).resize({ width: 100 }).encode('webp', { quality: 60 }).run();
  assert.ok(fs.readFileSync(output).equals(expected.data));
});

test('exit codes are those of the errors', () => {
  assert.equal(call('probe', 'none.jpg').status, 12);
  assert.equal(call('probe').status, 2);
  assert.equal(call('--version').stdout, 'makeready 0.1.0\n');
});
