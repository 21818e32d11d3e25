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

int main(void)
{
	const struct CMUnitTest tests[] = {
		desk_test(test_matching),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
