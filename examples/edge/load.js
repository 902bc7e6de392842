'use strict';

// Measures the origin-response handler: a profile picture (1600x1200 JPEG to 320 pixels WebP), cold and warm, beside the same handler on
// sharp. Prints a table for README.md. For Linux; needs `npm install --prefix peers`.

const { execFile } = require('node:child_process');
const { once } = require('node:events');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');

const { Pipeline } = require('makeready');

const { build } = require('./deploy/build.js');
const { event, missing } = require('./test/common.js');
const { random } = require('./traffic.js');

/** Processes a library, by turns: what else the machine does falls on both. */
const ROUNDS = 15;
/** Answers a process; its first ones are not counted as warm. */
const ANSWERS = 40;
const EARLY = 10;
const KEY = 'v1/profile.jpg/w-320.webp';

/** A store that has one picture and takes all others, so that the time of a store is in no figure. */
async function startStore(picture) {
  const server = http.createServer((request, response) => {
    const body = request.method === 'GET' ? picture : '';
    const headers = { 'content-length': body.length, etag: '"0"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' };
    request.resume().once('end', () => response.writeHead(200, headers).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, endpoint: `http://127.0.0.1:${server.address().port}` };
}

/** Waves and noise, as a photo has them: neither flat nor of equal samples. */
async function photo(width, height) {
  const next = random(3);
  const data = new Uint8Array(3 * width * height);
  for (let at = 0; at < data.length; at += 1) {
    const pixel = Math.floor(at / 3);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    data[at] = 128 + 60 * Math.sin(x / 37 + (at % 3)) + 50 * Math.cos(y / 23) + 16 * next();
  }
  return (await Pipeline.open({ data, width, height, channels: 3 }).encode('jpeg', { quality: 88 }).run()).data;
}

/** Answers so often in a process of its own. */
async function run(library, endpoint, count) {
  const env = { ...process.env, AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' };
  const customHeaders = { 'x-store-bucket': 'load', 'x-store-region': 'us-east-1', 'x-store-endpoint': endpoint };
  const asked = event('origin-response', { uri: `/${KEY}`, customHeaders, response: missing });
  const program = path.join(__dirname, 'load-child.js');
  const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', program, library, JSON.stringify(asked), count], { env });
  return JSON.parse(stdout);
}

/** The value that a share of all does not exceed. */
const percentile = (values, share) => values.toSorted((a, b) => a - b)[Math.ceil(share * values.length) - 1];

/** Figures of the processes of a library. */
function figures(made) {
  const cold = made.map(({ first }) => first);
  const warm = made.flatMap(({ times }) => times.slice(EARLY));
  const memory = Math.max(...made.map(({ memory }) => memory));
  return [percentile(cold, 0.5), percentile(cold, 0.95), percentile(warm, 0.5), percentile(warm, 0.95), memory];
}

/** Measures functions by their names, and prints a table. `run` gives the figures of a process that makes so many answers. */
async function measure(names, run) {
  build(path.join(__dirname, 'build'));
  const picture = await photo(1600, 1200);
  const { server, endpoint } = await startStore(picture);
  const rounds = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const name of names) {
      rounds[name].push(await run(name, endpoint, ANSWERS));
    }
  }
  server.close();
  const machine = `${os.availableParallelism()} cores of ${os.cpus()[0].model.trim()}, Node ${process.version}`;
  console.log(`${new Date().toISOString().slice(0, 10)}, ${machine}; a JPEG of ${picture.length} bytes:\n`);
  console.log('| function | cold p50, ms | cold p95, ms | warm p50, ms | warm p95, ms | most memory, MiB |\n|---|---|---|---|---|---|');
  for (const [name, made] of Object.entries(rounds)) {
    const cells = figures(made).map((figure) => figure.toFixed(figure < 100 ? 1 : 0));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

if (require.main === module) {
  measure(['makeready', 'sharp'], run);
}

module.exports = { KEY, measure, percentile, photo, startStore };
