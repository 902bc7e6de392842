'use strict';

const { writeFile } = require('node:fs/promises');

const { MakereadyError } = require('./error.js');

class Output {
  constructor(output) {
    Object.assign(this, { vary: undefined }, output);
  }

  async toFile(path) {
    try {
      await writeFile(path, this.data);
    } catch (cause) {
      if (cause instanceof TypeError) {
        throw cause;
      }
      throw new MakereadyError('io', `${path}: ${cause.message}`, { cause });
    }
  }
}

class Image {
  constructor(pixels) {
    Object.assign(this, pixels);
  }
}

module.exports = { Image, Output };
