// Who uses no mouse, a large zoom, a screen reader or little motion: what axe-core cannot judge.
import { noor } from '../lib/families.js';
import { focusHidden } from '../lib/page-checks.js';
import { expect, test } from '../lib/test.js';
import { SECRET } from '../lib/visitor.js';

/** Presses Tab until `target` has the focus; on every stop, the focus must be visible. */
async function tabTo(page, target) {
  for (let presses = 0; presses < 150; presses++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    expect(await focusHidden(page)).toEqual([]);
  }
  throw new Error(`the keyboard does not reach ${target}`);
}

test('a guardian decides with the keyboard alone, and always sees where the focus is', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  const { keyboard } = mother.page;
  const { code } = await family.letter('elif');
  mother.watch.keep(code);
  await mother.arrive();
  await tabTo(mother.page, mother.field('code-label'));
  await keyboard.type(code);
  await keyboard.press('Enter');
  await expect(mother.heading('secret-title')).toBeVisible();
  await tabTo(mother.page, mother.field('secret-new-label'));
  await keyboard.type(SECRET);
  await tabTo(mother.page, mother.field('secret-again-label'));
  await keyboard.type(SECRET);
  await keyboard.press('Enter');
  await expect(mother.heading('overview-title')).toBeVisible();

  const question = mother.page.getByRole('link', { name: mother.text('overview-decide') }).first();
  // What there is to see may still be being sealed.
  await expect(question).toBeVisible({ timeout: 60_000 });
  await tabTo(mother.page, question);
  await keyboard.press('Enter');
  await expect(mother.heading('content-title')).toBeVisible();
  const asked = mother.page.getByRole('radiogroup').or(mother.page.getByRole('group')).filter({ has: mother.page.getByRole('radio') });
  const count = await asked.count();
  expect(count).toBeGreaterThan(3);
  for (let number = 0; number < count; number++) {
    const yes = asked.nth(number).getByRole('radio', { name: mother.text('answer-yes') });
    await tabTo(mother.page, yes);
    await keyboard.press('Space');
    await expect(yes).toBeChecked();
  }
  await tabTo(mother.page, mother.button('answer-next'));
  await keyboard.press('Enter');
  await expect(mother.heading('check-title')).toBeVisible();
  await tabTo(mother.page, mother.button('check-sign'));
  await keyboard.press('Enter');
  await expect(mother.heading('receipt-title')).toBeVisible();
  const { item } = await family.read('care-handover', 'linde');
  expect(item.withheld).toEqual([]);
});

test('the first stop of the keyboard skips to the content', async ({ visitor }) => {
  const guest = await visitor();
  await guest.arrive();
  await guest.page.keyboard.press('Tab');
  const skip = guest.link('frame-skip');
  await expect(skip).toBeFocused();
  expect(await focusHidden(guest.page)).toEqual([]);
  await guest.page.keyboard.press('Enter');
  const inMain = await guest.page.evaluate(() => document.activeElement.closest('main') !== null);
  expect(inMain).toBe(true);
});

test('a screen reader hears what changes: errors, waiting, and each next step', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.arrive();
  await mother.button('code-send').click();
  const error = mother.page.getByRole('alert').filter({ hasText: mother.says('code-empty') });
  const field = mother.field('code-label');
  await expect(error.or(mother.sentence('code-empty'))).not.toHaveCount(0);
  await expect(field).toHaveAttribute('aria-invalid', 'true');
  await expect(field).toHaveAccessibleDescription(new RegExp(mother.says('code-empty')));

  await mother.page.evaluate(() => {
    // What live regions say, in order.
    window.heard = [];
    const live = '[aria-live], [role=status], [role=alert]';
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(live);
        if (region) window.heard.push(region.textContent.trim());
      }
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  await mother.enterCode((await family.letter('elif')).code);
  await expect(mother.heading('secret-title')).toBeVisible();
  const heard = await mother.page.evaluate(() => window.heard ?? []);
  expect(heard.join('\n')).toContain(mother.says('code-busy'));
  await expect(mother.heading('secret-title'), 'the focus goes along').toBeFocused();
});

test('nothing moves for who asked for less motion', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor({ reducedMotion: 'reduce' });
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  const moving = await mother.page.evaluate(() =>
    document
      .getAnimations()
      .filter((animation) => animation.playState === 'running')
      .map((animation) => `${animation.animationName ?? animation.transitionProperty} on ${animation.effect?.target?.className}`),
  );
  expect(moving).toEqual([]);
  const long = await mother.page.evaluate(() =>
    [...document.querySelectorAll('*')]
      .filter((element) => {
        const style = getComputedStyle(element);
        const seconds = (times) => Math.max(...times.split(',').map((time) => parseFloat(time) * (time.includes('ms') ? 0.001 : 1)));
        return seconds(style.transitionDuration) > 0.01 || seconds(style.animationDuration) > 0.01;
      })
      .map((element) => `${element.tagName}.${element.className}`)
      .slice(0, 5),
  );
  expect(long).toEqual([]);
});

test('a page prints without what only a screen needs', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.chooseAll('yes');
  await mother.sign();
  await mother.page.emulateMedia({ media: 'print' });
  await expect(mother.heading('receipt-title')).toBeVisible();
  await expect(mother.page.getByText('Jeugdhulp De Linde').first()).toBeVisible();
  await expect(mother.button('receipt-print')).toBeHidden();
  await expect(mother.page.getByRole('navigation')).toHaveCount(0);
  const pdf = await mother.page.pdf({ format: 'A4' });
  expect(pdf.length).toBeGreaterThan(1000);
});

test('a question can be read aloud, with a voice of this device only', async ({ town, visitor }) => {
  const family = await noor(town);
  const mother = await visitor();
  await mother.page.addInitScript(() => {
    // Chromium has no voices here: a device with one of its own, and one that would send the text away.
    const voice = (name, localService) => ({ name, lang: 'nl-NL', localService, default: false, voiceURI: name });
    window.spoken = [];
    const speech = {
      getVoices: () => [voice('ver weg', false), voice('hier', true)],
      speak: (utterance) => window.spoken.push({ text: utterance.text, voice: utterance.voice?.name }),
      cancel() {},
      pause() {},
      resume() {},
      addEventListener() {},
      removeEventListener() {},
    };
    Object.defineProperty(window, 'speechSynthesis', { value: speech });
    window.SpeechSynthesisUtterance = class {
      constructor(text) {
        this.text = text;
      }
      addEventListener() {}
    };
  });
  await mother.activate((await family.letter('elif')).code);
  await mother.openQuestion('linde');
  await mother.button('speak-start').click();
  const spoken = await mother.page.evaluate(() => window.spoken);
  expect(spoken.length).toBeGreaterThan(0);
  expect(spoken.every(({ voice }) => voice === 'hier')).toBe(true);
});
