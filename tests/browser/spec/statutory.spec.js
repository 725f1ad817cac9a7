// What the law prescribes: guardians inspect and add their view; nobody is asked for a yes that would mean nothing.
import { milan } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const REPORT = 'transfer-report-secondary';
const REMARKS = 'Mijn cijfers van periode twee kloppen niet: ik was toen ziek.';

test('a young person inspects a statutory report, adds his view, and it travels along', async ({ town, visitor }) => {
  const family = await milan(town);
  const mother = await visitor();
  await mother.activate((await family.letter('ingrid')).code);
  const young = (await visitor()).reading('nl', 'je');
  await young.activate((await family.letter('milan')).code);
  await young.openQuestion('vakhuis');
  await expect(young.sentence('who-law')).toBeVisible();
  await expect(young.sentence('no-effect-law')).toBeVisible();
  await expect(young.button('answer-all-yes'), 'no pretence of consent').toHaveCount(0);
  await expect(young.heading('content-title')).toBeVisible();

  await young.addView('no', REMARKS);
  await young.openQuestion('vakhuis');
  await young.confirmInspected();
  expect(await family.inbox(REPORT, 'vakhuis'), 'his mother may still inspect').toBeNull();
  await mother.openQuestion('vakhuis');
  await expect(mother.page.getByText(REMARKS), 'his view is his own').toHaveCount(0);
  await mother.confirmInspected();

  const { content } = await family.read(REPORT, 'vakhuis');
  expect(content).toContain('Graaf');
  expect(content).toContain(REMARKS);
  expect(await family.reaches(REPORT, 'received')).toBe('received');
});

test.describe('a federation in which time passes', () => {
  test.use({ ownTown: { organisations: ['stadscollege', 'vakhuis', 'linde'] } });

  test('nobody inspects, and after ten days the report goes as the law says', async ({ town, visitor }) => {
    const family = await milan(town);
    const mother = await visitor();
    const { code } = await family.letter('ingrid');
    await mother.activate(code);
    const young = await family.elsewhere('milan');
    await town.act('sees', { guardian: young });
    await mother.openQuestion('vakhuis');
    await expect(mother.sentence('silence-inspection')).toBeVisible();
    expect(await family.inbox(REPORT, 'vakhuis')).toBeNull();

    await town.act('days', { days: 11 });
    await family.read(REPORT, 'vakhuis');
    const later = await visitor();
    await later.logIn(code);
    await later.openQuestion('vakhuis');
    await expect(later.sentence('over-received')).toBeVisible();
  });
});
