-- A guardian's key ring: what joins several codes into one account, sealed in the browser. One per invitation, replaced over
-- the version that was read; gone with its invitation.
CREATE TABLE key_rings (
    invitation BLOB NOT NULL PRIMARY KEY REFERENCES invitations (invitation) ON DELETE CASCADE,
    version    INTEGER NOT NULL CHECK (version > 0),
    digest     BLOB NOT NULL CHECK (length(digest) = 32),
    sealed     BLOB NOT NULL
) STRICT, WITHOUT ROWID;
