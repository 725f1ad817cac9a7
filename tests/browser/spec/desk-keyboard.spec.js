// The sending side without a mouse: from the file that is chosen to what went, by keyboard alone, with the focus always in sight.
import { tabTo } from '../lib/desk-page.js';
import { file } from '../lib/sending.js';
import { expect, test } from '../lib/test.js';

test('the keyboard is enough to hand a child over, from the file to what went', async ({ colleague, town }) => {
  const ib = await (await colleague('waterlelie')).sits('ib-41', ['supervisor'], { name: 'Karel de Bruin' });
  const keys = ib.page.keyboard;
  const type = async (target, text) => {
    await tabTo(ib, target);
    await keys.type(text);
  };
  const press = async (target, key = 'Enter') => {
    await tabTo(ib, target);
    await keys.press(key);
  };

  await ib.open('/send');
  await press(ib.link('sent-new').first());
  await expect(ib.heading('send-new-title')).toBeVisible();
  const chooser = ib.page.waitForEvent('filechooser');
  await press(ib.field('send-new-files'));
  await (await chooser).setFiles(file('noor.xml'));
  await press(ib.button('send-new-send'));
  await expect(ib.page.getByRole('heading', { level: 1 })).toContainText('Noor');

  await press(ib.button('send-add-target'));
  await expect(ib.heading('send-recipient-title')).toBeVisible();
  const purpose = ib.page.getByLabel(ib.text('send-purpose'));
  await type(purpose, ib.says('purpose-care-handover'));
  await expect(purpose).toHaveValue('care-handover');
  await type(ib.field('send-recipient-name'), 'linde');
  await press(ib.button('send-recipient-search'));
  await press(ib.page.getByRole('radio').first(), 'Space');
  await expect(ib.page.getByRole('radio').first()).toBeChecked();
  await press(ib.button('send-recipient-take'));

  await expect(ib.button('send-save-and-check')).toBeVisible();
  const names = ib.page.getByLabel(ib.text('send-person-name'));
  for (let row = 0; row < (await names.count()); row += 1) {
    if (!(await names.nth(row).inputValue())) continue;
    const capacity = ib.page.getByLabel(ib.text('send-person-capacity')).nth(row);
    await type(capacity, ib.says('capacity-joint'));
    await expect(capacity).toHaveValue('joint');
  }
  await type(ib.field('send-needs'), 'Een vaste plek in de klas.');
  await type(ib.field('send-question'), 'Hoe krijgen wij rust in de middag?');
  await press(ib.button('send-save-and-check'));
  await expect(ib.heading('send-check-title')).toBeVisible();
  await press(ib.page.locator('summary').last());
  await expect(ib.page.locator('details').last()).toHaveAttribute('open', '');
  await press(ib.page.getByRole('button', { name: /^Draag over/ }));
  await expect(ib.heading('send-drafts-gone')).toBeVisible();
  const gone = ib.page.locator('a[href^="/send/handovers/"]');
  const handover = (await gone.getAttribute('href')).split('/').pop();
  await press(gone);
  await expect(ib.heading('sent-people')).toBeVisible();
  expect((await town.act('sent', { from: 'waterlelie', handover })).stage).toBe('awaiting answers');
});
