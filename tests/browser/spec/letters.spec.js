// Letters and codes: used, mistyped, lost, replaced, and several in one account.
import { milan, noor, sara } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';

test('a code may be typed in small letters, with spaces, and with an O for a zero', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  const { code } = await family.letter('elif');
  await mother.arrive();
  mother.watch.keep(code);
  const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o');
  await mother.enterCode(` ${typed} `);
  await expect(mother.heading('secret-title')).toBeVisible();
});

test('a typing error in the code is found before anybody is asked', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  const { code } = await family.letter('elif');
  await mother.arrive();
  const asked = mother.watch.requests.length;
  const other = code.startsWith('7') ? '8' : '7';
  await mother.enterCode(other + code.slice(1));
  await expect(mother.sentence('code-wrong-MISTYPED')).toBeVisible();
  await expect(mother.field('code-label')).toHaveAttribute('aria-invalid', 'true');
  await expect(mother.field('code-label')).toBeFocused();
  const posts = mother.watch.requests.slice(asked).filter((request) => request.method() === 'POST');
  expect(posts.map((request) => request.url())).toEqual([]);
});

test('a link with the code in its fragment opens the letter, and opening it uses nothing up', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code } = await family.letter('elif');
  for (const visit of ['first', 'second']) {
    const mother = await visitor();
    await mother.follow(code);
    await expect(mother.sentence('code-from-link')).toBeVisible();
    expect(mother.page.url(), 'the code does not stay in the address bar').not.toContain('#');
    await mother.press(mother.button('code-send'));
    await expect(mother.heading('secret-title'), `the ${visit} visit`).toBeVisible();
  }
  expect((await family.people()).elif.activated).toBe(false);
});

test('a secret that is too short, or typed in two ways, is not taken', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.arrive();
  await mother.enterCode((await family.letter('elif')).code);
  await mother.field('secret-new-label').fill('kort');
  await mother.field('secret-again-label').fill('kort');
  await mother.button('secret-activate').click();
  await expect(mother.sentence('secret-wrong-TOO_SHORT')).toBeVisible();
  await mother.field('secret-new-label').fill('lang genoeg nu');
  await mother.field('secret-again-label').fill('lang genoeg niet');
  await mother.button('secret-activate').click();
  await expect(mother.sentence('secret-differs')).toBeVisible();
  expect((await family.people()).elif.activated).toBe(false);
});

test('a used code says so and what to do, and does not open with another secret', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code } = await family.letter('elif');
  await (await visitor()).activate(code);
  const finder = await visitor();
  await finder.arrive();
  await finder.enterCode(code);
  await expect(finder.sentence('login-used')).toBeVisible();
  await expect(finder.page.getByText(/Basisschool De Waterlelie/).first()).toBeVisible();
  await finder.field('login-secret-label').fill('niet haar geheim');
  await finder.button('login-send').click();
  await expect(finder.sentence('error-WRONG_CODE_OR_SECRET')).toBeVisible();
  await expect(finder.heading('overview-title')).toBeHidden();
});

test('two people hold one code: the second gets nowhere, and the school is alarmed', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code } = await family.letter('elif');
  const mother = await visitor();
  const finder = await visitor();
  for (const somebody of [mother, finder]) {
    await somebody.arrive();
    await somebody.enterCode(code);
    await expect(somebody.heading('secret-title')).toBeVisible();
  }
  await mother.chooseSecret();
  await expect(mother.heading('overview-title')).toBeVisible();
  await finder.chooseSecret('een heel ander geheim');
  await expect(finder.sentence('error-CODE_ALREADY_USED')).toBeVisible();
  await expect.poll(async () => (await family.people()).elif.alarm).toBe(true);
});

test('with a new letter somebody who lost the old one withdraws what the old keys agreed', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code } = await family.letter('elif');
  const before = await visitor();
  await before.activate(code);
  await before.openQuestion('linde');
  await before.chooseAll('yes');
  await before.sign();
  await family.read(CARE, 'linde');

  const { code: fresh } = await family.letter('elif', { replace: true });
  const stale = await visitor();
  await stale.arrive();
  await stale.enterCode(code);
  await expect(stale.heading('letter-replaced-title')).toBeVisible();

  const mother = await visitor();
  await mother.activate(fresh, 'een ander geheim nu');
  await mother.openQuestion('linde');
  await expect(mother.page.getByText('Een kaartje op tafel'), 'the preview was sealed anew').toBeVisible();
  await mother.withdrawAll();
  await expect.poll(async () => (await family.inbox(CARE, 'linde')).withdrawal).toContain('please answer');
});

test('a letter that was taken back opens nothing', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code, invitation } = await family.letter('elif');
  await town.act('revoke', { from: 'waterlelie', invitation });
  const mother = await visitor();
  await mother.arrive();
  await mother.enterCode(code);
  await expect(mother.heading('letter-revoked-title')).toBeVisible();
});

test('a second code joins the account, and is there again after the next login', async ({ town, visitor }) => {
  const first = await noor(town);
  const second = await sara(town);
  const { code } = await first.letter('elif');
  const mother = await visitor();
  await mother.activate(code);
  await mother.join((await second.letter('rania')).code);
  await expect(mother.page.getByText('Basisschool Het Havenhoofd').first()).toBeVisible();
  await expect(mother.page.getByText('Basisschool De Waterlelie').first()).toBeVisible();

  const later = await visitor();
  await later.logIn(code);
  await expect(later.page.getByText('Basisschool Het Havenhoofd').first()).toBeVisible();
});

test('guessing secrets is slowed down, and events say so without the code', async ({ town, visitor }) => {
  const family = await milan(town);
  const { code } = await family.letter('ingrid');
  await (await visitor()).activate(code);
  const guesser = await visitor();
  await guesser.arrive();
  await guesser.enterCode(code);
  await expect(guesser.sentence('login-used')).toBeVisible();
  const slowed = guesser.sentence('error-TOO_MANY');
  for (let attempt = 0; attempt < 15 && !(await slowed.isVisible()); attempt++) {
    await guesser.field('login-secret-label').fill(`geraden geheim ${attempt}`);
    await guesser.button('login-send').click();
    await expect(slowed.or(guesser.sentence('error-WRONG_CODE_OR_SECRET'))).toBeVisible();
    await expect(guesser.button('login-send')).toBeEnabled();
  }
  await expect(slowed).toBeVisible();
  const { files, found } = await town.act('scan', { process: 'portal', words: [code, code.replaceAll('-', '')] });
  expect(files).toBeGreaterThan(0);
  expect(found).toEqual([]);
});
