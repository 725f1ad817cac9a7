// What a guardian decides in the browser, and what it does at the receiving organisation.
import { emma, jayden, milan, noor, noorDisputed, noorOfTwo } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';
/** What stands in Noor's dossier under support needs, and nowhere else. */
const HELPS = 'Een kaartje op tafel';

test('a mother agrees, and the provider reads exactly what she saw', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await expect(mother.heading('content-title')).toBeVisible();
  await expect(mother.page.getByText(HELPS)).toBeVisible();
  await mother.chooseAll('yes');
  await mother.sign();

  const { item, content } = await family.read(CARE, 'linde');
  expect(content).toContain(HELPS);
  expect(item.categories).toEqual(expect.arrayContaining(['D01', 'D11', 'D16']));
  expect(item.withheld).toEqual([]);
  for (const never of ['D02', 'D08', 'D14']) expect(item.categories).not.toContain(never);
  expect(await family.reaches(CARE, 'received')).toBe('received');
});

test('a mother who is a moment too early reads so, and the question comes by itself', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  const { code } = await family.letter('elif');
  const question = mother.page.getByRole('link', { name: mother.text('overview-decide') });
  await town.act('stop', { process: 'waterlelie' });
  try {
    await mother.activate(code);
    await expect(mother.sentence('content-expected')).toBeVisible();
    await expect(question).toHaveCount(0);
  } finally {
    await town.act('restart', { process: 'waterlelie' });
  }
  await expect(question.first()).toBeVisible({ timeout: 60_000 });
  await expect(mother.sentence('content-expected')).toBeHidden();
});

test('nothing is ticked before somebody ticks it, and a forgotten answer is asked for', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  for (const radio of await mother.page.getByRole('radio').all()) await expect(radio).not.toBeChecked();
  await mother.choose({ D11: 'yes' });
  await mother.press(mother.button('answer-next'));
  await expect(mother.sentence('answer-missing')).toBeVisible();
  await expect(mother.heading('check-title')).toBeHidden();
  expect((await family.sent(CARE)).stage).toContain('awaiting');
});

test('a mother says no to one part, and only the rest arrives', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.chooseAll('yes');
  await mother.choose({ D09: 'no', D18: 'no' });
  await mother.check(mother.button('answer-next'));
  await expect(mother.sentence('check-means-part'), 'what her no means').toBeVisible();
  await mother.confirm();

  const { item, content } = await family.read(CARE, 'linde');
  expect(item.categories).toContain('D11');
  expect(item.categories).not.toContain('D09');
  expect(item.categories).not.toContain('D18');
  expect(content).not.toContain('Rustige plek en vaste dagopening');
  expect(content).not.toContain('Het advies past bij Noor');
});

test('a mother refuses, and nothing arrives', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.chooseAll('no');
  await mother.check(mother.button('answer-next'));
  await expect(mother.sentence('check-means-required'), 'what her no means').toBeVisible();
  await mother.confirm();
  await expect(mother.sentence('receipt-released-none')).toBeVisible();

  expect(await family.reaches(CARE, 'blocked')).toBe('blocked');
  expect(await family.inbox(CARE, 'linde')).toBeNull();
  expect((await family.sent(CARE)).owner, 'a human at the school takes over').not.toBe('');
});

test('a mother withdraws in no more steps than she agreed, and reads that it was erased', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  const agreeing = await mother.steps(async () => {
    await mother.chooseAll('yes');
    await mother.sign();
  });
  await family.read(CARE, 'linde');
  expect(await family.reaches(CARE, 'received')).toBe('received');

  await mother.openQuestion('linde');
  const withdrawing = await mother.steps(() => mother.withdrawAll());
  expect(withdrawing).toBeLessThanOrEqual(agreeing);
  await expect(mother.sentence('receipt-released-arrived'), 'what had arrived before').toBeVisible();

  await town.act('answer-withdrawal', { at: 'linde', handover: family.handover(CARE) });
  await expect.poll(async () => (await family.inbox(CARE, 'linde')).withdrawal).toBe('withdrawn, erased');
  await mother.go('place-who');
  await mother.untilShown(mother.text('holders-erased', { organisation: 'Jeugdhulp De Linde' }));
});

test('a provider that must keep its dossier says so, and the mother reads on which ground', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.chooseAll('yes');
  await mother.sign();
  await family.read(CARE, 'linde');
  await mother.openQuestion('linde');
  await mother.withdrawAll();
  await town.act('answer-withdrawal', { at: 'linde', handover: family.handover(CARE), kept: 'care-dossier' });
  await mother.go('place-who');
  await mother.untilShown(/7\.3\.9/);
});

test('two parents disagree: nothing goes, and neither learns about the other', async ({ town, visitor }) => {
  const family = await noorOfTwo(town);
  const mother = await visitor();
  const father = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await father.activate((await family.letter('mark')).code);

  await mother.openQuestion('linde');
  await expect(mother.page.getByText(HELPS)).toBeVisible();
  await expect(mother.page.getByText('0600000012'), "her father's number").toHaveCount(0);
  await mother.chooseAll('yes');
  await mother.sign();
  expect(await family.inbox(CARE, 'linde'), 'one yes waits for the other parent').toBeNull();
  await mother.openQuestion('linde');
  await mother.press(mother.button('withdraw-part'));
  await mother.page.getByRole('checkbox', { name: mother.text('category-D09') }).check();
  await mother.check(mother.button('withdraw-next'));
  await expect(mother.sentence('check-means-part'), 'the rest can still go').toBeVisible();
  await expect(mother.sentence('check-means-none')).toHaveCount(0);

  await father.openQuestion('linde');
  await expect(father.page.getByText('Elif Aydin')).toHaveCount(0);
  await father.chooseAll('no');
  await father.sign();

  expect(await family.reaches(CARE, 'blocked')).toBe('blocked');
  expect((await family.sent(CARE)).blocked, 'a neutral reason').toEqual(['consent-blocked']);
  expect(await family.inbox(CARE, 'linde')).toBeNull();
  await mother.openQuestion('linde');
  await expect(mother.page.getByText('Mark')).toHaveCount(0);
});

test('at 13 a parent and the child both decide, and the child may stop it again', async ({ town, visitor }) => {
  const family = await jayden(town);
  const mother = await family.elsewhere('chantal');
  const young = (await visitor()).reading('nl', 'je');
  await young.activate((await family.letter('jayden')).code);
  await family.says(mother, CARE, 'agree');
  expect(await family.inbox(CARE, 'linde'), "his mother's yes alone is not enough").toBeNull();

  await young.openQuestion('linde');
  await expect(young.sentence('who-together')).toBeVisible();
  await young.chooseAll('yes');
  await young.sign();
  const { content } = await family.read(CARE, 'linde');
  expect(content).toContain('kwartier bewegen');

  await young.openQuestion('linde');
  await young.withdrawAll();
  await expect
    .poll(async () => (await family.inbox(CARE, 'linde')).withdrawal)
    .toContain('please answer');
});

test('at 16 a young person decides alone, and his mother does not know that he was asked', async ({ town, visitor }) => {
  const family = await milan(town);
  const mother = await visitor();
  await mother.activate((await family.letter('ingrid')).code);
  const young = (await visitor()).reading('nl', 'je');
  await young.activate((await family.letter('milan')).code);

  await young.openQuestion('linde');
  await expect(young.sentence('who-self')).toBeVisible();
  await young.chooseAll('no');
  await young.sign();
  expect(await family.reaches(CARE, 'blocked')).toBe('blocked');
  expect(await family.inbox(CARE, 'linde')).toBeNull();

  await mother.page.reload();
  await expect(mother.heading('overview-title')).toBeVisible();
  await expect(mother.page.getByText('Mbo Het Vakhuis').first(), 'what she may inspect').toBeVisible();
  await expect(mother.page.getByText('Jeugdhulp De Linde')).toHaveCount(0);
});

test('a parent who agreed with the help of professionals is shown as such to the other parent', async ({ town, visitor }) => {
  const family = await noorOfTwo(town);
  const father = await visitor();
  await father.activate((await family.letter('mark')).code);
  await father.openQuestion('linde');
  await town.act('tell', { by: 'waterlelie', handover: family.handover(CARE), person: 'elif' });
  await town.act('attest', {
    at: 'waterlelie',
    handover: family.handover(CARE),
    person: 'elif',
    categories: ['D01', 'D11', 'D16'],
    choice: 'agree',
    assisted: true,
  });
  await expect(async () => {
    await father.openQuestion('linde');
    await father.openHistory();
    const attested = father.says('said-attested-assisted-decision').split('{')[0];
    await expect(father.page.getByText(attested)).toBeVisible({ timeout: 5000 });
  }).toPass();
});

test('an answer on paper goes all the way, and stands on the overview of whoever gave it', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await town.act('attest', {
    at: 'waterlelie',
    handover: family.handover(CARE),
    person: 'elif',
    categories: ['D01', 'D03', 'D05', 'D06', 'D09', 'D11', 'D15', 'D16', 'D18'],
    choice: 'agree',
    assisted: false,
  });
  const { item, content } = await family.read(CARE, 'linde');
  expect(item.categories).toContain('D11');
  expect(content).toContain(HELPS);
  expect(await family.reaches(CARE, 'received')).toBe('received');

  await mother.page.goto(mother.address('/overview'));
  const attested = mother.says('said-attested-paper-decision').split('{')[0];
  await expect(mother.card('linde').getByText(attested), 'on the card, with the day').toBeVisible();
  await mother.openQuestion('linde');
  await expect(mother.page.getByText(attested).first()).toBeVisible();
  await expect(mother.heading('warm-title'), 'and whose turn it is now').toBeVisible();
});

test('a father whose authority is under investigation can only object, and his no counts', async ({ town, visitor }) => {
  const family = await noorDisputed(town);
  const mother = await family.elsewhere('elif');
  const father = await visitor();
  await father.activate((await family.letter('mark')).code);
  await father.openQuestion('linde');
  await expect(father.sentence('who-investigation').first()).toBeVisible();
  await expect(father.page.getByRole('radio', { name: father.text('answer-yes') }), 'there is no yes to give').toHaveCount(0);
  await father.page.getByRole('checkbox', { name: father.text('category-D11') }).check();
  await father.check(father.button('answer-object'));
  await expect(father.heading('check-object')).toBeVisible();
  await father.confirm();

  await family.says(mother, CARE, 'agree');
  expect(await family.reaches(CARE, 'blocked')).toBe('blocked');
  expect(await family.inbox(CARE, 'linde')).toBeNull();
});

test.describe('a safe-home agency', () => {
  test.use({ ownTown: { organisations: ['waterlelie', 'linde', 'veilig-thuis'] } });

  test('a report of unsafety is hidden from a parent until it was released, and then says so', async ({ town, visitor }) => {
    const other = await noor(town, { people: ['sanne'] });
    const mother = await visitor();
    await mother.activate((await other.letter('sanne')).code);
    await town.act('stop', { process: 'veilig-thuis' });
    const family = await emma(town);
    await mother.join((await family.letter('sanne')).code);
    expect(await family.reaches('safety', 'submitted')).toBe('submitted');
    await mother.page.reload();
    await expect(mother.page.getByText('Jeugdhulp De Linde').first(), 'the rest is there').toBeVisible();
    await expect(mother.page.getByText('Veilig Thuis IJsselrand')).toHaveCount(0);

    await town.act('restart', { process: 'veilig-thuis' });
    expect(await family.reaches('safety', 'received')).toBe('received');
    await mother.untilShown('Veilig Thuis IJsselrand');
    await mother.card('veilig-thuis').getByRole('link').first().click();
    await expect(mother.page.getByRole('heading', { level: 1, name: mother.text('question-title-safety') })).toBeVisible();
    await expect(mother.page.getByRole('radio'), 'nothing to decide').toHaveCount(0);
    await expect(mother.sentence('who-safety')).toBeVisible();
  });
});
