-- When the last commit was decided, so that no later one is dated before it. Microseconds since 1970, as everywhere.
ALTER TABLE log_head ADD COLUMN latest INTEGER NOT NULL DEFAULT 0;
