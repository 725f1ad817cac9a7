// Without JavaScript the portal cannot hold keys: it says so, and what to do instead.
import { expect, test } from '../lib/test.js';

test('without JavaScript the first page says whom to call and that paper will do', async ({ visitor }) => {
  const guest = await visitor({ javaScriptEnabled: false });
  await guest.page.goto(guest.address('/?lang=nl'));
  await expect(guest.heading('start-title')).toBeVisible();
  await expect(guest.sentence('start-without-script')).toBeVisible();
  await expect(guest.page.getByRole('textbox'), 'nothing that would not work is offered').toHaveCount(0);
});

test('with JavaScript nobody is told to do without', async ({ visitor }) => {
  const guest = await visitor();
  await guest.arrive();
  await expect(guest.sentence('start-without-script')).toBeHidden();
});
