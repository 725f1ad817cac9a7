// Languages: Arabic from right to left, the Dutch text beside it, and changing language without losing the place.
import { noor, sara } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

test('a mother reads and decides in Arabic, from right to left', async ({ town, visitor }) => {
  const family = await sara(town);
  const mother = (await visitor({ locale: 'ar' })).reading('ar');
  await mother.activate((await family.letter('rania')).code);
  const html = mother.page.locator('html');
  await expect(html).toHaveAttribute('lang', 'ar');
  await expect(html).toHaveAttribute('dir', 'rtl');
  await mother.openQuestion('linde');
  await expect(mother.page.getByText(mother.says('translation-note'))).toBeVisible();
  await mother.chooseAll('yes');
  await mother.sign();
  const { item } = await family.read('care-handover', 'linde');
  expect(item.categories).toContain('D11');
});

test('the language can be changed on the way, and the place is kept', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.switchLanguage('tr');
  await expect(mother.page.locator('html')).toHaveAttribute('lang', 'tr');
  await expect(mother.page.getByRole('heading', { level: 1 })).toContainText('Jeugdhulp De Linde');
  await expect(mother.page.getByText('Een kaartje op tafel').first()).toBeVisible();
});

test('the binding Dutch text stands beside a translation', async ({ town, visitor }) => {
  const family = await sara(town);
  const mother = (await visitor({ locale: 'ar' })).reading('ar');
  await mother.activate((await family.letter('rania')).code);
  await mother.openQuestion('linde');
  const dutch = mother.page.locator('div[lang=nl]');
  await expect(dutch).toBeHidden();
  await mother.press(mother.page.getByText(mother.text('question-dutch-beside')));
  await expect(dutch).toBeVisible();
  await expect(dutch).toContainText('Wie beslist?');
});

for (const language of ['nl', 'en', 'tr', 'ar']) {
  test(`the first page is there in ${language}, each other language under its own name`, async ({ visitor }) => {
    const guest = (await visitor()).reading(language);
    await guest.arrive();
    for (const [tag, name] of Object.entries({ nl: 'Nederlands', en: 'English', tr: 'Türkçe', ar: 'العربية' })) {
      const link = guest.page.getByRole('link', { name, exact: true });
      if (tag !== language) await expect(link).toHaveAttribute('lang', tag);
    }
  });
}
