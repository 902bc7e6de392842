// The types as a module sees them; compiled, never run.

import { createReadStream } from 'node:fs';
import makeready, {
  type Bytes,
  type Input,
  type Layout,
  type Negotiated,
  type OutputFormat,
  type Plan,
  Image,
  MakereadyError,
  Output,
  Pipeline,
  Policy,
  Rendition,
  edgeFunction,
  explainAll,
  negotiate,
  optimizations,
  pipelinesFromJson,
  pipelinesToJson,
  planAll,
  probe,
  runAll,
  sign,
  verify,
} from 'makeready';

const inputs: Input[] = [
  Buffer.alloc(1),
  new Uint8Array(1),
  new ArrayBuffer(1),
  new SharedArrayBuffer(1),
  new DataView(new ArrayBuffer(1)),
  'a.jpg',
  new URL('file:///a.jpg'),
  new Blob([]),
  createReadStream('a.jpg'),
  new Response('').body!,
  { data: new Uint8ClampedArray(3), width: 1, height: 1, channels: 3 },
];

const page = Pipeline.stitch([...inputs, Pipeline.open('b.png', { page: 0, autoOrient: false, onError: 'recover' })], {
  across: 2,
  gap: 1,
  background: '#fff',
  position: 'north_west',
});
page.overlay('logo.png', { at: { x: -1, y: 2 }, opacity: 0.5, blend: 'soft-light', tile: true });
page.overlay(page, { position: 'south_east' }).joinAlpha(new Uint8Array(1)).extend({ top: 1, mode: 'mirror' });
// @ts-expect-error: no such blend
page.overlay(page, { blend: 'xor' });
Pipeline.stitch(inputs, { canvas: { width: 10, height: 10 }, at: [{ x: 0, y: 0 }] });

const whole: Pipeline = page
  .resize(800, 600, { fit: 'contain', kernel: 'mitchell', linear: true, withoutEnlargement: true })
  .resize({ width: 400 })
  .resize(null, 300)
  .crop({ x: 0, y: 0, width: 1, height: 1 })
  .rotate(90)
  .flip()
  .flop()
  .flatten('#fff')
  .extend({ top: 1, background: '#0000' })
  .encode('jpeg', { quality: 80, subsampling: '4:4:4', progressive: true, optimizeCoding: false })
  .encode('png', { compressionLevel: 9 })
  .encode('webp', { lossless: true, effort: 6 })
  .limits({ maxMemory: 1 })
  .threads(2)
  .deadline(10_000)
  .shrink('fast')
  .optimizations({ all: false, merge_crops: true });

// @ts-expect-error: no such fit
page.resize({ width: 1, fit: 'stretch' });
// @ts-expect-error: an option of another format
page.encode('png', { quality: 3 });
// @ts-expect-error: no colour
page.rotate(45, { background: 1 });
// @ts-expect-error: made by open or stitch
new Pipeline();
// @ts-expect-error: floats are no bytes
Pipeline.open(new Float32Array(1));
// @ts-expect-error: nor are signed ones
const bytes: Bytes = new Int8Array(1);
// @ts-expect-error: no such option
probe('a.jpg', { maxInputBytes: 1 });
// @ts-expect-error: no signal
page.run({ signal: 3 });

const { signal } = new AbortController();
const output: Output = await whole.run({ signal });
const data: Buffer = output.data;
const vary: string | undefined = output.vary;
const layout: Layout = output.layout;
const warnings: string[] = output.warnings;
await output.toFile(new URL('file:///out.webp'));
const [first]: Output[] = await runAll([whole, page], { signal });
const image: Image = await page.pixels();
Pipeline.open(image);
const plans: Plan[] = planAll([page]);
const text: string = explainAll([page]) + plans[0]!.decodes[0]!.region.width;
const planned: Layout = plans[0]!.layout;
const { exif, hasAlpha } = probe(data, { limits: { maxInputBytes: 1 }, exif: true });
const taken: string | undefined = exif?.taken;
const names: readonly string[] = optimizations.names;
(await page.load()).plan();
makeready.Pipeline.open('a.jpg').runSync();

const policy = new Policy({ widths: [320], sizes: [{ width: 1, height: 2 }], deadline: 1000 });
const count: bigint = policy.renditions();
const answer: Negotiated = negotiate(['image/webp', '*/*'], { formats: ['webp', 'jpeg'], alpha: true });
const rendition = Rendition.parse('w=320', policy).withFormat(answer.format);
const size: [number | undefined, OutputFormat | undefined] = [rendition.width, rendition.format];
const key: string = rendition.key('a/b.jpg');
policy.guard(rendition.pipeline('a.jpg', { maxMemory: 1 }));
Rendition.fromKey(key, policy.options).equals(rendition);
const signed: string = sign(key, new Map([['a', new Uint8Array(16)]]), 1);
console.log(count, size, edgeFunction(['webp']), verify(signed, { a: 'secret' }), Rendition.sourceOf(key));

try {
  page.runSync();
} catch (error) {
  if (error instanceof MakereadyError && error.code === 'limit_exceeded') {
    const limit: string | undefined = error.limit;
    console.log(limit, error.input, vary, first, text, hasAlpha, taken, names, layout, warnings, planned, bytes);
  }
}

const json: string = Pipeline.open('a.jpg').toJson();
const defined: Pipeline = Pipeline.fromJson(json, { 'a.jpg': Buffer.alloc(1) });
const outputsOf: Pipeline[] = pipelinesFromJson(pipelinesToJson([defined]), new Map([['a.jpg', 'a.jpg']]));
void outputsOf;
// @ts-expect-error a definition needs its sources
Pipeline.fromJson(json);
