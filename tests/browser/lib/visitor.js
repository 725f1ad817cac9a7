// Somebody in front of the portal: what they read and press, by the words that stand on the page. No test reaches past these
// words: what has no accessible name cannot be pressed here either.
import { expect } from '@playwright/test';
import { pattern, say } from './words.js';

/** A secret that people in the tests choose. */
export const SECRET = 'drie woorden samen';

export class Visitor {
  constructor(page, town, watch, { language = 'nl', you = 'u', home = 'portal' } = {}) {
    Object.assign(this, { page, town, watch, language, you, home, pressed: 0 });
    watch.keep(SECRET);
  }

  /** The same person, spoken to in this language, or as a young person. */
  reading(language, you = 'u') {
    Object.assign(this, { language, you });
    return this;
  }

  /** The text under a key, as this person reads it. */
  says(key, args = {}) {
    return say(this.language, key, { you: this.you, ...args }, this.home);
  }

  /** Matches that text on the page. */
  text(key, args = {}) {
    return pattern(this.language, key, { you: this.you, ...args }, this.home);
  }

  heading(key, args) {
    return this.page.getByRole('heading', { name: this.text(key, args) });
  }

  button(key, args) {
    return this.page.getByRole('button', { name: this.text(key, args) });
  }

  link(key, args) {
    return this.page.getByRole('link', { name: this.text(key, args) });
  }

  field(key) {
    return this.page.getByLabel(this.text(key));
  }

  /** A sentence anywhere in the page. */
  sentence(key, args) {
    return this.page.getByText(this.text(key, args));
  }

  /** Presses a button or a link. */
  async press(target) {
    this.pressed += 1;
    await target.click();
  }

  /** How many presses `doing` takes. */
  async steps(doing) {
    const before = this.pressed;
    await doing();
    return this.pressed - before;
  }

  /** Waits until nothing moves on the page. */
  async settled() {
    await this.page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  }

  // --- the way in

  address(path) {
    return `${this.town.portal}${path}`;
  }

  /** Opens the first page, as somebody who types the address. */
  async arrive() {
    await this.page.goto(this.address(`/?lang=${this.language}`));
    await expect(this.heading('start-title')).toBeVisible();
    await expect(this.field('code-label'), 'the script has taken over').toBeVisible();
  }

  /** Scans the QR code of a letter: the code stands in the fragment. */
  async follow(code) {
    this.watch.keep(code);
    await this.page.goto(this.address(`/?lang=${this.language}#${code}`));
  }

  /** Types a code and sends it. */
  async enterCode(code) {
    this.watch.keep(code);
    await this.field('code-label').fill(code);
    await this.press(this.button('code-send'));
  }

  async chooseSecret(secret = SECRET) {
    this.watch.keep(secret);
    await this.field('secret-new-label').fill(secret);
    await this.field('secret-again-label').fill(secret);
    await this.press(this.button('secret-activate'));
  }

  /** Uses a letter for the first time, and comes to the overview. */
  async activate(code, secret = SECRET) {
    await this.arrive();
    await this.enterCode(code);
    await this.chooseSecret(secret);
    await expect(this.heading('overview-title')).toBeVisible();
  }

  /** Comes back with a code that was used. */
  async logIn(code, secret = SECRET) {
    await this.arrive();
    await this.enterCode(code);
    await this.field('login-secret-label').fill(secret);
    await this.press(this.button('login-send'));
    await expect(this.heading('overview-title')).toBeVisible();
  }

  /** Adds another letter to the account. */
  async join(code, secret = SECRET) {
    await this.press(this.link('place-join'));
    await this.enterCode(code);
    await this.chooseSecret(secret);
    await expect(this.heading('overview-title')).toBeVisible();
  }

  async switchLanguage(tag) {
    await this.press(this.page.locator(`nav a[hreflang=${tag}]`));
    this.language = tag;
  }

  /** Goes to one of the places in the header. */
  async go(place) {
    await this.press(this.link(place));
  }

  // --- a question

  /** What the overview shows about a recipient. */
  card(recipient) {
    return this.page.getByRole('listitem').filter({ hasText: this.town.organisations[recipient].name });
  }

  /** From the overview to a question about a recipient, with its content, which the sending node may still be sealing. */
  async openQuestion(recipient) {
    const content = this.heading('content-title').or(this.heading('content-title-sent'));
    const namesOnly = this.heading('content-title-names');
    await expect(async () => {
      await this.page.goto(this.address('/overview'));
      await expect(this.heading('overview-title')).toBeVisible();
      await this.card(recipient).getByRole('link').first().click({ timeout: 1000 });
      await expect(content.or(namesOnly)).toBeVisible();
      expect(await namesOnly.isVisible(), 'the content is there').toBe(false);
    }).toPass();
    await expect(this.page.getByRole('heading', { level: 1 })).toContainText(this.town.organisations[recipient].name);
    this.pressed += 1;
  }

  /** A category's answers. */
  category(id) {
    return this.page.getByRole('group', { name: this.text(`category-${id}`) });
  }

  /** Answers per category: `{ D11: 'yes', D16: 'no' }`. */
  async choose(answers) {
    for (const [category, answer] of Object.entries(answers)) {
      const name = this.text(answer === 'yes' ? 'answer-yes' : 'answer-no');
      await this.press(this.category(category).getByRole('radio', { name }));
    }
  }

  /** The same for everything that is asked. */
  async chooseAll(answer) {
    await this.press(this.button(answer === 'yes' ? 'answer-all-yes' : 'answer-all-no'));
  }

  /** From what was chosen to the last look before signing. */
  async check(next) {
    await this.press(next);
    await expect(this.heading('check-title')).toBeVisible();
  }

  /** Signs what was checked. */
  async confirm(receipt = 'receipt-title') {
    await this.press(this.button('check-sign'));
    await expect(this.heading(receipt)).toBeVisible();
  }

  /** From the answers to the receipt. */
  async sign() {
    await this.check(this.button('answer-next'));
    await this.confirm();
  }

  /** Takes everything back. `look` is called at the last look before signing. */
  async withdrawAll(look = async () => {}) {
    await this.check(this.button('withdraw-all'));
    await look();
    await this.confirm();
  }

  /** Writes a view and signs it. `look` is called at the last look before signing. */
  async addView(agreement, text, look = async () => {}) {
    await this.page.getByRole('radio', { name: this.text(`view-${agreement}`) }).check();
    await this.field('view-text').fill(text);
    await this.check(this.button('view-send'));
    await look();
    await this.confirm('receipt-title-view');
  }

  /** Says that everything was seen. */
  async confirmInspected() {
    await this.check(this.button('inspect-confirm'));
    await this.confirm();
  }

  /** Unfolds what happened. */
  async openHistory() {
    await this.press(this.page.getByText(this.text('question-history')));
  }

  /** Reloads until something is there that another process does in its own time. */
  async untilShown(sentence) {
    await expect(async () => {
      await this.page.reload();
      await expect(this.page.getByText(sentence).first()).toBeVisible({ timeout: 5000 });
    }).toPass();
  }
}
