'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const net = require('node:net');
const test = require('node:test');
const { gzipSync } = require('node:zlib');

const { GetObjectCommand, HeadObjectCommand } = require('@aws-sdk/client-s3');
const { Pipeline, Policy, probe } = require('makeready');

const { MOST_BYTES, sizeOf } = require('../answer.js');
const { originResponse } = require('../origin-response.js');
const settings = require('../settings.js');
const { python, startStore } = require('../stand-in.js');
const { event, header, image, missing, opened, withPython } = require('./common.js');

const stored = (name, run) => withPython('moto_server', name, run);

let store;
const logged = [];
const log = (text) => logged.push(JSON.parse(text));
const handler = originResponse({ log });

test.before(async () => {
  store = python('moto_server') && (await startStore());
});
test.after(() => store?.close());

/** Asks for a rendition that the store has not got. */
function ask(key, { run = handler, response = missing, method = 'GET' } = {}) {
  return run(event('origin-response', { uri: `/${key}`, method, customHeaders: store.customHeaders, response }));
}

/** What the store has by a key. */
async function kept(key) {
  const { Body, ContentType, CacheControl } = await store.client.send(new GetObjectCommand({ Bucket: store.bucket, Key: key }));
  return { ContentType, CacheControl, data: Buffer.from(await Body.transformToByteArray()) };
}
const isKept = (key) => store.client.send(new HeadObjectCommand({ Bucket: store.bucket, Key: key })).then(() => true, () => false);

/** Noise, of which no encoder makes little. */
async function noise(side) {
  const data = new Uint8Array(3 * side * side).map((_, i) => Math.imul(i, 2654435761) >>> 13);
  return (await Pipeline.open({ data, width: side, height: side, channels: 3 }).encode('png').run()).data;
}

stored('a picture that is missing is made, kept and sent', async () => {
  await store.put('users/7.jpg', image('photo.jpg'));
  const cases = [
    ['v1/users/7.jpg/w-80.webp', 'image/webp', { format: 'WEBP', width: 80, height: 60, carried: [] }],
    ['v1/users/7.jpg/w-160.jpeg', 'image/jpeg', { format: 'JPEG', width: 160, height: 120, carried: [] }],
  ];
  for (const [key, type, picture] of cases) {
    const answer = await ask(key);
    assert.deepEqual([answer.status, answer.bodyEncoding], ['200', 'base64'], answer.body);
    assert.equal(header(answer, 'content-type'), type);
    assert.equal(header(answer, 'cache-control'), 'public, max-age=31536000, immutable');
    const bytes = Buffer.from(answer.body, 'base64');
    assert.deepEqual(opened(bytes), picture);
    assert.deepEqual(await kept(key), { ContentType: type, CacheControl: 'public, max-age=31536000, immutable', data: bytes });
    // Where another place has stored it in the meantime.
    assert.deepEqual(await ask(key), answer);
  }
});

stored('one GIF is a film for those who take WebP, and its first frame for others', async () => {
  await store.put('moving.gif', image('films/moving.gif'));
  for (const [key, type, frames] of [['w-80.webp', 'image/webp', 12], ['w-80.jpeg', 'image/jpeg', 1]]) {
    const answer = await ask(`v1/moving.gif/${key}`);
    assert.deepEqual([answer.status, header(answer, 'content-type')], ['200', type], answer.body);
    const { width, pages, duration } = probe(Buffer.from(answer.body, 'base64'));
    assert.deepEqual([width, pages, duration], [80, frames, frames === 12 ? 800 : 0]);
  }
});

stored('a HEAD has no body, and the picture is kept', async () => {
  await store.put('head.jpg', image('photo.jpg'));
  const answer = await ask('v1/head.jpg/w-80.webp', { method: 'HEAD' });
  assert.deepEqual([answer.status, answer.body, header(answer, 'content-type')], ['200', '', 'image/webp']);
  assert.ok(await isKept('v1/head.jpg/w-80.webp'));
});

stored('alpha is laid on the background for a client without such a format', async () => {
  await store.put('alpha.png', image('rgba.png'));
  const answer = await ask('v1/alpha.png/w-80.jpeg');
  assert.equal(opened(Buffer.from(answer.body, 'base64')).format, 'JPEG');
});

test('what the store has passes, and what it fails with is JSON', async () => {
  for (const status of ['200', '206', '304', '416']) {
    const response = { ...missing, status };
    assert.deepEqual(await handler(event('origin-response', { uri: '/v1/a.jpg/w-80.webp', response })), response);
  }
  for (const status of ['301', '307', '400', '405', '429', '500', '503']) {
    const failed = await handler(event('origin-response', { uri: '/v1/a.jpg/w-80.webp', response: { ...missing, status } }));
    assert.deepEqual([failed.status, JSON.parse(failed.body).code, header(failed, 'cache-control')], ['500', 'io', 'no-store']);
  }
});

stored('the largest answer is 1 MB; a larger picture is kept, and the client sent to it', async () => {
  await store.put('big picture.png', await noise(1400));
  const key = 'v1/big~20picture.png/whole.webp';
  const answer = await ask(key);
  assert.deepEqual([answer.status, answer.body.length], ['302', 0]);
  assert.equal(header(answer, 'location'), '/big%20picture.png?f=webp');
  assert.equal(header(answer, 'cache-control'), 'no-store');
  const { data } = await kept(key);
  assert.ok(data.length > 786_432, String(data.length));

  // By a bound that an answer can hold, the quality is lowered in place of it.
  const fits = await ask('v1/big~20picture.png/whole.jpeg', { run: originResponse({ maxBytes: 780_000, log }) });
  assert.equal(fits.status, '200');
  const size = sizeOf(fits);
  assert.ok(size <= MOST_BYTES && size > MOST_BYTES / 2, String(size));
});

/** A PNG that says it is so large; the check of its header is right. */
function hugePng(side) {
  const png = Buffer.from(image('bad/huge.png'));
  png.writeUInt32BE(side, 16);
  png.writeUInt32BE(side, 20);
  // A gzip file ends with the same check, and the length.
  png.writeUInt32BE(gzipSync(png.subarray(12, 29)).subarray(-8).readUInt32LE(), 29);
  return png;
}

/** A GIF whose screen is 65,535 by 65,535. */
function hugeGif() {
  const gif = Buffer.from(image('still.gif'));
  gif.fill(0xff, 6, 10);
  return gif;
}

stored('files that attack end with JSON, before they are decoded', async () => {
  const cases = [
    ['bomb.png', hugePng(50_000), '413', 'limit_exceeded', 'max_input_pixels'],
    ['bomb.jpg', image('bad/huge.jpg'), '413', 'limit_exceeded', 'max_input_pixels'],
    ['bomb.gif', hugeGif(), '413', 'limit_exceeded', 'max_input_pixels'],
    ['long.jpg', Buffer.alloc(26_214_401), '413', 'limit_exceeded', 'max_input_bytes'],
    ['cut.jpg', image('bad/truncated.jpg'), '422', 'truncated', undefined],
    ['cut.png', image('bad/truncated.png'), '422', 'truncated', undefined],
    ['cut.webp', image('bad/truncated.webp'), '422', 'truncated', undefined],
    ['cut.gif', image('bad/truncated.gif'), '422', 'truncated', undefined],
    ['text.jpg', image('bad/text.jpg'), '415', 'unsupported', undefined],
    ['empty.jpg', Buffer.alloc(0), '422', 'truncated', undefined],
    ['page.pdf', Buffer.from('%PDF-1.7\n1 0 obj\n<< >>\nendobj\n'), '415', 'unsupported', undefined],
    ['drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), '415', 'unsupported', undefined],
  ];
  const before = process.resourceUsage().maxRSS;
  for (const [source, bytes, status, code, parameter] of cases) {
    await store.put(source, bytes);
    const key = `v1/${source}/w-80.webp`;
    const answer = await ask(key);
    const body = JSON.parse(answer.body);
    assert.deepEqual([answer.status, body.code, body.parameter], [status, code, parameter], `${source}: ${answer.body}`);
    assert.equal(header(answer, 'content-type'), 'application/json');
    assert.equal(await isKept(key), false);
  }
  const grown = (process.resourceUsage().maxRSS - before) / 1024;
  assert.ok(grown < 256, `${grown} MiB more for files that are refused`);
});

stored('a job that needs more memory than the function has is refused by its plan', async () => {
  await store.put('interlaced.png', image('interlaced.png'));
  const run = originResponse({ policy: new Policy({ ...settings.policy.options, maxMemory: 100_000 }), log });
  const answer = await ask('v1/interlaced.png/w-80.webp', { run });
  assert.deepEqual([answer.status, JSON.parse(answer.body).parameter], ['413', 'max_memory']);
});

stored('a job that takes too long ends at its deadline', async () => {
  await store.put('slow.png', await noise(1400));
  const run = originResponse({ policy: new Policy({ ...settings.policy.options, deadline: 20 }), log });
  const answer = await ask('v1/slow.png/whole.webp', { run });
  assert.deepEqual([answer.status, JSON.parse(answer.body).code, header(answer, 'cache-control')], ['504', 'timeout', 'no-store']);
});

stored('pictures carry no metadata', async () => {
  for (const name of ['orient-6.jpg', 'with-profile.jpg', 'odd/two-exif.jpg', 'odd/long-exif.webp']) {
    assert.notDeepEqual(opened(image(name)).carried, [], name);
    await store.put('carrier', image(name));
    for (const format of ['webp', 'jpeg']) {
      const answer = await ask(`v1/carrier/w-80.${format}`);
      assert.deepEqual(opened(Buffer.from(answer.body, 'base64')).carried, [], `${name} ${format}`);
    }
  }
});

stored('what is not there, and what no policy makes', async () => {
  const cases = [
    ['v1/none.jpg/w-80.webp', '404', 'not_found', undefined],
    ['v1/users/7.jpg/w-81.webp', '400', 'invalid_option', undefined],
    ['v1/users/7.jpg/w-80.png', '400', 'invalid_option', 'f'],
    ['favicon.ico', '400', 'invalid_option', undefined],
  ];
  for (const [key, status, code, parameter] of cases) {
    const answer = await ask(key);
    const body = JSON.parse(answer.body);
    assert.deepEqual([answer.status, body.code, body.parameter], [status, code, parameter], answer.body);
  }
});

stored('a store that fails is no fault of the request, and tells nothing of the inside', async () => {
  const customHeaders = { ...store.customHeaders, 'x-store-bucket': 'no-such-bucket' };
  const answer = await handler(event('origin-response', { uri: '/v1/a.jpg/w-80.webp', customHeaders, response: missing }));
  assert.deepEqual([answer.status, JSON.parse(answer.body)], ['500', { code: 'internal', message: 'the function failed' }]);
  assert.equal(logged.at(-1).code, 'NoSuchBucket');
});

test('a store that does not answer in time is told of before Lambda ends the function', async () => {
  // Says that a picture comes, and sends a part of it.
  const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf';
  for (const sent of ['', head]) {
    const server = net.createServer((socket) => socket.on('error', () => {}).write(sent)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${server.address().port}`;
    const customHeaders = { 'x-store-bucket': 'slow', 'x-store-region': 'us-east-1', 'x-store-endpoint': endpoint };
    const asked = event('origin-response', { uri: '/v1/a.jpg/w-80.webp', customHeaders, response: missing });
    const since = performance.now();
    const answer = await originResponse({ storeSeconds: 0.2, log })(asked);
    assert.deepEqual([answer.status, JSON.parse(answer.body).code], ['500', 'io'], answer.body);
    assert.ok(performance.now() - since < 2000);
    server.close();
  }
});

test('the times of a function are within that of Lambda', () => {
  const seconds = 2 * settings.storeSeconds + settings.policy.options.deadline / 1000;
  assert.ok(seconds < 30, String(seconds));
});
