-- A mail that tells the privacy officer, outside the workdesk, that the glass was broken. It names nobody and no handover:
-- it only says where to look. A row is written with the glass itself, so that a restart forgets none.
CREATE TABLE glass_mail (
    broken BLOB PRIMARY KEY REFERENCES broken_glass (id),
    -- How often the mail server was asked in vain.
    attempts INTEGER NOT NULL DEFAULT 0,
    -- When it is tried next; empty once it was taken or given up.
    due INTEGER,
    -- When the mail server took it.
    told_at INTEGER
) STRICT;
CREATE INDEX glass_mail_by_due ON glass_mail (due) WHERE due IS NOT NULL;
