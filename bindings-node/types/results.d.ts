/** Results: outputs, pixels, plans, facts, errors. */

import type { Format, InputFormat, Layout, OutputFormat, RawPixels } from './inputs.js';
import type { Limits, Rect } from './options.js';

/** How a job is run. */
export interface RunOptions {
  /** Stops the job: the promise is rejected with the reason of the signal, at once. */
  signal?: AbortSignal | undefined;
}

/** Figures of what a picture shows. */
export interface Stats {
  /** Of each channel, in the order of the layout: alpha is the last. */
  channels: ChannelStats[];
  /** Whether alpha, if there is any, is 255 everywhere. */
  isOpaque: boolean;
  /**
   * How many bits tell the luma of a pixel, in the mean, if pixels knew nothing of one another: 0 where all are alike, 8 where
   * all 256 shades are as frequent.
   */
  entropy: number;
  /**
   * How far pixels are from those around them: the standard deviation of the Laplacian of the luma, which is the sum of the
   * pixels above, below, left and right less four times the pixel. At the edges the picture goes on as it ends.
   */
  sharpness: number;
  /**
   * The most frequent colour, `#c04010` for instance: the mean of the pixels in the fullest of 4,096 equal cubes of colours.
   * Clear pixels do not count; where all are, it is `#00000000`.
   */
  dominant: string;
}

/** Figures of a channel, whose samples are 0 to 255. */
export interface ChannelStats {
  min: number;
  max: number;
  mean: number;
  /** The standard deviation. */
  deviation: number;
}

/** The output and the cost of a run, told from headers alone. */
export interface Plan {
  /** Width of the output in pixels. */
  width: number;
  /** Height of the output in pixels. */
  height: number;
  format: OutputFormat;
  /** Frames of the output: 1, or more where it moves. */
  frames: number;
  /** Milliseconds that its frames are shown, all together; 0 of a still picture. */
  duration: number;
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
  /**
   * Pictures that a run looks at first, for `trim`, `normalize` and covers by attention or entropy. Where there are any,
   * size, memory, cost and decodes are those of a picture that nothing is trimmed off and that is cut in the middle; a run
   * may have others.
   */
  looks: number;
  /** The decodes of each input: at `1/scale`, the region in pixels of the scaled picture. */
  decodes: { input: number; scale: number; region: Rect }[];
}

/** How a header is read. */
export interface ProbeOptions {
  /** Limits of inputs and of metadata count. */
  limits?: Limits | undefined;
  /** Whether the EXIF fields that people sort by are read too. Default: false. */
  exif?: boolean | undefined;
  /** The formats that the file may have; by default all that are read but svg and pdf. */
  formats?: InputFormat[] | undefined;
  /** Which page of a PDF or a TIFF, or which frame, counted from 0. Default: 0. */
  page?: number | undefined;
  /** Dots an inch at which an SVG or a PDF has its size. Default: 72. */
  density?: number | undefined;
}

/** The EXIF fields that people sort pictures by, as far as the file has them and they make sense. */
export interface Exif {
  /** Local time at which it was taken, as `2026-05-17T16:30:05`; with the offset, `+02:00`, where the file has it. */
  taken?: string;
  /** The maker of the camera, 200 characters at the most. */
  make?: string;
  /** The model of the camera, 200 characters at the most. */
  model?: string;
  /** Degrees north, -90 to 90. */
  latitude?: number;
  /** Degrees east, -180 to 180. */
  longitude?: number;
  /** Metres above the sea, or below 0 beneath it. */
  altitude?: number;
}

/** The facts in the header of an input. */
export interface Probe {
  /** Told by the first bytes, never by the name. */
  format: Format;
  /** Pixels in a row, as stored: before the orientation. */
  width: number;
  /** Rows, as stored. */
  height: number;
  /** The EXIF orientation, 1 to 8; XMP's where EXIF says none. */
  orientation: number;
  /** The layout of its pixels as they are read, or `cmyk` of inks as they are stored. */
  layout: Layout | 'cmyk';
  /** Whether pixels can be clear. */
  hasAlpha: boolean;
  /** Bits of a stored sample, 1 to 16; with a palette those of an index. */
  bits: number;
  /** Pages or frames. */
  pages: number;
  /** Tells whether it moves: it has several frames. */
  animated: boolean;
  /** Milliseconds that its frames are shown, all together; 0 of a still picture. */
  duration: number;
  /** How often its frames are played, 0 for ever; undefined of a still picture. */
  loop?: number;
  /** Dots an inch across, to the nearest whole one: the format's own (JFIF, pHYs), else EXIF's. */
  density?: number;
  /**
   * The name of its colour profile, as far as it is plain ASCII and 40 characters at the most. `sRGB`, `cICP`,
   * `Display P3`, `gAMA and cHRM` of a PNG that tells its colours by these; undefined of a profile that cannot be read.
   */
  profile?: string;
  /** Whether it shows coarsely before it is read whole: a progressive JPEG, an interlaced PNG or GIF. */
  progressive: boolean;
  /** How much finer luma is stored than chroma, `4:2:0` for example; undefined where there is no chroma, or no name for it. */
  subsampling?: string;
  /** The EXIF fields where they were asked for and the file has EXIF data. */
  exif?: Exif;
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
  /** Frames: 1, or more where it moves. */
  readonly frames: number;
  /** The channels of the file: a picture that is gray stays gray. */
  readonly layout: Layout;
  /** The loss of each damaged input that `onError: 'recover'` let pass, and each colour profile that could not be used, with its index. */
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
      parameter?: string | undefined;
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
  /** The parameter of a `Rendition` that is at fault, `w` for instance. */
  readonly parameter: string | undefined;
  /** Milliseconds after which to try again, for `busy`. */
  readonly retryAfter: number | undefined;
}
