// The portal's own words, from the files that the portal reads: tests name a text by its key, so that a better sentence does
// not break them, and so that the same test can read Arabic.
import { readFileSync, readdirSync } from 'node:fs';
import { FluentBundle, FluentResource } from '@fluent/bundle';

const ROOT = new URL('../../../', import.meta.url);

const read = (path) => new FluentResource(readFileSync(new URL(path, ROOT), 'utf8'));

function load(language) {
  const bundle = new FluentBundle(language);
  bundle.addResource(read(`look/locales/${language}.ftl`));
  const folder = `portal/locales/${language}/`;
  for (const file of readdirSync(new URL(folder, ROOT)).sort()) bundle.addResource(read(folder + file));
  return bundle;
}

const bundles = new Map();

function bundle(language) {
  if (!bundles.has(language)) bundles.set(language, load(language));
  return bundles.get(language);
}

const isolates = /[\u2068\u2069]/gu;

function format(language, key, args) {
  const message = bundle(language).getMessage(key);
  if (!message?.value) throw new Error(`there is no text ${key} in ${language}`);
  // What could not be filled in is a hole for `pattern`, not an error.
  return bundle(language).formatPattern(message.value, args, []);
}

/** The text under `key`. An argument that is not given stays `{$name}`. */
export function say(language, key, args = {}) {
  return format(language, key, args).replace(isolates, '');
}

/** Matches exactly the text under `key`, with anything where an argument is missing, whether or not names are isolated. */
export function pattern(language, key, args = {}) {
  const source = format(language, key, args)
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{\\\$\w+\}/g, '.*')
    .replace(/[{}]/g, '\\$&')
    .replace(isolates, '$&?');
  return new RegExp(`^${source}$`, 'u');
}
