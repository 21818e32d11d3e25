/* capture: whom a mail is logged on, in which direction, and what is asked about the rest. */
#include "ingest_fixture.h"

static void test_matching(void **state)
{
	struct desk *d = *state;
	int64_t company = desk_company(d, "Customer GmbH", "customer.example");
	desk_contact(d, "Erik Wit", "erik@wit.example", 0);
	desk_contact(d, "Petra", "petra@customer.example", company);
	static const struct {
		const char *to, *cc, *state, *item;
		int contacts, companies, items;
	} cases[] = {
		{"erik@wit.example", NULL, "filed", "", 1, 0, 0},
		{"ERIK@Wit.Example", NULL, "filed", "", 1, 0, 0},
		{"erik@wit.example", "petra@customer.example", "filed", "", 2, 0, 0},
		{"stranger@far.example", NULL, "waiting", "no-match", 0, 0, 1},
		{"erik@wit.example", "stranger@far.example", "waiting", "no-match", 1, 0, 1},
		{"new@customer.example", NULL, "filed", "", 0, 1, 0},
		{"new@sub.customer.example", NULL, "filed", "", 0, 1, 0},
		{"new@notcustomer.example", NULL, "waiting", "no-match", 0, 0, 1},
		{"someone@gmail.com", NULL, "waiting", "no-match", 0, 0, 1},
		{"bert@example.org", NULL, "waiting", "no-contact", 0, 0, 1},
		{"crm@example.org", NULL, "waiting", "no-contact", 0, 0, 1},
		{"x@sub.example.net", NULL, "waiting", "no-contact", 0, 0, 1},
		{"one@a.example", "two@b.example", "waiting", "several", 0, 0, 2},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char id[32], sql[200];
		snprintf(id, sizeof id, "m%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = "Anna <anna@example.org>",
			.to = cases[i].to,
			.cc = cases[i].cc,
			.subject = id,
			.envelope = "crm@example.org"};
		int64_t message = desk_post(d, "crm", &letter);
		assert_string_equal(desk_state(d, message), cases[i].state);
		assert_string_equal(desk_item(d, message), cases[i].item);
		snprintf(sql, sizeof sql,
			"SELECT count(*) FROM activity WHERE message_id = %lld AND contact_id "
			"IS NOT NULL AND direction = 'out'",
			(long long)message);
		assert_int_equal(desk_count(d, sql), cases[i].contacts);
		snprintf(sql, sizeof sql,
			"SELECT count(*) FROM activity WHERE message_id = %lld AND company_id "
			"IS NOT NULL",
			(long long)message);
		assert_int_equal(desk_count(d, sql), cases[i].companies);
		snprintf(sql, sizeof sql, "SELECT count(*) FROM unresolved WHERE message_id = %lld",
			(long long)message);
		assert_int_equal(desk_count(d, sql), cases[i].items);
	}
}

/* What one letter is logged as. */
struct logged {
	const char *direction, *rule;
	int64_t contact, company;
};

static struct logged logged_of(struct desk *d, int64_t message)
{
	struct activity_filter filter = {.message_id = message};
	struct activity *rows;
	size_t count;
	must(&d->store,
		activity_list(d->store.db, &filter, &d->store.arena, &rows, &count, &d->store.err));
	assert_int_equal(count, 1);
	return (struct logged){arena_string(&d->store.arena, rows[0].direction),
		arena_string(&d->store.arena, rows[0].rule), rows[0].contact_id,
		rows[0].company_id};
}

static void test_forwarded(void **state)
{
	struct desk *d = *state;
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	int64_t frank = desk_contact(d, "Frank", "frank@wit.example", 0);
	static const struct {
		const char *name;
		struct letter letter;
		const char *state, *item, *direction;
		int who; /* 0 nobody, 1 Erik, 2 Frank */
	} cases[] = {
		{"sent to us with a mail inside: about its author",
			{.from = "anna@example.org",
				.to = "crm@example.org",
				.original_from = "Erik <erik@wit.example>",
				.original_to = "anna@example.org"},
			"filed", "", "in", 1},
		{"one of us wrote the original: about whom it went to",
			{.from = "anna@example.org",
				.to = "crm@example.org",
				.original_from = "bert@example.org",
				.original_to = "frank@wit.example"},
			"filed", "", "out", 2},
		{"forwarded to a customer, we got a blind copy: about the customer",
			{.from = "anna@example.org",
				.to = "frank@wit.example",
				.envelope = "crm@example.org",
				.original_from = "erik@wit.example"},
			"filed", "", "out", 2},
		{"an unknown author",
			{.from = "anna@example.org",
				.to = "crm@example.org",
				.original_from = "new@far.example"},
			"waiting", "no-match", NULL, 0},
		{"a guess is asked about, never filed",
			{.from = "anna@example.org",
				.to = "crm@example.org",
				.original_from = "erik@wit.example",
				.confidence = 0.4},
			"waiting", "uncertain-forward", NULL, 0},
		{"an answer to a customer that quotes him, we in Cc: no forward to guess at",
			{.from = "anna@example.org",
				.to = "frank@wit.example",
				.cc = "crm@example.org",
				.original_from = "erik@wit.example",
				.confidence = 0.5},
			"filed", "", "out", 2},
		{"nobody outside in it",
			{.from = "anna@example.org",
				.to = "crm@example.org",
				.original_from = "bert@example.org",
				.original_to = "anna@example.org"},
			"waiting", "no-contact", NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct letter letter = cases[i].letter;
		letter.id = letter.subject = cases[i].name;
		int64_t message = desk_post(d, "crm", &letter);
		if (strcmp(desk_state(d, message), cases[i].state) != 0)
			fail_msg("%s: %s", cases[i].name, desk_state(d, message));
		assert_string_equal(desk_item(d, message), cases[i].item);
		if (!cases[i].who)
			continue;
		struct logged logged = logged_of(d, message);
		assert_string_equal(logged.direction, cases[i].direction);
		assert_int_equal(logged.contact, cases[i].who == 1 ? erik : frank);
	}
}

/* The thread says whom the one unknown address means; of several it says nothing. */
static void test_threads(void **state)
{
	struct desk *d = *state;
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	int64_t frank = desk_contact(d, "Frank", "frank@wit.example", 0);
	struct letter one = {.id = "one@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example",
		.subject = "One"};
	struct letter two = {.id = "two@example.org",
		.from = "anna@example.org",
		.to = "erik@wit.example, frank@wit.example",
		.subject = "Two"};
	desk_post(d, "crm", &one);
	desk_post(d, "crm", &two);
	static const struct {
		const char *answers, *to, *state, *item, *rule;
		int who;
	} cases[] = {
		{"one@example.org", "erik.private@gmail.com", "filed", "", "thread", 1},
		{"zero@example.org one@example.org", "erik@other.example", "filed", "", "thread",
			1},
		{"one@example.org", "a@x.example, b@x.example", "waiting", "several", NULL, 0},
		/* Erik is in it himself, so the other one is not he. */
		{"one@example.org", "erik@wit.example, c@x.example", "waiting", "no-match",
			"address", 1},
		/* Of two on the thread one is here: the other is meant. */
		{"two@example.org", "erik@wit.example, frank@home.example", "filed", "", NULL, 0},
		{"two@example.org", "d@x.example", "waiting", "several-candidates", NULL, 0},
		{"unknown@example.org", "e@x.example", "waiting", "no-match", NULL, 0},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char id[32];
		snprintf(id, sizeof id, "reply%zu@example.org", i);
		struct letter letter = {.id = id,
			.from = "anna@example.org",
			.to = cases[i].to,
			.subject = id,
			.answers = cases[i].answers};
		int64_t message = desk_post(d, "crm", &letter);
		if (strcmp(desk_state(d, message), cases[i].state) != 0)
			fail_msg("%s: %s", cases[i].to, desk_state(d, message));
		assert_string_equal(desk_item(d, message), cases[i].item);
		if (!cases[i].rule)
			continue;
		struct logged logged = logged_of(d, message);
		assert_string_equal(logged.rule, cases[i].rule);
		assert_int_equal(logged.contact, erik);
	}
	/* Frank was found at home, and a thread teaches nothing. */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address"), 2);
	char sql[120];
	snprintf(sql, sizeof sql,
		"SELECT count(*) FROM activity WHERE contact_id = %lld AND rule = 'thread'",
		(long long)frank);
	assert_int_equal(desk_count(d, sql), 1);
	/* Both candidates stand in the item. */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved WHERE reason = "
				       "'several-candidates' AND candidates LIKE '%Erik%' AND "
				       "candidates LIKE '%Frank%'"),
		1);
}

static void test_evidence(void **state)
{
	struct desk *d = *state;
	int64_t wit = desk_company(d, "Wit BV", "wit.example");
	int64_t other = desk_company(d, "Other", NULL);
	desk_contact(d, "Erik", "erik@wit.example", other);
	struct letter letter = {.id = "e@example.org",
		.from = "anna@example.org",
		.to = "Erik W <Erik@WIT.example>",
		.subject = "Evidence"};
	int64_t message = desk_post(d, "crm", &letter);
	struct route_row *routes;
	struct match_row *rows;
	size_t count;
	must(&d->store,
		route_list(d->store.db, message, &d->store.arena, &routes, &count, &d->store.err));
	must(&d->store, match_list(d->store.db, routes[0].id, &d->store.arena, &rows, &count,
				&d->store.err));
	assert_int_equal(count, 1);
	assert_span(rows[0].address, "erik@wit.example");
	assert_span(rows[0].role, "to");
	assert_span(rows[0].rule, "address");
	assert_true(rows[0].evidence.size > 0);
	/* The company that the domain means lost. */
	assert_true(span_find(rows[0].also, SPAN("Wit BV")) >= 0);
	assert_true(wit != other);
}

static void test_many_recipients(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	char to[8192];
	size_t size = (size_t)snprintf(to, sizeof to, "erik@wit.example");
	for (int i = 0; i < 20; i++)
		size += (size_t)snprintf(to + size, sizeof to - size, ", p%d@far.example", i);
	struct letter letter = {
		.id = "m20@example.org", .from = "anna@example.org", .to = to, .subject = "20"};
	int64_t message = desk_post(d, "crm", &letter);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved"), 20);
	for (int i = 20; i < 300; i++)
		size += (size_t)snprintf(to + size, sizeof to - size, ", p%d@far.example", i);
	letter.id = letter.subject = "m300@example.org";
	message = desk_post(d, "crm", &letter);
	assert_string_equal(desk_item(d, message), "many-recipients");
	/* Those who are known are logged all the same. */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 2);
}

static void test_ignored(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	fixture_begin(&d->store, "ignore");
	must(&d->store, ignore_add(&d->store.operation, IGNORE_ADDRESS, SPAN("spam@x.example"),
				&d->store.err));
	must(&d->store, ignore_add(&d->store.operation, IGNORE_DOMAIN, SPAN("noise.example"),
				&d->store.err));
	fixture_commit(&d->store);
	static const struct {
		const char *to, *state, *rule;
	} cases[] = {
		{"spam@x.example", "ignored", "address:spam@x.example"},
		{"a@noise.example", "ignored", "domain:noise.example"},
		{"a@noise.example, spam@x.example", "ignored", "domain:noise.example"},
		{"erik@wit.example, a@noise.example", "filed", "policy:none"},
		{"ok@x.example, a@noise.example", "waiting", "policy:none"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct letter letter = {.id = cases[i].to,
			.from = "anna@example.org",
			.to = cases[i].to,
			.subject = cases[i].to};
		int64_t message = desk_post(d, "crm", &letter);
		assert_string_equal(desk_state(d, message), cases[i].state);
		assert_non_null(strstr(desk_rule(d, message), cases[i].rule));
	}
}

/* Mail older than `since` stands on the timelines and opens nothing. */
static void test_history(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	static const char *const mailboxes[] = {"crm", "invoices", "leads", "support", "board"};
	for (size_t i = 0; i < ARRAY_COUNT(mailboxes); i++) {
		struct letter letter = {.id = mailboxes[i],
			.from = "anna@example.org",
			.to = "erik@wit.example, new@far.example",
			.subject = mailboxes[i],
			.envelope = "crm+2w@example.org",
			.history = true};
		int64_t message = desk_post(d, mailboxes[i], &letter);
		assert_string_equal(desk_state(d, message), "filed");
		assert_non_null(strstr(desk_rule(d, message), "history"));
	}
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity"), 5);
	assert_int_equal(desk_count(d, "SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) "
				       "FROM deal) + (SELECT count(*) FROM support_case) + "
				       "(SELECT count(*) FROM task) + (SELECT count(*) FROM "
				       "unresolved)"),
		0);
}

/* The date of the activity: the mail's own where it can be true, else its arrival. */
static void test_dates(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	static const struct {
		const char *date, *at;
	} cases[] = {
		{"2026-11-20T09:00:00+01:00", "2026-11-20T09:00:00+01:00"},
		{"2019-05-01T09:00:00+02:00", "2019-05-01T09:00:00+02:00"},
		{"2026-11-22T09:00:00+01:00", "2026-11-22T09:00:00+01:00"},
		{"2027-11-22T09:00:00+01:00", DESK_NOW},
		{"1970-01-01T00:00:00Z", DESK_NOW},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct letter letter = {.id = cases[i].date,
			.from = "anna@example.org",
			.to = "erik@wit.example",
			.subject = cases[i].date,
			.date = cases[i].date};
		char sql[100];
		int64_t message = desk_post(d, "crm", &letter);
		snprintf(sql, sizeof sql, "SELECT at_ms FROM activity WHERE message_id = %lld",
			(long long)message);
		assert_int_equal(desk_count(d, sql), desk_time(cases[i].at));
	}
}

static void test_origins(void **state)
{
	struct desk *d = *state;
	desk_contact(d, "Erik", "erik@wit.example", 0);
	static const struct facts_bounced bounced[] = {
		{SPAN_INIT("Erik@wit.example"), SPAN_INIT("5.1.1"), SPAN_INIT("550"),
			SPAN_INIT("no such user")},
		{SPAN_INIT("stranger@far.example"), SPAN_INIT("5.1.1"), SPAN_INIT("550"),
			SPAN_INIT("")},
	};
	static const struct {
		enum facts_origin origin;
		const char *rule;
	} cases[] = {
		{ORIGIN_AUTO_REPLY, "origin:auto-reply"},
		{ORIGIN_BOUNCE, "origin:bounce"},
		{ORIGIN_LIST, "origin:list"},
		{ORIGIN_BULK, "origin:bulk"},
		{ORIGIN_SYSTEM, "origin:system"},
	};
	static const char *const mailboxes[] = {"invoices", "leads", "support"};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		for (size_t m = 0; m < ARRAY_COUNT(mailboxes); m++) {
			char id[64];
			snprintf(id, sizeof id, "%s.%s", cases[i].rule, mailboxes[m]);
			struct letter letter = {.id = id,
				.from = "new@far.example",
				.to = "anna@example.org",
				.subject = id,
				.origin = cases[i].origin,
				.bounced = bounced,
				.bounced_count = 2};
			int64_t message = desk_post(d, mailboxes[m], &letter);
			assert_string_equal(desk_state(d, message), "ignored");
			assert_string_equal(desk_rule(d, message), cases[i].rule);
		}
	}
	assert_int_equal(desk_count(d, "SELECT (SELECT count(*) FROM ticket) + (SELECT count(*) "
				       "FROM deal) + (SELECT count(*) FROM support_case) + "
				       "(SELECT count(*) FROM unresolved) + (SELECT count(*) FROM "
				       "activity)"),
		0);
	/* The address that bounced is marked, with code and reason; nobody is made for the other.
	 */
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address WHERE failing = "
				       "'5.1.1 550 no such user'"),
		1);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM contact_address"), 1);
}

/* An out-of-office note is noted on whom it came from, and opens nothing. */
static void test_absence(void **state)
{
	struct desk *d = *state;
	static const struct {
		const char *mailbox, *folder, *from, *returns, *substitute, *noted;
	} notes[] = {
		{"support", "INBOX", "erik@wit.example", "2026-12-05", "nora@wit.example",
			"away, back on 2026-12-05; write instead to nora@wit.example"},
		{"crm", "Shared/CRM", "erik@wit.example", "2026-12-05", NULL,
			"away, back on 2026-12-05"},
		{"leads", "INBOX", "erik@wit.example", NULL, "nora@wit.example",
			"write instead to nora@wit.example"},
		{"support", "INBOX", "erik@wit.example", NULL, NULL, NULL},
		{"support", "INBOX", "stranger@wit.example", "2026-12-05", NULL, NULL},
		{"support", "INBOX", "anna@example.org", "2026-12-05", NULL, NULL},
	};
	int64_t erik = desk_contact(d, "Erik", "erik@wit.example", 0);
	for (size_t i = 0; i < ARRAY_COUNT(notes); i++) {
		char id[32];
		snprintf(id, sizeof id, "away%zu@wit.example", i);
		struct activity_filter filter = {0};
		struct activity *rows;
		size_t count;
		struct letter letter = {.id = id,
			.from = notes[i].from,
			.to = "anna@example.org",
			.subject = "Out of office",
			.origin = ORIGIN_AUTO_REPLY,
			.returns = notes[i].returns,
			.substitute = notes[i].substitute};
		filter.message_id = desk_deliver(d, notes[i].mailbox, notes[i].folder, &letter);
		assert_string_equal(desk_state(d, filter.message_id), "ignored");
		assert_string_equal(desk_rule(d, filter.message_id), "origin:auto-reply");
		must(&d->store, activity_list(d->store.db, &filter, &d->store.arena, &rows, &count,
					&d->store.err));
		assert_int_equal(count, notes[i].noted != NULL);
		if (!count)
			continue;
		assert_span(rows[0].kind, "note");
		assert_span(rows[0].subject, notes[i].noted);
		assert_int_equal(rows[0].contact_id, erik);
	}
	assert_int_equal(desk_count(d, "SELECT count(*) FROM support_case"), 0);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM deal"), 0);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_matching),
		desk_test(test_forwarded),
		desk_test(test_threads),
		desk_test(test_evidence),
		desk_test(test_many_recipients),
		desk_test(test_ignored),
		desk_test(test_history),
		desk_test(test_dates),
		desk_test(test_origins),
		desk_test(test_absence),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
