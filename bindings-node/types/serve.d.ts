/** For services: formats by `Accept`, renditions within a policy, signed paths. */

import type { Colour, Fit, Input, OutputFormat, Position } from './inputs.js';
import type { NegotiateFunctionOptions, PolicyOptions, Rect } from './options.js';
import type { Pipeline } from './pipeline.js';

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
  /** Tells whether a source that moves is made into a film: no page is said, and the format moves. */
  readonly animated: boolean;
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
  /** The pipeline that makes it of an input; with a policy, of one of its `inputs`, within its limits and its deadline. */
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
