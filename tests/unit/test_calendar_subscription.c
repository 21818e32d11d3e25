/* Whose items a subscription shows, its options, the finance run's changes and the alerts. */
#include "calendar_fixture.h"

#include "calendar/alert.h"
#include "store/deal.h"
#include "store/mailbox.h"
#include "store/ticket.h"
#include "store/unresolved.h"

static struct calendar_now describe(
	struct office *o, const char *scope, const char *name, bool *found)
{
	struct calendar_options options = calendar_options_default(CALENDAR_EVENTS);
	struct calendar_subject subject = {span_from(scope), span_from(name)};
	struct calendar_now now;

	must(&o->store, calendar_subscription(o->store.db, o->config, &subject, &options, o->now_ms,
				&o->store.arena, &now, found, &o->store.err));
	return now;
}

static const char *rendered(
	struct office *o, const char *scope, const char *name, struct buffer *out)
{
	struct calendar_now now;
	size_t items;
	bool found;

	now = describe(o, scope, name, &found);
	assert_true(found);
	buffer_clear(out);
	must(&o->store, calendar_render(o->store.db, &now.feed, out, &items, &o->store.err));
	return buffer_string(out);
}

static void test_options(void **state)
{
	static const struct {
		const char *query, *again;
		bool alarms, local_times;
		int before_days, after_days;
	} rows[] = {
		{"", "", false, false, 30, 400},
		{"alarms=1", "alarms=1", true, false, 30, 400},
		{"alarms=0&tzid=1", "tzid=1", false, true, 30, 400},
		{"before=90&after=10", "before=90&after=10", false, false, 90, 10},
		{"after=0&before=0", "before=0&after=0", false, false, 0, 0},
		{"before=3660&after=3661", "before=3660", false, false, 3660, 400},
		{"before=-1&after=1e3&alarms=yes", "", false, false, 30, 400},
		{"before=&after&&=&alarms", "", false, false, 30, 400},
		{"utm=x&alarms=1&before=99999999999999999999", "alarms=1", true, false, 30, 400},
	};
	CLEANUP(arena_done) struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct calendar_options options =
			calendar_options_read(CALENDAR_EVENTS, span_from(rows[i].query));

		assert_int_equal(options.alarms, rows[i].alarms);
		assert_int_equal(options.local_times, rows[i].local_times);
		assert_int_equal(options.before_days, rows[i].before_days);
		assert_int_equal(options.after_days, rows[i].after_days);
		assert_span(calendar_options_query(&options, &arena), rows[i].again);
	}
}

static int64_t add_ticket(struct office *o, const char *supplier, int64_t assignee)
{
	struct ticket ticket = {.direction = SPAN("payable"),
		.kind = SPAN("invoice"),
		.state = SPAN("open"),
		.title = SPAN("Invoice"),
		.supplier_name = span_from(supplier),
		.assignee_id = assignee,
		.due_date = {2026, 12, 1}};
	int64_t id;

	must(&o->store, ticket_add(&o->store.operation, &ticket, &id, &o->store.err));
	return id;
}

static void add_deal(struct office *o, const char *name, const char *state, struct date close)
{
	struct deal deal = {.name = span_from(name),
		.state = span_from(state),
		.owner_id = o->anna,
		.value_cents = 1200000,
		.has_value = true,
		.currency = SPAN("EUR"),
		.expected_close = close};
	int64_t id;

	must(&o->store, deal_add(&o->store.operation, &deal, &id, &o->store.err));
}

static void test_subjects(void **state)
{
	static const struct {
		const char *scope, *name, *has[3], *has_not[4];
	} rows[] = {
		{"user", "anna", {"Example: Anna Smit", "Call #", "Paper Ltd"},
			{"Nobody's", "Ink Ltd", "Finance run", "for anna"}},
		{"user", "ben", {"Finance run"}, {"Call #", "Paper Ltd", "Ink Ltd"}},
		{"team", "sales", {"Call #", "for anna", "Finance run"}, {"Nobody's", "Ink Ltd"}},
		{"board", "finance", {"Paper Ltd", "Ink Ltd", "Finance run"}, {"Call #"}},
		{"board", "actions", {"Call #", "Nobody's"}, {"Paper Ltd", "Finance run"}},
		{"board", "sales",
			{"Next step #3", "Expected close: Windmill 12000.00 EUR deal #1\r\n",
				"for anna"},
			{"Call #", "Paper Ltd", "Lost", "No day"}},
		{"user", "anna", {"Expected close: Windmill"}, {"No day"}},
		{"team", "sales", {"Expected close: Windmill"}},
		{"user", "ben", {0}, {"Expected close"}},
		{"board", "actions", {"Next step #3"}, {"Expected close"}},
	};
	static const char *const unknown[][2] = {{"user", "carl"}, {"team", "anna"},
		{"board", "support"}, {"board", ""}, {"", "anna"}};
	struct office *o = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	bool found;

	fixture_begin(&o->store, "add");
	office_add_task(o,
		(struct task){
			.title = SPAN("Call"), .assignee_id = o->anna, .due_date = {2026, 12, 5}});
	office_add_task(o, (struct task){.title = SPAN("Nobody's"), .due_date = {2026, 12, 5}});
	add_deal(o, "Windmill", "open", (struct date){2026, 12, 18});
	add_deal(o, "Lost", "lost", (struct date){2026, 12, 18});
	add_deal(o, "No day", "open", (struct date){0});
	office_add_task(o,
		(struct task){.title = SPAN("Next step"), .deal_id = 1, .due_date = {2026, 12, 5}});
	add_ticket(o, "Paper Ltd", o->anna);
	add_ticket(o, "Ink Ltd", 0);
	fixture_commit(&o->store);
	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		const char *text = rendered(o, rows[i].scope, rows[i].name, &out);

		for (size_t k = 0; k < 3 && rows[i].has[k]; k++)
			assert_has(text, rows[i].has[k]);
		for (size_t k = 0; k < 4 && rows[i].has_not[k]; k++)
			assert_has_not(text, rows[i].has_not[k]);
	}
	for (size_t i = 0; i < ARRAY_COUNT(unknown); i++) {
		describe(o, unknown[i][0], unknown[i][1], &found);
		assert_false(found);
	}
}

/* Who stands in a team twice has his items once: a double loses an item in some clients. */
static void test_once(void **state)
{
	struct office *o = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	const char *text, *first;

	fixture_begin(&o->store, "add");
	office_add_task(o,
		(struct task){
			.title = SPAN("Call"), .assignee_id = o->anna, .due_date = {2026, 12, 5}});
	fixture_commit(&o->store);
	text = rendered(o, "team", "sales", &out);
	first = strstr(text, "UID:task-1@");
	assert_non_null(first);
	assert_null(strstr(first + 1, "UID:task-1@"));
}

/* Days begin where the user is, and until then the rendering holds. */
static void test_zone(void **state)
{
	struct office *o = *state;
	struct calendar_now now;
	bool found;

	o->now_ms = office_time("2026-11-22T02:00:00Z");
	now = describe(o, "user", "anna", &found);
	assert_int_equal(now.feed.today.day, 22);
	assert_true(now.until_ms == office_time("2026-11-22T23:00:00Z"));
	now = describe(o, "user", "ben", &found);
	assert_int_equal(now.feed.today.day, 21);
	assert_true(now.until_ms == office_time("2026-11-22T05:00:00Z"));
}

static void remember(struct office *o, const char *run_at, const char *when)
{
	office_configure(o, run_at);
	must(&o->store, db_begin_write(o->store.db, &o->store.err));
	must(&o->store,
		calendar_remember(o->store.db, o->config, office_time(when), &o->store.err));
	fixture_commit(&o->store);
}

/* Rule 3 for what has no row: the finance run moves with a new SEQUENCE, and only then. */
static void test_finance_run(void **state)
{
	struct office *o = *state;
	struct calendar_now now;
	bool found;

	remember(o, "10:00", "2026-11-01T00:00:00Z");
	remember(o, "10:00", "2026-11-02T00:00:00Z");
	now = describe(o, "board", "finance", &found);
	assert_int_equal(now.feed.weekly.sequence, 0);
	assert_true(now.feed.weekly.changed_ms == office_time("2026-11-01T00:00:00Z"));
	remember(o, "11:30", "2026-11-03T00:00:00Z");
	now = describe(o, "user", "ben", &found);
	assert_int_equal(now.feed.weekly.sequence, 1);
	assert_true(now.feed.weekly.changed_ms == office_time("2026-11-03T00:00:00Z"));
	assert_int_equal(now.feed.weekly.hour, 11);
}

static void report(struct office *o, int64_t mailbox, bool success, const char *when)
{
	must(&o->store, db_begin_write(o->store.db, &o->store.err));
	must(&o->store, mailbox_report(o->store.db, mailbox, SPAN("watching"), SPAN(""),
				success ? SPAN("") : SPAN("no route"), success, office_time(when),
				&o->store.err));
	fixture_commit(&o->store);
}

/* `feed.alerts`: for administrators alone, all day, gone when it is over. */
static void test_alerts(void **state)
{
	struct office *o = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	struct unresolved item = {.reason = SPAN("no-match"),
		.address = SPAN("x@example.net"),
		.address_folded = SPAN("x@example.net"),
		.created_ms = office_time("2026-11-06T10:00:00Z")};
	struct calendar_now now;
	int64_t mailbox, id;
	const char *text;
	bool found;

	must(&o->store, db_begin_write(o->store.db, &o->store.err));
	must(&o->store, mailbox_ensure(o->store.db, SPAN("invoices"), SPAN("invoices"),
				SPAN("a@b:993"), o->now_ms, &mailbox, &o->store.err));
	fixture_commit(&o->store);
	report(o, mailbox, true, "2026-11-21T09:30:00Z");
	now = describe(o, "user", "anna", &found);
	assert_int_equal(now.feed.alert_count, 0);
	/* it becomes silent though nobody writes anything */
	assert_true(now.until_ms == office_time("2026-11-21T10:30:00Z") + 1);
	o->now_ms = now.until_ms;
	text = rendered(o, "user", "anna", &out);
	assert_has(text, "UID:mailbox-1-silent-2026-11-21@crm.example.org\r\n");
	assert_has(text, "SUMMARY:postroom: mailbox invoices is silent\r\n");
	assert_has(text, "DTSTART;VALUE=DATE:20261121\r\nDTEND;VALUE=DATE:20261122\r\n");
	assert_has(text, "DTSTAMP:20261120T230000Z\r\n");
	assert_has_not(rendered(o, "user", "ben", &out), "silent");
	assert_has_not(rendered(o, "team", "sales", &out), "silent");
	report(o, mailbox, true, "2026-11-21T10:29:00Z");
	assert_has_not(rendered(o, "user", "anna", &out), "silent");

	must(&o->store, db_begin_write(o->store.db, &o->store.err));
	must(&o->store, unresolved_add(o->store.db, &item, &id, &o->store.err));
	fixture_commit(&o->store);
	assert_has(rendered(o, "user", "anna", &out), "UID:queue-old-2026-11-21@");
	o->now_ms = item.created_ms + ALERT_QUEUE_MS;
	assert_has_not(rendered(o, "user", "anna", &out), "queue-old");

	o->config->feed_alerts = false;
	o->now_ms = office_time("2026-12-24T10:00:00Z");
	assert_has_not(rendered(o, "user", "anna", &out), "postroom: ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test_setup_teardown(test_subjects, office_open, office_close),
		cmocka_unit_test_setup_teardown(test_once, office_open, office_close),
		cmocka_unit_test_setup_teardown(test_zone, office_open, office_close),
		cmocka_unit_test_setup_teardown(test_finance_run, office_open, office_close),
		cmocka_unit_test_setup_teardown(test_alerts, office_open, office_close),
	};

	return cmocka_run_group_tests_name("calendar_subscription", tests, NULL, NULL);
}
