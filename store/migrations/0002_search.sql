-- The search index of SQLite. It holds no text of its own (content=''): search_text does, and
-- another database has another file of this number. Bytes sort and accents fold as people type.
CREATE VIRTUAL TABLE message_index USING fts5 (
	subject, sender, recipients, body,
	content='', columnsize=0, tokenize='unicode61 remove_diacritics 2');
-- Some 500 mails are sorted in memory before they are written, and parts are merged eight at a time.
INSERT INTO message_index (message_index, rank) VALUES ('hashsize', 4194304);
INSERT INTO message_index (message_index, rank) VALUES ('automerge', 8);
