// Sessions and keys: what a reload keeps, what closing forgets, and who is warned before it ends.
import { noor } from '../lib/families.js';
import { axeViolations, smallTargets } from '../lib/page-checks.js';
import { expect, test } from '../lib/test.js';

test('a reload in the tab keeps the keys', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.page.reload();
  await expect(mother.page.getByText('Een kaartje op tafel')).toBeVisible();
  await mother.chooseAll('yes');
  await mother.sign();
});

test('closing the tab forgets the keys, and nothing of the person stays in the browser', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code } = await family.letter('elif');
  const mother = await visitor();
  await mother.activate(code);
  await mother.openQuestion('linde');
  const address = mother.page.url();
  const context = mother.page.context();
  await mother.page.close();
  mother.page = await context.newPage();
  await mother.page.goto(address);
  await expect(mother.page.getByText('Een kaartje op tafel')).toHaveCount(0);
  await expect(mother.heading('error-session-ended-title')).toBeVisible();
  const kept = await mother.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).not.toContain('Noor');
  expect(kept.replaceAll('-', '')).not.toContain(code.replaceAll('-', ''));
});

test('logging out closes everything', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  const address = mother.page.url();
  await mother.press(mother.button('place-log-out'));
  await expect(mother.heading('start-title')).toBeVisible();
  expect(await mother.page.evaluate(() => sessionStorage.length)).toBe(0);
  await mother.page.goto(address);
  await expect(mother.heading('start-title'), 'the overview leads back to the start').toBeVisible();
});

test.describe('a portal whose sessions end after a minute', () => {
  test.use({ ownTown: { organisations: ['waterlelie', 'linde'], portal: '[sessions]\nidle-minutes = 1\nwarn-seconds = 56' } });

  test('somebody who does nothing is warned in time, and can stay', async ({ town, visitor }) => {
    const family = await noor(town);
    const mother = await visitor();
    await mother.activate((await family.letter('elif')).code);
    const warning = mother.page.getByRole('dialog', { name: mother.text('session-warning-title') });
    await expect(warning).toBeVisible();
    await expect(warning.getByRole('status'), 'it says how long').toContainText(mother.says('session-warning', { minutes: 1 }));
    await expect(mother.button('session-stay'), 'one press away').toBeFocused();
    expect(await axeViolations(mother.page), 'the dialog itself').toEqual([]);
    expect(await smallTargets(mother.page)).toEqual([]);
    await mother.press(mother.button('session-stay'));
    await expect(warning).toBeHidden();
    await mother.openQuestion('linde');
  });
});

test('an ended session says so and leads back in', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.page.clock.install();
  await mother.activate((await family.letter('elif')).code);
  // As if the portal had ended it: it does not know the cookie any more.
  await mother.page.context().clearCookies();
  await mother.page.clock.fastForward('16:00');
  await expect(mother.heading('error-session-ended-title')).toBeVisible();
  await expect(mother.page.getByText('Jeugdhulp De Linde')).toHaveCount(0);
});
