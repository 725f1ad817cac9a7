-- By when a recipient must be found: a watch as the domain writes it. Absent on what was sought before there was a deadline, until
-- the node looks.
ALTER TABLE unplaced ADD COLUMN watch TEXT;
-- The month of the school transition, from which a term may count: its first day. Absent where it was not kept: then the month in
-- which it was first sought.
ALTER TABLE unplaced ADD COLUMN month TEXT;
