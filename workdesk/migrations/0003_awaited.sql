-- What somebody recorded and a second colleague must confirm before the node is asked: a decision on paper or with help. It
-- waits here, sealed, so that a restart forgets none.
CREATE TABLE awaited (
    -- The id of the request that the node gets.
    id BLOB PRIMARY KEY,
    handover BLOB NOT NULL,
    by_reference TEXT NOT NULL REFERENCES account (reference),
    asked TEXT NOT NULL REFERENCES account (reference),
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    -- The request.
    sealed BLOB NOT NULL,
    -- The second said that it is not so.
    denied INTEGER NOT NULL DEFAULT 0 CHECK (denied IN (0, 1)),
    -- Nobody confirms themself.
    CHECK (by_reference <> asked)
) STRICT;
CREATE INDEX awaited_by_asked ON awaited (asked);
CREATE INDEX awaited_by_handover ON awaited (handover);
