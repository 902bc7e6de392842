'use strict';

// The whole way of a request, over sockets, and a day of them.

const assert = require('node:assert/strict');
const test = require('node:test');

const { MOST_BYTES, answer } = require('../answer.js');
const { CloudFront, parsed } = require('../cloudfront.js');
const { distribution, python, startStore } = require('../stand-in.js');
const { traffic } = require('../traffic.js');
const { image, opened, withPython } = require('./common.js');

const stored = (name, run) => withPython('moto_server', name, run);
const chrome = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8';

let store;
let cloudFront;
let server;
let url;

test.before(async () => {
  if (python('moto_server') === undefined) {
    return;
  }
  store = await startStore();
  await store.put('7.jpg', image('photo.jpg'));
  cloudFront = distribution(store, { log: () => {} });
  ({ server, url } = await cloudFront.listen());
});
test.after(async () => {
  server?.close();
  await store?.close();
});

/** Follows no redirect, and tells which triggers ran meanwhile. */
async function get(path, accept, method = 'GET') {
  const before = { ...cloudFront.runs };
  const response = await fetch(url + path, { method, redirect: 'manual', headers: accept === undefined ? {} : { accept } });
  const body = Buffer.from(await response.arrayBuffer());
  const ran = Object.keys(before).filter((name) => name.startsWith('origin') && cloudFront.runs[name] > before[name]);
  return { status: response.status, type: response.headers.get('content-type'), vary: response.headers.get('vary'), body, ran };
}

stored('a picture is made once, then comes from the cache, and later from the store', async () => {
  const first = await get('/7.jpg?w=300', chrome);
  assert.deepEqual([first.status, first.type, first.vary], [200, 'image/webp', 'Accept']);
  assert.deepEqual(opened(first.body), { format: 'WEBP', width: 320, height: 240, carried: [] });
  assert.deepEqual(first.ran, ['origin-request', 'origin-response']);

  const again = await get('/7.jpg?dpr=2&w=155&utm_source=mail', 'image/webp,*/*');
  assert.deepEqual(again, { ...first, ran: [] });

  const other = await get('/7.jpg?w=300', 'image/png,image/*;q=0.8');
  assert.deepEqual([other.type, opened(other.body).format], ['image/jpeg', 'JPEG']);

  // At another edge location, whose cache is empty.
  const elsewhere = distribution(store, { log: () => {}, make: () => assert.fail('it is in the store') });
  const kept = await elsewhere.request({ uri: '/7.jpg', querystring: 'w=300', headers: { accept: chrome } });
  assert.deepEqual([kept.status, kept.headers['content-type'], kept.body], [200, 'image/webp', first.body]);
});

test('a query whose names are those that all objects have changes no other', () => {
  const query = parsed('__proto__=1&toString=2&constructor=3&toString=4');
  assert.deepEqual(Object.keys(query), ['__proto__', 'toString', 'constructor']);
  assert.deepEqual(query.toString, { value: '2', multiValue: [{ value: '2' }, { value: '4' }] });
  assert.equal({}.value, undefined);
  assert.equal({}.toString.multiValue, undefined);
});

stored('no method but those of the template reaches the store', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const refused = await get('/7.jpg?w=81&f=jpeg', undefined, method);
    assert.deepEqual([refused.status, refused.ran], [403, []], method);
  }
});

stored('one picture has one place in the cache, however it is asked for', async () => {
  await get('/7.jpg?w=80&f=jpeg', chrome);
  for (const path of ['/7.jpg?f=jpeg&w=80', '/7.jpg?f=jpg&dpr=2&w=40', '/%37%2Ejpg?w=80&f=jpeg', '/7.jpg?w=%380&f=j%70eg&no-cache=1']) {
    const { status, type, ran } = await get(path, 'image/webp');
    assert.deepEqual([status, type, ran], [200, 'image/jpeg', []], path);
  }
});

stored('errors are JSON, and are cached', async () => {
  for (const [path, status, code, ran] of [
    ['/7.jpg?w=9999', 400, 'invalid_option', ['origin-request']],
    ['/none.jpg?w=80', 404, 'not_found', ['origin-request', 'origin-response']],
  ]) {
    const response = await get(path, chrome);
    assert.deepEqual([response.status, response.type, JSON.parse(response.body).code], [status, 'application/json', code]);
    assert.deepEqual(response.ran, ran);
    assert.deepEqual((await get(path, chrome)).ran, []);
  }
});

stored('those who ask at once for one picture wait for one function', async () => {
  const before = cloudFront.runs['origin-response'];
  const all = await Promise.all(Array.from({ length: 20 }, () => get('/7.jpg?w=640', chrome)));
  assert.ok(all.every(({ status, body }) => status === 200 && body.equals(all[0].body)));
  assert.equal(cloudFront.runs['origin-response'] - before, 1);
});

stored('99.9 % of 100,000 requests never reach a function', async (t) => {
  const pictures = Array.from({ length: 12 }, (_, index) => `users/${index}.jpg`);
  await Promise.all(pictures.map((name) => store.put(name, image('photo.jpg'))));
  const edge = distribution(store, { log: () => {} });
  const log = [...traffic({ pictures, count: 100_000, seed: 1 })];
  while (edge.runs['viewer-request'] < log.length) {
    const at = edge.runs['viewer-request'];
    const answers = await Promise.all(log.slice(at, at + 100).map((request) => edge.request(request)));
    assert.ok(answers.every(({ status }) => status === 200), `of requests ${at} to ${at + 100}`);
  }
  const reached = edge.runs['origin-request'];
  const plain = new Set(log.map((request) => JSON.stringify(request)));
  t.diagnostic(`${reached} of ${log.length} reach a function; by URL and Accept ${plain.size} would`);
  assert.ok(reached <= 0.001 * log.length, `${reached}`);
});

/** The emulator over one function, which answers by itself. */
function answering(made, triggers = {}) {
  const origin = { bucket: 'none', customHeaders: {}, endpoint: 'http://127.0.0.1:9' };
  return new CloudFront({ origin, triggers: { 'origin-request': () => made, ...triggers }, cachePolicy: { queryStrings: [], headers: [] } });
}

test('the emulator refuses what CloudFront refuses of a function', async () => {
  const statusOf = async (made) => (await answering(made).request({ uri: '/' })).status;
  // Its header takes 26 bytes.
  const body = (length) => answer(200, { 'content-type': 'text/plain' }, 'x'.repeat(length));
  assert.equal(await statusOf(body(MOST_BYTES - 26)), 200);
  assert.equal(await statusOf(body(MOST_BYTES - 25)), 502);
  assert.equal(await statusOf(answer(200, { 'x-edge-location': 'here' }, '')), 502);
});

test('the emulator caches what CloudFront caches', async () => {
  const cases = [
    [200, 'max-age=60', 1], [200, 'no-store', 2], [200, '', 2], [302, 'no-store', 2], [400, 'max-age=60', 1],
    [404, 'max-age=60', 1], [413, 'max-age=60', 2], [415, 'max-age=60', 1], [422, 'max-age=60', 2], [500, 'no-store', 2],
  ];
  for (const [status, control, runs] of cases) {
    const edge = answering(answer(status, { 'cache-control': control }, ''));
    await edge.request({ uri: '/' });
    await edge.request({ uri: '/' });
    assert.deepEqual([edge.runs['origin-request'], edge.kept], [runs, 2 - runs], `${status} ${control}`);
  }
});

test('the emulator keeps so many answers and no more', async () => {
  const edge = answering(answer(200, { 'cache-control': 'max-age=60' }, ''));
  for (let at = 0; at < 10_010; at += 1) {
    await edge.request({ uri: `/${at}` });
  }
  assert.equal(edge.kept, 10_000);
  await edge.request({ uri: '/10009' });
  assert.equal(edge.runs.hits, 1);
});

test('the emulator runs viewer-response last', async () => {
  const text = `function handler(event) {
    event.response.headers['x-uri'] = { value: event.request.uri };
    return event.response;
  }`;
  const edge = answering(answer(200, { 'cache-control': 'max-age=60' }, 'body'), { 'viewer-response': text });
  const { status, headers, body } = await edge.request({ uri: '/a' });
  assert.deepEqual([status, headers, String(body)], [200, { 'cache-control': 'max-age=60', 'x-uri': '/a' }, 'body']);
});

stored('a picture that is too large for a function comes by a redirect', async () => {
  const data = Buffer.alloc(900_000, 'picture');
  const large = distribution(store, { log: () => {}, make: async () => ({ data, contentType: 'image/webp' }) });
  const location = await large.listen();
  try {
    const request = { headers: { accept: chrome } };
    const response = await fetch(`${location.url}/7.jpg?w=70`, request);
    assert.deepEqual([response.status, response.redirected, response.url], [200, true, `${location.url}/7.jpg?w=80&f=webp`]);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), data);
    // By now the store has it.
    const next = await fetch(`${location.url}/7.jpg?w=70`, request);
    assert.deepEqual([next.status, next.redirected], [200, false]);
  } finally {
    location.server.close();
  }
});
