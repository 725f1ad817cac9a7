// What a browser sees of the portal's defences, and what an attacker's page gets from it. That no page violates its content
// security policy, asks somebody else for anything, or lets a code or secret out is checked in every test (lib/watch.js).
import { createServer } from 'node:http';
import { noor } from '../lib/families.js';
import { expect, test } from '../lib/test.js';
import { SECRET } from '../lib/visitor.js';

test('every answer forbids what a page of ours never needs', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  const answers = [];
  mother.page.on('response', (response) => answers.push(response));
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  const documents = answers.filter((answer) => answer.request().resourceType() === 'document');
  expect(documents.length).toBeGreaterThan(0);
  for (const answer of documents) {
    const policy = answer.headers()['content-security-policy'];
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe-|\*|data:|http:/);
  }
  for (const answer of answers) {
    const headers = answer.headers();
    expect(headers['x-content-type-options'], answer.url()).toBe('nosniff');
    expect(headers['referrer-policy'], answer.url()).toBe('no-referrer');
    // What is named by its own digest and is about nobody: files, and the catalogue.
    const mayStay = /^\/(script|look|api\/catalogues)\//.test(new URL(answer.url()).pathname);
    expect(headers['cache-control'], answer.url()).toContain(mayStay ? 'immutable' : 'no-store');
  }
});

test('the session cookie is out of reach of scripts and other sites', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  const cookies = await mother.page.context().cookies();
  for (const cookie of cookies) {
    expect(cookie.name).toMatch(/^__Host-/);
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, path: '/' });
  }
  const session = cookies.find((cookie) => cookie.sameSite === 'Strict');
  expect(session).toBeDefined();
  expect(session.expires, 'gone when the browser closes').toBe(-1);
  expect(await mother.page.evaluate(() => document.cookie)).toBe('');
});

test('another site cannot post in the name of somebody who is logged in', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  const evil = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<form method="post" action="${town.portal}/api/log-out" enctype="text/plain">
      <input name='{"a":"' value='"}'><button>gratis</button></form>`);
  });
  await new Promise((listening) => evil.listen(0, '127.0.0.1', listening));
  try {
    const tab = await mother.page.context().newPage();
    mother.watch.allow(`http://127.0.0.1:${evil.address().port}`);
    await tab.goto(`http://127.0.0.1:${evil.address().port}/`);
    const answered = tab.waitForResponse((response) => response.url().startsWith(town.portal));
    await tab.getByRole('button').click();
    expect((await answered).status()).toBe(403);
    await tab.close();
  } finally {
    evil.close();
  }
  await mother.page.reload();
  await expect(mother.heading('overview-title'), 'she is still logged in').toBeVisible();
});

test('no other page can put the portal in a frame', async ({ town, visitor }) => {
  const guest = await visitor();
  const evil = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end(`<iframe src="${town.portal}/" title="portal"></iframe>`);
  });
  await new Promise((listening) => evil.listen(0, '127.0.0.1', listening));
  try {
    const address = `http://127.0.0.1:${evil.address().port}`;
    guest.watch.allow(address);
    guest.watch.expectComplaints();
    await guest.page.goto(address);
    const frame = guest.page.frameLocator('iframe');
    await expect(frame.getByRole('heading', { name: guest.text('start-title') })).toHaveCount(0);
  } finally {
    evil.close();
  }
});

test('what a family reads and types stays out of the portal and the gateway', async ({ town, visitor }) => {
  const family = await noor(town);
  const { code } = await family.letter('elif');
  const mother = await visitor();
  await mother.activate(code);
  await mother.openQuestion('linde');
  await mother.chooseAll('yes');
  await mother.sign();
  await family.read('care-handover', 'linde');
  const words = [code, code.replaceAll('-', ''), SECRET, 'Bakker', 'Aydin', 'Elif', 'Een kaartje', '2015-09-14', family.pupil];
  for (const process of ['portal', 'gateway']) {
    const { files, found } = await town.act('scan', { process, words });
    expect(files, `${process} keeps a log to look at`).toBeGreaterThan(0);
    expect(found).toEqual([]);
  }
});

test('scripts that the page did not come with do not run', async ({ visitor }) => {
  const guest = await visitor();
  await guest.arrive();
  guest.watch.expectComplaints();
  const ran = await guest.page.evaluate(() => {
    const attempts = {};
    const script = document.createElement('script');
    try {
      script.textContent = 'window.ran = true';
      document.head.append(script);
    } catch (error) {
      attempts.script = error.name;
    }
    try {
      document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.ran = true">');
    } catch (error) {
      attempts.html = error.name;
    }
    return { ran: window.ran === true, ...attempts };
  });
  expect(ran).toMatchObject({ ran: false, html: 'TypeError' });
});
