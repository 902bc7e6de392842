'use strict';

// A log of requests as a marketplace has it: few pictures take most of them, pages ask for widths of their layouts, and every browser
// spells its Accept header in its own way. The same seed gives the same log.

/** Numbers from 0 to 1, by mulberry32. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Picks by Zipf's law: the n-th of the items is picked 1/n as often as the first. */
function zipf(items, next) {
  const total = items.reduce((sum, _, index) => sum + 1 / (index + 1), 0);
  return () => {
    let left = next() * total;
    const index = items.findIndex((_, at) => (left -= 1 / (at + 1)) < 0);
    return items.at(index);
  };
}

/** Accept headers that browsers and apps send for pictures, the most frequent first. */
const ACCEPTS = [
  'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8',
  'image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  'image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5',
  'image/webp,image/apng,image/*,*/*;q=0.8',
  'image/webp,*/*',
  'image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5',
  '*/*',
  'image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5',
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7',
  'image/png,image/*;q=0.8,*/*;q=0.5',
  'image/gif, image/jpeg, */*',
  undefined,
];

/** The same header in a spelling that proxies and apps make of it. */
function respelled(accept, next) {
  const space = ['', '', ' ', '\t'][Math.floor(next() * 4)];
  const parts = accept.split(',').map((part) => (next() < 0.1 ? part.toUpperCase() : part));
  const zero = next() < 0.2 ? '0' : '';
  return parts.join(`,${space}`).replace(/q=(0\.[0-9])/gi, `q=$1${zero}`);
}

function* traffic({ pictures, count, seed }) {
  const next = random(seed);
  const picture = zipf(pictures, next);
  const width = zipf([48, 64, 40, 96, 128, 80, 150, 300, 280, 240], next);
  const accept = zipf(ACCEPTS, next);
  for (let made = 0; made < count; made += 1) {
    const ratio = [1, 2, 2, 1.5][Math.floor(next() * 4)];
    const about = Math.max(1, width() + Math.floor(next() * 9) - 4);
    const query = [`w=${about}`, ...(ratio === 1 ? [] : [`dpr=${ratio}`]), ...(next() < 0.05 ? [`utm_source=mail${made}`] : [])];
    const header = accept();
    yield {
      uri: `/${picture()}`,
      querystring: (next() < 0.2 ? query.reverse() : query).join('&'),
      headers: header === undefined ? {} : { accept: next() < 0.3 ? respelled(header, next) : header },
    };
  }
}

module.exports = { ACCEPTS, random, respelled, traffic };
