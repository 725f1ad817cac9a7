// Handing over at a workdesk, as the tests of its pages do it.
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';

const dossier = (name) => readFileSync(new URL(`../../../node/dossiers/${name}`, import.meta.url));

/** One of the synthetic dossiers as a file to upload, by another name or its own. */
export const file = (name, from = 'noor.xml') => ({ name, mimeType: 'application/xml', buffer: dossier(from) });

/** Uploads files; the page of the draft or of all drafts follows. */
export async function upload(who, files) {
  await who.open('/send/new');
  await who.field('send-new-files').setInputFiles(files);
  await who.press(who.button('send-new-send'));
}

/** Chooses for what and to whom. */
export async function aim(who, purpose, name) {
  await who.page.getByLabel(who.text('send-purpose')).selectOption(purpose);
  await who.field('send-recipient-name').fill(name);
  await who.press(who.button('send-recipient-search'));
  await who.page.getByRole('radio').first().check();
  await who.press(who.button('send-recipient-take'));
}

/** Says of everybody in the dossier that they have joint authority. */
export async function authority(who) {
  const rows = who.page.getByLabel(who.text('send-person-capacity'));
  const names = who.page.getByLabel(who.text('send-person-name'));
  for (let row = 0; row < (await rows.count()); row += 1) {
    if (await names.nth(row).inputValue()) await rows.nth(row).selectOption('joint');
  }
}

/** Hands over what was looked at; answers the handovers' ids. */
export async function handOver(who) {
  await who.press(who.page.getByRole('button', { name: /^Draag (deze|over)/ }));
  await expect(who.heading('send-drafts-gone')).toBeVisible();
  const links = await who.page.locator('a[href^="/send/handovers/"]').all();
  return Promise.all(links.map(async (link) => (await link.getAttribute('href')).split('/').pop()));
}

/** One of those who were asked says this on paper, seen by a second colleague, who is asked to confirm a yes. A no counts at once. */
export async function recordOnPaper(who, handover, { row = 0, second, says = 'decision-yes' }) {
  await who.open(`/send/handovers/${handover}/decision`);
  await who.page.locator('input[name=person]').nth(row).check();
  await who.page.getByRole('radio', { name: who.text('decision-how-paper') }).check();
  await who.page.getByLabel(who.text('send-second')).selectOption(second.login.reference);
  const said = who.page.getByRole('radio', { name: who.text(says) });
  for (let at = 0; at < (await said.count()); at += 1) await said.nth(at).check();
  await who.press(who.button('decision-record'));
  await expect(who.heading('sent-people')).toBeVisible();
}

/** What waits for this colleague to confirm, on their overview. */
export const confirms = (second) => second.page.locator('a[href^="/confirm/"]');

/** Everybody who was asked says this on paper, seen by a second colleague, who confirms every yes. `look` is called at the first form,
 * at the first that waits, and at the first question to the second. */
export async function onPaper(who, handover, { second, says = 'decision-yes', look = async () => {} }) {
  await who.open(`/send/handovers/${handover}/decision`);
  await look(who, 'decision');
  const people = await who.page.locator('input[name=person]').count();
  expect(people).toBeGreaterThan(0);
  for (let row = 0; row < people; row += 1) {
    const isFirst = row === 0;
    await recordOnPaper(who, handover, { row, second, says });
    if (isFirst) await look(who, 'decision-waits');
    // No yes counts before the second said so too, at their own workdesk.
    await second.open('/');
    if (says === 'decision-no') {
      await expect(confirms(second)).toHaveCount(0);
      continue;
    }
    if (isFirst) await look(second, 'confirms');
    await second.press(confirms(second).first());
    if (isFirst) await look(second, 'confirm');
    await second.press(second.button('confirm-yes'));
    await expect(confirms(second)).toHaveCount(0);
  }
}
