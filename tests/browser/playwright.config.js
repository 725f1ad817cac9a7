// How the tests run: real Chromium from the system, one federation per worker, no retries.
import { defineConfig } from '@playwright/test';

const launchOptions = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};

export default defineConfig({
  testDir: 'spec',
  outputDir: 'results',
  // A test that passes the second time has failed. Patience is for a busy machine; no test waits it out.
  retries: 0,
  workers: 2,
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    launchOptions,
    actionTimeout: 30_000,
  },
  projects: [
    { name: 'tests', testIgnore: 'screenshots.spec.js' },
    { name: 'screenshots', testMatch: 'screenshots.spec.js', timeout: 300_000 },
  ],
});
