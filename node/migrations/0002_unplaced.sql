-- What somebody should get and nobody is known who could: a state with an owner, until a recipient is named.
CREATE TABLE unplaced (
    handover BLOB PRIMARY KEY,
    child BLOB NOT NULL REFERENCES pupil (child) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- How many fields of which category there are to hand over.
    sealed BLOB NOT NULL,
    UNIQUE (child, purpose)
) STRICT;
