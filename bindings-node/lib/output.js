'use strict';

const { access, chmod, constants, open, readlink, realpath, rename, rm, stat, writeFile } = require('node:fs/promises');
const { dirname, join, resolve } = require('node:path');
const { fileURLToPath } = require('node:url');

const { MakereadyError } = require('./error.js');

/** The number of links that Linux follows. */
const MOST_LINKS = 40;

/** A path at the end of its links, of which the last may lead nowhere. */
async function followed(path, links = MOST_LINKS) {
  const to = await readlink(path).catch(() => undefined);
  return to === undefined || links === 0 ? path : followed(resolve(dirname(path), to), links - 1);
}

/** The entry at a path, at the end of its links; nothing where there is none. */
async function there(path) {
  try {
    const target = await realpath(path);
    return { target, old: await stat(target) };
  } catch (error) {
    if (error.code !== 'ENOENT') {
      throw error;
    }
    return { target: await followed(path) };
  }
}

/** Waits until the disk has a file, or the names of a folder; on Windows folders cannot be opened. */
async function flush(path, isFolder = false) {
  if (isFolder && process.platform === 'win32') {
    return;
  }
  const handle = await open(path, isFolder ? 'r' : 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes a file beside the old one and then puts it in its place: a reader finds one of both, and whole. */
async function write(path, data, durable) {
  const { target, old } = await there(path);
  if (old !== undefined && !old.isFile()) {
    // A device or a pipe has no place to take; a folder is an error.
    return writeFile(target, data);
  }
  // Loaded when it is needed: that takes as long as to load all the rest.
  const { randomUUID } = require('node:crypto');
  const beside = join(dirname(target), `.makeready-${randomUUID()}.tmp`);
  try {
    await writeFile(beside, data, { flag: 'wx' });
    if (old !== undefined) {
      // In the folder of a file that may not be written, another may: it is not for this to take its place.
      await access(target, constants.W_OK);
      await chmod(beside, old.mode & 0o7777);
    }
    if (durable) {
      await flush(beside);
    }
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
  if (durable) {
    await flush(dirname(target), true);
  }
}

class Output {
  constructor(output) {
    Object.assign(this, { vary: undefined }, output);
  }

  async toFile(path, { durable = false } = {}) {
    try {
      await write(path instanceof URL ? fileURLToPath(path) : path, this.data, durable);
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
