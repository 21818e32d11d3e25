/*
 * ingest_fixture.h - a database, a configuration and mails made of a few lines, for every test of
 * ingest/ that decides something.
 */
#ifndef TESTS_INGEST_FIXTURE_H
#define TESTS_INGEST_FIXTURE_H

#include "store_fixture.h"

#include "base/clock.h"
#include "base/compress.h"
#include <fcntl.h>

#include "base/text.h"
#include "base/zone.h"
#include "config/load.h"
#include "ingest/intake.h"
#include "ingest/stored_facts.h"
#include "parser/facts_request.h"
#include "store/activity.h"
#include "store/case.h"
#include "store/company.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/mailbox.h"
#include "store/task.h"
#include "store/ticket.h"
#include "store/unresolved.h"
#include "store/user.h"

struct desk {
	struct fixture store;
	struct config *config;
	struct intake *intake;
	char config_path[128];
	int64_t now_ms;
	uint32_t uid;
};

/* A mail as a test writes it: lists of addresses are "Name <a@b>, c@d". */
struct letter {
	const char *id, *from, *to, *cc, *bcc, *reply_to, *subject, *text;
	const char *date;     /* RFC 3339; NULL: now */
	const char *answers;  /* Message-IDs, nearest last, separated by blanks */
	const char *envelope; /* addresses above the first Received field, separated by blanks */
	const char *header;   /* further lines: Received, Authentication-Results, anything */
	enum facts_origin origin;
	/* A forwarded mail inside. */
	const char *original_from, *original_to, *original_subject, *original_text;
	double confidence; /* of the forward, 0: 1 */
	const struct facts_invoice *invoices;
	size_t invoice_count;
	const struct facts_invite *invites;
	size_t invite_count;
	const struct facts_attachment *attachments;
	size_t attachment_count;
	const struct facts_action *actions;
	size_t action_count;
	const struct facts_bounced *bounced;
	size_t bounced_count;
	const char *returns, *substitute; /* of an auto-reply */
	bool history;
};

#define DESK_NOW "2026-11-21T10:00:00+01:00" /* a Saturday */

static const char desk_config[] =
	"organisation:\n"
	"  name: Example\n"
	"  zone: Europe/Berlin\n"
	"  domains: [example.org, example.net]\n"
	"  hosts: [mail.example.org, .relay.example.net, '2002:a00::/24']\n"
	"  days_off: 2026-12-25\n"
	"users:\n"
	"  - {name: anna, full_name: Anna Smit, addresses: [anna@example.org, "
	"a.smit@example.net]}\n"
	"  - {name: bert, full_name: Bert Jansen, addresses: bert@example.org, zone: "
	"America/New_York}\n"
	"  - {name: carla, full_name: Carla Jansen, addresses: carla@example.org}\n"
	"server: {host: imap.example.org}\n"
	"login: {user: all@example.org, password: {credential: imap}}\n"
	"mailboxes:\n"
	"  - name: crm\n"
	"    kind: capture\n"
	"    addresses: [crm@example.org, crm@example.net]\n"
	"    who_may_write: none\n"
	"    folders:\n"
	"      - INBOX\n"
	"      - {folder: Shared/CRM, kind: capture, trust: folder}\n"
	"      - {folder: Sent, kind: capture, trust: folder}\n"
	"  - {name: auth, kind: capture, addresses: auth@example.org, who_may_write: {authserv-id: "
	"mx.example.org}}\n"
	"  - {name: submit, kind: capture, addresses: submit@example.org, who_may_write: "
	"submission}\n"
	"  - {name: exchange, kind: capture, addresses: exchange@example.org, who_may_write: "
	"exchange-internal}\n"
	"  - {name: header, kind: capture, addresses: header@example.org, who_may_write: {header: "
	"{name: X-Inside, value: sesame}}}\n"
	"  - {name: secret, kind: capture, addresses: secret@example.org, who_may_write: "
	"{secret-tag: {file: %s/secret}}, may_write: [anna, bert]}\n"
	"  - {name: second, kind: capture, addresses: second@example.org, who_may_write: "
	"{secret-tag: {file: %s/second}}}\n"
	"  - {name: pinned, kind: capture, addresses: pinned@example.org, who_may_write: none, "
	"envelope_field: X-Pinned-To, folders: [INBOX, {folder: CRM, kind: capture, trust: "
	"folder}]}\n"
	"  - {name: invoices, kind: invoices, addresses: invoices@example.org}\n"
	"  - {name: leads, kind: leads, addresses: leads@example.org}\n"
	"  - {name: support, kind: support, addresses: support@example.org}\n"
	"  - {name: board, kind: actions, addresses: board@example.org, who_may_write: none, "
	"may_write: [anna]}\n"
	"leads:\n"
	"  owners: [anna, bert]\n"
	"  first_phase: new\n"
	"  source: mail\n"
	"  create_contact: %s\n"
	"  form_senders: web@example.org\n"
	"  form_fields:\n"
	"    - {label: Your name, field: name}\n"
	"    - {label: E-Mail, field: email}\n"
	"    - {label: Company, field: company}\n"
	"    - {label: Message, field: message}\n"
	"  score:\n"
	"    - {field: text, contains: urgent, score: 10}\n"
	"    - {field: domain, contains: customer, score: 5}\n"
	"    - {field: Company, contains: GmbH, score: 3}\n"
	"invoices: {assignee: bert}\n"
	"support: {assignee: carla, priority: high}\n";

static inline int64_t desk_time(const char *text)
{
	int64_t at_ms = 0;
	int offset;
	assert_true(clock_from_rfc3339(span_from(text), &at_ms, &offset));
	return at_ms;
}

static inline void desk_file(const char *directory, const char *name, const char *content)
{
	char path[160];
	snprintf(path, sizeof path, "%s/%s", directory, name);
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, content, strlen(content)), (ssize_t)strlen(content));
	close(file);
}

static inline struct desk *desk_start(bool create_contacts)
{
	struct desk *d = calloc(1, sizeof *d);
	char text[8192];

	snprintf(d->store.directory, sizeof d->store.directory, "%s", "/tmp/postroom-test-XXXXXX");
	assert_non_null(mkdtemp(d->store.directory));
	desk_file(d->store.directory, "secret", "geheim7\n");
	desk_file(d->store.directory, "second", "zweites9\n");
	snprintf(text, sizeof text, desk_config, d->store.directory, d->store.directory,
		create_contacts ? "true" : "false");
	must(&d->store, config_load_text("test.yaml", span_from(text), &d->config, &d->store.err));
	must(&d->store, db_open(d->store.directory, DB_WRITE, &d->store.db, &d->store.err));
	must(&d->store, intake_open(d->store.db, d->config, &d->intake, &d->store.err));
	d->now_ms = desk_time(DESK_NOW);
	return d;
}

static inline int desk_open(void **state)
{
	*state = desk_start(true);
	return 0;
}

static inline int desk_open_asking(void **state)
{
	*state = desk_start(false);
	return 0;
}

static inline int desk_close(void **state)
{
	struct desk *d = *state;
	intake_close(d->intake);
	db_close(d->store.db);
	config_free(d->config);
	fixture_remove(d->store.directory);
	arena_done(&d->store.arena);
	free(d);
	return 0;
}

#define desk_test(function) cmocka_unit_test_setup_teardown(function, desk_open, desk_close)
#define desk_test_asking(function) \
	cmocka_unit_test_setup_teardown(function, desk_open_asking, desk_close)

/* ---------------------------------------------------------------- facts of a letter */

static inline struct facts_address desk_address(struct span text)
{
	ptrdiff_t open = span_find_byte(text, '<');
	text = span_trim(text);
	if (open < 0)
		return (struct facts_address){.address = text};
	struct span address = span_after(text, (size_t)span_find_byte(text, '<') + 1);
	return (struct facts_address){
		.name = span_trim(span_part(text, 0, (size_t)span_find_byte(text, '<'))),
		.address = span_part(address, 0, address.size - 1)};
}

static inline struct facts_addresses desk_addresses(struct arena *arena, const char *list)
{
	struct facts_addresses addresses = {arena_array(arena, struct facts_address, 400), 0};
	struct span rest = span_from(list), piece;
	while (list && span_next(&rest, ',', &piece))
		addresses.items[addresses.count++] = desk_address(piece);
	return addresses;
}

static inline struct facts_strings desk_words(struct arena *arena, const char *list)
{
	struct facts_strings words = {arena_array(arena, struct span, 64), 0};
	struct span rest = span_from(list), piece;
	while (list && span_next(&rest, ' ', &piece))
		words.items[words.count++] = piece;
	return words;
}

/* The word behind "by " or "with " of a Received value. */
static inline struct span desk_word_after(struct span value, struct span keyword)
{
	ptrdiff_t at = span_find(value, keyword);
	if (at < 0)
		return (struct span){0};
	struct span rest = span_trim(span_after(value, (size_t)at + keyword.size)), word = {0};
	span_next(&rest, ' ', &word);
	return word;
}

/* "id; dmarc=pass header.from=example.org; spf=pass smtp.mailfrom=…" */
static inline void desk_results(struct arena *arena, struct facts *facts, uint32_t index)
{
	struct span rest = facts->fields[index].value, part, id;
	span_next(&rest, ';', &id);
	while (span_next(&rest, ';', &part)) {
		struct facts_authentication *result =
			&((struct facts_authentication *)(uintptr_t)
					facts->authentication)[facts->authentication_count++];
		struct span words = span_trim(part), first, property = {0}, method;
		span_next(&words, ' ', &first);
		span_next(&words, ' ', &property);
		span_next(&first, '=', &method);
		*result = (struct facts_authentication){
			.field_index = index,
			.authserv_id = span_trim(id),
			.method = method,
			.result = first,
		};
		if (property.size && span_next(&property, '=', &result->property))
			result->domain = property;
	}
	(void)arena;
}

static inline void desk_header(struct arena *arena, struct facts *facts, const char *header)
{
	struct span rest = span_from(header), line;
	while (header && span_next_line(&rest, &line)) {
		uint32_t index = (uint32_t)facts->field_count++;
		struct span name;
		span_next(&line, ':', &name);
		facts->fields[index] = (struct facts_field){name, span_trim(line)};
		if (span_equal_fold(name, SPAN("Received")))
			facts->received[facts->received_count++] = (struct facts_received){
				.field_index = index,
				.from = desk_word_after(line, SPAN("from ")),
				.by = desk_word_after(line, SPAN("by ")),
				.with = desk_word_after(line, SPAN("with ")),
			};
		if (span_equal_fold(name, SPAN("Authentication-Results")))
			desk_results(arena, facts, index);
	}
}

static inline void desk_requests(struct arena *arena, struct facts *facts, struct span address)
{
	if (request_read(arena, address, '+', &facts->requests[facts->request_count]))
		facts->request_count++;
}

static inline struct facts *desk_facts(struct desk *d, const struct letter *letter)
{
	struct arena *arena = &d->store.arena;
	struct facts *facts = arena_alloc(arena, sizeof *facts);

	facts->fields = arena_array(arena, struct facts_field, 64);
	facts->received = arena_array(arena, struct facts_received, 64);
	facts->authentication = arena_array(arena, struct facts_authentication, 64);
	facts->requests = arena_array(arena, struct facts_request, 64);
	facts->message_id = span_from(letter->id);
	facts->date.present = true;
	facts->date.instant_ms = letter->date ? desk_time(letter->date) : d->now_ms;
	facts->from = desk_addresses(arena, letter->from);
	facts->to = desk_addresses(arena, letter->to);
	facts->cc = desk_addresses(arena, letter->cc);
	facts->bcc = desk_addresses(arena, letter->bcc);
	facts->reply_to = desk_addresses(arena, letter->reply_to);
	facts->subject = span_from(letter->subject);
	facts->text = facts->reply_text = span_from(letter->text);
	facts->origin = letter->origin;
	facts->references = desk_words(arena, letter->answers);
	facts->envelope_to = desk_words(arena, letter->envelope);
	desk_header(arena, facts, letter->header);
	facts->fields[facts->field_count++] =
		(struct facts_field){SPAN("From"), span_from(letter->from)};
	if (letter->original_from) {
		facts->forwarded.how = FORWARD_ATTACHED;
		facts->forwarded.from = desk_address(span_from(letter->original_from));
		facts->forwarded.to = desk_addresses(arena, letter->original_to);
		facts->forwarded.subject = span_from(letter->original_subject);
		facts->forwarded.text = span_from(letter->original_text);
		facts->forwarded.confidence = letter->confidence > 0 ? letter->confidence : 1;
	}
	facts->invoices = (struct facts_invoice *)(uintptr_t)letter->invoices;
	facts->invoice_count = letter->invoice_count;
	facts->invites = (struct facts_invite *)(uintptr_t)letter->invites;
	facts->invite_count = letter->invite_count;
	facts->attachments = (struct facts_attachment *)(uintptr_t)letter->attachments;
	facts->attachment_count = letter->attachment_count;
	facts->actions = (struct facts_action *)(uintptr_t)letter->actions;
	facts->action_count = letter->action_count;
	facts->bounced = (struct facts_bounced *)(uintptr_t)letter->bounced;
	facts->bounced_count = letter->bounced_count;
	if (letter->returns)
		assert_true(date_from_text(span_from(letter->returns), &facts->absence.returns));
	facts->absence.substitute = span_from(letter->substitute);
	for (size_t i = 0; i < facts->envelope_to.count; i++)
		desk_requests(arena, facts, facts->envelope_to.items[i]);
	for (size_t i = 0; i < facts->to.count; i++)
		desk_requests(arena, facts, facts->to.items[i].address);
	for (size_t i = 0; i < facts->bcc.count; i++)
		desk_requests(arena, facts, facts->bcc.items[i].address);
	return facts;
}

/* ---------------------------------------------------------------- delivering */

/* As the ledger does it: stored and decided in one transaction. Returns the message. */
static inline int64_t desk_deliver(
	struct desk *d, const char *mailbox, const char *folder, const struct letter *letter)
{
	struct fixture *f = &d->store;
	struct facts *facts = desk_facts(d, letter);
	struct folder_row row;
	struct delivery_result result;
	CLEANUP(buffer_done) struct buffer frame = {0};
	char identity[200];
	int64_t mailbox_id;

	compress_append(&frame, SPAN("Subject: raw\r\n\r\nraw\r\n"));

	snprintf(identity, sizeof identity, "%s|%s", letter->id, letter->subject);
	must(f, db_begin_write(f->db, &f->err));
	must(f, mailbox_ensure(f->db, span_from(mailbox), SPAN("capture"),
			SPAN("crm@imap.example.org:993"), d->now_ms, &mailbox_id, &f->err));
	must(f, folder_ensure(f->db, mailbox_id, span_from(folder), &row, &f->arena, &f->err));
	struct delivery delivery = {
		.identity = digest_of(span_from(identity)),
		.folder_id = row.id,
		.uidvalidity = 1,
		.uid = ++d->uid,
		.source = SPAN("imap"),
		.raw_frame = buffer_span(&frame),
		.size_bytes = 3,
		.history = letter->history,
	};
	must(f, message_store(f->db, &delivery, d->now_ms, &result, &f->err));
	struct intake_copy copy = {
		.message_id = result.message_id,
		.delivery_id = result.delivery_id,
		.mailbox = config_mailbox(d->config, mailbox),
		.folder = span_from(folder),
		.raw_frame = buffer_span(&frame),
		.actor = "postroomd",
	};
	must(f, intake_decide(d->intake, &copy, facts, d->now_ms, &f->err));
	fixture_commit(f);
	return result.message_id;
}

static inline int64_t desk_post(struct desk *d, const char *mailbox, const struct letter *letter)
{
	return desk_deliver(d, mailbox, "INBOX", letter);
}

/* ---------------------------------------------------------------- the record before the mail */

static inline int64_t desk_company(struct desk *d, const char *name, const char *domain)
{
	struct company company = {.name = span_from(name)};
	int64_t id;
	fixture_begin(&d->store, "company add");
	must(&d->store, company_add(&d->store.operation, &company, &id, &d->store.err));
	if (domain)
		must(&d->store, company_domain_add(
					&d->store.operation, id, span_from(domain), &d->store.err));
	fixture_commit(&d->store);
	return id;
}

static inline int64_t desk_contact(
	struct desk *d, const char *name, const char *address, int64_t company_id)
{
	struct contact contact = {.name = span_from(name), .company_id = company_id};
	int64_t id;
	fixture_begin(&d->store, "contact add");
	must(&d->store, contact_add(&d->store.operation, &contact, &id, &d->store.err));
	if (address)
		must(&d->store, contact_address_add(&d->store.operation, id, span_from(address),
					false, &d->store.err));
	fixture_commit(&d->store);
	return id;
}

/* ---------------------------------------------------------------- asking */

static inline const char *desk_state(struct desk *d, int64_t message_id)
{
	struct message_row row;
	bool found;
	must(&d->store,
		message_get(d->store.db, message_id, &d->store.arena, &row, &found, &d->store.err));
	assert_true(found);
	return arena_string(&d->store.arena, row.state);
}

static inline const char *desk_rule(struct desk *d, int64_t message_id)
{
	struct route_row *rows;
	size_t count;
	must(&d->store,
		route_list(d->store.db, message_id, &d->store.arena, &rows, &count, &d->store.err));
	return count ? arena_string(&d->store.arena, rows[0].rule) : "";
}

static inline int64_t desk_count(struct desk *d, const char *sql)
{
	return fixture_number(&d->store, sql);
}

/* Everything that was stored of what was read, unpacked. */
static inline bool facts_hold(struct desk *d, int64_t message, const char *text)
{
	CLEANUP(buffer_done) struct buffer bytes = {0};
	struct facts facts;
	bool found;
	must(&d->store, stored_facts_read(d->store.db, message, &d->store.arena, &facts, &found,
				&d->store.err));
	assert_true(found);
	facts_write(&facts, &bytes);
	return span_find(buffer_span(&bytes), span_from(text)) >= 0;
}

/* The reason of the message's only waiting item, "" when there is none, "several" when more. */
static inline const char *desk_item(struct desk *d, int64_t message_id)
{
	struct unresolved_filter filter = {.message_id = message_id};
	struct unresolved *rows;
	size_t count;
	must(&d->store, unresolved_list(d->store.db, &filter, &d->store.arena, &rows, &count,
				&d->store.err));
	return count == 0  ? ""
	       : count > 1 ? "several"
			   : arena_string(&d->store.arena, rows[0].reason);
}

static inline int64_t desk_item_id(struct desk *d, int64_t message_id)
{
	struct unresolved_filter filter = {.message_id = message_id};
	struct unresolved *rows;
	size_t count;
	must(&d->store, unresolved_list(d->store.db, &filter, &d->store.arena, &rows, &count,
				&d->store.err));
	assert_true(count > 0);
	return rows[0].id;
}

static inline size_t desk_tasks(struct desk *d, int64_t message_id, struct task **tasks)
{
	struct task_filter filter = {.message_id = message_id};
	size_t count;
	must(&d->store,
		task_list(d->store.db, &filter, &d->store.arena, tasks, &count, &d->store.err));
	return count;
}

static inline struct ticket desk_ticket(struct desk *d, int64_t id)
{
	struct ticket ticket;
	bool found;
	must(&d->store,
		ticket_get(d->store.db, id, &d->store.arena, &ticket, &found, &d->store.err));
	assert_true(found);
	return ticket;
}

static inline int64_t desk_ticket_of(struct desk *d, int64_t message_id)
{
	int64_t id;
	must(&d->store, ticket_by_message(d->store.db, message_id, &id, &d->store.err));
	return id;
}

#endif
