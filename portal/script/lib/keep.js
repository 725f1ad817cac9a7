/**
 * How keys survive a reload of the tab, and not its closing for longer than until the next visit.
 *
 * Keys are kept in IndexedDB as keys that cannot be read out (`extractable: false`): a script that got into the page could use them
 * while it runs, and could not carry them away. They are found by a random token in `sessionStorage`, which belongs to one tab
 * and ends with it. A tab that lives holds a web lock of that name; whatever no living tab holds is deleted when any page of the
 * portal loads, and everything is deleted on leaving, and after the session's longest time.
 *
 * Why so, and what it costs:
 *
 * - `sessionStorage` alone cannot hold keys that cannot be read out; readable keys there would be a gift to any injected script.
 * - Wrapping them under a key that the server holds would leave less on the disk, but hand the unwrapped keys to the page, and a part
 *   in them to the portal. The portal is to hold nothing of a guardian's.
 * - On a shared computer: between closing the tab and the next visit to the portal (or the browser's own cleaning) the record lies
 *   in the browser's profile. Whoever uses that profile can find it with developer tools and still has no session: the cookie
 *   is gone or idle, and logging in takes the code and the secret, which are not kept. Without a session there is no preview to
 *   open and nowhere to send a decision. Somebody who copies the disk could take the keys out; `leave()` deletes them at once, and
 *   pages offer it.
 * - A duplicated tab copies `sessionStorage`, and so shares the keys: the same person did it in the same browser.
 * - Where IndexedDB cannot keep such keys (some private windows), `save` answers false, and a reload asks for code and secret.
 */

import { toBase64url } from "./bytes.js";

const DATABASE = "handdruk";
const STORE = "keys";
const TOKEN = "handdruk-tab";
/** A reload lets go of its lock for a moment; nothing younger than this is deleted by another tab. Milliseconds. */
const GRACE = 60_000;
/** How often a living tab says that it lives. Milliseconds. */
const HEARTBEAT = 20_000;

/** @typedef {{token: string, seen: number, until: number, kept: unknown}} Row */

/** What this tab keeps. One per page. */
export class Keep {
  #stores;
  #now;
  #release = () => {};
  #beat = 0;

  /**
   * @param {{indexedDB?: IDBFactory, sessionStorage?: Storage, locks?: LockManager, now?: () => number}} [where] For tests.
   */
  constructor(where = {}) {
    this.#stores = where;
    this.#now = where.now ?? (() => Date.now());
  }

  /**
   * Keeps `kept` for this tab, in place of what was kept before.
   *
   * @param {unknown} kept Whatever structured cloning takes: plain values and `CryptoKey`s.
   * @param {number} seconds How long at most.
   * @returns {Promise<boolean>} Whether it is kept.
   */
  async save(kept, seconds) {
    try {
      const token = this.#token() ?? toBase64url(crypto.getRandomValues(new Uint8Array(32)));
      const now = this.#now();
      await this.#run("readwrite", (store) => store.put({ token, seen: now, until: now + seconds * 1000, kept }));
      this.#storage().setItem(TOKEN, token);
      this.#hold(token);
      return true;
    } catch {
      await this.forget();
      return false;
    }
  }

  /**
   * @returns {Promise<any>} What this tab kept, or `null`. Deletes what no tab holds any more.
   */
  async load() {
    try {
      const token = this.#token();
      if (token !== null) this.#hold(token);
      await this.#purge(token);
      if (token === null) return null;
      const row = await this.#run("readonly", (store) => store.get(token));
      return row?.kept ?? null;
    } catch {
      return null;
    }
  }

  /** Deletes what this tab kept. @returns {Promise<void>} */
  async forget() {
    const token = this.#token();
    this.#letGo();
    try {
      this.#storage().removeItem(TOKEN);
      if (token !== null) await this.#run("readwrite", (store) => store.delete(token));
    } catch {
      // There is nothing to delete where nothing can be kept.
    }
  }

  #storage() {
    return this.#stores.sessionStorage ?? globalThis.sessionStorage;
  }

  #token() {
    try {
      return this.#storage().getItem(TOKEN);
    } catch {
      return null;
    }
  }

  /** Says that this tab lives, until it closes. */
  #hold(token) {
    this.#letGo();
    const locks = this.#stores.locks ?? globalThis.navigator?.locks;
    const until = new Promise((resolve) => { this.#release = () => resolve(undefined); });
    locks?.request(lockOf(token), { mode: "shared" }, () => until).catch(() => {});
    this.#beat = setInterval(() => this.#seen(token), HEARTBEAT);
    this.#beat.unref?.();
  }

  #letGo() {
    this.#release();
    clearInterval(this.#beat);
  }

  async #seen(token) {
    const now = this.#now();
    await this.#run("readwrite", (store, then) => then(store.get(token), (row) => row && store.put({ ...row, seen: now })))
      .catch(() => {});
  }

  /** Deletes what is past its time, and what no tab holds. */
  async #purge(own) {
    const locks = this.#stores.locks ?? globalThis.navigator?.locks;
    const held = new Set((await locks?.query())?.held?.map((lock) => lock.name) ?? []);
    const now = this.#now();
    const isOver = (row) => now >= row.until
      || (row.token !== own && !held.has(lockOf(row.token)) && now - row.seen > GRACE);
    await this.#run("readwrite", (store, then) => then(store.getAll(), (rows) => {
      for (const row of rows.filter(isOver)) store.delete(row.token);
    }));
  }

  /** One transaction; answers with the first request's result. */
  async #run(mode, act) {
    const database = await opened(this.#stores.indexedDB ?? globalThis.indexedDB);
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        let result;
        const then = (request, next) => {
          request.onsuccess = () => next(request.result);
          return request;
        };
        const request = act(transaction.objectStore(STORE), then);
        request.addEventListener("success", () => { result = request.result; });
        transaction.oncomplete = () => resolve(result);
        transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  }
}

const lockOf = (token) => `handdruk-tab-${token}`;

function opened(factory) {
  return new Promise((resolve, reject) => {
    const request = factory.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "token" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
