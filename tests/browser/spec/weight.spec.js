// Weight, on the wire: bytes and requests are asserted; times are printed beside them, because a machine's speed is no
// property of the portal.
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

/** What the first page may weigh, compressed, all told: page, style, scripts, pictures, headers. */
const FIRST_PAGE = 60 * 1024;

/** Counts encoded bytes and requests of a page through the DevTools protocol. */
async function weigh(page, { cold = true } = {}) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: cold });
  const weight = { bytes: 0, requests: 0 };
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
    // What the browser has kept costs nothing.
    if (encodedDataLength === 0) return;
    weight.bytes += encodedDataLength;
    weight.requests += 1;
  });
  return { weight, devtools };
}

test('the first page weighs at most 60 KB', async ({ visitor }) => {
  const guest = await visitor();
  const { weight } = await weigh(guest.page);
  await guest.arrive();
  await guest.page.waitForLoadState('networkidle');
  console.log(`first page: ${(weight.bytes / 1024).toFixed(1)} KiB in ${weight.requests} requests`);
  expect(weight.requests).toBeGreaterThan(1);
  expect(weight.bytes).toBeLessThanOrEqual(FIRST_PAGE);
});

test('a question stays light enough for a slow phone', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await expect(mother.page.getByText('Een kaartje op tafel')).toBeVisible();

  // Styles and scripts are kept for ever under their names: whoever opens a question has them.
  const { weight, devtools } = await weigh(mother.page, { cold: false });
  // A phone of years ago on a slow mobile network, as Lighthouse's "slow 3G": 400 ms, 400 kbit/s.
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 400,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
  await mother.page.reload({ waitUntil: 'commit' });
  await expect(mother.page.getByText('Een kaartje op tafel')).toBeVisible();
  const usable = await mother.page.evaluate(() => performance.now());
  await mother.page.waitForLoadState('networkidle');
  console.log(
    `a question on a slow phone: usable after ${(usable / 1000).toFixed(1)} s, ` +
      `${(weight.bytes / 1024).toFixed(1)} KiB in ${weight.requests} requests`,
  );
  expect(weight.bytes).toBeLessThanOrEqual(FIRST_PAGE);
  expect(weight.requests, 'each costs half a second there, unless they go together').toBeLessThanOrEqual(12);
});
