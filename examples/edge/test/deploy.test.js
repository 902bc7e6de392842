'use strict';

// Builds what is deployed and tries it.

const assert = require('node:assert/strict');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { unzipSync } = require('fflate');

const { build } = require('../deploy/build.js');
const settings = require('../settings.js');
const { python } = require('../stand-in.js');
const { event, withPython } = require('./common.js');

/** The most that Lambda takes of a package for a trigger of the origin. */
const MOST_BYTES = 50 << 20;

let folder;
const built = (name) => path.join(folder, name);

test.before(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-'));
  build(built('build'));
});
test.after(() => fs.rmSync(folder, { recursive: true }));

/** Calls a handler of an unpacked package in a process of its own, which knows nothing of the checkout. */
function invoke(name, given) {
  const program = `require('./${name}.js').handler(${JSON.stringify(given)}).then((answer) => console.error(JSON.stringify(answer)))`;
  const { stderr, stdout } = spawnSync(process.execPath, ['--no-warnings', '-e', program], { cwd: built('empty'), encoding: 'utf8', env: {} });
  return { answer: JSON.parse(stderr), line: JSON.parse(stdout) };
}

test('the package is small, and runs in an empty folder', (t) => {
  const zip = fs.readFileSync(built('build/edge.zip'));
  t.diagnostic(`${zip.length} bytes of at most ${MOST_BYTES}`);
  assert.ok(zip.length < MOST_BYTES);
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    fs.mkdirSync(path.dirname(built(`empty/${name}`)), { recursive: true });
    fs.writeFileSync(built(`empty/${name}`), bytes);
  }
  const request = invoke('origin-request', event('origin-request', { uri: '/7.jpg', querystring: 'w=300' }));
  assert.deepEqual([request.answer.uri, request.line.key], ['/v1/7.jpg/w-320.jpeg', 'v1/7.jpg/w-320.jpeg']);
  const response = { status: '403', statusDescription: 'Forbidden', headers: {} };
  const refused = invoke('origin-response', event('origin-response', { uri: '/v1/7.jpg/w-81.webp', response }));
  assert.deepEqual([refused.answer.status, refused.line.code], ['400', 'invalid_option']);
});

test('equal sources give an equal package', () => {
  build(built('again'));
  assert.ok(fs.readFileSync(built('build/edge.zip')).equals(fs.readFileSync(built('again/edge.zip'))));
});

test('the cache key of the template holds what the policy reads', () => {
  const template = fs.readFileSync(built('build/template.yaml'), 'utf8');
  assert.match(template, new RegExp(`QueryStrings: \\[${settings.policy.options.parameters.join(', ')}\\]`));
  assert.match(template, /FunctionCode: "var withToken = /);
});

withPython('cfn-lint', 'cfn-lint has nothing to say of the template', () => {
  const options = ['--regions', 'us-east-1', '--include-checks', 'W', 'I', '--', built('build/template.yaml')];
  const { status, stdout } = spawnSync(python('cfn-lint'), options, { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [0, '']);
});
