// Taking over at the workdesk, through real processes: an intake worker's first day, a withdrawal that is answered, an absent
// colleague, and two who act at once.
import { look, tabTo, until } from '../lib/desk-page.js';
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';
const NAME = /Noor.*Bakker-Aydin/;

/** A handover that has arrived at the provider, with the guardian who agreed. */
async function arrived(town) {
  const family = await noor(town);
  const mother = await family.elsewhere('elif');
  await family.says(mother, CARE, 'agree');
  await family.reaches(CARE, 'received');
  return { family, mother, id: family.handover(CARE) };
}

/** From a handover's page to the form of an act, and through it. */
async function act(person, word, fill = async () => {}) {
  await person.press(person.link(`receive-act-${word}`));
  await expect(person.page.getByRole('heading', { level: 1, name: person.text(`receive-act-${word}`) })).toBeVisible();
  await look(person, `form-${word}`);
  await fill(person.page);
  await person.press(person.button(`receive-send-${word}`));
  await expect(person.sentence(`receive-done-${word}`)).toBeVisible();
}

test("an intake worker's first day: from what is new to what is closed", async ({ town, colleague }) => {
  const { id, family } = await arrived(town);
  const intake = await colleague('linde');
  await intake.sits('intake-1', ['intake'], { name: 'Ilse Boonstra' });
  const row = () => intake.page.locator(`a[href="/received/${id}"]`);
  await until(intake, '/', row);
  await expect(row()).toHaveText(NAME);
  await look(intake, 'overview');

  await intake.press(row());
  await expect(intake.page.getByRole('heading', { level: 1, name: NAME })).toBeVisible();
  await expect(intake.sentence('receive-readers-none')).toBeVisible();
  await look(intake, 'handover-new');

  // Reading is on record, for the sender as well.
  await intake.press(intake.link('receive-content-read'));
  await expect(intake.heading('receive-first-question').or(intake.page.locator('#D11'))).toHaveCount(2);
  await expect(intake.page.locator('#D11'), 'no raw JSON').not.toContainText('{');
  await look(intake, 'content');
  await intake.press(intake.link('receive-back-handover'));
  await expect(intake.page.getByText(/^.?Ilse Boonstra.? op /)).toBeVisible();

  await act(intake, 'accept');
  // A form that is not complete says so, and sends nothing.
  await intake.press(intake.link('receive-act-talk'));
  await intake.page.locator('#day').fill('2027-03-01');
  await intake.page.locator('#time').fill('14:30');
  await intake.page.getByRole('radio', { name: intake.text('receive-talk-kind-phone') }).check();
  await intake.press(intake.button('receive-send-talk'));
  await expect(intake.sentence('receive-wrong-invited')).toBeVisible();
  await expect(intake.page.locator('#day')).toHaveValue('2027-03-01');
  await look(intake, 'form-talk-wrong');
  await intake.page.getByRole('checkbox', { name: intake.text('receive-invite-parents') }).check();
  await intake.page.locator('#place').fill('0187 00 00 00');
  await intake.press(intake.button('receive-send-talk'));
  await expect(intake.sentence('receive-done-talk')).toBeVisible();
  await expect(intake.page.getByText('1 maart 2027 om 14.30 uur')).toBeVisible();
  await look(intake, 'handover-talk');
  const [calendar] = await Promise.all([
    intake.page.waitForEvent('download'),
    intake.press(intake.link('receive-talk-ics')),
  ]);
  const text = await (await calendar.createReadStream()).toArray();
  expect(Buffer.concat(text).toString()).toContain('DTSTART:20270301T133000Z');
  expect(Buffer.concat(text).toString(), 'no name in a calendar').not.toMatch(/Noor|Aydin|Waterlelie|0187/);

  await act(intake, 'held', async (page) => {
    await page.locator('#first-day').fill('Om 8.15 uur bij de balie.');
    await page.locator('#absence').fill('School belt voor 9 uur.');
  });
  await expect(intake.page.getByText('Eerste dag: Om 8.15 uur bij de balie.')).toBeVisible();
  await act(intake, 'started');
  await act(intake, 'aftercare', async (page) => {
    await page.locator('#day').fill('2027-04-12');
    await page.locator('#time').fill('10:00');
    await page.getByRole('radio', { name: intake.text('receive-talk-kind-in-person') }).check();
    await page.getByRole('checkbox', { name: intake.text('receive-invite-child') }).check();
  });
  await act(intake, 'aftercare-held', (page) => page.locator('#outcome').fill('Het gaat goed.'));
  await look(intake, 'handover-aftercare');
  await act(intake, 'close');
  await expect(intake.sentence('warm-closed')).toBeVisible();
  await expect.poll(async () => (await family.sent(CARE)).steps.at(-1), 'the sender hears of it').toBe('closed');
});

test('the keyboard is enough to take something on', async ({ town, colleague }) => {
  const { id } = await arrived(town);
  const intake = await colleague('linde');
  await intake.sits('intake-2', ['intake'], { name: 'Ilse Boonstra' });
  await until(intake, `/received/${id}/accept`, () => intake.button('receive-send-accept'));
  await tabTo(intake, intake.button('receive-send-accept'));
  await intake.page.keyboard.press('Enter');
  await expect(intake.sentence('receive-done-accept')).toBeVisible();
});

test('of two who take it on at once one wins, and the other is told by whom', async ({ town, colleague }) => {
  const { id } = await arrived(town);
  const [first, second] = [await colleague('linde'), await colleague('linde')];
  await first.sits('intake-3', ['intake'], { name: 'Fatma Demir' });
  await second.sits('intake-4', ['intake'], { name: 'Joris Smit' });
  for (const person of [first, second]) {
    await until(person, `/received/${id}/accept`, () => person.button('receive-send-accept'));
  }
  await first.press(first.button('receive-send-accept'));
  await expect(first.sentence('receive-done-accept')).toBeVisible();
  await second.press(second.button('receive-send-accept'));
  await expect(second.sentence('receive-failed-taken', { who: 'Fatma Demir' })).toBeVisible();
  await look(second, 'form-taken');
});

test('an absent colleague is replaced, and several are given at once', async ({ town, colleague }) => {
  const { id } = await arrived(town);
  const [away, present] = [await colleague('linde'), await colleague('linde')];
  await away.sits('intake-5', ['intake'], { name: 'Anna Vos' });
  await until(away, `/received/${id}/accept`, () => away.button('receive-send-accept'));
  await away.press(away.button('receive-send-accept'));
  await expect(away.sentence('receive-done-accept')).toBeVisible();
  await present.sits('intake-6', ['intake'], { name: 'Bram Kok' });
  await until(present, `/received/${id}/forward`, () => present.sentence('receive-absent', { colleague: 'Anna Vos' }));
  await look(present, 'forward');
  await present.page.getByLabel(present.text('receive-forward-colleague')).selectOption({ label: 'Bram Kok' });
  await present.press(present.button('receive-forward-send'));
  await expect(present.sentence('receive-done-forward')).toBeVisible();
  await present.open('/');
  await expect(present.page.locator('section', { has: present.page.locator('#part-mine') }).locator(`a[href="/received/${id}"]`)).toBeVisible();
  await present.page.getByRole('checkbox', { name: NAME }).first().check();
  await present.page.getByLabel(present.text('receive-assign-to')).selectOption({ label: 'Anna Vos' });
  await present.press(present.button('receive-assign-send'));
  await expect(present.sentence('receive-assigned', { n: 1, colleague: 'Anna Vos' })).toBeVisible();
});

test('what was given away meanwhile is not given again, nor taken on, by whoever still looks at an old page', async ({ town, colleague }) => {
  const { id } = await arrived(town);
  const [fast, slow] = [await colleague('linde'), await colleague('linde')];
  await fast.sits('intake-10', ['intake'], { name: 'Daan Visser' });
  await slow.sits('intake-13', ['intake'], { name: 'Mo Haddad' });
  const others = await Promise.all(['forward', 'accept'].map(async (form) => {
    const tab = await slow.page.context().newPage();
    await tab.goto(new URL(`/received/${id}/${form}`, slow.page.url()).href);
    return tab;
  }));
  const [forward, accept] = others;
  await until(slow, '/', () => slow.page.locator(`a[href="/received/${id}"]`));
  const row = slow.page.locator('li', { has: slow.page.locator(`a[href="/received/${id}"]`) });
  await row.getByRole('checkbox').check();
  await slow.page.getByLabel(slow.text('receive-assign-to')).selectOption({ label: 'Mo Haddad' });

  await until(fast, `/received/${id}/forward`, () => fast.button('receive-forward-send'));
  await fast.page.getByLabel(fast.text('receive-forward-colleague')).selectOption({ label: 'Daan Visser' });
  await fast.press(fast.button('receive-forward-send'));
  await expect(fast.sentence('receive-done-forward')).toBeVisible();

  await slow.press(slow.button('receive-assign-send'));
  await expect(slow.sentence('receive-assign-meanwhile')).toBeVisible();
  await forward.getByLabel(slow.text('receive-forward-colleague')).selectOption({ label: 'Mo Haddad' });
  await forward.getByRole('button', { name: slow.text('receive-forward-send') }).click();
  await expect(forward.getByText(slow.text('receive-wrong-meanwhile'))).toBeVisible();
  await accept.getByRole('button', { name: slow.text('receive-send-accept') }).click();
  await expect(accept.getByText(slow.text('receive-wrong-meanwhile'))).toBeVisible();
  // Now it says who has it, and may be taken over knowingly.
  await expect(accept.getByText('Daan Visser')).toBeVisible();
  await accept.getByRole('button', { name: slow.text('receive-send-accept') }).click();
  await expect(accept.getByText(slow.text('receive-done-accept'))).toBeVisible();
});

test('a withdrawal stands on top, and is answered', async ({ town, colleague }) => {
  const { id, family, mother } = await arrived(town);
  const intake = await colleague('linde');
  await intake.sits('intake-7', ['intake'], { name: 'Ilse Boonstra' });
  await family.says(mother, CARE, 'withdraw');
  const asked = () => intake.page.locator('section', { has: intake.page.locator('#part-withdrawn') }).locator(`a[href="/received/${id}"]`);
  await until(intake, '/', asked);
  await look(intake, 'overview-withdrawn');
  await intake.press(asked());
  await intake.press(intake.link('receive-withdrawn-answer'));
  await intake.press(intake.button('receive-withdrawal-send'));
  await expect(intake.sentence('receive-wrong-answer')).toBeVisible();
  await look(intake, 'withdrawal');
  await intake.page.locator('input[name=answer][value=erased]').check();
  await intake.press(intake.button('receive-withdrawal-send'));
  await expect(intake.sentence('receive-done-withdrawal')).toBeVisible();
  await look(intake, 'handover-erased');
});
