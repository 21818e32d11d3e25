-- Documents of a deal: which attachment of which mail is its contract, and whether that is signed.
-- The bytes stay in the mail.
CREATE TABLE document (
	id {id},
	kind {text} NOT NULL,               -- contract
	title {text} NOT NULL,              -- the attachment's file name
	signed {bool} NOT NULL,
	deal_id {ref} NOT NULL REFERENCES deal (id),
	message_id {ref} REFERENCES message (id),
	sha256 {bytes} NOT NULL,
	content_type {text} NOT NULL,
	created_ms {ms} NOT NULL,
	UNIQUE (deal_id, kind, sha256)
) {strict};
CREATE INDEX document_by_message ON document (message_id);
