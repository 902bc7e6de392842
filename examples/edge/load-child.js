'use strict';

// Answers an event so many times on a library, and tells the times in milliseconds and the memory in MiB. A process of its own that
// loads what Lambda loads: the time to its first answer is a cold start without the start of the machine. For Linux.

const fs = require('node:fs');

const { originResponse } = require('./build/package/origin-response.js');

/** The same work by sharp, with its defaults for all that a rendition does not say. */
function withSharp() {
  const sharp = require('./peers/node_modules/sharp');
  return async ({ width }, data) => ({ data: await sharp(data).rotate().resize({ width }).webp().toBuffer(), contentType: 'image/webp' });
}

/** The most memory that the process has had. The system's own figure counts that of the process which started it. */
const mostMemory = () => Number(/VmHWM:\s+([0-9]+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;

async function main([library, event, count]) {
  const handler = originResponse({ log: () => {}, ...(library === 'sharp' && { make: withSharp() }) });
  const times = [];
  let first;
  while (times.length < Number(count)) {
    const since = performance.now();
    const { status, body } = await handler(JSON.parse(event));
    times.push(performance.now() - since);
    first ??= performance.now();
    if (status !== '200') {
      throw new Error(body);
    }
  }
  console.log(JSON.stringify({ times, first, memory: mostMemory() }));
}

main(process.argv.slice(2));
