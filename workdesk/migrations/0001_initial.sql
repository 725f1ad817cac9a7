-- The workdesk's own database: who works at the desk, who has what, who saw what. No child's name and no content stands here;
-- a colleague's name, and every text that somebody typed, is sealed.

-- Whose database it is, and a known text under its key: another organisation's file or another key is found at once.
CREATE TABLE desk (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    oin TEXT NOT NULL,
    sealed BLOB NOT NULL
) STRICT;

-- Colleagues. A reference is never given to somebody else: accounts are disabled, not removed.
CREATE TABLE account (
    -- The organisation's own reference, as statements and the log say it.
    reference TEXT PRIMARY KEY,
    -- The name that colleagues see.
    sealed BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    -- There for the whole organisation; otherwise for the sites and teams that are listed.
    everything INTEGER NOT NULL CHECK (everything IN (0, 1)),
    -- Raised by every change, so that two administrators do not undo each other unseen.
    version INTEGER NOT NULL DEFAULT 1,
    made_at INTEGER NOT NULL,
    -- Who stands in until the end of which day (ISO 8601), while this colleague is absent.
    absent_until TEXT,
    stand_in TEXT REFERENCES account (reference)
) STRICT;

CREATE TABLE account_role (
    reference TEXT NOT NULL REFERENCES account (reference),
    role TEXT NOT NULL,
    PRIMARY KEY (reference, role)
) STRICT;

CREATE TABLE account_site (
    reference TEXT NOT NULL REFERENCES account (reference),
    site TEXT NOT NULL,
    PRIMARY KEY (reference, site)
) STRICT;

CREATE TABLE account_team (
    reference TEXT NOT NULL REFERENCES account (reference),
    team TEXT NOT NULL,
    PRIMARY KEY (reference, team)
) STRICT;

-- What a colleague logs in with. Absent until they have enrolled.
CREATE TABLE credential (
    reference TEXT PRIMARY KEY REFERENCES account (reference),
    -- Argon2id with its parameters, in the PHC string format.
    password TEXT NOT NULL,
    -- The secret of the second factor (RFC 6238).
    sealed BLOB NOT NULL,
    -- The last time step that was accepted: no code counts twice.
    step INTEGER NOT NULL
) STRICT;

-- A code that lets a colleague choose a password and a second factor, once. Only its digest is kept.
CREATE TABLE enrolment (
    reference TEXT PRIMARY KEY REFERENCES account (reference),
    code BLOB NOT NULL,
    until INTEGER NOT NULL
) STRICT;

-- Who inside the organisation has a handover: a colleague or a team.
CREATE TABLE assignment (
    handover BLOB PRIMARY KEY,
    reference TEXT REFERENCES account (reference),
    team TEXT,
    since INTEGER NOT NULL,
    -- Who gave it.
    by_reference TEXT NOT NULL REFERENCES account (reference),
    version INTEGER NOT NULL,
    CHECK ((reference IS NULL) <> (team IS NULL))
) STRICT;
CREATE INDEX assignment_by_reference ON assignment (reference);

-- A colleague opened what was closed to them, with a reason (sealed), until then.
CREATE TABLE broken_glass (
    id BLOB PRIMARY KEY,
    reference TEXT NOT NULL REFERENCES account (reference),
    handover BLOB NOT NULL,
    sealed BLOB NOT NULL,
    at INTEGER NOT NULL,
    until INTEGER NOT NULL,
    -- When a privacy officer had read it, and who.
    read_at INTEGER,
    read_by TEXT REFERENCES account (reference)
) STRICT;
CREATE INDEX broken_glass_by_handover ON broken_glass (handover, reference);

-- Who did or saw what, with the fields of NEN 7513. Only ever added to.
CREATE TABLE viewed (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    -- Who: the account's reference, or what was typed where no account was recognised is not kept and this is empty.
    who TEXT,
    -- In which roles, in order, separated by commas.
    roles TEXT NOT NULL,
    -- What was done: a word of a closed list.
    action TEXT NOT NULL,
    -- About which handover; the subject is known by nothing else here.
    handover BLOB,
    -- About which colleague, where it was about one.
    colleague TEXT,
    -- Which categories of content were shown, in order, separated by commas.
    categories TEXT NOT NULL,
    -- On what ground, or why it was refused.
    ground TEXT NOT NULL,
    allowed INTEGER NOT NULL CHECK (allowed IN (0, 1)),
    -- From which network address.
    source TEXT NOT NULL
) STRICT;
CREATE INDEX viewed_by_handover ON viewed (handover, id);
CREATE INDEX viewed_by_who ON viewed (who, id);
CREATE TRIGGER viewed_is_not_changed BEFORE UPDATE ON viewed
BEGIN
    SELECT RAISE(ABORT, 'the log is only added to');
END;
