// Pictures of every page, to be looked at: `tests/browser/run --screenshots DIR`.
import { join } from 'node:path';
import { everyPage } from '../lib/every-page.js';
import { test } from '../lib/test.js';

for (const language of ['nl', 'ar']) {
  test(`pictures of every page in ${language}`, async ({ town, visitor }) => {
    const folder = process.env.HANDDRUK_SCREENSHOTS;
    await everyPage(town, visitor, language, async (at, { page }) => {
      const before = page.viewportSize();
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        await page.screenshot({ path: join(folder, `${language}-${width}-${at}.png`), fullPage: true });
      }
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.setViewportSize({ width: 360, height: 800 });
      await page.screenshot({ path: join(folder, `${language}-360-dark-${at}.png`), fullPage: true });
      await page.emulateMedia({ colorScheme: null });
      await page.setViewportSize(before);
    });
  });
}
