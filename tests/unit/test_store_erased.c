#include "store_fixture.h"

#include "store/erased.h"

static struct span *one(struct fixture *f, const char *address)
{
	struct span *list = arena_array(&f->arena, struct span, 1);

	list[0] = span_from(address);
	return list;
}

static void begin(struct fixture *f, struct erased *erased, const char *address, int64_t contact,
	int64_t now_ms)
{
	struct erased_person person = {
		.addresses = one(f, address),
		.address_count = 1,
		.contact_id = contact,
		.created_ms = contact,
		.asked = span_from(address),
	};

	must(f, erased_begin(erased, &person, now_ms, &f->err));
}

/* Two that have the list open see what the other writes; no address stands in the file. */
static void test_listed(void **state)
{
	struct fixture *f = *state;
	struct erased *erased, *other;
	char path[128], text[2048] = "";
	FILE *file;

	must(f, erased_open(f->directory, &erased, &f->err));
	must(f, erased_open(f->directory, &other, &f->err));
	assert_true(erased_is_empty(erased));
	assert_int_equal(erased_address(erased, SPAN("a@example.com")), 0);
	begin(f, erased, "a@example.com", 7, 1000);
	begin(f, erased, "b@example.com", 0, 2000);
	assert_true(erased_is_empty(other));
	must(f, erased_refresh(other, &f->err));
	assert_int_equal(erased_address(other, SPAN("a@example.com")), 1000);
	assert_int_equal(erased_address(other, SPAN("b@example.com")), 2000);
	assert_int_equal(erased_address(other, SPAN("c@example.com")), 0);
	assert_int_equal(erased_contact(other, 7, 7), 1000);
	/* a row made since under the same id is somebody else */
	assert_int_equal(erased_contact(other, 7, 8), 0);
	assert_int_equal(erased_unfinished(other), 2);
	assert_true(erased_is_unfinished(other, SPAN("a@example.com")));
	assert_false(erased_is_unfinished(other, SPAN("c@example.com")));
	must(f, erased_finish(other, &f->err));
	assert_int_equal(erased_unfinished(other), 0);
	snprintf(path, sizeof path, "%s/" ERASED_FILE, f->directory);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_true(fread(text, 1, sizeof text - 1, file) > 100);
	fclose(file);
	assert_null(strstr(text, "example"));
	erased_close(erased);
	erased_close(other);
}

/* All that belongs to the person leaves the list with one of his addresses. */
static void test_readmitted(void **state)
{
	struct fixture *f = *state;
	struct span both[] = {SPAN("a@example.com"), SPAN("aa@example.com")};
	struct erased_person person = {both, 2, 7, 7, SPAN("anna")};
	struct erased *erased;
	bool found;

	must(f, erased_open(f->directory, &erased, &f->err));
	must(f, erased_begin(erased, &person, 1000, &f->err));
	begin(f, erased, "b@example.com", 0, 2000);
	must(f, erased_readmit(erased, SPAN("nobody@example.com"), &found, &f->err));
	assert_false(found);
	must(f, erased_readmit(erased, SPAN("aa@example.com"), &found, &f->err));
	assert_true(found);
	assert_int_equal(erased_address(erased, SPAN("a@example.com")), 0);
	assert_int_equal(erased_contact(erased, 7, 7), 0);
	assert_int_equal(erased_address(erased, SPAN("b@example.com")), 2000);
	erased_close(erased);
	must(f, erased_open(f->directory, &erased, &f->err));
	assert_int_equal(erased_address(erased, SPAN("a@example.com")), 0);
	assert_int_equal(erased_address(erased, SPAN("b@example.com")), 2000);
	erased_close(erased);
}

/* Better no daemon than one that lets everybody in. */
static void test_damaged(void **state)
{
	static const char *const contents[] = {
		"",
		"postroom erased 1\n",
		"postroom erased 1\nkey 12\n",
		"postroom erased 1\nkey "
		"0000000000000000000000000000000000000000000000000000000000000000\naddress 12 1 "
		"2\n",
		"something else\n",
	};
	struct fixture *f = *state;
	struct erased *erased;
	char path[128];

	snprintf(path, sizeof path, "%s/" ERASED_FILE, f->directory);
	for (size_t i = 0; i < ARRAY_COUNT(contents); i++) {
		FILE *file = fopen(path, "w");

		assert_non_null(file);
		fputs(contents[i], file);
		fclose(file);
		must_fail(f, ERROR_STORAGE, erased_open(f->directory, &erased, &f->err));
		assert_non_null(strstr(f->err.text, ERASED_FILE));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_listed),
		fixture_test(test_readmitted),
		fixture_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
