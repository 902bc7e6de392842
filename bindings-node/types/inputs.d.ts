/** Inputs, and the words of options. */

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
/** The way in which it comes on the picture below. */
export type Blend =
  | 'over'
  | 'multiply'
  | 'screen'
  | 'overlay'
  | 'darken'
  | 'lighten'
  | 'add'
  | 'difference'
  | 'soft-light'
  | 'dest-in';
/** The channel; of a picture in gray all colours are the same. */
export type Channel = 'red' | 'green' | 'blue' | 'alpha';
/**
 * sRGB by default; display-p3, whose profile a file then has; keep for the space that all inputs share, with its
 * profile.
 */
export type ColourSpace = 'srgb' | 'display-p3' | 'keep';
/** The picture in the edges. */
export type ExtendMode = 'background' | 'copy' | 'mirror' | 'repeat';
/** How rows are filtered before they are compressed. */
export type Filter = 'auto' | 'none' | 'adaptive';
/** How the picture meets the box when both sides are given. */
export type Fit = 'cover' | 'contain' | 'fill' | 'inside' | 'outside';
/** The format that is written. */
export type OutputFormat = 'jpeg' | 'png' | 'webp' | 'gif';
/**
 * The formats that a file may have; any other is an `unsupported` error. By default all that this build reads but svg
 * and pdf, which are opened only where they are named.
 */
export type InputFormat =
  | 'jpeg'
  | 'png'
  | 'webp'
  | 'gif'
  | 'tiff'
  | 'bmp'
  | 'ico'
  | 'pnm'
  | 'qoi'
  | 'tga'
  | 'jxl'
  | 'heic'
  | 'svg'
  | 'pdf';
/** The interpolation kernel. */
export type Kernel = 'nearest' | 'linear' | 'cubic' | 'mitchell' | 'lanczos2' | 'lanczos3';
/** Any of `icc`, `exif`, `xmp`, `copyright` and `gps`; each call says all of them. */
export type Meta = 'icc' | 'exif' | 'xmp' | 'copyright' | 'gps';
/** Whether a file that is truncated or corrupt after its header is an error, or gives the rows that can be had. */
export type OnError = 'fail' | 'recover';
/** Takes a colour profile that cannot be used for sRGB, with a warning, or gives a `malformed` error. */
export type OnProfileError = 'ignore' | 'fail';
/** Where a smaller input lies in its cell of a grid; attention and entropy are no such place. */
export type Position =
  | 'centre'
  | 'north'
  | 'north_east'
  | 'east'
  | 'south_east'
  | 'south'
  | 'south_west'
  | 'west'
  | 'north_west'
  | 'attention'
  | 'entropy';
/** The job goes as one of four times its predicted time, of that time, or of a quarter of it. */
export type Priority = 'low' | 'normal' | 'high';
/** The least factor that is left to the resampler: 2 with balanced, the default, 1 with fast, all with off. */
export type Shrink = 'off' | 'balanced' | 'fast';
/** How the chroma samples are thinned out. */
export type Subsampling = '4:4:4' | '4:2:2' | '4:2:0';
/** A format that is read. */
export type Format = 'jpeg' | 'png' | 'webp' | 'gif' | 'tiff' | 'bmp' | 'ico' | 'pnm' | 'qoi' | 'tga' | 'jxl' | 'svg' | 'pdf';
// </write-types>
/** `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`. */
export type Colour = string;
