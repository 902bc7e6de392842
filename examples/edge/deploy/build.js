'use strict';

// Builds what is deployed, into build/: the package of both Lambda functions, and the template with the CloudFront Function in it.
//
//   build/package/    handlers in one file each, the library with its addon for linux-x64
//   build/edge.zip    the same; equal sources give equal bytes, so what did not change is not deployed
//   build/template.yaml

const fs = require('node:fs');
const path = require('node:path');

const { buildSync } = require('esbuild');
const { zipSync } = require('fflate');

const { policy } = require('../settings.js');
const { viewerRequest } = require('../viewer-request.js');

const EXAMPLE = path.join(__dirname, '..');
const ADDON = 'makeready.linux-x64-gnu.node';
/** What the library needs as it runs; its command and its types stay out. */
const LIBRARY = ['package.json', 'index.js', 'lib', ADDON];

/** The files below a folder, by their paths in it. */
const filesOf = (folder) =>
  fs.readdirSync(folder, { recursive: true }).filter((name) => fs.statSync(path.join(folder, name)).isFile()).sort();

/** One file a handler, as each file more takes time at a cold start. The library finds its addon by its place, and stays as it is. */
function bundle(folder) {
  buildSync({
    absWorkingDir: EXAMPLE,
    entryPoints: ['origin-request.js', 'origin-response.js'],
    outdir: folder,
    bundle: true,
    external: ['makeready'],
    format: 'cjs',
    legalComments: 'none',
    minify: true,
    platform: 'node',
    target: 'node22',
  });
  const library = fs.realpathSync(path.dirname(require.resolve('makeready/package.json')));
  for (const name of LIBRARY) {
    fs.cpSync(path.join(library, name), path.join(folder, 'node_modules/makeready', name), { recursive: true });
  }
}

function zip(folder) {
  // The earliest time that a zip can say: that of the build would make each another one.
  const options = { level: 9, mtime: new Date(1980, 0, 1), os: 3, attrs: 0o644 << 16 };
  const entries = filesOf(folder).map((name) => [name.replaceAll(path.sep, '/'), [fs.readFileSync(path.join(folder, name)), options]]);
  return zipSync(Object.fromEntries(entries));
}

/** The template. A text in JSON is a text in YAML too. */
function template() {
  const text = fs.readFileSync(path.join(__dirname, 'template.yaml'), 'utf8');
  return text.replace('"{{viewer-request}}"', () => JSON.stringify(viewerRequest(policy.options)));
}

function build(folder) {
  fs.rmSync(folder, { recursive: true, force: true });
  const files = path.join(folder, 'package');
  bundle(files);
  fs.writeFileSync(path.join(folder, 'edge.zip'), zip(files));
  fs.writeFileSync(path.join(folder, 'template.yaml'), template());
}

if (require.main === module) {
  build(path.join(EXAMPLE, 'build'));
}

module.exports = { build };
