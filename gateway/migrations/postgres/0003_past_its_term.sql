-- What retention looks for, and what is swept with every pass over what is due.
CREATE INDEX handovers_over ON handovers (handover) WHERE is_over = 1;
CREATE INDEX notices_by_time ON notices (at);
CREATE INDEX sessions_by_end ON sessions (not_after);
