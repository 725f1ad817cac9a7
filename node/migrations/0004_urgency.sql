-- What stands first in the inbox: 2 a withdrawal waits for an answer, 1 a deadline has passed, 0 neither.
ALTER TABLE inbox RENAME COLUMN unanswered TO urgency;
UPDATE inbox SET urgency = 2 WHERE urgency = 1;
