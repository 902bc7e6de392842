'use strict';

// Events, stores and decoders for the tests.

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const test = require('node:test');

const { python } = require('../stand-in.js');

const images = path.join(__dirname, '../../../tests/images');
const image = (name) => fs.readFileSync(path.join(images, name));

/** A test that needs the Python environment of the checkout's tests; left out by name where it is missing. */
function withPython(program, name, run) {
  const skip = python(program) === undefined && `needs ${program} of target/python/venv: make build-python`;
  test(name, { skip }, run);
}

const line = (headers) => Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [{ key, value }]]));

/** An event of the origin, as CloudFront documents it. */
function event(eventType, { uri, querystring = '', method = 'GET', headers = {}, customHeaders = {}, response }) {
  const config = { distributionDomainName: 'd111111abcdef8.cloudfront.net', distributionId: 'EDFDVBD6EXAMPLE', eventType, requestId: 'R==' };
  const s3 = { authMethod: 'none', customHeaders: line(customHeaders), domainName: 'pictures.s3.us-east-1.amazonaws.com', path: '', region: '' };
  const request = { clientIp: '203.0.113.178', method, uri, querystring, headers: line(headers), origin: { s3 } };
  return { Records: [{ cf: { config, request, ...(response && { response }) } }] };
}

const missing = { status: '403', statusDescription: 'Forbidden', headers: line({ 'content-type': 'application/xml' }) };

const header = ({ headers }, name) => headers[name]?.[0].value;

const PILLOW = `
import io, json, sys
from PIL import Image
image = Image.open(io.BytesIO(sys.stdin.buffer.read()))
image.load()
carried = sorted({"exif", "icc_profile", "xmp", "comment"} & image.info.keys())
print(json.dumps({"format": image.format, "width": image.width, "height": image.height, "carried": carried}))
`;

/** Opens a picture with Pillow, and tells what it is and which metadata it carries. */
function opened(bytes) {
  const { stdout, stderr } = spawnSync(python('python'), ['-c', PILLOW], { input: bytes });
  if (stdout.length === 0) {
    throw new Error(String(stderr));
  }
  return JSON.parse(stdout);
}

module.exports = { event, header, image, images, missing, opened, withPython };
