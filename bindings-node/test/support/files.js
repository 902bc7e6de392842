'use strict';

// Files of the checkout, and where tests put theirs.

const fs = require('node:fs');
const path = require('node:path');

const checkout = path.join(__dirname, '../../..');

/** A file of the checkout. */
const inCheckout = (...parts) => path.join(checkout, ...parts);

/** An input of all languages' tests. */
const image = (name) => inCheckout('tests/images', name);

/** A new folder for one test, below the checkout. */
function folder(name) {
  const made = inCheckout('target/node', name);
  fs.rmSync(made, { recursive: true, force: true });
  fs.mkdirSync(made, { recursive: true });
  return made;
}

module.exports = { folder, image, inCheckout };
