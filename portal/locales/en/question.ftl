### One question: who, to whom, what, why, until when, and what yes, no and silence mean. These words are signed.

## At the top

question-title-consent = { $sender } asks: may { $recipient } know this?
question-title-statutory = { $sender } sends data to { $recipient }
question-title-safety = { $sender } reported a worry to { $recipient }
question-at-desk = { $organisation }, { $desk }

flow-title = Where does it go?
flow-from = Now with
flow-between = On the way everything is closed. Handdruk cannot read it.
flow-stops = It stops here. Nobody else gets it.

facts-title = In short
fact-from = Who asks this
fact-sends = Who sends this
fact-to = Who gets it
fact-why = Why
fact-ground = Is this allowed
fact-law = Rules
fact-until = This question holds until
fact-until-statutory = It can be sent until
fact-keep = How long the recipient may keep it
fact-told = You have known this since

## The content

content-title = This is exactly what is sent
content-title-sent = This is exactly what was sent, or was ready
content-checked = Your browser has checked this. It is exactly what { $sender } put on record.
content-withheld = Somebody else's. You do not see this.
content-withheld-more = It does go along. What you do not see is on record and checked too.
content-person = Person { $number }
content-item = Number { $number }
content-title-names = This is what it is about
content-waiting = The data is not here yet. { $sender } will make it ready. You can say yes only after you have seen it.
content-expected = The data are being prepared. They will appear here by themselves.
content-arrived = The data are here now.
value-yes = yes
value-no = no
value-secret = secret

## Who decides

who-title = Who decides?
who-law = The law requires this. You do not have to consent. You may see everything first and add your remarks.
who-law-notice = The law requires this. That is why nobody asks for consent.
who-law-parts-self = The law requires this. Only about health data you decide yourself.
who-law-parts = The law requires this. Only about health data the young person decides.
who-all = Everybody who is asked must say yes.
who-parents = { $you ->
        [je] Your parents or guardian. One yes is enough, if none of them says no.
       *[u] The parents or guardian. One yes is enough, if none of them says no.
    }
who-together = { $you ->
        [je] You decide together with a parent or guardian. Each of you may say no. You may take a yes back later.
       *[u] A parent or guardian decides together with the child. Each of them may say no. You may take a yes back later.
    }
who-self = { $you ->
        [je] You decide alone. Your parents do not decide about this.
       *[u] You decide alone.
    }
who-young = The young person decides alone.
who-safety = Whoever is worried about safety may report that without consent.
who-investigation = Parental authority is under investigation. Your no counts. Your yes does not count at present.

## Silence

silence-title = If you do nothing
silence-nothing = You need not do anything.
silence-no-consent = Without your yes nothing is sent.
silence-others = Silence is not a yes. Does somebody else say yes? Then it can be sent after { $date }. Not if you say no first.
silence-no-yes = Silence is not a yes.
silence-inspection = You can look at the data until { $date }. After that it is sent.
silence-inspection-undated = The data is sent when the time for looking at it is over.
silence-goes-on = The data is sent.
over-received = The data has arrived.
over-ended = This has ended. Nothing more is sent.

## No

no-title = If you say no
no-parts = You may say no to each part. You may take a yes back later. Has something been sent by then? Then you hear whether the recipient erases it or must keep it.
no-required = Without these parts nothing is sent: { $categories }.
no-optional = With these parts a no keeps back only that part: { $categories }.
no-help = { $you ->
        [je] If you say no, you can still get help. The help then starts without this data.
       *[u] If you say no, { $child } can still get help. The help then starts without this data.
    }
no-effect-law = A no does not stop this. You can write down what you think. That goes along.
no-effect-other = Your yes or no changes nothing here. Somebody else decides.

## Calling

call-title = Who calls whom, and by when?
call-takes-on = Once the data have arrived, { $recipient } says within { $days } whether it goes on.
call-talk = If it goes on, { $recipient } calls you within { $days } for a talk. { $sender } takes part as well.
call-talk-young = If it goes on, { $recipient } calls the young person within { $days } for a talk.
call-held-before-start = That talk is at least { $days } before the first school day.
call-held-start = That talk is within { $days } after the first school day.
call-held-stage = That talk is within { $days } after it was agreed.
call-short = If it goes on, { $recipient } is done within { $days }. If there is something to ask, { $recipient } calls you.
call-safety = { $recipient } decides whom it calls.
call-late = If this does not happen in time, { $sender } and { $recipient } hear of it.
call-late-family = If this does not happen in time, { $sender } and { $recipient } hear of it. You see it on this page.
days-working = { $count ->
        [one] 1 working day
       *[other] { $count } working days
    }
days-school = { $count ->
        [one] 1 school day
       *[other] { $count } school days
    }
days-calendar = { $count ->
        [one] 1 day
       *[other] { $count } days
    }
phone-title = Would you rather call?
phone-letter = Questions? Call { $sender }. The number is in your letter.
phone-number = Questions? Call { $sender }: { $phone }

## How it goes on once it has arrived

warm-title = How does it go on?
warm-received = { $recipient } says by { $date } whether it goes on.
warm-waiting = There is a waiting list. { $recipient } says by { $date } how things stand.
warm-declined = { $recipient } did not take it. { $sender } looks for another way, until { $date } at the latest.
warm-no-recipient = Nobody was found yet. { $sender } goes on looking, and says by { $date } how things stand.
warm-accepted-talk = { $recipient } calls you by { $date } for a talk.
warm-accepted-short = { $recipient } is done by { $date }.
warm-talk-planned = A talk was agreed. It is by { $date }.
warm-talk-held = The talk was held. { $recipient } says by { $date } whether it started.
warm-started = It started. { $recipient } says by { $date } when you will look together how it goes.
warm-not-started = It has not started yet. { $sender } and { $recipient } solve that by { $date }.
warm-aftercare-planned = { $recipient } looks together with you how it goes, by { $date }.
warm-aftercare-held = It was looked at how it goes. { $recipient } is done by { $date }.
warm-late = This is too late. The organisations know.

## Answering

answer-title = Your answer
answer-intro = Choose yes or no for each part. Nothing is final yet. You will check everything first.
answer-required = Without this part nothing is sent.
answer-optional = With a no only this part stays behind.
answer-yes = Yes
answer-no = No
answer-all-yes = Yes to all
answer-all-no = No to all
answer-next = Next
answer-missing = { $count ->
        [one] Choose yes or no for one more part.
       *[other] Choose yes or no for { $count } more parts.
    }
answer-only-no = You can only say no here. Tick what you say no to.
answer-object = Object
answer-object-missing = Tick at least one part.
answer-change = Change the answer
answer-given-title = What you said
choice-agree = yes
choice-refuse = no
choice-withdraw = yes taken back
choice-object = objection

## Withdrawing

withdraw-title = Take consent back
withdraw-intro = You may always stop. You do not have to say why.
withdraw-intro-sent = Something has been sent already. The recipient must say whether it is erased or kept. You will read that here.
withdraw-intro-queued = Nothing more is sent after this. What was waiting is erased at once.
withdraw-due = { $organisation } must answer the withdrawal by { $date }.
withdraw-due-late = That answer is late. The organisations know.
withdraw-all = Take everything back
withdraw-part = Take a part back
withdraw-next = Next

## Inspecting and remarks

inspect-title = Seen it?
inspect-intro = Have you looked at everything? Then nobody has to wait for you. This is not consent.
inspect-confirm = I have seen this
inspect-done = You have let us know that you have seen this.
view-title = What do you think of it?
view-intro = Write down what you think. It goes along to { $recipient }. { $sender } reads it too. Nobody else can read it.
view-agree-legend = Do you agree with this data?
view-yes = Yes, I agree
view-no = No, I do not agree
view-unknown = I would rather not say
view-text = What must the recipient know? (may stay empty)
view-left = { $count ->
        [one] 1 character left.
       *[other] { $count } characters left.
    }
view-too-long = This is too long. Make it shorter.
view-missing = First choose whether you agree.
view-late = This was sealed already. Your remarks no longer go along. { $sender } does read them and can still pass them on to { $recipient }.
view-send = Next
view-open = Write remarks

## Checking and signing

check-title = Is this right?
check-intro = This is what you sign. After that it is final.
check-yes = You say yes to
check-no = You say no to
check-withdraw = You take back your yes to
check-object = You object to
check-means = This is what happens then
check-means-all = { $recipient } gets everything you have seen, if nobody else says no.
check-means-part = This does not go to { $recipient }: { $categories }. The rest can still go.
check-means-part-law = This does not go to { $recipient }: { $categories }. The rest does go. The law requires it.
check-means-none = Nothing is sent.
check-means-required = { $categories } is needed. Without it nothing is sent. Somebody from { $sender } will contact you.
check-means-stop = From now on nothing more of it is sent.
check-means-answer = { $recipient } must say whether it is erased or kept.
check-means-later = You can change your mind later.
check-seen = You let us know that you have seen everything. That is not consent.
check-view = Your remarks go along:
check-sign = Sign
check-back = Back
check-busy = Signing.

## Receipt

receipt-title = Signed
receipt-title-view = Your remarks were sent
receipt-kept = Keep this receipt if you like. You will also find your answer in the overview.
receipt-at = Signed on
receipt-about = About
receipt-said = Answer
receipt-seen = seen
receipt-stage = How it stands now
receipt-evidence = Number in the evidence log
receipt-digest = Fingerprint of the text
receipt-digest-hint = With it anybody can check later which text stood on the screen.
receipt-print = Print the receipt
receipt-download = Save the receipt
receipt-released-title = This had been sent already
receipt-released-none = Nothing had been sent.
receipt-released-arrived = { $date }: { $categories }. Arrived.
receipt-released-under-way = { $date }: { $categories }. Under way.
receipt-released-answer = { $recipient } hears this at once and must answer: erased, or kept and why.
receipt-overview = To the overview

## How it stands

stage-awaiting = waiting for answers
stage-blocked = does not go on, somebody will contact you
stage-permitted = may be sent
stage-submitted = ready for the recipient
stage-released = under way
stage-received = arrived
stage-quarantined = set apart by the recipient
stage-retracted = taken back
stage-expired = its term is over

## Help with reading

speak-start = Read aloud
speak-stop = Stop reading aloud
question-history = What happened?
question-unknown = This question does not exist, or is not for you.
question-dutch-beside = The Dutch text is binding
question-window = Question
question-loading-page = The question is being fetched and checked.
question-to-answer = To the answer
