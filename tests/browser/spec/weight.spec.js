// Weight, on the wire. Bytes, requests and round trips are asserted, because they are properties of the portal; what a slow line
// makes of them is worked out. The time that was measured is printed beside it, loudly where it is too long: a machine that is busy
// with something else is no fault of a page.
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

/** What the first page may weigh, compressed, all told: page, style, scripts, pictures, headers. */
const FIRST_PAGE = 60 * 1024;
/** And what it may ask for: page, style, script, words, the pictures. */
const FIRST_REQUESTS = 10;
/** A mobile network of years ago, as Lighthouse's "slow 3G": seconds that each round trip takes, bytes in a second. */
const SLOW = { latency: 0.4, throughput: 50_000 };
/** By when a question must be usable there, in seconds. */
const USABLE = 3;

/** Counts encoded bytes, requests, and how many of them had to wait for one another, through the DevTools protocol. */
async function weigh(page, { cold = true } = {}) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: cold });
  const begun = new Map();
  const done = [];
  devtools.on('Network.requestWillBeSent', ({ requestId, timestamp, request }) => begun.set(requestId, { begin: timestamp, address: request.url }));
  devtools.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength: bytes }) => {
    // What the browser has kept costs nothing.
    if (bytes > 0 && begun.has(requestId)) done.push({ ...begun.get(requestId), end: timestamp, bytes });
  });
  const sum = () => done.reduce((bytes, one) => bytes + one.bytes, 0);
  return { devtools, weight: { done, bytes: sum, requests: () => done.length, trips: () => trips(done) } };
}

/** The longest row of requests of which each began after the one before had ended. */
function trips(requests) {
  const rows = [];
  for (const { begin, end } of [...requests].sort((one, other) => one.begin - other.begin)) {
    const before = rows.filter((row) => row.end <= begin).map(({ length }) => length);
    rows.push({ end, length: 1 + Math.max(0, ...before) });
  }
  return Math.max(0, ...rows.map(({ length }) => length));
}

/** What a slow line makes of it, in seconds: the round trips one after another, then the bytes. */
const onSlowLine = (weight) => weight.trips() * SLOW.latency + weight.bytes() / SLOW.throughput;

const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

test('the first page weighs at most 60 KB', async ({ visitor }) => {
  const guest = await visitor();
  const { weight } = await weigh(guest.page);
  await guest.arrive();
  await guest.page.waitForLoadState('networkidle');
  console.log(`first page: ${kib(weight.bytes())} in ${weight.requests()} requests, ${weight.trips()} round trips`);
  expect(weight.requests()).toBeGreaterThan(1);
  expect(weight.requests()).toBeLessThanOrEqual(FIRST_REQUESTS);
  expect(weight.bytes()).toBeLessThanOrEqual(FIRST_PAGE);
});

test('a question is usable on a slow phone within three seconds', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await expect(mother.page.getByText('Een kaartje op tafel')).toBeVisible();

  // Styles and scripts are kept for ever under their names: whoever opens a question has them.
  const { weight, devtools } = await weigh(mother.page, { cold: false });
  // A phone of years ago.
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: SLOW.latency * 1000,
    downloadThroughput: SLOW.throughput,
    uploadThroughput: SLOW.throughput,
  });
  await mother.page.reload({ waitUntil: 'commit' });
  await expect(mother.page.getByText('Een kaartje op tafel')).toBeVisible();
  const usable = (await mother.page.evaluate(() => performance.now())) / 1000;
  const network = onSlowLine(weight);
  console.log(
    `a question on a slow phone: usable after ${usable.toFixed(1)} s; ${kib(weight.bytes())} in ${weight.requests()} requests, ` +
      `${weight.trips()} round trips, of which the line takes ${network.toFixed(1)} s`,
  );
  if (usable > USABLE) {
    console.warn(`!! SLOWER THAN ${USABLE} s: ${usable.toFixed(1)} s. If this machine was not busy, the page has become slow.`);
  }
  // The page, and then everything about the question at once.
  expect(weight.trips(), 'requests that wait for one another').toBeLessThanOrEqual(3);
  expect(weight.bytes()).toBeLessThanOrEqual(FIRST_PAGE);
  expect(network, 'seconds that the line alone takes').toBeLessThanOrEqual(2);
});
