-- Plans of talks, sealed to guardians: the newest of each handover, gone with the next stage.
CREATE TABLE plans (
    handover   BLOB NOT NULL REFERENCES handovers (handover),
    slot       BLOB NOT NULL CHECK (length(slot) = 16),
    invitation BLOB NOT NULL REFERENCES invitations (invitation),
    step       BLOB NOT NULL CHECK (length(step) = 32),
    sealed     BLOB NOT NULL,
    PRIMARY KEY (handover, slot)
) STRICT;
