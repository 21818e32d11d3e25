-- What a deal goes through between the first mail and the paid bill.

ALTER TABLE deal ADD COLUMN pipeline {text} NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN type {text} NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN subject {text} NOT NULL DEFAULT '';     -- the fixed labels
ALTER TABLE deal ADD COLUMN weight {text} NOT NULL DEFAULT '';
ALTER TABLE deal ADD COLUMN expected_close {text};
ALTER TABLE deal ADD COLUMN quotation {text} NOT NULL DEFAULT '';   -- its number
ALTER TABLE deal ADD COLUMN quotation_state {text} NOT NULL DEFAULT ''; -- sent, accepted, declined
ALTER TABLE deal ADD COLUMN quotation_sent {text};
ALTER TABLE deal ADD COLUMN quotation_until {text};
ALTER TABLE deal ADD COLUMN outcome {text} NOT NULL DEFAULT '';     -- lost and its kin
ALTER TABLE deal ADD COLUMN reason {text} NOT NULL DEFAULT '';      -- why it was lost or declined
ALTER TABLE deal ADD COLUMN ended {text};                           -- won or lost on that day

-- Who else a deal is about, and which colleagues are in it.
CREATE TABLE deal_party (
	id {id},
	deal_id {ref} NOT NULL REFERENCES deal (id),
	contact_id {ref} REFERENCES contact (id),
	company_id {ref} REFERENCES company (id),
	user_id {ref} REFERENCES app_user (id), -- one of the three
	role {text} NOT NULL,
	share_cents {int}                   -- of the deal's value that is this company's
) {strict};
CREATE INDEX deal_party_by_deal ON deal_party (deal_id);
CREATE INDEX deal_party_by_contact ON deal_party (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX deal_party_by_company ON deal_party (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX deal_party_by_user ON deal_party (user_id) WHERE user_id IS NOT NULL;

-- A document can be a link, or a file that came by no mail: then sha256 is that of the link's text,
-- or of the bytes here.
ALTER TABLE document ADD COLUMN link {text} NOT NULL DEFAULT '';
CREATE TABLE document_bytes (
	sha256 {bytes} NOT NULL PRIMARY KEY,
	frame {bytes} NOT NULL              -- one zstd frame
) {strict};

CREATE TABLE project (
	id {id},
	name {text} NOT NULL,
	template {text} NOT NULL,
	deal_id {ref} REFERENCES deal (id),
	owner_id {ref} REFERENCES app_user (id),
	begins {text} NOT NULL,
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX project_by_deal ON project (deal_id) WHERE deal_id IS NOT NULL;

ALTER TABLE task ADD COLUMN project_id {ref} REFERENCES project (id);
CREATE INDEX task_by_project ON task (project_id) WHERE project_id IS NOT NULL;
CREATE INDEX task_by_deal ON task (deal_id) WHERE deal_id IS NOT NULL;
-- task_id can't be done before needs_id is.
CREATE TABLE task_dependency (
	id {id},
	task_id {ref} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
	needs_id {ref} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
	UNIQUE (task_id, needs_id)
) {strict};
CREATE INDEX task_dependency_by_needed ON task_dependency (needs_id);

ALTER TABLE ticket ADD COLUMN deal_id {ref} REFERENCES deal (id);
ALTER TABLE ticket ADD COLUMN tax_rate {int};                       -- hundredths of a percent
ALTER TABLE ticket ADD COLUMN discount_cents {int};
ALTER TABLE ticket ADD COLUMN sent_date {text};                     -- receivable: to the customer
ALTER TABLE ticket ADD COLUMN paid_date {text};
ALTER TABLE ticket ADD COLUMN paid_cents {int};
ALTER TABLE ticket ADD COLUMN after_close {bool} NOT NULL DEFAULT 0; -- mail joined when it was over
CREATE INDEX ticket_by_deal ON ticket (deal_id) WHERE deal_id IS NOT NULL;
