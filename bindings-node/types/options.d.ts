/** Options, by the calls that take them. */

import type {
  Blend,
  Colour,
  ExtendMode,
  Filter,
  Fit,
  InputFormat,
  Kernel,
  OnError,
  OnProfileError,
  OutputFormat,
  Position,
  Subsampling,
} from './inputs.js';

// <write-types: options>
/** How an input is opened. */
export interface OpenOptions {
  /** Which page or frame, counted from 0. Default 0. */
  page?: number | undefined;
  /**
   * Opens a picture that moves with all its frames; else it is the one frame that `page` says. Every operation is done
   * to each frame. Default false.
   */
  animated?: boolean | undefined;
  /** Whether the EXIF orientation is applied. Default true. */
  autoOrient?: boolean | undefined;
  /**
   * Whether a file that is truncated or corrupt after its header is an error, or gives the rows that can be had: fail
   * (default) or recover.
   */
  onError?: OnError | undefined;
  /**
   * Takes a colour profile that cannot be used for sRGB, with a warning, or gives a `malformed` error: ignore (default)
   * or fail.
   */
  onProfileError?: OnProfileError | undefined;
  /**
   * Dots an inch at which an SVG or a PDF has its size; pictures of pixels have theirs at any; 1 to 2,400. Default 72.
   */
  density?: number | undefined;
  /**
   * The formats that a file may have; any other is an `unsupported` error. By default all that this build reads but svg
   * and pdf, which are opened only where they are named.
   */
  formats?: InputFormat[] | undefined;
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
   * Where a smaller input lies in its cell of a grid; attention and entropy are no such place: centre (default), north,
   * north_east, east, south_east, south, south_west, west, north_west, attention or entropy.
   */
  position?: Position | undefined;
}

/** Resizes to a box, of which either side may be left out. */
export interface ResizeOptions {
  /** How the picture meets the box when both sides are given: cover (default), contain, fill, inside or outside. */
  fit?: Fit | undefined;
  /**
   * Which part stays with cover, where the picture lies with contain: centre (default), north, north_east, east,
   * south_east, south, south_west, west, north_west, attention or entropy.
   */
  position?: Position | undefined;
  /** The point that cover keeps, as near to the middle as it can, in place of a `position`. */
  focus?: { x: number; y: number } | undefined;
  /** The interpolation kernel: nearest, linear, cubic, mitchell, lanczos2 or lanczos3 (default). */
  kernel?: Kernel | undefined;
  /** Whether the picture is never made larger, so that the output may be smaller than the box. Default false. */
  withoutEnlargement?: boolean | undefined;
  /** Never makes the picture smaller, so that the output may be larger than the box. Default false. */
  withoutReduction?: boolean | undefined;
  /** Whether to resample in linear light: slower, right for fine bright detail on dark. Default false. */
  linear?: boolean | undefined;
  /** Fills the box around the picture with contain; `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`. Default `#000000`. */
  background?: Colour | undefined;
}

/** Turns clockwise: by quarters exactly, by any other angle into a picture that is large enough for the corners. */
export interface RotateOptions {
  /**
   * The colour of the corners, where it is no quarter turn; with an alpha below 255 the output has alpha; `#rgb`,
   * `#rgba`, `#rrggbb` or `#rrggbbaa`. Default `#000000`.
   */
  background?: Colour | undefined;
}

/** Adds edges around the picture: of a colour, or of pixels of its own. */
export interface ExtendOptions {
  /** Rows added above. Default 0. */
  top?: number | undefined;
  /** Columns added on the right. Default 0. */
  right?: number | undefined;
  /** Rows added below. Default 0. */
  bottom?: number | undefined;
  /** Columns added on the left. Default 0. */
  left?: number | undefined;
  /** The picture in the edges: background (default), copy, mirror or repeat. */
  mode?: ExtendMode | undefined;
  /**
   * The colour of the edges; with an alpha below 255 the output has alpha; `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`.
   * Default `#000000`.
   */
  background?: Colour | undefined;
}

/** Moves all pixels by a matrix: turns, mirrors, shears and stretches, in one step. */
export interface AffineOptions {
  /**
   * How a pixel is made of those around its place: nearest, linear, cubic (default), mitchell, lanczos2 or lanczos3.
   */
  kernel?: Kernel | undefined;
  /**
   * The colour of what the picture does not cover; with an alpha below 255 the output has alpha; `#rgb`, `#rgba`,
   * `#rrggbb` or `#rrggbbaa`. Default `#000000`.
   */
  background?: Colour | undefined;
}

/**
 * Leans the picture: moves rows along themselves, the farther the farther they are from the middle, and columns too.
 */
export interface ShearOptions {
  /**
   * The colour of what the picture does not cover; with an alpha below 255 the output has alpha; `#rgb`, `#rgba`,
   * `#rrggbb` or `#rrggbbaa`. Default `#000000`.
   */
  background?: Colour | undefined;
}

/** Turns every colour into its opposite. */
export interface NegateOptions {
  /** Turns alpha into its opposite too. Default false. */
  alpha?: boolean | undefined;
}

/** Makes colours brighter, stronger, of another hue, or lighter. */
export interface ModulateOptions {
  /** The factor of how light pixels are. Default 1. */
  brightness?: number | undefined;
  /** The factor of how strong colours are: 0 for shades of gray. Default 1. */
  saturation?: number | undefined;
  /** Degrees by which hues are turned. Default 0. */
  hue?: number | undefined;
  /** The number that is added to how light pixels are, which is 0 to 100. Default 0. */
  lightness?: number | undefined;
}

/** Makes the darkest parts of a picture black and the lightest white, and all between them as much lighter or */
export interface NormalizeOptions {
  /** Percent of the pixels that are at most as light as the new black; 0 to 100. Default 1. */
  lower?: number | undefined;
  /** Percent of the pixels that are at most as light as the new white, which is more; 0 to 100. Default 99. */
  upper?: number | undefined;
}

/** Takes off edges that look like a background: all around what differs from it. */
export interface TrimOptions {
  /**
   * The colour of the edges; by default that of the pixel at the top left; `#rgb`, `#rgba`, `#rrggbb` or `#rrggbbaa`.
   */
  background?: Colour | undefined;
  /** How far a sample of a pixel, of 0 to 255, may be from the background's for it to be taken off. Default 10. */
  threshold?: number | undefined;
}

/** Sharpens edges: how light a pixel is moves away from how light those around it are. */
export interface SharpenOptions {
  /**
   * The standard deviation of the blur that pixels are compared with, of 0.3 to 10: about the width of edges. Default
   * 1.
   */
  sigma?: number | undefined;
  /** The factor of the difference to what is blurred, which is added; 0 to 10. Default 1. */
  amount?: number | undefined;
  /** The least difference that is added, of 0 to 255; smaller ones count as noise. Default 0. */
  threshold?: number | undefined;
}

/** Makes each pixel the sum of those around it, each times a weight. */
export interface ConvolveOptions {
  /** The number that sums are divided by. By default the sum of the weights, or 1 where that is 0. */
  scale?: number | undefined;
  /** The number that is added, of samples of 0 to 255. Default 0. */
  offset?: number | undefined;
}

/**
 * Evens contrast out in each part of the picture: a sample becomes its rank among those of a window around it (CLAHE).
 */
export interface ClaheOptions {
  /**
   * The samples of one level that count for it in a window; the others count for all levels alike. The fewer, the less
   * contrast is added; 0 is no limit; 0 to 100. Default 3.
   */
  maxSlope?: number | undefined;
}

/** Puts another picture on top. */
export interface OverlayOptions {
  /**
   * Columns and rows from the left top corner of the picture below to its own, also below 0; by default its `position`
   * says.
   */
  at?: { x: number; y: number } | undefined;
  /**
   * Where it lies, if not `at` a place; attention and entropy are none: centre (default), north, north_east, east,
   * south_east, south, south_west, west, north_west, attention or entropy.
   */
  position?: Position | undefined;
  /** How much of it is seen, from 0.0 for nothing to 1.0 for all; 0 to 1. Default 1. */
  opacity?: number | undefined;
  /**
   * The way in which it comes on the picture below: over (default), multiply, screen, overlay, darken, lighten, add,
   * difference, soft-light or dest-in.
   */
  blend?: Blend | undefined;
  /** Repeats it in all directions until it covers the picture below. Default false. */
  tile?: boolean | undefined;
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
  /** Frames of a picture that moves. Default 1,000. */
  maxFrames?: number | undefined;
  /** Pages of a file that has them; one is read. Default 10,000. */
  maxPages?: number | undefined;
  /** Pixels of a picture that moves: those of its canvas, times its frames. Default 1,000,000,000. */
  maxAnimationPixels?: number | undefined;
  /** Bytes of memory a job may need by the plan's own bound. Default 512 MiB. */
  maxMemory?: number | undefined;
  /** Bytes of a colour profile; a longer one is skipped, and the picture read all the same. Default 4 MiB. */
  maxIccBytes?: number | undefined;
  /**
   * Bytes of EXIF data, and of XMP, that are read; of longer data counts as much as lies within them, and it is not
   * kept. Default 1 MiB.
   */
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
  /** The formats that a source may have; by default all but svg and pdf. */
  inputs?: InputFormat[] | undefined;
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
   * How much time may go into a smaller file: from 5 on, coefficients are chosen by what they cost, which takes several
   * times as long; 0 to 6. Default 4.
   */
  effort?: number | undefined;
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
  /** How rows are filtered before they are compressed: auto (default), none or adaptive. */
  filter?: Filter | undefined;
  /**
   * Gives the file the colours of a palette, which is made for the picture: several times smaller, and lossless only
   * where the picture has few enough colours. Default false.
   */
  palette?: boolean | undefined;
  /** The most colours of the palette; 2 to 256. Default 256. */
  colours?: number | undefined;
  /**
   * How much dots of several colours stand for those that the palette lacks: 0 for flat areas, 1 for even slopes; 0 to
   * 1. Default 1.
   */
  dither?: number | undefined;
  /** How often a film is played, 0 for ever; by default as often as its source; 0 to 65,535. */
  loop?: number | undefined;
  /** Milliseconds that each frame of a film is shown; by default as long as in its source; 0 to 65,535. */
  delay?: number | undefined;
  /**
   * How much a sample of a frame may differ from the one shown before and still be left as it is, so that less is
   * written; 0 to 32. Default 0.
   */
  interFrameMaxError?: number | undefined;
  /**
   * Frames from one that is whole to the next, so that players may begin there; 0 for the first alone; 0 to 65,535.
   * Default 0.
   */
  keyFrameInterval?: number | undefined;
}

/** How a WebP is written. */
export interface WebPOptions {
  /** Quality on libwebp's scale, of a lossless file how hard to try; 1 to 100. Default 80. */
  quality?: number | undefined;
  /** Whether every sample comes back as it was. Default false. */
  lossless?: boolean | undefined;
  /**
   * Makes a lossless file of samples that are changed a little so that it gets smaller: the more, the lower the
   * quality; at 100 not at all. Default false.
   */
  nearLossless?: boolean | undefined;
  /** Quality of the alpha of a lossy file: 100 keeps it as it is, less keeps fewer levels; 0 to 100. Default 100. */
  alphaQuality?: number | undefined;
  /** How hard to try, from fast to smallest; 0 to 6. Default 4. */
  effort?: number | undefined;
  /**
   * The most bytes that the file may have: quality is lowered as far as it takes, and `limit_exceeded` is the answer
   * where no quality is low enough, or where a lossless file is larger.
   */
  maxBytes?: number | undefined;
  /** How often a film is played, 0 for ever; by default as often as its source; 0 to 65,535. */
  loop?: number | undefined;
  /** Milliseconds that each frame of a film is shown; by default as long as in its source; 0 to 65,535. */
  delay?: number | undefined;
  /**
   * How much a sample of a frame may differ from the one shown before and still be left as it is, so that less is
   * written; 0 to 32. Default 0.
   */
  interFrameMaxError?: number | undefined;
  /**
   * Frames from one that is whole to the next, so that players may begin there; 0 for the first alone; 0 to 65,535.
   * Default 0.
   */
  keyFrameInterval?: number | undefined;
  /** Makes each frame of a film lossy or lossless, whichever is smaller. Default false. */
  mixed?: boolean | undefined;
}

/** How a GIF is written. */
export interface GifOptions {
  /** The most colours of the palette, a clear one included; 2 to 256. Default 256. */
  colours?: number | undefined;
  /**
   * How much dots of several colours stand for those that the palette lacks: 0 for flat areas, 1 for even slopes; 0 to
   * 1. Default 1.
   */
  dither?: number | undefined;
  /** How often a film is played, 0 for ever; by default as often as its source; 0 to 65,535. */
  loop?: number | undefined;
  /** Milliseconds that each frame of a film is shown; by default as long as in its source; 0 to 65,535. */
  delay?: number | undefined;
  /**
   * How much a sample of a frame may differ from the one shown before and still be left as it is, so that less is
   * written; 0 to 32. Default 0.
   */
  interFrameMaxError?: number | undefined;
  /**
   * How far the pixels of a frame may be in the mean from the palette of the first one, in levels, and still be given
   * that palette; 0 for a palette of its own to each; 0 to 255. Default 0.
   */
  interPaletteMaxError?: number | undefined;
  /**
   * Frames from one that is whole to the next, so that players may begin there; 0 for the first alone; 0 to 65,535.
   * Default 0.
   */
  keyFrameInterval?: number | undefined;
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
