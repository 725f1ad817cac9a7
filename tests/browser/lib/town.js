// A federation of real processes for the tests, driven over the standard input and output of `handdruk-browser-town`.
// What it understands stands in tests/src/browser/act.rs.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Every day in these tests begins from this one, as in the demo. */
export const START = '2027-02-01T08:00:00Z';

const ORGANISATIONS = ['waterlelie', 'stadscollege', 'havenhoofd', 'pinkel', 'vakhuis', 'linde'];

/** All of a test run's attempts come from one address; what limits them has tests of its own. */
const UNLIMITED = '[limits]\nattempts-per-minute = 100000\nattempts-at-once = 100000';

export class Town {
  #process;
  #waiting = new Map();
  #next = 1;
  #ended;

  /**
   * Starts a federation and waits until all of it is ready. `portal` is added to the portal's configuration, `workdesk` to
   * that of every workdesk.
   */
  static async open({
    start = START,
    organisations = ORGANISATIONS,
    log = 'info',
    portal = UNLIMITED,
    workdesk = UNLIMITED.replace('[limits]', '[workdesk.limits]'),
  } = {}) {
    const town = new Town();
    const path = process.env.HANDDRUK_TOWN;
    if (!path) throw new Error('start the tests with tests/browser/run');
    town.#process = spawn(path, { stdio: ['pipe', 'pipe', 'inherit'] });
    town.#ended = new Promise((resolve) => town.#process.once('exit', resolve));
    const first = new Promise((resolve, reject) => {
      town.#waiting.set(0, { resolve, reject });
    });
    town.#ended.then((code) => {
      for (const { reject } of town.#waiting.values()) reject(new Error(`the town ended (${code})`));
      town.#waiting.clear();
    });
    createInterface({ input: town.#process.stdout }).on('line', (line) => town.#hear(JSON.parse(line)));
    town.#process.stdin.write(`${JSON.stringify({ start, organisations, log, portal, workdesk })}\n`);
    Object.assign(town, await first);
    return town;
  }

  #hear(answer) {
    // The first line answers nothing: it says that the town is there.
    const id = answer.id === undefined ? 0 : answer.id;
    const waiting = this.#waiting.get(id);
    if (!waiting) throw new Error(`the town says: ${answer.error}`);
    this.#waiting.delete(id);
    if (answer.error !== undefined) waiting.reject(new Error(answer.error));
    else waiting.resolve(id === 0 ? answer : answer.said);
  }

  /** Has somebody in the federation do something; see tests/src/browser/act.rs for what. */
  act(what, details = {}) {
    const id = this.#next++;
    const said = new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#process.stdin.write(`${JSON.stringify({ id, do: what, ...details })}\n`);
    return said.catch((error) => {
      throw new Error(`${what}: ${error.message}`);
    });
  }

  /** Stops every process. */
  async close() {
    this.#process.stdin.end();
    await this.#ended;
  }
}
