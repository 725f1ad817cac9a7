// Letters on paper: whoever gets one gets one sheet, in whatever language they read.
import { expect, test } from '../lib/test.js';
import { lettersIn } from '../lib/families.js';

/** A4 in points, as a printer counts. */
const A4 = { width: 595, height: 842 };

/** The pages of a PDF with their sizes in points. Chromium writes these objects uncompressed. */
function pagesOf(pdf) {
  const text = pdf.toString('latin1');
  const pages = [...text.matchAll(/<<[^<>]*\/Type\s*\/Page\b(?!s)[\s\S]*?>>/g)].length;
  const boxes = [...text.matchAll(/\/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, width, height]) => ({
    width: Math.round(Number(width)),
    height: Math.round(Number(height)),
  }));
  return { pages, boxes };
}

for (const language of ['nl', 'en', 'tr', 'ar']) {
  test(`a letter in ${language} prints on exactly one A4, for a parent and for a young person`, async ({ town, visitor }) => {
    const { page } = await visitor();
    for (const { person, html } of await lettersIn(town, language)) {
      expect(html, 'the number to call').toContain('088 000');
      await page.setContent(html);
      const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
      const { pages, boxes } = pagesOf(pdf);
      expect(pages, `${person}: sheets`).toBe(1);
      expect(boxes, person).toEqual([A4]);
    }
  });
}

test('the count of pages counts: two letters in one file are two sheets', async ({ town, visitor }) => {
  const { page } = await visitor();
  const [{ html }] = await lettersIn(town, 'nl');
  const article = html.slice(html.indexOf('<article'), html.lastIndexOf('</article>') + '</article>'.length);
  await page.setContent(html.replace(article, article + article));
  const { pages } = pagesOf(await page.pdf({ preferCSSPageSize: true, printBackground: true }));
  expect(pages).toBe(2);
});
