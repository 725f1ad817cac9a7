// The own words of portal and workdesk, from the files that they read: tests name a text by its key, so that a better sentence does
// not break them, and so that the same test can read Arabic.
import { readFileSync, readdirSync } from 'node:fs';
import { FluentBundle, FluentResource } from '@fluent/bundle';

const ROOT = new URL('../../../', import.meta.url);

const read = (path) => new FluentResource(readFileSync(new URL(path, ROOT), 'utf8'));

function load(language, home) {
  const bundle = new FluentBundle(language);
  bundle.addResource(read(`look/locales/${language}.ftl`));
  const folder = `${home}/locales/${language}/`;
  for (const file of readdirSync(new URL(folder, ROOT)).sort()) bundle.addResource(read(folder + file));
  return bundle;
}

const bundles = new Map();

function bundle(language, home) {
  const known = `${home}/${language}`;
  if (!bundles.has(known)) bundles.set(known, load(language, home));
  return bundles.get(known);
}

const isolates = /[\u2068\u2069]/gu;

function format(language, key, args, home) {
  const message = bundle(language, home).getMessage(key);
  if (!message?.value) throw new Error(`there is no text ${key} in ${language}`);
  // What could not be filled in is a hole for `pattern`, not an error.
  return bundle(language, home).formatPattern(message.value, args, []);
}

/** The text under `key`. An argument that is not given stays `{$name}`. */
export function say(language, key, args = {}, home = 'portal') {
  return format(language, key, args, home).replace(isolates, '');
}

/** Matches exactly the text under `key`, with anything where an argument is missing, whether or not names are isolated. */
export function pattern(language, key, args = {}, home = 'portal') {
  const source = format(language, key, args, home)
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{\\\$\w+\}/g, '.*')
    .replace(/[{}]/g, '\\$&')
    .replace(isolates, '$&?');
  return new RegExp(`^${source}$`, 'u');
}
