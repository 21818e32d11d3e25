-- What has to be forgotten, and what may not be yet.

ALTER TABLE contact ADD COLUMN touched_ms {ms};     -- a person said that he is still to be kept

-- Why the bytes of a mail are gone for good: 'retention', 'erasure'; NULL: they are not.
ALTER TABLE message ADD COLUMN removed {text};
-- Of each state that `retention` names, those whose time may have come.
CREATE INDEX message_ignored_since ON message (stored_ms)
	WHERE state = 'ignored' AND removed IS NULL;
CREATE INDEX message_quarantined_since ON message (stored_ms)
	WHERE state = 'quarantined' AND removed IS NULL;
CREATE INDEX message_dead_since ON message (stored_ms)
	WHERE state = 'dead' AND removed IS NULL;
INSERT INTO message_count (name, rows) VALUES ('purged', 0);

-- Finance documents of erased people: unaltered and outside search until their day.
CREATE TABLE finance_hold (
	id {id},
	message_id {ref} UNIQUE REFERENCES message (id),
	ticket_id {ref} UNIQUE REFERENCES ticket (id), -- one of the two
	until_ms {ms},                      -- NULL: for ever
	held_ms {ms} NOT NULL
) {strict};
CREATE INDEX finance_hold_by_end ON finance_hold (until_ms) WHERE until_ms IS NOT NULL;

-- Where `backup` wrote: an erasure has to find them again.
CREATE TABLE backup_file (
	path {text} NOT NULL PRIMARY KEY,
	made_ms {ms} NOT NULL
) {keyed};
