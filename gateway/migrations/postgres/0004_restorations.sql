-- Going on after the database was put back from a copy, as in SQLite's migration 0010; there each is explained.
CREATE TABLE restorations (
    number BIGINT PRIMARY KEY,
    digest BYTEA NOT NULL
);

CREATE TABLE returns (
    organisation TEXT PRIMARY KEY,
    number       BIGINT NOT NULL
);

ALTER TABLE handovers ADD COLUMN held BIGINT;
