-- What guardians must still be told by mail: that something changed, and nothing else. One row per person: who has a mail
-- waiting needs no second one. Written in the transaction that makes it necessary, removed once the mail server took it.
CREATE TABLE mail (
    slot BLOB PRIMARY KEY REFERENCES guardian (slot) ON DELETE CASCADE,
    -- Names the message, so that one that goes twice after a crash is recognisably one. Another change writes another name
    -- here, so that a mail that is under way does not count for what came after it.
    message BLOB NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX mail_by_due ON mail (due_at);
