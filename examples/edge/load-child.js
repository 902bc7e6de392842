'use strict';

// Answers an event so many times on a library, and tells the times in milliseconds and the memory in MiB. A process of its own that
// loads what Lambda loads: the time to its first answer is a cold start without the start of the machine.

const { originResponse } = require('./build/package/origin-response.js');

/** The same work by sharp, with its defaults for all that a rendition does not say. */
function withSharp() {
  const sharp = require('./peers/node_modules/sharp');
  return async ({ width }, data) => ({ data: await sharp(data).rotate().resize({ width }).webp().toBuffer(), contentType: 'image/webp' });
}

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
  console.log(JSON.stringify({ times, first, memory: process.resourceUsage().maxRSS / 1024 }));
}

main(process.argv.slice(2));
