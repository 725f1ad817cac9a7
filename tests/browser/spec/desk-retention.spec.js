// How long a recipient keeps what it got: erased because somebody asked, announced before its term ends, kept on a ground; and
// what the family reads of it.
import { look, until } from '../lib/desk-page.js';
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';
const TRANSPORT = 'pupil-transport';

/** Handed over with the mother's yes, by letter; answers the family and her code. */
async function arrived(town, visitor, purpose, to, dossier) {
  const family = await noor(town, { targets: [{ purpose, to }], ...dossier });
  const { code } = await family.letter('elif');
  const mother = await visitor();
  await mother.activate(code);
  await mother.openQuestion(to);
  await mother.chooseAll('yes');
  await mother.sign();
  await family.reaches(purpose, 'received');
  return { family, id: family.handover(purpose), code, mother };
}

/** What the mother reads about it, once the news has come. */
async function reads(mother, to, sentence) {
  await expect(async () => {
    await mother.openQuestion(to);
    await mother.openHistory();
    await expect(mother.sentence(sentence).first()).toBeVisible({ timeout: 2000 });
  }).toPass();
}

test('what somebody asked to have erased is gone, unless a law or a court needs it, and the family reads that', async ({ town, colleague, visitor }) => {
  const { id, family, mother } = await arrived(town, visitor, CARE, 'linde');
  const intake = await (await colleague('linde')).sits('intake-31', ['intake'], { name: 'Fatma Demir' });
  await until(intake, `/received/${id}/keep`, () => intake.button('receive-erase-send'));
  await look(intake, 'keep');
  const keep = intake.page.locator('form', { has: intake.page.locator('input[name=what][value=keep]') });
  const erase = intake.page.locator('form', { has: intake.page.locator('input[name=what][value=erase]') });

  // Not complete: nothing happens.
  await intake.press(keep.getByRole('button'));
  await expect(intake.sentence('receive-wrong-ground')).toBeVisible();
  await expect(intake.sentence('receive-wrong-keep-until')).toBeVisible();
  await look(intake, 'keep-wrong');
  await intake.press(erase.getByRole('button'));
  await expect(intake.sentence('receive-wrong-confirm')).toBeVisible();
  // A care dossier is kept for twenty years already: longer is beyond what may be.
  await keep.getByRole('radio', { name: intake.text('keep-care-dossier') }).check();
  await keep.locator('#until').fill('2057-01-01');
  await intake.press(keep.getByRole('button'));
  await expect(intake.sentence('refused-term-not-allowed')).toBeVisible();

  await erase.getByRole('checkbox').check();
  await intake.press(erase.getByRole('button'));
  await expect(intake.sentence('receive-done-erase')).toBeVisible();
  await expect(intake.heading('receive-erased-title')).toBeVisible();
  await look(intake, 'erased-on-request');
  await expect(intake.link('receive-content-read')).toHaveCount(0);
  await intake.open(`/received/${id}/content`);
  await expect(intake.page.getByText('rooster')).toHaveCount(0);
  expect((await family.read(CARE, 'linde')).content, 'the node holds nothing more').not.toContain('rooster');
  await reads(mother, 'linde', 'said-step-erased');
});

test.describe('a federation in which a term ends', () => {
  test.use({ ownTown: { start: '2027-06-22T08:00:00Z', organisations: ['waterlelie', 'zwolle'] } });

  test('what is erased soon is announced a month before; what is kept on a ground stays', async ({ town, colleague, visitor }) => {
    const goes = await arrived(town, visitor, TRANSPORT, 'zwolle');
    const stays = await arrived(town, visitor, TRANSPORT, 'zwolle');
    const officer = await (await colleague('zwolle')).sits('vervoer-1', ['intake'], { name: 'Omar Idrissi' });
    const row = ({ id }) => officer.page.locator(`main a[href="/received/${id}"]`);

    // To the end of the school year it is 40 days.
    await officer.open('/retention');
    await expect(officer.sentence('receive-retention-none')).toBeVisible();
    await town.act('days', { days: 12 });
    await until(officer, '/retention', () => row(goes));
    await expect(row(stays)).toBeVisible();
    await expect(officer.sentence('receive-retention-when', { date: '1 augustus 2027' })).toHaveCount(2);
    await look(officer, 'retention');

    await officer.press(row(stays));
    await officer.press(officer.link('receive-keep'));
    await officer.page.getByRole('radio', { name: officer.text('keep-legal-claim') }).check();
    await officer.page.locator('#until').fill('2027-08-20');
    await officer.press(officer.button('receive-keep-send'));
    await expect(officer.sentence('receive-done-keep')).toBeVisible();
    const kept = { date: '21 augustus 2027', ground: officer.says('keep-legal-claim') };
    await expect(officer.sentence('receive-retention-kept', kept)).toBeVisible();
    // Who asks for it now is told that a court needs it.
    await officer.open(`/received/${stays.id}/keep`);
    await officer.page.getByRole('checkbox').check();
    await officer.press(officer.button('receive-erase-send'));
    await expect(officer.sentence('refused-wrong-stage')).toBeVisible();

    await town.act('days', { days: 32 });
    await until(officer, `/received/${goes.id}`, () => officer.heading('receive-erased-title'));
    await officer.open(`/received/${stays.id}/content`);
    await expect(officer.page.locator('#D01')).toContainText('Noor');
    await officer.open('/retention');
    await expect(officer.sentence('receive-retention-kept', kept)).toBeVisible();
    const mother = await visitor();
    await mother.logIn(goes.code);
    await reads(mother, 'zwolle', 'said-step-erased');

    await town.act('days', { days: 20 });
    await until(officer, `/received/${stays.id}`, () => officer.heading('receive-erased-title'));
  });
});
