/** Stitches, resizes, crops and encodes images in-process, as a planned pipeline that works in bands. */

import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { Blob as NodeBlob } from 'node:buffer';

/**
 * Bytes; a DataView and a buffer are the bytes they hold. Arrays of other numbers, Int8Array and Uint16Array for
 * instance, are `invalid_option`: pass their bytes as a Uint8Array over their `buffer`.
 */
export type Bytes = Uint8Array | Uint8ClampedArray | DataView | ArrayBuffer | SharedArrayBuffer;

/** Raw pixels: rows from top to bottom, samples interleaved, 8 bits each, no padding; sRGB, straight alpha. */
export interface RawPixels {
  /** `width * height * channels` samples. */
  data: Bytes;
  /** Pixels in a row, 1 or more. */
  width: number;
  /** Rows, 1 or more. */
  height: number;
  /** Samples a pixel: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. */
  channels: number;
}

/**
 * One input. A string is a path; a URL is of `file:`.
 *
 * Bytes are read when a plan, probe or run is called. `run` copies them, so they may be changed or transferred after the
 * call. Runs that overlap share one copy where the bytes are the same.
 *
 * A path is read anew by each plan, probe and run, and held only while that lasts. Only regular files are read.
 *
 * Blobs and streams are collected when a run needs them first, and remembered, so that a pipeline may run twice; a
 * stream may be opened once only. Bytes beyond the limit `maxInputBytes` are not collected.
 */
export type Input =
  | string
  | URL
  | Bytes
  | NodeBlob
  | Blob
  | Readable
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | RawPixels;

/** The channels of a picture. */
export type Layout = 'gray' | 'gray+alpha' | 'rgb' | 'rgba';
// <write-types: words>
/** How the picture meets the box when both sides are given. */
export type Fit = 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
/** The format that is written. */
export type OutputFormat = 'jpeg' | 'png' | 'webp';
/** The interpolation kernel. */
export type Kernel = 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';
/** Whether a file that is truncated or corrupt after its header is an error, or gives the rows that can be had. */
export type OnError = 'fail' | 'recover';
/** Where a smaller input lies in its cell of a grid. */
export type Position =
  | 'centre'
  | 'north'
  | 'north_east'
  | 'east'
  | 'south_east'
  | 'south'
  | 'south_west'
  | 'west'
  | 'north_west';
/** Whether the job goes as one of four times its predicted time, of that time, or of a quarter of it. */
export type Priority = 'low' | 'normal' | 'high';
/** The least factor that is left to the resampler: 2 with balanced, the default, 1 with fast, all with off. */
export type Shrink = 'off' | 'balanced' | 'fast';
/** How the chroma samples are thinned out. */
export type Subsampling = '4:4:4' | '4:2:2' | '4:2:0';
/** A format that is read. */
export type Format = 'jpeg' | 'png' | 'webp' | 'gif';
// </write-types>
/** `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`. */
export type Colour = string;

// <write-types: options>
/** How an input is opened. */
export interface OpenOptions {
  /** Which page or frame, counted from 0; this build has the first one only. Default 0. */
  page?: number | undefined;
  /** Whether the EXIF orientation is applied. Default true. */
  autoOrient?: boolean | undefined;
  /**
   * Whether a file that is truncated or corrupt after its header is an error, or gives the rows that can be had: fail
   * (default) or recover.
   */
  onError?: OnError | undefined;
}

/** A grid (`across`) or a canvas (`canvas` and `at`). */
export interface StitchOptions {
  /** Inputs in a row of a grid, 1 or more, row by row. */
  across?: number | undefined;
  /** Width and height of a canvas, in pixels. */
  canvas?: { width: number; height: number } | undefined;
  /** Pixels between neighbouring cells of a grid. Default 0. */
  gap?: number | undefined;
  /** The left top corner of each input on a canvas, in the order of the inputs; later ones lie on top. */
  at?: { x: number; y: number }[] | undefined;
  /**
   * Fills what no input covers, and does not lie below inputs with alpha; with an alpha below 255 the output has alpha;
   * `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`. Default `#000000`.
   */
  background?: Colour | undefined;
  /**
   * Where a smaller input lies in its cell of a grid: centre (default), north, north_east, east, south_east, south,
   * south_west, west or north_west.
   */
  position?: Position | undefined;
}

/** Resizes to a box, of which either side may be left out. */
export interface ResizeOptions {
  /** How the picture meets the box when both sides are given: cover (default), contain, fill, inside or outside. */
  fit?: Fit | undefined;
  /**
   * Which part stays with cover, where the picture lies with contain: centre (default), north, north_east, east,
   * south_east, south, south_west, west or north_west.
   */
  position?: Position | undefined;
  /** The interpolation kernel: nearest, linear, cubic, mitchell, lanczos2 or lanczos3 (default). */
  kernel?: Kernel | undefined;
  /** Whether the picture is never made larger, so that the output may be smaller than the box. Default false. */
  withoutEnlargement?: boolean | undefined;
  /** Whether to resample in linear light: slower, right for fine bright detail on dark. Default false. */
  linear?: boolean | undefined;
  /** Fills the box around the picture with contain; `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`. Default `#000000`. */
  background?: Colour | undefined;
}

/** Adds edges of a colour around the picture. */
export interface ExtendOptions {
  /** Rows added above. Default 0. */
  top?: number | undefined;
  /** Columns added on the right. Default 0. */
  right?: number | undefined;
  /** Rows added below. Default 0. */
  bottom?: number | undefined;
  /** Columns added on the left. Default 0. */
  left?: number | undefined;
  /**
   * The colour of the edges; with an alpha below 255 the output has alpha; `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`.
   * Default `#000000`.
   */
  background?: Colour | undefined;
}

/** Sets the output's format by what a client accepts, and says so in `vary`. */
export interface NegotiateOptions {
  /**
   * The formats that may be sent, the best first: of those that a client likes alike the first one counts. By default
   * webp, jpeg, png.
   */
  formats?: OutputFormat[] | undefined;
  /** The quality of a JPEG or a lossy WebP; that of its format by default; 1 to 100. */
  quality?: number | undefined;
  /**
   * Whether the client sent `Save-Data: on`: quality is three quarters then. Either answer adds that header to `Vary`.
   */
  saveData?: boolean | undefined;
  /**
   * The client's `DPR`, pixels of its screen to one of its page: resizes become so many times larger, by 1, 1.5, 2, 3
   * or 4. Adds the header to `Vary`; 0 to 10.
   */
  dpr?: number | undefined;
  /**
   * The ground for pictures with alpha, where the format has none; without one such formats are sent last; `#rgb`,
   * `#rgba`, `#rrggbb` or `#rrggbbaa`.
   */
  background?: Colour | undefined;
  /**
   * Whether `not_acceptable` is the answer to a client that accepts none of the formats, in place of the oldest one.
   * Default false.
   */
  strict?: boolean | undefined;
}

/** Sets what the job may cost; limits that are not given have their defaults. */
export interface Limits {
  /** Bytes of an input file. Default 64 MiB. */
  maxInputBytes?: number | undefined;
  /** Pixels of an input. Default 100,000,000. */
  maxInputPixels?: number | undefined;
  /** Width or height of an input in pixels. Default 65,535. */
  maxInputSide?: number | undefined;
  /** Inputs of a job. Default 64. */
  maxInputs?: number | undefined;
  /** Pixels of all inputs together. Default 400,000,000. */
  maxTotalPixels?: number | undefined;
  /**
   * Pixels of an output, and of every picture on the way to it that a stitch, a resize, a crop or an extend makes, as
   * the pipeline is written. Default 100,000,000.
   */
  maxOutputPixels?: number | undefined;
  /** Width or height in pixels of an output, and of those pictures on the way to it. Default 65,535. */
  maxOutputSide?: number | undefined;
  /** Outputs of a pass of several pipelines. Default 1,000. */
  maxOutputs?: number | undefined;
  /**
   * Pixels that a pass makes: those of every picture on the way, decoded ones and outputs included, as the plan will
   * run, without what decoders leave out. Default 4,000,000,000.
   */
  maxWork?: number | undefined;
  /** Scans of a JPEG. Default 100. */
  maxJpegScans?: number | undefined;
  /** Scans times pixels of a JPEG. Default 2,000,000,000. */
  maxJpegScanPixels?: number | undefined;
  /** Bytes of memory a job may need by the plan's own bound. Default 512 MiB. */
  maxMemory?: number | undefined;
  /** Bytes of a colour profile; a longer one is skipped, and the picture read all the same. Default 4 MiB. */
  maxIccBytes?: number | undefined;
  /** Bytes of EXIF data that are read; of longer data the orientation counts if it lies within them. Default 1 MiB. */
  maxExifBytes?: number | undefined;
}

/** Picks the format of a picture for a client, by its `Accept` header. */
export interface NegotiateFunctionOptions {
  /**
   * The formats that may be sent, the best first: of those that a client likes alike the first one counts. By default
   * webp, jpeg, png.
   */
  formats?: OutputFormat[] | undefined;
  /** The quality of a JPEG or a lossy WebP; that of its format by default; 1 to 100. */
  quality?: number | undefined;
  /**
   * Whether the client sent `Save-Data: on`: quality is three quarters then. Either answer adds that header to `Vary`.
   */
  saveData?: boolean | undefined;
  /**
   * The client's `DPR`, pixels of its screen to one of its page: resizes become so many times larger, by 1, 1.5, 2, 3
   * or 4. Adds the header to `Vary`; 0 to 10.
   */
  dpr?: number | undefined;
  /**
   * The ground for pictures with alpha, where the format has none; without one such formats are sent last; `#rgb`,
   * `#rgba`, `#rrggbb` or `#rrggbbaa`.
   */
  background?: Colour | undefined;
  /**
   * Whether `not_acceptable` is the answer to a client that accepts none of the formats, in place of the oldest one.
   * Default false.
   */
  strict?: boolean | undefined;
  /** Whether it has alpha: a format without alpha is ruled out then, unless there is a background. Default false. */
  alpha?: boolean | undefined;
  /** Whether it moves: formats that do not move are sent last then. Default false. */
  animated?: boolean | undefined;
  /** Whether its sources are lossless: a lossless file is worth a try then. Default false. */
  lossless?: boolean | undefined;
  /** Its width in pixels, where that is known: formats that cannot say it are ruled out. */
  width?: number | undefined;
  /** Its height in pixels, as its width. */
  height?: number | undefined;
}

/** The renditions that a service makes for anybody who asks; anything by default. An empty list allows all values. */
export interface PolicyOptions {
  /** Widths that are made, after `dpr`; one that is asked for becomes the next larger; 1 to 65,535. */
  widths?: number[] | undefined;
  /** Heights that are made, after `dpr`; one that is asked for becomes the next larger; 1 to 65,535. */
  heights?: number[] | undefined;
  /** Boxes that are made, each a width and a height; nothing else is then but the whole picture. */
  sizes?: { width: number; height: number }[] | undefined;
  /** The largest width, after `dpr`; 1 to 65,535. Default 65,535. */
  maxWidth?: number | undefined;
  /** The largest height, after `dpr`; 1 to 65,535. Default 65,535. */
  maxHeight?: number | undefined;
  /** The largest `dpr`; 1 to 10. Default 10. */
  maxDpr?: number | undefined;
  /** The qualities besides that of the format; 1 to 100. */
  qualities?: number[] | undefined;
  /** The formats. */
  formats?: OutputFormat[] | undefined;
  /** How pictures may meet their boxes. */
  fits?: Fit[] | undefined;
  /** The grounds, besides none. */
  backgrounds?: Colour[] | undefined;
  /** The last page or frame. Default 4,294,967,295. */
  maxPage?: number | undefined;
  /** The parameters that a query may have, by their names. */
  parameters?: string[] | undefined;
  /** The largest source in bytes; that of the default limits by default. */
  maxInputBytes?: number | undefined;
  /** The largest source in pixels; that of the default limits by default. */
  maxInputPixels?: number | undefined;
  /** The most memory of a job in bytes; that of the default limits by default. */
  maxMemory?: number | undefined;
  /** The time of a job, in milliseconds. */
  deadline?: number | undefined;
}

/** How a JPEG is written. */
export interface JpegOptions {
  /** Quality on libjpeg's scale; 1 to 100. Default 80. */
  quality?: number | undefined;
  /** How the chroma samples are thinned out: 4:4:4, 4:2:2 or 4:2:0 (default). */
  subsampling?: Subsampling | undefined;
  /** Whether the file shows a coarse picture first. Default false. */
  progressive?: boolean | undefined;
  /** Whether Huffman tables are fitted to the picture, for smaller files. Default true. */
  optimizeCoding?: boolean | undefined;
  /**
   * The most bytes that the file may have: quality is lowered as far as it takes, and `limit_exceeded` is the answer
   * where no quality is low enough.
   */
  maxBytes?: number | undefined;
}

/** How a PNG is written. */
export interface PngOptions {
  /** Compression on zlib's scale, from stored to smallest; 0 to 9. Default 6. */
  compressionLevel?: number | undefined;
}

/** How a WebP is written. */
export interface WebPOptions {
  /** Quality on libwebp's scale, of a lossless file how hard to try; 1 to 100. Default 80. */
  quality?: number | undefined;
  /** Whether every sample comes back as it was. Default false. */
  lossless?: boolean | undefined;
  /** How hard to try, from fast to smallest; 0 to 6. Default 4. */
  effort?: number | undefined;
  /**
   * The most bytes that the file may have: quality is lowered as far as it takes, and `limit_exceeded` is the answer
   * where no quality is low enough, or where a lossless file is larger.
   */
  maxBytes?: number | undefined;
}
// </write-types>

/** A resize in one object; sides in pixels, 1 to 65,535. */
export interface Resize extends ResizeOptions {
  width?: number | null | undefined;
  height?: number | null | undefined;
}

/** A rectangle in pixels. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How a job is run. */
export interface RunOptions {
  /** Stops the job: the promise is rejected with the reason of the signal, at once. */
  signal?: AbortSignal | undefined;
}

/** The output and the cost of a run, told from headers alone. */
export interface Plan {
  /** Width of the output in pixels. */
  width: number;
  /** Height of the output in pixels. */
  height: number;
  format: OutputFormat;
  /** The channels of the output. */
  layout: Layout;
  /**
   * No run holds more bytes than this at a time. Not counted are the bytes of inputs, and the copy of the result that
   * `runSync` and `pixelsSync` give.
   */
  peakMemory: number;
  /**
   * About how many microseconds of one core a run takes, of a pass that of all its pipelines: a measure to compare jobs
   * by, as cores differ.
   */
  cost: number;
  /** The decodes of each input: at `1/scale`, the region in pixels of the scaled picture. */
  decodes: { input: number; scale: number; region: Rect }[];
}

/** How a header is read. */
export interface ProbeOptions {
  /** Limits of inputs and of metadata count. */
  limits?: Limits | undefined;
}

/** The facts in the header of an input. */
export interface Probe {
  /** Told by the first bytes, never by the name. */
  format: Format;
  /** Pixels in a row, as stored: before the orientation. */
  width: number;
  /** Rows, as stored. */
  height: number;
  /** The EXIF orientation, 1 to 8. */
  orientation: number;
  /** Whether pixels can be clear. */
  hasAlpha: boolean;
  /** Pages or frames. */
  pages: number;
}

/** Where the time of a pass went, in milliseconds; but for `plan` and `total` summed over its threads. */
export interface Timings {
  plan: number;
  decode: number;
  compose: number;
  resample: number;
  encode: number;
  total: number;
}

/** An encoded picture. */
export class Output {
  private constructor();
  /** The file. */
  readonly data: Buffer;
  readonly format: OutputFormat;
  /** Its media type, `image/jpeg` for instance. */
  readonly contentType: string;
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** The channels of the file: a picture that is gray stays gray. */
  readonly layout: Layout;
  /** The loss of each damaged input that `onError: 'recover'` let pass, with its index; else none. */
  readonly warnings: string[];
  /** The value for a `Vary` header, where the format was negotiated. */
  readonly vary: string | undefined;
  readonly timings: Timings;
  /**
   * Writes the file: beside the old one, if there is one, and then in its place. Where it cannot be written, the old one
   * stays. With `durable` it waits until the disk has the file, so that it outlives a loss of power.
   * @throws {MakereadyError} `io` when it cannot be written.
   */
  toFile(path: string | URL, options?: { durable?: boolean }): Promise<void>;
}

/** Raw pixels; an input too. */
export class Image implements RawPixels {
  private constructor();
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly layout: Layout;
}

/** The code says who is to blame; it is the same in every language. */
export type ErrorCode =
  | 'invalid_option'
  | 'unsupported'
  | 'malformed'
  | 'truncated'
  | 'limit_exceeded'
  | 'not_acceptable'
  | 'forbidden'
  | 'timeout'
  | 'cancelled'
  | 'busy'
  | 'io'
  | 'internal';

/** Everything that can go wrong in a job. A value of the wrong type is a `TypeError` instead. */
export class MakereadyError extends Error {
  constructor(
    code: ErrorCode,
    message: string,
    about?: {
      input?: number | undefined;
      limit?: string | undefined;
      retryAfter?: number | undefined;
      cause?: unknown;
    },
  );
  readonly name: 'MakereadyError';
  readonly code: ErrorCode;
  /** The status that a service answers with over HTTP, 413 for instance. */
  readonly httpStatus: number;
  /** The index of the input at fault, where one is. */
  readonly input: number | undefined;
  /** The limit that would be passed, `max_memory` for instance, for `limit_exceeded`. */
  readonly limit: string | undefined;
  /** Milliseconds after which to try again, for `busy`. */
  readonly retryAfter: number | undefined;
}

/** Inputs of a definition by their names. */
export type Sources = { readonly [name: string]: Input } | ReadonlyMap<string, Input>;

/**
 * A recipe: inputs, the operations on them in the order written, and the output.
 *
 * Immutable: each call gives a new pipeline, the old one stays usable. Nothing is read before `plan`, `explain`, `pixels`
 * or `run`. Words and types are checked by the call, values by the plan.
 *
 * @example
 * const page = Pipeline.stitch(['a.jpg', 'b.jpg'], { across: 2 });
 * const { data } = await page.resize(800, 600).encode('webp', { quality: 80 }).run();
 */
export class Pipeline {
  private constructor();
  /** One input. Its EXIF orientation is applied. */
  static open(input: Input, options?: OpenOptions): Pipeline;
  /** Several inputs as one picture, row by row or at given places; stitches may be nested 100 deep. */
  static stitch(inputs: (Input | Pipeline)[], options: StitchOptions): Pipeline;
  /**
   * The pipeline of a definition, with its inputs by their names; more than it uses is fine. A name without a source is
   * an error also where it reads as a path: a definition alone reaches no file and no network.
   * @throws {MakereadyError} `invalid_option` with the place as a JSON path, or as line and column of a text that is no
   * JSON; also when there are several outputs, which `pipelinesFromJson` reads.
   */
  static fromJson(text: string, sources: Sources): Pipeline;
  // <write-types: calls>
  /** Resizes to a box, of which either side may be left out. Sides in pixels, 1 to 65,535. */
  resize(resize: Resize): Pipeline;
  resize(width: number | null | undefined, height?: number | null, options?: ResizeOptions): Pipeline;
  /** Keeps a rectangle of the picture at this point; outside of it: `invalid_option`. */
  crop(rect: Rect): Pipeline;
  /** Turns clockwise. */
  rotate(degrees: 90 | 180 | 270): Pipeline;
  /** Exchanges top and bottom. */
  flip(): Pipeline;
  /** Exchanges left and right. */
  flop(): Pipeline;
  /** Puts the picture on an opaque colour; it has no alpha after that. */
  flatten(background?: Colour): Pipeline;
  /** Adds edges of a colour around the picture. */
  extend(options?: ExtendOptions): Pipeline;
  /**
   * Sets the output's format and its options. Default: that of the first input, PNG for formats that are not written.
   */
  encode(format: 'jpeg', options?: JpegOptions): Pipeline;
  encode(format: 'png', options?: PngOptions): Pipeline;
  encode(format: 'webp', options?: WebPOptions): Pipeline;
  encode(format: OutputFormat): Pipeline;
  /** Sets the output's format by what a client accepts, and says so in `vary`. */
  negotiate(accept?: string | string[], options?: NegotiateOptions): Pipeline;
  /** Sets what the job may cost; limits that are not given have their defaults. A call replaces the one before. */
  limits(limits: Limits): Pipeline;
  /** Sets the threads the job may use at a time. Default: as many as the machine has cores. */
  threads(count: number): Pipeline;
  /** Sets how much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8. */
  shrink(mode: Shrink): Pipeline;
  /** Gives the queue of jobs a hint. */
  priority(level: Priority): Pipeline;
  // </write-types>
  /** Ends the job with a `timeout`, in milliseconds from the call of `run`: waiting for threads and streams counts. */
  deadline(ms: number): Pipeline;
  /** All rewrite rules on or off; or single ones by name, the others as `all` says (default true). */
  optimizations(rules: boolean | { all?: boolean; [rule: string]: boolean | undefined }): Pipeline;
  /**
   * The definition as JSON, in one order and without options at their default. Sources are in it by their names: those
   * of `fromJson`, the path of a file, and `input-0`, `input-1` for others.
   * @throws {MakereadyError} `invalid_option` when an option is out of its range, an input of a stitch has an encode or a
   * setting of the job, or the text would be more than 16 MiB or have more than 262,144 values.
   */
  toJson(): string;
  /** Collects Blobs and streams, for `plan`, `explain`, `runSync` and `pixelsSync`, which cannot wait for them. */
  load(options?: RunOptions): Promise<this>;
  /** Reads headers, at once, and gives the output and the cost of a run. */
  plan(): Plan;
  /** The plan as written and as it will run, as text. */
  explain(): string;
  /** Runs on threads of the library's own; the event loop goes on. */
  run(options?: RunOptions): Promise<Output>;
  /** Runs, and blocks the event loop meanwhile. */
  runSync(): Output;
  /** Runs without the encode and gives the pixels. */
  pixels(options?: RunOptions): Promise<Image>;
  /** As `pixels`, and blocks the event loop meanwhile. */
  pixelsSync(): Image;
}

/** Runs several pipelines in one pass and does their common work once. The first error ends the pass. */
export function runAll(pipelines: readonly Pipeline[], options?: RunOptions): Promise<Output[]>;
/** The plans of a pass, at once. */
export function planAll(pipelines: readonly Pipeline[]): Plan[];
/** The plan of a pass as text; it shows common work once. */
export function explainAll(pipelines: readonly Pipeline[]): string;
/**
 * Several pipelines, the outputs of one pass, as one definition: what all begin with, and settings that all have, are in
 * it once.
 */
export function pipelinesToJson(pipelines: readonly Pipeline[]): string;
/** A pipeline for each output of a definition, for `runAll`. */
export function pipelinesFromJson(text: string, sources: Sources): Pipeline[];
/** What all jobs of the process may use together. */
export interface Settings {
  /**
   * Bytes that running jobs may hold together, by the bounds of their plans. Default: `MAKEREADY_MEMORY`, else half of
   * what the machine or the control group has.
   */
  memory?: number | undefined;
  /** Jobs that may wait. Default: `MAKEREADY_QUEUE`, else 1,024. */
  queue?: number | undefined;
  /** Threads that work on pixels. Default: `MAKEREADY_THREADS`, else one a core. */
  threads?: number | undefined;
}

/** Times of jobs in milliseconds, within 5 %. */
export interface Percentiles {
  /** Half of the jobs took no longer. */
  p50: number;
  /** 95 of 100 took no longer. */
  p95: number;
  /** 99 of 100 took no longer. */
  p99: number;
  /** The longest. */
  max: number;
}

/** The jobs of the process so far. */
export interface JobStats {
  /** Jobs that run. */
  readonly running: number;
  /** Jobs that wait. */
  readonly waiting: number;
  /** Bytes that running jobs may hold together, by the bounds of their plans. */
  readonly reserved: number;
  /** Bytes that they may hold at most. */
  readonly budget: number;
  /** Jobs that gave their outputs. */
  readonly done: number;
  /** Jobs that ended with an error, by its code. */
  readonly failed: Partial<Record<ErrorCode, number>>;
  /** Jobs that were refused as `busy`; they are not among those that failed. */
  readonly refused: number;
  /** Milliseconds that a job handed in now would wait. */
  readonly predictedWait: number;
  /** Times from the hand-in of a job to its start. */
  readonly wait: Percentiles;
  /** Times from the start of a job to its end. */
  readonly run: Percentiles;
  /** The figures as a text that Prometheus reads. */
  prometheus(): string;
}

/** Sets what all jobs of the process may use together; once, before the first job. */
export function configure(settings: Settings): void;
/** Figures of the jobs of this process so far. */
export function jobStats(): JobStats;
/** Reads the header of an input, at once. Collect a Blob or a stream first. */
export function probe(input: string | URL | Bytes | RawPixels, options?: ProbeOptions): Probe;

/** The answer to a client. */
export interface Negotiated {
  /** The format to send. */
  format: OutputFormat;
  /** The value for a `Vary` header. */
  vary: string;
  /**
   * A few letters that stand for all that counts of the client, for cache keys: clients with the same token are given the
   * same answer. There are at most a few hundred.
   */
  token: string;
  /** The quality to encode with, where one was said or is to be lowered. */
  quality?: number;
  /** The factor for widths and heights: 1, 1.5, 2, 3 or 4. */
  dpr: number;
  /** A format to try losslessly as well, to send the smaller file; for lossless sources. */
  lossless?: OutputFormat;
}

// <write-types: functions>
/**
 * Picks the format of a picture for a client, by its `Accept` header. Pure: reads nothing, and takes time that is
 * linear in the header.
 */
export function negotiate(accept?: string | string[], options?: NegotiateFunctionOptions): Negotiated;
/**
 * Gives a CloudFront Function (JavaScript, runtime 2.0) that puts the token of a client in place of its `Accept`
 * header, so that an edge caches one picture for all clients with that token. Its tokens are those of `negotiate`
 * without hints, which takes its header in place of the client's.
 */
export function edgeFunction(formats?: OutputFormat[]): string;
// </write-types>

/** The renditions that a service makes for anybody who asks. Immutable. */
export class Policy {
  /** @throws {MakereadyError} `invalid_option` for a value that no policy can have. */
  constructor(options?: PolicyOptions);
  /** The options that are not at their defaults: `new Policy(policy.options)` is the same policy. */
  readonly options: PolicyOptions;
  /**
   * The policy of a text in JSON, the same in every language: options by their names in snake_case, a time in seconds.
   *
   * @throws {MakereadyError} `invalid_option`, with the place as a JSON path.
   */
  static fromJson(text: string): Policy;
  /** The policy as JSON, for `fromJson` of any language. */
  toJson(): string;
  /** The number of renditions of one source that differ: the most that anybody can make a service store. */
  renditions(): bigint;
  /** The pipeline within the limits and the deadline of the policy. */
  guard(pipeline: Pipeline): Pipeline;
}

/**
 * One of the pictures that a service makes of a source: query parameters, a key for stores, a pipeline. Two that are equal
 * give the same picture and have the same key. Immutable.
 *
 * The parameters apply in this order: `page` (counted from 0); `crop` (`x,y,width,height` in pixels of the source);
 * `rotate` (90, 180 or 270 clockwise), `flip` and `flop` (1 to exchange top and bottom, left and right); `w`, `h` and
 * `dpr` (the box in pixels, times `dpr`); `fit` and `position` (words of `resize`); `bg` (the ground of alpha and of
 * contain: `rgb`, `rgba`, `rrggbb` or `rrggbbaa`); `q` and `f` (quality and format).
 *
 * @example
 * const rendition = Rendition.parse('w=160&dpr=2&f=webp');
 * rendition.key('users/7/photo 1.jpg'); // 'v1/users/7/photo~201.jpg/w-320.webp'
 */
export class Rendition {
  private constructor();
  /**
   * The rendition of query parameters, as they stand in a URL behind the `?`. Widths and heights become those of the next
   * step of the policy.
   * @throws {MakereadyError} `invalid_option` with the name of a parameter that is unknown, repeated, malformed, out of
   * its range, outside the policy, or of no use beside the others.
   */
  static parse(query: string, policy?: Policy | PolicyOptions): Rendition;
  /**
   * The rendition of a key.
   * @throws {MakereadyError} `invalid_option` for a text that is no key, and for one that the policy does not allow.
   */
  static fromKey(key: string, policy?: Policy | PolicyOptions): Rendition;
  /** The source that a key was made of. */
  static sourceOf(key: string): string;
  /** Page or frame, counted from 0. */
  readonly page: number;
  /** The part of the source that is shown, in its pixels. */
  readonly crop: Readonly<Rect> | undefined;
  /** The turn clockwise. */
  readonly rotate: 0 | 90 | 180 | 270;
  /** Whether top and bottom are exchanged after that. */
  readonly flip: boolean;
  /** Width of the box in pixels. */
  readonly width: number | undefined;
  /** Height of the box in pixels. */
  readonly height: number | undefined;
  /** How the picture meets the box. */
  readonly fit: Fit;
  /** Which part stays, or where the picture lies. */
  readonly position: Position;
  /** The ground of alpha, and of the box around the picture. */
  readonly background: Colour | undefined;
  /** Quality of a lossy file; that of its format by default. */
  readonly quality: number | undefined;
  /** The format; left to the service by default. */
  readonly format: OutputFormat | undefined;
  /**
   * The name of the picture that it makes of a source, in a store and in a URL: at most 1,024 ASCII letters, digits and
   * `/ . - _ ~`, without a part that is empty, `.` or `..`. The same in all versions of the library, for as long as it
   * begins with `v1`.
   * @throws {MakereadyError} `invalid_option` for a source that is empty, absolute, longer than 512 bytes, or has a part
   * that is empty, `.` or `..`, a control character or a backslash.
   */
  key(source: string): string;
  /** The same in a format, for example the one that was negotiated. */
  withFormat(format: OutputFormat): Rendition;
  /** The pipeline that makes it of an input; with a policy, within its limits and its deadline. */
  pipeline(source: Input, policy?: Policy | PolicyOptions): Pipeline;
  /** Whether the other is the same rendition. */
  equals(other: unknown): boolean;
  /** The shortest query that makes it. */
  toString(): string;
}

/**
 * Secrets by their names, of which the first one signs. A name is 1 to 64 letters, digits, `-` and `_`; a secret is 16 bytes
 * or more. An object lists names that are whole numbers first, whatever the order they are written in: use a Map for those.
 */
export type Keys = Readonly<Record<string, string | Uint8Array>> | ReadonlyMap<string, string | Uint8Array>;

/**
 * Signs a path with the first of the keys: adds to it when it expires (`e`, in seconds since 1970), the name of the key
 * (`k`) and the signature (`s`), an HMAC-SHA-256 of all before it. To exchange keys, put the new one first and keep the old
 * one until all that it signed has expired.
 * @throws {MakereadyError} `invalid_option` for keys that are none, a path with a `#`, or one of more than 8,192 bytes.
 */
export function sign(path: string, keys: Keys, expires: number): string;
/**
 * The path that was signed with one of the keys, where it has not expired.
 * @throws {MakereadyError} `forbidden` for a signature that is missing, wrong, expired, or of another key.
 */
export function verify(signed: string, keys: Keys): string;

/** The rewrite rules of a plan. */
export const optimizations: {
  /** All, in the order they run. */
  readonly names: readonly string[];
  /** The rules that may change an output within stated bounds. */
  readonly approximate: readonly string[];
};
