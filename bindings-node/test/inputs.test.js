'use strict';

// Everything that can be opened gives the same picture; Blobs and streams come when they are needed.

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { Readable } = require('node:stream');
const test = require('node:test');
const { pathToFileURL } = require('node:url');

const { Image, MakereadyError, Pipeline, probe, runAll } = require('../index.js');
const { image } = require('./support/files.js');

const file = image('photo.jpg');
const bytes = fs.readFileSync(file);
const own = () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const shared = () => {
  const buffer = new SharedArrayBuffer(bytes.length);
  new Uint8Array(buffer).set(bytes);
  return buffer;
};
const offset = () => new Uint8Array(Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(5)]).buffer);
const halves = () => [bytes.subarray(0, 9000), bytes.subarray(9000)];

/** Inputs whose bytes are there at once. */
const PRESENT = {
  Buffer: () => bytes,
  Uint8Array: () => new Uint8Array(bytes),
  'part of a Uint8Array': () => Buffer.concat([Buffer.alloc(3), bytes]).subarray(3),
  ArrayBuffer: own,
  SharedArrayBuffer: shared,
  'view of a SharedArrayBuffer': () => new Uint8Array(shared()),
  DataView: () => new DataView(own()),
  path: () => file,
  URL: () => pathToFileURL(file),
};

/** Inputs whose bytes come later. */
const LATE = {
  Blob: () => new Blob(halves()),
  File: () => new File(halves(), 'photo.jpg'),
  Readable: () => Readable.from(halves()),
  'Readable of a file': () => fs.createReadStream(file, { highWaterMark: 1000 }),
  ReadableStream: () => new Blob(halves()).stream(),
  'body of a Response': () => new Response(bytes).body,
  'async generator': async function* chunks() {
    yield* halves();
  },
};

const small = (from) => Pipeline.open(from).resize(64);
const expected = small(bytes).runSync().data;

test('every kind of input gives the same bytes', async (t) => {
  assert.ok(offset().length > bytes.length);
  for (const [name, make] of Object.entries({ ...PRESENT, ...LATE })) {
    await t.test(name, async () => {
      const from = name === 'async generator' ? make()[Symbol.asyncIterator]() : make();
      const pipeline = small(from);
      assert.deepEqual((await pipeline.run()).data, expected);
      // Twice: bytes that have come are remembered.
      assert.deepEqual((await pipeline.encode('jpeg').run()).data, expected);
      assert.equal(pipeline.plan().height, 48);
    });
  }
});

test('what is there at once can be planned, probed and run at once', () => {
  for (const make of Object.values(PRESENT)) {
    assert.equal(probe(make()).width, 480);
    assert.match(small(make()).explain(), /resize/);
    assert.deepEqual(small(make()).runSync().data, expected);
  }
});

test('what comes later is collected first', async () => {
  for (const make of [LATE.Blob, LATE.Readable, LATE.ReadableStream]) {
    const pipeline = Pipeline.stitch([bytes, make()], { across: 2 }).resize(64);
    for (const call of ['plan', 'explain', 'runSync', 'pixelsSync']) {
      const awaits = { name: 'MakereadyError', code: 'invalid_option', input: 1, message: /await/ };
      assert.throws(() => pipeline[call](), awaits);
    }
    assert.throws(() => probe(make()), { code: 'invalid_option' });
    assert.equal(await pipeline.load(), pipeline);
    assert.equal(pipeline.plan().width, 64);
    assert.equal(pipeline.runSync().width, 64);
  }
});

test('nothing is read before it is needed', async () => {
  let reads = 0;
  const stream = new Readable({
    read() {
      reads += 1;
      this.push(reads === 1 ? bytes : null);
    },
  });
  const pipeline = small(stream).flip().encode('png');
  await new Promise(setImmediate);
  assert.equal(reads, 0);
  await Promise.all([pipeline.run(), pipeline.rotate(90).run(), runAll([pipeline, pipeline])]);
  assert.equal(reads, 2);
  assert.throws(() => Pipeline.open('there-is-none.jpg').plan(), { code: 'io', input: 0 });
});

test('a stream is opened once', () => {
  const stream = Readable.from(halves());
  Pipeline.open(stream);
  assert.throws(() => Pipeline.open(stream), { code: 'invalid_option' });
});

test('a stream that fails is an io error with its cause', async () => {
  const cause = new Error('the disk is gone');
  const failing = new Readable({ read() { this.destroy(cause); } });
  const pipeline = Pipeline.stitch([bytes, failing], { across: 2 });
  const found = (error) => error.code === 'io' && error.input === 1 && error.cause === cause;
  await assert.rejects(pipeline.run(), found);
  await assert.rejects(pipeline.pixels(), found);
  await assert.rejects(Pipeline.open(Readable.from(['text'])).run(), TypeError);
});

test('a stream is read up to the limit', async () => {
  let given = 0;
  const endless = new Readable({
    read(size) {
      given += size;
      this.push(Buffer.alloc(size));
    },
  });
  const limit = { code: 'limit_exceeded', limit: 'max_input_bytes', input: 0 };
  await assert.rejects(Pipeline.open(endless).limits({ maxInputBytes: 100_000 }).run(), limit);
  assert.ok(given < 1_000_000 && endless.destroyed, `${given} bytes were read`);
  const blob = new Blob(halves());
  const pipeline = Pipeline.open(blob);
  await assert.rejects(pipeline.limits({ maxInputBytes: 100 }).run(), limit);
  await pipeline.run();
});

test('a job has the bytes of its call, whatever becomes of them', async () => {
  const mine = new Uint8Array(bytes);
  const run = small(mine).run();
  mine.fill(0);
  assert.deepEqual((await run).data, expected);
  const moved = new Uint8Array(bytes);
  const moving = small(moved).run();
  structuredClone(moved, { transfer: [moved.buffer] });
  assert.deepEqual((await moving).data, expected);
  assert.throws(() => small(moved).plan(), { code: 'truncated' });
});

test('runs that overlap have each the bytes of its call', async () => {
  const mine = { data: new Uint8Array(300 * 200 * 3), width: 300, height: 200, channels: 3 };
  const first = async (run) => (await run).data[0];
  const pipeline = Pipeline.open(mine).encode('webp', { lossless: true });
  const runs = [];
  for (const value of [10, 20, 20, 30, 10]) {
    mine.data.fill(value);
    // The same pipeline; another over the same bytes; and over the same bytes as another picture.
    runs.push([value, pipeline.pixels()], [value, Pipeline.open(mine).flip().pixels()]);
    runs.push([value, Pipeline.open({ ...mine, width: 200, height: 300 }).pixels()]);
  }
  mine.data.fill(0);
  for (const [value, run] of runs) {
    assert.equal(await first(run), value);
  }
  assert.deepEqual((await runs[2][1]).width, 200);
  const files = ['rgb.png', 'photo.jpg'].map((name) => fs.readFileSync(image(name)));
  const room = new Uint8Array(Math.max(...files.map(({ length }) => length)));
  const over = Pipeline.open(room);
  const widths = [...files, ...files].map((file) => {
    room.fill(0);
    room.set(file);
    return over.run().then(({ format, width }) => [format, width]);
  });
  const expected = files.map((file) => [probe(file).format, probe(file).width]);
  assert.deepEqual(await Promise.all(widths), [...expected, ...expected]);
});

test('raw pixels in and out', async () => {
  const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
  const pixels = { data, width: 2, height: 2, channels: 3 };
  const found = await Pipeline.open(pixels).flop().pixels();
  assert.ok(found instanceof Image && found.data instanceof Uint8Array);
  assert.deepEqual([found.width, found.height, found.channels, found.layout], [2, 2, 3, 'rgb']);
  assert.deepEqual([...found.data], [0, 255, 0, 255, 0, 0, 9, 9, 9, 0, 0, 255]);
  assert.deepEqual(Pipeline.open(found).flop().pixelsSync().data, data);
  const clamped = { data: new Uint8ClampedArray(16), width: 2, height: 2, channels: 4 };
  assert.equal((await Pipeline.open(clamped).pixels()).layout, 'rgba');
  assert.throws(() => Pipeline.open({ ...pixels, channels: 5 }), { code: 'invalid_option' });
  assert.throws(() => Pipeline.open({ ...pixels, width: 3 }).plan(), { code: 'invalid_option' });
  assert.throws(() => Pipeline.open({ ...pixels, width: '2' }), TypeError);
  assert.throws(() => Pipeline.open({ ...pixels, data: [1, 2] }), TypeError);
  assert.throws(() => Pipeline.open({ data, width: 2, height: 2 }), TypeError);
});

/** Arrays whose elements are no bytes. */
const NO_BYTES = [
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  BigUint64Array,
  BigInt64Array,
  Float32Array,
  Float64Array,
];

test('arrays of other than bytes are refused by name', async (t) => {
  for (const Kind of NO_BYTES) {
    await t.test(Kind.name, async () => {
      // The length of a file, which a picture of 16x2 pixels with 4 channels needs as well.
      const file = new Kind(own(), 0, Math.floor(bytes.length / Kind.BYTES_PER_ELEMENT));
      const found = (error) =>
        error instanceof MakereadyError && error.code === 'invalid_option' && error.message.endsWith(`found ${Kind.name}`);
      assert.throws(() => Pipeline.open(file), found);
      assert.throws(() => probe(file), found);
      const data = new Kind(128 / Kind.BYTES_PER_ELEMENT);
      assert.throws(() => Pipeline.open({ data, width: 16, height: 2, channels: 4 }), found);
      assert.throws(() => Pipeline.stitch([bytes, file], { across: 2 }), found);
      await assert.rejects(Pipeline.open(Readable.from([file])).run(), found);
    });
  }
});

test('raw pixels may be any bytes', () => {
  const { buffer } = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const sharing = new SharedArrayBuffer(8);
  new Uint8Array(sharing).set(new Uint8Array(buffer));
  const kinds = [Buffer.from(buffer), new Uint8ClampedArray(buffer), new DataView(buffer), buffer, sharing];
  for (const data of kinds) {
    const found = Pipeline.open({ data, width: 2, height: 2, channels: 2 }).pixelsSync();
    assert.deepEqual([...found.data], [1, 2, 3, 4, 5, 6, 7, 8]);
  }
  // As they are when a run begins, for shared ones too.
  const pipeline = Pipeline.open({ data: sharing, width: 8, height: 1, channels: 1 });
  new Uint8Array(sharing).fill(9);
  assert.deepEqual([...pipeline.pixelsSync().data], Array(8).fill(9));
});

test('what is no input is refused', () => {
  for (const from of [undefined, null, 3, {}, [], true, () => {}, Symbol('x')]) {
    assert.throws(() => Pipeline.open(from), TypeError);
    assert.throws(() => probe(from), TypeError);
  }
  assert.throws(() => Pipeline.open(new URL('https://example.com/a.jpg')), { code: 'invalid_option' });
  assert.throws(() => Pipeline.open(Buffer.alloc(0)).plan(), { code: 'truncated', input: 0 });
  assert.throws(() => Pipeline.open(new Uint8Array(0).buffer).plan(), MakereadyError);
});
