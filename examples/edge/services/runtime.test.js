'use strict';

// The deployed package in AWS's own runtime client, as Lambda starts it.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const test = require('node:test');

const { build } = require('../deploy/build.js');
const { originResponse } = require('../origin-response.js');
const { startStore } = require('../stand-in.js');
const { event, header, image, missing, opened } = require('../test/common.js');
const { PROGRAM, inRuntime, nodeFunction, rustFunction, urlEvent } = require('./runtime.js');

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

const started = (handler, work) => inRuntime(nodeFunction(path.join(folder, 'package'), handler), work);

test('origin-request in the runtime client', async () => {
  const log = await started('origin-request.handler', async (invoke) => {
    const headers = { 'x-accept-token': 'token:wj' };
    const request = await invoke(event('origin-request', { uri: '/7.jpg', querystring: 'w=300', headers }));
    assert.equal(request.uri, '/v1/7.jpg/w-320.webp');
    const refused = await invoke(event('origin-request', { uri: '/7.jpg', querystring: 'w=9999' }));
    assert.deepEqual([refused.status, JSON.parse(refused.body).code], ['400', 'invalid_option']);
  });
  assert.equal(log.match(/"trigger":"origin-request"/g).length, 2, log);
});

test('origin-response in the runtime client', async () => {
  await started('origin-response.handler', async (invoke) => {
    const ask = (key) => invoke(event('origin-response', { uri: `/${key}`, customHeaders: store.customHeaders, response: missing }));
    const answer = await ask('v1/7.jpg/w-320.webp');
    assert.deepEqual([answer.status, header(answer, 'content-type')], ['200', 'image/webp']);
    assert.deepEqual(opened(Buffer.from(answer.body, 'base64')), { format: 'WEBP', width: 320, height: 240, carried: [] });
    assert.equal((await ask('v1/none.jpg/w-320.webp')).status, '404');
  });
});

/** The answer of the handler in this process. */
const atEdge = (key) =>
  originResponse({ log: () => {} })(event('origin-response', { uri: `/${key}`, customHeaders: store.customHeaders, response: missing }));

const skip = !fs.existsSync(PROGRAM) && 'left out: make test-services builds the function in Rust';

test('the function in Rust makes the same picture, and the same errors', { skip }, async () => {
  await inRuntime(rustFunction(PROGRAM, store), async (invoke) => {
    const made = await invoke(urlEvent('/v1/7.jpg/w-160.webp'));
    assert.deepEqual([made.statusCode, made.isBase64Encoded, made.headers['content-type']], [200, true, 'image/webp']);
    assert.ok(made.body === (await atEdge('v1/7.jpg/w-160.webp')).body);

    await store.put('bomb.png', image('bad/huge.png'));
    for (const key of ['v1/none.jpg/w-80.webp', 'v1/7.jpg/w-80.png', 'v1/7.jpg/w-81.webp', 'v1/bomb.png/w-80.webp']) {
      const { statusCode, body } = await invoke(urlEvent(`/${key}`));
      const other = await atEdge(key);
      assert.deepEqual([String(statusCode), JSON.parse(body)], [other.status, JSON.parse(other.body)]);
    }
  });
});
