'use strict';

// The pipeline: both forms of its calls, what it gives, what it refuses.

const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const test = require('node:test');

const makeready = require('../index.js');
const { folder, image, inCheckout } = require('./support/files.js');

const { MakereadyError, Output, Pipeline, explainAll, optimizations, planAll, runAll } = makeready;
const photo = Pipeline.open(image('photo.jpg'));

test('CommonJS and modules have the same names and the same classes', async () => {
  const esm = await import('../index.mjs');
  assert.deepEqual(Object.keys(esm).sort(), [...Object.keys(makeready), 'default'].sort());
  Object.keys(makeready).forEach((name) => assert.equal(esm[name], makeready[name]));
  assert.equal(esm.default, makeready);
});

test('a pipeline never changes', async () => {
  const before = photo.explain();
  const [a, b] = [photo.resize(10), photo.resize(20).encode('png')];
  assert.equal(photo.explain(), before);
  assert.deepEqual([(await a.run()).width, (await b.run()).width], [10, 20]);
  assert.deepEqual((await photo.resize(10).run()).data, (await a.run()).data);
});

test('both forms of resize', () => {
  const plan = (pipeline) => pipeline.explain();
  const box = { width: 100, height: 50, fit: 'contain', background: '#fff' };
  const { width, height, ...options } = box;
  assert.equal(plan(photo.resize(width, height, options)), plan(photo.resize(box)));
  assert.equal(plan(photo.resize(100)), plan(photo.resize({ width: 100 })));
  assert.equal(plan(photo.resize(null, 50)), plan(photo.resize({ height: 50 })));
  assert.equal(plan(photo.resize(100, undefined, { kernel: 'nearest' })),
    plan(photo.resize({ width: 100, kernel: 'nearest' })));
});

test('an output says what it is', async () => {
  const output = await photo.resize(100).encode('webp', { quality: 70 }).run();
  assert.ok(output instanceof Output && Buffer.isBuffer(output.data));
  const { data, timings, ...told } = output;
  assert.deepEqual(told, {
    format: 'webp',
    contentType: 'image/webp',
    width: 100,
    height: 75,
    frames: 1,
    layout: 'rgb',
    warnings: [],
    vary: undefined,
  });
  const stages = ['plan', 'decode', 'compose', 'resample', 'encode', 'total'];
  assert.deepEqual(Object.keys(timings), stages);
  assert.ok(timings.total > 0 && timings.total < 60_000);
  assert.deepEqual(photo.resize(100).encode('webp', { quality: 70 }).runSync().data, data);
});

test('outputs and plans tell their channels', () => {
  const gray = { data: new Uint8Array(4).fill(90), width: 2, height: 2, channels: 1 };
  const two = { ...gray, data: new Uint8Array(8).fill(90), channels: 2 };
  const rgba = Pipeline.open(image('rgba.png'));
  const layouts = [
    [Pipeline.open(gray), 'gray'],
    [Pipeline.open(two), 'gray+alpha'],
    [rgba, 'rgba'],
    [rgba.encode('jpeg'), 'rgb'],
  ];
  for (const [pipeline, layout] of layouts) {
    assert.deepEqual([pipeline.plan().layout, pipeline.runSync().layout], [layout, layout]);
  }
});

test('an output says what was lost of which input', async () => {
  const cut = Pipeline.open(image('bad/truncated.jpg'), { onError: 'recover' });
  const page = Pipeline.stitch([photo, cut], { across: 2 });
  const found = [await page.run(), page.runSync(), ...(await runAll([page, photo]))];
  const [whole] = found.splice(-1);
  for (const { warnings } of found) {
    assert.equal(warnings.length, 1);
    assert.match(warnings[0], /^input 1 .*truncated\.jpg/);
  }
  assert.deepEqual(whole.warnings, []);
});

test('an output goes into a file', async () => {
  const path = `${folder('outputs')}/small.jpg`;
  const output = await photo.resize(10).run();
  await output.toFile(path);
  assert.deepEqual(fs.readFileSync(path), output.data);
  await output.toFile(`${path}.durable`, { durable: true });
  assert.deepEqual(fs.readFileSync(`${path}.durable`), output.data);
  await assert.rejects(output.toFile(`${path}/none/x.jpg`), { name: 'MakereadyError', code: 'io' });
});

test('a file that is written takes the place of the old one whole', async () => {
  const place = folder('replaced');
  const [file, link] = [`${place}/old.jpg`, `${place}/link.jpg`];
  fs.writeFileSync(file, 'old');
  fs.chmodSync(file, 0o640);
  fs.symlinkSync(file, link);
  const reader = fs.openSync(file, 'r');
  const output = await photo.resize(10).run();
  await output.toFile(link);
  assert.deepEqual(fs.readFileSync(file), output.data);
  assert.equal(fs.statSync(file).mode & 0o777, 0o640);
  assert.ok(fs.lstatSync(link).isSymbolicLink());
  // A link to nothing makes the file it stands for.
  fs.symlinkSync('new.jpg', `${place}/dangling.jpg`);
  await output.toFile(`${place}/dangling.jpg`);
  assert.deepEqual(fs.readFileSync(`${place}/new.jpg`), output.data);
  assert.ok(fs.lstatSync(`${place}/dangling.jpg`).isSymbolicLink());
  // A reader of the old one still has it.
  assert.equal(fs.readFileSync(reader, 'utf8'), 'old');
  fs.closeSync(reader);
  await assert.rejects(output.toFile(place), { code: 'io' });
  await assert.rejects(output.toFile(3), TypeError);
  assert.deepEqual(fs.readdirSync(place).sort(), ['dangling.jpg', 'link.jpg', 'new.jpg', 'old.jpg']);
});

test('a write that fails leaves the old file', { skip: process.platform === 'win32' }, () => {
  const place = folder('cut');
  const file = `${place}/old.png`;
  fs.writeFileSync(file, 'old');
  const code = `
    const { Pipeline } = require(${JSON.stringify(inCheckout('bindings-node'))});
    Pipeline.open(${JSON.stringify(image('photo.jpg'))}).encode('png').run()
      .then((output) => output.toFile(${JSON.stringify(file)}))
      .catch(({ code, cause }) => process.stdout.write(code + ' ' + cause.code));`;
  // Files of 16 KB at most, or 32, as shells count.
  const limited = ['-c', 'ulimit -f 32 && exec "$0" -e "$1"', process.execPath, code];
  assert.equal(execFileSync('sh', limited, { encoding: 'utf8' }), 'io EFBIG');
  assert.deepEqual(fs.readdirSync(place), ['old.png']);
  assert.equal(fs.readFileSync(file, 'utf8'), 'old');
});

test('several in one pass', async () => {
  const page = Pipeline.stitch([image('photo.jpg'), photo, photo.rotate(180)], { across: 3 });
  const all = [page.encode('png'), page.resize(90).encode('webp')];
  const outputs = await runAll(all);
  assert.deepEqual(outputs.map(({ width, format }) => [width, format]), [[1440, 'png'], [90, 'webp']]);
  assert.deepEqual(planAll(all).map(({ width }) => width), [1440, 90]);
  assert.match(explainAll(all), /share_subplans/);
  await assert.rejects(runAll([]), { code: 'invalid_option' });
  assert.throws(() => planAll([photo, 3]), TypeError);
});

test('every option arrives', async () => {
  const text = photo
    .resize({ width: 90, height: 80, fit: 'cover', position: 'south_east', kernel: 'mitchell', linear: true })
    .extend({ top: 1, right: 2, bottom: 3, left: 4, background: '#102030' })
    .encode('jpeg', { quality: 33, subsampling: '4:4:4', progressive: true, optimizeCoding: false })
    .explain();
  for (const part of ['mitchell', 'linear', '#102030', 'quality=33 4:4:4 progressive', '96x84']) {
    assert.ok(text.includes(part), `${part} in ${text}`);
  }
  assert.match(photo.encode('png', { compressionLevel: 9 }).explain(), /compression_level=9/);
  assert.match(photo.encode('webp', { lossless: true, effort: 2 }).explain(), /lossless effort=2/);
  assert.deepEqual(photo.resize(4000, null, { withoutEnlargement: true }).plan().width, 480);
  const turned = Pipeline.open(image('orient-6.jpg'));
  const stored = Pipeline.open(image('orient-6.jpg'), { autoOrient: false });
  assert.equal(turned.plan().width, stored.plan().height);
  const rest = Pipeline.open(image('bad/truncated.jpg'), { onError: 'recover' });
  assert.equal((await rest.run()).format, 'jpeg');
  const grid = { across: 2, gap: 3, background: '#fff', position: 'north' };
  assert.equal(Pipeline.stitch([photo, photo], grid).plan().width, 963);
  const canvas = { canvas: { width: 500, height: 400 }, at: [{ x: 20, y: 40 }] };
  assert.equal(Pipeline.stitch([photo], canvas).plan().height, 400);
  const costs = [photo, Pipeline.stitch([photo, photo], { across: 2 })].map((pipeline) => pipeline.plan().cost);
  assert.ok(costs[0] > 0 && costs[0] < costs[1]);
});

test('limits, threads, shrink and optimizations arrive', async () => {
  const limits = ['inputBytes', 'inputPixels', 'inputSide', 'outputPixels', 'outputSide', 'memory'];
  for (const name of limits) {
    const key = `max${name[0].toUpperCase()}${name.slice(1)}`;
    const limit = `max_${name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    assert.throws(() => photo.limits({ [key]: 1 }).plan(), { code: 'limit_exceeded', limit });
  }
  const one = await photo.resize(70).threads(1).run();
  assert.deepEqual((await photo.resize(70).threads(3).run()).data, one.data);
  assert.equal(photo.resize(60).shrink('off').plan().decodes[0].scale, 1);
  assert.equal(photo.resize(60).shrink('fast').plan().decodes[0].scale, 8);
  assert.ok(optimizations.names.includes('push_resize_into_decode'));
  assert.ok(optimizations.approximate.every((name) => optimizations.names.includes(name)));
  assert.match(photo.resize(60).optimizations(false).explain(), /applied: none/);
  const alone = { all: false, push_resize_into_decode: true };
  assert.match(photo.resize(60).optimizations(alone).explain(), /applied: push_resize_into_decode x1\n/);
  const without = photo.resize(60).optimizations({ push_resize_into_decode: false }).explain();
  assert.ok(!without.includes('push_resize_into_decode'));
});

test('errors say who is to blame', async () => {
  const page = Pipeline.stitch([image('rgb.png'), image('bad/text.jpg')], { across: 2 });
  await assert.rejects(page.run(), (error) => {
    assert.ok(error instanceof MakereadyError && error instanceof Error);
    assert.deepEqual([error.name, error.code, error.input, error.limit],
      ['MakereadyError', 'unsupported', 1, undefined]);
    assert.match(error.message, /input 1 \(.*text\.jpg\)/);
    assert.match(error.stack, /pipeline\.test\.js/);
    return true;
  });
  await assert.rejects(photo.limits({ maxMemory: 1 }).run(), { code: 'limit_exceeded', limit: 'max_memory' });
});

test('bad values are invalid options, wrong types are type errors', () => {
  const invalid = [
    () => photo.resize(1.5),
    () => photo.resize(-1),
    () => photo.resize(NaN),
    () => photo.resize(Infinity),
    () => photo.resize(2 ** 32),
    () => photo.resize(100, 0).plan(),
    () => photo.resize({ width: 3, fit: 'stretch' }),
    () => photo.resize({ wdth: 3 }),
    () => photo.rotate(NaN).plan(),
    () => photo.rotate(45, { background: 'white' }),
    () => photo.crop({ x: 0, y: 0, width: 481, height: 1 }).plan(),
    () => photo.flatten('white'),
    () => photo.encode('jpeg', { quality: 300 }),
    () => photo.encode('jpeg', { quality: 101 }).plan(),
    () => photo.encode('jpeg', { lossless: true }),
    () => photo.encode('bmp'),
    () => photo.threads(0).plan(),
    () => photo.deadline(-1),
    () => photo.deadline(NaN),
    () => photo.shrink('more'),
    () => photo.limits({ maxBytes: 3 }),
    () => photo.optimizations({ speed: true }),
    () => Pipeline.open(image('rgb.png'), { page: 1 }).plan(),
    () => Pipeline.stitch([photo], {}),
    () => Pipeline.stitch([photo], { across: 1, canvas: { width: 1, height: 1 } }),
    () => Pipeline.stitch([photo.encode('png')], { across: 1 }).plan(),
  ];
  invalid.forEach((call) => assert.throws(call, { code: 'invalid_option' }, call.toString()));
  const types = [
    () => photo.resize('800'),
    () => photo.resize({ width: [1] }),
    () => photo.resize({ width: 1, linear: 'yes' }),
    () => photo.crop(),
    () => photo.crop(3),
    () => photo.crop({ x: 0, y: 0, width: 3 }),
    () => photo.rotate(),
    () => photo.flatten(3),
    () => photo.encode(),
    () => photo.encode('png', 3),
    () => photo.threads('2'),
    () => photo.deadline(),
    () => photo.shrink(2),
    () => photo.limits(3),
    () => photo.optimizations('none'),
    () => photo.optimizations({ merge_crops: 1 }),
    () => Pipeline.stitch(photo, { across: 1 }),
    () => Pipeline.stitch([photo], { canvas: 3 }),
    () => Pipeline.stitch([photo], { canvas: { width: 9, height: 9 }, at: 3 }),
    () => new Pipeline(),
    () => Pipeline.open('a.jpg', 'page'),
  ];
  types.forEach((call) => assert.throws(call, TypeError, call.toString()));
  assert.throws(() => photo.encode('avif'), { code: 'unsupported' });
});
