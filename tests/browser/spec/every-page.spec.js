// What must hold on every page: WCAG 2.2 AA as far as a program can judge it, and what axe-core does not look at.
import { everyPage } from '../lib/every-page.js';
import { axeViolations, badStructure, sidewaysScroll, smallTargets } from '../lib/page-checks.js';
import { expect, test } from '../lib/test.js';

test.describe.configure({ timeout: 300_000 });

for (const [language, name] of Object.entries({ nl: 'Dutch', ar: 'Arabic' })) {
  test(`no page in ${name} violates WCAG 2.2 AA, in light or dark`, async ({ town, visitor }) => {
    await everyPage(town, visitor, language, async (at, { page }) => {
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        expect.soft(await axeViolations(page), `${at}, ${colorScheme}`).toEqual([]);
      }
      await page.emulateMedia({ colorScheme: null });
      expect.soft(await badStructure(page), at).toEqual([]);
    });
  });

  test(`no page in ${name} scrolls sideways at 320 pixels, and every target can be hit`, async ({ town, visitor }) => {
    await everyPage(town, visitor, language, async (at, { page }) => {
      // 320 pixels wide is also what 1280 pixels at 400 % zoom leave (WCAG 1.4.10).
      const before = page.viewportSize();
      await page.setViewportSize({ width: 320, height: 256 });
      expect.soft(await sidewaysScroll(page), at).toEqual([]);
      expect.soft(await smallTargets(page), at).toEqual([]);
      await page.setViewportSize(before);
    });
  });
}
