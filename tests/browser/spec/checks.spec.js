// The checks themselves: each finds what it looks for in a page that is wrong on purpose. None of them could pass by looking at
// nothing.
import { createServer } from 'node:http';
import { axeViolations, badStructure, focusHidden, sidewaysScroll, smallTargets } from '../lib/page-checks.js';
import { expect, test } from '../lib/test.js';
import { Watch } from '../lib/watch.js';

const WRONG = `<style>* { outline: none !important } #wide { width: 2000px } .small { width: 10px; height: 10px; padding: 0 }</style>
  <h1>Een</h1><h3>Drie</h3><p style="color: #aaa; background: #fff">bleek</p><img src="data:,">
  <div id="wide">breed</div><button class="small">x</button><button class="small">y</button>`;

test('each check of a page finds what is wrong with it', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 600 });
  await page.setContent(WRONG);
  const violations = (await axeViolations(page)).join('\n');
  for (const rule of ['image-alt', 'color-contrast', 'document-title', 'html-has-lang', 'target-size']) {
    expect.soft(violations).toContain(`${rule}:`);
  }
  expect.soft(await sidewaysScroll(page)).not.toEqual([]);
  expect.soft(await smallTargets(page)).toHaveLength(2);
  const structure = await badStructure(page);
  expect.soft(structure).toContain('0 main landmarks');
  expect.soft(structure).toContain('"Drie" skips a level');
  await page.locator('.small').first().focus();
  expect.soft(await focusHidden(page)).toEqual([expect.stringContaining('shows no focus')]);
});

test('the watch sees other origins, violated policies, script errors and secrets that leave', async ({ browser }) => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html');
    response.setHeader('content-security-policy', "default-src 'none'; connect-src *; script-src 'nonce-1'");
    response.end(`<script nonce="1">
      fetch('http://localhost:9/elsewhere').catch(() => {});
      fetch('/?code=ABCD-EFGH').catch(() => {});
      const image = new Image(); image.src = '/picture';
      setTimeout(() => { throw new Error('oops'); });
    </script>`);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const context = await browser.newContext();
  const watch = new Watch(context, origin);
  watch.keep('abcd-efgh');
  const page = await context.newPage();
  await page.goto(origin);
  await expect
    .poll(async () => (await watch.wrongs()).join('\n'))
    .toMatch(/(?=[^]*somebody else: http:\/\/localhost:9)(?=[^]*secret left the browser)(?=[^]*script error: Error: oops)(?=[^]*Content Security Policy)/i);
  await context.close();
  server.close();
});
