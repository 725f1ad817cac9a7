-- What retention goes by, and what it leaves for its next step. Nothing here is about a person, and no evidence commits to it:
-- a row that is lost is noted anew, and whatever it would have erased is erased that much later.

-- Since when a handover is known to have its outcome.
CREATE TABLE outcomes (
    handover BLOB NOT NULL PRIMARY KEY REFERENCES handovers (handover),
    seen     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How far each organisation had durably heard when it last connected.
CREATE TABLE heard (
    recipient TEXT NOT NULL PRIMARY KEY,
    cursor    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- First answers that name no handover of their own, and may name several in their text: few, and found by who asked.
CREATE INDEX requests_apart ON requests (caller) WHERE handover IS NULL;

-- Statements that nothing refers to any more. They are erased apart from the rest: whether anything refers to a statement is
-- asked by digest, and an index for that on every story would cost each ordinary commit more than this costs once in five
-- years.
CREATE TABLE unkept (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32)
) STRICT, WITHOUT ROWID;
