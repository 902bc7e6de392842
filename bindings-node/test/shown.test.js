'use strict';

// Figures of what a picture shows, and stand-ins for it.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const test = require('node:test');

const { Pipeline, placeholder, probe, stats } = require('../index.js');
const { image } = require('./support/files.js');

test('figures of a few pixels', async () => {
  const data = new Uint8Array([0, 10, 10, 0]);
  const found = await stats({ data, width: 2, height: 2, channels: 1 });
  assert.deepEqual(found.channels, [{ min: 0, max: 10, mean: 5, deviation: 5 }]);
  assert.equal(found.isOpaque, true);
  assert.ok(Math.abs(found.entropy - 1) < 1e-12);
  assert.ok(Math.abs(found.sharpness - 20) < 1e-9);
  assert.equal(found.dominant, '#050505');
});

test('an input of each kind, or a pipeline', async () => {
  const file = image('photo.jpg');
  const wanted = await stats(file);
  assert.equal(wanted.channels.length, 3);
  const bytes = fs.readFileSync(file);
  for (const input of [bytes, new Blob([bytes]), fs.createReadStream(file), Pipeline.open(file)]) {
    assert.deepEqual(await stats(input), wanted);
  }
  assert.equal(await placeholder(new Blob([bytes])), await placeholder(Pipeline.open(file)));
  assert.equal((await stats(Pipeline.open(file).grayscale())).channels.length, 1);
});

test('kinds of stand-ins', async () => {
  const file = image('photo.jpg');
  assert.equal(await placeholder(file), await placeholder(file, { kind: 'thumbhash' }));
  assert.equal((await placeholder(file, { kind: 'blurhash' })).length, 28);
  const [head, data] = (await placeholder(file, { kind: 'data-uri' })).split(',');
  assert.equal(head, 'data:image/webp;base64');
  const { format, width, height } = probe(Buffer.from(data, 'base64'));
  assert.deepEqual({ format, width, height }, { format: 'webp', width: 16, height: 12 });
});

test('errors are those of a run', async () => {
  const file = image('photo.jpg');
  for (const of of [stats, placeholder]) {
    await assert.rejects(of('no such file.jpg'), { code: 'io', input: 0 });
    await assert.rejects(of(Pipeline.open(file).limits({ maxInputSide: 10 })), { code: 'limit_exceeded' });
    await assert.rejects(of(Pipeline.open(file).deadline(0)), { code: 'timeout' });
    await assert.rejects(of(file, { signal: AbortSignal.abort() }), { name: 'AbortError' });
    await assert.rejects(of(file, { speed: 1 }), { code: 'invalid_option', message: /found "speed"/ });
    await assert.rejects(of(3), TypeError);
  }
  await assert.rejects(placeholder(file, { kind: 'dither' }), { code: 'invalid_option', message: /^placeholder kind is one of/ });
  await assert.rejects(placeholder(file, { kind: 7 }), { name: 'TypeError', message: /^placeholder kind: expected a string, found number/ });
  await assert.rejects(placeholder(file, null), TypeError);
});
