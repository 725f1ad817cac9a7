-- Where a decision stands that waits for its second. What went to the node may count from then on, so that nobody denies it
-- any more; what a newer decision of the same person overtook is confirmed by nobody.
ALTER TABLE awaited ADD COLUMN state TEXT NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'sent', 'denied', 'overtaken'));
UPDATE awaited SET state = 'denied' WHERE denied = 1;
ALTER TABLE awaited DROP COLUMN denied;
