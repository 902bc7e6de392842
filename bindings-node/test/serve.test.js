'use strict';

// Functions for services: the cases of tests/cases/serve, and values that are hostile.

const assert = require('node:assert/strict');
const crypto = require('node:crypto');
const fs = require('node:fs');
const test = require('node:test');
const { parse } = require('smol-toml');

const makeready = require('../index.js');
const { image, inCheckout } = require('./support/files.js');
const { camel } = require('./support/recipe.js');

const { MakereadyError, Pipeline, Policy, Rendition, edgeFunction, negotiate, sign, verify } = makeready;

const LATE = 40_000_000_000;
const OLD = 'a secret of some length';
const NEW = Buffer.from('another secret \u00ff of a length', 'latin1');

/** Cases of a file, of which there are at least so many. */
function cases(name, fewest) {
  const text = fs.readFileSync(inCheckout('tests/cases/serve', name), 'utf8');
  const { case: found } = parse(text);
  assert.equal(found.length, text.match(/^\[\[case\]\]$/gm).length);
  assert.ok(found.length >= fewest, `${found.length} cases`);
  return found;
}

/** The options of a policy as Node has them. */
function policyOptions({ sizes, ...options }) {
  const boxes = sizes && sizes.map(([width, height]) => ({ width, height }));
  return { ...camel(options), ...(boxes && { sizes: boxes }) };
}

test('clients are sent what they accept', () => {
  for (const { name, given: { accept, ...options }, expect = {}, error } of cases('accept.toml', 68)) {
    const call = (header) => negotiate(header, camel(options));
    if (error !== undefined) {
      assert.throws(() => call(accept), { code: error }, name);
      continue;
    }
    const answer = call(accept);
    for (const [part, expected] of Object.entries(expect)) {
      // Nothing is 0 or empty in a case.
      const found = answer[part] ?? (typeof expected === 'number' ? 0 : '');
      assert.equal(found, expected, `${name}: ${part}`);
    }
    if (answer.token !== '') {
      assert.equal(call(`token:${answer.token}`).format, answer.format, name);
    }
  }
});

test('queries have keys', () => {
  for (const { query, source = 'a/b.jpg', policy: given = {}, key, same = [], error, code } of
    cases('rendition.toml', 67)) {
    const options = policyOptions(given);
    if (error !== undefined) {
      assert.throws(() => Rendition.parse(query, options).key(source), (found) => {
        assert.equal(found.code, code ?? 'invalid_option', query);
        // Options are named in camelCase.
        assert.ok(found.message.startsWith(error), `${query}: ${found.message}`);
        assert.equal(found.parameter, /^([^ ]*): /.exec(error)?.[1], query);
        return true;
      });
      continue;
    }
    const policy = new Policy(options);
    const rendition = Rendition.parse(query, policy);
    assert.equal(rendition.key(source), key, query);
    same.forEach((other) => assert.ok(Rendition.parse(other, policy).equals(rendition), other));
    assert.ok(Rendition.fromKey(key, policy).equals(rendition), key);
    assert.equal(Rendition.sourceOf(key), source);
    assert.deepEqual(Rendition.parse(`${rendition}`), rendition);
  }
});

test('an answer is plain data', () => {
  assert.deepEqual(negotiate('image/webp', { formats: ['webp'], dpr: 1.2, saveData: true }), {
    format: 'webp',
    vary: 'Accept, Save-Data, DPR, Sec-CH-DPR',
    token: 'w-s-1.5x',
    quality: 60,
    dpr: 1.5,
  });
  assert.equal(negotiate(['image/webp;q=0.1', 'image/png']).format, 'png');
  assert.equal(negotiate().token, 'jp');
});

test('parts of a rendition', () => {
  const query = 'page=2&crop=1,2,3,4&rotate=90&flip=1&w=5&h=6&fit=contain&position=north&bg=fff&q=7&f=webp';
  const rendition = Rendition.parse(query);
  assert.deepEqual({ ...rendition }, {
    page: 2,
    animated: false,
    crop: { x: 1, y: 2, width: 3, height: 4 },
    rotate: 90,
    flip: true,
    width: 5,
    height: 6,
    fit: 'contain',
    position: 'north',
    background: '#ffffff',
    quality: 7,
    format: 'webp',
  });
  assert.throws(() => { rendition.width = 3; }, TypeError);
  assert.throws(() => { rendition.crop.x = 3; }, TypeError);
  const whole = Rendition.parse('');
  assert.deepEqual([whole.crop, whole.width, whole.format, String(whole)], [undefined, undefined, undefined, '']);
  assert.equal(whole.equals(rendition), false);
  assert.equal(whole.equals(''), false);
});

test('a rendition is a pipeline', () => {
  const query = 'crop=0,0,200,100&rotate=90&flip=1&w=50&h=80&fit=contain&position=north&bg=abc&q=60&f=webp';
  const source = fs.readFileSync(image('photo.jpg'));
  const byHand = Pipeline.open(source)
    .crop({ x: 0, y: 0, width: 200, height: 100 })
    .rotate(90)
    .flip()
    .resize(50, 80, { fit: 'contain', position: 'north', background: '#abc' })
    .flatten('#abc')
    .encode('webp', { quality: 60 });
  const rendition = Rendition.parse(query);
  assert.deepEqual(rendition.pipeline(source).runSync().data, byHand.runSync().data);
  const limited = rendition.pipeline(source, new Policy({ maxInputPixels: 100 }));
  assert.throws(() => limited.runSync(), { code: 'limit_exceeded', limit: 'max_input_pixels' });
  const late = Rendition.parse('w=3').pipeline(source, { deadline: 0 });
  assert.throws(() => late.runSync(), { code: 'timeout' });
  assert.throws(() => Rendition.parse('q=60').pipeline(source), { code: 'invalid_option' });
});

test('every error has a status', () => {
  const status = (code) => new MakereadyError(code, 'a message').httpStatus;
  assert.deepEqual(['invalid_option', 'forbidden', 'limit_exceeded', 'io', 'busy', 'timeout'].map(status), [
    400, 403, 413, 500, 503, 504,
  ]);
});

test('a policy has its options, and guards pipelines', async () => {
  const options = { widths: [320, 640], sizes: [], fits: ['cover'], deadline: 2500, maxDpr: 2 };
  const policy = new Policy(options);
  const { sizes, ...others } = options;
  assert.deepEqual(policy.options, others);
  assert.deepEqual(new Policy(policy.options).options, others);
  assert.deepEqual(new Policy({ sizes: [{ width: 1, height: 2 }] }).options, { sizes: [{ width: 1, height: 2 }] });
  assert.deepEqual(new Policy().options, {});
  assert.deepEqual(Policy.fromJson(policy.toJson()).options, others);
  const text = '{"widths":[320],"max_dpr":2.0,"formats":["webp"],"deadline":2.5}';
  assert.deepEqual(Policy.fromJson(text).options, { widths: [320], formats: ['webp'], maxDpr: 2, deadline: 2500 });
  assert.equal(Policy.fromJson(text).toJson(), text);
  assert.throws(() => Policy.fromJson('{"widhts": [320]}'), /^MakereadyError: \$\.widhts: policy has no option widhts/);
  assert.throws(() => { policy.options.widths.push(1); }, TypeError);
  assert.equal(new Policy({ widths: [1, 2], parameters: ['w'] }).renditions(), 3n);
  assert.ok(new Policy().renditions() > 1n << 100n);
  const pipeline = Pipeline.open(image('photo.jpg')).resize(10);
  await assert.rejects(new Policy({ maxInputBytes: 1000 }).guard(pipeline).run(), { limit: 'max_input_bytes' });
  await assert.rejects(new Policy({ deadline: 0 }).guard(pipeline).run(), { code: 'timeout' });
  assert.equal(new Policy({ deadline: 60_000 }).guard(pipeline).runSync().width, 10);
  for (const wrong of [undefined, null, 'a pipeline', policy, {}]) {
    assert.throws(() => policy.guard(wrong), TypeError);
  }
});

test('signatures hold what they sign', () => {
  const keys = { old: OLD, new: NEW };
  const turned = new Map([['new', NEW], ['old', OLD]]);
  for (const path of ['/v1/a.jpg/w-1.webp', 'a?w=1', '', '/é?e=1&k=2&s=3']) {
    const signed = sign(path, keys, LATE);
    assert.ok(signed.startsWith(`${path}${path.includes('?') ? '&' : '?'}e=${LATE}&k=old&s=`), signed);
    for (const known of [keys, turned, { old: new TextEncoder().encode(OLD) }]) {
      assert.equal(verify(signed, known), path);
    }
    // Another implementation.
    const at = signed.lastIndexOf('&s=');
    const mac = crypto.createHmac('sha256', OLD).update(signed.slice(0, at)).digest('hex');
    assert.equal(signed.slice(at + 3), mac);
    assert.ok(sign(path, turned, LATE).includes('&k=new&s='));
    const soon = Math.floor(Date.now() / 1000) - 1;
    const refused = [
      [signed, { new: NEW }],
      [signed, { old: NEW }],
      [signed, {}],
      [signed.slice(0, -1), keys],
      [signed.toUpperCase(), keys],
      [signed.replace('e=4', 'e=5'), keys],
      [path, keys],
      [sign(path, keys, soon), keys],
      [sign(path, keys, 0), keys],
    ];
    for (const [text, known] of refused) {
      assert.throws(() => verify(text, known), (error) => error instanceof MakereadyError && error.code === 'forbidden');
    }
  }
  assert.equal(verify(sign('/a', keys, Number.MAX_SAFE_INTEGER), keys), '/a');
});

const HOSTILE = [
  [() => negotiate(3), 'TypeError'],
  [() => negotiate(Buffer.from('image/webp')), 'TypeError'],
  [() => negotiate('', 'options'), 'TypeError'],
  [() => negotiate('', { formats: 'webp' }), 'TypeError'],
  [() => negotiate('', { formats: [1] }), 'TypeError'],
  [() => negotiate('', { formats: new Array(1e9) }), 'TypeError'],
  [() => negotiate('', { formats: ['avif'] }), 'unsupported'],
  [() => negotiate('', { formats: [] }), 'invalid_option'],
  [() => negotiate('', { quality: 101 }), 'invalid_option'],
  [() => negotiate('', { quality: 1e300 }), 'invalid_option'],
  [() => negotiate('', { quality: 10n }), 'TypeError'],
  [() => negotiate('', { dpr: NaN }), 'invalid_option'],
  [() => negotiate('', { dpr: Infinity }), 'invalid_option'],
  [() => negotiate('', { dpr: '2' }), 'TypeError'],
  [() => negotiate('', { width: -1 }), 'invalid_option'],
  [() => negotiate('', { width: 1.5 }), 'invalid_option'],
  [() => negotiate('', { alpha: 1 }), 'TypeError'],
  [() => negotiate('', { save_data: true }), 'invalid_option'],
  [() => negotiate('\ud800'), 'invalid_option'],
  [() => negotiate('image/jxl', { strict: true }), 'not_acceptable'],
  [() => edgeFunction([]), 'invalid_option'],
  [() => edgeFunction('webp'), 'TypeError'],
  [() => new Policy(3), 'TypeError'],
  [() => new Policy({ width: [1] }), 'invalid_option'],
  [() => new Policy({ widths: 1 }), 'TypeError'],
  [() => new Policy({ widths: ['1'] }), 'TypeError'],
  [() => new Policy({ widths: [0] }), 'invalid_option'],
  [() => new Policy({ widths: [1e300] }), 'invalid_option'],
  [() => new Policy({ sizes: [[1, 2]] }), 'invalid_option'],
  [() => new Policy({ sizes: [{ width: 0, height: 1 }] }), 'invalid_option'],
  [() => new Policy({ sizes: [1] }), 'TypeError'],
  [() => new Policy({ parameters: ['\udfff'] }), 'invalid_option'],
  [() => new Policy({ maxMemory: 2 ** 64 }), 'invalid_option'],
  [() => new Policy({ deadline: -1 }), 'invalid_option'],
  [() => new Policy({ deadline: NaN }), 'invalid_option'],
  [() => new Policy({ deadline: '1' }), 'TypeError'],
  [() => Policy({}), 'TypeError'],
  [() => new Rendition(), 'TypeError'],
  [() => Rendition.parse(), 'TypeError'],
  [() => Rendition.parse(Buffer.from('w=1')), 'TypeError'],
  [() => Rendition.parse('w=1\ud800'), 'invalid_option'],
  [() => Rendition.parse('w=1', 3), 'TypeError'],
  [() => Rendition.parse('w=1', 'policy'), 'TypeError'],
  [() => Rendition.parse('w=1', { max_width: 1 }), 'invalid_option'],
  [() => Rendition.parse(`w=${'9'.repeat(99)}`), 'invalid_option'],
  [() => Rendition.parse('&'.repeat(5000)), 'invalid_option'],
  [() => Rendition.fromKey(3), 'TypeError'],
  [() => Rendition.fromKey('v1/../whole.webp'), 'invalid_option'],
  [() => Rendition.sourceOf('v1/a~2Fb/whole.webp'), 'invalid_option'],
  [() => Rendition.sourceOf(null), 'TypeError'],
  [() => Rendition.parse('').key('../a'), 'invalid_option'],
  [() => Rendition.parse('').key('a\ud800'), 'invalid_option'],
  [() => Rendition.parse('').key({}), 'TypeError'],
  [() => Rendition.parse('').withFormat('avif'), 'unsupported'],
  [() => Rendition.parse('').withFormat(3), 'TypeError'],
  [() => Rendition.parse('q=60').withFormat('png'), 'invalid_option'],
  [() => Rendition.parse('').pipeline(3), 'TypeError'],
  [() => Rendition.parse('').pipeline('', 3), 'TypeError'],
  [() => Rendition.prototype.key.call({}, 'a'), 'TypeError'],
  [() => sign(Buffer.from('/a'), { k: OLD }, 1), 'TypeError'],
  [() => sign('/a', null, 1), 'TypeError'],
  [() => sign('/a', 'keys', 1), 'TypeError'],
  [() => sign('/a', { k: 3 }, 1), 'TypeError'],
  [() => sign('/a', { k: new Uint16Array(16) }, 1), 'TypeError'],
  [() => sign('/a', new Map([[3, OLD]]), 1), 'TypeError'],
  [() => sign('/a', { k: OLD }), 'TypeError'],
  [() => sign('/a', { k: OLD }, '1'), 'TypeError'],
  [() => sign('/a', { k: OLD }, 1n), 'TypeError'],
  [() => sign('/a', { k: OLD }, new Date()), 'TypeError'],
  [() => sign('/a', { k: OLD }, 1.5), 'invalid_option'],
  [() => sign('/a', { k: OLD }, -1), 'invalid_option'],
  [() => sign('/a', { k: OLD }, NaN), 'invalid_option'],
  [() => sign('/a', { k: OLD }, 1e300), 'invalid_option'],
  [() => sign('/a\ud800', { k: OLD }, 1), 'invalid_option'],
  [() => sign('/a#b', { k: OLD }, 1), 'invalid_option'],
  [() => sign('/'.repeat(9000), { k: OLD }, 1), 'invalid_option'],
  [() => sign('/a', {}, 1), 'invalid_option'],
  [() => sign('/a', { k: 'short' }, 1), 'invalid_option'],
  [() => sign('/a', { 'a b': OLD }, 1), 'invalid_option'],
  [() => verify(3, { k: OLD }), 'TypeError'],
  [() => verify('/a', OLD), 'TypeError'],
  [() => verify('/a', { k: OLD }), 'forbidden'],
  [() => verify('&s='.repeat(9000), { k: OLD }), 'forbidden'],
];

test('hostile values are errors', () => {
  assert.ok(HOSTILE.length > 80);
  for (const [call, error] of HOSTILE) {
    assert.throws(call, (found) => {
      const known = found instanceof MakereadyError ? found.code : found.constructor.name;
      assert.equal(known, error, `${call}: ${found.stack}`);
      return true;
    }, `${call}`);
  }
});

test('a policy says what a source may be', async () => {
  const rendition = Rendition.parse('page=1&w=50&f=png');
  const pages = image('vector/pages.pdf');
  const { format, width } = await rendition.pipeline(pages, new Policy({ inputs: ['pdf', 'jpeg'] })).run();
  assert.deepEqual([format, width], ['png', 50]);
  for (const [source, policy] of [[pages], [pages, {}], [image('rgb.png'), { inputs: ['pdf'] }]]) {
    await assert.rejects(() => rendition.pipeline(source, policy).run(), { code: 'unsupported' });
  }
  assert.throws(() => new Policy({ inputs: [] }), { code: 'invalid_option', message: /inputs/ });
});
