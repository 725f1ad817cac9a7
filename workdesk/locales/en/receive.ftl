### What comes in: the overview, a handover, the steps, keeping. The Dutch text is binding.


## The overview

receive-overview-title = Overview
receive-part-withdrawn = Withdrawn: answer needed
receive-part-withdrawn-why = A parent or young person withdrew consent. There are two answers: erased, or kept for a reason. The family sees the answer.
receive-part-late = Late
receive-part-late-why = The last day has passed. The other organisation knows, or soon will.
receive-part-mine = Waits for me
receive-part-mine-why = In time. The next step is up to the colleague who is logged in.
receive-part-new = New
receive-part-new-why = Nobody has taken it on yet.
receive-part-colleagues = With colleagues
receive-part-colleagues-why = In time, and with a colleague.
receive-part-elsewhere = At the other organisation
receive-part-elsewhere-why = The next step is the other organisation's.
receive-more = Show all { $n }
receive-next = Next
receive-nothing-here = There is nothing here now.
receive-filter = Choose what is shown
receive-filter-purpose = Purpose
receive-filter-site = Site
receive-filter-desk = Team
receive-filter-whose = Whose
receive-filter-all = Everything
receive-filter-apply = Show
receive-filter-clear = Clear the choice
receive-whose-everybody = Everybody's
receive-whose-mine = Mine
receive-whose-nobody = Nobody's
receive-direction-sent = sent
receive-name-unknown = Name not known
receive-born = born { $date }
receive-from = from { $sender }
receive-to = to { $recipient }
receive-with = with { $colleague }
receive-with-me = with me
receive-with-nobody = with nobody
receive-pick = Choose { $name }
receive-assign-title = Assign what is ticked
receive-assign-to = To whom
receive-assign-choose = Choose a colleague
receive-assign-send = Give to this colleague
receive-assign-none = Tick a handover first.
receive-assign-nobody = Choose a colleague first.
receive-assigned = { $n ->
    [one] 1 handover is with { $colleague } now.
   *[other] { $n } handovers are with { $colleague } now.
}
receive-assign-meanwhile = Nothing was assigned. A colleague has just given one of these handovers to somebody. See who has it now, and tick again.

## Until when, in words

receive-deadline-none = There is no last day.
receive-deadline-today = Today is the last day.
receive-deadline-tomorrow = Tomorrow is the last day.
receive-deadline-in = By { $date } at the latest, in { $days } days.
receive-deadline-late = { $days ->
    [one] Late: the last day was yesterday.
   *[other] Late: the last day was { $date }, { $days } days ago.
}
receive-deadline-advised = A school may have another holiday week. Then it is another day.
receive-deadline-unknown = The holidays of that year are not known yet. The day may still move.
receive-late-days = { $days ->
    [one] 1 day late
   *[other] { $days } days late
}
receive-heard-owner = The owner was told that it is late.
receive-heard-organisations = Both organisations were told that it is late.
receive-heard-family = The family sees that it is late as well.
receive-heard-third-party = The municipality was told that it is late as well.

## A handover

receive-back = Back to the overview
receive-back-handover = Back to the handover
receive-progress = How far it is
receive-progress-arrived = Arrived
receive-progress-accepted = Taken on
receive-progress-talk = Talk
receive-progress-start = Start
receive-progress-aftercare = Aftercare
receive-progress-closed = Closed
receive-now = What is next
receive-stage = Stage
receive-owner = Whose turn it is
receive-deadline = Until when
receive-assignee = With whom in the house
receive-sender = Sender
receive-arrived = Arrived
receive-addressed = For whom
receive-quarantined-title = The content was set aside
receive-quarantined = Nobody can read the content. The sender knows. After 7 days all is erased.
receive-erased-title = The content was erased
receive-erased = There is nothing left here to read.
receive-erased-part = Erased after a withdrawal: { $categories }. The rest still holds.
receive-kept = Kept after a withdrawal: { $ground }.
receive-withdrawn-title = Consent was withdrawn
receive-withdrawn = The family waits for an answer.
receive-withdrawn-answer = Answer
receive-content-title = Content
receive-content-read = Read the content
receive-content-recorded = Who reads is logged by reference. The family and the sender see it.
receive-withheld = Did not come along, because somebody does not want it: { $categories }.
receive-readers-title = Read by
receive-readers-none = Read by nobody yet.
receive-reader = { $who } on { $when }: { $categories }
receive-duplicates-title = Possibly twice
receive-duplicates = There is somebody else with the same name and date of birth. See whether it is the same child.
receive-duplicate = { $purpose }, from { $sender }
receive-thread-title = What happened
receive-thread-us = by { $who }
receive-thread-them = by { $organisation }
receive-step-received = Arrived
receive-step-accepted = Taken on
receive-step-declined = Declined
receive-step-confirmed = The sender let go
receive-step-no-recipient = No recipient known
receive-step-talk-planned = Talk planned
receive-step-talk-held = Talk held
receive-step-started = Started
receive-step-not-started = Not started
receive-step-aftercare-planned = Aftercare planned
receive-step-aftercare-held = Aftercare held
receive-step-closed = Closed
receive-step-read = Read
receive-step-erased = Content erased
receive-talk-when = When
receive-talk-kind = How
receive-talk-where = Where
receive-talk-invited = Invited
receive-talk-message = Message
receive-talk-ics = Put in the calendar
receive-waiting-until = On the waiting list until { $date }
receive-checklist-title = Checklist of a good handover
receive-point-informed = Parents and child know of it
receive-point-remarks = Their remarks came along
receive-point-named = A colleague by name has taken it on
receive-point-talked = The talk was held
receive-point-first-day = The first day is agreed
receive-point-running-care = Running care and its contact are known
receive-point-absence = It is known who acts on absence on day one
receive-point-aftercare-planned = The day of aftercare stands
receive-point-aftercare-held = The outcome of aftercare is written down
receive-mark-done = done
receive-mark-open = to do
receive-mark-not-applicable = does not apply
receive-more-title = More
receive-forward = Give to a colleague or team
receive-print = Print
receive-export-json = Save as a file (JSON)
receive-export-pdf = Save as PDF
receive-feedback = Tell the school what helps
receive-conference = Invite others: one child, one plan
receive-keep = Keep or erase

## Reading

receive-read-title = Content
receive-first-question = What intake asks first
receive-municipality = Responsible municipality
receive-municipality-unknown = Not in it. Ask.
receive-care = Care assigned
receive-care-unknown = Not in it. Ask.
receive-entry = Number { $n }
receive-empty = There is nothing in it.
receive-views-title = Remarks of parents and young person
receive-view = On { $date }
receive-view-agrees-yes = Agrees with what was sent.
receive-view-agrees-no = Does not agree with what was sent.
receive-view-agrees-unknown = Does not say whether they agree.
receive-code-advice = advice that stands in the dossier as a code only
receive-code-municipality = municipality
receive-code-site = school, site { $site }
receive-code-organisation = organisation
receive-hidden = This is sensitive. It is only for colleagues with another role.
receive-hidden-glass = This is sensitive. In an emergency it can be seen, with a reason. The privacy officer hears at once.
receive-glass-open = See it all the same, with a reason
receive-printed = Printed on { $when } by { $who }

## Steps

receive-act-accept = Take it on
receive-act-decline = Decline, or put on the waiting list
receive-act-talk = Plan a talk
receive-act-held = Talk held: note agreements
receive-act-started = Report: started
receive-act-not-started = Report: not started
receive-act-aftercare = Plan aftercare
receive-act-aftercare-held = Aftercare held
receive-act-close = Close
receive-what-accept = The sender then knows that the colleague who is logged in has it.
receive-accept-from = It is with { $colleague } now. Whoever takes it on takes it over.
receive-what-decline = The sender sees this and looks further. On the waiting list it stays here.
receive-what-talk = The sender sees the proposal. Only the two organisations can read it.
receive-what-held = The agreements go to the sender, sealed.
receive-what-started = The child is there, on the first day.
receive-what-not-started = The child was not there. The sender and this organisation now find out why, together.
receive-what-aftercare = A fixed moment to see whether it goes well.
receive-what-aftercare-held = What was found? This goes to the sender, sealed.
receive-what-close = Nothing more is to be done then. This cannot be undone.
receive-send-accept = Take it on
receive-send-decline = Send
receive-send-talk = Send the proposal
receive-send-held = Note
receive-send-started = Report the start
receive-send-not-started = Report this
receive-send-aftercare = Note
receive-send-aftercare-held = Note
receive-send-close = Close
receive-done-accept = Taken on. The sender sees who has it.
receive-done-accept-elsewhere = Taken on. A colleague gave this to somebody meanwhile: below it says who has it.
receive-done-decline = Sent. The sender sees it.
receive-done-talk = The talk stands. The sender sees it.
receive-done-held = The agreements are noted.
receive-done-started = The start was reported.
receive-done-not-started = Reported. Both organisations now find out why.
receive-done-aftercare = Aftercare stands.
receive-done-aftercare-held = Aftercare is noted.
receive-done-close = Closed.
receive-done-queued = Noted. It follows by itself once there is a connection again.
receive-done-forward = Passed on.
receive-done-withdrawal = The answer was sent.
receive-done-keep = Noted. The content stays longer.
receive-done-erase = The content was erased. There is evidence of it.
receive-failed-title = This did not work
receive-failed-taken = { $who } was first and has taken it on.
receive-failed-taken-unknown = A colleague was first and has taken it on.
receive-failed-unanswered = There was no answer. Send it again: it cannot count twice.
receive-failed-fault = Something went wrong with us. Send it again: it cannot count twice.
receive-failed-fault-id = Give the administrator this number: { $id }
receive-failed-check = Look at the fields. Nothing was sent yet.
receive-stop = Not after all

receive-decline-reason = Why
receive-decline-until = On the waiting list until
receive-decline-until-hint = Only needed for a waiting list.
receive-wrong-reason = Choose a reason.
receive-wrong-until = Enter a day that is still to come.
receive-decline-what-no-place = The sender looks for another place.
receive-decline-what-wrong-address = The sender chooses another address.
receive-decline-what-waiting-list = It stays here, and there is a day on which somebody looks again.
receive-decline-what-not-suitable = The sender looks for other help.

receive-talk-day = Day
receive-talk-time = Time
receive-talk-place = Place or telephone number
receive-talk-place-hint = For instance: room 12. Whoever of the family is there reads this too, so put no address or number of a parent here. A telephone number is not shown to the family.
receive-talk-whom = Who is there
receive-talk-whom-hint = Whoever of the family you choose here reads the day, the place and the message. Who is not chosen sees only that there is a talk.
receive-talk-others = Others
receive-talk-others-hint = One per line, at most 8.
receive-talk-note = Message to the sender and the family
receive-talk-kind-in-person = in person
receive-talk-kind-phone = by telephone
receive-talk-kind-video = by video
receive-invite-mentor = mentor or internal supervisor of the previous school
receive-invite-parents = parents or carers
receive-invite-child = the child or young person
receive-invite-care = care worker
receive-invite-own-mentor = mentor of the new place
receive-wrong-day = Enter a day that is still to come, at most a year ahead.
receive-wrong-time = Enter a time, such as 14:30.
receive-wrong-kind = Choose how the talk is held.
receive-wrong-place = At most 200 characters, on one line.
receive-wrong-invited = Invite at least one person, and at most 8 others.
receive-wrong-message = At most 1000 characters.
receive-talk-ics-title = Warm talk (Handdruk)

receive-agree-first-day = First day: what is agreed
receive-agree-first-day-hint = Who meets the child, where and when?
receive-agree-absence = Absent on day one: who does what
receive-agree-absence-hint = Who calls, and how soon?
receive-agree-care = Running care: who is the contact
receive-agree-other = Other agreement
receive-agree-owner = Who
receive-agree-date = By when
receive-agree-aftercare = Aftercare on
receive-agree-aftercare-hint = About 6 weeks after the start.
receive-wrong-agreement = At most 450 characters.
receive-wrong-owner = At most 120 characters, on one line.
receive-wrong-date = Enter a day, or leave it empty.
receive-wrong-none = Note at least one agreement.
receive-aftercare-outcome = What was found
receive-aftercare-outcome-hint = Does it go well? What is still needed?
receive-wrong-outcome = Write down what was found, in at most 500 characters.

## Passing on in the house

receive-forward-title = Give to a colleague or team
receive-forward-what = The colleague sees it under "Waits for me". For the sender nothing changes.
receive-forward-colleague = Colleague
receive-forward-nobody = Nobody in particular
receive-forward-team = Team
receive-forward-no-team = No team
receive-forward-send = Pass on
receive-wrong-colleague = This colleague may not see it. Choose somebody else.
receive-wrong-meanwhile = A colleague has just given this to somebody else. See first who has it now.
receive-wrong-nobody = Choose a colleague or a team.
receive-wrong-both = Choose a colleague or a team, not both.
receive-absent = { $colleague } has it now. Absent? Choose below who takes over.

## Withdrawal

receive-withdrawal-title = Answer to the withdrawal
receive-withdrawal-lead = Choose what happens to the content. The family and the sender see the answer.
receive-withdrawal-taken-back = This was withdrawn:
receive-withdrawal-erased = Erased
receive-withdrawal-erased-what = What was withdrawn is gone here at once. There is evidence of it.
receive-withdrawal-kept = Kept, for a reason in the law
receive-withdrawal-kept-what = It stays here, for that reason only. The family sees which.
receive-withdrawal-ground = Reason
receive-withdrawal-sure = Erasing cannot be undone.
receive-withdrawal-send = Send the answer
receive-wrong-answer = Choose one of the two.
receive-wrong-ground = Choose a reason.

## Keeping and erasing

receive-retention-title = Keeping and erasing
receive-retention-lead = What is erased within 30 days. That happens by itself, and evidence of it stays.
receive-retention-none = Nothing is erased in the next 30 days.
receive-retention-when = Is erased on { $date }
receive-retention-kept = Stays until { $date }: { $ground }
receive-keep-title = Keep or erase
receive-letters-missing = Some characters are not on this paper. They are on the screen.
receive-keep-until = Keep up to and including
receive-keep-ground = Reason in the law
receive-keep-send = Keep longer
receive-keep-what = Only for whoever must keep the content, as in a care dossier.
receive-erase-title = Erase on request
receive-erase-what = A parent or young person may ask to erase a care dossier (Youth Act 7.3.9), or what came with consent. What rests on a law is erased by its term alone. Erasing cannot be undone.
receive-erase-confirm = I checked who asks, and whether they may ask
receive-erase-send = Erase the content
receive-wrong-keep-until = Enter a day that is still to come.
receive-wrong-confirm = Tick that this was checked.
