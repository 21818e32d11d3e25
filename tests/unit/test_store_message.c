#include "store_fixture.h"

#include "base/compress.h"
#include "store/mailbox.h"

static int64_t add_folder(struct fixture *f)
{
	struct folder_row folder;
	int64_t mailbox;

	must(f, mailbox_ensure(f->db, SPAN("crm"), SPAN("capture"),
			SPAN("crm@imap.example.org:993"), 1, &mailbox, &f->err));
	must(f, folder_ensure(f->db, mailbox, SPAN("INBOX"), &folder, &f->arena, &f->err));
	return folder.id;
}

static struct delivery delivery_of(const char *mail, int64_t folder_id, uint32_t uid)
{
	static struct buffer frame;

	buffer_clear(&frame);
	compress_append(&frame, span_from(mail));
	return (struct delivery){
		.identity = digest_of(span_from(mail)),
		.folder_id = folder_id,
		.uidvalidity = 7,
		.uid = uid,
		.source = SPAN("imap"),
		.size_bytes = (int64_t)strlen(mail),
		.raw_frame = buffer_span(&frame),
	};
}

static void expect_sum(struct fixture *f, int64_t fetched, int64_t deliveries, int64_t missing)
{
	struct ledger_sum sum;

	must(f, message_sum(f->db, &sum, &f->err));
	assert_int_equal(sum.fetched, fetched);
	assert_int_equal(sum.deliveries, deliveries);
	assert_int_equal(sum.missing, missing);
	must(f, message_check_sum(f->db, &f->err));
}

static void test_deliveries_of_one_mail(void **state)
{
	struct fixture *f = *state;
	struct delivery_result first, again, second, other;
	struct buffer header = {0};
	struct message_delivery *rows;
	struct delivery delivery;
	struct span frame;
	size_t count;
	int64_t folder, id;

	must(f, db_begin_write(f->db, &f->err));
	folder = add_folder(f);
	delivery = delivery_of("Subject: x\r\n\r\nbody", folder, 1);
	must(f, message_store(f->db, &delivery, 5, &first, &f->err));
	assert_true(first.new_message && first.new_delivery);
	must(f, message_store(f->db, &delivery, 6, &again, &f->err));
	assert_false(again.new_message || again.new_delivery);
	assert_int_equal(again.message_id, first.message_id);
	assert_int_equal(again.delivery_id, first.delivery_id);
	expect_sum(f, 1, 1, 0);

	/* The same mail on another way: its identity is the same, its header block its own. */
	delivery.uid = 2;
	must(f, message_store(f->db, &delivery, 7, &second, &f->err));
	assert_false(second.new_message);
	assert_true(second.new_delivery);
	assert_int_equal(second.message_id, first.message_id);
	must(f, message_delivery_header(f->db, second.delivery_id, &f->arena, &frame, &f->err));
	must(f, compress_unpack(&header, frame, 1000, &f->err));
	assert_span(buffer_span(&header), "Subject: x\r\n\r\n");
	must(f, message_delivery_header(f->db, first.delivery_id, &f->arena, &frame, &f->err));
	assert_int_equal(frame.size, 0);
	buffer_done(&header);

	delivery = delivery_of("Subject: y\r\n\r\n", folder, 3);
	must(f, message_store(f->db, &delivery, 8, &other, &f->err));
	assert_int_not_equal(other.message_id, first.message_id);
	must(f, db_commit(f->db, &f->err));
	expect_sum(f, 2, 3, 0);

	must(f, message_deliveries(f->db, first.message_id, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	assert_span(rows[1].mailbox, "crm");
	assert_span(rows[1].folder, "INBOX");
	assert_int_equal(rows[1].uid, 2);
	must(f, message_by_identity(f->db, &delivery.identity, &id, &f->err));
	assert_int_equal(id, other.message_id);
}

static void expect_outcomes(struct fixture *f, int64_t message_id, const char *outcome)
{
	struct message_delivery *rows;
	size_t count;

	must(f, message_deliveries(f->db, message_id, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	for (size_t i = 0; i < count; i++)
		assert_span(rows[i].outcome, outcome);
}

/* Beyond a quota: what is not stored of one copy is not of the next, which stays on its server. */
static void test_copy_of_a_mail_without_body(void **state)
{
	struct fixture *f = *state;
	struct delivery_result first, second;
	struct delivery delivery;

	must(f, db_begin_write(f->db, &f->err));
	delivery = delivery_of("Subject: x\r\n\r\nbody", add_folder(f), 1);
	must(f, message_store(f->db, &delivery, 5, &first, &f->err));
	must(f, message_drop_body(f->db, first.message_id, &f->err));
	delivery.uid = 2;
	must(f, message_store(f->db, &delivery, 7, &second, &f->err));
	assert_true(second.new_delivery);
	assert_int_equal(second.message_id, first.message_id);
	expect_outcomes(f, first.message_id, "header-only");
	must(f, message_restore_body(f->db, first.message_id, delivery.raw_frame, &f->err));
	expect_outcomes(f, first.message_id, "stored");
	must(f, db_commit(f->db, &f->err));
}

static void test_imports_come_once(void **state)
{
	struct fixture *f = *state;
	struct delivery delivery = delivery_of("a\r\n\r\n", 0, 1);
	struct delivery_result result;

	must(f, db_begin_write(f->db, &f->err));
	delivery.source = SPAN("/mail/a.eml");
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	assert_true(result.new_delivery);
	delivery.uid = 99;
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	assert_false(result.new_delivery || result.new_message);
	delivery.source = SPAN("/mail/b.eml");
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	assert_true(result.new_delivery);
	assert_false(result.new_message);
	must(f, db_commit(f->db, &f->err));
	expect_sum(f, 1, 2, 0);
}

static void test_missing_uids(void **state)
{
	struct fixture *f = *state;
	struct delivery_result result;
	struct delivery delivery;
	int64_t folder;

	must(f, db_begin_write(f->db, &f->err));
	folder = add_folder(f);
	must(f, message_store_missing(f->db, folder, 7, 4, 1, &f->err));
	must(f, message_store_missing(f->db, folder, 7, 4, 1, &f->err));
	expect_sum(f, 0, 0, 1);
	/* The server gave it after all. */
	delivery = delivery_of("late\r\n\r\n", folder, 4);
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	assert_true(result.new_delivery);
	expect_sum(f, 1, 1, 0);
	/* A server that gives one UID to two mails: neither is lost. */
	delivery = delivery_of("another\r\n\r\n", folder, 4);
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	assert_true(result.new_delivery && result.new_message);
	expect_sum(f, 2, 1, 0);
	must(f, message_store_missing(f->db, folder, 7, 4, 1, &f->err));
	expect_sum(f, 2, 1, 0);
	must(f, db_commit(f->db, &f->err));
}

static void test_raw_bytes_in_chunks(void **state)
{
	static const size_t sizes[] = {1, 1 << 20, (1 << 20) + 1, 5 << 20};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		struct span raw = {malloc(sizes[i]), sizes[i]};
		struct buffer frame = {0};
		struct delivery delivery = {.source = SPAN("x"), .raw_frame = raw};
		struct delivery_result result;

		digest_random((char *)(uintptr_t)raw.data, raw.size);
		delivery.identity = digest_of(raw);
		must(f, db_begin_write(f->db, &f->err));
		must(f, message_store(f->db, &delivery, 1, &result, &f->err));
		must(f, db_commit(f->db, &f->err));
		must(f, message_raw_frame(f->db, result.message_id, &frame, &f->err));
		assert_true(span_equal(buffer_span(&frame), raw));
		buffer_done(&frame);
		free((char *)(uintptr_t)raw.data);
	}
	assert_int_equal(fixture_number(f, "SELECT max(length(bytes)) FROM message_raw"), 1 << 20);
}

static void test_header_only_and_its_body_later(void **state)
{
	struct fixture *f = *state;
	struct delivery delivery = {.identity = digest_of(SPAN("big")),
		.source = SPAN("x"),
		.header_frame = SPAN("header frame"),
		.size_bytes = 1 << 30};
	struct buffer frame = {0};
	struct delivery_result result;
	struct message_row row;
	struct span header;
	bool found;

	must(f, db_begin_write(f->db, &f->err));
	must(f, message_store(f->db, &delivery, 1, &result, &f->err));
	must(f, message_failed(
			f->db, result.message_id, SPAN("store"), SPAN("too-large"), true, &f->err));
	must(f, message_get(f->db, result.message_id, &f->arena, &row, &found, &f->err));
	assert_span(row.state, "dead");
	assert_span(row.dead_error, "too-large");
	must(f, message_delivery_header(f->db, result.delivery_id, &f->arena, &header, &f->err));
	assert_span(header, "header frame");
	must(f, message_raw_frame(f->db, result.message_id, &frame, &f->err));
	assert_int_equal(frame.size, 0);
	must(f, message_store_raw(f->db, result.message_id, SPAN("all of it"), &f->err));
	must(f, message_store_raw(f->db, result.message_id, SPAN("twice"), &f->err));
	must(f, message_raw_frame(f->db, result.message_id, &frame, &f->err));
	assert_span(buffer_span(&frame), "all of it");
	must(f, db_commit(f->db, &f->err));
	buffer_done(&frame);
}

static void test_three_tries(void **state)
{
	struct fixture *f = *state;
	struct message_row row;
	int64_t id;
	bool found;

	must(f, db_begin_write(f->db, &f->err));
	id = fixture_message(f, "killer");
	for (int try = 1; try <= 3; try++) {
		must(f, message_failed(f->db, id, SPAN("parse"), SPAN("killed by SIGSEGV"), false,
				&f->err));
		must(f, message_get(f->db, id, &f->arena, &row, &found, &f->err));
		assert_int_equal(row.parse_tries, try);
		assert_span(row.state, try < 3 ? "received" : "dead");
	}
	assert_span(row.dead_stage, "parse");
	must(f, message_revive(f->db, id, &found, &f->err));
	assert_true(found);
	must(f, message_get(f->db, id, &f->arena, &row, &found, &f->err));
	assert_span(row.state, "received");
	assert_int_equal(row.parse_tries, 0);
	must(f, message_revive(f->db, id, &found, &f->err));
	assert_false(found);
	must_fail(
		f, ERROR_INPUT, message_failed(f->db, 99, SPAN("parse"), SPAN("x"), true, &f->err));
	must(f, db_commit(f->db, &f->err));
	expect_sum(f, 1, 1, 0);
}

static struct message_reading reading_of(const char *subject)
{
	static const struct message_reading_address addresses[] = {
		{"from", {"anna@example.org", 16}},
		{"to", {"crm@example.com", 15}},
		{"bcc", {"secret@example.net", 18}},
	};
	static const struct message_reading_attachment attachments[] = {
		{.filename = {"invoice.pdf", 11},
			.content_type = {"application/pdf", 15},
			.size_bytes = 12},
	};

	return (struct message_reading){
		.message_id = SPAN("id@example.org"),
		.from_name = SPAN("Anna"),
		.from_address = SPAN("anna@example.org"),
		.subject = span_from(subject),
		.origin = SPAN("person"),
		.date_ms = 86400000,
		.facts_format = 1,
		.facts = SPAN("facts"),
		.text = SPAN("body"),
		.addresses = addresses,
		.address_count = ARRAY_COUNT(addresses),
		.attachments = attachments,
		.attachment_count = ARRAY_COUNT(attachments),
	};
}

static void test_reading(void **state)
{
	struct fixture *f = *state;
	struct message_reading reading = reading_of("Hello");
	struct message_attachment *attachments;
	struct buffer plain = {0};
	struct message_row row;
	struct span facts;
	int64_t first, second, id;
	size_t count;
	bool found;

	must(f, db_begin_write(f->db, &f->err));
	first = fixture_message(f, "1");
	second = fixture_message(f, "2");
	must(f, message_read(f->db, first, &reading, &f->err));
	must(f, message_read(f->db, first, &reading, &f->err));
	must(f, message_get(f->db, first, &f->arena, &row, &found, &f->err));
	assert_span(row.subject, "Hello");
	assert_span(row.message_id, "id@example.org");
	assert_int_equal(row.date_ms, 86400000);
	assert_false(row.same_id_differs);
	must(f, message_facts_frame(f->db, first, &f->arena, &facts, &f->err));
	must(f, compress_unpack(&plain, facts, 100, &f->err));
	assert_span(buffer_span(&plain), "facts");
	buffer_done(&plain);
	must(f, message_attachments(f->db, first, &f->arena, &attachments, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(attachments[0].filename, "invoice.pdf");

	/* Another mail with the same Message-ID: both are marked, the oldest is found. */
	must(f, message_read(f->db, second, &reading, &f->err));
	must(f, message_get(f->db, first, &f->arena, &row, &found, &f->err));
	assert_true(row.same_id_differs);
	must(f, message_get(f->db, second, &f->arena, &row, &found, &f->err));
	assert_true(row.same_id_differs);
	must(f, message_by_message_id(f->db, SPAN("id@example.org"), &id, &f->err));
	assert_int_equal(id, first);
	must(f, message_by_message_id(f->db, SPAN(""), &id, &f->err));
	assert_int_equal(id, 0);
	must_fail(f, ERROR_INPUT, message_read(f->db, 99, &reading, &f->err));
	must(f, db_commit(f->db, &f->err));
}

static void test_lists(void **state)
{
	static const struct {
		const char *state, *mailbox, *address, *kind;
		int64_t since_ms, until_ms;
		size_t count;
	} cases[] = {
		{"", "", "", "", 0, 0, 3},
		{"filed", "", "", "", 0, 0, 1},
		{"received", "", "", "", 0, 0, 2},
		{"", "crm", "", "", 0, 0, 1},
		{"", "other", "", "", 0, 0, 0},
		{"", "", "anna@example.org", "", 0, 0, 1},
		{"", "", "secret@example.net", "", 0, 0, 0}, /* Bcc is shown nowhere */
		{"", "", "", "capture", 0, 0, 1},
		{"", "", "", "", 86400000, 0, 1},
		{"", "", "", "", 0, 86400000, 2},
		{"filed", "crm", "anna@example.org", "capture", 1, 86400001, 1},
	};
	struct fixture *f = *state;
	struct message_reading reading = reading_of("Hello");
	struct route_row route = {.kind = SPAN("capture"), .state = SPAN("filed")};
	struct delivery_result result;
	struct delivery delivery;
	struct message_row *rows;
	int64_t folder, id, *ids;
	size_t count;
	bool existing;

	must(f, db_begin_write(f->db, &f->err));
	folder = add_folder(f);
	delivery = delivery_of("x\r\n\r\n", folder, 1);
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	must(f, message_read(f->db, result.message_id, &reading, &f->err));
	route.message_id = result.message_id;
	must(f, route_add(f->db, &route, &id, &existing, &f->err));
	fixture_message(f, "second");
	fixture_message(f, "third");
	must(f, db_commit(f->db, &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct message_filter filter = {
			.state = span_from(cases[i].state),
			.mailbox = span_from(cases[i].mailbox),
			.address_folded = span_from(cases[i].address),
			.kind = span_from(cases[i].kind),
			.since_ms = cases[i].since_ms,
			.until_ms = cases[i].until_ms,
		};

		must(f, message_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
		if (count != cases[i].count)
			fail_msg("case %zu: %zu rows", i, count);
	}
	must(f, message_list(f->db, &(struct message_filter){.page = {.after_id = 3, .limit = 1}},
			&f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].id, 2);
	must(f, message_undecided(f->db, &f->arena, 10, 2, &ids, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(ids[0], 3);
}

static void test_cursors(void **state)
{
	static const struct {
		uint32_t uidvalidity, last_uid, validity_then, uid_then;
	} cases[] = {
		{7, 10, 7, 10}, {7, 5, 7, 10}, /* never back */
		{7, 12, 7, 12}, {8, 3, 8, 3},  /* but under a new UIDVALIDITY */
	};
	struct fixture *f = *state;
	struct folder_row *rows;
	size_t count;
	int64_t folder;

	must(f, db_begin_write(f->db, &f->err));
	folder = add_folder(f);
	assert_int_equal(add_folder(f), folder);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		must(f, folder_move_cursor(
				f->db, folder, cases[i].uidvalidity, cases[i].last_uid, &f->err));
		must(f, folder_list(f->db, 1, &f->arena, &rows, &count, &f->err));
		assert_int_equal(count, 1);
		assert_int_equal(rows[0].uidvalidity, cases[i].validity_then);
		assert_int_equal(rows[0].last_uid, cases[i].uid_then);
	}
	must(f, db_commit(f->db, &f->err));
}

/* The UIDs of another server mean other mail: nothing there is taken for known. */
static void test_account_changed(void **state)
{
	struct fixture *f = *state;
	struct folder_row first, other, back, *rows;
	int64_t mailbox;
	size_t count;

	must(f, db_begin_write(f->db, &f->err));
	must(f, mailbox_ensure(f->db, SPAN("crm"), SPAN("capture"), SPAN("crm@one.example:993"), 1,
			&mailbox, &f->err));
	must(f, folder_ensure(f->db, mailbox, SPAN("INBOX"), &first, &f->arena, &f->err));
	must(f, folder_move_cursor(f->db, first.id, 1, 500, &f->err));
	must(f, mailbox_ensure(f->db, SPAN("crm"), SPAN("capture"), SPAN("crm@two.example:993"), 1,
			&mailbox, &f->err));
	must(f, folder_ensure(f->db, mailbox, SPAN("INBOX"), &other, &f->arena, &f->err));
	assert_int_not_equal(other.id, first.id);
	assert_int_equal(other.last_uid, 0);
	must(f, folder_list(f->db, mailbox, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].id, other.id);
	must(f, mailbox_ensure(f->db, SPAN("crm"), SPAN("capture"), SPAN("crm@one.example:993"), 1,
			&mailbox, &f->err));
	must(f, folder_ensure(f->db, mailbox, SPAN("INBOX"), &back, &f->arena, &f->err));
	assert_int_equal(back.id, first.id);
	assert_int_equal(back.last_uid, 500);
	must(f, db_commit(f->db, &f->err));
}

static void test_mailbox_reports(void **state)
{
	struct fixture *f = *state;
	struct mailbox_row *rows;
	int64_t first, second;
	size_t count;

	must(f, db_begin_write(f->db, &f->err));
	must(f, mailbox_ensure(f->db, SPAN("crm"), SPAN("capture"),
			SPAN("crm@imap.example.org:993"), 1, &first, &f->err));
	must(f, mailbox_ensure(f->db, SPAN("old"), SPAN("leads"), SPAN("crm@imap.example.org:993"),
			1, &second, &f->err));
	must(f, mailbox_report(f->db, first, SPAN("failed"), SPAN("retry at 10:00"),
			SPAN("password refused"), false, 10, &f->err));
	must(f, mailbox_report(
			f->db, first, SPAN("starting"), SPAN(""), SPAN(""), false, 11, &f->err));
	must(f, mailbox_list(f->db, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	assert_span(rows[0].last_error, "password refused");
	assert_int_equal(rows[0].last_error_ms, 10);
	assert_int_equal(rows[0].last_success_ms, 0);
	must(f, mailbox_report(f->db, first, SPAN("idle"), SPAN(""), SPAN(""), true, 12, &f->err));
	must(f, mailbox_retain(f->db, &first, 1, &f->err));
	must(f, mailbox_list(f->db, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].last_error, "");
	assert_int_equal(rows[0].last_success_ms, 12);
	must(f, mailbox_ensure(f->db, SPAN("old"), SPAN("support"),
			SPAN("crm@imap.example.org:993"), 1, &first, &f->err));
	assert_int_equal(first, second);
	must(f, mailbox_list(f->db, &f->arena, &rows, &count, &f->err));
	assert_span(rows[1].kind, "support");
	must(f, db_commit(f->db, &f->err));
}

static void test_server_actions(void **state)
{
	struct fixture *f = *state;
	struct server_action_finding *findings;
	struct server_action_row *rows;
	struct delivery_result result;
	struct delivery delivery;
	struct route_row route = {.kind = SPAN("capture"), .state = SPAN("filed")};
	int64_t folder, id;
	bool existing;
	size_t count;

	must(f, db_begin_write(f->db, &f->err));
	folder = add_folder(f);
	delivery = delivery_of("x\r\n\r\n", folder, 9);
	must(f, message_store(f->db, &delivery, 5, &result, &f->err));
	must(f, server_action_add(
			f->db, result.delivery_id, SPAN("move"), SPAN("Done"), 100, &f->err));
	/* Not decided yet: it stays where it is. */
	must(f, server_action_due(
			f->db, SPAN("crm"), 200, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	route.message_id = result.message_id;
	must(f, route_add(f->db, &route, &id, &existing, &f->err));
	must(f, server_action_due(
			f->db, SPAN("crm"), 99, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	must(f, server_action_due(
			f->db, SPAN("other"), 200, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	must(f, server_action_due(
			f->db, SPAN("crm"), 200, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].target, "Done");
	assert_int_equal(rows[0].uid, 9);
	assert_true(digest_equal(&rows[0].identity, &delivery.identity));
	must(f, server_action_due(f->db, SPAN("crm"), 200, rows[0].id, 10, &f->arena, &rows, &count,
			&f->err));
	assert_int_equal(count, 0);
	/* Of which only the header is kept: the server has the only whole copy. */
	must(f, message_drop_body(f->db, result.message_id, &f->err));
	must(f, server_action_due(
			f->db, SPAN("crm"), 200, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	must(f, message_restore_body(f->db, result.message_id, delivery.raw_frame, &f->err));
	must(f, server_action_due(
			f->db, SPAN("crm"), 200, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	must(f, server_action_tried(f->db, 1, 300, &f->err));
	must(f, server_action_due(
			f->db, SPAN("crm"), 300, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(rows[0].tries, 1);
	must(f, server_action_done(f->db, 1, SPAN("UIDVALIDITY changed"), &f->err));
	must(f, server_action_due(
			f->db, SPAN("crm"), 300, 0, 10, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	must(f, server_action_findings(f->db, 10, &f->arena, &findings, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(findings[0].finding, "UIDVALIDITY changed");
	must(f, server_action_done(f->db, 1, SPAN(""), &f->err));
	must(f, server_action_findings(f->db, 10, &f->arena, &findings, &count, &f->err));
	assert_int_equal(count, 0);
	must(f, db_commit(f->db, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_deliveries_of_one_mail),
		fixture_test(test_copy_of_a_mail_without_body),
		fixture_test(test_imports_come_once),
		fixture_test(test_missing_uids),
		fixture_test(test_raw_bytes_in_chunks),
		fixture_test(test_header_only_and_its_body_later),
		fixture_test(test_three_tries),
		fixture_test(test_reading),
		fixture_test(test_lists),
		fixture_test(test_cursors),
		fixture_test(test_account_changed),
		fixture_test(test_mailbox_reports),
		fixture_test(test_server_actions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
