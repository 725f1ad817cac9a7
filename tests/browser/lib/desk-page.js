// What tests do with any page of a workdesk: look at it, wait for it, ask for it by hand, walk it by keyboard.
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { axeViolations, badStructure, focusHidden, sidewaysScroll, smallTargets } from './page-checks.js';

/** Everything that must hold on a page, in both themes and on narrow screens. With HANDDRUK_SCREENSHOTS, pictures of it go into
 * that folder. */
export async function look(person, name) {
  const { page } = person;
  const size = page.viewportSize();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page), `${name}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
  expect(await badStructure(page), name).toEqual([]);
  const folder = process.env.HANDDRUK_SCREENSHOTS;
  for (const width of [1280, 360, 320]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await sidewaysScroll(page), `${name} at ${width}`).toEqual([]);
    if (folder && width !== 320) {
      await page.screenshot({ path: join(folder, `desk-${width}-${name}.png`), fullPage: true });
    }
  }
  expect(await smallTargets(page), name).toEqual([]);
  await page.setViewportSize(size);
}

/** Opens a page again until something of another process is there. */
export async function until(person, path, shown) {
  await expect(async () => {
    await person.open(path);
    await expect(shown()).toBeVisible({ timeout: 3000 });
  }).toPass();
}

/** Asks as somebody who is logged in does, by hand: a file is not opened, and the browser keeps its cookie for addresses that
 * are secure. */
export async function asks(person, address, { method = 'get', data } = {}) {
  const cookies = await person.page.context().cookies();
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  const form = data === undefined ? {} : { origin: person.address, 'content-type': 'application/x-www-form-urlencoded' };
  const asked = new URL(address, person.address).href;
  return person.page.request[method](asked, { headers: { cookie, ...form }, data, maxRedirects: 0 });
}

/** Presses the tab key until something has the focus; whatever has it on the way shows it. */
export async function tabTo(person, target) {
  await expect(target).toBeVisible();
  for (let presses = 0; presses < 200; presses += 1) {
    await person.page.keyboard.press('Tab');
    expect(await focusHidden(person.page)).toEqual([]);
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error('the tab key does not come there');
}
