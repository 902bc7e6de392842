// A small HTTP service around sharp: files one after another in the body, their lengths in x-lengths, both ways.
import http from 'node:http';
import { createRequire } from 'node:module';
import os from 'node:os';
import { buffer } from 'node:stream/consumers';

const sharp = createRequire(`${process.env.PEER_MODULES}/`)('sharp');
const { printQuality, previewSize, previewQuality, thumbnailSize } = JSON.parse(process.argv[2]);
sharp.cache(false);
sharp.concurrency(os.cpus().length);

const jpeg = (image, quality) => image.jpeg({ quality, chromaSubsampling: '4:2:0' }).toBuffer();

/** A preview alone: each tile is decoded at a smaller scale, then all are joined. */
async function preview(tiles) {
  const [width, height] = previewSize.map((side) => side / 2);
  const small = await Promise.all(tiles.map((tile) => sharp(tile).resize(width, height).raw().toBuffer()));
  const raw = { width, height, channels: 3 };
  const layers = small.map((input, i) => ({ input, raw, left: (i % 2) * width, top: (i >> 1) * height }));
  const create = { width: 2 * width, height: 2 * height, channels: 3, background: '#000' };
  return [await jpeg(sharp({ create }).composite(layers), previewQuality)];
}

/** Both outputs of one decode: the page is kept as pixels between the two. */
async function page(tiles) {
  const joined = sharp(tiles, { join: { across: 2 } });
  const { data, info } = await joined.raw().toBuffer({ resolveWithObject: true });
  const canvas = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  return Promise.all([jpeg(canvas(), printQuality), jpeg(canvas().resize(...previewSize), previewQuality)]);
}

const thumbnail = async ([picture]) => {
  const small = sharp(picture).resize(...thumbnailSize);
  return [await small.webp({ quality: previewQuality }).toBuffer()];
};

const TASKS = { '/page/preview': preview, '/page/print+preview': page, '/thumbnail': thumbnail };

function split(body, lengths) {
  let start = 0;
  return lengths.map((length) => body.subarray(start, (start += length)));
}

const server = http.createServer(async (request, response) => {
  try {
    const body = await buffer(request);
    const files = await TASKS[request.url](split(body, request.headers['x-lengths'].split(',').map(Number)));
    response.setHeader('x-lengths', files.map((file) => file.length).join(','));
    response.end(Buffer.concat(files));
  } catch (error) {
    response.writeHead(500).end(error.message);
  }
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
