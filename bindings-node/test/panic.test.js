'use strict';

// A panic is an error of the code `internal` and never ends the process. The addon that panics on request is
// built for this test alone, with a feature that no release has, of what the other tests have compiled.

const assert = require('node:assert/strict');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const test = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');

const { folder, inCheckout } = require('./support/files.js');

const NAMES = { linux: 'libmakeready_node.so', darwin: 'libmakeready_node.dylib', win32: 'makeready_node.dll' };

function build() {
  const target = process.env.CARGO_TARGET_DIR ?? inCheckout('target');
  const profile = process.env.MAKEREADY_PROFILE ?? 'release';
  execFileSync('cargo', ['build', '--quiet', '--package', 'makeready-node', '--features', 'fault-injection',
    '--profile', profile, '--target-dir', target], { cwd: inCheckout(), stdio: ['ignore', 'inherit', 'inherit'] });
  const addon = path.join(folder('panic'), 'panics.node');
  fs.copyFileSync(path.join(target, profile, NAMES[process.platform]), addon);
  return addon;
}

test('a panic is an error', async (t) => {
  const addon = build();
  const native = require(addon);
  // The facade, over this addon.
  const facade = require.resolve('../lib/native.js');
  require.cache[facade] = Object.assign(new Module(facade), { exports: native, loaded: true });
  const { MakereadyError, given } = require('../lib/error.js');

  await t.test('in an export', () => {
    assert.throws(() => given(native.panicInExport()), (error) => {
      assert.ok(error instanceof MakereadyError);
      assert.equal(error.code, 'internal');
      return /panicked: on request, in an export/.test(error.message);
    });
  });

  await t.test('and one line, without the backtrace that may wait for memory for ever', () => {
    const { status, stderr } = spawnSync(process.execPath, ['-e', `require(${JSON.stringify(addon)}).panicInExport()`], {
      env: { ...process.env, RUST_BACKTRACE: '1', NODE_TEST_CONTEXT: undefined },
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    assert.match(stderr, /^makeready panicked at \S+: on request, in an export\n$/);
  });

  await t.test('on the thread of a job, again and again', async () => {
    for (let i = 0; i < 20; i += 1) {
      const job = await new Promise((resolve) => {
        const begun = given(native.panicInJob(() => resolve(begun)));
      });
      const found = { code: 'internal', message: /on request, in a job/ };
      assert.throws(() => given(job.takeFiles()), found);
    }
  });

  await t.test('when a panic was caught: the job ends all the same', async () => {
    const ended = new Promise((resolve) => {
      const begun = given(native.panicTwiceInJob(() => resolve(begun)));
    });
    const late = sleep(20_000, undefined, { ref: false }).then(() => assert.fail('it never ended'));
    const job = await Promise.race([ended, late]);
    assert.throws(() => given(job.takeFiles()), { code: 'internal', message: /panicked/ });
  });

  await t.test('and jobs run on', async () => {
    const { Pipeline } = require('../index.js');
    const { image } = require('./support/files.js');
    const output = await Pipeline.open(image('photo.jpg')).resize(10).run();
    assert.equal(output.width, 10);
  });

  await t.test('what is shipped cannot panic on request', () => {
    const root = path.join(__dirname, '..');
    const [addon] = fs.readdirSync(root).filter((file) => file.endsWith('.node'));
    assert.ok(!('panicInExport' in require(path.join(root, addon))));
  });
});
