#include "store_fixture.h"

#include "store/activity.h"
#include "store/board.h"
#include "store/case.h"
#include "store/company.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/feed.h"
#include "store/record.h"
#include "store/task.h"
#include "store/ticket.h"
#include "store/unresolved.h"
#include "store/user.h"

static int64_t add_contact(struct fixture *f, const char *name)
{
	int64_t id;

	must(f, contact_add(
			&f->operation, &(struct contact){.name = span_from(name)}, &id, &f->err));
	return id;
}

static int64_t add_company(struct fixture *f, const char *name)
{
	int64_t id;

	must(f, company_add(
			&f->operation, &(struct company){.name = span_from(name)}, &id, &f->err));
	return id;
}

/* ---------------------------------------------------------------- tickets */

static void test_numbers_fold(void **state)
{
	static const struct {
		const char *number, *folded;
	} cases[] = {
		{"RE-2026/0042", "RE20260042"},
		{"re 2026 0042", "RE20260042"},
		{"0042", "0042"},
		{"42", "42"},
		{"№ 7", "7"},
		{"Ä-1", "1"},
		{"", ""},
		{"--", ""},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_span(
			ticket_fold_number(&f->arena, span_from(cases[i].number)), cases[i].folded);
}

static int64_t add_ticket(struct fixture *f, const char *number, int64_t supplier,
	const char *supplier_name, const char *kind)
{
	struct ticket ticket = {.direction = SPAN("payable"),
		.kind = span_from(kind),
		.title = SPAN("t"),
		.number = span_from(number),
		.supplier_id = supplier,
		.supplier_name = span_from(supplier_name)};
	int64_t id;

	must(f, ticket_add(&f->operation, &ticket, &id, &f->err));
	return id;
}

static void test_what_a_second_mail_joins(void **state)
{
	static const struct {
		const char *number;
		int supplier; /* 0 none, 1, 2 */
		const char *supplier_name, *kind;
		int ticket;
	} cases[] = {
		{"R 1", 1, "", "invoice", 1},
		{"r-1", 2, "One Ltd", "invoice", 0}, /* the ids decide */
		{"R-1", 0, "one  LTD", "invoice", 1}, {"R-1", 0, "Other", "invoice", 0},
		{"R-1", 0, "", "invoice", 0}, {"R-1", 1, "", "credit-note", 0},
		{"R-01", 1, "", "invoice", 0}, {"", 1, "One Ltd", "invoice", 0},
		{"--", 1, "One Ltd", "invoice", 0}, {"R-2", 0, "Unknown GmbH", "invoice", 2},
		{"R-2", 2, "Unknown GmbH", "invoice", 2}, /* the ticket's supplier is not known */
	};
	struct fixture *f = *state;
	int64_t suppliers[3] = {0}, tickets[3] = {0}, found;

	fixture_begin(f, "ticket add");
	suppliers[1] = add_company(f, "One Ltd");
	suppliers[2] = add_company(f, "Two Ltd");
	tickets[1] = add_ticket(f, "R-1", suppliers[1], "One Ltd", "invoice");
	tickets[2] = add_ticket(f, "R-2", 0, "Unknown GmbH", "invoice");
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		must(f, ticket_by_number(f->db, span_from(cases[i].number),
				suppliers[cases[i].supplier], span_from(cases[i].supplier_name),
				span_from(cases[i].kind), 0, &found, &f->err));
		if (found != tickets[cases[i].ticket])
			fail_msg("case %zu: ticket %lld", i, (long long)found);
	}
	fixture_commit(f);
}

static void test_ticket_round_trip(void **state)
{
	struct fixture *f = *state;
	struct digest document = digest_of(SPAN("pdf"));
	struct ticket ticket = {.direction = SPAN("payable"),
		.kind = SPAN("credit-note"),
		.title = SPAN("Credit"),
		.supplier_name = SPAN("One"),
		.currency = SPAN("EUR"),
		.iban = SPAN("DE02"),
		.due_date = {2026, 12, 31},
		.has_total = true,
		.total_cents = -11900,
		.has_net = true,
		.has_document = true,
		.document = document};
	struct ticket read;
	struct audit_row *audit;
	size_t count;
	int64_t found_id;
	bool found;

	fixture_begin(f, "ticket add");
	must(f, ticket_add(&f->operation, &ticket, &ticket.id, &f->err));
	must(f, ticket_get(f->db, ticket.id, &f->arena, &read, &found, &f->err));
	assert_span(read.state, "open");
	assert_int_equal(read.total_cents, -11900);
	assert_true(read.has_total && read.has_net && !read.has_tax && !read.has_payable);
	assert_int_equal(read.net_cents, 0);
	assert_int_equal(date_compare(read.due_date, ticket.due_date), 0);
	assert_false(date_is_set(read.issue_date));
	assert_true(read.has_document && digest_equal(&read.document, &document));
	assert_int_equal(read.sequence, 0);
	must(f, ticket_by_document(f->db, &document, &found_id, &f->err));
	assert_int_equal(found_id, ticket.id);

	/* The calendar's number rises with what it shows, and with nothing else. */
	read.iban = SPAN("DE03");
	must(f, ticket_edit(&f->operation, &read, &f->err));
	must(f, ticket_get(f->db, ticket.id, &f->arena, &read, &found, &f->err));
	assert_int_equal(read.sequence, 0);
	read.due_date = (struct date){0};
	read.state = SPAN("paid");
	must(f, ticket_edit(&f->operation, &read, &f->err));
	must(f, ticket_get(f->db, ticket.id, &f->arena, &read, &found, &f->err));
	assert_int_equal(read.sequence, 1);
	assert_false(date_is_set(read.due_date));
	must(f, audit_list(f->db, SPAN("ticket"), ticket.id, &f->arena, &audit, &count, &f->err));
	assert_int_equal(count, 4);
	read.state = SPAN("dismissed");
	must(f, ticket_edit(&f->operation, &read, &f->err));
	must(f, ticket_by_document(f->db, &document, &found_id, &f->err));
	assert_int_equal(found_id, 0);
	fixture_commit(f);
}

static void test_ticket_lists(void **state)
{
	static const struct {
		const char *state;
		int supplier;
		size_t count;
	} cases[] = {{"", 0, 3}, {"open", 0, 1}, {"hold", 0, 1}, {"unfinished", 0, 2},
		{"paid", 0, 1}, {"closed", 0, 0}, {"unfinished", 1, 1}};
	struct fixture *f = *state;
	struct board_column *columns;
	struct ticket *rows, ticket;
	int64_t supplier, id;
	size_t count;
	bool found;

	fixture_begin(f, "ticket add");
	supplier = add_company(f, "One");
	add_ticket(f, "1", supplier, "One", "invoice");
	for (int i = 0; i < 2; i++) {
		id = add_ticket(f, "2", 0, "", "invoice");
		must(f, ticket_get(f->db, id, &f->arena, &ticket, &found, &f->err));
		ticket.state = i ? SPAN("hold") : SPAN("paid");
		must(f, ticket_edit(&f->operation, &ticket, &f->err));
	}
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct ticket_filter filter = {.state = span_from(cases[i].state),
			.supplier_id = cases[i].supplier ? supplier : 0};

		must(f, ticket_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
		assert_int_equal(count, cases[i].count);
	}
	must(f, board_count(f->db, BOARD_FINANCE, &f->arena, &columns, &count, &f->err));
	assert_int_equal(count, 3);
	assert_span(columns[0].state, "hold");
	assert_int_equal(columns[0].count, 1);
	fixture_commit(f);
}

static void test_mails_of_a_ticket(void **state)
{
	struct fixture *f = *state;
	struct ticket_message *rows;
	int64_t message, ticket, found_id;
	size_t count;
	bool flag;

	fixture_begin(f, "ticket join");
	message = fixture_message(f, "m");
	ticket = add_ticket(f, "1", 0, "", "invoice");
	must(f, ticket_join(&f->operation, ticket, message, SPAN("opened"), &flag, &f->err));
	assert_true(flag);
	must(f, ticket_join(&f->operation, ticket, message, SPAN("reminder"), &flag, &f->err));
	assert_false(flag);
	must(f, ticket_messages(f->db, ticket, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].how, "opened");
	must(f, ticket_by_message(f->db, message, &found_id, &f->err));
	assert_int_equal(found_id, ticket);
	must(f, ticket_split(&f->operation, ticket, message, &flag, &f->err));
	assert_true(flag);
	must(f, ticket_split(&f->operation, ticket, message, &flag, &f->err));
	assert_false(flag);
	must(f, ticket_by_message(f->db, message, &found_id, &f->err));
	assert_int_equal(found_id, 0);
	fixture_commit(f);
}

/* ---------------------------------------------------------------- tasks */

static void test_tasks(void **state)
{
	static const struct {
		const char *state, *kind, *title;
		bool of_message;
		size_t count;
	} cases[] = {
		{"", "", "", false, 3},
		{"open", "", "", false, 3},
		{"done", "", "", false, 0},
		{"", "follow-up", "", false, 2},
		{"", "", "zoë", false, 1},
		{"", "", "x", false, 0},
		{"open", "follow-up", "", true, 2},
	};
	struct fixture *f = *state;
	struct task task = {.kind = SPAN("follow-up"), .title = SPAN("Call ZOË")}, read;
	struct task *rows;
	int64_t ids[3], again, *open;
	size_t count;
	bool added, found;

	fixture_begin(f, "task add");
	must(f, user_ensure(f->db, SPAN("anna"), SPAN("Anna"), &task.assignee_id, &f->err));
	task.message_id = fixture_message(f, "m");
	task.contact_id = add_contact(f, "Bob");
	task.source_key = SPAN("m:2w");
	task.due_ms = 5000;
	task.length_ms = 60000;
	must(f, task_add(&f->operation, &task, &ids[0], &added, &f->err));
	assert_true(added);
	must(f, task_add(&f->operation, &task, &again, &added, &f->err));
	assert_false(added);
	assert_int_equal(again, ids[0]);
	task.source_key = (struct span){0};
	task.title = SPAN("Other");
	task.keep = true;
	must(f, task_add(&f->operation, &task, &ids[1], &added, &f->err));
	must(f, task_add(&f->operation,
			&(struct task){.kind = SPAN("task"),
				.title = SPAN("Third"),
				.due_date = {2026, 3, 1}},
			&ids[2], &added, &f->err));
	must(f, task_get(f->db, ids[0], &f->arena, &read, &found, &f->err));
	assert_span(read.assignee_name, "anna");
	assert_span(read.contact_name, "Bob");
	assert_int_equal(read.due_ms, 5000);
	assert_false(date_is_set(read.due_date));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct task_filter filter = {.state = span_from(cases[i].state),
			.kind = span_from(cases[i].kind),
			.title_part_folded = span_from(cases[i].title),
			.message_id = cases[i].of_message ? task.message_id : 0};

		must(f, task_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
		if (count != cases[i].count)
			fail_msg("case %zu: %zu", i, count);
	}
	must(f, task_open_follow_ups(f->db, task.message_id, &f->arena, &open, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(open[0], ids[0]);
	read.note = SPAN("only a note");
	must(f, task_edit(&f->operation, &read, &f->err));
	read.state = SPAN("done");
	must(f, task_edit(&f->operation, &read, &f->err));
	must(f, task_get(f->db, ids[0], &f->arena, &read, &found, &f->err));
	assert_int_equal(read.sequence, 1);
	must(f, task_open_follow_ups(f->db, task.message_id, &f->arena, &open, &count, &f->err));
	assert_int_equal(count, 0);
	fixture_commit(f);
}

/* ---------------------------------------------------------------- deals, cases, activities */

static int64_t add_deal(struct fixture *f, int64_t contact, const char *state)
{
	struct deal deal = {.name = SPAN("d"),
		.phase = SPAN("first"),
		.state = span_from(state),
		.contact_id = contact,
		.is_lead = true};
	int64_t id;

	must(f, deal_add(&f->operation, &deal, &id, &f->err));
	return id;
}

static int64_t current_of(struct fixture *f, int64_t contact)
{
	int64_t id;

	must(f, deal_current(f->db, contact, &id, &f->err));
	return id;
}

static void test_the_current_deal(void **state)
{
	struct fixture *f = *state;
	int64_t contact, other, first, second, lost, id;

	fixture_begin(f, "deal add");
	contact = add_contact(f, "Anna");
	other = add_contact(f, "Bob");
	assert_int_equal(current_of(f, contact), 0);
	lost = add_deal(f, contact, "lost");
	assert_int_equal(current_of(f, contact), 0);
	first = add_deal(f, contact, "open");
	assert_int_equal(current_of(f, contact), first);
	second = add_deal(f, contact, "open");
	assert_int_equal(current_of(f, contact), 0); /* two: nobody guesses */
	must(f, deal_use(&f->operation, first, &f->err));
	assert_int_equal(current_of(f, contact), first);
	must(f, deal_use(&f->operation, second, &f->err));
	assert_int_equal(current_of(f, contact), second);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM deal WHERE current = 1"), 1);
	must_fail(f, ERROR_CONFLICT, deal_use(&f->operation, lost, &f->err));
	must_fail(f, ERROR_INPUT, deal_use(&f->operation, 99, &f->err));
	assert_int_equal(current_of(f, other), 0);
	must(f, deal_open_lead(f->db, contact, &id, &f->err));
	assert_int_equal(id, first);
	must(f, deal_open_lead(f->db, other, &id, &f->err));
	assert_int_equal(id, 0);
	fixture_commit(f);
}

static void test_deal_lists_and_owners(void **state)
{
	struct fixture *f = *state;
	struct deal *rows, deal;
	int64_t contact, owner, latest;
	size_t count;
	bool found;

	fixture_begin(f, "deal add");
	contact = add_contact(f, "Anna");
	must(f, user_ensure(f->db, SPAN("anna"), SPAN("Anna"), &owner, &f->err));
	add_deal(f, contact, "open");
	add_deal(f, contact, "won");
	must(f, deal_get(f->db, 1, &f->arena, &deal, &found, &f->err));
	assert_false(deal.has_value);
	deal.owner_id = owner;
	deal.has_value = true;
	deal.value_cents = 0;
	must(f, deal_edit(&f->operation, &deal, &f->err));
	must(f, deal_list(f->db, &(struct deal_filter){.state = SPAN("open")}, &f->arena, &rows,
			&count, &f->err));
	assert_int_equal(count, 1);
	assert_true(rows[0].has_value);
	assert_span(rows[0].owner_name, "anna");
	assert_span(rows[0].contact_name, "Anna");
	must(f, deal_list(f->db, &(struct deal_filter){.page = {.limit = 1}}, &f->arena, &rows,
			&count, &f->err));
	assert_int_equal(count, 1);
	must(f, deal_by_contact(f->db, contact, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	must(f, deal_latest_lead(f->db, owner, &latest, &f->err));
	assert_int_equal(latest, deal.id);
	deal.is_lead = false;
	must(f, deal_edit(&f->operation, &deal, &f->err));
	must(f, deal_latest_lead(f->db, owner, &latest, &f->err));
	assert_int_equal(latest, 0);
	fixture_commit(f);
}

static void test_cases(void **state)
{
	struct fixture *f = *state;
	struct support_case item = {.subject = SPAN("It is broken")}, read, *rows;
	int64_t message, id, *messages;
	size_t count;
	bool flag;

	fixture_begin(f, "case add");
	item.contact_id = add_contact(f, "Anna");
	message = fixture_message(f, "m");
	must(f, case_add(&f->operation, &item, &item.id, &f->err));
	must(f, case_get(f->db, item.id, &f->arena, &read, &flag, &f->err));
	assert_span(read.state, "open");
	assert_span(read.priority, "normal");
	assert_span(read.contact_name, "Anna");
	must(f, case_join(&f->operation, item.id, message, &flag, &f->err));
	assert_true(flag);
	must(f, case_join(&f->operation, item.id, message, &flag, &f->err));
	assert_false(flag);
	must(f, case_by_message(f->db, message, &id, &f->err));
	assert_int_equal(id, item.id);
	must(f, case_messages(f->db, item.id, &f->arena, &messages, &count, &f->err));
	assert_int_equal(count, 1);
	read.state = SPAN("closed");
	must(f, case_edit(&f->operation, &read, &f->err));
	must(f, case_list(f->db, SPAN("open"), (struct db_page){0}, &f->arena, &rows, &count,
			&f->err));
	assert_int_equal(count, 0);
	must(f, case_list(f->db, SPAN(""), (struct db_page){0}, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	fixture_commit(f);
}

static void test_activities(void **state)
{
	struct fixture *f = *state;
	struct activity activity = {.kind = SPAN("mail"), .at_ms = 50}, *rows;
	struct activity_filter filter = {0};
	size_t count;
	bool added;

	fixture_begin(f, "activity add");
	activity.contact_id = add_contact(f, "Anna");
	activity.message_id = fixture_message(f, "m");
	must(f, activity_add(&f->operation, &activity, &added, &f->err));
	assert_true(added);
	must(f, activity_add(&f->operation, &activity, &added, &f->err));
	assert_false(added);
	/* The same mail on the company alone is another; twice again it is not. */
	filter.contact_id = activity.contact_id;
	activity.contact_id = 0;
	activity.company_id = add_company(f, "Co");
	must(f, activity_add(&f->operation, &activity, &added, &f->err));
	assert_true(added);
	must(f, activity_add(&f->operation, &activity, &added, &f->err));
	assert_false(added);
	/* Calls and notes have no mail: as many as there are. */
	activity = (struct activity){
		.kind = SPAN("call"), .contact_id = filter.contact_id, .at_ms = 70};
	must(f, activity_add(&f->operation, &activity, &added, &f->err));
	must(f, activity_add(&f->operation, &activity, &added, &f->err));
	assert_true(added);
	must(f, activity_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 3);
	assert_int_equal(rows[0].at_ms, 70);
	assert_int_equal(rows[2].at_ms, 50);
	filter.page = (struct db_page){.after_id = rows[1].id};
	must(f, activity_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].at_ms, 50);
	rows[0].subject = SPAN("changed");
	must(f, activity_edit(&f->operation, &rows[0], &f->err));
	must(f, activity_remove(&f->operation, rows[0].id, &f->err));
	must(f, activity_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 0);
	fixture_commit(f);
}

/* ---------------------------------------------------------------- the queue */

static void test_queue_filters(void **state)
{
	static const struct {
		const char *address, *domain, *reason;
		bool settled_too;
		size_t count;
	} cases[] = {
		{"", "", "", false, 3},
		{"", "", "", true, 4},
		{"a@example.org", "", "", false, 1},
		{"", "example.org", "", false, 2},
		{"", "mail.example.org", "", false, 1},
		{"", "ample.org", "", false, 0},
		{"", "", "bad-tag", false, 1},
		{"", "", "none", false, 0},
	};
	static const struct {
		const char *address, *reason;
	} items[] = {{"a@example.org", "no-match"}, {"b@mail.example.org", "no-match"},
		{"", "bad-tag"}, {"c@example.net", "no-match"}};
	struct fixture *f = *state;
	struct unresolved_count waiting;
	struct unresolved *rows, item;
	int64_t id = 0;
	size_t count;
	bool found;

	fixture_begin(f, "x");
	for (size_t i = 0; i < ARRAY_COUNT(items); i++) {
		item = (struct unresolved){.reason = span_from(items[i].reason),
			.address_folded = span_from(items[i].address),
			.created_ms = 100 + (int64_t)i};
		must(f, unresolved_add(f->db, &item, &id, &f->err));
	}
	must(f, unresolved_settle(&f->operation, id, SPAN("ignored"), &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct unresolved_filter filter = {.address_folded = span_from(cases[i].address),
			.domain = span_from(cases[i].domain),
			.reason = span_from(cases[i].reason),
			.settled_too = cases[i].settled_too};

		must(f, unresolved_list(f->db, &filter, &f->arena, &rows, &count, &f->err));
		if (count != cases[i].count)
			fail_msg("case %zu: %zu", i, count);
	}
	must(f, unresolved_waiting(f->db, &waiting, &f->err));
	assert_int_equal(waiting.waiting, 3);
	assert_int_equal(waiting.oldest_ms, 100);
	must(f, unresolved_get(f->db, id, &f->arena, &item, &found, &f->err));
	assert_span(item.outcome, "ignored");
	assert_int_equal(item.operation_id, f->operation.id);
	assert_span(item.candidates, "[]");
	fixture_commit(f);
}

static void test_ignore_rules(void **state)
{
	static const struct {
		const char *address, *rule;
	} cases[] = {
		{"a@example.org", "address:a@example.org"},
		{"b@example.org", ""},
		{"x@shop.example", "domain:shop.example"},
		{"x@mail.shop.example", "domain:shop.example"},
		{"x@notshop.example", ""},
		{"", ""},
	};
	struct fixture *f = *state;
	struct span rule, *rules;
	size_t count;
	bool found;

	fixture_begin(f, "ignore");
	must(f, ignore_add(&f->operation, IGNORE_ADDRESS, SPAN("a@example.org"), &f->err));
	must(f, ignore_add(&f->operation, IGNORE_ADDRESS, SPAN("a@example.org"), &f->err));
	must(f, ignore_add(&f->operation, IGNORE_DOMAIN, SPAN("shop.example"), &f->err));
	must_fail(f, ERROR_INPUT, ignore_add(&f->operation, IGNORE_DOMAIN, SPAN(""), &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		must(f, ignore_find(f->db, span_from(cases[i].address), &f->arena, &rule, &f->err));
		assert_span(rule, cases[i].rule);
	}
	must(f, ignore_list(f->db, &f->arena, &rules, &count, &f->err));
	assert_int_equal(count, 2);
	assert_span(rules[1], "domain:shop.example");
	must(f, ignore_remove(&f->operation, IGNORE_DOMAIN, SPAN("shop.example"), &found, &f->err));
	assert_true(found);
	must(f, ignore_remove(&f->operation, IGNORE_DOMAIN, SPAN("shop.example"), &found, &f->err));
	assert_false(found);
	fixture_commit(f);
}

/* ---------------------------------------------------------------- feeds and users */

static void test_feeds(void **state)
{
	struct fixture *f = *state;
	struct digest token = digest_of(SPAN("secret")), other = digest_of(SPAN("x"));
	const struct feed_client fetches[] = {
		{1, SPAN("Thunderbird"), SPAN("events"), 10, 200, 3, 900, 2},
		{1, SPAN("khal"), SPAN("events"), 20, 304, 3, 0, 1},
		{1, SPAN("Thunderbird"), SPAN("tasks"), 25, 200, 4, 700, 1},
		{1, SPAN("Thunderbird"), SPAN("events"), 30, 304, 5, 0, 5},
	};
	struct feed_client *clients;
	struct feed_row row, *rows;
	size_t count;
	int64_t id;
	bool found;

	fixture_begin(f, "feed add");
	must(f, feed_add(&f->operation, SPAN("team"), SPAN("sales"), &token, &id, &f->err));
	must_fail(f, ERROR_CONFLICT,
		feed_add(&f->operation, SPAN("user"), SPAN("anna"), &token, &id, &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(fetches); i++)
		must(f, feed_fetched(f->db, &fetches[i], &f->err));
	must(f, feed_by_token(f->db, &token, &f->arena, &row, &found, &f->err));
	assert_true(found);
	assert_span(row.scope, "team");
	assert_span(row.name, "sales");
	assert_span(row.last_client, "Thunderbird");
	assert_int_equal(row.last_fetch_ms, 30);
	assert_int_equal(row.fetches, 9);
	must(f, feed_client_list(f->db, &f->arena, &clients, &count, &f->err));
	assert_int_equal(count, 3);
	assert_int_equal(clients[0].fetches, 7);
	assert_int_equal(clients[0].status, 304);
	assert_int_equal(clients[0].items, 5);
	assert_int_equal(clients[0].size_bytes, 900); /* what it got before */
	assert_span(clients[1].calendar, "tasks");
	assert_span(clients[2].client, "khal");
	must(f, feed_by_token(f->db, &other, &f->arena, &row, &found, &f->err));
	assert_false(found);
	must(f, feed_revoke(&f->operation, 1, &found, &f->err));
	assert_true(found);
	must(f, feed_revoke(&f->operation, 1, &found, &f->err));
	assert_false(found);
	must(f, feed_by_token(f->db, &token, &f->arena, &row, &found, &f->err));
	assert_false(found);
	must(f, feed_list(f->db, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_int_equal(rows[0].revoked_ms, 1000);
	fixture_commit(f);
}

/* What was removed and comes back is newer to calendars than what they may still show. */
static void test_sequence_of_what_comes_back(void **state)
{
	struct fixture *f = *state;
	struct value values[RECORD_MAX_FIELDS];
	struct task task = {.kind = SPAN("task"), .title = SPAN("Call")}, read;
	bool added, found;

	fixture_begin(f, "task add");
	must(f, task_add(&f->operation, &task, &task.id, &added, &f->err));
	fixture_commit(f);
	for (int i = 0; i < 3; i++) {
		fixture_begin(f, "task edit");
		task.due_date = (struct date){2026, 12, i + 1};
		must(f, task_edit(&f->operation, &task, &f->err));
		fixture_commit(f);
	}
	fixture_begin(f, "task remove");
	must(f, record_read(f->db, &task_noun, task.id, &f->arena, values, &found, &f->err));
	must(f, record_remove(&f->operation, &task_noun, task.id, &f->err));
	fixture_commit(f);
	fixture_begin(f, "undo");
	must(f, record_restore(&f->operation, &task_noun, task.id, values, &f->err));
	must(f, task_get(f->db, task.id, &f->arena, &read, &found, &f->err));
	assert_true(found && read.sequence > 3);
	assert_int_equal(read.calendar_ms, 1000);
	fixture_commit(f);
}

/* A User-Agent is the client's own: as many as it likes, and the record stays small. */
static void test_clients_of_a_feed(void **state)
{
	struct fixture *f = *state;
	struct digest token = digest_of(SPAN("secret"));
	struct feed_client *clients;
	char name[16];
	size_t count;
	int64_t id;

	fixture_begin(f, "feed add");
	must(f, feed_add(&f->operation, SPAN("team"), SPAN("sales"), &token, &id, &f->err));
	for (int i = 0; i < FEED_CLIENTS_MAX + 20; i++) {
		snprintf(name, sizeof name, "khal/%d", i);
		must(f, feed_fetched(f->db,
				&(struct feed_client){.feed_id = id,
					.client = span_from(name),
					.calendar = SPAN("events"),
					.at_ms = 1000 + i,
					.status = 200},
				&f->err));
	}
	must(f, feed_client_list(f->db, &f->arena, &clients, &count, &f->err));
	assert_int_equal(count, FEED_CLIENTS_MAX);
	assert_span(clients[0].client, "khal/69");
	fixture_commit(f);
}

static void test_users(void **state)
{
	struct fixture *f = *state;
	struct user_row *rows;
	int64_t anna, ben, again;
	size_t count;

	must(f, db_begin_write(f->db, &f->err));
	must(f, user_ensure(f->db, SPAN("anna"), SPAN("Anna Smit"), &anna, &f->err));
	must(f, user_ensure(f->db, SPAN("ben"), SPAN("Ben"), &ben, &f->err));
	must(f, user_retain(f->db, &anna, 1, &f->err));
	must(f, user_list(f->db, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	assert_true(rows[0].active);
	assert_false(rows[1].active);
	must(f, user_ensure(f->db, SPAN("ben"), SPAN("Ben Vos"), &again, &f->err));
	assert_int_equal(again, ben);
	must(f, user_list(f->db, &f->arena, &rows, &count, &f->err));
	assert_true(rows[1].active);
	assert_span(rows[1].full_name, "Ben Vos");
	must(f, user_find(f->db, SPAN("nobody"), &again, &f->err));
	assert_int_equal(again, 0);
	must(f, db_commit(f->db, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_numbers_fold),
		fixture_test(test_what_a_second_mail_joins),
		fixture_test(test_ticket_round_trip),
		fixture_test(test_ticket_lists),
		fixture_test(test_mails_of_a_ticket),
		fixture_test(test_tasks),
		fixture_test(test_the_current_deal),
		fixture_test(test_deal_lists_and_owners),
		fixture_test(test_cases),
		fixture_test(test_activities),
		fixture_test(test_queue_filters),
		fixture_test(test_ignore_rules),
		fixture_test(test_feeds),
		fixture_test(test_clients_of_a_feed),
		fixture_test(test_sequence_of_what_comes_back),
		fixture_test(test_users),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
