/* How a token does: kept in the database, and said in words. */
#include "tests/unit/store_fixture.h"

#include "ingest/token_state.h"

/* 2026-11-22 10:00 in Amsterdam */
#define NOW_MS INT64_C(1795338000000)
#define MINUTE INT64_C(60000)
#define DAY    INT64_C(86400000)

static const struct words_case {
	struct token_state state;
	const char *words;
} cases[] = {
	{{0}, "no token yet"},
	{{.renewed_ms = NOW_MS - 30 * MINUTE, .until_ms = NOW_MS + 30 * MINUTE},
		"token renewed 2026-11-22 09:30, until 2026-11-22 10:30"},
	{{.renewed_ms = NOW_MS - 90 * MINUTE, .until_ms = NOW_MS - 30 * MINUTE},
		"token renewed 2026-11-22 08:30, ended 2026-11-22 09:30"},
	{{.renewed_ms = NOW_MS, .refresh_used_ms = NOW_MS - DAY + 1},
		"token renewed 2026-11-22 10:00"},
	{{.renewed_ms = NOW_MS - 3 * DAY, .refresh_used_ms = NOW_MS - 3 * DAY},
		"token renewed 2026-11-19 10:00; refresh token unused for 3 days"},
	{{.refresh_used_ms = NOW_MS - DAY, .refresh_until_ms = NOW_MS + 4 * DAY},
		"no token yet; refresh token unused for 1 day; refresh token until 2026-11-26 "
		"10:00"},
	/* the clock went back */
	{{.renewed_ms = NOW_MS + DAY, .refresh_used_ms = NOW_MS + DAY},
		"token renewed 2026-11-23 10:00"},
};

static void test_words(void **state)
{
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_span(token_state_words(&cases[i].state, "Europe/Amsterdam", NOW_MS, &arena),
			cases[i].words);
	arena_done(&arena);
}

static void test_round_trip(void **state)
{
	struct fixture *f = *state;
	struct token_state got, told = {.login_ms = 1,
					.renewed_ms = 2,
					.until_ms = 3,
					.refresh_used_ms = 4,
					.refresh_until_ms = 5,
					.error = ERROR_AUTH,
					.text = SPAN("the token server says \"no\"")};
	bool found;

	must(f, token_state_read(f->db, SPAN("crm"), &f->arena, &got, &found, &f->err));
	assert_false(found);
	must(f, db_begin_write(f->db, &f->err));
	must(f, token_state_write(f->db, SPAN("crm"), &told, &f->err));
	must(f, db_commit(f->db, &f->err));
	must(f, token_state_read(f->db, SPAN("crm"), &f->arena, &got, &found, &f->err));
	assert_true(found);
	assert_int_equal(got.login_ms, 1);
	assert_int_equal(got.renewed_ms, 2);
	assert_int_equal(got.until_ms, 3);
	assert_int_equal(got.refresh_used_ms, 4);
	assert_int_equal(got.refresh_until_ms, 5);
	assert_int_equal(got.error, ERROR_AUTH);
	assert_span(got.text, "the token server says \"no\"");
	must(f, token_state_read(f->db, SPAN("other"), &f->arena, &got, &found, &f->err));
	assert_false(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test_setup_teardown(test_round_trip, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
