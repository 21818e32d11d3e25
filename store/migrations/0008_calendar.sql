-- When what calendars show of a row changed last, and how often: other changes of the row are none
-- to a subscriber.
ALTER TABLE task ADD COLUMN calendar_ms {ms} NOT NULL DEFAULT 0;
UPDATE task SET calendar_ms = changed_ms;
ALTER TABLE ticket ADD COLUMN calendar_ms {ms} NOT NULL DEFAULT 0;
UPDATE ticket SET calendar_ms = changed_ms;
ALTER TABLE deal ADD COLUMN calendar_ms {ms} NOT NULL DEFAULT 0;
UPDATE deal SET calendar_ms = changed_ms;
ALTER TABLE deal ADD COLUMN sequence {int} NOT NULL DEFAULT 0;

-- Who fetched which calendar of a feed last, and what he got.
CREATE TABLE feed_client (
	feed_id {ref} NOT NULL REFERENCES feed (id),
	client {text} NOT NULL,             -- User-Agent, cut
	calendar {text} NOT NULL,           -- events, tasks
	at_ms {ms} NOT NULL,
	status {int} NOT NULL,              -- of HTTP: 200, 304 nothing new, 503 failed
	items {int} NOT NULL,               -- in the calendar then
	size_bytes {int} NOT NULL,          -- of the last body that was sent
	fetches {int} NOT NULL,
	PRIMARY KEY (feed_id, client, calendar)
) {keyed};
INSERT INTO feed_client (feed_id, client, calendar, at_ms, status, items, size_bytes, fetches)
	SELECT feed_id, client, 'events', at_ms, status, 0, 0, fetches FROM feed_fetch;
DROP TABLE feed_fetch;
