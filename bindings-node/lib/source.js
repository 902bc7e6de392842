'use strict';

// Inputs: bytes, paths, raw pixels; and Blobs and streams, whose bytes come later.

const {
  isAnyArrayBuffer,
  isDataView,
  isSharedArrayBuffer,
  isUint8Array,
  isUint8ClampedArray,
} = require('node:util/types');
const { fileURLToPath } = require('node:url');

const native = require('./native.js');
const { MakereadyError, given } = require('./error.js');

/** An input whose bytes, if it has any, are there. */
class Present {
  ready = true;

  constructor(native, bytes) {
    this.native = given(native);
    this.bytes = bytes;
  }
}

/**
 * The bytes of a Blob or a stream: collected once, when a job needs them first, and then remembered, so that
 * a pipeline may run twice.
 */
class Late {
  ready = false;
  bytes = undefined;
  #from;
  #collected;

  constructor(from) {
    this.native = given(native.Source.bytes());
    this.#from = from;
  }

  /** Reads all bytes; more than `max` are an error. */
  collect(max) {
    if (this.#from instanceof Blob && this.#from.size > max) {
      throw tooLong(max, this.#from.size);
    }
    this.#collected ??= this.#read(max);
    return this.#collected;
  }

  async #read(max) {
    try {
      // Not by the stream of a Blob, of which Node 20 never frees a part.
      const blob = this.#from instanceof Blob;
      this.bytes = blob ? await this.#from.arrayBuffer() : await collected(this.#from, max);
    } catch (error) {
      if (error instanceof MakereadyError || error instanceof TypeError) {
        throw error;
      }
      const message = `a stream cannot be read: ${error?.message ?? error}`;
      throw new MakereadyError('io', message, { cause: error });
    }
    this.ready = true;
    this.#from = undefined;
  }
}

async function collected(stream, max) {
  const chunks = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(view(bytesOf(chunk, 'a chunk of a stream')));
    length += chunk.byteLength;
    if (length > max) {
      // Leaving the loop ends the stream.
      throw tooLong(max, `${length} or more`);
    }
  }
  return Buffer.concat(chunks, length);
}

function tooLong(max, found) {
  const message = `max_input_bytes is ${max}, this needs ${found}`;
  return new MakereadyError('limit_exceeded', message, { limit: 'max_input_bytes' });
}

/** The value, if it is bytes. Numbers of other than 8 bits, or signed ones, would be taken for samples they are not. */
function bytesOf(value, what) {
  if (isAnyArrayBuffer(value) || isUint8Array(value) || isUint8ClampedArray(value) || isDataView(value)) {
    return value;
  }
  if (ArrayBuffer.isView(value)) {
    const message =
      `${what}: expected a Buffer, Uint8Array, Uint8ClampedArray, DataView, ArrayBuffer ` +
      `or SharedArrayBuffer, found ${kind(value)}`;
    throw new MakereadyError('invalid_option', message);
  }
  throw new TypeError(`${what}: expected bytes, found ${kind(value)}`);
}

/** Bytes as a `Uint8Array` of the same bytes. */
function view(bytes) {
  if (isAnyArrayBuffer(bytes)) {
    return view(new Uint8Array(bytes));
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

/** The streams that were opened. */
const opened = new WeakSet();

/** Two readers of one stream would each get a part of it. */
function once(stream) {
  if (opened.has(stream)) {
    const message = 'a stream is opened once: expected one Pipeline.open for all that is made of it';
    throw new MakereadyError('invalid_option', message);
  }
  opened.add(stream);
  return stream;
}

/** An input: the addon's source, and the bytes to fill it with once it is `ready`. */
function source(from) {
  if (typeof from === 'string' || from instanceof URL) {
    return new Present(native.Source.path(path(from)));
  }
  if (isAnyArrayBuffer(from) || ArrayBuffer.isView(from)) {
    return new Present(native.Source.bytes(), bytesOf(from, 'an input'));
  }
  if (from instanceof Blob) {
    return new Late(from);
  }
  if (typeof from?.[Symbol.asyncIterator] === 'function') {
    return new Late(once(from));
  }
  if (typeof from === 'object' && from !== null && 'data' in from) {
    return new Present(native.Source.pixels(from), bytesOf(from.data, 'pixels data'));
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

/** Up to so many bytes a copy takes less time than to lend them: 100 microseconds. */
const SMALL = 2 ** 18;

/** Does some work of the addon with inputs that are filled; `copied`, where it goes on after this call. */
function filled(inputs, copied, work) {
  const each = new Set(inputs);
  try {
    for (const { native: slot, bytes } of each) {
      const file = bytes === undefined ? undefined : view(bytes);
      given(slot.fill(file, copied || (file !== undefined && file.byteLength <= SMALL)));
    }
    return given(work());
  } finally {
    each.forEach(({ native: slot }) => slot.empty());
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

module.exports = { collect, filled, ready, source };
