-- Going on after the database was put back from a copy.
-- Restorations that the registrar signed, which stand among the statements; the one with the highest number is in force.
CREATE TABLE restorations (
    number INTEGER PRIMARY KEY,
    digest BLOB NOT NULL
) STRICT;

-- The restoration since which an organisation has returned all that it holds, by number.
CREATE TABLE returns (
    organisation TEXT NOT NULL PRIMARY KEY,
    number       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The restoration that put a handover back while it had no outcome, by number: it ends before anything else is done with it.
ALTER TABLE handovers ADD COLUMN held INTEGER;
