// What every test has: a town of real processes (one per worker), and a browser context that is watched. Tests that move the
// clock or stop a process take a town of their own.
import { test as base, expect } from '@playwright/test';
import { Colleague } from './colleague.js';
import { Town } from './town.js';
import { Visitor } from './visitor.js';
import { Watch } from './watch.js';

export { expect };

/** Closes what a test opened. Chromium sometimes never answers about a context in which a download began; the worker's browser
 * ends it then. That is no finding about a page, so nothing waits for it longer than this. */
async function leave(visits) {
  const patience = new Promise((done) => { setTimeout(done, 15_000).unref(); });
  await Promise.race([patience, Promise.all(visits.map(({ context }) => context.close()))]);
}

export const test = base.extend({
  // A federation that tests of one worker share: each has children of its own.
  sharedTown: [
    async ({}, use) => {
      const town = await Town.open();
      await use(town);
      await town.close();
    },
    { scope: 'worker' },
  ],

  // Whether a test needs a federation to itself: `test.use({ ownTown: {} })`, with options of Town.open.
  ownTown: [undefined, { option: true }],

  town: async ({ sharedTown, ownTown }, use) => {
    if (!ownTown) return use(sharedTown);
    const town = await Town.open(ownTown);
    await use(town);
    await town.close();
  },

  /** Somebody with a browser of their own, watched; a test takes as many as it needs. */
  visitor: async ({ browser, town }, use) => {
    const visits = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({
        locale: 'nl-NL',
        timezoneId: 'Europe/Amsterdam',
        viewport: { width: 390, height: 800 },
        ...options,
      });
      const watch = new Watch(context, town.portal);
      visits.push({ context, watch });
      return new Visitor(await context.newPage(), town, watch);
    });
    for (const { watch } of visits) expect(await watch.wrongs(), 'what must never happen').toEqual([]);
    await leave(visits);
  },

  /** Somebody at an organisation's workdesk with a browser of their own, watched: `await colleague('linde')`. */
  colleague: async ({ browser, town }, use) => {
    const visits = [];
    await use(async (at, options = {}) => {
      const { viewport = { width: 1280, height: 900 }, ...more } = options;
      const context = await browser.newContext({ locale: 'nl-NL', timezoneId: 'Europe/Amsterdam', viewport, ...more });
      const watch = new Watch(context, town.workdesks[at]);
      visits.push({ context, watch });
      return new Colleague(await context.newPage(), town, watch, at);
    });
    for (const { watch } of visits) expect(await watch.wrongs(), 'what must never happen').toEqual([]);
    await leave(visits);
  },
});
