-- What came with a step of the warm part: a plan, agreements, a date. Kept by the digest of the signed step; erased with the
-- handover's content, after a withdrawal, and at `erase_at` where that is set.
CREATE TABLE detail (
    handover BLOB NOT NULL,
    digest BLOB NOT NULL,
    erase_at INTEGER,
    sealed BLOB NOT NULL,
    PRIMARY KEY (handover, digest)
) STRICT;
