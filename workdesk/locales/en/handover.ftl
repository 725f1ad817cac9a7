### Words that belong to every handover: purposes, stages, reasons. For all pages. The Dutch text is binding.

purpose-transfer-report-primary = Transfer report from primary or special education
purpose-transfer-report-secondary = Data at a transition to secondary or vocational education
purpose-mbo-arrival = Did the young person arrive?
purpose-preschool-handover = Handover from preschool to primary school
purpose-swv-support = Arranging extra support at school
purpose-attendance = Reporting absence
purpose-early-leaver = Back to school or work
purpose-care-access = Request for help to the municipality
purpose-care-handover = Warm handover from school to care
purpose-dyslexia-referral = Referral for severe dyslexia
purpose-pupil-transport = Transport after a school transition
purpose-care-feedback = What does the teacher need?
purpose-case-conference = One child, one plan
purpose-care-status = Municipality and provider: how is care going?
purpose-safety = Reporting unsafety
purpose-steering-figures = Figures for consultation

desk-lpa = attendance
desk-loket = youth care desk
desk-neighbourhood-team = neighbourhood team
desk-school-support-team = school support team
desk-early-leavers = early leavers

warm-received = arrived, nobody has taken it on
warm-waiting = on the waiting list
warm-declined = declined
warm-no-recipient = nobody known who could take it over
warm-accepted = taken on
warm-talk-planned = talk planned
warm-talk-held = talk held
warm-started = started
warm-not-started = not started
warm-aftercare-planned = aftercare planned
warm-aftercare-held = aftercare held
warm-closed = closed

owner-sender = the sender
owner-recipient = the recipient
owner-both = sender and recipient together

decline-no-place = No place
decline-wrong-address = Wrong address
decline-waiting-list = On the waiting list
decline-not-suitable = Not the right kind of help

keep-care-dossier = duty to keep a care dossier (Jeugdwet 7.3.8)
keep-statutory-duty = duty to keep the school administration
keep-legal-claim = needed for a legal claim (GDPR art. 17(3))

quarantine-extra-field = Something came along that this purpose does not allow.
quarantine-extra-category = A kind of data came along for which there is no consent.
quarantine-commitment-mismatch = The content is not what the sender committed to.
quarantine-cannot-open = A part could not be opened.
quarantine-missing-required = Something that must be there is missing.

## Why something did not work. Nothing was changed then.

refused-not-a-member = The other organisation has left Handdruk.
refused-role-not-allowed = This step is the other organisation's.
refused-not-found = This handover is not known here.
refused-request-id-reused = This form was sent before with something else in it. Open the page again.
refused-too-many = Too many attempts in a row. Wait a moment.
refused-malformed = Something that was filled in is not right.
refused-too-large = This is too large.
refused-bad-statement = A signature does not fit. Call the administrator.
refused-key-not-current = The keys are just being renewed. Try again in a moment.
refused-key-chain-broken = An organisation's keys do not fit. Call the administrator.
refused-wrong-recipient-key = The recipient has new keys. Try again in a moment.
refused-time-out-of-range = The clock is off. Call the administrator.
refused-catalogue-not-current = The rules were just renewed. Try again in a moment.
refused-purpose-not-allowed = For this purpose nothing may go between these organisations.
refused-transition-not-allowed = This purpose does not belong to this school transition.
refused-category-not-allowed = This kind of data may not go for this purpose.
refused-national-number-not-allowed = The national number may not go to this recipient.
refused-required-category-missing = Data that must be there is missing.
refused-term-not-allowed = The end date is not possible.
refused-application-missing = The application at the new school is missing.
refused-nobody-to-ask = Nobody is known who may consent.
refused-consent-blocked = Somebody does not want this. Talk with the family.
refused-consent-not-in-force = The consent is no longer in force. Talk with the family.
refused-safety-not-allowed = A report needs a reason, a second colleague and the right agency.
refused-not-for-one-child = This purpose is for figures, not for one child.
refused-code-already-used = This code was used already.
refused-wrong-code-or-secret = The code or the secret is wrong.
refused-invitation-not-valid = This letter is no longer valid.
refused-no-say = This person does not decide about this.
refused-second-person-missing = This needs a second colleague.
refused-wrong-stage = The handover has gone on meanwhile. This step is not possible any more.
refused-no-permit = There is no consent for this now.
refused-envelope-mismatch = The content does not fit what is allowed.
refused-handover-closed = This handover is closed.
refused-nothing-to-fetch = There is nothing to fetch.
refused-dossier-refused = This dossier cannot be read, or does not fit the agreements.
refused-no-recipient = No recipient is known yet.
refused-quarantined = The content was set aside and cannot be read.
refused-log-diverged = The log does not fit. Call the administrator.
refused-evidence-unavailable = The evidence could not be written, so nothing was done. Try later.
refused-clock-not-controllable = The clock cannot be moved here.
