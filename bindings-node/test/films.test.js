'use strict';

const assert = require('node:assert/strict');
const test = require('node:test');

const { Pipeline, Rendition, probe, runAll } = require('../index.js');

const { image } = require('./support/files.js');

const moving = image('films/moving.gif');
const small = Pipeline.open(moving, { animated: true }).resize(60);

test('a film is planned and made in each format that moves', async () => {
  for (const format of ['webp', 'gif', 'png']) {
    const film = small.encode(format, { loop: 2, delay: 50 });
    const { frames, duration } = film.plan();
    assert.deepEqual([frames, duration], [12, 600], format);
    const output = await film.run();
    assert.equal(output.frames, 12, format);
    const read = probe(output.data);
    assert.deepEqual([read.pages, read.duration, read.loop, read.width], [12, 600, 2, 60], format);
    assert.deepEqual(film.runSync().data, output.data, format);
  }
});

test('a film, its poster and one of its frames run in one pass', async () => {
  const poster = Pipeline.open(moving).resize(60).encode('jpeg');
  const frame = Pipeline.open(moving, { page: 5 }).resize(60).encode('jpeg');
  const outputs = await runAll([small.encode('webp'), poster, frame]);
  assert.deepEqual(outputs.map(({ frames }) => frames), [12, 1, 1]);
  assert.notDeepEqual(outputs[1].data, outputs[2].data);
});

test('a film is refused where it cannot be', () => {
  const refused = [
    [small.encode('jpeg'), /jpeg does not move: a film is encoded as png or webp or gif/],
    [small.encode('webp', { maxBytes: 9000 }), /max_bytes is of still pictures/],
    [Pipeline.open(moving, { animated: true, page: 1 }), /all its frames or as one page/],
  ];
  for (const [film, message] of refused) {
    assert.throws(() => film.plan(), { code: 'invalid_option', message });
  }
  const limited = small.encode('webp').limits({ maxFrames: 11 });
  assert.throws(() => limited.plan(), { code: 'limit_exceeded', limit: 'max_frames' });
});

test('a rendition moves where its format does', async () => {
  for (const [query, frames] of [['w=60&f=webp', 12], ['w=60&f=jpeg', 1], ['page=3&f=webp', 1]]) {
    const rendition = Rendition.parse(query);
    assert.equal(rendition.animated, frames > 1);
    assert.equal((await rendition.pipeline(moving).run()).frames, frames);
  }
});
