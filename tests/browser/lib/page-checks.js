// What must hold on every page: looked at in the page itself, answered as a list of what is wrong.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG_AA = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** Violations of WCAG 2.2 AA that axe-core finds. */
export async function axeViolations(page) {
  // Evaluated through the DevTools protocol, so that the page's own policy stays as it is.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations, passes } = await globalThis.axe.run(document, {
      runOnly: { type: 'tag', values: tags },
      rules: { 'target-size': { enabled: true } },
    });
    if (passes.length === 0) return ['axe-core looked at nothing'];
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary.replaceAll('\n', ' ')}`),
    );
  }, WCAG_AA);
}

/** What sticks out sideways. */
export function sidewaysScroll(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && (box.right > width + 1 || box.left < -1);
      })
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}: ${element.textContent.trim().slice(0, 40)}`)
      .slice(-5);
  });
}

/** What can be pressed and is smaller than 24 by 24 pixels (WCAG 2.5.8), or, as a button, than the 44 that we ask of it. */
export function smallTargets(page) {
  return page.evaluate(() => {
    const wrong = [];
    const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    for (const element of document.querySelectorAll('a[href], button, input, select, textarea, summary, [role=button]')) {
      if (!visible(element) || element.type === 'hidden') continue;
      // A link within a sentence is exempt, and a label enlarges its control.
      const inSentence = element.tagName === 'A' && getComputedStyle(element).display === 'inline';
      if (inSentence) continue;
      const boxes = [element, ...(element.labels ?? [])].map((part) => part.getBoundingClientRect());
      // What is off screen until it has the focus has its size then.
      if (boxes[0].width <= 1 || boxes[0].bottom <= 0 || boxes[0].right <= 0) continue;
      const width = Math.max(...boxes.map((box) => box.width));
      const height = Math.max(...boxes.map((box) => box.height));
      const least = element.tagName === 'BUTTON' ? 44 : 24;
      if (width < least || height < least) {
        const name = element.ariaLabel ?? element.textContent.trim().slice(0, 30);
        wrong.push(`${element.tagName.toLowerCase()} "${name}": ${width.toFixed(0)} x ${height.toFixed(0)}`);
      }
    }
    return wrong;
  });
}

/** Landmarks, headings, language and title: what a screen reader goes by. */
export function badStructure(page) {
  return page.evaluate(() => {
    const wrong = [];
    const visible = (element) => element.checkVisibility();
    const count = (selector) => [...document.querySelectorAll(selector)].filter(visible).length;
    if (count('main') !== 1) wrong.push(`${count('main')} main landmarks`);
    if (count('h1') !== 1) wrong.push(`${count('h1')} first headings`);
    if (!document.title.trim()) wrong.push('no title');
    if (!document.documentElement.lang) wrong.push('no language');
    let level = 0;
    for (const heading of [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(visible)) {
      const next = Number(heading.tagName[1]);
      if (level && next > level + 1) wrong.push(`"${heading.textContent.trim()}" skips a level`);
      if (!heading.textContent.trim()) wrong.push('an empty heading');
      level = next;
    }
    return wrong;
  });
}

/** Where an element with the focus cannot be told from one without. */
export function focusHidden(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return ['nothing has the focus'];
    // The browser's own button within a date field has the browser's own ring.
    if (!element.matches(':focus') && element.matches('input:focus-within')) return [];
    const part = element.closest('label') ?? element;
    const shown = [element, part].some((candidate) => {
      const style = getComputedStyle(candidate);
      return (
        (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2) ||
        (style.boxShadow !== 'none' && style.boxShadow !== '')
      );
    });
    const box = element.getBoundingClientRect();
    const onScreen = box.bottom > 0 && box.top < innerHeight;
    const name = `${element.tagName.toLowerCase()} "${(element.ariaLabel ?? element.textContent).trim().slice(0, 30)}"`;
    return [...(shown ? [] : [`${name} shows no focus`]), ...(onScreen ? [] : [`${name} is off screen`])];
  });
}
