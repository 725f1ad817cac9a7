### What can go wrong, and what you do then.

error-title = That did not go well
error-WRONG_CODE_OR_SECRET = Code and secret do not belong together. Type the secret again. Mind capital letters.
error-TOO_MANY = There were too many attempts. Wait a while and try again. After each attempt you wait longer.
error-BUSY = It is very busy. Nothing was changed. Wait a while and try again.
error-UNANSWERED = We got no answer. Perhaps it worked anyway. Look in the overview before you do it again.
error-OFFLINE = There is no connection. Check that you are online and try again.
error-FAULT = Something went wrong on our side. Nothing was recorded. Try again later.
error-fault-number = Calling about this? Then name this number: { $id }.
error-NOT_FOUND = This does not exist, or it is not for you.
error-CODE_ALREADY_USED = This code was used before. Was it not you? Then call the organisation of the letter at once.
error-INVITATION_NOT_VALID = This letter no longer counts. Use the newest letter, or ask for a new one.
error-NO_SAY = You do not decide about this. Nothing was recorded.
error-WRONG_STAGE = This is no longer possible. Look in the overview how it stands.
error-HANDOVER_CLOSED = This has ended already. Nothing was recorded.
error-TIME_OUT_OF_RANGE = The clock of your device is wrong. Set the time and try again.
error-EVIDENCE_UNAVAILABLE = We cannot keep it now. Nothing was recorded. Try again later.
error-TOO_LARGE = This is too long. Make it shorter.
error-CROSS_SITE = This request came from another website. Nothing was recorded. Open this site again.
error-other = This did not work. Nothing was recorded. Try again later, or call the organisation of the letter.
error-not-believed-title = We do not trust this
error-not-believed = What stands here is not signed by whoever must sign it. So we do not show it. Call the organisation of the letter.
error-keys = The keys on record are not yours. Perhaps somebody else used your letter. Call the organisation of the letter at once.
error-again = Try again
error-session-ended-title = You are logged out
error-session-ended = You were away for a while. For your safety everything was closed. Nothing is lost.
error-log-in-again = Go in again
