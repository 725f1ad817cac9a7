// No page of the workdesk without a look: every address that its routes name is opened here and held to what must hold on a page.
// A new route fails until it has its place below.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { look, until } from '../lib/desk-page.js';
import { Family, noor } from '../lib/families.js';
import { confirms, file, recordOnPaper, upload } from '../lib/sending.js';
import { expect, test } from '../lib/test.js';

const PAGES = fileURLToPath(new URL('../../../workdesk/src/pages', import.meta.url));
const CARE = 'care-handover';

/** What is asked for and is no page: a file to keep, or something that a page is made of. */
const NO_PAGES = [
  '/log.csv',
  '/look/{name}',
  '/received/{id}/export.json',
  '/received/{id}/export.pdf',
  '/received/{id}/talk.ics',
  '/script/{digest}/{*path}',
  '/session',
];

/** The acts of which each has a form: what stands for `{act}` in an address. */
const ACTS = ['accept', 'decline', 'started', 'not-started', 'aftercare-held', 'close'];

/** Every address that answers a GET, as the routes in the source say. */
function addresses() {
  const found = [];
  for (const name of readdirSync(PAGES, { recursive: true }).filter((name) => name.endsWith('.rs'))) {
    const source = readFileSync(join(PAGES, name), 'utf8');
    for (const [, path, methods] of source.matchAll(/\.route\(\s*"([^"]+)",([\s\S]*?)(?=\.route\(|\.merge\(|\.with_state|\n\})/g)) {
      if (/\bget\(/.test(methods)) found.push(path);
    }
  }
  return found.sort();
}

/** What has arrived and what waits at one organisation, and a draft: what the addresses are filled in with. */
async function settled(town, person) {
  const received = await noor(town);
  await received.says(await received.elsewhere('elif'), CARE, 'agree');
  const id = received.handover(CARE);
  await until(person, `/received/${id}`, () => person.link('receive-content-read'));
  // The provider hands over as well.
  await upload(person, [file('noor.xml')]);
  const draft = new URL(person.page.url()).pathname.split('/').pop();
  const target = { purpose: 'case-conference', to: 'waterlelie' };
  const sent = await Family.push(town, { from: 'linde', dossier: 'noor', people: ['elif'], targets: [target] });
  return { id, draft, sent: sent.handover('case-conference') };
}

test.describe.configure({ timeout: 300_000 });

test('every page that the workdesk has is looked at', async ({ town, colleague }) => {
  const roles = ['supervisor', 'administrator', 'auditor', 'privacy-officer'];
  const person = await (await colleague('linde')).sits('alles-1', roles, { name: 'Fatma Demir' });
  const stranger = await colleague('linde');
  const { id, draft, sent } = await settled(town, person);
  await until(person, `/send/handovers/${sent}`, () => person.heading('sent-people'));
  // Somebody else recorded what was said on paper, and asks this colleague to confirm it.
  const other = await (await colleague('linde')).sits('ander-1', ['supervisor'], { name: 'Teun Maas' });
  await recordOnPaper(other, sent, { second: person });
  await person.open('/');
  const asked = await confirms(person).first().getAttribute('href');
  const where = {
    '/': ['/'],
    '/colleagues': ['/colleagues'],
    '/colleagues/{reference}': ['/colleagues/alles-1'],
    '/confirm/{id}': [asked],
    '/enrol': ['/enrol'],
    '/glass': ['/glass'],
    '/glass/{handover}': [`/glass/${id}`],
    '/log': ['/log', `/log?handover=${id}`],
    '/login': ['/login'],
    '/me': ['/me'],
    '/overview/{part}': ['/overview/new', '/overview/late'],
    '/received/{id}': [`/received/${id}`],
    '/received/{id}/aftercare': [`/received/${id}/aftercare`],
    '/received/{id}/content': [`/received/${id}/content`],
    '/received/{id}/forward': [`/received/${id}/forward`],
    '/received/{id}/held': [`/received/${id}/held`],
    '/received/{id}/keep': [`/received/${id}/keep`],
    '/received/{id}/print': [`/received/${id}/print`],
    '/received/{id}/talk': [`/received/${id}/talk`],
    '/received/{id}/withdrawal': [`/received/${id}/withdrawal`],
    '/received/{id}/{act}': ACTS.map((act) => `/received/${id}/${act}`),
    '/retention': ['/retention'],
    '/send': ['/send'],
    '/send/blank': ['/send/blank', `/send/blank?purpose=case-conference&handover=${id}`],
    '/send/check': [`/send/check?d=${draft}`],
    '/send/drafts': ['/send/drafts'],
    '/send/drafts/{id}': [`/send/drafts/${draft}`],
    '/send/handovers/{id}': [`/send/handovers/${sent}`],
    '/send/handovers/{id}/authority': [`/send/handovers/${sent}/authority`],
    '/send/handovers/{id}/decision': [`/send/handovers/${sent}/decision`],
    '/send/letters': ['/send/letters'],
    '/send/new': ['/send/new'],
    '/send/recipient': [`/send/recipient?d=${draft}&purpose=case-conference`],
  };
  expect(Object.keys(where).concat(NO_PAGES).sort(), 'each address has its place here').toEqual(addresses());

  for (const [route, paths] of Object.entries(where)) {
    for (const path of paths) {
      // Who is logged in is not asked to log in.
      const who = ['/login', '/enrol'].includes(route) ? stranger : person;
      const answer = await who.page.goto(`${who.address}${path}`);
      expect(answer.status(), path).toBe(200);
      expect(new URL(who.page.url()).pathname, 'it is that page').toBe(path.split('?')[0]);
      await look(who, `every${route.replaceAll(/[^a-z]+/g, '-')}${path.split('/').pop().replaceAll(/[^a-z]+/g, '-')}`);
    }
  }
});
