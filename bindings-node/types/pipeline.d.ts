/** Pipelines, alone and several in one pass. */

import type { Bytes, Channel, Colour, ColourSpace, Input, Meta, OutputFormat, Priority, RawPixels, Shrink } from './inputs.js';
import type {
  AffineOptions,
  ClaheOptions,
  ConvolveOptions,
  ExtendOptions,
  GifOptions,
  JpegOptions,
  Limits,
  ModulateOptions,
  NegateOptions,
  NegotiateOptions,
  NormalizeOptions,
  OpenOptions,
  OverlayOptions,
  PngOptions,
  Rect,
  Resize,
  ResizeOptions,
  RotateOptions,
  SharpenOptions,
  ShearOptions,
  StitchOptions,
  TrimOptions,
  WebPOptions,
} from './options.js';
import type { Image, Output, Plan, Probe, ProbeOptions, RunOptions, Stats } from './results.js';

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
  /** Turns clockwise: by quarters exactly, by any other angle into a picture that is large enough for the corners. */
  rotate(degrees: number, options?: RotateOptions): Pipeline;
  /** Exchanges top and bottom. */
  flip(): Pipeline;
  /** Exchanges left and right. */
  flop(): Pipeline;
  /** Puts the picture on an opaque colour; it has no alpha after that. */
  flatten(background?: Colour): Pipeline;
  /** Adds edges around the picture: of a colour, or of pixels of its own. */
  extend(options?: ExtendOptions): Pipeline;
  /** Moves all pixels by a matrix: turns, mirrors, shears and stretches, in one step. */
  affine(matrix: number[][], options?: AffineOptions): Pipeline;
  /**
   * Leans the picture: moves rows along themselves, the farther the farther they are from the middle, and columns too.
   */
  shear(x?: number, y?: number, options?: ShearOptions): Pipeline;
  /** Makes shades of gray of the colours, as bright as they were: the luma of JPEG. */
  grayscale(): Pipeline;
  /** Turns every colour into its opposite. */
  negate(options?: NegateOptions): Pipeline;
  /** Gives all pixels the hue of one colour; how light they are stays. */
  tint(colour: Colour): Pipeline;
  /** Makes the middle tones lighter, by a factor above 1, or darker; black and white stay. */
  gamma(gamma?: number): Pipeline;
  /** Multiplies every sample by a number and adds another, or by one for each colour; alpha stays. */
  linear(a?: number | [red: number, green: number, blue: number], b?: number | [red: number, green: number, blue: number]): Pipeline;
  /** Makes each of red, green and blue a sum of all three, each times a number; alpha stays. */
  recomb(matrix: number[][]): Pipeline;
  /** Makes every pixel black or white: white where its shade of gray is this level or more. */
  threshold(level?: number): Pipeline;
  /** Makes colours brighter, stronger, of another hue, or lighter. */
  modulate(options?: ModulateOptions): Pipeline;
  /** Makes the darkest parts of a picture black and the lightest white, and all between them as much lighter or */
  normalize(options?: NormalizeOptions): Pipeline;
  /** Takes off edges that look like a background: all around what differs from it. */
  trim(options?: TrimOptions): Pipeline;
  /** Drops alpha; the colours stay as they are. */
  removeAlpha(): Pipeline;
  /** Gives the picture alpha, where it has none, of this strength. */
  ensureAlpha(opacity?: number): Pipeline;
  /** Keeps one channel, as a picture in gray. */
  extractChannel(channel: Channel): Pipeline;
  /** Blurs the picture: each pixel becomes a mean of those around it, by a Gaussian curve. */
  blur(sigma: number): Pipeline;
  /** Sharpens edges: how light a pixel is moves away from how light those around it are. */
  sharpen(options?: SharpenOptions): Pipeline;
  /** Makes each sample the middle one of those around it, which takes specks out and leaves edges. */
  median(size?: number): Pipeline;
  /** Makes each pixel the sum of those around it, each times a weight. */
  convolve(kernel: number[][], options?: ConvolveOptions): Pipeline;
  /**
   * Evens contrast out in each part of the picture: a sample becomes its rank among those of a window around it
   * (CLAHE).
   */
  clahe(width: number, height: number, options?: ClaheOptions): Pipeline;
  /** Sets the output's format and its options. Default: that of the first input, PNG for raw pixels. */
  encode(format: 'jpeg', options?: JpegOptions): Pipeline;
  encode(format: 'png', options?: PngOptions): Pipeline;
  encode(format: 'webp', options?: WebPOptions): Pipeline;
  encode(format: 'gif', options?: GifOptions): Pipeline;
  encode(format: OutputFormat): Pipeline;
  /** Sets the output's format by what a client accepts, and says so in `vary`. */
  negotiate(accept?: string | string[], options?: NegotiateOptions): Pipeline;
  /** Sets what the job may cost; limits that are not given have their defaults. A call replaces the one before. */
  limits(limits: Limits): Pipeline;
  /** Sets the threads the job may use at a time. Default: as many as the machine has cores. */
  threads(count: number): Pipeline;
  /** Sets how much of a shrink the decoders may take over, where they can decode at 1/2, 1/4 or 1/8. */
  shrink(mode: Shrink): Pipeline;
  /**
   * Sets the colour space of the output; each input is converted from its own profile. Backgrounds and edges are
   * converted with it. 'keep' converts nothing, and files have the profile.
   */
  colour(space: ColourSpace): Pipeline;
  /**
   * Keeps metadata of the first input that has them, cleaned; all are dropped by default. A call replaces the one
   * before. EXIF data are written anew, without thumbnail, maker note and place; what cannot be kept is left out, and
   * `warnings` says so.
   */
  keep(...metadata: Meta[]): Pipeline;
  /**
   * Writes a resolution into the file; the pixels stay as they are. JPEG has it in its JFIF segment, PNG in pHYs, in
   * whole pixels a metre, WebP in EXIF data of its own.
   */
  density(dpi: number): Pipeline;
  /** Gives the queue of jobs a hint. */
  priority(level: Priority): Pipeline;
  // </write-types>
  /**
   * Puts another picture on top: an input, or a pipeline with its own operations. The size stays; parts of the other
   * picture that lie outside are not seen. It is blended in the colours of the output, with 8 bits.
   */
  overlay(input: Input | Pipeline, options?: OverlayOptions): Pipeline;
  /** Gives the picture the shades of gray of another one, of its size, as alpha, in place of its own. */
  joinAlpha(mask: Input | Pipeline): Pipeline;
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

/** Reads the header of an input, at once. Collect a Blob or a stream first. */
export function probe(input: string | URL | Bytes | RawPixels, options?: ProbeOptions): Probe;

/**
 * Figures of what a picture shows, as it would be written; of a film, of its first frame. The whole picture is in memory: a
 * resize before makes figures of a large one cheap, but smooths them.
 */
export function stats(picture: Input | Pipeline, options?: RunOptions): Promise<Stats>;
/**
 * A stand-in of a few bytes for a picture, which a page shows until the picture is there; of a film, of its first frame.
 *
 * `thumbhash` is a ThumbHash in Base64, about 30 characters, with the proportions of the picture and its alpha. `blurhash` is
 * a BlurHash of 4 by 3 components, or 3 by 4 of an upright picture; clear pixels are white. `data-uri` is a WebP of at most 16
 * by 16 pixels, which a browser shows without a script.
 */
export function placeholder(
  picture: Input | Pipeline,
  options?: RunOptions & { kind?: 'thumbhash' | 'blurhash' | 'data-uri' | undefined },
): Promise<string>;

/** The rewrite rules of a plan. */
export const optimizations: {
  /** All, in the order they run. */
  readonly names: readonly string[];
  /** The rules that may change an output within stated bounds. */
  readonly approximate: readonly string[];
};
