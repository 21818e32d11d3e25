-- Who is called how, what was said and written, and who stands in for whom.

-- Other names of a contact or a company: found by name as by its own.
CREATE TABLE contact_alias (
	id {id},
	contact_id {ref} NOT NULL REFERENCES contact (id),
	name {text} NOT NULL,
	name_folded {text} NOT NULL
) {strict};
CREATE INDEX contact_alias_by_contact ON contact_alias (contact_id);
CREATE INDEX contact_alias_by_name ON contact_alias (name_folded);
CREATE TABLE company_alias (
	id {id},
	company_id {ref} NOT NULL REFERENCES company (id),
	name {text} NOT NULL,
	name_folded {text} NOT NULL
) {strict};
CREATE INDEX company_alias_by_company ON company_alias (company_id);
CREATE INDEX company_alias_by_name ON company_alias (name_folded);

-- Of calls, meetings and notes.
ALTER TABLE activity ADD COLUMN voicemail {bool} NOT NULL DEFAULT 0;
ALTER TABLE activity ADD COLUMN outcome {text} NOT NULL DEFAULT '';
ALTER TABLE activity ADD COLUMN next_step {text} NOT NULL DEFAULT '';
ALTER TABLE activity ADD COLUMN responsible_id {ref} REFERENCES app_user (id);

-- What a case taught, for the next one.
CREATE TABLE article (
	id {id},
	title {text} NOT NULL,
	title_folded {text} NOT NULL,
	body {text} NOT NULL,
	case_id {ref} REFERENCES support_case (id),
	author_id {ref} REFERENCES app_user (id),
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX article_by_case ON article (case_id) WHERE case_id IS NOT NULL;

-- A user who is away from one day to another (both included), and who does the work meanwhile.
CREATE TABLE absence (
	id {id},
	user_id {ref} NOT NULL REFERENCES app_user (id),
	stand_in_id {ref} NOT NULL REFERENCES app_user (id),
	from_date {text} NOT NULL,
	until_date {text} NOT NULL,
	state {text} NOT NULL,              -- planned, away, over
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX absence_by_state ON absence (state, user_id);
-- What was given to the stand-in: it goes back when the absence is over.
CREATE TABLE absence_work (
	id {id},
	absence_id {ref} NOT NULL REFERENCES absence (id),
	noun {text} NOT NULL,               -- task, ticket, case
	row_id {ref} NOT NULL
) {strict};
CREATE INDEX absence_work_by_absence ON absence_work (absence_id);

-- The search index of what people wrote, beside that of mail (store/note_index.c): an activity has
-- twice its id, an article twice its id and one.
CREATE VIRTUAL TABLE note_index USING fts5 (
	title, body, tokenize='unicode61 remove_diacritics 2');
INSERT INTO note_index (rowid, title, body)
	SELECT 2 * id, subject, body FROM activity WHERE message_id IS NULL;
