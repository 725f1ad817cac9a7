### Pages that are the same for everybody: about Handdruk, privacy, accessibility, help, and what does not work.

## At the bottom of every page

footer-about = About Handdruk
footer-privacy = Privacy
footer-accessibility = Accessibility
footer-help = Help
footer-title = Read more

## About

about-title = About Handdruk
about-lead = Handdruk helps schools and care providers to hand data over properly. No more than is needed. And not behind your back.
about-how-title = What does Handdruk do?
about-how-1 = A school or care provider says exactly what it wants to hand over, and to whom.
about-how-2 = You see that same data here. Consent is often needed. If you say nothing, somebody else's yes can be enough.
about-how-3 = If it may go, the data goes closed to the recipient. Nobody on the way can read it.
about-how-4 = The recipient gets only what is allowed. What is too much is set apart and erased.
about-proof-title = How do you know that it is true?
about-proof-1 = Your browser checks that the data you see is the data that is sent.
about-proof-2 = You sign your yes or no with keys that only you have. We cannot imitate them either.
about-proof-3 = Every step leaves evidence. There are no names in it.
about-limits-title = What you have to believe
about-limits-1 = Your browser runs the code that this website sends. The fingerprint of that code is public.
about-limits-2 = Whether somebody has parental authority is checked by the school or organisation that gave you the letter.
about-limits-3 = What the recipient says about erasing or keeping we cannot see from outside.
about-script = Fingerprint of this website's code

## Privacy

privacy-title = Privacy
privacy-lead = How this website treats your data.
privacy-knows-title = What Handdruk knows
privacy-knows = Who sends something to whom, what for and when. Which parts it is, and roughly how large. The kind of school transition and the month. The municipality, unless the address is secret. The age group of the child. That somebody has a say, with which kind of authority and in which language. Whether that authority is under investigation. What they answer, and how it goes on. Which member of staff did something, as a code. Handdruk knows no names of people, no address and no citizen service number.
privacy-content-title = What Handdruk cannot read
privacy-content = The data itself. It goes closed from one organisation to the other, and closed to you.
privacy-device-title = What is on your device
privacy-device = As long as you are logged in, your keys are on your device. Log out, and they are gone at once. Always do that on somebody else's computer. There is one cookie, to know that you are logged in. And one for the language.
privacy-others-title = Other companies
privacy-others = Nobody looks over your shoulder. No advertising, no measuring services, nothing from another website.
privacy-rights-title = Your rights
privacy-rights = You may look at your data, correct it or have it erased. Ask the school or care provider that has it. If that does not work out, go to the Dutch data protection authority.

## Accessibility

accessibility-title = Accessibility
accessibility-lead = Everybody must be able to use this website.
accessibility-how-title = What you can do
accessibility-how-1 = Everything works with the keyboard and with a screen reader.
accessibility-how-2 = You can make the text four times as large.
accessibility-how-3 = Every question can be read aloud, if your device can do that.
accessibility-how-4 = The website follows your device: light or dark, and with less motion.
accessibility-standard-title = What we keep to
accessibility-standard = The website was made to WCAG 2.2, level AA. We test that with a program at every change. People with a disability have not tested it yet.
accessibility-languages = The Dutch text is binding. The other languages have not been reviewed yet by somebody who speaks them well.
accessibility-paper-title = Rather on paper?
accessibility-paper = That is always possible. Call the organisation that gave you the letter.

## Help

help-title = Help
help-lead = Are you stuck? Call the organisation that gave you the letter. The number is in your letter.
help-lost-title = I lost my code or secret
help-lost = Ask for a new letter. With the new code you choose a new secret. The old one then no longer counts.
help-used-title = My code was used, but not by me
help-used = Call the organisation that gave you the letter at once. Perhaps somebody else saw your letter.
help-paper-title = I want to answer on paper
help-paper = Ask for the form. Two people of the organisation record your answer. You will see it here.
help-language-title = I do not read Dutch easily
help-language = Choose another language at the top. Somebody may read along, or you can ask for an interpreter.
help-young-title = I am younger than 18
help-young = From 12 you help decide. From 16 you decide yourself. You then get a letter of your own.
help-doubt-title = I do not trust this
help-doubt = Do not fill in anything. Call the organisation on the number that you already had.

## What does not work

failed-not-found-title = This page does not exist
failed-not-found = Perhaps the address was mistyped. Go to the start.
failed-fault-title = Something went wrong
failed-fault = It is our fault. Nothing was recorded. Try again later.
failed-busy-title = It is very busy
failed-busy = Wait a while and try again.
failed-refused-title = That cannot be done like this
failed-refused = This request was not right. Nothing was recorded. Go to the start.
failed-number = Calling about this? Then name this number: { $id }.
failed-home = To the start
page-loading = One moment. The page is being prepared.
