-- A meeting that a mail's invite announced: later mails of the same event change it.
ALTER TABLE activity ADD COLUMN event {text} NOT NULL DEFAULT '';      -- UID [RECURRENCE-ID]
ALTER TABLE activity ADD COLUMN event_sequence {int} NOT NULL DEFAULT 0;
ALTER TABLE activity ADD COLUMN event_stamp_ms {ms} NOT NULL DEFAULT 0;
CREATE INDEX activity_by_event ON activity (event) WHERE event <> '';
