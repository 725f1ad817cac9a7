// From what came in to what goes out: care tells the school what helps, and asks several organisations to one table.
import { look, until } from '../lib/desk-page.js';
import { noor } from '../lib/families.js';
import { aim, authority, handOver, onPaper } from '../lib/sending.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';

test('care tells the school what helps, and asks two organisations to one table', async ({ town, colleague }) => {
  const family = await noor(town);
  await family.says(await family.elsewhere('elif'), CARE, 'agree');
  await family.reaches(CARE, 'received');
  const id = family.handover(CARE);
  const mind = await (await colleague('linde')).sits('hulp-1', ['supervisor'], { name: 'Fatma Demir' });
  const other = await (await colleague('linde')).sits('hulp-2', ['supervisor'], { name: 'Sem Bos' });
  const pupil = `client-${id.slice(-6)}`;

  // Feedback: to the school that handed over, about this child, without typing either again.
  await until(mind, `/received/${id}`, () => mind.link('receive-feedback'));
  await mind.press(mind.link('receive-feedback'));
  await expect(mind.heading('send-blank-title')).toBeVisible();
  await expect(mind.field('send-purpose')).toHaveValue('care-feedback');
  await expect(mind.field('send-blank-surname')).toHaveValue('Bakker-Aydin');
  await look(mind, 'blank');
  await mind.press(mind.button('send-next'));
  await expect(mind.page.getByRole('group', { name: /Wat heeft de leraar nodig.*De Waterlelie/ })).toBeVisible();
  await authority(mind);
  await mind.field('send-care-provider').first().fill('Jeugdhulp De Linde');
  await mind.field('send-care-advice').first().fill('Geef haar na de pauze vijf minuten rust.');
  await mind.field('send-pupil').fill(pupil);
  await look(mind, 'draft-feedback');
  await mind.press(mind.button('send-save-and-check'));
  await expect(mind.page.getByText('Geef haar na de pauze vijf minuten rust.')).toBeVisible();
  const [feedback] = await handOver(mind);
  await onPaper(mind, feedback, { second: other });
  const told = JSON.parse((await town.act('read', { at: 'waterlelie', handover: feedback })).content);
  expect(JSON.stringify(told.D17)).toContain('Geef haar na de pauze vijf minuten rust.');
  expect(Object.keys(told).filter((category) => !['D01', 'D17', 'D19'].includes(category)), 'nothing of the treatment').toEqual([]);

  // One table: each of two gets a handover and a yes of its own; here one of them gets a no.
  await mind.open(`/received/${id}`);
  await mind.press(mind.link('receive-conference'));
  await expect(mind.field('send-purpose')).toHaveValue('case-conference');
  await mind.press(mind.button('send-next'));
  await mind.press(mind.button('send-add-target'));
  await aim(mind, 'case-conference', 'stadscollege');
  for (const name of [/één plan.*De Waterlelie/, /één plan.*Stadscollege/]) {
    await expect(mind.page.getByRole('group', { name })).toBeVisible();
  }
  await authority(mind);
  await mind.field('send-question').fill('Wie doet wat in de eerste week?');
  await mind.field('send-agreement-action').first().fill('Samen om tafel, voor de zomer.');
  await mind.field('send-pupil').fill(pupil);
  await mind.press(mind.button('send-save-and-check'));
  await look(mind, 'check-conference');
  const conferences = (await handOver(mind)).filter((handover) => handover !== feedback);
  expect(conferences).toHaveLength(2);
  const sent = await Promise.all(conferences.map((handover) => mind.page.locator(`a[href="/send/handovers/${handover}"]`).locator('..').innerText()));
  const [school, college] = [/Waterlelie/, /Stadscollege/].map((name) => conferences[sent.findIndex((line) => name.test(line))]);
  await onPaper(mind, school, { second: other });
  await onPaper(mind, college, { second: other, says: 'decision-no' });
  const table = JSON.parse((await town.act('read', { at: 'waterlelie', handover: school })).content);
  expect(table.D16.question).toBe('Wie doet wat in de eerste week?');
  await until(mind, `/send/handovers/${college}`, () => mind.sentence('sent-stage-blocked'));
  expect(await town.act('inbox', { at: 'stadscollege', handover: college }), 'a no to one is a no to one').toBeNull();
});
