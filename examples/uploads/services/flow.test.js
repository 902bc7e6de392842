// The page in a browser: node --test flow.test.js, with the address of a site in SITE and of a browser in CHROMIUM.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';

let browser;
let page;
const faults = [];

before(async () => {
  // Debian's Chromium has no sandbox for root.
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] });
  page = await browser.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${process.env.SITE}/flow`);
  await page.waitForSelector('form[data-ready]');
});

after(() => browser.close());

async function statuses(document) {
  await page.selectOption('select', document);
  await page.click('button');
  await page.waitForSelector('img:not([hidden])');
  return page.$$eval('tbody tr', (rows) => rows.map((row) => Number(row.dataset.status)));
}

test('a document is made, then found', async () => {
  assert.deepEqual(await statuses('photo.jpg'), [302, 200, 200, 403]);
  const cells = await page.$$eval('tbody tr', (rows) => rows.map((row) => row.cells[3].textContent));
  assert.match(cells[1], /^a renderer: made, original;dur=/);
  assert.match(cells[2], /^nginx, from the bucket: \d+ bytes$/);
  assert.match(cells[3], /"code":"forbidden"/);
  for (const ms of await page.$$eval('tbody tr', (rows) => rows.map((row) => Number(row.cells[2].textContent)))) {
    assert.ok(ms > 0);
  }
  assert.deepEqual(await statuses('photo.jpg'), [200, 200, 403]);
});

test('the picture is shown upright', async () => {
  assert.deepEqual(await statuses('orient-6.jpg'), [302, 200, 200, 403]);
  const size = await page.$eval('img', (image) => [image.naturalWidth, image.naturalHeight]);
  assert.deepEqual(size, JSON.parse(process.env.UPRIGHT));
});

test('nothing fails on the page', () => assert.deepEqual(faults, []));
