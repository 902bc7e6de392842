'use strict';

// Runs the distribution on this machine, over the pictures of a folder: node start.js [FOLDER]

const fs = require('node:fs/promises');
const path = require('node:path');

const { distribution, python, startStore } = require('./stand-in.js');

async function main([folder = path.join(__dirname, '../tiles')]) {
  if (python('moto_server') === undefined) {
    throw new Error('S3 on loopback needs the Python environment of the tests: run `make build-python` first');
  }
  const store = await startStore();
  const names = (await fs.readdir(folder)).filter((name) => /\.(jpe?g|png|webp|gif)$/i.test(name));
  for (const name of names) {
    await store.put(name, await fs.readFile(path.join(folder, name)));
  }
  const { url } = await distribution(store).listen(Number(process.env.PORT ?? 8080));
  console.log(names.map((name) => `${url}/${encodeURIComponent(name)}?w=320`).join('\n'));
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => store.close().then(() => process.exit()));
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
