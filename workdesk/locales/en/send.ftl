### Handing over: reading dossiers, completing, checking and handing over. The Dutch text is binding.

send-new-title = Hand over a child
send-new-lead = Choose one or more dossiers. You see first what would go. Only after that does anything leave.
send-new-files = Dossiers
send-new-files-hint = Files of OSO 2019.1 (xml) or JSON. A file may be 20 MB, all together 60 MB.
send-new-send = Read the dossiers
send-new-again = Read this child's dossier again. Who decides and what it is for, we still know.
send-new-drafts = { $count ->
    [one] You still have 1 draft
   *[other] You still have { $count } drafts
 }
send-new-blank-title = No file?
send-new-blank = Fill in a form. For instance to let a school know what a child needs.
send-new-blank-link = Begin without a file
send-new-safe-title = What happens to a draft
send-new-safe-1 = Only you see it. It is held in the memory of your organisation's computer, not on a disk.
send-new-safe-2 = It is gone when you have handed it over or thrown it away, and otherwise after a day.
send-new-safe-3 = If that computer restarts, a draft is gone too. Then read the file again.

send-blank-title = Begin without a file
send-blank-lead = Who is it about, and what for? After that you fill in what the other side must know.
send-blank-child = The child
send-blank-first-names = First names
send-blank-prefix = Prefix
send-blank-surname = Surname
send-blank-born = Date of birth

send-purpose = What for
send-choose = Choose
send-next = Continue
send-child = Child
send-to = To whom
send-missing = What is missing
send-open = Open
send-complete = Complete
send-ready = can go
send-nobody = nobody known yet
send-target = { $purpose }: { $recipient }
send-destination-site = { $name }, site { $site }
send-destination-desk = { $name }, { $desk }
send-born = Born on { $day }
send-no-target = Not chosen yet
send-missing-target = Choose what for and to whom
send-missing-capacity = Say for everyone what authority they have

send-drafts-title = Prepare
send-drafts-lead = Choose to whom it goes and fill in what is missing. Then look at what would leave.
send-drafts-broken = { $count ->
    [one] 1 file could not be read
   *[other] { $count } files could not be read
 }
send-drafts-gone = Handed over
send-drafts-unplaced = { $purpose }. Nobody is known yet. It stands among your handovers, and it is yours to find somebody.
send-drafts-letters = Print letters for parents and young people
send-drafts-none = Nothing is prepared.
send-drafts-ticked = The buttons are about the children that are ticked.
send-drafts-check = Look at what would leave
send-drafts-recipient = Choose a recipient
send-drafts-remove = Throw drafts away
send-drafts-more = Read more dossiers
send-back-to-drafts = Back to prepare

send-recipient-title = What for, and to whom?
send-recipient-name = Name of the recipient
send-recipient-name-hint = A part of the name is enough. Leave empty to see every recipient.
send-recipient-search = Search
send-recipient-who = To whom
send-recipient-none = Nobody of this name may receive this.
send-recipient-nobody = Nobody is known yet
send-recipient-more = There are more. Fill in more of the name.
send-recipient-take = Choose this recipient

send-draft-window = Complete
send-step-file = Read
send-step-complete = Complete
send-step-check = Check
send-step-hand-over = Hand over
send-stale = This draft was changed in another window. What you typed here is still there. Check it and save it.
send-part-to = What for, and to whom
send-part-to-none = Not chosen yet.
send-add-target = Choose a recipient
send-drop = Remove
send-applied = Applied on
send-applied-hint = On which day did the family apply at the new school? You say so under your name.
send-application-have = The family has a proof of application
send-application = Proof of application
send-application-hint = The line that the new school gave to the family.
send-justification = Why you report now
send-justification-hint = Write down what you saw and heard. Only the recipient can read this.
send-second = Second colleague
send-second-hint = The colleague who decided this with you.
send-order = There is a supervision order
send-part-people = Who has a say
send-part-people-safety = Everyone with parental authority, and the child from 12 on. For a report of unsafety none of them gets a letter now.
send-part-people-lead = Everyone with parental authority, and the child from 12 on. They get a letter and see what goes.
send-person-new = Somebody else
send-person-name = Name
send-person-capacity = What authority
send-person-language = Language of the letter
send-person-mail = E-mail for a notice
send-person-own = This person gave this address themselves
send-person-investigated = The authority is under investigation
capacity-none = authority not filled in
capacity-joint = joint authority
capacity-single = sole authority
capacity-joint-with-non-parent = authority with a non-parent
capacity-guardianship = guardian
capacity-temporarily-none = temporarily no authority
capacity-undetermined = authority cannot be determined
capacity-curator = curator
capacity-mentor = mentor of a young person
capacity-young-person = the child or young person
spoken-nl = Dutch
spoken-en = English
spoken-tr = Turkish
spoken-ar = Arabic
send-part-support = What helps this child
send-part-support-lead = Put each sentence on a line of its own. Write what somebody can do tomorrow.
send-needs = What the child needs
send-works-well = What works well
send-avoid = What to avoid
send-part-request = The family's question
send-part-request-lead = Write this down in the family's words.
send-question = What is the question
send-tried = What was tried already
send-wish = What the family hopes for
send-part-care = What care there is
send-part-care-lead = Write down what the teacher needs. Not what happens in the treatment.
send-care-new = Another provider
send-care-provider = Who helps
send-care-contact = Whom to ask for
send-care-phone = Telephone
send-care-since = Since
send-care-advice = Advice for school
send-care-waiting = The family is on a waiting list
send-part-views = What the family thinks
send-part-views-lead = What the school wrote in the dossier goes along. Add here what somebody said besides.
send-view-new = Somebody else
send-view-author = Who
send-view-date = When
send-view-agreement = Agrees with what is there
send-view-text = In their own words
send-agreement-yes = yes
send-agreement-no = no
send-agreement-unknown = not known
send-part-agreements = Agreements
send-agreement-number = Agreement { $number }
send-agreement-action = What somebody is going to do
send-agreement-owner = Who
send-agreement-date = When
send-part-more = What we still need to know
send-month = Month of the transition
send-municipality = Municipality code (4 digits)
send-pupil = Your reference of the child
send-pupil-hint = Your own pupil or client number. Use the same for the same child every time. It does not go along.
send-save-and-check = Save and check
send-save = Save

send-check-title = Look before anything goes
send-check-lead = This is exactly what the other side gets. Nothing has left yet.
send-check-changed = Something has changed meanwhile. Please look again.
send-check-not-yet = This cannot go yet
send-check-unplaced = Nobody is known yet. Nothing leaves. It will stand among your handovers, with you as its owner.
send-check-missing = Fill in first:
send-check-goes = { $count ->
    [one] This goes: 1 kind of data
   *[other] This goes: { $count } kinds of data
 }
send-check-home = { $count ->
    [one] This stays here: 1 kind of data
   *[other] This stays here: { $count } kinds of data
 }
send-home-purpose = This purpose has no need of it.
send-home-national-number = The law does not let the number go to this recipient.
send-home-secret = The address is secret.
send-check-home-all = All of it
send-check-home-part = A part
send-check-people = Who decides or looks along
send-check-person = { $name } ({ $capacity })
send-check-dropped = { $count ->
    [one] The file held 1 more part that never goes along, such as an attachment.
   *[other] The file held { $count } more parts that never go along, such as attachments.
 }
send-check-hints = { $count ->
    [one] In 1 place a free text may say too much. Please read it again.
   *[other] In { $count } places a free text may say too much. Please read them again.
 }
send-check-edit = Change this draft
send-check-what-happens = After the button Handdruk asks who must decide or may look. Only when that is done does the content leave.
send-hand-over = { $count ->
    [one] Hand over
   *[other] Hand over these { $count }
 }

refused-no-room = There is too much prepared already. Hand something over first, or throw something away.
refused-about = { $what } ({ $about })
refused-about-category = { $what } It is about: { $category }.
refused-too-many-files = There are more than 100 files. The rest was not read: send it separately.
refused-upload-too-large = The files together are larger than 64 MB. The rest was not read: send it separately.
refused-upload-stalled = The connection was silent for too long. The rest was not read: send it again.
file-element-on-line = { $path }, line { $line }
file-empty = The file is empty. Export the dossier again.
file-too-large = The file is larger than { $limit } MB. Export the dossier without attachments.
file-not-a-dossier = This is no dossier. Choose a file of OSO 2019.1 (xml) or JSON.
file-encoding = The letters in the file cannot be read. Export the dossier as UTF-8.
file-not-well-formed = The file is broken at { $at }. Export the dossier again.
file-doctype = At { $at } there is a DOCTYPE. It does not belong in a dossier. Remove it.
file-entity = At { $at } there is a reference that is not allowed. Write the text out.
file-not-oso = At { $at } the file is nested too deep. This is no OSO dossier.
file-one-per-file = Put one dossier in a file.
file-text-too-long = The text at { $at } is longer than { $limit } characters. Shorten it.
file-wrong-version = This is another version of OSO ({ $at }). Export the dossier as OSO 2019.1.
file-unexpected-element = At { $at } there is something that OSO 2019.1 does not have there. Remove or correct it.
file-repeated = { $at } stands there twice. Keep one.
file-missing = { $at } is missing. Fill it in.
file-invalid = { $at } is not filled in correctly. Correct it.
file-elfproef = { $at } is no valid number. Correct it in your administration.
file-in-the-future = { $at } lies in the future. Correct the date.
file-contradiction = { $at } does not fit the rest. Check what is right.
file-secret = { $at } is filled in, but the address is secret. Remove it.
file-not-for-swv = { $at } must not stand in a dossier for the support alliance. Remove it.
file-delivery-weakened = { $at } must be VERPLICHT for this transition. Correct it.
file-higher-education = { $at } is a transition to higher education. Handdruk does not carry those.
file-transition-unknown = { $at } is no transition that OSO 2019.1 knows. Correct the code.
file-json-syntax = The file is broken on line { $line }. Export it again.
file-json-shape = { $at } does not fit the form of a dossier. Correct it.
file-addition-conflict = The dossier says something already about: { $category }. Remove your own text about it.

## What was handed over

sent-title = Handed over
sent-window = Handed over
sent-new = Hand over a child
sent-back = Back to handed over
sent-filter = What do you want to see
sent-show-open = All that is open
sent-show-ours = Our turn
sent-show-family = Awaits the family
sent-show-theirs = Awaits the recipient
sent-show-late = Late
sent-show-over = Over
sent-none = There is nothing here now.
sent-older = See older ones
sent-stands = How it stands
sent-turn = Whose turn it is
sent-until = by { $day }
sent-late = late
sent-deadline = At the latest
sent-advised = Schools may choose this holiday themselves. So the day may be somewhat different.
sent-heard = Who knows that it is late
sent-heard-owner = whose turn it is
sent-heard-organisations = both organisations
sent-heard-family = both organisations and the family
sent-heard-third-party = both organisations, the family and the body that the law names
sent-queued = ready to go, there is no connection yet
sent-stage-awaiting = awaits answers
sent-stage-blocked = stopped
sent-stage-permitted = may go, is being sealed
sent-stage-submitted = sealed, awaits the recipient
sent-stage-released = under way
sent-stage-received = arrived
sent-stage-quarantined = set apart by the recipient
sent-stage-retracted = taken back
sent-stage-expired = expired
sent-withdrawal-unanswered = withdrawn, the recipient must still answer
sent-withdrawal-erased = withdrawn, the recipient has erased it
sent-withdrawal-kept = withdrawn, the recipient must keep it
turn-ours = ours
turn-family = the family's
turn-theirs = the recipient's
turn-both = ours and the recipient's
turn-underway = nobody's, it goes by itself
turn-over = nobody's, it is over
sent-somebody = somebody who is not in the list any more
sent-withdrawn = The family has withdrawn consent
sent-answer-awaited = The recipient must still say whether it was erased.
sent-answer-erased = The recipient has erased it.
sent-answer-kept = The recipient must keep it. The reason: { $ground }.
sent-unplaced-title = Nobody is known yet
sent-unplaced = Find somebody who can take this over. You stay its owner until that worked.
sent-declined-title = The recipient does not take this over
sent-declined = It is your turn again. Choose another, or say that nobody is known.
sent-reroute = Choose another recipient
sent-no-recipient = Nobody is known
sent-close = Close
sent-confirm-title = Letting go
sent-confirm = You and the recipient both own it now. Let go only when you know that it stands well with the other side.
sent-confirm-do = The recipient takes it over alone now
sent-remarks = Remarks that came too late to go along
sent-remarks-lead = The content was sealed already. Pass this on to the recipient yourself, in the talk.
sent-people = Who is awaited
sent-ours = We ourselves:
sent-letter-activated = Uses the letter
sent-letter-printed = Has a letter that was not used yet
sent-letter-none = Has no letter yet
sent-alarm = Somebody tried a code that was used already. Call this person.
sent-awaited-telling = must still be told
sent-awaited-inspection = may look first
sent-awaited-decision = must still decide
sent-awaited-objection-period = may still say no
sent-awaited-second-person = a second colleague must confirm
sent-awaited-until = { $what }, until { $day }
sent-print = Print letter
sent-print-again = Print new letter
sent-told-letter = Letter was given
sent-told-conversation = Told in a conversation
sent-revoke = End the letter
sent-decision = Record what somebody decided on paper or in a conversation
sent-content = What goes
sent-goes = Goes along
sent-withheld = Did not go, because of a decision
sent-arrived = Arrived
sent-retract = Take back
sent-retract-lead = As long as it has not arrived, you can take it back. Then nothing goes any more.
sent-retract-do = Take it back

decision-title = Record a decision
decision-back = Back to the handover
decision-lead = For whoever does not decide with the letter. Everyone with authority hears that this was recorded.
decision-who = Who decided this
decision-how = How
decision-how-paper = On paper. We keep the signed letter.
decision-how-assisted = With help. We read it aloud or filled it in together.
decision-how-spoken = In a conversation. That can only be a no.
decision-second-none = Nobody
decision-no-second = Choose who was there. A yes on paper or with help needs two colleagues.
decision-second-hint = Who was there? This colleague confirms it at their own workdesk. Needed for a yes on paper or with help. A no counts at once.
decision-what = What was decided
decision-yes = Yes, this may go
decision-no = No, this may not go
decision-record = Record this
decision-nothing = Fill in what was decided.
decision-nobody = Choose who decided this.
decision-no-spoken-yes = A yes in a conversation does not count. Use paper, or fill it in together with a colleague present.

letters-title = Letters
letters-lead = These people have no letter yet. All letters come in one file, each on one A4.
letters-none = Everybody has a letter.
letters-who = For whom
letters-careful = Each letter holds a code. Print the file, hand over the letters yourself and throw the file away.
letters-print = Letters in one file

sent-thread = What happened
sent-us = we
sent-by = { $who } ({ $organisation })
sent-step-accepted = Taken on
sent-step-declined = Declined
sent-step-declined-for = Not taken on: { $reason }
sent-step-talk-planned = Talk planned
sent-step-talk-held = Talk held
sent-step-started = Started
sent-step-not-started = Not started on the first day
sent-step-aftercare-planned = Aftercare planned
sent-step-aftercare-held = Aftercare held
sent-step-confirmed = Let go by the sender
sent-step-no-recipient = Nobody known who can take it over
sent-step-closed = Closed
sent-step-erased = Content erased by the recipient
sent-talk-when = When
sent-talk-how = How
sent-talk-place = Where
sent-talk-invited = With whom
sent-talk-message = Message
sent-talk-at = { $day } at { $time }
sent-talk-in-person = at a place
sent-talk-phone = by telephone
sent-talk-video = by video
sent-waiting-until = On the waiting list until about
sent-details-refused = Something came with it that was not right. It was not kept.
sent-readers = Who has read it
sent-reader = { $who }, on { $when }: { $what }

# A second colleague confirms.
confirm-title = Is this right?
confirm-lead = { $who } recorded this on { $when }, and says that you were there.
confirm-what = The decision counts only when you confirm it. If you have not done so by { $until }, this decision lapses.
confirm-yes = Yes, this is right
confirm-no = No, this is not right
confirm-list = Waiting for you to confirm
confirm-asked = Decision on paper or with help, recorded by { $who }. Until { $until }.
confirm-waits = A decision on paper or with help waits until { $who } confirms it. Until { $until }.
confirm-sent = { $who } confirmed a decision that was recorded. Whether it counts already is not certain yet.
confirm-again = You confirmed this already. Whether it arrived is not certain. Confirm it once more: it then counts once.
confirm-answered = This was answered already. Nothing has changed now.
confirm-denied = According to { $who } a decision that was recorded is not right. It does not count.

# Authority changed.
authority-title = Authority changed
authority-lead = Something changed in who has authority over { $child }. The reason is recorded nowhere.
authority-none = We know nobody with authority over this child.
authority-who = Who is it about
authority-now = What holds now
authority-effect = Everything that is open for this child is decided again. Everyone with authority hears that something changed.
authority-record = Record this
authority-nobody = Choose who it is about.
authority-nothing = Choose what holds now.
authority-investigated = Is the authority under investigation now?
authority-investigated-yes = Yes, under investigation
authority-investigated-no = No
authority-investigated-now = authority under investigation
authority-investigated-unsaid = Choose whether the authority is under investigation now.
