-- The node's own database. Ids are random or time-ordered and say nothing about a person. Every column named `sealed`
-- holds AES-256-GCM under the storage key, bound to table, column and row; nothing personal stands anywhere else.
-- Times are milliseconds since 1970, UTC.

-- One row: which organisation this is, and how far the gateway's events were handled.
CREATE TABLE node (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    oin TEXT NOT NULL,
    -- Fresh for every new database, so that a restored copy can be told from its original.
    incarnation BLOB NOT NULL,
    -- A known text under the storage key: opens only with the right key.
    sealed BLOB NOT NULL,
    -- The last event that was durably handled.
    cursor INTEGER NOT NULL DEFAULT 0,
    -- The largest checkpoint that was seen and proven consistent (C2SP signed note); empty for none.
    checkpoint TEXT NOT NULL DEFAULT ''
) STRICT;

-- This organisation's own key bundles with their private halves.
CREATE TABLE own_bundle (
    serial INTEGER PRIMARY KEY,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    published INTEGER NOT NULL DEFAULT 0,
    sealed BLOB NOT NULL
) STRICT;

-- The highest key bundle that was seen of each other organisation; lower serials are refused from then on.
CREATE TABLE peer_bundle (
    oin TEXT PRIMARY KEY,
    serial INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT;

-- The membership with the highest serial that was seen of each organisation, as the registrar signed it.
CREATE TABLE member (
    oin TEXT PRIMARY KEY,
    serial INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

-- The catalogues that were in force, as the registrar signed them; the newest row is the one in force.
CREATE TABLE catalogue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest BLOB NOT NULL UNIQUE,
    sealed BLOB NOT NULL
) STRICT;

-- One pupil: the school administration's key is looked up by a blind index.
CREATE TABLE pupil (
    child BLOB PRIMARY KEY,
    pupil_index BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

-- One person with a say about one pupil.
CREATE TABLE guardian (
    slot BLOB PRIMARY KEY,
    child BLOB NOT NULL REFERENCES pupil (child) ON DELETE CASCADE,
    person_index BLOB NOT NULL,
    sealed BLOB NOT NULL,
    UNIQUE (child, person_index)
) STRICT;

-- One invitation that this organisation issued, with the keys that were activated under it.
CREATE TABLE invitation (
    invitation BLOB PRIMARY KEY,
    slot BLOB NOT NULL REFERENCES guardian (slot) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    -- open, activated, replaced, revoked
    state TEXT NOT NULL,
    alarm INTEGER NOT NULL DEFAULT 0,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX invitation_by_slot ON invitation (slot, created_at);

-- One handover that this organisation sends.
CREATE TABLE sent (
    handover BLOB PRIMARY KEY,
    child BLOB NOT NULL REFERENCES pupil (child),
    purpose TEXT NOT NULL,
    recipient TEXT NOT NULL,
    -- Absent until the gateway has admitted it.
    stage TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- When its outcome was reached, or it was refused.
    closed_at INTEGER,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX sent_by_child ON sent (child, handover);

-- What is to be sealed: content with its salts. Erased by retention.
CREATE TABLE sent_content (
    handover BLOB PRIMARY KEY REFERENCES sent (handover) ON DELETE CASCADE,
    sealed BLOB NOT NULL
) STRICT;

-- A spoken or attested no that the gateway may not know yet: nothing is sealed for these categories meanwhile.
CREATE TABLE hold (
    handover BLOB NOT NULL REFERENCES sent (handover) ON DELETE CASCADE,
    task INTEGER NOT NULL,
    PRIMARY KEY (handover, task)
) STRICT;

-- One handover that was released to this organisation.
CREATE TABLE inbox (
    handover BLOB PRIMARY KEY,
    purpose TEXT NOT NULL,
    sender TEXT NOT NULL,
    stage TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    -- When the content must be gone.
    erase_at INTEGER NOT NULL,
    -- Whether a withdrawal waits for an answer: such items are listed first.
    unanswered INTEGER NOT NULL DEFAULT 0,
    sealed BLOB NOT NULL
) STRICT;

-- Opened content, quarantined content included. Erased by retention or a withdrawal.
CREATE TABLE inbox_content (
    handover BLOB PRIMARY KEY REFERENCES inbox (handover) ON DELETE CASCADE,
    sealed BLOB NOT NULL
) STRICT;

-- Statements kept as proof, by handover.
CREATE TABLE proof (
    handover BLOB NOT NULL,
    digest BLOB NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (handover, digest)
) STRICT;

-- Durable outbox: what must still be done with the gateway. Within a lane strictly in order.
CREATE TABLE task (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane BLOB NOT NULL,
    -- Goes before everything else in its lane.
    urgent INTEGER NOT NULL,
    kind TEXT NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    sealed BLOB NOT NULL
) STRICT;
CREATE INDEX task_by_lane ON task (lane, urgent, id);

-- The first answer to each write of a local system, returned again when the request is repeated.
CREATE TABLE request (
    caller TEXT NOT NULL,
    request BLOB NOT NULL,
    digest BLOB NOT NULL,
    at INTEGER NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (caller, request)
) STRICT;

-- Who did what here: the acting system and professional of every write, and of every reading of content.
CREATE TABLE act (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    call TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;
