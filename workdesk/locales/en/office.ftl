# Tending colleagues, the view log, and the glass.
colleagues-title = Colleagues
colleague-away = absent until { $day } included
colleague-add-title = Add a colleague
colleague-add = Add
colleague-reference-hint = As your organisation calls the colleague: lower-case letters, digits, hyphens and dots. Not a name.
colleague-roles = What is the colleague there for?
colleague-scope = For whom?
colleague-everything = the whole organisation
colleague-sites = School sites
colleague-sites-hint = BRIN and two digits, such as 99ZZ00, with a space between them.
colleague-change-title = Roles and sites
colleague-save = Save
colleague-in-title = Logging in
colleague-in = Did the colleague lose their password or phone? Then give a new code. The old password and the old phone no longer work.
colleague-reset = Give a new code
colleague-disable = Close the account
colleague-code-title = Code for your colleague
colleague-code-lead = Give this code to your colleague yourself. It works once, for a week. You cannot see it again.
colleague-code-address = Address
colleague-wrong-taken = This reference is somebody's already.
colleague-wrong-malformed = Fill in reference, name and at least one role. Say whom the colleague is there for, too. A site is a BRIN with two digits.
colleague-wrong-too-long = Choose a day from today, at most 90 days ahead. You can choose another day later.
colleague-wrong-meanwhile = Somebody else changed this account meanwhile. Look at what it says now.
colleague-wrong-own = Your own account is changed by another administrator.
account-invited = has a code
account-active = works
account-disabled = closed
team-lpa = compulsory education
team-loket = intake desk
team-neighbourhood-team = neighbourhood team
team-school-support-team = school support team
team-early-leavers = early leavers
absent-title = Absent
absent-until = Until (included)
absent-until-hint = Empty means: not absent.
absent-stand-in = Who stands in?
absent-nobody = nobody
absent-save = Save

log-title = View log
log-lead = Who saw what, when and why. What was refused or did not succeed stands in it too.
log-who = Colleague's reference
log-handover = Handover
log-colleague = Colleague
log-refused-only = only what was refused or did not succeed
log-search = Search
log-export = As a file (CSV)
log-nobody = unknown
log-machine = the server itself
log-refused = refused
log-failed = did not succeed
log-ground = Ground
log-categories = Categories
log-source = From
log-older = Older
deed-logged-in = logged in
deed-not-let-in = was not let in
deed-enrolled = set up password and telephone
deed-logged-out = logged out
deed-listed = saw a list
deed-opened = opened a handover
deed-read = read content
deed-exported = took content along
deed-acted = took a step
deed-assigned = gave a handover to somebody
deed-sent = worked on a handover that is sent
deed-family = saw to something for the family
deed-looked-as-second = looked at a decision as second
deed-confirmed = said as second that a decision is right
deed-denied = said as second that a decision is not right
deed-erased = erased or kept
deed-broke-glass = used emergency access
deed-told-privacy-officer = told the privacy officer of emergency access
deed-tended-account = tended an account
deed-marked-absent = saw to an absence
deed-read-log = read the view log
deed-read-broken-glass = read who used emergency access

glass-title = Emergency access
glass-lead = A colleague opened what was closed to them. Here it says why.
glass-none = That has not happened yet.
glass-read = Read
glass-read-by = Read by { $who } on { $when }
glass-ask-title = Emergency access
glass-ask-lead = You are about to open something that is closed to you. You can, for { $minutes } minutes, to read it. The privacy officer reads who you are, which handover it is, and your reason.
glass-wrong-reason = Write in a sentence why you need this now.
glass-wrong-nobody-told = This cannot be done now: there is no other colleague who reads it as privacy officer. Ask your administrator.
glass-reason = Why do you need this now?
glass-reason-hint = At least ten characters. Do not name the child.
glass-break = Use emergency access
glass-mail-none = No e-mail: no address is set.
glass-mail-waits = The e-mail to the privacy officer has not been sent yet. We will try again.
glass-mail-told = The privacy officer got an e-mail on { $when }.
glass-mail-not-told = The e-mail to the privacy officer was not accepted. Have the administrator check the address.

# De e-mail aan de functionaris gegevensbescherming. Er staat niets in over iemand.
glass-mail-subject = Emergency access was used
glass-mail-text =
    Emergency access was used at the workdesk.

    Look in the log who it was and why: { $address }/glass

    This e-mail holds nothing about a child or a colleague.
