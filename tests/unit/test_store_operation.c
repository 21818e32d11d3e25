#include "store_fixture.h"

#include "store/activity.h"
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

static int64_t undo(struct fixture *f, int64_t operation_id)
{
	struct operation_row undone;
	struct operation_row *rows;
	size_t count;

	must(f, db_begin_write(f->db, &f->err));
	must(f, operation_undo(f->db, operation_id, "bob", 2000, &undone, &f->arena, &f->err));
	must(f, db_commit(f->db, &f->err));
	assert_int_equal(undone.id, operation_id);
	must(f, operation_list(f->db, 1, &f->arena, &rows, &count, &f->err));
	assert_span(rows[0].verb, "undo");
	assert_span(rows[0].actor, "bob");
	return rows[0].id;
}

static void refuse_undo(
	struct fixture *f, int64_t operation_id, enum error_kind kind, const char *says)
{
	struct operation_row undone;

	must(f, db_begin_write(f->db, &f->err));
	must_fail(f, kind,
		operation_undo(f->db, operation_id, "bob", 2000, &undone, &f->arena, &f->err));
	if (!strstr(f->err.text, says))
		fail_msg("\"%s\" does not say \"%s\"", f->err.text, says);
	must(f, db_commit(f->db, &f->err));
}

/* A contact in an operation of its own, whose id is in f->operation. */
static int64_t make_contact(struct fixture *f, const char *name)
{
	struct contact contact = {.name = span_from(name), .note = SPAN("first")};
	int64_t id;

	fixture_begin(f, "contact add");
	must(f, contact_add(&f->operation, &contact, &id, &f->err));
	fixture_commit(f);
	return id;
}

static void rename_contact(struct fixture *f, int64_t id, const char *name)
{
	struct contact contact;
	bool found;

	must(f, contact_get(f->db, id, &f->arena, &contact, &found, &f->err));
	contact.name = span_from(name);
	fixture_begin(f, "contact edit");
	must(f, contact_edit(&f->operation, &contact, &f->err));
	fixture_commit(f);
}

static struct contact read_contact(struct fixture *f, int64_t id, bool *found)
{
	struct contact contact = {0};

	must(f, contact_get(f->db, id, &f->arena, &contact, found, &f->err));
	return contact;
}

static void test_undo_of_a_change(void **state)
{
	struct fixture *f = *state;
	int64_t id = make_contact(f, "Anna"), change, undoing;
	struct contact *rows;
	size_t count;
	bool found;

	rename_contact(f, id, "Anne");
	change = f->operation.id;
	undoing = undo(f, change);
	assert_span(read_contact(f, id, &found).name, "Anna");
	assert_int_equal(read_contact(f, id, &found).changed_ms, 2000);
	/* What is folded from it went back, too. */
	must(f, contact_by_name(f->db, SPAN("anna"), &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	refuse_undo(f, change, ERROR_CONFLICT, "undone already");
	undo(f, undoing);
	assert_span(read_contact(f, id, &found).name, "Anne");
}

static void test_undo_refuses_what_changed_since(void **state)
{
	struct fixture *f = *state;
	int64_t id = make_contact(f, "Anna"), made = f->operation.id, first, second;
	bool found;

	rename_contact(f, id, "Anne");
	first = f->operation.id;
	rename_contact(f, id, "Anja");
	second = f->operation.id;
	refuse_undo(f, first, ERROR_CONFLICT, "name was changed since and is now \"Anja\"");
	assert_span(read_contact(f, id, &found).name, "Anja");
	refuse_undo(f, made, ERROR_CONFLICT, "name was changed since");
	undo(f, second);
	undo(f, first);
	undo(f, made);
	read_contact(f, id, &found);
	assert_false(found);
	refuse_undo(f, 999, ERROR_INPUT, "no operation 999");
}

static void test_undo_of_a_creation_names_what_refers_to_it(void **state)
{
	struct fixture *f = *state;
	int64_t id = make_contact(f, "Anna"), made = f->operation.id, activity;
	bool added;

	fixture_begin(f, "activity add");
	must(f, activity_add(&f->operation,
			&(struct activity){.kind = SPAN("note"), .contact_id = id}, &added,
			&f->err));
	fixture_commit(f);
	activity = f->operation.id;
	refuse_undo(f, made, ERROR_CONFLICT, "activity 1 refers to it");
	undo(f, activity);
	undo(f, made);
}

static void test_undo_of_a_removal(void **state)
{
	struct fixture *f = *state;
	int64_t id = make_contact(f, "Zoë"), removal, undoing;
	struct contact contact;
	bool found;

	fixture_begin(f, "contact remove");
	must(f, contact_remove(&f->operation, id, &f->err));
	fixture_commit(f);
	removal = f->operation.id;
	read_contact(f, id, &found);
	assert_false(found);
	undoing = undo(f, removal);
	contact = read_contact(f, id, &found);
	assert_true(found);
	assert_span(contact.name, "Zoë");
	assert_span(contact.note, "first");
	undo(f, undoing);
	read_contact(f, id, &found);
	assert_false(found);
}

/* A refused undo leaves nothing, whatever it did before it met the conflict. */
static void test_refused_undo_changes_nothing(void **state)
{
	struct fixture *f = *state;
	int64_t first = make_contact(f, "Anna"), second = make_contact(f, "Bob"), both;
	int64_t audits;
	struct contact contact;
	bool found;

	fixture_begin(f, "contact edit");
	contact = read_contact(f, first, &found);
	contact.name = SPAN("A");
	must(f, contact_edit(&f->operation, &contact, &f->err));
	contact = read_contact(f, second, &found);
	contact.name = SPAN("B");
	must(f, contact_edit(&f->operation, &contact, &f->err));
	fixture_commit(f);
	both = f->operation.id;
	rename_contact(f, first, "Somebody else");
	audits = fixture_number(f, "SELECT count(*) FROM audit");
	refuse_undo(f, both, ERROR_CONFLICT, "contact 1");
	assert_span(read_contact(f, second, &found).name, "B");
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM audit"), audits);
}

/* ---------------------------------------------------------------- every noun there and back */

struct made {
	int64_t user, company, contact, message, route, deal, ticket, support_case, task, feed,
		item;
};

static void make_everything(struct fixture *f, struct made *made)
{
	struct digest digest = digest_of(SPAN("token"));
	bool flag;

	must(f, company_add(&f->operation,
			&(struct company){.name = SPAN("Co"), .vat_id = SPAN("DE1")},
			&made->company, &f->err));
	must(f, company_domain_add(&f->operation, made->company, SPAN("example.org"), &f->err));
	must(f, contact_add(&f->operation,
			&(struct contact){.name = SPAN("Anna"), .company_id = made->company},
			&made->contact, &f->err));
	must(f, contact_address_add(
			&f->operation, made->contact, SPAN("a@example.org"), true, &f->err));
	must(f, ignore_add(&f->operation, IGNORE_DOMAIN, SPAN("example.net"), &f->err));
	must(f, deal_add(&f->operation,
			&(struct deal){.name = SPAN("Deal"),
				.phase = SPAN("first"),
				.contact_id = made->contact,
				.has_value = true,
				.value_cents = 100},
			&made->deal, &f->err));
	must(f, ticket_add(&f->operation,
			&(struct ticket){.direction = SPAN("payable"),
				.kind = SPAN("invoice"),
				.title = SPAN("T"),
				.supplier_id = made->company,
				.number = SPAN("R-1"),
				.has_document = true,
				.document = digest,
				.due_date = {2026, 2, 28}},
			&made->ticket, &f->err));
	must(f, ticket_join(&f->operation, made->ticket, made->message, SPAN("opened"), &flag,
			&f->err));
	must(f, case_add(&f->operation,
			&(struct support_case){.subject = SPAN("S"), .contact_id = made->contact},
			&made->support_case, &f->err));
	must(f, case_join(&f->operation, made->support_case, made->message, &flag, &f->err));
	must(f, task_add(&f->operation,
			&(struct task){.kind = SPAN("follow-up"),
				.title = SPAN("Call"),
				.source_key = SPAN("k"),
				.deal_id = made->deal,
				.ticket_id = made->ticket,
				.case_id = made->support_case,
				.assignee_id = made->user,
				.due_ms = 5000},
			&made->task, &flag, &f->err));
	must(f, activity_add(&f->operation,
			&(struct activity){.kind = SPAN("mail"),
				.contact_id = made->contact,
				.message_id = made->message,
				.route_id = made->route,
				.deal_id = made->deal},
			&flag, &f->err));
	must(f, feed_add(&f->operation, SPAN("user"), SPAN("anna"), &digest, &made->feed, &f->err));
	must(f, unresolved_settle(&f->operation, made->item, SPAN("assigned"), &f->err));
}

static int64_t count_rows(struct fixture *f)
{
	static const char *const tables[] = {"company", "company_domain", "contact",
		"contact_address", "ignore_rule", "deal", "ticket", "ticket_message",
		"support_case", "case_message", "task", "activity", "feed"};
	int64_t rows = 0;

	for (size_t i = 0; i < ARRAY_COUNT(tables); i++) {
		char sql[64];

		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", tables[i]);
		rows += fixture_number(f, sql);
	}
	return rows;
}

static void prepare_message(struct fixture *f, struct made *made)
{
	struct route_row route = {.kind = SPAN("capture"),
		.mailbox = SPAN("crm"),
		.decided_by = SPAN("mailbox"),
		.state = SPAN("filed")};
	struct unresolved item = {
		.reason = SPAN("no-match"), .address_folded = SPAN("a@example.org")};
	bool existing;

	must(f, db_begin_write(f->db, &f->err));
	must(f, user_ensure(f->db, SPAN("anna"), SPAN("Anna"), &made->user, &f->err));
	made->message = fixture_message(f, "m");
	route.message_id = item.message_id = made->message;
	must(f, route_add(f->db, &route, &made->route, &existing, &f->err));
	item.route_id = made->route;
	must(f, unresolved_add(f->db, &item, &made->item, &f->err));
	must(f, db_commit(f->db, &f->err));
}

static void assert_state(struct fixture *f, int64_t message_id, const char *state)
{
	struct message_row row;
	bool found;

	must(f, message_get(f->db, message_id, &f->arena, &row, &found, &f->err));
	assert_span(row.state, state);
}

static void test_every_noun_can_be_undone(void **state)
{
	struct fixture *f = *state;
	struct made made = {0};
	int64_t making, undoing;

	prepare_message(f, &made);
	assert_state(f, made.message, "waiting");
	fixture_begin(f, "unresolved assign");
	make_everything(f, &made);
	must(f, operation_settled(&f->operation, 1, &f->err));
	fixture_commit(f);
	making = f->operation.id;
	assert_int_equal(count_rows(f), 13);
	assert_state(f, made.message, "filed");

	undoing = undo(f, making);
	assert_int_equal(count_rows(f), 0);
	assert_state(f, made.message, "waiting");
	undo(f, undoing);
	assert_int_equal(count_rows(f), 13);
	assert_state(f, made.message, "filed");
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM ticket WHERE number_folded = 'R1' "
					   "AND due_date = '2026-02-28' "
					   "AND length(document_sha256) = 32"),
		1);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM contact_address "
					   "WHERE address_folded = 'a@example.org' AND learnt = 1"),
		1);
}

static void test_the_list_of_nouns_is_whole(void **state)
{
	static const char *const names[] = {"activity", "case", "case_message", "company",
		"company_alias", "company_domain", "contact", "contact_address", "contact_alias",
		"deal", "feed", "ignore_rule", "match", "route", "task", "ticket", "ticket_message",
		"unresolved"};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		const struct noun *noun = noun_find(span_from(names[i]));
		struct value values[RECORD_MAX_FIELDS];
		bool found;

		assert_non_null(noun);
		assert_true(noun->field_count <= RECORD_MAX_FIELDS);
		/* Its columns exist. */
		must(f, record_read(f->db, noun, 1, &f->arena, values, &found, &f->err));
	}
	assert_null(noun_find(SPAN("operation")));
	assert_null(noun_find(SPAN("message")));
}

static void test_values_in_the_audit(void **state)
{
	const struct {
		enum record_type type;
		struct value value;
		const char *text;
	} cases[] = {
		{RECORD_INTEGER, {.integer = 0}, "0"},
		{RECORD_INTEGER, {.integer = INT64_MIN}, "-9223372036854775808"},
		{RECORD_TEXT, {.text = SPAN("Zoë; DROP TABLE")}, "Zoë; DROP TABLE"},
		{RECORD_TEXT, {.text = SPAN("")}, ""},
		{RECORD_BYTES, {.text = SPAN("\x00\xff\x10")}, "00ff10"},
		{RECORD_TEXT, {.is_null = true}, ""},
	};
	static const struct {
		enum record_type type;
		const char *text;
	} bad[] = {{RECORD_INTEGER, ""}, {RECORD_INTEGER, "1x"}, {RECORD_BYTES, "0g"},
		{RECORD_BYTES, "000"}, {RECORD_INTEGER, "99999999999999999999"}};
	struct fixture *f = *state;
	struct value back;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span text = value_to_audit(&f->arena, &cases[i].value, cases[i].type);

		assert_span(text, cases[i].text);
		must(f, value_from_audit(&f->arena, text, cases[i].value.is_null, cases[i].type,
				&back, &f->err));
		assert_true(value_equal(&back, &cases[i].value, cases[i].type));
	}
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
		must_fail(f, ERROR_BUG,
			value_from_audit(&f->arena, span_from(bad[i].text), false, bad[i].type,
				&back, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_undo_of_a_change),
		fixture_test(test_undo_refuses_what_changed_since),
		fixture_test(test_undo_of_a_creation_names_what_refers_to_it),
		fixture_test(test_undo_of_a_removal),
		fixture_test(test_refused_undo_changes_nothing),
		fixture_test(test_every_noun_can_be_undone),
		fixture_test(test_the_list_of_nouns_is_whole),
		fixture_test(test_values_in_the_audit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
