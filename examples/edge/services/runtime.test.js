'use strict';

// The deployed package in AWS's own runtime client, as Lambda starts it.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { build } = require('../deploy/build.js');
const { startStore } = require('../stand-in.js');
const { event, header, image, missing, opened } = require('../test/common.js');
const { RuntimeApi } = require('./runtime-api.js');

const MODULES = path.join(__dirname, 'node_modules');

let folder;
let store;

test.before(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edge-'));
  build(folder);
  store = await startStore();
  await store.put('7.jpg', image('photo.jpg'));
});
test.after(async () => {
  await store.close();
  fs.rmSync(folder, { recursive: true });
});

/** Runs a handler of the package in the runtime client, with the variables that Lambda reserves and no others. */
async function inRuntime(handler, run) {
  const api = new RuntimeApi();
  const env = {
    AWS_ACCESS_KEY_ID: 'loopback',
    AWS_SECRET_ACCESS_KEY: 'loopback',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1024',
    AWS_LAMBDA_FUNCTION_NAME: 'edge',
    AWS_LAMBDA_FUNCTION_VERSION: '1',
    AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/us-east-1.edge',
    AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
    AWS_LAMBDA_RUNTIME_API: await api.listen(),
    LAMBDA_TASK_ROOT: path.join(folder, 'package'),
    _HANDLER: handler,
  };
  const client = path.join(MODULES, 'aws-lambda-ric/index.mjs');
  const runtime = spawn(path.join(MODULES, '.bin/node'), [client, handler], { cwd: env.LAMBDA_TASK_ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(runtime, 'exit').then(([code]) => Promise.reject(new Error(`the runtime client ended with ${code}`)));
  let log = '';
  runtime.stdout.on('data', (text) => (log += text));
  try {
    await Promise.race([run((given) => Promise.race([api.invoke(given), ended])), ended]);
  } finally {
    runtime.kill();
    await ended.catch(() => {});
    api.close();
  }
  return log;
}

test('origin-request in the runtime client', async () => {
  const log = await inRuntime('origin-request.handler', async (invoke) => {
    const headers = { 'x-accept-token': 'token:wj' };
    const request = await invoke(event('origin-request', { uri: '/7.jpg', querystring: 'w=300', headers }));
    assert.equal(request.uri, '/v1/7.jpg/w-320.webp');
    const refused = await invoke(event('origin-request', { uri: '/7.jpg', querystring: 'w=9999' }));
    assert.deepEqual([refused.status, JSON.parse(refused.body).code], ['400', 'invalid_option']);
  });
  assert.equal(log.match(/"trigger":"origin-request"/g).length, 2, log);
});

test('origin-response in the runtime client', async () => {
  await inRuntime('origin-response.handler', async (invoke) => {
    const ask = (key) => invoke(event('origin-response', { uri: `/${key}`, customHeaders: store.customHeaders, response: missing }));
    const answer = await ask('v1/7.jpg/w-320.webp');
    assert.deepEqual([answer.status, header(answer, 'content-type')], ['200', 'image/webp']);
    assert.deepEqual(opened(Buffer.from(answer.body, 'base64')), { format: 'WEBP', width: 320, height: 240, carried: [] });
    assert.equal((await ask('v1/none.jpg/w-320.webp')).status, '404');
  });
});
