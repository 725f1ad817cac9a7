-- Handovers from before there were deadlines for what is not received yet and for withdrawals: the engine looks at each of them
-- once, and sets what it must be reminded of from then on.
UPDATE handovers SET due = 0 WHERE is_over = 0 OR instr(state, '"withdrawals":') > 0;
