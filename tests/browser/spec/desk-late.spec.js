// A withdrawal that nobody answers becomes late as any step does: first for whoever must answer, then for both organisations.
import { look, until } from '../lib/desk-page.js';
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';

test.use({ ownTown: { organisations: ['waterlelie', 'linde'] } });

test('a withdrawal that nobody answers becomes late, the sender hears of it, and an answer ends it', async ({ town, colleague }) => {
  const family = await noor(town);
  const mother = await family.elsewhere('elif');
  await family.says(mother, CARE, 'agree');
  await family.reaches(CARE, 'received');
  await family.says(mother, CARE, 'withdraw');
  const id = family.handover(CARE);
  const intake = await (await colleague('linde')).sits('intake-61', ['intake'], { name: 'Fatma Demir' });
  const ib = await (await colleague('waterlelie')).sits('ib-61', ['supervisor'], { name: 'Karel de Bruin' });
  const row = (person, part, href) =>
    person.page.locator('section', { has: person.page.locator(`#part-${part}`) }).locator('li', { has: person.page.locator(`a[href="${href}"]`) });
  const asked = () => row(intake, 'withdrawn', `/received/${id}`);
  const told = () => row(ib, 'late', `/send/handovers/${id}`);

  // Five working days from Monday 1 February.
  await until(intake, '/', () => asked().getByText(/8 februari 2027/));
  await ib.open('/');
  await expect(told()).toHaveCount(0);

  await town.act('days', { days: 8 });
  await until(intake, '/', () => asked().getByText(intake.text('receive-late-days', { days: 1 })));
  await until(intake, `/received/${id}`, () => intake.sentence('receive-heard-owner'));
  await look(intake, 'withdrawal-late');

  await town.act('days', { days: 7 });
  await until(ib, '/', told);
  await look(ib, 'overview-answer-late');

  await intake.press(intake.link('receive-withdrawn-answer'));
  await intake.page.locator('input[name=answer][value=erased]').check();
  await intake.press(intake.button('receive-withdrawal-send'));
  await expect(intake.sentence('receive-done-withdrawal')).toBeVisible();
  await intake.open('/');
  await expect(asked()).toHaveCount(0);
  await until(ib, `/send/handovers/${id}`, () => ib.sentence('sent-answer-erased'));
  await ib.open('/');
  await expect(told(), 'nothing is late any more').toHaveCount(0);
});
