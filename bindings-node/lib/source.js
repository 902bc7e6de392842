'use strict';

// Inputs: bytes, paths, raw pixels; and Blobs and streams, whose bytes come later.

const { isAnyArrayBuffer, isSharedArrayBuffer } = require('node:util/types');
const { fileURLToPath } = require('node:url');

const native = require('./native.js');
const { MakereadyError, given } = require('./error.js');

/**
 * The bytes of a Blob or a stream: collected once, when a job needs them first, and then remembered, so that
 * a pipeline may run twice and pipelines with the same stream share it.
 */
class Late {
  #from;
  #collected;

  constructor(from) {
    this.native = given(native.Source.late());
    this.ready = false;
    this.#from = from;
  }

  /** Reads all bytes; more than `max` are an error. */
  collect(max) {
    const { size } = this.#from ?? {};
    if (this.#from instanceof Blob && size > max) {
      throw tooLong(max, size);
    }
    this.#collected ??= this.#read(max);
    return this.#collected;
  }

  async #read(max) {
    const chunks = this.#from instanceof Blob ? this.#from.stream() : this.#from;
    try {
      for await (const chunk of chunks) {
        const length = given(this.native.push(view(chunk, 'a chunk of a stream')));
        if (length > max) {
          // Leaving the loop ends the stream.
          throw tooLong(max, `${length} or more`);
        }
      }
    } catch (error) {
      if (error instanceof MakereadyError || error instanceof TypeError) {
        throw error;
      }
      const message = `a stream cannot be read: ${error?.message ?? error}`;
      throw new MakereadyError('io', message, { cause: error });
    }
    given(this.native.finish());
    this.ready = true;
    this.#from = undefined;
  }
}

function tooLong(max, found) {
  const message = `max_input_bytes is ${max}, this needs ${found}`;
  return new MakereadyError('limit_exceeded', message, { limit: 'max_input_bytes' });
}

/** Any view or buffer as a `Uint8Array` of the same bytes. */
function view(bytes, what) {
  if (isAnyArrayBuffer(bytes)) {
    return view(new Uint8Array(bytes), what);
  }
  if (!ArrayBuffer.isView(bytes)) {
    throw new TypeError(`${what}: expected bytes, found ${kind(bytes)}`);
  }
  if (isSharedArrayBuffer(bytes.buffer)) {
    // Node has no call that lends shared bytes to an addon.
    return new Uint8Array(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }
  return bytes instanceof Uint8Array
    ? bytes
    : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function kind(value) {
  return value === null ? 'null' : (value?.constructor?.name ?? typeof value);
}

function path(from) {
  if (typeof from === 'string') {
    return from;
  }
  if (from.protocol !== 'file:') {
    throw new MakereadyError('invalid_option', `a URL to open is file:, found ${from.protocol}`);
  }
  return fileURLToPath(from);
}

/** The Blobs and streams that were opened, each with its bytes. */
const late = new WeakMap();

/** An input: the addon's source as `native`; `ready` unless its bytes have yet to come. */
function source(from) {
  if (typeof from === 'string' || from instanceof URL) {
    return { native: given(native.Source.path(path(from))), ready: true };
  }
  if (isAnyArrayBuffer(from) || ArrayBuffer.isView(from)) {
    return { native: given(native.Source.bytes(view(from))), ready: true };
  }
  if (from instanceof Blob || typeof from?.[Symbol.asyncIterator] === 'function') {
    if (!late.has(from)) {
      late.set(from, new Late(from));
    }
    return late.get(from);
  }
  if (typeof from === 'object' && from !== null && 'data' in from) {
    const samples = view(from.data, 'pixels data');
    return { native: given(native.Source.pixels(samples, from)), ready: true };
  }
  throw new TypeError(
    'an input is a Buffer, Uint8Array, ArrayBuffer, path, file: URL, Blob, stream, ' +
      `{ data, width, height, channels } or Pipeline, found ${kind(from)}`,
  );
}

/** An error unless all bytes of an input are there. */
function ready(input, index) {
  if (!input.ready) {
    const message =
      `input ${index}: the bytes of a Blob or stream have yet to come: ` +
      'expected `await pipeline.load()` before, or bytes';
    throw new MakereadyError('invalid_option', message, { input: index });
  }
}

/** Collects the bytes of an input that has yet to come. */
async function collect(input, index, max) {
  try {
    await input.collect(max);
  } catch (error) {
    if (!(error instanceof MakereadyError)) {
      throw error;
    }
    const { code, message, limit, cause } = error;
    throw new MakereadyError(code, `input ${index}: ${message}`, { input: index, limit, cause });
  }
}

module.exports = { collect, ready, source };
