-- Counts for third parties. What of a handover is counted stands beside its state, filled by the domain: in which table it is
-- (municipality, quarter, purpose; they never change) and how it stands. All absent for what is never counted, as under secrecy.
-- Handovers from before are counted nowhere: nothing is released yet, so there are none that anybody would miss.
ALTER TABLE handovers ADD COLUMN municipality TEXT;
ALTER TABLE handovers ADD COLUMN quarter TEXT;
ALTER TABLE handovers ADD COLUMN purpose TEXT;
ALTER TABLE handovers ADD COLUMN standing TEXT;
-- Without the standing: a step of a handover writes no index.
CREATE INDEX handovers_counted ON handovers (municipality, quarter) WHERE municipality IS NOT NULL;

-- The tables that were made of it, as they were shown. Made once, never replaced, nothing in them about a person.
CREATE TABLE counts (
    municipality TEXT NOT NULL,
    quarter      TEXT NOT NULL,
    -- JSON; read and written by the domain alone.
    shown        TEXT NOT NULL,
    PRIMARY KEY (municipality, quarter)
) STRICT, WITHOUT ROWID;
