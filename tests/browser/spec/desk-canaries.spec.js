// Nothing about a person where it does not belong: a child goes through the workdesks of two organisations that log as much as
// they can, and afterwards no log, database, metric, mail, address, calendar or file name holds a word of it.
import { asks, until } from '../lib/desk-page.js';
import { Family } from '../lib/families.js';
import { file, upload } from '../lib/sending.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';
const PROCESSES = ['gateway', 'waterlelie', 'linde'];

/** Of the child, of the talk, of who works there: what was typed or read on the way. None is part of another word. */
const SAID = {
  child: 'Bakker-Aydin',
  birthday: '2015-09-14',
  pupil: 'kanarie-leerling-77',
  mother: 'Elif Aydin',
  content: 'rooster',
  place: 'Lokaal Zeester',
  message: 'Neem de tekening van de vuurtoren mee.',
  guest: 'Tante Josefien',
  agreement: 'Om 8.15 uur bij de paarse balie.',
  outcome: 'Ze tekent weer elke middag.',
  reason: 'De mentor is ziek en haar moeder belde zojuist.',
  worker: 'Ilse Boonstra',
  sender: 'Karel de Bruin',
  file: 'kanarie-dossier-van-noor.xml',
  broken: 'kanarie-kapot-van-noor.xml',
};

test.use({ ownTown: { log: 'trace', organisations: ['waterlelie', 'linde'] } });
test.describe.configure({ timeout: 240_000 });

/** The same as it could stand in an address. */
const spellings = (word) => [word, encodeURIComponent(word), encodeURIComponent(word).replaceAll('%20', '+')];

test('at the highest level of logging nothing tells who it was about, who did it, or what was said', async ({ town, colleague }) => {
  const ib = await (await colleague('waterlelie')).sits('ib-51', ['supervisor'], { name: SAID.sender });
  const intake = await (await colleague('linde')).sits('intake-51', ['intake'], { name: SAID.worker });
  const other = await (await colleague('linde')).sits('intake-52', ['intake'], { name: 'Joris Smit', teams: ['neighbourhood-team'] });
  await (await colleague('linde')).sits('fg-51', ['privacy-officer'], { name: 'Ans de Wit' });

  // Files by name: one that is read and one that is refused.
  const broken = { name: SAID.broken, mimeType: 'application/xml', buffer: Buffer.from('<dossier><Bakker-Aydin>') };
  await upload(ib, [file(SAID.file), broken]);
  await expect(ib.page.getByText(SAID.broken)).toBeVisible();
  await expect(ib.page.getByRole('row', { name: /Noor/ })).toBeVisible();

  const elif = { person: 'elif', name: SAID.mother, language: 'tr', authority: 'joint', mail: 'iemand@post.example', 'mail-own-choice': true };
  const family = await Family.push(town, {
    from: 'waterlelie',
    dossier: 'noor',
    pupil: SAID.pupil,
    people: [elif],
    targets: [{ purpose: CARE, to: 'linde' }],
  });
  await family.says(await family.elsewhere('elif'), CARE, 'agree');
  await family.reaches(CARE, 'received');
  const id = family.handover(CARE);

  // Every form of the receiving side, filled in.
  const act = async (word, fill = async () => {}) => {
    await until(intake, `/received/${id}/${word}`, () => intake.button(`receive-send-${word}`));
    await fill(intake.page);
    await intake.press(intake.button(`receive-send-${word}`));
    await expect(intake.sentence(`receive-done-${word}`)).toBeVisible();
  };
  await until(intake, `/received/${id}/content`, () => intake.page.locator('#D11'));
  await expect(intake.page.locator('#D11')).toContainText(SAID.content);
  await act('accept');
  await act('talk', async (page) => {
    await page.locator('#day').fill('2027-03-01');
    await page.locator('#time').fill('14:30');
    await page.locator('input[name=kind]').first().check();
    await page.locator('#place').fill(SAID.place);
    await page.getByRole('checkbox').first().check();
    await page.locator('#others').fill(SAID.guest);
    await page.locator('#message').fill(SAID.message);
  });
  await act('held', (page) => page.locator('#first-day').fill(SAID.agreement));
  await act('started');
  await act('aftercare', async (page) => {
    await page.locator('#day').fill('2027-04-12');
    await page.locator('#time').fill('10:00');
    await page.locator('input[name=kind]').first().check();
    await page.getByRole('checkbox').first().check();
  });
  await act('aftercare-held', (page) => page.locator('#outcome').fill(SAID.outcome));

  // Files that leave, and glass that is broken.
  const ics = await asks(intake, `/received/${id}/talk.ics`);
  expect(ics.status()).toBe(200);
  const names = [];
  for (const path of ['talk.ics', 'export.pdf', 'export.json']) {
    names.push((await asks(intake, `/received/${id}/${path}`)).headers()['content-disposition'] ?? '');
  }
  expect(names.filter((name) => name.includes('filename'))).toHaveLength(3);
  expect((await asks(other, `/received/${id}/content`)).status()).toBe(403);
  await other.open(`/glass/${id}`);
  await other.field('glass-reason').fill(SAID.reason);
  await other.press(other.button('glass-break'));
  await expect(other.page.getByRole('heading', { level: 1 })).toContainText(SAID.child);

  // The canaries really flew: the sender reads what was agreed.
  await until(ib, `/send/handovers/${id}`, () => ib.page.getByText(SAID.outcome));
  for (const word of [SAID.place, SAID.message, SAID.agreement]) await expect(ib.page.getByText(word).first()).toBeVisible();

  // And stand nowhere else.
  const words = Object.values(SAID).concat([intake.login.password, intake.login.secret, ib.login.secret]);
  for (const process of PROCESSES) {
    const { files, found } = await town.act('scan', { process, words });
    expect(files, process).toBeGreaterThan(2);
    expect(found, process).toEqual([]);
    const metrics = await town.act('metrics', { process });
    expect(metrics, process).toContain('handdruk_');
    for (const word of words) expect(metrics.includes(word), `${word} in the metrics of ${process}`).toBe(false);
  }
  const { found: references } = await town.act('scan', { process: 'linde', words: [intake.login.reference] });
  expect(references.join(' '), 'the scan finds what may stand there').toContain('workdesk.sqlite');
  const sent = () => town.act('mails');
  await expect.poll(async () => (await sent()).some((mail) => mail.includes('To: fg@linde.example')), 'the privacy officer was told').toBe(true);
  const mails = await sent();
  expect(mails.some((mail) => !mail.includes('To: fg@')), 'the mother was told that something changed').toBe(true);
  const addresses = [ib, intake, other].flatMap(({ watch }) => watch.requests.map((request) => request.url()));
  for (const text of [...mails, ...addresses, ...names, await ics.text()]) {
    for (const word of words.flatMap(spellings)) expect(text.toLowerCase().includes(word.toLowerCase()), `${word} in ${text.slice(0, 200)}`).toBe(false);
  }
});
