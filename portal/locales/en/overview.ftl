### The overview, the history, who has the data, everything about my child.

overview-title = Your overview
overview-window = Overview
overview-loading = The questions are being fetched and checked.
overview-open-title = This is asked of you
overview-open-none = Nothing is asked of you now.
overview-running-title = This is running or allowed now
overview-done-title = This has ended
overview-count = { $count ->
        [0] No question is waiting.
        [one] One question is waiting.
       *[other] { $count } questions are waiting.
    }
overview-from-to = From { $sender } to { $recipient }
overview-until = Answer before { $date }
overview-look-until = You can look until { $date }
overview-decide = Look and decide
overview-look = Look
overview-child-at = { $name }, via { $organisation }
overview-child-unnamed = Child at { $organisation }
overview-self-at = About yourself, via { $organisation }
overview-join = Add one more code
overview-joined-unreadable = This letter cannot be opened here now.
overview-not-believed = There is a question that we do not trust. We do not show it. Call { $organisation }.
overview-said = You said: { $choices }
overview-said-agree = yes
overview-said-mixed = partly yes, partly no
overview-said-refuse = no

place-overview = Overview
place-who = Who has what?
place-export = Keep everything
place-join = One more code
place-log-out = Log out

## Who has my data?

holders-title = { $you ->
        [je] Who has your data?
       *[u] Who has the data?
    }
holders-window = Who has what?
holders-lead = This was sent with Handdruk. What schools pass on in another way is not shown here.
holders-none = Nobody has received anything yet.
holders-has = { $organisation } has received
holders-at = Received on { $date }
holders-read = Read on { $date } by { $professional }
holders-not-confirmed = Sent on { $date }. The recipient has not said yet that it arrived.
holders-erased = Erased on { $date }, says { $organisation }.
holders-kept = Kept, says { $organisation }. Reason: { $ground }
holders-asked = Asked to erase it. { $organisation } has not answered yet.
holders-keep = May keep it: { $keep }
holders-source = The recipient says so. Handdruk passes it on.
holders-question = To the question
holders-accepted = Somebody took it on, on { $date }.
holders-declined = Not taken on, on { $date }.

## Everything about my child

export-title = { $you ->
        [je] Keep everything about you
       *[u] Keep everything about your child
    }
export-window = Keep everything
export-lead = You have a right to a copy of the data. Here you make one on your own device.
export-what = It holds everything that you can see here, with all signatures. What is somebody else's is not in it.
export-care = Mind. The file holds data about health and family. Keep it in a safe place.
export-json = As a file for computers (JSON)
export-html = As a page to read
export-busy = Working. { $done } of { $total } done.
export-done = Done. The file is among your downloads.
export-more = What a school or care provider still has itself, you ask there. They must answer within a month.

## Session

session-warning-title = Are you still there?
session-warning = In { $minutes ->
        [one] 1 minute
       *[other] { $minutes } minutes
    } you will be logged out. What you have not signed yet is then lost.
session-warning-last = You cannot stay longer. Log in again afterwards.
session-stay = I am still here
session-leave = Log out
