-- The state of a gateway. Ids are 16 bytes, digests 32, times microseconds since 1970 in UTC, words those of the domain's
-- closed vocabularies. Nothing here says who a person is.

-- Every statement that was verified or signed here, once.
CREATE TABLE statements (
    digest     BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    kind       TEXT NOT NULL,
    body       BLOB NOT NULL,
    -- Key id (32 bytes) and signature (64 bytes), in turn.
    signatures BLOB NOT NULL CHECK (length(signatures) % 96 = 0)
) STRICT;

-- Which statements belong to the story of which handover, in the order of the log.
CREATE TABLE story (
    position INTEGER PRIMARY KEY,
    handover BLOB NOT NULL CHECK (length(handover) = 16),
    digest   BLOB NOT NULL REFERENCES statements (digest),
    UNIQUE (handover, digest)
) STRICT;

-- The membership with the highest serial of each organisation.
CREATE TABLE members (
    oin    TEXT NOT NULL PRIMARY KEY,
    digest BLOB NOT NULL REFERENCES statements (digest)
) STRICT, WITHOUT ROWID;

-- Every key bundle of each organisation; the highest serial is current.
CREATE TABLE bundles (
    oin    TEXT NOT NULL,
    serial INTEGER NOT NULL,
    key    BLOB NOT NULL CHECK (length(key) = 32),
    digest BLOB NOT NULL REFERENCES statements (digest),
    PRIMARY KEY (oin, serial)
) STRICT, WITHOUT ROWID;
CREATE INDEX bundles_by_key ON bundles (key);

-- The catalogues that came into force, in order; the last one is in force.
CREATE TABLE catalogues (
    position INTEGER PRIMARY KEY,
    digest   BLOB NOT NULL REFERENCES statements (digest)
) STRICT;

-- Invitations with what became of them. The order of rows is that of the log.
CREATE TABLE invitations (
    position       INTEGER PRIMARY KEY,
    invitation     BLOB NOT NULL UNIQUE CHECK (length(invitation) = 16),
    inviter        TEXT NOT NULL,
    child          BLOB NOT NULL CHECK (length(child) = 16),
    digest         BLOB NOT NULL REFERENCES statements (digest),
    gateway_half   BLOB NOT NULL CHECK (length(gateway_half) = 32),
    own_keys       BLOB REFERENCES statements (digest),
    login_verifier BLOB CHECK (length(login_verifier) = 32),
    failed_logins  INTEGER NOT NULL DEFAULT 0,
    locked_until   INTEGER,
    ended          TEXT,
    CHECK ((own_keys IS NULL) = (login_verifier IS NULL))
) STRICT;
CREATE INDEX invitations_by_child ON invitations (inviter, child);

-- Sessions by the digest of their token.
CREATE TABLE sessions (
    digest     BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    invitation BLOB NOT NULL REFERENCES invitations (invitation),
    not_after  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Handovers: what their statements do not say.
CREATE TABLE handovers (
    handover  BLOB NOT NULL PRIMARY KEY CHECK (length(handover) = 16),
    sender    TEXT NOT NULL,
    recipient TEXT NOT NULL,
    child     BLOB NOT NULL CHECK (length(child) = 16),
    stage     TEXT NOT NULL,
    is_over   INTEGER NOT NULL CHECK (is_over IN (0, 1)),
    -- When time alone may change it.
    due       INTEGER,
    -- JSON; read and written by the domain alone.
    state     TEXT NOT NULL
) STRICT;
-- Without columns that change, so that a step of a handover writes no index.
CREATE INDEX handovers_by_child ON handovers (sender, child);
CREATE INDEX handovers_due ON handovers (due) WHERE due IS NOT NULL;

-- Sealed content while it waits. Gone once received, withdrawn or over.
CREATE TABLE compartments (
    handover BLOB NOT NULL REFERENCES handovers (handover),
    name     TEXT NOT NULL,
    sealed   BLOB NOT NULL,
    PRIMARY KEY (handover, name)
) STRICT;

-- Previews sealed to guardians, the latest of each.
CREATE TABLE previews (
    handover   BLOB NOT NULL REFERENCES handovers (handover),
    slot       BLOB NOT NULL CHECK (length(slot) = 16),
    invitation BLOB NOT NULL REFERENCES invitations (invitation),
    sealed     BLOB NOT NULL,
    PRIMARY KEY (handover, slot)
) STRICT;

-- The outboxes: what each organisation's event stream tells it. A cursor is never used twice.
CREATE TABLE notices (
    cursor      INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient   TEXT NOT NULL,
    kind        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    handover    BLOB,
    slot        BLOB,
    -- Digests, 32 bytes each.
    statements  BLOB NOT NULL CHECK (length(statements) % 32 = 0),
    stage       TEXT,
    sealed_view BLOB
) STRICT;
CREATE INDEX notices_by_recipient ON notices (recipient, cursor);

-- First answers to requests.
CREATE TABLE requests (
    caller   TEXT NOT NULL,
    request  BLOB NOT NULL CHECK (length(request) = 16),
    digest   BLOB NOT NULL CHECK (length(digest) = 32),
    handover BLOB,
    -- JSON; read and written by the domain alone.
    answer   TEXT NOT NULL,
    PRIMARY KEY (caller, request)
) STRICT;

-- The evidence log: the commitment for ever, salt and event until erased. Handover and child stand beside it only to find
-- what concerns them, and go with the event.
CREATE TABLE evidence (
    leaf       INTEGER PRIMARY KEY CHECK (leaf >= 0),
    commitment BLOB NOT NULL CHECK (length(commitment) = 32),
    salt       BLOB CHECK (length(salt) = 16),
    event      BLOB,
    handover   BLOB,
    inviter    TEXT,
    child      BLOB,
    CHECK ((salt IS NULL) = (event IS NULL))
) STRICT;
CREATE INDEX evidence_by_handover ON evidence (handover, leaf) WHERE handover IS NOT NULL;
CREATE INDEX evidence_by_child ON evidence (inviter, child, leaf) WHERE child IS NOT NULL;

-- Hashes of complete subtrees, at levels that are multiples of 8.
CREATE TABLE subtrees (
    level    INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash     BLOB NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID;

-- The head of the log: one row.
CREATE TABLE log_head (
    only       INTEGER PRIMARY KEY CHECK (only = 1),
    size       INTEGER NOT NULL,
    root       BLOB NOT NULL CHECK (length(root) = 32),
    -- C2SP signed note; empty while the log is.
    checkpoint TEXT NOT NULL,
    -- Counts commits, those without evidence too.
    turn       INTEGER NOT NULL
) STRICT;
