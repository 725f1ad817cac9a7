// Declining at the workdesk, for each reason there is, and what whoever handed over reads of it.
import { look, until } from '../lib/desk-page.js';
import { Family } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const REPORT = 'transfer-report-primary';
const TARGET = { purpose: REPORT, to: 'stadscollege', site: '99VA00', 'applied-on': '2027-01-20' };

/** What the law sends, so that nobody has to be asked first. */
async function arrived(town) {
  const family = await Family.push(town, { from: 'waterlelie', dossier: 'noor', people: ['elif'], targets: [TARGET] });
  await family.reaches(REPORT, 'received');
  return family.handover(REPORT);
}

test('each reason to decline is told to whoever handed over, and a waiting list has a day', async ({ town, colleague }) => {
  const mentor = await (await colleague('stadscollege')).sits('mentor-3', ['supervisor'], { name: 'Fatma Demir' });
  const ib = await (await colleague('waterlelie')).sits('ib-21', ['supervisor'], { name: 'Karel de Bruin' });
  let id = await arrived(town);
  const send = () => mentor.press(mentor.button('receive-send-decline'));
  const radio = (reason) => mentor.page.locator(`input[name=reason][value=${reason}]`);
  await until(mentor, `/received/${id}/decline`, () => mentor.button('receive-send-decline'));
  const reasons = await mentor.page.locator('input[name=reason]').evaluateAll((all) => all.map(({ value }) => value));
  expect(reasons).toContain('waiting-list');

  // What is not complete is not sent, and keeps what was typed.
  await send();
  await expect(mentor.sentence('receive-wrong-reason')).toBeVisible();
  for (const day of ['', '2027-01-31']) {
    await radio('waiting-list').check();
    await mentor.page.locator('#until').fill(day);
    await send();
    await expect(mentor.sentence('receive-wrong-until')).toBeVisible();
    await expect(radio('waiting-list')).toBeChecked();
    await expect(mentor.page.locator('#until')).toHaveValue(day);
  }
  await look(mentor, 'decline-wrong');

  for (const reason of reasons) {
    id ??= await arrived(town);
    await until(mentor, `/received/${id}/decline`, () => mentor.button('receive-send-decline'));
    await radio(reason).check();
    if (reason === 'waiting-list') await mentor.page.locator('#until').fill('2027-04-12');
    await send();
    await expect(mentor.sentence('receive-done-decline')).toBeVisible();

    const why = ib.text('sent-step-declined-for', { reason: ib.says(`decline-${reason}`) });
    await until(ib, `/send/handovers/${id}`, () => ib.page.getByText(why));
    const waits = reason === 'waiting-list';
    await expect(ib.sentence(waits ? 'warm-waiting' : 'warm-declined')).toBeVisible();
    await expect(ib.heading('sent-declined-title'), 'on a waiting list it is still theirs').toHaveCount(waits ? 0 : 1);
    await expect(ib.sentence(waits ? 'turn-theirs' : 'turn-ours')).toBeVisible();
    if (waits) {
      await expect(ib.page.getByText('12 april 2027').first()).toBeVisible();
      await look(ib, 'sent-waiting');
      // It stays where it waits, and can be taken on from there.
      await mentor.open(`/received/${id}`);
      await expect(mentor.sentence('receive-waiting-until', { date: '12 april 2027' })).toBeVisible();
      await expect(mentor.link('receive-act-accept')).toBeVisible();
    } else {
      await mentor.open(`/received/${id}`);
      await expect(mentor.link('receive-act-accept')).toHaveCount(0);
    }
    id = undefined;
  }
});
