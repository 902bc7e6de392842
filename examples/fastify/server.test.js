'use strict';

// Starts the service for real and asks it.

const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const test = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');

const { Pipeline, probe } = require('makeready');

const { service } = require('./server.js');

const tiles = path.join(__dirname, '../tiles');
const images = path.join(__dirname, '../../tests/images');
const names = ['00', '01', '10', '11'].map((place) => `left-${place}.jpg`);

let app;
let url;

test.before(async () => {
  app = service({ tiles });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
});
test.after(() => app.close());

const json = (body) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const upload = (body) => ({ method: 'POST', headers: { 'content-type': 'image/jpeg' }, body });
/** A file that takes seconds to write as a WebP. */
async function slowUpload() {
  const data = new Uint8Array(3 * 2000 * 2000).map((_, i) => (i * 7919) >> 3);
  const noise = Pipeline.open({ data, width: 2000, height: 2000, channels: 3 });
  return (await noise.encode('jpeg', { quality: 95 }).run()).data;
}
const bytes = async (response) => Buffer.from(await response.arrayBuffer());

test('a preview of stitched tiles', async () => {
  const response = await fetch(`${url}/preview`, json({ tiles: names, across: 2, width: 400 }));
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'image/webp');
  const { format, width } = probe(await bytes(response));
  assert.deepEqual({ format, width }, { format: 'webp', width: 400 });
});

test('a rendition of an upload', async () => {
  const photo = fs.readFileSync(path.join(images, 'photo.jpg'));
  const response = await fetch(`${url}/rendition?width=120&format=png`, upload(photo));
  assert.equal(response.headers.get('content-type'), 'image/png');
  const { format, width, height } = probe(await bytes(response));
  assert.deepEqual({ format, width, height }, { format: 'png', width: 120, height: 90 });
});

test('errors are typed JSON', async () => {
  const cases = [
    [fetch(`${url}/rendition`, upload('this is no image')), 415, 'unsupported'],
    [fetch(`${url}/rendition`, upload(fs.readFileSync(path.join(images, 'bad/truncated.jpg')))), 422, 'truncated'],
    [fetch(`${url}/rendition`, upload(fs.readFileSync(path.join(images, 'bad/huge.png')))), 413, 'limit_exceeded'],
    [fetch(`${url}/rendition?format=bmp`, upload(fs.readFileSync(path.join(images, 'photo.jpg')))), 400, 'invalid_option'],
    [fetch(`${url}/preview`, json({ tiles: ['../first.rs'] })), 400, 'invalid_option'],
    [fetch(`${url}/preview`, json({ tiles: ['none.jpg'] })), 500, 'io'],
    [fetch(`${url}/preview`, json({})), 400, 'bad_request'],
  ];
  for (const [answer, status, code] of cases) {
    const response = await answer;
    const body = await response.json();
    assert.deepEqual([response.status, body.code], [status, code], body.message);
  }
  const { limit } = await (await fetch(`${url}/rendition`,
    upload(fs.readFileSync(path.join(images, 'bad/huge.png'))))).json();
  assert.equal(limit, 'max_input_pixels');
});

test('a client that goes away ends its job', async () => {
  const slow = await slowUpload();
  const ask = () => {
    const request = http.request(`${url}/rendition?format=webp&quality=95`, upload());
    request.on('error', () => {});
    request.end(slow);
    return request;
  };
  // More jobs than threads; were they to run on, the last request would wait for all of them.
  const requests = Array.from({ length: 12 }, ask);
  await sleep(300);
  requests.forEach((request) => request.destroy());
  await sleep(150);
  const since = performance.now();
  const response = await fetch(`${url}/preview`, json({ tiles: names.slice(0, 1), across: 1, width: 40 }));
  assert.equal(response.status, 200);
  const ms = performance.now() - since;
  assert.ok(ms < 1000, `waited for ${ms} ms`);
});

test('the figures of the queue', async () => {
  const response = await fetch(`${url}/metrics`);
  assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  const text = await response.text();
  assert.match(text, /^makeready_jobs_done_total [1-9]/m);
  assert.match(text, /^makeready_job_run_seconds\{quantile="0.99"\} [0-9.]+$/m);
});

test('a full queue says when to come again', async () => {
  const slow = await slowUpload();
  const script = path.join(__dirname, 'server.js');
  const port = 20_000 + (process.pid % 20_000);
  const env = { ...process.env, PORT: port, MAKEREADY_QUEUE: 1, MAKEREADY_THREADS: 1 };
  const server = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    await once(server.stdout, 'data');
    const ask = () => fetch(`http://127.0.0.1:${port}/rendition?format=webp`, upload(slow));
    const responses = await Promise.all(Array.from({ length: 12 }, ask));
    const busy = responses.filter((response) => response.status === 503);
    assert.ok(busy.length > 0, String(responses.map((response) => response.status)));
    for (const response of busy) {
      assert.ok(Number(response.headers.get('retry-after')) >= 1);
      assert.equal((await response.json()).code, 'busy');
    }
    assert.ok(responses.every((response) => [200, 503].includes(response.status)));
  } finally {
    server.kill();
    await once(server, 'exit');
  }
});

test('a job ends at its deadline', async () => {
  const slow = await slowUpload();
  const hasty = service({ tiles, deadline: 100 });
  try {
    const address = await hasty.listen({ port: 0, host: '127.0.0.1' });
    const since = performance.now();
    const response = await fetch(`${address}/rendition?format=webp&quality=95`, upload(slow));
    const ms = performance.now() - since;
    assert.deepEqual([response.status, (await response.json()).code], [504, 'timeout']);
    assert.ok(ms < 3000, `answered after ${ms} ms`);
    // And the service lives on.
    const next = await fetch(`${address}/rendition?width=20`, upload(fs.readFileSync(path.join(tiles, names[0]))));
    assert.equal(next.status, 200);
  } finally {
    await hasty.close();
  }
});
