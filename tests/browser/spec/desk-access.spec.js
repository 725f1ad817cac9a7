// Who has nothing to do with a child reaches nothing of it at the workdesk: every address that names a handover is asked for, and
// every form about it sent, by a colleague of another team.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asks } from '../lib/desk-page.js';
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';

const CARE = 'care-handover';
const PAGES = fileURLToPath(new URL('../../../workdesk/src/pages', import.meta.url));
/** What stands for `{act}` in an address. */
const ACTS = ['accept', 'decline', 'started', 'not-started', 'aftercare-held', 'close'];

/** Every address under `start` that names a handover, as the workdesk's own routes say: none can be forgotten here. */
function addresses(start, id) {
  const found = new Set();
  for (const file of readdirSync(PAGES, { recursive: true }).filter((name) => name.endsWith('.rs'))) {
    for (const [, path] of readFileSync(join(PAGES, file), 'utf8').matchAll(/"(\/[a-z/]+\/\{id\}[^"]*)"/g)) {
      if (path.startsWith(`/${start}/`)) found.add(path.replace('{id}', id));
    }
  }
  return [...found].flatMap((path) => (path.includes('{act}') ? ACTS.map((act) => path.replace('{act}', act)) : [path]));
}

/** The forms that a page shows to somebody who may, as they would be sent. A file is asked for by hand: a browser that begins to
 * download it may not close in time. */
async function forms(who, path) {
  const shown = await asks(who, path);
  if (shown.status() !== 200 || !shown.headers()['content-type'].startsWith('text/html')) return [];
  await who.page.goto(`${who.address}${path}`);
  return who.page.locator('main form[method=post]').evaluateAll((all) => all.map((form) => ({
    action: new URL(form.getAttribute('action') ?? '', location.href).href,
    fields: [...new FormData(form)].filter(([, value]) => typeof value === 'string'),
  })));
}

/** Nothing of it is shown or done; the view log tells of each attempt. */
async function isClosed(person, stranger, auditor, start, id) {
  const paths = addresses(start, id);
  expect(paths.length).toBeGreaterThan(2);
  const sent = [];
  for (const path of paths) sent.push(...(await forms(person, path)));
  expect(sent.length).toBeGreaterThan(1);

  let refused = 0;
  const closed = async (response, what) => {
    expect([403, 404, 405], what).toContain(response.status());
    expect(await response.text(), what).not.toContain('Noor');
    refused += response.status() === 403 ? 1 : 0;
  };
  for (const path of paths) await closed(await asks(stranger, path), path);
  for (const { action, fields } of sent) {
    const data = new URLSearchParams(fields).toString();
    await closed(await asks(stranger, action, { method: 'post', data }), `${action} sent`);
  }
  expect(refused, 'most are there, and closed').toBeGreaterThan(paths.length / 2);

  const log = await (await asks(auditor, '/log.csv')).text();
  const attempts = log.split('\r\n').filter((line) => line.includes(`,${stranger.login.reference},`) && line.includes(id));
  expect(attempts.length).toBeGreaterThanOrEqual(refused);
  expect(attempts.every((line) => line.includes(',false,')), 'not one was let through').toBe(true);
}

test('what came in for others is closed, page by page and form by form', async ({ town, colleague }) => {
  const family = await noor(town);
  await family.says(await family.elsewhere('elif'), CARE, 'agree');
  await family.reaches(CARE, 'received');
  const id = family.handover(CARE);
  const intake = await (await colleague('linde')).sits('intake-11', ['supervisor'], { name: 'Fatma Demir' });
  const stranger = await (await colleague('linde')).sits('intake-12', ['supervisor'], { name: 'Joris Smit', teams: ['neighbourhood-team'] });
  const auditor = await (await colleague('linde')).sits('auditor-11', ['auditor'], { name: 'Ans de Wit' });
  await expect(async () => {
    await intake.open(`/received/${id}/accept`);
    await expect(intake.button('receive-send-accept')).toBeVisible({ timeout: 3000 });
  }).toPass();
  const before = await family.read(CARE, 'linde');
  await isClosed(intake, stranger, auditor, 'received', id);
  const after = await family.read(CARE, 'linde');
  expect(after.content, 'nothing was erased').toEqual(before.content);
  expect((await family.sent(CARE)).steps, 'nobody took it on').not.toContain('accepted');
});

test('what others handed over is closed too', async ({ town, colleague }) => {
  const family = await noor(town);
  const id = family.handover(CARE);
  const ib = await (await colleague('waterlelie')).sits('ib-11', ['supervisor'], { name: 'Karel de Bruin' });
  const stranger = await (await colleague('waterlelie')).sits('ib-12', ['supervisor'], { name: 'Joris Smit', teams: ['school-support-team'] });
  const auditor = await (await colleague('waterlelie')).sits('auditor-12', ['auditor'], { name: 'Ans de Wit' });
  await expect(async () => {
    await ib.open(`/send/handovers/${id}`);
    await expect(ib.heading('sent-people')).toBeVisible({ timeout: 3000 });
  }).toPass();
  await isClosed(ib, stranger, auditor, 'send/handovers', id);
  expect((await family.sent(CARE)).stage, 'it was not retracted').not.toBe('retracted');
});
