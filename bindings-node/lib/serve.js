'use strict';

// The functions for services. `make types` writes the lines between the marks.

const { CALL } = require('./calls.js');
const native = require('./native.js');
const { given } = require('./error.js');
const { Pipeline } = require('./pipeline.js');

/** The answer of a function by its name, to options in an object, and others by their places. */
const answer = (name, options, places) => given(native.answer(name, options, places)).answer;

// <write-types: functions>
function negotiate(accept, options) {
  return answer('negotiate', options, { accept });
}

function edgeFunction(formats) {
  return answer('edge_function', undefined, { formats });
}
// </write-types>

/** The pipeline with some calls more. */
const called = (pipeline, calls) =>
  calls.reduce(
    (made, { name, options }) =>
      // The timer of a deadline is in JavaScript.
      name === 'deadline' ? made.deadline(options.seconds) : made[CALL](name, options),
    pipeline,
  );

/** The addon's policy, of a policy, of the options of one, or of nothing. */
let policyOf;

class Policy {
  #native;

  static {
    policyOf = (policy) => {
      if (policy === undefined || policy === null) {
        return undefined;
      }
      return policy instanceof Policy ? policy.#native : given(native.Policy.of(policy));
    };
  }

  constructor(options) {
    this.#native = given(native.Policy.of(options));
    this.options = given(this.#native.options());
    Object.values(this.options).forEach(Object.freeze);
    Object.freeze(this.options);
    Object.freeze(this);
  }

  /** The policy of a text in JSON. */
  static fromJson(text) {
    return new Policy(given(given(native.Policy.fromJson(text)).options()));
  }

  toJson() {
    return given(this.#native.toJson());
  }

  renditions() {
    return given(this.#native.renditions());
  }

  guard(pipeline) {
    if (!(pipeline instanceof Pipeline)) {
      throw new TypeError('guard: expected a Pipeline');
    }
    return called(pipeline, given(this.#native.calls()));
  }
}

/** The key to the constructor: only calls of this file make a rendition. */
const MAKER = Symbol('maker');

class Rendition {
  #native;

  constructor(maker, rendition) {
    if (maker !== MAKER) {
      throw new TypeError('a Rendition is made by Rendition.parse or Rendition.fromKey');
    }
    this.#native = given(rendition);
    const parts = given(this.#native.parts());
    Object.assign(this, parts, { crop: Object.freeze(parts.crop) });
    Object.freeze(this);
  }

  static parse(query, policy) {
    return new Rendition(MAKER, native.Rendition.parse(query, policyOf(policy)));
  }

  static fromKey(key, policy) {
    return new Rendition(MAKER, native.Rendition.fromKey(key, policyOf(policy)));
  }

  static sourceOf(key) {
    return given(native.Rendition.sourceOf(key));
  }

  key(source) {
    return given(this.#native.key(source));
  }

  withFormat(format) {
    return new Rendition(MAKER, this.#native.withFormat(format));
  }

  pipeline(source, policy) {
    const guard = policyOf(policy);
    const formats = guard?.inputs() ?? undefined;
    const made = called(Pipeline.open(source, { page: this.page, animated: this.animated, formats }), given(this.#native.calls()));
    return guard === undefined ? made : called(made, given(guard.calls()));
  }

  equals(other) {
    return other instanceof Rendition && String(other) === String(this);
  }

  toString() {
    return given(this.#native.query());
  }
}

/** The names and the secrets of keys, in their order. */
function parted(keys) {
  if (typeof keys !== 'object' || keys === null) {
    throw new TypeError('keys: expected an object or a Map of names to secrets');
  }
  const entries = keys instanceof Map ? [...keys] : Object.entries(keys);
  return [entries.map(([name]) => name), entries.map(([, secret]) => secret)];
}

function sign(path, keys, expires) {
  return given(native.sign(path, ...parted(keys), expires));
}

function verify(signed, keys) {
  return given(native.verify(signed, ...parted(keys)));
}

module.exports = { Policy, Rendition, edgeFunction, negotiate, sign, verify };
