'use strict';

// Keeps the origin-response handler at 70 % of what it can do for minutes: node soak.js [SECONDS]. Lambda gives a function one event at a
// time, so the handler rests for 3 parts of 10. Prints for each fifth of the time the latency, and the memory and the open descriptors at
// its end; fails where one of them grows. The store on loopback is in this process too. For Linux.

const fs = require('node:fs');
const { setTimeout: sleep } = require('node:timers/promises');

const { KEY, percentile, photo, startStore } = require('./load.js');
const { originResponse } = require('./origin-response.js');
const { event, missing } = require('./test/common.js');

const SHARE = 0.7;
const PARTS = 5;
/** Growth from the second fifth to the last, beyond which it counts: the first is for caches to fill and for code to be compiled. */
const MOST = { memory: 1.1, descriptors: 1.1, p50: 1.5 };

/** Answers events for a time. */
async function part(handler, asked, seconds) {
  const times = [];
  for (const end = performance.now() + 1000 * seconds; performance.now() < end;) {
    const since = performance.now();
    const { status, body } = await handler(structuredClone(asked));
    if (status !== '200') {
      throw new Error(body);
    }
    times.push(performance.now() - since);
    await sleep(times.at(-1) * (1 / SHARE - 1));
  }
  return {
    answers: times.length,
    p50: percentile(times, 0.5),
    p95: percentile(times, 0.95),
    memory: process.memoryUsage.rss() / 2 ** 20,
    descriptors: fs.readdirSync('/proc/self/fd').length,
  };
}

async function main([seconds = '300']) {
  const { server, endpoint } = await startStore(await photo(1600, 1200));
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' });
  const customHeaders = { 'x-store-bucket': 'soak', 'x-store-region': 'us-east-1', 'x-store-endpoint': endpoint };
  const asked = event('origin-response', { uri: `/${KEY}`, customHeaders, response: missing });
  const handler = originResponse({ log: () => {} });
  console.log('| answers | p50, ms | p95, ms | memory, MiB | descriptors |\n|---|---|---|---|---|');
  const parts = [];
  while (parts.length < PARTS) {
    const { answers, p50, p95, memory, descriptors } = await part(handler, asked, Number(seconds) / PARTS);
    parts.push({ p50, memory, descriptors });
    console.log(`| ${answers} | ${p50.toFixed(1)} | ${p95.toFixed(1)} | ${memory.toFixed(0)} | ${descriptors} |`);
  }
  server.close();
  const grown = Object.keys(MOST).filter((name) => parts.at(-1)[name] > MOST[name] * parts[1][name]);
  if (grown.length > 0) {
    throw new Error(`grew: ${grown.join(', ')}`);
  }
}

main(process.argv.slice(2)).then(() => process.exit(), (error) => {
  console.error(error.message);
  process.exit(1);
});
