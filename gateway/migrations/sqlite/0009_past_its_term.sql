-- What retention looks for, so that it need not read every handover once in an hour. Only an outcome writes it.
CREATE INDEX handovers_over ON handovers (handover) WHERE is_over = 1;
