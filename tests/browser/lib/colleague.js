// Somebody at a workdesk, by the words that stand on the page, and the device that shows their codes (RFC 6238).
import { createHmac } from 'node:crypto';
import { expect } from '@playwright/test';
import { Visitor } from './visitor.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP = 30_000;

/** The bytes of a secret in base 32, in groups or not. */
function bytes(secret) {
  const bits = [...secret.replaceAll('-', '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

/** The code of a time step. */
function codeOf(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', bytes(secret)).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** What shows codes: each once, as the workdesk takes each once. */
export class Device {
  #secret;
  #used = 0;

  constructor(secret) {
    this.#secret = secret;
  }

  /** The next code that was not shown yet and counts now; waits for its time where there is none. */
  async code() {
    const now = () => Math.floor(Date.now() / STEP);
    const step = Math.max(now(), this.#used + 1);
    await expect.poll(() => step <= now() + 1, { timeout: 2 * STEP, message: 'the next code counts' }).toBe(true);
    this.#used = step;
    return codeOf(this.#secret, step);
  }
}

export class Colleague extends Visitor {
  constructor(page, town, watch, at) {
    super(page, town, watch, { home: 'workdesk' });
    Object.assign(this, { at, address: town.workdesks[at] });
  }

  /** Opens a page of the workdesk. */
  async open(path = '/') {
    await this.page.goto(`${this.address}${path}`);
  }

  /** Has an account made and enrols with it, out of sight; then logs in. Roles as the catalogue names them. */
  async sits(reference, roles, { name = 'Ilse Boonstra', sites, teams } = {}) {
    const details = { at: this.at, reference, name, roles };
    if (sites) details.sites = sites;
    if (teams) details.teams = teams;
    this.login = await this.town.act('seat', details);
    this.device = new Device(this.login.secret);
    await this.logIn();
    return this;
  }

  /** Logs in with what this colleague knows and has. */
  async logIn({ password = this.login.password, code } = {}) {
    await this.open('/login');
    await this.page.getByLabel(this.text('login-reference')).fill(this.login.reference);
    await this.page.getByLabel(this.text('login-password')).fill(password);
    await this.page.getByLabel(this.text('login-code')).fill(code ?? (await this.device.code()));
    await this.press(this.button('login-send'));
  }
}
