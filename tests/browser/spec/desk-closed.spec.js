// What is held closely: not shown to every role, in no file for it, and behind glass that is broken only where somebody else
// reads of it. And what a file is that leaves the workdesk.
import { inflateSync } from 'node:zlib';
import { asks, look, until } from '../lib/desk-page.js';
import { emma } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

/** Nobody else here is told when glass is broken. */
test.use({ ownTown: { organisations: ['waterlelie', 'veilig-thuis'] } });

const AT = 'veilig-thuis';
const NAME = /Emma|Dijk/;
const REASON = 'De collega die dit deed is ziek, en er is nu haast.';

/** A file that is asked for: it tells nothing about anybody before it is opened. */
async function taken(who, path, type, name) {
  const file = await asks(who, path);
  expect(file.status()).toBe(200);
  expect(file.headers()['content-type']).toBe(type);
  expect(file.headers()['content-disposition']).toBe(`attachment; filename="${name}"`);
  expect(file.headers()['cache-control']).toContain('no-store');
  return file.body();
}

/** A PDF's objects as text, those in compressed streams too. */
function objects(pdf) {
  const text = pdf.toString('latin1');
  const streams = [...text.matchAll(/stream\r?\n/g)].map(({ index, 0: start }) => {
    try {
      return inflateSync(pdf.subarray(index + start.length)).toString('latin1');
    } catch {
      return '';
    }
  });
  return [text, ...streams].join('\n');
}

test('a report of unsafety: what another role may not see is not shown, in no file, and behind glass', async ({ town, colleague }) => {
  const family = await emma(town);
  const id = family.handover('safety');
  const intake = await (await colleague(AT)).sits('intake-71', ['intake'], { name: 'Fatma Demir' });
  const officer = await (await colleague(AT)).sits('officer-1', ['safety-officer'], { name: 'Joris Smit' });
  const signal = (who) => who.page.locator('#D20');

  // Whose work it is reads it, and takes nothing along.
  await until(officer, `/received/${id}/content`, () => signal(officer));
  const facts = await signal(officer).locator('dd').first().innerText();
  expect(facts.length).toBeGreaterThan(10);
  await expect(officer.link('receive-export-pdf')).toHaveCount(0);
  for (const path of ['print', 'export.pdf', 'export.json']) {
    expect((await asks(officer, `/received/${id}/${path}`)).status(), path).toBe(403);
  }

  // Another sees that it is there.
  await intake.open(`/received/${id}/content`);
  await expect(intake.sentence('receive-hidden-glass')).toBeVisible();
  await expect(intake.page.getByText(facts)).toHaveCount(0);
  await expect(intake.page.getByRole('heading', { level: 1, name: NAME })).toBeVisible();
  await look(intake, 'content-hidden');

  // A file holds exactly what that colleague may see.
  const path = `/received/${id}/export`;
  const json = () => taken(intake, `${path}.json`, 'application/json', 'overdracht.json').then((body) => JSON.parse(body));
  const shown = await intake.page.locator('main section[id^=D]:not(:has(.look-withheld))').evaluateAll((all) => all.map(({ id }) => id));
  const file = await json();
  expect(Object.keys(file.categories).sort()).toEqual(shown.sort());
  expect(Object.keys(file.categories)).not.toContain('D20');
  expect(JSON.stringify(file)).not.toContain(facts);
  expect(file).toMatchObject({ handover: id, purpose: 'safety', sender: { name: 'Basisschool De Waterlelie' } });
  const pdf = objects(await taken(intake, `${path}.pdf`, 'application/pdf', 'overdracht.pdf'));
  for (const [what, says] of Object.entries({
    'every part is tagged for what it is': /\/MarkInfo\s*<<\s*\/Marked true/,
    'the tags have an order': /\/StructTreeRoot/,
    'its language': /\/Lang\s*\(nl/,
    'it says that it is PDF/UA-1': /pdfuaid:part(>|=")1/,
  })) {
    expect(says.test(pdf), what).toBe(true);
  }
  const [, title] = /<dc:title>([\s\S]*?)<\/dc:title>/.exec(pdf);
  expect(title, 'its title tells nothing').toContain(intake.says('receive-read-title'));
  expect(title).not.toMatch(NAME);

  // Nobody would read of it: the glass stays whole.
  await intake.press(intake.link('receive-glass-open'));
  await expect(intake.heading('glass-ask-title')).toBeVisible();
  await look(intake, 'glass-ask');
  const breaks = async (reason) => {
    await intake.field('glass-reason').fill(reason);
    await intake.press(intake.button('glass-break'));
  };
  await breaks(REASON);
  await expect(intake.sentence('glass-wrong-nobody-told')).toBeVisible();
  await intake.open(`/received/${id}/content`);
  await expect(intake.page.getByText(facts)).toHaveCount(0);

  // Somebody does: with a reason, it is open to be read, and nothing else.
  const privacy = await (await colleague(AT)).sits('fg-1', ['privacy-officer'], { name: 'Ans de Wit' });
  await privacy.open('/glass');
  await expect(privacy.sentence('glass-none')).toBeVisible();
  await intake.open(`/glass/${id}`);
  await breaks('Haast.');
  await expect(intake.sentence('glass-wrong-reason')).toBeVisible();
  await breaks(REASON);
  await expect(intake.page.getByRole('heading', { level: 1, name: NAME })).toBeVisible();
  await intake.open(`/received/${id}/content`);
  await expect(intake.page.getByText(facts)).toBeVisible();
  expect(Object.keys((await json()).categories), 'glass is broken to look, not to take along').not.toContain('D20');

  // The privacy officer hears of it outside the workdesk as well: where to look, and nothing else.
  const told = async () => (await town.act('mails')).filter((text) => text.includes(`To: fg@${AT}.example`));
  await expect.poll(async () => (await told()).length).toBe(1);
  const [mail] = await told();
  expect(mail).toContain('Subject: Er is noodtoegang gebruikt');
  expect(mail).toContain(`${privacy.address}/glass`);
  for (const word of [id, REASON, 'intake-71', 'Noor', 'Emma']) expect(mail).not.toContain(word);

  // The privacy officer reads who, what and why, and says so.
  await privacy.open('/me');
  await privacy.press(privacy.link('place-glass-unread', { count: 1 }));
  await expect(privacy.page.getByText(REASON)).toBeVisible();
  await expect(privacy.page.getByRole('heading', { name: /intake-71/ })).toBeVisible();
  await expect(privacy.page.getByText(id)).toBeVisible();
  await expect(privacy.page.getByText(privacy.text('glass-mail-told'))).toBeVisible();
  await look(privacy, 'glass');
  await privacy.press(privacy.button('glass-read'));
  await expect(privacy.page.getByText(privacy.text('glass-read-by', { who: 'fg-1' }))).toBeVisible();
  await expect(privacy.link('place-glass')).toBeVisible();
  await privacy.open(`/received/${id}/content`);
  await expect(privacy.heading('failed-title-not-allowed'), 'who reads why does not read what').toBeVisible();
  for (const address of intake.watch.requests.map((request) => request.url())) expect(address).not.toMatch(NAME);
});
