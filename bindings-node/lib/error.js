'use strict';

const native = require('./native.js');

class MakereadyError extends Error {
  constructor(code, message, { input, limit, parameter, retryAfter, cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.input = input;
    this.limit = limit;
    this.parameter = parameter;
    this.retryAfter = retryAfter;
  }

  get httpStatus() {
    return native.httpStatus(String(this.code));
  }
}

// On the prototype, as the errors of the language have it.
Object.defineProperty(MakereadyError.prototype, 'name', {
  value: 'MakereadyError',
  configurable: true,
  writable: true,
});

/** The value of the addon, or its failure thrown. The addon itself throws nothing. */
function given(value) {
  if (!(value instanceof native.Failure)) {
    return value;
  }
  const { code, message, ...about } = value.take();
  if (code === undefined) {
    throw new TypeError(message);
  }
  throw new MakereadyError(code, message, about);
}

module.exports = { MakereadyError, given };
