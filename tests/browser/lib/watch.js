// What must never happen on any page, watched in every test: a violated content security policy, a script error, a request
// to somebody else, or a code or secret in anything that leaves the browser.

/** Everything that a browser context asks for and complains about. */
export class Watch {
  /** Every request, in order: method, address, headers, body. */
  requests = [];
  #complaints = [];
  #secrets = [];
  #origins;
  #provoked = false;

  constructor(context, origin) {
    this.#origins = new Set([origin]);
    context.on('request', (request) => this.requests.push(request));
    context.on('weberror', (error) => this.#complaints.push(`script error: ${error.error()}`));
    context.on('console', (message) => {
      // Chromium reports refused scripts, styles and trusted types as errors on the console.
      if (/content security policy|trusted ?types?/i.test(message.text())) this.#complaints.push(message.text());
    });
  }

  /** Something that may not leave the browser, in any of the ways in which it could be written. */
  keep(secret) {
    this.#secrets.push(secret, secret.replaceAll('-', ''), encodeURIComponent(secret));
  }

  /** Another origin that this test plays itself. */
  allow(origin) {
    this.#origins.add(origin);
  }

  /** This test provokes the complaints that others must not see. */
  expectComplaints() {
    this.#provoked = true;
  }

  /** Everything that went wrong so far; empty when nothing did. */
  async wrongs() {
    const wrongs = this.#provoked ? [] : [...this.#complaints];
    for (const request of this.requests) {
      const address = request.url();
      if (/^(data|blob|about):/.test(address)) continue;
      if (!this.#origins.has(new URL(address).origin)) wrongs.push(`asked of somebody else: ${address}`);
      const headers = await request.allHeaders().catch(() => request.headers());
      const sent = [address.split('#')[0], JSON.stringify(headers), request.postData() ?? ''].join('\n');
      for (const secret of this.#secrets) {
        if (sent.toLowerCase().includes(secret.toLowerCase())) {
          wrongs.push(`a code or secret left the browser: ${request.method()} ${new URL(address).pathname}`);
        }
      }
    }
    return [...new Set(wrongs)];
  }
}
