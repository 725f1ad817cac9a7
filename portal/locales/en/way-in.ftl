### The way in: code, secret, and what can be wrong with a letter.

## First page

start-title = Who gets data about your child? You help decide.
start-window = Start
start-lead = A school or care provider wants to hand over something about your child, or about you. Here you see exactly what, to whom and why. Then you say yes or no.
start-code-title = Start with the code in your letter
start-how-title = How does it work?
start-how-1-title = You look
start-how-1 = You see exactly what the other gets. Word for word.
start-how-2-title = You decide
start-how-2 = You say yes or no to each part. You sign with a secret of your own.
start-how-3-title = You can stop
start-how-3 = You can always take a yes back. You see who got what.
start-way-title = Where does it go?
start-way-from = The school that gave you a letter
start-way-between = Handdruk passes it on closed. We cannot read it.
start-way-to = Only the organisation that you see
start-safe-title = Who can read this?
start-safe = The school or care provider that sends it, and whoever gets it. Not Handdruk. Without your secret nobody can imitate your signature. Staff can record an answer on paper for you. A yes always takes two of them. You see that here.
start-no-letter-title = No letter, or rather not on a screen?
start-no-letter = Call the organisation that wants to hand something over. Ask for a letter with a code. You may also answer on paper, or with the help of somebody you trust.
start-without-script = This page works only with JavaScript. It is off in your browser. Call the organisation that gave you the letter. The number is in your letter. You may also answer on paper.

code-label = Code in your letter
code-hint = 17 letters and digits. Capitals, spaces and hyphens do not matter.
code-example = For example 60RK-4CSM-6MV3-EE1SY
code-send = Next
code-from-link = The code from your link is already filled in.
code-busy = The letter is being checked. This takes a few seconds.
code-wrong-LENGTH = This code is too short or too long. It should have 17 letters and digits.
code-wrong-UNKNOWN_SYMBOL = There is a character in this code that does not belong there. Use only letters and digits.
code-wrong-MISTYPED = There is a typing error in the code. Look at each character again.
code-empty = Fill in the code from your letter.
code-other = Use another code

## Choosing a secret

letter-from = This letter comes from { $organisation }.
letter-checked = Your browser has checked that.
letter-for-guardian = You help decide about a child at this school or organisation.
letter-for-young-person = This letter is for you. You help decide about your own data.
letter-for-representative = You decide for somebody who cannot.
secret-title = Choose a secret
secret-why = With the code and your secret you sign. Only you know the secret. Staff can record an answer on paper for you. A yes always takes two of them. You see that here.
secret-lost = Lost it? Nobody can find it again, not even we. Then ask for a new letter. Keep the letter, you will need the code again.
secret-new-label = Your secret
secret-new-hint = At least 8 characters. Three words in a row are good and easy to remember.
secret-again-label = Your secret once more
secret-show = Show what I type
secret-activate = Confirm
secret-wrong-TOO_SHORT = This is too short. Use at least 8 characters.
secret-wrong-TOO_LONG = This is too long. Use at most 256 characters.
secret-wrong-CONTROL = There is a character in it that cannot be used. Type it on one line.
secret-differs = The two are not the same. Type them once more.
secret-busy = Your keys are being made on this device. This takes a few seconds.

## Coming back

login-title = Welcome back
login-used = This code was used before. Was that you? Then fill in your secret.
login-not-me-title = Was it not you?
login-not-me = Then call { $organisation } at once. The number is in your letter. They will make a new letter. The old one then no longer counts.
login-secret-label = Your secret
login-send = Go in
login-busy = Opening. This takes a few seconds.
login-lost-title = Forgot your secret?
login-lost = Nobody can find it again. Ask { $organisation } for a new letter. With it you can also take back what you said before.

## A letter that no longer works

letter-replaced-title = There is a newer letter
letter-replaced = { $organisation } made a new letter. Use the code in the new letter.
letter-replaced-not-me = Did you not get a new letter? Then call { $organisation } at once.
letter-revoked-title = This letter was taken back
letter-revoked = { $organisation } took this letter back. You can no longer use it. Call { $organisation } if you do not know why.
letter-expired-title = This letter is too old
letter-expired = The code was not used in time. Ask { $organisation } for a new letter.
letter-unknown = Check that the code was typed correctly. Is it right? Then call the organisation that gave you the letter.
letter-not-believed-title = We do not trust this letter
letter-not-believed = This letter does not come from whom it seems to come. Do not fill in anything. Call the organisation that gave you the letter.

## One more code

join-title = Add one more code
join-window = One more code
join-lead = Do you have a letter for another child, or from another organisation? Add it here. Then you see everything in one place.
join-who = Only you see that these letters belong together. The organisations and Handdruk cannot see that.
