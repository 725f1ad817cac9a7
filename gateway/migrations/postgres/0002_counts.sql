-- Counts for third parties, as in SQLite's migration 0007; there each column is explained.
ALTER TABLE handovers
    ADD COLUMN municipality TEXT,
    ADD COLUMN quarter TEXT,
    ADD COLUMN purpose TEXT,
    ADD COLUMN standing TEXT;
CREATE INDEX handovers_counted ON handovers (municipality, quarter) WHERE municipality IS NOT NULL;

CREATE TABLE counts (
    municipality TEXT NOT NULL,
    quarter      TEXT NOT NULL,
    shown        TEXT NOT NULL,
    PRIMARY KEY (municipality, quarter)
);
