// The supervisor hands over: a file is read, completed, looked at, and only then goes. The effect is checked at the node that
// receives it.
import { readFileSync } from 'node:fs';
import { look } from '../lib/desk-page.js';
import { aim, authority, file, onPaper, upload } from '../lib/sending.js';
import { expect, test } from '../lib/test.js';

/** Who has a letter is a matter of the whole organisation: nobody else's children may be there. */
test.use({ ownTown: {} });

test('a dossier is uploaded, completed, looked at, and arrives as it was shown', async ({ colleague, town }) => {
  const ib = await (await colleague('waterlelie')).sits('ib-1', ['supervisor']);
  await ib.open('/send/new');
  await look(ib, 'new');
  await upload(ib, [file('noor.xml')]);
  await expect(ib.page.getByRole('heading', { level: 1 })).toContainText('Noor');
  await ib.press(ib.button('send-add-target'));
  await look(ib, 'recipient');
  await aim(ib, 'care-handover', 'linde');
  await authority(ib);
  await look(ib, 'draft');
  // Nothing goes as long as care would get nothing to go by.
  await ib.press(ib.button('send-save-and-check'));
  await expect(ib.heading('send-check-not-yet')).toBeVisible();
  await expect(ib.page.getByText('Ondersteuningsbehoefte').first()).toBeVisible();
  await expect(ib.button('send-hand-over', { count: 1 })).toHaveCount(0);
  await look(ib, 'check-missing');
  await ib.page.getByRole('link', { name: new RegExp(ib.says('send-check-edit')) }).click();
  await ib.field('send-needs').fill('Een vaste plek in de klas.\nUitleg vooraf.');
  await ib.field('send-question').fill('Hoe krijgen wij rust in de middag?');
  await ib.press(ib.button('send-save-and-check'));
  await expect(ib.page.getByText('Een vaste plek in de klas.')).toBeVisible();
  await expect(ib.page.getByText('Hoe krijgen wij rust in de middag?')).toBeVisible();
  await ib.page.getByText(/^Dit blijft hier/).first().click();
  await look(ib, 'check');
  // A reload loses nothing.
  await ib.page.reload();
  await ib.press(ib.page.getByRole('button', { name: /^Draag over/ }));
  const sent = ib.page.getByRole('link', { name: /Noor/ });
  await expect(sent).toBeVisible();
  await look(ib, 'drafts-gone');
  const handover = (await sent.getAttribute('href')).split('/').pop();
  expect(ib.page.url(), 'no address names a child').not.toContain('Noor');
  await sent.click();
  await expect(ib.heading('sent-people')).toBeVisible();
  await look(ib, 'handover');
  await ib.open('/send');
  await expect(ib.page.getByRole('link', { name: /Noor/ })).toBeVisible();
  await look(ib, 'sent');

  // Both parents answer on paper, seen by a second colleague: one who works here, and says so too.
  const head = await (await colleague('waterlelie')).sits('directeur-1', ['supervisor'], { name: 'Karel de Bruin' });
  await onPaper(ib, handover, { second: head, look });
  const content = JSON.parse((await town.act('read', { at: 'linde', handover })).content);
  expect(content.D11.needs).toEqual(['Een vaste plek in de klas.', 'Uitleg vooraf.']);
  expect(content.D16.question).toBe('Hoe krijgen wij rust in de middag?');
  expect(content.D08, 'test scores stay home').toBeUndefined();
});

test('what is declined comes back to the supervisor, and goes to another with what is known already', async ({ colleague, town }) => {
  const from = 'waterlelie';
  const targets = [{ purpose: 'transfer-report-primary', to: town.organisations.stadscollege.oin, 'applied-on': '2027-01-20' }];
  const [{ handover }] = await town.act('push', { from, dossier: 'noor', pupil: 'terug-noor', targets });
  await town.act('reaches', { from, handover, stage: 'received' });
  const mentor = await (await colleague('stadscollege')).sits('mentor-1', ['supervisor']);
  await mentor.open(`/received/${handover}/decline`);
  await mentor.page.locator('input[value=no-place]').check();
  await mentor.page.locator('main form button').first().click();
  const ib = await (await colleague(from)).sits('ib-4', ['supervisor']);
  await expect(async () => {
    await ib.open(`/send/handovers/${handover}`);
    await expect(ib.heading('sent-declined-title')).toBeVisible({ timeout: 2000 });
  }).toPass();
  await look(ib, 'declined');
  await ib.press(ib.link('sent-reroute'));
  await ib.field('send-new-files').setInputFiles([file('noor.xml')]);
  await ib.press(ib.button('send-new-send'));
  // The people with a say are known, and what it is for.
  await expect(ib.page.getByLabel(ib.text('send-person-capacity')).first()).toHaveValue('joint');
  await ib.press(ib.button('send-add-target'));
  await aim(ib, 'transfer-report-primary', 'havenhoofd');
  await ib.page.getByLabel(ib.text('send-applied')).fill('2027-02-01');
  await ib.press(ib.button('send-save-and-check'));
  await ib.press(ib.page.getByRole('button', { name: /^Draag over/ }));
  await expect(ib.page.getByRole('link', { name: /Noor/ })).toBeVisible();
  await expect(async () => {
    expect((await town.act('sent', { from, handover })).steps).toContain('closed');
  }).toPass();
});

test('of several files the broken one is refused by name and the others go on', async ({ colleague }) => {
  const ib = await (await colleague('waterlelie')).sits('ib-2', ['supervisor']);
  const broken = { name: 'stuk.xml', mimeType: 'application/xml', buffer: Buffer.from('<dossier><los>') };
  const letter = { name: 'brief.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7') };
  await upload(ib, [file('a.xml', 'noor.xml'), broken, file('b.xml', 'jayden.xml'), letter]);
  await expect(ib.heading('send-drafts-broken', { count: 2 })).toBeVisible();
  await expect(ib.page.getByText('stuk.xml')).toBeVisible();
  await expect(ib.page.getByText(ib.says('file-not-a-dossier'))).toBeVisible();
  await expect(ib.page.getByRole('row', { name: /Noor/ })).toBeVisible();
  await expect(ib.page.getByRole('row', { name: /Jayden/ })).toBeVisible();
  await look(ib, 'drafts');
  // Both get the same recipient at once.
  await ib.press(ib.button('send-drafts-recipient'));
  await aim(ib, 'care-handover', 'linde');
  await expect(ib.page.getByRole('row', { name: /Jayden.*De Linde/s })).toBeVisible();
  await ib.press(ib.button('send-drafts-remove'));
  await expect(ib.sentence('send-drafts-none')).toBeVisible();
});

test('all letters come in one file, an A4 each, and nobody gets two', async ({ colleague, town }) => {
  await town.act('push', { from: 'waterlelie', dossier: 'noor', pupil: 'brief-noor' });
  const ib = await (await colleague('waterlelie')).sits('ib-3', ['supervisor']);
  await ib.open('/send/letters');
  await expect(ib.page.getByRole('checkbox').first()).toBeChecked();
  await look(ib, 'letters');
  const count = await ib.page.getByRole('checkbox').count();
  const [download] = await Promise.all([
    ib.page.waitForEvent('download'),
    ib.press(ib.button('letters-print')),
  ]);
  expect(download.suggestedFilename()).toMatch(/^brieven-\d{4}-\d\d-\d\d\.html$/);
  const print = readFileSync(await download.path(), 'utf8');
  expect(print.match(/<article/g)).toHaveLength(count);
  await ib.open('/send/letters');
  await expect(ib.sentence('letters-none')).toBeVisible();
});
