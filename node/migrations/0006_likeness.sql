-- Which handovers to us seem to be about one child: a blind index over name and date of birth. Goes with the content.
CREATE TABLE likeness (
    handover BLOB PRIMARY KEY REFERENCES inbox_content (handover) ON DELETE CASCADE,
    name_index BLOB NOT NULL
) STRICT;
CREATE INDEX likeness_by_name ON likeness (name_index);
