// Coming in at the workdesk: the first administrator, a second factor, what is wrong, what is limited, and the session's end.
import { Device } from '../lib/colleague.js';
import { look } from '../lib/desk-page.js';
import { expect, test } from '../lib/test.js';

const PASSWORD = 'vier stoelen en een kast';

/** Chooses a password and connects a device, from the code of an administrator. */
async function enrol(person, reference, code, password = PASSWORD) {
  await person.open('/enrol');
  await person.page.getByLabel(person.text('login-reference')).fill(reference);
  await person.page.getByLabel(person.text('enrol-code')).fill(code);
  await person.press(person.button('enrol-next'));
  const secret = await person.page.locator('#secret').innerText();
  person.secret = secret.trim();
  person.device = new Device(person.secret);
  person.login = { reference, password };
  await person.page.getByLabel(person.text('enrol-password'), { exact: true }).fill(password);
  await person.page.getByLabel(person.text('enrol-again')).fill(password);
  await person.page.getByLabel(person.text('enrol-shown')).fill(await person.device.code());
  await person.press(person.button('enrol-send'));
}

test('the first administrator begins with a code, logs in, and adds a colleague who does the same', async ({ town, colleague }) => {
  const { code } = await town.act('invite', {
    at: 'linde',
    reference: 'beheer-9',
    name: 'Wil de Beer',
    roles: ['administrator'],
  });
  const administrator = await colleague('linde');
  await administrator.open('/');
  await expect(administrator.heading('login-title')).toBeVisible();
  await look(administrator, 'login');
  await administrator.open('/enrol');
  await look(administrator, 'enrol');
  await enrol(administrator, 'beheer-9', code.toLowerCase().replaceAll('-', ' '));
  await expect(administrator.sentence('login-enrolled')).toBeVisible();
  await administrator.logIn();
  await administrator.open('/colleagues');
  await expect(administrator.heading('colleagues-title')).toBeVisible();
  await look(administrator, 'colleagues');
  await administrator.page.getByLabel(administrator.text('me-reference')).fill('intake-9');
  await administrator.page.getByLabel(administrator.text('me-name')).fill('Omar Idrissi');
  await administrator.page.getByLabel(administrator.text('role-intake')).check();
  await administrator.page.getByLabel(administrator.text('colleague-everything')).check();
  await administrator.press(administrator.button('colleague-add'));
  await expect(administrator.heading('colleague-code-title')).toBeVisible();
  await look(administrator, 'colleague-code');
  const handedOver = await administrator.page.locator('#code').innerText();

  const intake = await colleague('linde');
  await enrol(intake, 'intake-9', handedOver);
  await intake.logIn();
  await intake.open('/me');
  await expect(intake.sentence('role-intake')).toBeVisible();
  await look(intake, 'me');
  await intake.open('/colleagues');
  await expect(intake.heading('failed-title-not-allowed')).toBeVisible();

  await administrator.open('/colleagues/intake-9');
  await look(administrator, 'colleague');
  await administrator.press(administrator.button('colleague-disable'));
  await expect(administrator.sentence('account-disabled')).toBeVisible();
  await intake.open('/me');
  await expect(intake.heading('login-title'), 'a closed account is out at once').toBeVisible();

  // Canaries: neither logs nor the node's files, the workdesk's database among them, hold a name, a code or a secret in clear.
  const secret = administrator.secret;
  const words = [PASSWORD, 'Wil de Beer', 'Omar Idrissi', code, handedOver, secret];
  const { files, found } = await town.act('scan', { process: 'linde', words: words.flatMap((word) => [word, word.replaceAll('-', '')]) });
  expect(files).toBeGreaterThan(3);
  expect(found).toEqual([]);
  const { found: references } = await town.act('scan', { process: 'linde', words: ['intake-9'] });
  expect(references.join(' '), 'the scan finds what does stand there').toContain('workdesk.sqlite');
  const addresses = administrator.watch.requests.concat(intake.watch.requests).map((request) => request.url());
  for (const address of addresses) expect(address).not.toMatch(/Beer|Idrissi/);
});

test('a code counts once, what is wrong is not said apart, and the keyboard is enough', async ({ colleague }) => {
  const person = await colleague('linde');
  await person.sits('ib-8', ['supervisor']);
  await person.open('/me');
  await person.press(person.button('me-log-out'));
  await expect(person.heading('login-title')).toBeVisible();
  const code = await person.device.code();
  for (const wrong of [{ password: 'niet mijn wachtwoord', code }, { code: '000000' }]) {
    await person.logIn(wrong);
    await expect(person.sentence('login-wrong-all')).toBeVisible();
  }
  await look(person, 'login-wrong');
  await person.open('/login');
  await person.page.getByLabel(person.text('login-reference')).focus();
  await person.page.keyboard.type(person.login.reference);
  await person.page.keyboard.press('Tab');
  await person.page.keyboard.type(person.login.password);
  await person.page.keyboard.press('Tab');
  await person.page.keyboard.type(code);
  await person.page.keyboard.press('Enter');
  await expect(person.link('place-me')).toBeVisible();
  await person.open('/me');
  await person.press(person.button('me-log-out'));
  await person.logIn({ code });
  await expect(person.sentence('login-wrong-all'), 'the same code again').toBeVisible();
});

test.describe('workdesks whose sessions end after a minute, and that count attempts', () => {
  test.use({
    ownTown: {
      organisations: ['linde'],
      workdesk:
        '[workdesk.sessions]\nidle-minutes = 1\nwarn-seconds = 57\n[workdesk.limits]\nattempts-per-minute = 1\nattempts-at-once = 6',
    },
  });

  test('the session warns and stays when asked to; too many attempts are held up', async ({ colleague }) => {
    const person = await colleague('linde');
    await person.sits('ib-7', ['supervisor']);
    await person.open('/me');
    const dialog = person.page.getByRole('dialog');
    await expect(dialog).toBeVisible({ timeout: 15_000 });
    await look(person, 'session-ending');
    await person.press(person.button('session-stay'));
    await expect(dialog).toBeHidden();
    await expect(dialog, 'it is announced again').toBeVisible({ timeout: 15_000 });
    await person.press(dialog.getByRole('button', { name: person.text('session-leave') }));
    await expect(person.heading('login-title')).toBeVisible();
    await expect(async () => {
      await person.logIn({ code: '000000' });
      await expect(person.sentence('login-wrong-too-many')).toBeVisible({ timeout: 500 });
    }).toPass({ timeout: 20_000, intervals: [100] });
  });
});
