### What happened, from whom we know it, and what we cannot check.

history-title = What happened?
history-none = Nothing has happened yet.
history-by-gateway = Handdruk reports this.
history-by-sender = Signed by { $organisation }.
history-by-you = Signed by you.
history-by-recipient = Said by { $organisation }, passed on by Handdruk.
history-evidence = Evidence number { $number }

act-invited = Somebody got a letter to have a say.
act-invitation-revoked = A letter was taken back.
act-activated = Somebody with a say used their letter.
act-code-found-used = Mind: somebody tried a code that had been used.
act-proposed = It was asked to send this.
act-renewed = The term was extended.
act-previewed = The content was made ready to look at.
act-told = Somebody with a say knows about it.
act-decided = Somebody with a say has answered.
act-attested = Professionals recorded something.
act-withdrawn = Somebody took a yes back or objected.
act-view-added = Remarks were added.
act-permitted = It may be sent.
act-permit-lapsed = It may no longer be sent.
act-refused = It was stopped.
act-submitted = It was sealed and made ready.
act-released = It was sent.
act-received = It arrived.
act-quarantined = The recipient set it apart.
act-retracted = It was taken back before it arrived.
act-expired = The term was over before it was sent.
act-withdrawal-answered = The recipient answered the withdrawal.
act-progressed = A step was taken in the handover.
act-read = Somebody at the recipient read it.
act-erased = The recipient erased the content.
act-family-alerted = A step was not taken in time. Whoever must take it knows.
act-content-erased = What was waiting was erased.
act-other = Something was recorded.

said-proposed = Proposed to send: { $categories }
said-renewed = Extended until { $date }
said-told = You were told.
said-told-somebody = Somebody with a say was told.
said-told-preview = The content was ready in this portal.
said-told-letter = With a letter.
said-told-conversation = In a conversation.
said-decided = You said: { $choices }
said-decided-seen = You let us know that you have seen it.
said-decided-earlier = With an earlier letter you said: { $choices }. That cannot be checked here.
said-attested-paper-decision = Recorded on paper by two professionals: { $choices }
said-attested-assisted-decision = Recorded with help by two professionals: { $choices }
said-attested-spoken-withdrawal = Spoken, and recorded by a professional: { $choices }
said-attested-authority-changed = Parental authority changed. Everything open is looked at again.
said-attested-safety-report = A second professional looked at the report too.
said-attested-who-you = This is about your answer.
said-attested-who-other = This is about somebody else's answer.
said-choice = { $choice }: { $categories }
said-released = Sent: { $categories }
said-released-views = { $count ->
        [one] Remarks of one person went along.
       *[other] Remarks of { $count } people went along.
    }
said-released-dropped = Held back: { $categories }
said-received = Arrived: { $categories }
said-quarantined = The recipient set it apart, because something was wrong. It will be erased.
said-erased = The recipient has erased it.
said-kept = The recipient keeps it. Reason: { $ground }
said-accepted = Somebody at the recipient took it on.
said-declined = The recipient declined it: { $reason }
said-read = Read by { $professional } of { $organisation }: { $categories }
said-step-confirmed = The sender has let go. It is the recipient's alone now.
said-step-no-recipient = Nobody was found yet. The sender goes on looking.
said-step-talk-planned = A talk was agreed.
said-step-talk-held = The talk was held.
said-step-started = It started.
said-step-not-started = It has not started yet.
said-step-aftercare-planned = It was agreed when to look how it goes.
said-step-aftercare-held = It was looked at how it goes.
said-step-closed = It is finished.
said-step-erased = The content was erased at the recipient.
said-unverified = This is not signed by whoever must sign it. Do not trust it.
said-nothing = nothing

ground-care-dossier = The care provider must keep the dossier (Jeugdwet 7.3.8). You may ask for its destruction (Jeugdwet 7.3.9).
ground-statutory-duty = The law says that the recipient must keep it.
ground-legal-claim = It is needed for a legal claim.

declined-no-place = there is no place
declined-wrong-address = it came to the wrong organisation
declined-waiting-list = there is a waiting list
declined-not-suitable = this is not the right kind of help
