/* A person's answer: what it settles, past mail and other kinds included; dry run, undo. */
#include "ingest/stored_facts.h"
#include "ingest_fixture.h"

#include "ingest/quarantine.h"
#include "ingest/resolve.h"

static struct resolve_result resolve(struct desk *d, struct resolve_request request, bool dry_run)
{
	struct resolve_result result;
	request.actor = "anna";
	must(&d->store, resolve_run(d->intake, &request, dry_run, d->now_ms, &d->store.arena,
				&result, &d->store.err));
	return result;
}

static void refused(struct desk *d, struct resolve_request request, enum error_kind kind)
{
	struct resolve_result result;
	request.actor = "anna";
	must_fail(&d->store, kind,
		resolve_run(d->intake, &request, false, d->now_ms, &d->store.arena, &result,
			&d->store.err));
	assert_false(db_in_transaction(d->store.db));
}

static void undo(struct desk *d, int64_t operation_id)
{
	struct operation_row row;
	must(&d->store, db_begin_write(d->store.db, &d->store.err));
	must(&d->store, operation_undo(d->store.db, operation_id, "anna", d->now_ms, &row,
				&d->store.arena, &d->store.err));
	fixture_commit(&d->store);
}

/* Every row of the record as one text: a dry run and an undo must leave it as it was. */
static const char *snapshot(struct desk *d)
{
	static const char *const tables[] = {
		"SELECT count(*) * 1000000 + coalesce(sum(id), 0) FROM contact",
		"SELECT count(*) * 1000000 + coalesce(sum(id), 0) FROM contact_address",
		"SELECT count(*) * 1000000 + coalesce(sum(id), 0) FROM company",
		"SELECT count(*) FROM company_domain",
		"SELECT count(*) * 1000000 + coalesce(sum(contact_id), 0) FROM activity",
		"SELECT count(*) * 1000000 + coalesce(sum(contact_id), 0) FROM deal",
		"SELECT coalesce(sum(supplier_id), 0) FROM ticket",
		"SELECT coalesce(sum(supplier_contact_id), 0) FROM ticket",
		"SELECT coalesce(sum(contact_id), 0) FROM support_case",
		"SELECT count(*) * 1000000 + coalesce(sum(contact_id), 0) FROM task",
		"SELECT count(*) FROM unresolved WHERE state = 'waiting'",
		"SELECT count(*) FROM message WHERE state = 'waiting'",
		"SELECT count(*) FROM message WHERE state = 'ignored'",
		"SELECT count(*) FROM route WHERE state = 'waiting'",
		"SELECT count(*) FROM ignore_rule",
	};
	struct buffer text = {0};
	for (size_t i = 0; i < ARRAY_COUNT(tables); i++)
		buffer_format(&text, "%lld ", (long long)desk_count(d, tables[i]));
	const char *copy = arena_string(&d->store.arena, buffer_span(&text));
	buffer_done(&text);
	return copy;
}

#define NORA "Nora Nieuw <nora@nieuw.example>"

/* The same stranger on every kind of mailbox, twice in capture. Returns the first item. */
static int64_t strangers(struct desk *d)
{
	struct letter sent = {.id = "r1@example.org",
		.from = "anna@example.org",
		.to = NORA,
		.subject = "Sent to Nora",
		.envelope = "crm+2w@example.org"};
	struct letter dropped = {.id = "r2@nieuw.example",
		.from = NORA,
		.to = "anna@example.org",
		.subject = "From Nora"};
	struct letter bill = {.id = "r3@nieuw.example",
		.from = NORA,
		.to = "invoices@example.org",
		.subject = "Invoice of Nora"};
	struct letter question = {.id = "r4@nieuw.example",
		.from = NORA,
		.to = "support@example.org",
		.subject = "Question of Nora"};
	struct letter lead = {.id = "r5@nieuw.example",
		.from = NORA,
		.to = "leads@example.org",
		.subject = "Lead of Nora"};
	struct letter other = {.id = "r6@example.org",
		.from = "anna@example.org",
		.to = "otto@nieuw.example",
		.subject = "Sent to Otto"};
	int64_t item = desk_item_id(d, desk_post(d, "crm", &sent));
	desk_deliver(d, "crm", "Shared/CRM", &dropped);
	desk_post(d, "invoices", &bill);
	desk_post(d, "support", &question);
	desk_post(d, "leads", &lead);
	desk_post(d, "crm", &other);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM unresolved WHERE state = 'waiting'"), 6);
	return item;
}

static void nora_is_everywhere(struct desk *d, int64_t contact)
{
	char sql[200];
	struct task *tasks;
	snprintf(sql, sizeof sql, "SELECT count(*) FROM activity WHERE contact_id = %lld",
		(long long)contact);
	/* Two of capture, one of the lead, one of the case. */
	assert_int_equal(desk_count(d, sql), 4);
	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM activity a JOIN message m ON m.id = a.message_id WHERE "
		"m.subject = 'Sent to Nora' AND a.direction = 'out' AND a.contact_id = %lld",
		(long long)contact);
	assert_int_equal(desk_count(d, sql), 1);
	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM activity a JOIN message m ON m.id = a.message_id WHERE "
		"m.subject = 'From Nora' AND a.direction = 'in'");
	assert_int_equal(desk_count(d, sql), 1);
	assert_int_equal(desk_count(d, "SELECT supplier_contact_id FROM ticket"), contact);
	assert_int_equal(desk_count(d, "SELECT contact_id FROM support_case"), contact);
	assert_int_equal(desk_count(d, "SELECT contact_id FROM deal"), contact);
	/* The follow-up that was asked for stands on her now. */
	assert_int_equal(desk_tasks(d, 1, &tasks), 1);
	assert_int_equal(tasks[0].contact_id, contact);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message WHERE state = 'waiting'"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message WHERE state = 'filed'"), 5);
}

static void test_assign(void **state)
{
	struct desk *d = *state;
	int64_t item = strangers(d);
	int64_t nora = desk_contact(d, "Nora", "nora@elsewhere.example", 0);
	struct resolve_request request = {
		.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = nora};
	const char *before = snapshot(d);

	struct resolve_result result = resolve(d, request, true);
	assert_int_equal(result.operation_id, 0);
	assert_int_equal(result.settled, 5);
	assert_int_equal(result.touched_count, 5);
	assert_span(result.touched[0].address, "nora@nieuw.example");
	assert_span(result.touched[0].subject, "Sent to Nora");
	assert_true(span_find(result.touched[0].what, SPAN("activity on Nora")) >= 0);
	assert_string_equal(snapshot(d), before);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM operation WHERE actor = 'anna' AND verb LIKE "
			      "'unresolved%'"),
		0);

	result = resolve(d, request, false);
	assert_true(result.operation_id != 0);
	assert_int_equal(result.settled, 5);
	assert_int_equal(result.contact_id, nora);
	nora_is_everywhere(d, nora);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address WHERE learnt = 1 AND "
				       "address_folded = 'nora@nieuw.example'"),
		1);
	refused(d, request, ERROR_CONFLICT); /* it is settled */

	/* What was learnt holds for the next mail. */
	struct letter next = {.id = "next@example.org",
		.from = "anna@example.org",
		.to = NORA,
		.subject = "Again"};
	assert_string_equal(desk_state(d, desk_post(d, "crm", &next)), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity WHERE rule = 'learnt'"), 1);
}

static void test_undo(void **state)
{
	struct desk *d = *state;
	int64_t item = strangers(d);
	int64_t nora = desk_contact(d, "Nora", "nora@elsewhere.example", 0);
	struct resolve_request requests[] = {
		{.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = nora},
		{.verb = RESOLVE_CREATE, .item_id = item},
		{.verb = RESOLVE_MAP_DOMAIN, .item_id = item, .name = SPAN("Nieuw BV")},
		{.verb = RESOLVE_IGNORE_ADDRESS, .item_id = item},
		{.verb = RESOLVE_IGNORE_DOMAIN, .item_id = item},
		{.verb = RESOLVE_DISMISS, .item_id = item},
	};
	const char *before = snapshot(d);
	for (size_t i = 0; i < ARRAY_COUNT(requests); i++) {
		resolve(d, requests[i], true);
		assert_string_equal(snapshot(d), before);
		struct resolve_result result = resolve(d, requests[i], false);
		assert_string_not_equal(snapshot(d), before);
		undo(d, result.operation_id);
		if (strcmp(snapshot(d), before) != 0)
			fail_msg("verb %d: %s\nbefore: %s", (int)requests[i].verb, snapshot(d),
				before);
	}
	/* And after all of it the answer still works. */
	resolve(d, requests[0], false);
	nora_is_everywhere(d, nora);
}

static void test_once(void **state)
{
	struct desk *d = *state;
	int64_t item = strangers(d);
	int64_t nora = desk_contact(d, "Nora", NULL, 0);
	struct resolve_request request = {
		.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = nora, .once = true};
	assert_int_equal(resolve(d, request, false).settled, 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address"), 0);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM unresolved WHERE state = 'waiting'"), 5);
}

static void test_create(void **state)
{
	struct desk *d = *state;
	int64_t item = strangers(d);
	struct resolve_request request = {.verb = RESOLVE_CREATE, .item_id = item};
	struct resolve_result result = resolve(d, request, false);
	assert_int_equal(result.settled, 5);
	nora_is_everywhere(d, result.contact_id);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM contact WHERE name = 'Nora Nieuw'"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address WHERE learnt = 0"), 1);
}

/* A domain says where somebody works: the lead's question, who it is, stays. */
static void test_map_domain(void **state)
{
	struct desk *d = *state;
	int64_t item = strangers(d);
	struct resolve_request request = {
		.verb = RESOLVE_MAP_DOMAIN, .item_id = item, .name = SPAN("Nieuw BV")};
	struct resolve_result result = resolve(d, request, false);
	assert_int_equal(result.settled, 5);
	char sql[160];
	snprintf(sql, sizeof sql, "SELECT count(*) FROM activity WHERE company_id = %lld",
		(long long)result.company_id);
	assert_int_equal(desk_count(d, sql), 4);
	assert_int_equal(desk_count(d, "SELECT supplier_id FROM ticket"), result.company_id);
	assert_int_equal(desk_count(d, "SELECT company_id FROM support_case"), result.company_id);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved WHERE state = 'waiting' "
				       "AND reason = 'new-lead'"),
		1);
	struct letter next = {.id = "next@example.org",
		.from = "anna@example.org",
		.to = "third@nieuw.example",
		.subject = "Again"};
	assert_string_equal(desk_state(d, desk_post(d, "crm", &next)), "filed");
}

static void test_ignore(void **state)
{
	struct desk *d = *state;
	int64_t item = strangers(d);
	struct resolve_request request = {.verb = RESOLVE_IGNORE_ADDRESS, .item_id = item};
	assert_int_equal(resolve(d, request, false).settled, 5);
	/* Where nothing was recorded the mail is ignored; the rule is named. */
	assert_string_equal(desk_state(d, 2), "ignored");
	assert_string_equal(desk_rule(d, 2), "address:nora@nieuw.example");
	assert_string_equal(desk_state(d, 5), "ignored");
	/* Ticket and case exist all the same. */
	assert_string_equal(desk_state(d, 3), "filed");
	assert_string_equal(desk_state(d, 4), "filed");
	assert_string_equal(desk_state(d, 6), "waiting");
	request = (struct resolve_request){
		.verb = RESOLVE_IGNORE_DOMAIN, .item_id = desk_item_id(d, 6)};
	assert_int_equal(resolve(d, request, false).settled, 1);
	assert_string_equal(desk_rule(d, 6), "domain:nieuw.example");
}

static void test_refusals(void **state)
{
	struct desk *d = *state;
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter free_mail = {
		.id = "f1", .from = "anna@example.org", .to = "someone@gmail.com", .subject = "f1"};
	struct letter bad = {.id = "f2",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "f2",
		.envelope = "crm+12-03@example.org"};
	struct letter nobody = {
		.id = "f3", .from = "anna@example.org", .to = "crm@example.org", .subject = "f3"};
	int64_t item = desk_item_id(d, desk_post(d, "crm", &free_mail));
	const struct resolve_request requests[] = {
		{.verb = RESOLVE_MAP_DOMAIN, .item_id = item, .name = SPAN("G")},
		{.verb = RESOLVE_IGNORE_DOMAIN, .item_id = item},
		{.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = 999},
		{.verb = RESOLVE_ASSIGN, .item_id = 999, .contact_id = erik},
	};
	for (size_t i = 0; i < ARRAY_COUNT(requests); i++)
		refused(d, requests[i], ERROR_INPUT);
	item = desk_item_id(d, desk_post(d, "crm", &bad));
	refused(d,
		(struct resolve_request){
			.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = erik},
		ERROR_INPUT);
	assert_int_equal(
		resolve(d, (struct resolve_request){.verb = RESOLVE_DISMISS, .item_id = item},
			false)
			.settled,
		1);
	/* Nobody is named: one item, one answer, nothing to learn. */
	int64_t message = desk_post(d, "crm", &nobody);
	item = desk_item_id(d, message);
	refused(d, (struct resolve_request){.verb = RESOLVE_IGNORE_ADDRESS, .item_id = item},
		ERROR_INPUT);
	assert_int_equal(
		resolve(d,
			(struct resolve_request){
				.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = erik},
			false)
			.settled,
		1);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address"), 1);
	/* An address that is somebody's already is not taken from him. */
	struct letter late = {
		.id = "f4", .from = "anna@example.org", .to = "late@far.example", .subject = "f4"};
	item = desk_item_id(d, desk_post(d, "crm", &late));
	desk_contact(d, "Late", "late@far.example", 0);
	refused(d,
		(struct resolve_request){
			.verb = RESOLVE_ASSIGN, .item_id = item, .contact_id = erik},
		ERROR_CONFLICT);
}

/* A new supplier whose IBAN is not the one that was paid before is held when he is named. */
static void test_supplier_with_other_iban(void **state)
{
	struct desk *d = *state;
	struct company company = {.name = SPAN("Papier"), .iban = SPAN("DE89370400440532013000")};
	struct facts_invoice invoice = {.source = INVOICE_UBL,
		.number = {SPAN("1"), 1},
		.iban = {SPAN("NL91ABNA0417164300"), 1}};
	int64_t id;
	fixture_begin(&d->store, "company add");
	must(&d->store, company_add(&d->store.operation, &company, &id, &d->store.err));
	fixture_commit(&d->store);
	struct letter letter = {.id = "i1",
		.from = "x@papier.example",
		.subject = "i1",
		.invoices = &invoice,
		.invoice_count = 1};
	int64_t message = desk_post(d, "invoices", &letter);
	assert_span(desk_ticket(d, 1).state, "open");
	resolve(d,
		(struct resolve_request){.verb = RESOLVE_MAP_DOMAIN,
			.item_id = desk_item_id(d, message),
			.company_id = id},
		false);
	assert_span(desk_ticket(d, 1).state, "hold");
	assert_int_equal(desk_ticket(d, 1).supplier_id, id);
}

static void test_address_added_otherwise(void **state)
{
	struct desk *d = *state;
	strangers(d);
	int64_t nora = desk_contact(d, "Nora", NULL, 0), settled;
	fixture_begin(&d->store, "contact address");
	must(&d->store, contact_address_add(&d->store.operation, nora, SPAN("Nora@nieuw.example"),
				false, &d->store.err));
	must(&d->store, resolve_address_known(d->intake, &d->store.operation, nora,
				SPAN("nora@nieuw.example"), &settled, &d->store.err));
	fixture_commit(&d->store);
	assert_int_equal(settled, 5);
	nora_is_everywhere(d, nora);
	undo(d, d->store.operation.id);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM unresolved WHERE state = 'waiting'"), 6);
}

static void test_suggestions(void **state)
{
	struct desk *d = *state;
	int64_t company = desk_company(d, "Nieuw BV", NULL);
	int64_t same = desk_contact(d, "Nora Nieuw", "nora@elsewhere.example", company);
	int64_t similar = desk_contact(d, "Nora Anders", NULL, 0);
	struct unresolved item;
	struct resolve_suggestion *rows;
	size_t count;
	bool found;
	must(&d->store, unresolved_get(d->store.db, strangers(d), &d->store.arena, &item, &found,
				&d->store.err));
	fixture_begin(&d->store, "domain");
	must(&d->store, company_domain_add(&d->store.operation, company, SPAN("nieuw.example"),
				&d->store.err));
	fixture_commit(&d->store);
	must(&d->store,
		resolve_suggest(d->intake, &item, &d->store.arena, &rows, &count, &d->store.err));
	assert_int_equal(count, 3);
	assert_int_equal(rows[0].contact_id, same);
	assert_span(rows[0].why, "same name");
	assert_int_equal(rows[1].company_id, company);
	assert_span(rows[1].why, "same domain as 1 contact");
	assert_int_equal(rows[2].contact_id, similar);
	assert_true(rows[0].score > rows[1].score && rows[1].score > rows[2].score);
}

static void test_quarantine(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter letter = {.id = "q1",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "q1",
		.envelope = "submit+2w@example.org"};
	int64_t message = desk_post(d, "submit", &letter);
	assert_string_equal(desk_state(d, message), "quarantined");
	fixture_begin(&d->store, "quarantine release");
	must(&d->store,
		quarantine_release(d->intake, &d->store.operation, message, "anna", &d->store.err));
	fixture_commit(&d->store);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 1);
	desk_post(d, "submit", &letter); /* another copy takes nothing back */
	assert_string_equal(desk_state(d, message), "filed");
	undo(d, d->store.operation.id);
	assert_string_equal(desk_state(d, message), "quarantined");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 0);
	fixture_begin(&d->store, "quarantine drop");
	must(&d->store,
		quarantine_drop(d->intake, &d->store.operation, message, "anna", &d->store.err));
	must_fail(&d->store, ERROR_INPUT,
		quarantine_drop(d->intake, &d->store.operation, message, "anna", &d->store.err));
	fixture_commit(&d->store);
	assert_string_equal(desk_state(d, message), "ignored");
	/* Neither a further copy nor the same one on a trusted way opens it again. */
	desk_deliver(d, "crm", "Shared/CRM", &letter);
	assert_string_equal(desk_state(d, message), "ignored");
}

/* A flood: of what goes beyond the quotas only the header is kept, and nothing is lost of that. */
static void test_quotas(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	d->config->quarantine_per_sender = 3;
	d->config->quarantine_per_mailbox = 5;
	for (int i = 0; i < 10; i++) {
		char id[32], from[48];
		snprintf(id, sizeof id, "flood%d@evil.example", i);
		snprintf(from, sizeof from, "e%d@evil.example", i < 5 ? 0 : i);
		struct letter letter = {.id = id,
			.from = from,
			.to = "erik@wit.example",
			.subject = id,
			.text = "a large text"};
		int64_t message = desk_post(d, "crm", &letter);
		assert_string_equal(desk_state(d, message), "quarantined");
		bool over = strstr(desk_rule(d, message), "quota:") != NULL;
		assert_int_equal(over, (i >= 3 && i < 5) || i >= 7);
	}
	assert_int_equal(desk_count(d, "SELECT count(*) FROM message WHERE raw_size_bytes > 0"), 5);
	assert_int_equal(desk_count(d, "SELECT count(DISTINCT message_id) FROM message_raw"), 5);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM delivery WHERE outcome = "
				       "'header-only' AND header IS NOT NULL"),
		5);
	/* Another mailbox is not full. */
	struct letter other = {.id = "o@evil.example",
		.from = "o@evil.example",
		.to = "erik@wit.example",
		.subject = "o"};
	assert_null(strstr(desk_rule(d, desk_post(d, "auth", &other)), "quota:"));
}

static void release(struct desk *d, int64_t message)
{
	fixture_begin(&d->store, "quarantine release");
	must(&d->store,
		quarantine_release(d->intake, &d->store.operation, message, "anna", &d->store.err));
	fixture_commit(&d->store);
}

static void body_gone(struct desk *d, int64_t message)
{
	must(&d->store, db_begin_write(d->store.db, &d->store.err));
	must(&d->store, quarantine_body_gone(d->intake, message, SPAN("it was expunged"),
				"postroomd", d->now_ms, &d->store.err));
	fixture_commit(&d->store);
}

static int64_t fetches(struct desk *d)
{
	return desk_count(d, "SELECT count(*) FROM server_action WHERE verb = 'fetch'");
}

static int64_t whole(struct desk *d, int64_t message)
{
	char sql[100];
	snprintf(sql, sizeof sql, "SELECT raw_size_bytes > 0 FROM message WHERE id = %lld",
		(long long)message);
	return desk_count(d, sql);
}

/* Released, a mail of which only the header was kept is asked for, and decided when it comes. */
static void test_release_beyond_the_quota(void **state)
{
	struct desk *d = *state;
	struct letter letters[5];
	int64_t messages[5];
	char ids[5][32];

	desk_contact(d, "Erik", "erik@wit.example", 0);
	d->config->quarantine_per_sender = 1;
	for (int i = 0; i < 5; i++) {
		snprintf(ids[i], sizeof ids[i], "r%d@evil.example", i);
		letters[i] = (struct letter){.id = ids[i],
			.from = "Anna Smit <anna.privat@evil.example>",
			.to = "erik@wit.example",
			.subject = ids[i],
			.text = "the text"};
		messages[i] = desk_post(d, "crm", &letters[i]);
	}
	/* Not asked for: a copy that comes by itself changes nothing. */
	desk_post(d, "crm", &letters[1]);
	assert_string_equal(desk_state(d, messages[1]), "quarantined");
	assert_int_equal(whole(d, messages[1]), 0);

	release(d, messages[1]);
	assert_string_equal(desk_state(d, messages[1]), "quarantined");
	assert_non_null(strstr(desk_rule(d, messages[1]), "asked for from the server"));
	assert_int_equal(fetches(d), 2); /* two deliveries */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 0);
	desk_post(d, "crm", &letters[1]);
	assert_string_equal(desk_state(d, messages[1]), "waiting");
	assert_int_equal(whole(d, messages[1]), 1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
	assert_true(facts_hold(d, messages[1], "the text"));
	body_gone(d, messages[1]); /* a late answer about the other copy */
	assert_string_equal(desk_item(d, messages[1]), "no-match");

	/* Gone meanwhile: the header is recorded, the rest is asked of a person. */
	release(d, messages[2]);
	body_gone(d, messages[2]);
	assert_string_equal(desk_state(d, messages[2]), "waiting");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 2);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved WHERE reason = "
				       "'body-gone' AND detail LIKE '%it was expunged%'"),
		1);

	/* Taken back before it came; dropped before it came. */
	release(d, messages[3]);
	undo(d, d->store.operation.id);
	desk_post(d, "crm", &letters[3]);
	body_gone(d, messages[3]);
	assert_string_equal(desk_state(d, messages[3]), "quarantined");
	assert_int_equal(whole(d, messages[3]), 0);
	release(d, messages[4]);
	fixture_begin(&d->store, "quarantine drop");
	must(&d->store, quarantine_drop(d->intake, &d->store.operation, messages[4], "anna",
				&d->store.err));
	fixture_commit(&d->store);
	desk_post(d, "crm", &letters[4]);
	assert_string_equal(desk_state(d, messages[4]), "ignored");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 2);
}

/* A follow-up that was asked for an address that nobody knew goes to whom it turns out to be. */
static void test_follow_ups_are_claimed(void **state)
{
	struct desk *d = *state;
	static const char *const mailboxes[] = {"crm", "leads", "support", "invoices"};
	int64_t company = desk_company(d, "Far", NULL);
	int64_t contact = desk_contact(d, "Nora", NULL, company);

	for (size_t i = 0; i < d->config->mailbox_count; i++) {
		if (d->config->mailboxes[i].policy == POLICY_UNSET)
			d->config->mailboxes[i].policy = POLICY_NONE;
	}
	for (size_t i = 0; i < ARRAY_COUNT(mailboxes); i++) {
		char id[48], from[48], to[48], envelope[48];
		struct task *tasks;
		snprintf(id, sizeof id, "claim%zu@example.org", i);
		snprintf(from, sizeof from, "n%zu@far.example", i);
		snprintf(to, sizeof to, "%s@example.org", mailboxes[i]);
		snprintf(envelope, sizeof envelope, "%s+2w@example.org", mailboxes[i]);
		struct letter letter = {.id = id,
			.from = "anna@example.org",
			.to = to,
			.subject = id,
			.envelope = envelope,
			.original_from = from,
			.original_to = "anna@example.org",
			.original_subject = id,
			.original_text = "x"};
		int64_t message = desk_post(d, mailboxes[i], &letter);
		assert_int_equal(desk_tasks(d, message, &tasks), 1);
		assert_int_equal(tasks[0].contact_id, 0);
		struct resolve_request request = {.verb = RESOLVE_ASSIGN,
			.item_id = desk_item_id(d, message),
			.contact_id = contact};
		struct resolve_result result = resolve(d, request, false);
		assert_int_equal(desk_tasks(d, message, &tasks), 1);
		if (tasks[0].contact_id != contact)
			fail_msg("%s: the follow-up stands on nobody", mailboxes[i]);
		undo(d, result.operation_id);
		assert_int_equal(desk_tasks(d, message, &tasks), 1);
		assert_int_equal(tasks[0].contact_id, 0);
	}
}

static void test_claimed_by_somebody_not_to_contact(void **state)
{
	struct desk *d = *state;
	struct contact contact = {.name = SPAN("Erik"), .do_not_contact = true};
	struct unresolved_filter filter = {.reason = SPAN("do-not-contact")};
	struct unresolved *items;
	struct task *tasks;
	int64_t id;
	size_t count;

	fixture_begin(&d->store, "contact add");
	must(&d->store, contact_add(&d->store.operation, &contact, &id, &d->store.err));
	fixture_commit(&d->store);
	struct letter letter = {.id = "barred@example.org",
		.from = "anna@example.org",
		.to = "erik@new.example",
		.subject = "Our offer",
		.envelope = "crm+2w@example.org"};
	int64_t message = desk_post(d, "crm", &letter);
	struct resolve_request request = {
		.verb = RESOLVE_ASSIGN, .item_id = desk_item_id(d, message), .contact_id = id};
	resolve(d, request, false);
	assert_string_equal(desk_state(d, message), "waiting");
	must(&d->store, unresolved_list(d->store.db, &filter, &d->store.arena, &items, &count,
				&d->store.err));
	assert_int_equal(count, 1);
	assert_int_equal(items[0].message_id, message);
	assert_int_equal(desk_tasks(d, message, &tasks), 1);
	assert_span(tasks[0].state, "cancelled");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
}

/* What release tells to write into the configuration. */
static void test_advice(void **state)
{
	struct desk *d = *state;
	static const struct {
		const char *mailbox, *from, *option, *name, *line;
	} cases[] = {
		{"crm", "Anna Smit <anna.privat@home.example>", "users[].addresses", "anna",
			"addresses: [anna@example.org, a.smit@example.net, "
			"anna.privat@home.example]"},
		{"crm", "Jansen <j@home.example>", "users[].addresses", "",
			"addresses: [j@home.example]"},
		{"crm", "x@home.example", "users[].addresses", "", "addresses: [x@home.example]"},
		{"board", "bert@example.org", "mailboxes[].may_write", "board",
			"may_write: [anna, bert]"},
		{"submit", "bert@example.org", "", "", ""},
		{"crm", "a@home.example, b@home.example", "", "", ""},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct quarantine_advice advice;
		char id[32];
		snprintf(id, sizeof id, "a%zu@example.org", i);
		struct letter letter = {
			.id = id, .from = cases[i].from, .to = "erik@wit.example", .subject = id};
		int64_t message = desk_post(d, cases[i].mailbox, &letter);
		assert_string_equal(desk_state(d, message), "quarantined");
		must(&d->store, quarantine_advise(d->intake, message, &d->store.arena, &advice,
					&d->store.err));
		assert_span(advice.option, cases[i].option);
		assert_span(advice.name, cases[i].name);
		assert_span(advice.line, cases[i].line);
	}
}

/* A mail that is quarantined beyond the quota on one way and welcome on another keeps its body. */
static void test_quota_and_other_ways(void **state)
{
	struct desk *d = *state;
	static const char *const ways[][2] = {{"support", "crm"}, {"crm", "support"}};
	d->config->quarantine_per_sender = 1;
	struct letter first = {.id = "first@far.example",
		.from = "kunde@far.example",
		.to = "crm@example.org",
		.subject = "first"};
	desk_post(d, "crm", &first);
	for (size_t i = 0; i < ARRAY_COUNT(ways); i++) {
		char id[32], sql[160];
		snprintf(id, sizeof id, "both%zu@far.example", i);
		struct letter letter = {.id = id,
			.from = "kunde@far.example",
			.to = "support@example.org, crm@example.org",
			.subject = id,
			.text = "It does not print."};
		int64_t message = desk_post(d, ways[i][0], &letter);
		assert_int_equal(desk_post(d, ways[i][1], &letter), message);
		assert_string_equal(desk_state(d, message), "quarantined");
		snprintf(sql, sizeof sql,
			"SELECT raw_size_bytes > 0 AND EXISTS (SELECT 1 FROM message_raw WHERE "
			"message_id = m.id) FROM message m WHERE id = %lld",
			(long long)message);
		assert_int_equal(desk_count(d, sql), 1);
		snprintf(sql, sizeof sql,
			"SELECT count(*) FROM delivery WHERE message_id = %lld AND outcome = "
			"'header-only'",
			(long long)message);
		assert_int_equal(desk_count(d, sql), 0);
		struct facts facts;
		bool found;
		must(&d->store, stored_facts_read(d->store.db, message, &d->store.arena, &facts,
					&found, &d->store.err));
		assert_span(facts.text, "It does not print.");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test_asking(test_assign),
		desk_test_asking(test_undo),
		desk_test_asking(test_once),
		desk_test_asking(test_create),
		desk_test_asking(test_map_domain),
		desk_test_asking(test_ignore),
		desk_test(test_refusals),
		desk_test(test_supplier_with_other_iban),
		desk_test_asking(test_address_added_otherwise),
		desk_test_asking(test_suggestions),
		desk_test(test_quarantine),
		desk_test(test_quotas),
		desk_test(test_release_beyond_the_quota),
		desk_test(test_advice),
		desk_test_asking(test_follow_ups_are_claimed),
		desk_test(test_claimed_by_somebody_not_to_contact),
		desk_test(test_quota_and_other_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
