#include "store_fixture.h"

#include "store/activity.h"
#include "store/contact.h"
#include "store/unresolved.h"

#define RANDOM_STEPS 3000
#define RANDOM_MAILS 40

static int64_t add_route(struct fixture *f, int64_t message_id, const char *kind, const char *state)
{
	struct route_row route = {.message_id = message_id,
		.kind = span_from(kind),
		.mailbox = SPAN("crm"),
		.decided_by = SPAN("mailbox"),
		.state = span_from(state)};
	bool existing;
	int64_t id;

	must(f, route_add(f->db, &route, &id, &existing, &f->err));
	return id;
}

static int64_t add_item(
	struct fixture *f, int64_t message_id, int64_t route_id, const char *address)
{
	struct unresolved item = {.message_id = message_id,
		.route_id = route_id,
		.reason = SPAN("no-match"),
		.address = span_from(address),
		.address_folded = span_from(address)};
	int64_t id;

	must(f, unresolved_add(f->db, &item, &id, &f->err));
	return id;
}

static struct span state_of(struct fixture *f, int64_t message_id)
{
	struct message_row row;
	bool found;

	must(f, message_get(f->db, message_id, &f->arena, &row, &found, &f->err));
	return row.state;
}

static void test_the_first_that_applies(void **state)
{
	static const struct {
		const char *routes[3], *result;
	} cases[] = {
		{{NULL}, "received"},
		{{"filed"}, "filed"},
		{{"ignored"}, "ignored"},
		{{"quarantined"}, "quarantined"},
		{{"erased"}, "erased"},
		{{"filed", "ignored"}, "filed"},
		{{"ignored", "erased"}, "ignored"},
		{{"filed", "quarantined"}, "quarantined"},
		{{"filed", "received"}, "received"},
		{{"ignored", "filed", "erased"}, "filed"},
	};
	static const char *const kinds[] = {"capture", "invoices", "leads"};
	struct fixture *f = *state;

	must(f, db_begin_write(f->db, &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		char name[16];
		int64_t message;

		snprintf(name, sizeof name, "%zu", i);
		message = fixture_message(f, name);
		for (size_t j = 0; j < 3 && cases[i].routes[j]; j++)
			add_route(f, message, kinds[j], cases[i].routes[j]);
		assert_span(state_of(f, message), cases[i].result);
	}
	must(f, db_commit(f->db, &f->err));
	must(f, message_check_sum(f->db, &f->err));
}

static void test_a_kind_is_decided_once(void **state)
{
	struct fixture *f = *state;
	struct route_row route = {.kind = SPAN("capture"), .state = SPAN("filed")}, *rows;
	int64_t first, second;
	bool existing;
	size_t count;

	must(f, db_begin_write(f->db, &f->err));
	route.message_id = fixture_message(f, "m");
	must(f, route_add(f->db, &route, &first, &existing, &f->err));
	assert_false(existing);
	route.state = SPAN("ignored");
	must(f, route_add(f->db, &route, &second, &existing, &f->err));
	assert_true(existing);
	assert_int_equal(first, second);
	must(f, route_list(f->db, route.message_id, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].state, "filed");
	must(f, db_commit(f->db, &f->err));
}

static void test_items_lead_the_route(void **state)
{
	struct fixture *f = *state;
	struct route_row row;
	int64_t message, route, first, second, settle, ignore;
	struct operation_row undone;
	bool found;

	must(f, db_begin_write(f->db, &f->err));
	message = fixture_message(f, "m");
	route = add_route(f, message, "capture", "filed");
	first = add_item(f, message, route, "a@example.org");
	assert_int_equal(add_item(f, message, route, "a@example.org"), first);
	second = add_item(f, message, route, "b@example.net");
	assert_span(state_of(f, message), "waiting");
	must(f, operation_begin(f->db, "anna", "ignore", SPAN(""), 5, &f->operation, &f->err));
	must(f, ignore_add(&f->operation, IGNORE_DOMAIN, SPAN("example.net"), &f->err));
	must(f, unresolved_settle(&f->operation, second, SPAN("ignored"), &f->err));
	ignore = f->operation.id;
	assert_span(state_of(f, message), "waiting");
	must(f, operation_begin(f->db, "anna", "ignore", SPAN(""), 5, &f->operation, &f->err));
	must(f, unresolved_settle(&f->operation, first, SPAN("ignored"), &f->err));
	settle = f->operation.id;
	must_fail(f, ERROR_CONFLICT,
		unresolved_settle(&f->operation, first, SPAN("assigned"), &f->err));
	must_fail(f, ERROR_INPUT, unresolved_settle(&f->operation, 99, SPAN("x"), &f->err));
	assert_span(state_of(f, message), "ignored");
	must(f, route_get(f->db, route, &f->arena, &row, &found, &f->err));
	assert_span(row.rule, "domain:example.net");
	must(f, operation_undo(f->db, settle, "anna", 6, &undone, &f->arena, &f->err));
	assert_span(state_of(f, message), "waiting");
	must(f, route_get(f->db, route, &f->arena, &row, &found, &f->err));
	assert_span(row.rule, "");
	must(f, operation_undo(f->db, ignore, "anna", 6, &undone, &f->arena, &f->err));
	must(f, operation_begin(f->db, "anna", "assign", SPAN(""), 5, &f->operation, &f->err));
	must(f, unresolved_settle(&f->operation, first, SPAN("ignored"), &f->err));
	must(f, unresolved_settle(&f->operation, second, SPAN("assigned"), &f->err));
	assert_span(state_of(f, message), "filed");
	must(f, db_commit(f->db, &f->err));
	must(f, message_check_sum(f->db, &f->err));
}

static void test_quarantine_release_and_its_undo(void **state)
{
	struct fixture *f = *state;
	struct operation_row undone;
	int64_t message, route;

	fixture_begin(f, "quarantine release");
	message = fixture_message(f, "m");
	route = add_route(f, message, "capture", "quarantined");
	must(f, route_change(&f->operation, route, SPAN("filed"), SPAN("person"), &f->err));
	assert_span(state_of(f, message), "filed");
	must(f, operation_undo(f->db, f->operation.id, "anna", 9, &undone, &f->arena, &f->err));
	assert_span(state_of(f, message), "quarantined");
	fixture_commit(f);
}

static int64_t add_activity(
	struct fixture *f, const char *actor, int64_t message, int64_t route, int64_t contact)
{
	struct activity *rows;
	bool added;
	size_t count;

	must(f, operation_begin(f->db, actor, "file", SPAN(""), 5, &f->operation, &f->err));
	must(f, activity_add(&f->operation,
			&(struct activity){.kind = SPAN("mail"),
				.message_id = message,
				.route_id = route,
				.contact_id = contact},
			&added, &f->err));
	assert_true(added);
	must(f, activity_list(f->db, &(struct activity_filter){.contact_id = contact}, &f->arena,
			&rows, &count, &f->err));
	return rows[0].id;
}

static void test_route_reset(void **state)
{
	struct fixture *f = *state;
	struct match_row match = {.address = SPAN("a@example.org"), .rule = SPAN("address")};
	struct match_row *matches;
	int64_t message, route, other, anna, bob, settled;
	size_t count;

	fixture_begin(f, "x");
	must(f, contact_add(
			&f->operation, &(struct contact){.name = SPAN("Anna")}, &anna, &f->err));
	must(f, contact_add(&f->operation, &(struct contact){.name = SPAN("Bob")}, &bob, &f->err));
	message = fixture_message(f, "m");
	route = add_route(f, message, "capture", "filed");
	must(f, match_add(f->db, route, &match, &f->err));
	add_activity(f, "postroomd", message, route, anna);
	add_activity(f, "anna", message, route, bob);
	add_item(f, message, route, "waits@example.org");
	settled = add_item(f, message, route, "settled@example.org");
	must(f, unresolved_settle(&f->operation, settled, SPAN("assigned"), &f->err));
	assert_span(state_of(f, message), "waiting");
	must(f, route_reset(f->db, route, &f->err));
	assert_span(state_of(f, message), "received");
	must(f, match_list(f->db, route, &f->arena, &matches, &count, &f->err));
	assert_int_equal(count, 0);
	/* A person's activity and a settled item stay. */
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM activity"), 1);
	assert_int_equal(fixture_number(f, "SELECT contact_id FROM activity"), bob);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM unresolved"), 1);
	other = add_route(f, message, "capture", "ignored");
	assert_int_equal(other, route);
	assert_span(state_of(f, message), "ignored");
	fixture_commit(f);
}

static void test_matches(void **state)
{
	struct fixture *f = *state;
	struct match_row match = {.address = SPAN("a@example.org"),
		.role = SPAN("to"),
		.rule = SPAN("several"),
		.evidence = SPAN("two contacts"),
		.also = SPAN("[1,2]"),
		.contact_id = 3,
		.score = 0.25};
	struct match_row *rows;
	size_t count;
	int64_t route;

	must(f, db_begin_write(f->db, &f->err));
	route = add_route(f, fixture_message(f, "m"), "capture", "filed");
	must(f, match_add(f->db, route, &match, &f->err));
	must(f, match_list(f->db, route, &f->arena, &rows, &count, &f->err));
	must(f, db_commit(f->db, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].evidence, "two contacts");
	assert_span(rows[0].also, "[1,2]");
	assert_int_equal(rows[0].contact_id, 3);
	assert_true(rows[0].score > 0.24 && rows[0].score < 0.26);
}

/* ---------------------------------------------------------------- whatever comes, it balances */

static uint64_t random_state = 88172645463325252U;

static unsigned pick(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state % below);
}

static void random_step(struct fixture *f)
{
	static const char *const kinds[] = {"capture", "invoices", "leads", "support"};
	static const char *const states[] = {
		"received", "quarantined", "waiting", "filed", "ignored", "erased"};
	static const char *const outcomes[] = {"assigned", "ignored"};
	struct operation_row undone;
	char name[32], address[32];
	struct unresolved item;
	int64_t message = pick(RANDOM_MAILS) + 1, route, ids;
	bool found;

	snprintf(name, sizeof name, "%u", pick(2 * RANDOM_MAILS));
	snprintf(address, sizeof address, "%u@example.org", pick(3));
	must(f, db_begin_write(f->db, &f->err));
	must(f, operation_begin(f->db, "anna", "x", SPAN(""), 1, &f->operation, &f->err));
	switch (pick(9)) {
	case 0:
		fixture_message(f, name);
		break;
	case 1:
		must(f, message_failed(
				f->db, message, SPAN("parse"), SPAN("e"), pick(4) == 0, &f->err));
		break;
	case 2:
		must(f, message_revive(f->db, message, &found, &f->err));
		break;
	case 3:
		add_route(f, message, kinds[pick(4)], states[pick(6)]);
		break;
	case 4:
		ids = fixture_number(f, "SELECT count(*) FROM route");
		if (ids)
			must(f, route_set_state(f->db, pick((unsigned)ids) + 1,
					span_from(states[pick(6)]), SPAN("r"), &f->err));
		break;
	case 5:
		route = add_route(f, message, kinds[pick(4)], "waiting");
		add_item(f, message, route, address);
		break;
	case 6:
		ids = pick((unsigned)fixture_number(f, "SELECT count(*) FROM unresolved") + 1);
		must(f, unresolved_get(f->db, ids, &f->arena, &item, &found, &f->err));
		if (found && span_equal(item.state, SPAN("waiting")))
			must(f, unresolved_settle(
					&f->operation, ids, span_from(outcomes[pick(2)]), &f->err));
		break;
	case 7: /* may well be refused: nothing may have changed then */
		ids = fixture_number(f, "SELECT count(*) FROM operation");
		(void)!operation_undo(
			f->db, pick((unsigned)ids) + 1, "bob", 2, &undone, &f->arena, &f->err);
		break;
	case 8:
		ids = fixture_number(f, "SELECT count(*) FROM route");
		if (ids)
			must(f, route_reset(f->db, pick((unsigned)ids) + 1, &f->err));
		break;
	}
	if (pick(8) == 0)
		db_rollback(f->db);
	else
		must(f, db_commit(f->db, &f->err));
	arena_reset(&f->arena);
}

static void test_the_sum_balances(void **state)
{
	struct fixture *f = *state;
	struct ledger_sum sum;
	bool met[7] = {false};

	must(f, sql_script(f->db, "PRAGMA synchronous = OFF", &f->err));
	must(f, db_begin_write(f->db, &f->err));
	for (int i = 0; i < RANDOM_MAILS; i++) {
		char name[16];

		snprintf(name, sizeof name, "%d", i);
		fixture_message(f, name);
	}
	must(f, db_commit(f->db, &f->err));
	for (int i = 0; i < RANDOM_STEPS; i++) {
		random_step(f);
		must(f, message_sum(f->db, &sum, &f->err));
		assert_int_equal(sum.fetched, sum.received + sum.filed + sum.waiting + sum.ignored +
						      sum.quarantined + sum.dead + sum.erased);
		met[0] |= sum.received > 0;
		met[1] |= sum.filed > 0;
		met[2] |= sum.waiting > 0;
		met[3] |= sum.ignored > 0;
		met[4] |= sum.quarantined > 0;
		met[5] |= sum.dead > 0;
		met[6] |= sum.erased > 0;
		if (i % 100 == 0)
			must(f, message_check_sum(f->db, &f->err));
	}
	must(f, message_check_sum(f->db, &f->err));
	/* A message waits exactly when one of its routes or items does, unless something before
	 * that applies. */
	assert_int_equal(
		fixture_number(f,
			"SELECT count(*) FROM message m WHERE m.state IN ('filed', 'ignored') AND "
			"EXISTS (SELECT 1 FROM unresolved u WHERE u.message_id = m.id "
			"AND u.state = 'waiting')"),
		0);
	/* The steps met all states, or the test shows little. */
	for (size_t i = 0; i < ARRAY_COUNT(met); i++)
		assert_true(met[i]);
}

static void test_a_wrong_counter_is_found(void **state)
{
	struct fixture *f = *state;

	must(f, sql_script(
			f->db, "UPDATE message_count SET rows = 3 WHERE name = 'filed'", &f->err));
	must_fail(f, ERROR_STORAGE, message_check_sum(f->db, &f->err));
	assert_non_null(strstr(f->err.text, "\"filed\" is 3, the rows are 0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_the_first_that_applies),
		fixture_test(test_a_kind_is_decided_once),
		fixture_test(test_items_lead_the_route),
		fixture_test(test_quarantine_release_and_its_undo),
		fixture_test(test_route_reset),
		fixture_test(test_matches),
		fixture_test(test_the_sum_balances),
		fixture_test(test_a_wrong_counter_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
