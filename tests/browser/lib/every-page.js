// A walk past every page and every state of a page that somebody can come to, in one language.
import { expect } from '@playwright/test';
import { jayden, milan, noor, sara } from './families.js';

const CARE = 'care-handover';

/**
 * Calls `look(name, visitor)` at each. `visitor` makes people with a browser of their own, as in lib/test.js.
 */
export async function everyPage(town, visitor, language, look) {
  const at = async (name, who) => {
    await who.settled();
    await look(name, who);
  };
  const person = async (you = 'u') => (await visitor()).reading(language, you);

  // The way in.
  const family = await noor(town);
  const { code } = await family.letter('elif');
  const mother = await person();
  await mother.arrive();
  await at('start', mother);
  await mother.button('code-send').click();
  await expect(mother.sentence('code-empty')).toBeVisible();
  await at('start-wrong', mother);
  await mother.enterCode(code);
  await expect(mother.heading('secret-title')).toBeVisible();
  await at('secret', mother);
  await mother.button('secret-activate').click();
  await expect(mother.sentence('secret-wrong-TOO_SHORT')).toBeVisible();
  await at('secret-wrong', mother);
  await mother.chooseSecret();
  await expect(mother.heading('overview-title')).toBeVisible();
  await at('overview-asked', mother);

  // A question, from reading to the receipt.
  await mother.openQuestion('linde');
  await at('question', mother);
  await mother.button('answer-next').click();
  const count = await mother.page.getByRole('radio', { name: mother.text('answer-yes') }).count();
  await expect(mother.sentence('answer-missing', { count })).toBeVisible();
  await at('question-unanswered', mother);
  await mother.chooseAll('yes');
  await mother.choose({ D09: 'no' });
  await mother.button('answer-next').click();
  await expect(mother.heading('check-title')).toBeVisible();
  await at('check', mother);
  await mother.button('check-sign').click();
  await expect(mother.heading('receipt-title')).toBeVisible();
  await at('receipt', mother);
  await family.read(CARE, 'linde');
  await mother.openQuestion('linde');
  await at('question-answered', mother);
  await mother.press(mother.button('withdraw-part'));
  await expect(mother.page.getByRole('checkbox').first()).toBeFocused();
  await at('withdraw-part', mother);
  await mother.openHistory();
  await at('history', mother);

  // Afterwards.
  await mother.link('place-who').click();
  await expect(mother.heading('holders-title')).toBeVisible();
  await at('holders', mother);
  await mother.link('place-export').click();
  await expect(mother.heading('export-title')).toBeVisible();
  await at('export', mother);
  await mother.link('place-join').click();
  await expect(mother.heading('join-title')).toBeVisible();
  await at('join', mother);
  await mother.enterCode((await (await sara(town)).letter('rania')).code);
  await expect(mother.heading('secret-title')).toBeVisible();
  await at('join-secret', mother);

  // A young person: what the law sends, and a view on it.
  const youth = await milan(town);
  const young = await person('je');
  await young.activate((await youth.letter('milan')).code);
  await at('overview-young', young);
  await young.openQuestion('vakhuis');
  await at('statutory', young);
  await young.addView('no', 'Klopt niet.', async () => at('view', young));
  await at('receipt-view', young);

  // Withdrawing.
  const withdrawing = await jayden(town);
  const chantal = await withdrawing.elsewhere('chantal');
  const jay = await person('je');
  await jay.activate((await withdrawing.letter('jayden')).code);
  await withdrawing.says(chantal, CARE, 'agree');
  await jay.openQuestion('linde');
  await jay.chooseAll('yes');
  await jay.sign();
  await withdrawing.read(CARE, 'linde');
  await jay.openQuestion('linde');
  await jay.withdrawAll(async () => at('withdraw', jay));
  await at('receipt-withdrawal', jay);

  // What can be wrong with a letter, and with an address.
  const back = await person();
  await back.arrive();
  await back.enterCode(code);
  await expect(back.field('login-secret-label')).toBeVisible();
  await at('login', back);
  const { code: fresh } = await family.letter('elif', { replace: true });
  expect(fresh).not.toBe(code);
  await back.arrive();
  await back.enterCode(code);
  await expect(back.heading('letter-replaced-title')).toBeVisible();
  await at('letter-replaced', back);
  await back.page.goto(back.address('/bestaat-niet'));
  await at('not-found', back);

  // Another tab of somebody who is logged in has no keys.
  mother.page = await mother.page.context().newPage();
  await mother.page.goto(mother.address('/overview'));
  await expect(mother.heading('error-session-ended-title')).toBeVisible();
  await at('no-keys', mother);

  // For everybody.
  for (const name of ['about', 'privacy', 'accessibility', 'help']) {
    await back.page.goto(back.address(`/${name}`));
    await expect(back.heading(`${name}-title`)).toBeVisible();
    await at(name, back);
  }
}
