#include "store_fixture.h"

#include "store/company.h"
#include "store/contact.h"
#include "store/user.h"

static int64_t add_contact(struct fixture *f, const char *name, int64_t company_id)
{
	struct contact contact = {.name = span_from(name), .company_id = company_id};
	int64_t id;

	must(f, contact_add(&f->operation, &contact, &id, &f->err));
	return id;
}

static int64_t add_company(struct fixture *f, const char *name)
{
	struct company company = {.name = span_from(name)};
	int64_t id;

	must(f, company_add(&f->operation, &company, &id, &f->err));
	return id;
}

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	struct contact contact = {.phone = SPAN("+49 30 1234"),
		.source = SPAN("fair"),
		.note = SPAN("tall"),
		.name = SPAN("Zoë Müller"),
		.do_not_contact = true};
	struct contact read;
	bool found;

	fixture_begin(f, "contact add");
	contact.company_id = add_company(f, "Balean GmbH");
	must(f, user_ensure(f->db, SPAN("anna"), SPAN("Anna Smit"), &contact.owner_id, &f->err));
	must(f, contact_add(&f->operation, &contact, &contact.id, &f->err));
	fixture_commit(f);
	must(f, contact_get(f->db, contact.id, &f->arena, &read, &found, &f->err));
	assert_true(found);
	assert_span(read.name, "Zoë Müller");
	assert_span(read.phone, "+49 30 1234");
	assert_span(read.source, "fair");
	assert_span(read.note, "tall");
	assert_span(read.company_name, "Balean GmbH");
	assert_span(read.owner_name, "anna");
	assert_true(read.do_not_contact);
	assert_int_equal(read.created_ms, 1000);
	must(f, contact_get(f->db, 99, &f->arena, &read, &found, &f->err));
	assert_false(found);
}

static void test_names(void **state)
{
	static const struct {
		const char *folded;
		size_t exact, part;
	} cases[] = {
		{"anna smit", 2, 2},
		{"smit", 0, 3},
		{"zoë", 0, 1},
		{"", 0, 4},
		{"%", 0, 0},
		{"_", 0, 0},
	};
	struct fixture *f = *state;
	struct contact *rows;
	size_t count;

	fixture_begin(f, "contact add");
	add_contact(f, "Anna Smit", 0);
	add_contact(f, "anna  SMIT", 0);
	add_contact(f, "Zoë Müller", 0);
	add_contact(f, "Bob Smithers", 0);
	fixture_commit(f);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		struct span folded = span_from(cases[i].folded);

		must(f, contact_by_name(f->db, folded, &f->arena, &rows, &count, &f->err));
		assert_int_equal(count, cases[i].exact);
		must(f, contact_list(f->db, folded, (struct db_page){0}, &f->arena, &rows, &count,
				&f->err));
		assert_int_equal(count, cases[i].part);
	}
	must(f, contact_list(f->db, SPAN(""), (struct db_page){.after_id = 1, .limit = 2},
			&f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 2);
	assert_int_equal(rows[0].id, 2);
}

static void test_addresses(void **state)
{
	struct fixture *f = *state;
	struct contact_address *rows;
	int64_t anna, bob, found;
	size_t count;
	bool learnt;

	fixture_begin(f, "contact address add");
	anna = add_contact(f, "Anna", 0);
	bob = add_contact(f, "Bob", 0);
	must(f, contact_address_add(&f->operation, anna, SPAN("Anna@Example.ORG"), true, &f->err));
	must(f, contact_by_address(f->db, SPAN("anna@example.org"), &found, &learnt, &f->err));
	assert_int_equal(found, anna);
	assert_true(learnt);
	/* Typed by a person: no longer only learnt, and not learnt again after that. */
	must(f, contact_address_add(&f->operation, anna, SPAN("anna@example.org"), false, &f->err));
	must(f, contact_address_add(&f->operation, anna, SPAN("anna@example.org"), true, &f->err));
	must(f, contact_by_address(f->db, SPAN("anna@example.org"), &found, &learnt, &f->err));
	assert_false(learnt);
	must_fail(f, ERROR_CONFLICT,
		contact_address_add(&f->operation, bob, SPAN("anna@example.org"), false, &f->err));
	assert_non_null(strstr(f->err.text, "Anna"));
	must_fail(f, ERROR_INPUT,
		contact_address_add(&f->operation, bob, SPAN("nobody"), false, &f->err));
	must(f, contact_address_failing(&f->operation, SPAN("anna@example.org"),
			SPAN("550 no such user"), &f->err));
	must(f, contact_address_failing(
			&f->operation, SPAN("x@example.net"), SPAN("550"), &f->err));
	must(f, contact_address_list(f->db, anna, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 1);
	assert_span(rows[0].address, "Anna@Example.ORG");
	assert_span(rows[0].failing, "550 no such user");
	must_fail(f, ERROR_CONFLICT, contact_remove(&f->operation, anna, &f->err));
	must(f, contact_address_remove(&f->operation, rows[0].id, &f->err));
	must(f, contact_by_address(f->db, SPAN("anna@example.org"), &found, &learnt, &f->err));
	assert_int_equal(found, 0);
	must(f, contact_remove(&f->operation, anna, &f->err));
	fixture_commit(f);
}

static void test_domains(void **state)
{
	static const struct {
		const char *domain;
		int company;
	} cases[] = {
		{"example.org", 1},
		{"mail.example.org", 1},
		{"a.b.example.org", 1},
		{"lab.example.org", 2},
		{"x.lab.example.org", 2},
		{"notexample.org", 0},
		{"org", 0},
		{"", 0},
	};
	struct fixture *f = *state;
	int64_t first, second, found;
	struct span *domains;
	size_t count;
	bool removed;

	fixture_begin(f, "company domain add");
	first = add_company(f, "One");
	second = add_company(f, "Two");
	must(f, company_domain_add(&f->operation, first, SPAN("example.org"), &f->err));
	must(f, company_domain_add(&f->operation, first, SPAN("example.org"), &f->err));
	must(f, company_domain_add(&f->operation, second, SPAN("lab.example.org"), &f->err));
	must_fail(f, ERROR_CONFLICT,
		company_domain_add(&f->operation, second, SPAN("example.org"), &f->err));
	assert_non_null(strstr(f->err.text, "One"));
	must_fail(f, ERROR_INPUT, company_domain_add(&f->operation, second, SPAN("org"), &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		must(f, company_by_domain(f->db, span_from(cases[i].domain), &found, &f->err));
		assert_int_equal(found, cases[i].company == 1	? first
					: cases[i].company == 2 ? second
								: 0);
	}
	must(f, company_domain_remove(&f->operation, SPAN("lab.example.org"), &removed, &f->err));
	assert_true(removed);
	must(f, company_by_domain(f->db, SPAN("lab.example.org"), &found, &f->err));
	assert_int_equal(found, first);
	must(f, company_domains(f->db, first, &f->arena, &domains, &count, &f->err));
	assert_int_equal(count, 1);
	fixture_commit(f);
}

static void test_only_one_candidate_decides(void **state)
{
	struct fixture *f = *state;
	struct company company = {.name = SPAN("A"), .vat_id = SPAN("DE1"), .iban = SPAN("X1")};
	int64_t id, found;
	int candidates;

	fixture_begin(f, "company add");
	must(f, company_add(&f->operation, &company, &id, &f->err));
	must(f, company_by_vat_id(f->db, SPAN("DE1"), &found, &candidates, &f->err));
	assert_int_equal(found, id);
	assert_int_equal(candidates, 1);
	company.name = SPAN("B");
	company.iban = SPAN("");
	must(f, company_add(&f->operation, &company, &id, &f->err));
	must(f, company_by_vat_id(f->db, SPAN("DE1"), &found, &candidates, &f->err));
	assert_int_equal(found, 0);
	assert_int_equal(candidates, 2);
	must(f, company_by_iban(f->db, SPAN(""), &found, &candidates, &f->err));
	assert_int_equal(found, 0);
	assert_int_equal(candidates, 0);
	fixture_commit(f);
}

static void test_edit_is_audited(void **state)
{
	struct fixture *f = *state;
	struct contact contact = {.name = SPAN("Anna")};
	struct audit_row *rows;
	size_t count;

	fixture_begin(f, "contact edit");
	must(f, contact_add(&f->operation, &contact, &contact.id, &f->err));
	contact.name = SPAN("Anne");
	contact.do_not_contact = true;
	must(f, contact_edit(&f->operation, &contact, &f->err));
	must(f, contact_edit(&f->operation, &contact, &f->err));
	fixture_commit(f);
	must(f, audit_list(f->db, SPAN("contact"), contact.id, &f->arena, &rows, &count, &f->err));
	assert_int_equal(count, 3);
	assert_span(rows[0].field, "+");
	assert_span(rows[1].field, "name");
	assert_span(rows[1].old_value, "Anna");
	assert_span(rows[1].new_value, "Anne");
	assert_span(rows[1].actor, "anna");
	assert_span(rows[2].field, "do_not_contact");
	assert_span(rows[2].old_value, "0");
	assert_span(rows[2].new_value, "1");
	contact.id = 99;
	must_fail(f, ERROR_INPUT, contact_edit(&f->operation, &contact, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_round_trip),
		fixture_test(test_names),
		fixture_test(test_addresses),
		fixture_test(test_domains),
		fixture_test(test_only_one_candidate_decides),
		fixture_test(test_edit_is_audited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
