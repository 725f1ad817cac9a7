-- Where the log has what is public: memberships, key bundles, catalogues. Found by the organisation that they are about, or
-- by the statement itself, for whoever exports a handover's evidence. What concerns a child or a handover is found through
-- the columns of evidence, which go when an event is erased; nothing here is about a person, so nothing here need go.
--
-- No release kept a log before this table, so there is nothing to fill it from.
CREATE TABLE registered (
    leaf   INTEGER NOT NULL REFERENCES evidence (leaf),
    digest BLOB NOT NULL REFERENCES statements (digest),
    oin    TEXT,
    PRIMARY KEY (leaf, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX registered_by_oin ON registered (oin, leaf) WHERE oin IS NOT NULL;
CREATE INDEX registered_by_digest ON registered (digest, leaf);
