// A talk that is planned at the workdesk is read at the portal: by the mother who may see the handover, in her browser and nowhere else.
import { join } from 'node:path';
import { until } from '../lib/desk-page.js';
import { noor } from '../lib/families.js';
import { axeViolations, badStructure, sidewaysScroll, smallTargets } from '../lib/page-checks.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';
const PLACE = 'Lokaal Zeemeeuw';
const MESSAGE = 'Neem gerust iemand mee.\nTot dan.';

/** Everything that must hold on a page of somebody with a telephone. */
async function look(person, name) {
  const { page } = person;
  await person.settled();
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page), `${name}, ${colorScheme}`).toEqual([]);
  }
  await page.emulateMedia({ colorScheme: null });
  expect(await badStructure(page), name).toEqual([]);
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await sidewaysScroll(page), `${name} at ${width}`).toEqual([]);
  }
  expect(await smallTargets(page), name).toEqual([]);
  await page.setViewportSize({ width: 390, height: 800 });
  const folder = process.env.HANDDRUK_SCREENSHOTS;
  if (folder) await page.screenshot({ path: join(folder, `plan-390-${name}.png`), fullPage: true });
}

/** Plans a talk at the workdesk. */
async function plan(intake, id, { day, time, message = MESSAGE }) {
  await until(intake, `/received/${id}/talk`, () => intake.button('receive-send-talk'));
  await intake.page.locator('#day').fill(day);
  await intake.page.locator('#time').fill(time);
  await intake.page.getByRole('radio', { name: intake.text('receive-talk-kind-in-person') }).check();
  await intake.page.locator('#place').fill(PLACE);
  await intake.page.getByRole('checkbox', { name: intake.text('receive-invite-parents') }).check();
  await intake.page.getByRole('checkbox', { name: intake.text('receive-invite-own-mentor') }).check();
  await intake.page.locator('#others').fill('Tante Josefien');
  await intake.page.locator('#message').fill(message);
  await intake.press(intake.button('receive-send-talk'));
  await expect(intake.sentence('receive-done-talk')).toBeVisible();
}

/** Opens the overview again until the card says this. */
async function reads(mother, text) {
  await expect(async () => {
    await mother.page.goto(mother.address('/overview'));
    await expect(mother.card('linde')).toContainText(text, { timeout: 3000 });
  }).toPass();
}

test('an intake worker plans a talk, and the mother reads when and where, and takes it into her calendar', async ({ town, visitor, colleague }) => {
  const family = await noor(town);
  const mother = await visitor();
  const passed = [];
  mother.page.on('response', (response) => {
    if (response.url().includes('/api/')) passed.push(response.text().catch(() => ''));
  });
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.chooseAll('yes');
  await mother.sign();
  await family.reaches(CARE, 'received');
  const id = family.handover(CARE);

  const intake = await colleague('linde');
  await intake.sits('intake-61', ['intake'], { name: 'Ilse Boonstra' });
  await until(intake, `/received/${id}/accept`, () => intake.button('receive-send-accept'));
  await intake.press(intake.button('receive-send-accept'));
  await expect(intake.sentence('receive-done-accept')).toBeVisible();
  await plan(intake, id, { day: '2027-03-02', time: '15:00' });

  await reads(mother, 'dinsdag 2 maart 2027 om 15.00 uur');
  await look(mother, 'overview');
  await mother.openQuestion('linde');
  const card = mother.page.locator('#plan');
  await expect(card.getByRole('heading', { name: mother.text('plan-title-talk') })).toBeVisible();
  await expect(card).toContainText('dinsdag 2 maart 2027 om 15.00 uur');
  await expect(card).toContainText(PLACE);
  await expect(card).toContainText('Neem gerust iemand mee.');
  await expect(card).toContainText(mother.says('plan-guest-parents'));
  await expect(card, 'who else comes is for the organisations').not.toContainText('Josefien');
  await expect(card.getByText(mother.text('plan-again'))).toHaveCount(0);
  await look(mother, 'question');

  const [file] = await Promise.all([mother.page.waitForEvent('download'), mother.press(mother.button('plan-ics'))]);
  expect(file.suggestedFilename()).toBe('handdruk.ics');
  const calendar = Buffer.concat(await (await file.createReadStream()).toArray()).toString();
  expect(calendar).toContain('DTSTART:20270302T140000Z');
  for (const said of ['Noor', 'Aydin', 'Zeemeeuw', 'gerust', 'Waterlelie', 'Linde', id]) expect(calendar, said).not.toContain(said);

  // Planned anew: the newest counts and says so.
  await plan(intake, id, { day: '2027-03-04', time: '09:30', message: 'Bel anders 06 00 00 00 12.' });
  await reads(mother, 'donderdag 4 maart 2027 om 9.30 uur');
  await mother.openQuestion('linde');
  await expect(card.getByText(mother.text('plan-again'))).toBeVisible();
  await expect(card).not.toContainText('2 maart');
  await look(mother, 'again');

  for (const [language, name] of [['en', 'english'], ['ar', 'arabic'], ['tr', 'turkish']]) {
    await mother.switchLanguage(language);
    await expect(card.getByRole('heading', { name: mother.text('plan-title-talk') })).toBeVisible();
    await look(mother, name);
  }

  // The portal passed all of it on, and could read none.
  const bodies = (await Promise.all(passed)).join('\n');
  expect(bodies.length).toBeGreaterThan(10_000);
  for (const said of ['Zeemeeuw', 'gerust', '2027-03-02T15']) expect(bodies, said).not.toContain(said);
});
