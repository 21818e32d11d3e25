-- The first schema. Type names in braces are tokens that db.c expands for the database in use;
-- everything else is SQL that SQLite and PostgreSQL share. Times are UTC milliseconds, dates are
-- ISO text, booleans 0/1, amounts hundredths. *_folded columns are computed in C and sort by bytes.

CREATE TABLE setting (
	name {text} NOT NULL PRIMARY KEY,
	value {text} NOT NULL
) {strict};

-- ---------------------------------------------------------------- who changed what
CREATE TABLE operation (
	id {id},
	at_ms {ms} NOT NULL,
	actor {text} NOT NULL,              -- user name, or 'postroomd'
	verb {text} NOT NULL,               -- 'unresolved assign', 'contact edit', …
	summary {text} NOT NULL,
	settled {int} NOT NULL,             -- waiting items that it answered
	undone_by {ref} REFERENCES operation (id)
) {strict};

CREATE TABLE audit (
	id {id},
	operation_id {ref} NOT NULL REFERENCES operation (id),
	noun {text} NOT NULL,               -- table
	row_id {ref} NOT NULL,
	field {text} NOT NULL,              -- column; '+' the row was made, '-' it was removed
	old_value {text},
	new_value {text}
) {strict};
CREATE INDEX audit_by_row ON audit (noun, row_id);
CREATE INDEX audit_by_operation ON audit (operation_id);

-- ---------------------------------------------------------------- mailboxes and their cursors
CREATE TABLE mailbox (
	id {id},
	name {text} NOT NULL UNIQUE,
	kind {text} NOT NULL,
	account {text} NOT NULL,            -- USER@HOST:PORT that it is read from now
	state {text} NOT NULL,              -- 'starting','connected','idle','polling','waiting','failed','paused'
	waits_for {text},                   -- in words, NULL: nothing
	last_success_ms {ms},
	last_error {text},
	last_error_ms {ms},
	configured {bool} NOT NULL,         -- the configuration still names it
	changed_ms {ms} NOT NULL
) {strict};

CREATE TABLE folder (
	id {id},
	mailbox_id {ref} NOT NULL REFERENCES mailbox (id),
	account {text} NOT NULL,            -- a cursor means nothing on another server
	name {text} NOT NULL,
	uidvalidity {int} NOT NULL,
	last_uid {int} NOT NULL,            -- the cursor: everything up to here is stored
	UNIQUE (mailbox_id, account, name)
) {strict};

-- ---------------------------------------------------------------- mail
CREATE TABLE message (
	id {id},
	identity {bytes} NOT NULL UNIQUE,   -- SHA-256 of product.md section 1
	state {text} NOT NULL,              -- the seven states; kept in step with its routes
	message_id {text},                  -- without angle brackets, cut to 998 bytes
	same_id_differs {bool} NOT NULL,    -- another message has this Message-ID and other content
	date_ms {ms},                       -- of the Date field
	stored_ms {ms} NOT NULL,
	from_name {text},
	from_address {text},
	subject {text},
	origin {text},
	language {text},
	history {bool} NOT NULL,            -- older than the mailbox's `since`: opens nothing
	size_bytes {int} NOT NULL,
	raw_size_bytes {int} NOT NULL,      -- compressed, 0: purged, or header only
	parse_tries {int} NOT NULL,
	dead_stage {text}, dead_error {text}
) {strict};
CREATE INDEX message_by_message_id ON message (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX message_by_state ON message (state, id);

-- How many rows are in which state, changed in the transaction that changes them: counting a
-- million takes longer than a person waits. Beside the states: 'fetched', 'deliveries', 'missing'
-- and 'unindexed', the rows of search_text that are not in the index yet.
CREATE TABLE message_count (
	name {text} NOT NULL PRIMARY KEY,
	rows {int} NOT NULL
) {keyed};
INSERT INTO message_count (name, rows) VALUES
	('fetched', 0), ('received', 0), ('dead', 0), ('quarantined', 0), ('waiting', 0),
	('filed', 0), ('ignored', 0), ('erased', 0), ('deliveries', 0), ('missing', 0), ('unindexed', 0);

-- What the parser read, apart from the row that every list reads.
CREATE TABLE message_facts (
	message_id {id} REFERENCES message (id),
	format {int} NOT NULL,
	frame {bytes} NOT NULL              -- facts_write, one zstd frame
) {strict};

-- What is found by search, as it goes into the index: taking it out again needs the same text. The
-- body lies in message_facts, which may only change when the message has left the index.
CREATE TABLE search_text (
	message_id {id} REFERENCES message (id),
	indexed {bool} NOT NULL,
	frame {bytes} NOT NULL              -- packed columns of the index, the place of the body
) {strict};
CREATE INDEX search_pending ON search_text (message_id) WHERE indexed = 0;

CREATE TABLE message_raw (
	message_id {ref} NOT NULL REFERENCES message (id),
	chunk {int} NOT NULL,               -- 0…; at most 1 MiB each; one zstd frame in all
	bytes {bytes} NOT NULL,
	PRIMARY KEY (message_id, chunk)
) {strict};

CREATE TABLE message_address (
	message_id {ref} NOT NULL REFERENCES message (id),
	role {text} NOT NULL,               -- from, sender, reply-to, to, cc, bcc, envelope, original
	position {int} NOT NULL,
	address_folded {text} NOT NULL,
	PRIMARY KEY (message_id, role, position)
) {keyed};
CREATE INDEX message_address_by_address ON message_address (address_folded, message_id);

CREATE TABLE attachment (
	id {id},
	message_id {ref} NOT NULL REFERENCES message (id),
	position {int} NOT NULL,
	filename {text} NOT NULL,
	content_type {text} NOT NULL,
	size_bytes {int} NOT NULL,
	sha256 {bytes} NOT NULL,
	decorative {bool} NOT NULL,
	UNIQUE (message_id, position)
) {strict};
CREATE INDEX attachment_by_sha256 ON attachment (sha256);

CREATE TABLE delivery (
	id {id},
	message_id {ref} REFERENCES message (id), -- NULL: the server never gave it
	folder_id {ref} REFERENCES folder (id),   -- NULL: imported
	uidvalidity {int} NOT NULL,
	uid {int} NOT NULL,                 -- imported: a number of the import
	source {text} NOT NULL,             -- 'imap', or the import's path
	outcome {text} NOT NULL,            -- 'stored','header-only','missing'
	received_ms {ms},                   -- INTERNALDATE
	seen_ms {ms} NOT NULL,
	header {bytes},                     -- its own header block as a zstd frame; NULL: that of the raw mail
	UNIQUE (folder_id, uidvalidity, uid)
) {strict};
CREATE INDEX delivery_by_message ON delivery (message_id);
-- An import that was killed and started again.
CREATE UNIQUE INDEX delivery_once_imported ON delivery (message_id, source)
	WHERE folder_id IS NULL;

-- What was decided about a message for one mailbox kind.
CREATE TABLE route (
	id {id},
	message_id {ref} NOT NULL REFERENCES message (id),
	kind {text} NOT NULL,
	mailbox {text} NOT NULL,
	address {text},                     -- the envelope address, redacted where it held a secret
	decided_by {text} NOT NULL,         -- 'envelope','mailbox','recipients'
	state {text} NOT NULL,              -- received, quarantined, waiting, filed, ignored, erased
	rule {text} NOT NULL,               -- 'origin:bounce', 'domain:…', 'policy:submission', ''
	decided_ms {ms} NOT NULL,
	UNIQUE (message_id, kind)
) {strict};
CREATE INDEX route_by_state ON route (state, id);

-- Why an address of a message was taken for a contact or a company: one row each address.
CREATE TABLE match (
	id {id},
	route_id {ref} NOT NULL REFERENCES route (id),
	address {text} NOT NULL,
	role {text} NOT NULL,
	contact_id {ref}, company_id {ref},
	rule {text} NOT NULL,               -- address, learnt, thread, domain, vat-id, iban, none, …
	evidence {text} NOT NULL,
	score {real} NOT NULL,
	also {text} NOT NULL                -- JSON list of the candidates that lost
) {strict};
CREATE INDEX match_by_route ON match (route_id);
CREATE INDEX match_by_vat_id ON match (address) WHERE rule = 'vat-id';
CREATE INDEX match_by_contact ON match (contact_id) WHERE contact_id IS NOT NULL;
CREATE INDEX match_by_company ON match (company_id) WHERE company_id IS NOT NULL;

-- What the server is still asked to do with a delivery.
CREATE TABLE server_action (
	id {id},
	delivery_id {ref} NOT NULL UNIQUE REFERENCES delivery (id),
	verb {text} NOT NULL,               -- seen, flag, move, delete
	target {text},
	not_before_ms {ms} NOT NULL,
	tries {int} NOT NULL,
	finding {text}                      -- why it was dropped
) {strict};
CREATE INDEX server_action_by_time ON server_action (not_before_ms) WHERE finding IS NULL;

-- ---------------------------------------------------------------- the record
CREATE TABLE app_user (
	id {id},
	name {text} NOT NULL UNIQUE,
	full_name {text} NOT NULL,
	active {bool} NOT NULL
) {strict};

CREATE TABLE company (
	id {id},
	name {text} NOT NULL,
	name_folded {text} NOT NULL,
	role {text} NOT NULL,               -- customer, partner, supplier, ''
	vat_id {text}, iban {text},
	owner_id {ref} REFERENCES app_user (id),
	note {text} NOT NULL,
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX company_by_name ON company (name_folded);
CREATE INDEX company_by_vat_id ON company (vat_id) WHERE vat_id IS NOT NULL;
CREATE INDEX company_by_iban ON company (iban) WHERE iban IS NOT NULL;

CREATE TABLE company_domain (
	id {id},
	company_id {ref} NOT NULL REFERENCES company (id),
	domain {text} NOT NULL UNIQUE       -- A-label form
) {strict};
CREATE INDEX company_domain_by_company ON company_domain (company_id);

CREATE TABLE contact (
	id {id},
	name {text} NOT NULL,
	name_folded {text} NOT NULL,
	company_id {ref} REFERENCES company (id),
	owner_id {ref} REFERENCES app_user (id),
	phone {text} NOT NULL,
	source {text} NOT NULL,
	note {text} NOT NULL,
	do_not_contact {bool} NOT NULL,
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX contact_by_name ON contact (name_folded);
CREATE INDEX contact_by_company ON contact (company_id) WHERE company_id IS NOT NULL;

CREATE TABLE contact_address (
	id {id},
	contact_id {ref} NOT NULL REFERENCES contact (id),
	address {text} NOT NULL,
	address_folded {text} NOT NULL UNIQUE,
	learnt {bool} NOT NULL,             -- by a resolution, not typed by a person
	failing {text}                      -- code and reason of the last bounce
) {strict};
CREATE INDEX contact_address_by_contact ON contact_address (contact_id);

-- Addresses and domains that a person said to ignore.
CREATE TABLE ignore_rule (
	id {id},
	kind {text} NOT NULL,               -- address, domain
	value_folded {text} NOT NULL,
	UNIQUE (kind, value_folded)
) {strict};

CREATE TABLE deal (
	id {id},
	name {text} NOT NULL,
	contact_id {ref} REFERENCES contact (id),
	company_id {ref} REFERENCES company (id),
	phase {text} NOT NULL,
	state {text} NOT NULL,              -- open, won, lost, closed
	owner_id {ref} REFERENCES app_user (id),
	source {text} NOT NULL,
	score {int} NOT NULL,
	value_cents {int}, currency {text},
	is_lead {bool} NOT NULL,
	current {bool} NOT NULL,            -- chosen by `deal use`
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX deal_by_contact ON deal (contact_id, state);
CREATE INDEX deal_by_state ON deal (state, id);
CREATE INDEX deal_by_owner ON deal (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE ticket (
	id {id},
	direction {text} NOT NULL,          -- payable, receivable
	kind {text} NOT NULL,               -- invoice, credit-note, order
	state {text} NOT NULL,              -- open, hold, paid, closed, dismissed
	title {text} NOT NULL,
	supplier_id {ref} REFERENCES company (id),
	supplier_contact_id {ref} REFERENCES contact (id),
	supplier_name {text} NOT NULL,      -- as the document or the mail says
	number {text}, number_folded {text},
	issue_date {text}, due_date {text},
	currency {text},
	net_cents {int}, tax_cents {int}, total_cents {int}, payable_cents {int},
	iban {text},
	document_sha256 {bytes},            -- that supplied the fields
	hold_reason {text},
	assignee_id {ref} REFERENCES app_user (id),
	reminded_ms {ms},                   -- last reminder that joined
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL,
	sequence {int} NOT NULL             -- of time, title and status, for the calendar
) {strict};
CREATE INDEX ticket_by_state ON ticket (state, id);
CREATE INDEX ticket_by_number ON ticket (number_folded) WHERE number_folded IS NOT NULL;
CREATE INDEX ticket_by_document ON ticket (document_sha256) WHERE document_sha256 IS NOT NULL;

CREATE TABLE ticket_message (
	id {id},
	ticket_id {ref} NOT NULL REFERENCES ticket (id),
	message_id {ref} NOT NULL REFERENCES message (id),
	how {text} NOT NULL,                -- opened, reminder, reply, copy, version
	UNIQUE (ticket_id, message_id)
) {strict};
CREATE INDEX ticket_message_by_message ON ticket_message (message_id);

CREATE TABLE support_case (
	id {id},
	subject {text} NOT NULL,
	state {text} NOT NULL,              -- open, waiting, closed
	priority {text} NOT NULL,           -- low, normal, high, urgent
	contact_id {ref} REFERENCES contact (id),
	company_id {ref} REFERENCES company (id),
	assignee_id {ref} REFERENCES app_user (id),
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL
) {strict};
CREATE INDEX support_case_by_state ON support_case (state, id);

CREATE TABLE case_message (
	id {id},
	case_id {ref} NOT NULL REFERENCES support_case (id),
	message_id {ref} NOT NULL REFERENCES message (id),
	UNIQUE (case_id, message_id)
) {strict};
CREATE INDEX case_message_by_message ON case_message (message_id);

CREATE TABLE task (
	id {id},
	kind {text} NOT NULL,               -- task, follow-up, action
	title {text} NOT NULL,
	state {text} NOT NULL,              -- open, done, cancelled
	due_date {text},                    -- all-day: the day in the assignee's zone
	due_ms {ms},                        -- timed: the instant
	length_ms {ms},
	assignee_id {ref} REFERENCES app_user (id),
	contact_id {ref} REFERENCES contact (id),
	company_id {ref} REFERENCES company (id),
	deal_id {ref} REFERENCES deal (id),
	ticket_id {ref} REFERENCES ticket (id),
	case_id {ref} REFERENCES support_case (id),
	message_id {ref} REFERENCES message (id),
	keep {bool} NOT NULL,               -- a reply does not close it
	source_key {text} UNIQUE,           -- of the mail or minutes line that made it: never twice
	note {text} NOT NULL,
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL,
	sequence {int} NOT NULL
) {strict};
CREATE INDEX task_by_state ON task (state, id);
CREATE INDEX task_by_assignee ON task (assignee_id, state);
CREATE INDEX task_by_message ON task (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX task_by_contact ON task (contact_id) WHERE contact_id IS NOT NULL;

CREATE TABLE activity (
	id {id},
	kind {text} NOT NULL,               -- mail, call, meeting, note
	direction {text} NOT NULL,          -- in, out, ''
	contact_id {ref} REFERENCES contact (id),
	company_id {ref} REFERENCES company (id),
	deal_id {ref} REFERENCES deal (id),
	message_id {ref} REFERENCES message (id),
	route_id {ref} REFERENCES route (id),
	user_id {ref} REFERENCES app_user (id),
	at_ms {ms} NOT NULL,
	logged_ms {ms} NOT NULL,
	subject {text} NOT NULL,
	body {text} NOT NULL,               -- of calls, meetings, notes; a mail's text stays in the message
	rule {text} NOT NULL
) {strict};
-- One mail is one activity on a contact (or on a company), whatever its routes and deliveries.
CREATE UNIQUE INDEX activity_once_contact ON activity (message_id, contact_id)
	WHERE message_id IS NOT NULL AND contact_id IS NOT NULL;
CREATE UNIQUE INDEX activity_once_company ON activity (message_id, company_id)
	WHERE message_id IS NOT NULL AND contact_id IS NULL AND company_id IS NOT NULL;
CREATE INDEX activity_by_contact ON activity (contact_id, at_ms) WHERE contact_id IS NOT NULL;
CREATE INDEX activity_by_company ON activity (company_id, at_ms) WHERE company_id IS NOT NULL;
CREATE INDEX activity_by_route ON activity (route_id) WHERE route_id IS NOT NULL;
CREATE INDEX activity_by_deal ON activity (deal_id) WHERE deal_id IS NOT NULL;

CREATE TABLE unresolved (
	id {id},
	message_id {ref} REFERENCES message (id),
	route_id {ref} REFERENCES route (id),
	reason {text} NOT NULL,             -- no-match, no-contact, several-candidates, bad-tag, supplier-unknown, …
	address {text} NOT NULL,            -- '' where the item is not about an address
	address_folded {text} NOT NULL,
	name {text} NOT NULL,
	role {text} NOT NULL,
	detail {text} NOT NULL,             -- in words: what to decide
	candidates {text} NOT NULL,         -- JSON list
	state {text} NOT NULL,              -- waiting, settled
	outcome {text} NOT NULL,            -- '', assigned, created, mapped, ignored, …
	operation_id {ref} REFERENCES operation (id),
	created_ms {ms} NOT NULL,
	changed_ms {ms} NOT NULL,
	UNIQUE (route_id, reason, address_folded)
) {strict};
CREATE INDEX unresolved_waiting ON unresolved (state, address_folded);
CREATE INDEX unresolved_by_message ON unresolved (message_id);

CREATE TABLE feed (
	id {id},
	token_hash {bytes} NOT NULL UNIQUE,
	scope {text} NOT NULL,              -- user, team
	name {text} NOT NULL,               -- of the user or team
	created_ms {ms} NOT NULL,
	revoked_ms {ms}
) {strict};

CREATE TABLE feed_fetch (
	feed_id {ref} NOT NULL REFERENCES feed (id),
	client {text} NOT NULL,             -- User-Agent, cut
	at_ms {ms} NOT NULL,
	status {int} NOT NULL,
	fetches {int} NOT NULL,
	PRIMARY KEY (feed_id, client)
) {keyed};
