-- Each time the gateway was put back from a copy, on the registrar's word. The one with the highest number holds.
CREATE TABLE restoration (
    number INTEGER PRIMARY KEY,
    -- As the registrar signed it, in the text form of a statement file.
    signed TEXT NOT NULL,
    -- The largest checkpoint that was seen of the log before: evidence that it existed. Empty if none was.
    checkpoint TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- Whether everything that was held then was returned.
    returned INTEGER NOT NULL DEFAULT 0
) STRICT;

-- When the largest checkpoint was first seen: a restoration that was signed before that cannot take it back. 0 where it was seen before
-- this was kept.
ALTER TABLE node ADD COLUMN checkpoint_at INTEGER NOT NULL DEFAULT 0;
