/* Tags of the BCC address: what they ask for, what is wrong with them, what closes them. */
#include "ingest_fixture.h"

#include "store/document.h"

static int64_t send(struct desk *d, const char *from, const char *tag, const char *date)
{
	static int number;
	char *id = arena_alloc(&d->store.arena, 64), *envelope = arena_alloc(&d->store.arena, 96);
	snprintf(id, 64, "f%d@example.org", ++number);
	snprintf(envelope, 96, "crm+%s@example.org", tag);
	struct letter letter = {.id = id,
		.from = from,
		.to = "erik@wit.example",
		.subject = "Re: Our offer",
		.envelope = envelope,
		.date = date};
	return desk_post(d, "crm", &letter);
}

static void test_due(void **state)
{
	struct desk *d = *state;
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	static const struct {
		const char *from, *tag, *date, *due, *at, *assignee;
	} cases[] = {
		{"anna@example.org", "2w", NULL, "2026-12-05", NULL, "anna"},
		{"anna@example.org", "3wd", NULL, "2026-11-25", NULL, "anna"},
		{"anna@example.org", "1m", NULL, "2026-12-21", NULL, "anna"},
		{"anna@example.org", "sat", NULL, "2026-11-28", NULL, "anna"},
		/* Friday 2026-12-25 is a day off of the organisation. */
		{"anna@example.org", "24wd", NULL, "2026-12-24", NULL, "anna"},
		{"anna@example.org", "25wd", NULL, "2026-12-28", NULL, "anna"},
		{"anna@example.org", "25WD.T0930", NULL, NULL, "2026-12-28T09:30:00+01:00", "anna"},
		{"anna@example.org", "vri.to-bert", NULL, "2026-11-27", NULL, "bert"},
		{"anna@example.org", "2026-12-03", NULL, "2026-12-03", NULL, "anna"},
		{"anna@example.org", "1m", "2027-01-31T09:00:00+01:00", "2026-12-21", NULL, "anna"},
		{"anna@example.org", "1m", "2026-01-31T09:00:00+01:00", "2026-02-28", NULL, "anna"},
		{"anna@example.org", "2026-12-03.t0930", NULL, NULL, "2026-12-03T09:30:00+01:00",
			"anna"},
		/* In the sender's own zone: this is still Friday in New York. */
		{"bert@example.org", "1d", "2026-11-21T02:00:00+01:00", "2026-11-21", NULL, "bert"},
		{"bert@example.org", "2026-12-03.t0930", NULL, NULL, "2026-12-03T09:30:00-05:00",
			"bert"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		int64_t message = send(d, cases[i].from, cases[i].tag, cases[i].date);
		struct task *tasks;
		char due[DATE_TEXT_SIZE];
		assert_string_equal(desk_state(d, message), "filed");
		assert_int_equal(desk_tasks(d, message, &tasks), 1);
		assert_span(tasks[0].kind, "follow-up");
		assert_span(tasks[0].title, "Our offer");
		assert_span(tasks[0].assignee_name, cases[i].assignee);
		assert_int_equal(tasks[0].contact_id, erik);
		assert_string_equal(
			date_text(tasks[0].due_date, due), cases[i].due ? cases[i].due : "");
		assert_int_equal(tasks[0].due_ms, cases[i].at ? desk_time(cases[i].at) : 0);
		assert_int_equal(tasks[0].length_ms, cases[i].at ? 30 * 60000 : 0);
	}
}

static void test_bad_tags(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	static const struct {
		const char *tag, *says;
	} cases[] = {
		{"12-03", ""},
		{"1j", ""},
		{"di", "die"},
		{"2w.to-nobody", "no user nobody"},
		{"deal-77", "no deal 77"},
		{"ticket-5.2w", "no ticket 5"},
		{"case-9", "no case 9"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		int64_t message = send(d, "anna@example.org", cases[i].tag, NULL);
		struct unresolved_filter filter = {.message_id = message};
		struct unresolved *rows;
		struct task *tasks;
		size_t count;
		assert_string_equal(desk_state(d, message), "waiting");
		must(&d->store, unresolved_list(d->store.db, &filter, &d->store.arena, &rows,
					&count, &d->store.err));
		assert_int_equal(count, 1);
		assert_span(rows[0].reason, "bad-tag");
		if (span_find(rows[0].detail, span_from(cases[i].says)) < 0)
			fail_msg("%s: %.*s", cases[i].tag, SPAN_ARG(rows[0].detail));
		assert_int_equal(desk_tasks(d, message, &tasks), 0);
	}
	/* The mails are logged all the same. */
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM activity"), (int64_t)ARRAY_COUNT(cases));
}

/* Only users ask; and only addresses of ours are asked. */
static void test_who_asks(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	struct letter dropped = {.id = "x1",
		.from = "erik@wit.example",
		.to = "anna@example.org, crm+2w@example.org",
		.subject = "From outside"};
	desk_deliver(d, "crm", "Shared/CRM", &dropped);
	struct letter other = {.id = "x2",
		.from = "anna@example.org",
		.to = "erik@wit.example, anna+2w@private.example",
		.subject = "A tag of somebody else"};
	desk_post(d, "crm", &other);
	/* Nobody vouches for the sender at a mailbox that anybody may write to. */
	struct letter forged = {.id = "x3",
		.from = "anna@example.org",
		.to = "support+2w@example.org",
		.subject = "Perhaps not from Anna",
		.envelope = "support+2w@example.org"};
	desk_post(d, "support", &forged);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 0);
	assert_int_equal(
		desk_count(d, "SELECT count(*) FROM unresolved WHERE reason = 'bad-tag'"), 0);
}

static void test_do_not_contact(void **state)
{
	struct desk *d = *state;
	struct contact contact = {.name = SPAN("Erik"), .do_not_contact = true};
	int64_t id;
	fixture_begin(&d->store, "contact add");
	must(&d->store, contact_add(&d->store.operation, &contact, &id, &d->store.err));
	must(&d->store, contact_address_add(&d->store.operation, id, SPAN("erik@wit.example"),
				false, &d->store.err));
	fixture_commit(&d->store);
	int64_t message = send(d, "anna@example.org", "2w", NULL);
	assert_string_equal(desk_item(d, message), "do-not-contact");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM task"), 0);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 1);
}

static const char *task_state(struct desk *d, int64_t message)
{
	struct task *tasks;
	assert_int_equal(desk_tasks(d, message, &tasks), 1);
	return arena_string(&d->store.arena, tasks[0].state);
}

static void test_replies_close(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	desk_contact(d, "Frank", "frank@wit.example", 0);
	static const struct {
		const char *name, *tag;
		struct letter reply;
		const char *folder, *left;
	} cases[] = {
		{"the contact answers", "2w", {.from = "erik@wit.example"}, "Shared/CRM", "done"},
		{"keep survives", "2w.keep", {.from = "erik@wit.example"}, "Shared/CRM", "open"},
		{"his machine answers", "2w",
			{.from = "erik@wit.example", .origin = ORIGIN_AUTO_REPLY}, "Shared/CRM",
			"open"},
		{"somebody else answers", "2w", {.from = "frank@wit.example"}, "Shared/CRM",
			"open"},
		/* The thread alone makes a match of an unknown address; it closes nothing. */
		{"an unknown address answers", "2w", {.from = "erik@home.example"}, "Shared/CRM",
			"open"},
		{"a colleague answers", "2w",
			{.from = "bert@example.org", .to = "erik@wit.example"}, "INBOX", "open"},
		{"done", "2w",
			{.from = "bert@example.org",
				.to = "erik@wit.example",
				.envelope = "crm+done@example.org"},
			"INBOX", "done"},
		{"done closes what was kept", "2w.keep",
			{.from = "bert@example.org",
				.to = "erik@wit.example",
				.envelope = "crm+done@example.org"},
			"INBOX", "done"},
		{"a forged done", "2w",
			{.from = "evil@evil.example",
				.to = "erik@wit.example",
				.envelope = "crm+done@example.org"},
			"INBOX", "open"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char id[32];
		int64_t asked = send(d, "anna@example.org", cases[i].tag, NULL);
		struct message_row row;
		bool found;
		must(&d->store, message_get(d->store.db, asked, &d->store.arena, &row, &found,
					&d->store.err));
		struct letter reply = cases[i].reply;
		snprintf(id, sizeof id, "r%zu@wit.example", i);
		reply.id = id;
		reply.subject = id;
		reply.answers = arena_string(&d->store.arena, row.message_id);
		if (!reply.to)
			reply.to = "anna@example.org";
		desk_deliver(d, "crm", cases[i].folder, &reply);
		if (strcmp(task_state(d, asked), cases[i].left) != 0)
			fail_msg("%s: %s", cases[i].name, task_state(d, asked));
	}
}

static void test_filed_elsewhere(void **state)
{
	struct desk *d = *state;
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	int64_t boss = desk_contact(d, "Boss", "boss@wit.example", 0);
	int64_t deal_id, ticket_id, case_id;
	struct deal deal = {.name = SPAN("Ten chairs"),
		.phase = SPAN("new"),
		.state = SPAN("open"),
		.contact_id = boss};
	struct ticket ticket = {.direction = SPAN("payable"),
		.kind = SPAN("invoice"),
		.state = SPAN("open"),
		.title = SPAN("T")};
	struct support_case item = {
		.subject = SPAN("C"), .state = SPAN("open"), .priority = SPAN("normal")};
	fixture_begin(&d->store, "deal add");
	must(&d->store, deal_add(&d->store.operation, &deal, &deal_id, &d->store.err));
	must(&d->store, ticket_add(&d->store.operation, &ticket, &ticket_id, &d->store.err));
	must(&d->store, case_add(&d->store.operation, &item, &case_id, &d->store.err));
	fixture_commit(&d->store);

	char tag[32], sql[160];
	struct task *tasks;
	snprintf(tag, sizeof tag, "2w.deal-%lld", (long long)deal_id);
	int64_t message = send(d, "anna@example.org", tag, NULL);
	assert_int_equal(desk_tasks(d, message, &tasks), 1);
	assert_int_equal(tasks[0].deal_id, deal_id);
	assert_int_equal(tasks[0].contact_id, erik);
	/* On whom it went to and on the deal's own contact, both in the deal. */
	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM activity WHERE message_id = %lld AND deal_id = %lld",
		(long long)message, (long long)deal_id);
	assert_int_equal(desk_count(d, sql), 2);

	snprintf(tag, sizeof tag, "ticket-%lld", (long long)ticket_id);
	message = send(d, "anna@example.org", tag, NULL);
	assert_int_equal(desk_ticket_of(d, message), ticket_id);
	assert_int_equal(desk_tasks(d, message, &tasks), 0);

	snprintf(tag, sizeof tag, "1d.task.case-%lld", (long long)case_id);
	message = send(d, "anna@example.org", tag, NULL);
	assert_int_equal(desk_tasks(d, message, &tasks), 1);
	assert_span(tasks[0].kind, "task");
	assert_int_equal(tasks[0].case_id, case_id);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM case_message"), 1);
}

#define FILE_OF(name, type, first)                                                             \
	{                                                                                      \
		.filename = SPAN_INIT(name), .content_type = SPAN_INIT(type), .size_bytes = 9, \
		.sha256.bytes = {                                                              \
			first                                                                  \
		}                                                                              \
	}

/* `deal-N.contract`: the attachment is the signed contract, if it is certain which one. */
static void test_contract(void **state)
{
	struct desk *d = *state;
	static const struct facts_attachment contract[] = {
		FILE_OF("contract.pdf", "application/pdf", 1)};
	static const struct facts_attachment scan[] = {FILE_OF("scan.jpg", "image/jpeg", 2),
		{.filename = SPAN_INIT("logo.png"),
			.content_type = SPAN_INIT("image/png"),
			.size_bytes = 9,
			.decorative = true}};
	static const struct facts_attachment among[] = {
		FILE_OF("terms.docx", "application/msword", 3),
		FILE_OF("signed.pdf", "application/pdf", 4),
		FILE_OF("smime.p7s", "application/pkcs7-signature", 5)};
	static const struct facts_attachment two[] = {FILE_OF("a.pdf", "application/pdf", 6),
		FILE_OF("b.pdf", "application/octet-stream", 7)};
	static const struct facts_attachment twice[] = {
		FILE_OF("a.pdf", "application/pdf", 8), FILE_OF("a (1).pdf", "application/pdf", 8)};
	static const struct {
		const struct facts_attachment *files;
		size_t count;
		const char *title, *says; /* title NULL: none, and an item says why */
	} cases[] = {
		{contract, 1, "contract.pdf", NULL},
		{scan, 2, "scan.jpg", NULL},
		{among, 3, "signed.pdf", NULL},
		{two, 2, NULL, "2 files are attached"},
		{twice, 2, "a.pdf", NULL},
		{NULL, 0, NULL, "nothing is attached"},
	};
	struct deal deal = {.name = SPAN("Chairs"), .phase = SPAN("new"), .state = SPAN("open")};
	struct document *documents;
	char tag[48], id[32];
	int64_t deal_id;
	size_t count, expected = 0;

	deal.contact_id = desk_contact(d, "Erik", "erik@wit.example", 0);
	fixture_begin(&d->store, "deal add");
	must(&d->store, deal_add(&d->store.operation, &deal, &deal_id, &d->store.err));
	fixture_commit(&d->store);
	snprintf(tag, sizeof tag, "crm+deal-%lld.contract@example.org", (long long)deal_id);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		snprintf(id, sizeof id, "k%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = "anna@example.org",
			.to = "erik@wit.example",
			.subject = id,
			.envelope = tag,
			.attachments = cases[i].files,
			.attachment_count = cases[i].count};
		int64_t message = desk_post(d, "crm", &letter);
		must(&d->store, document_list(d->store.db, deal_id, &d->store.arena, &documents,
					&count, &d->store.err));
		expected += cases[i].title != NULL;
		assert_int_equal(count, expected);
		assert_string_equal(desk_item(d, message), cases[i].title ? "" : "bad-tag");
		if (!cases[i].title) {
			struct unresolved_filter filter = {.message_id = message};
			struct unresolved *rows;
			size_t items;
			must(&d->store, unresolved_list(d->store.db, &filter, &d->store.arena,
						&rows, &items, &d->store.err));
			assert_true(span_find(rows[0].detail, span_from(cases[i].says)) >= 0);
			continue;
		}
		assert_span(documents[count - 1].title, cases[i].title);
		assert_span(documents[count - 1].kind, "contract");
		assert_true(documents[count - 1].is_signed);
		assert_int_equal(documents[count - 1].message_id, message);
		/* The same contract sent once more is the same document. */
		letter.id = letter.subject = "again@example.org";
		desk_post(d, "crm", &letter);
		must(&d->store, document_list(d->store.db, deal_id, &d->store.arena, &documents,
					&count, &d->store.err));
		assert_int_equal(count, expected);
	}
	/* All of them are filed on the deal. */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity WHERE deal_id IS NULL"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_due),
		desk_test(test_bad_tags),
		desk_test(test_who_asks),
		desk_test(test_do_not_contact),
		desk_test(test_replies_close),
		desk_test(test_filed_elsewhere),
		desk_test(test_contract),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
