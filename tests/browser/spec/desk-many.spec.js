// Several at once: given to one colleague together, the same child twice, and what an intake worker asks first of each.
import { look, until } from '../lib/desk-page.js';
import { noor, sara } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';

/** Nobody else's handovers may stand in the list. */
test.use({ ownTown: { organisations: ['waterlelie', 'havenhoofd', 'linde'] } });

test('several are given at once, a child that comes twice is shown, and intake reads first whose it is', async ({ town, colleague }) => {
  const families = [await sara(town), await sara(town), await noor(town)];
  for (const [at, family] of families.entries()) {
    await family.says(await family.elsewhere(at < 2 ? 'rania' : 'elif'), CARE, 'agree');
    await family.reaches(CARE, 'received');
  }
  const ids = families.map((family) => family.handover(CARE));
  const intake = await (await colleague('linde')).sits('intake-41', ['intake'], { name: 'Fatma Demir' });
  await (await colleague('linde')).sits('intake-42', ['intake'], { name: 'Bo Vermeer' });
  const part = (word) => intake.page.locator('section', { has: intake.page.locator(`#part-${word}`) });
  const row = (id) => intake.page.locator('li', { has: intake.page.locator(`a[href="/received/${id}"]`) });
  for (const id of ids) await until(intake, '/', () => row(id));
  await expect(part('new').locator('.look-count')).toHaveText('3');

  // Nothing ticked, and nobody chosen.
  await intake.press(intake.button('receive-assign-send'));
  await expect(intake.sentence('receive-assign-nobody')).toBeVisible();
  await intake.page.getByLabel(intake.text('receive-assign-to')).selectOption({ label: 'Bo Vermeer' });
  await intake.press(intake.button('receive-assign-send'));
  await expect(intake.sentence('receive-assign-none')).toBeVisible();

  for (const id of ids.slice(0, 2)) await row(id).getByRole('checkbox').check();
  await intake.page.getByLabel(intake.text('receive-assign-to')).selectOption({ label: 'Bo Vermeer' });
  await intake.press(intake.button('receive-assign-send'));
  await expect(intake.sentence('receive-assigned', { n: 2, colleague: 'Bo Vermeer' })).toBeVisible();
  const holder = (id) => row(id).locator('.look-row__state p').last();
  for (const id of ids.slice(0, 2)) await expect(holder(id)).toHaveText(intake.text('receive-with', { colleague: 'Bo Vermeer' }));
  await expect(holder(ids[2])).toHaveText(intake.text('receive-with-nobody'));
  await look(intake, 'overview-assigned');

  // Two of one name and birthday: each page names the other, and not the third.
  const duplicate = (id) => intake.page.locator(`.utrecht-alert a[href="/received/${id}"]`);
  await intake.press(row(ids[0]).getByRole('link'));
  await expect(intake.heading('receive-duplicates-title')).toBeVisible();
  await expect(duplicate(ids[1])).toBeVisible();
  for (const id of [ids[0], ids[2]]) await expect(duplicate(id)).toHaveCount(0);
  await look(intake, 'handover-duplicates');

  // Which municipality is responsible, and whether care is assigned: before everything else; of a secret address only to be asked.
  await intake.press(intake.link('receive-content-read'));
  const first = intake.page.locator('section', { has: intake.page.locator('#first-title') });
  const fact = (key) => first.locator('div', { has: intake.page.getByText(intake.text(key)) }).locator('dd');
  await expect(fact('receive-municipality')).toContainText('1924');
  await expect(fact('receive-care')).toHaveText(/^toegewezen$/i);
  const [before, content] = await Promise.all([first, intake.page.locator('#D11')].map((section) => section.boundingBox()));
  expect(before.y).toBeLessThan(content.y);
  await intake.open(`/received/${ids[2]}/content`);
  await expect(fact('receive-municipality')).toHaveText(intake.text('receive-municipality-unknown'));
});
