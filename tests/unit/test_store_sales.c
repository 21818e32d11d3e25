#include "store_fixture.h"

#include "store/activity.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/document.h"
#include "store/project.h"
#include "store/review.h"
#include "store/task.h"
#include "store/ticket.h"

static int64_t add_contact(struct fixture *f, const char *name, bool do_not_contact)
{
	struct contact contact = {.name = span_from(name), .do_not_contact = do_not_contact};
	int64_t id;

	must(f, contact_add(&f->operation, &contact, &id, &f->err));
	return id;
}

static void add_note(struct fixture *f, int64_t contact_id, int64_t at_ms, int64_t logged_ms)
{
	struct activity note = {.kind = SPAN("note"),
		.subject = SPAN("n"),
		.contact_id = contact_id,
		.at_ms = at_ms,
		.logged_ms = logged_ms};
	bool added;

	must(f, activity_add(&f->operation, &note, &added, &f->err));
}

/* Contacts are made at 1000, the time of the fixture's operation. */
static void test_silent_contacts(void **state)
{
	struct fixture *f = *state;
	struct review_row *rows;
	size_t count;

	fixture_begin(f, "contact add");
	int64_t never = add_contact(f, "Never", false), old = add_contact(f, "Old", false),
		fresh = add_contact(f, "Fresh", false), not = add_contact(f, "Not", true);
	add_note(f, old, 1500, 1500);
	add_note(f, fresh, 1500, 1500);
	add_note(f, fresh, 2000, 2000);
	fixture_commit(f);
	must(f, review_silent_contacts(
			f->db, 2000, (struct db_page){0}, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	assert_int_equal(rows[0].id, never);
	assert_int_equal(rows[0].at_ms, 0);
	assert_int_equal(rows[1].id, old);
	assert_int_equal(rows[1].at_ms, 1500);
	/* Who was made since then had no time yet. */
	must(f, review_silent_contacts(
			f->db, 1000, (struct db_page){0}, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	must(f, review_silent_contacts(f->db, 2000, (struct db_page){.after_id = never, .limit = 1},
			&f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_not_equal(rows[0].id, not );
}

static void test_late_activities(void **state)
{
	struct fixture *f = *state;
	struct review_row *rows;
	size_t count;

	fixture_begin(f, "note add");
	int64_t contact = add_contact(f, "Karel", false);
	add_note(f, contact, 100, 5000);  /* late */
	add_note(f, contact, 4990, 5000); /* at once */
	add_note(f, contact, 100, 9000);  /* late, in another week */
	fixture_commit(f);
	must(f, review_late_activities(f->db, 4000, 9000, 60, (struct db_page){0}, &f->arena, &rows,
			&count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].at_ms, 100);
	assert_int_equal(rows[0].other_ms, 5000);
	assert_span(rows[0].detail, "Karel");
}

static int64_t add_task(struct fixture *f, const char *title, int64_t deal_id, int64_t project_id)
{
	struct task task = {.kind = SPAN("task"),
		.title = span_from(title),
		.deal_id = deal_id,
		.project_id = project_id};
	int64_t id;
	bool added;

	must(f, task_add(&f->operation, &task, &id, &added, &f->err));
	return id;
}

static int64_t add_deal(struct fixture *f, const char *name)
{
	int64_t id;

	must(f, deal_add(&f->operation, &(struct deal){.name = span_from(name)}, &id, &f->err));
	return id;
}

static void finish(struct fixture *f, int64_t task_id)
{
	struct task task;
	bool found;

	must(f, task_get(f->db, task_id, &f->arena, &task, &found, &f->err));
	task.state = SPAN("done");
	must(f, task_edit(&f->operation, &task, &f->err));
}

static void test_idle_deals(void **state)
{
	struct fixture *f = *state;
	struct review_row *rows;
	size_t count;

	fixture_begin(f, "deal add");
	int64_t idle = add_deal(f, "Idle"), busy = add_deal(f, "Busy");
	int64_t task = add_task(f, "Next", busy, 0);
	must(f, review_idle_deals(f->db, (struct db_page){0}, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].id, idle);
	finish(f, task);
	must(f, review_idle_deals(f->db, (struct db_page){0}, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	fixture_commit(f);
}

/* ---------------------------------------------------------------- projects */

static void test_dependencies(void **state)
{
	struct fixture *f = *state;
	struct project project = {.name = SPAN("House"), .begins = {2026, 11, 1}};
	struct task_need *needs;
	struct task task;
	size_t count;
	bool found;

	fixture_begin(f, "project add");
	must(f, project_add(&f->operation, &project, &project.id, &f->err));
	int64_t a = add_task(f, "A", 0, project.id), b = add_task(f, "B", 0, project.id),
		c = add_task(f, "C", 0, project.id);
	must(f, task_needs(&f->operation, b, a, &f->err));
	must(f, task_needs(&f->operation, b, a, &f->err));
	must(f, task_needs(&f->operation, c, b, &f->err));
	must_fail(f, ERROR_CONFLICT, task_needs(&f->operation, a, c, &f->err));
	must_fail(f, ERROR_CONFLICT, task_needs(&f->operation, a, a, &f->err));
	must(f, task_need_list(f->db, b, &f->arena, &needs, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(needs[0].title, "A");
	must(f, task_get(f->db, b, &f->arena, &task, &found, &f->err));
	assert_true(task.blocked);
	finish(f, a);
	must(f, task_get(f->db, b, &f->arena, &task, &found, &f->err));
	assert_false(task.blocked);
	must(f, project_get(f->db, project.id, &f->arena, &project, &found, &f->err));
	assert_int_equal(project.tasks, 3);
	assert_int_equal(project.open_tasks, 2);
	must(f, task_needs_no_more(&f->operation, c, b, &found, &f->err));
	assert_true(found);
	fixture_commit(f);
}

/* ---------------------------------------------------------------- deals and their bills */

static void test_parties(void **state)
{
	struct fixture *f = *state;
	struct deal_party party = {0}, *rows;
	struct deal *deals;
	size_t count;
	bool added;

	fixture_begin(f, "deal link");
	party.deal_id = add_deal(f, "Split");
	party.contact_id = add_contact(f, "Karel", false);
	must(f, deal_party_add(&f->operation, &party, &added, &f->err));
	assert_true(added);
	party.role = SPAN("buyer");
	must(f, deal_party_add(&f->operation, &party, &added, &f->err));
	assert_false(added);
	must(f, deal_party_list(f->db, party.deal_id, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].name, "Karel");
	assert_span(rows[0].role, "buyer");
	must(f, deal_list(f->db, &(struct deal_filter){.contact_id = party.contact_id}, &f->arena,
			&deals, &count, &f->err));
	assert_int_equal(count, 1);
	must(f, deal_party_remove(&f->operation, &party, &added, &f->err));
	must(f, deal_list(f->db, &(struct deal_filter){.contact_id = party.contact_id}, &f->arena,
			&deals, &count, &f->err));
	assert_int_equal(count, 0);
	fixture_commit(f);
}

static void test_kept_files(void **state)
{
	struct fixture *f = *state;
	struct digest sha256 = digest_of(SPAN("contract"));
	struct document document = {.kind = SPAN("contract"), .sha256 = sha256}, got;
	struct buffer frame CLEANUP(buffer_done) = {0};
	bool found, added;

	fixture_begin(f, "deal contract");
	document.deal_id = add_deal(f, "One");
	must(f, document_add(&f->operation, &document, &document.id, &added, &f->err));
	must(f, document_signed(f->db, document.deal_id, &f->arena, &got, &found, &f->err));
	assert_false(found);
	must(f, document_sign(&f->operation, document.id, &f->err));
	must(f, document_signed(f->db, document.deal_id, &f->arena, &got, &found, &f->err));
	assert_true(found);
	must(f, document_bytes(f->db, &sha256, &frame, &f->err));
	assert_int_equal(frame.size, 0);
	must(f, document_keep(f->db, &sha256, SPAN("frame"), &f->err));
	must(f, document_keep(f->db, &sha256, SPAN("other"), &f->err));
	must(f, document_bytes(f->db, &sha256, &frame, &f->err));
	assert_span(buffer_span(&frame), "frame");
	fixture_commit(f);
}

static void test_price(void **state)
{
	static const struct {
		bool has_rate;
		int64_t net, discount, rate, tax, total;
	} cases[] = {
		{true, 10000, 0, 2100, 2100, 12100},
		{true, 10000, 1000, 2100, 1890, 10890},
		{true, 333, 0, 810, 27, 360}, /* 26.97 */
		{true, 50, 0, 100, 1, 51},    /* 0.5 is rounded up */
		{true, -50, 0, 100, -1, -51}, /* and away from zero */
		{true, 10000, 0, 0, 0, 10000},
		{false, 10000, 0, 0, 0, 10000},
		{true, 999999999999, 0, 10000, 999999999999, 1999999999998},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct ticket ticket = {.has_net = true,
			.net_cents = cases[i].net,
			.has_discount = cases[i].discount != 0,
			.discount_cents = cases[i].discount,
			.has_tax_rate = cases[i].has_rate,
			.tax_rate = cases[i].rate};

		ticket_price(&ticket);
		assert_int_equal(ticket.tax_cents, cases[i].tax);
		assert_int_equal(ticket.total_cents, cases[i].total);
		assert_int_equal(ticket.payable_cents, cases[i].total);
		assert_true(ticket.has_tax == cases[i].has_rate && ticket.has_payable);
	}
	struct ticket nothing = {.has_tax_rate = true, .tax_rate = 2100};
	ticket_price(&nothing);
	assert_false(nothing.has_total || nothing.has_tax || nothing.has_payable);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_silent_contacts),
		fixture_test(test_late_activities),
		fixture_test(test_idle_deals),
		fixture_test(test_dependencies),
		fixture_test(test_parties),
		fixture_test(test_kept_files),
		cmocka_unit_test(test_price),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
