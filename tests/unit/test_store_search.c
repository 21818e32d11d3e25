#include "store_fixture.h"

#include "store/search.h"

#define DAY_MS 86400000

/* The text lies within the facts, as that of a real mail does. */
static int64_t add_mail(struct fixture *f, const char *subject, const char *from, const char *to,
	const char *text, int day)
{
	struct message_reading_address addresses[] = {
		{"to", span_from(to)}, {"bcc", SPAN("hidden@example.net")}};
	struct span facts = arena_format(&f->arena, "facts %s, and more of them", text);
	struct message_reading reading = {
		.from_name = span_from(from),
		.from_address = SPAN("sender@example.org"),
		.subject = span_from(subject),
		.date_ms = (int64_t)day * DAY_MS + 5,
		.facts = facts,
		.text = span_part(facts, strlen("facts "), strlen(text)),
		.addresses = addresses,
		.address_count = ARRAY_COUNT(addresses),
		.attachments = &(struct message_reading_attachment){.filename = SPAN("plan.pdf")},
		.attachment_count = 1,
	};
	int64_t id = fixture_message(f, subject);

	must(f, message_read(f->db, id, &reading, &f->err));
	return id;
}

static void index_all(struct fixture *f)
{
	int64_t left = 1;

	while (left)
		must(f, search_index(f->db, 2, &left, &f->err));
}

static void fill(struct fixture *f)
{
	must(f, db_begin_write(f->db, &f->err));
	add_mail(f, "Offer for the bridge", "Anna Smit", "crm@example.com",
		"Dear Zoë, here is our offer.", 10);
	add_mail(f, "Invoice 4711", "Bob", "invoices@example.com", "Please pay the bridge.", 30);
	add_mail(f, "Re: Offer for the bridge", "Zoë Müller", "crm@example.com",
		"Offer accepted \"as is\"; NEAR(a b) OR AND NOT column:x ^start", 20);
	must(f, db_commit(f->db, &f->err));
	index_all(f);
}

/* Ids of the hits as a string, the newest first. */
static const char *ids_of(struct fixture *f, const char *query)
{
	static char ids[64];
	struct search_result result;
	size_t used = 0;

	must(f, search_run(f->db, span_from(query), 10, &f->arena, &result, &f->err));
	ids[0] = '\0';
	for (size_t i = 0; i < result.count; i++)
		used += (size_t)snprintf(
			ids + used, sizeof ids - used, "%lld ", (long long)result.hits[i].id);
	return ids;
}

static void test_queries(void **state)
{
	static const struct {
		const char *query, *ids;
	} cases[] = {
		{"bridge", "2 3 1 "},
		{"BRIDGE offer", "3 1 "},
		{"\"the bridge\" -offer", "2 "},
		{"brid*", "2 3 1 "},
		{"brid", ""},
		{"\"our off\"*", "1 "},
		{"zoe", "3 1 "}, /* without accents */
		{"zoë", "3 1 "},
		{"from:anna", "1 "},
		{"FROM:\"Zoe Muller\"", "3 "},
		{"from:sender@example.org", "2 3 1 "},
		{"-from:anna offer", "3 "},
		{"to:invoices@example.com", "2 "},
		{"to:example", "2 3 1 "},
		{"hidden", ""}, /* Bcc is shown nowhere */
		{"to:hidden", ""},
		{"plan.pdf", "2 3 1 "},
		{"4711", "2 "},
		{"since:1970-01-21", "2 3 "},
		{"until:1970-01-21", "3 1 "},
		{"since:1970-01-21 until:1970-01-21", "3 "},
		{"bridge state:received since:1970-01-31", "2 "},
		{"bridge state:filed", ""},
		{"-bridge", ""},
		{"-invoice", "3 1 "},
		/* What would be syntax of the index is words. */
		{"NEAR(a b)", "3 "},
		{"offer AND accepted", "3 "},
		{"column:x", "3 "},
		{"subject:bridge", ""},
		{"^start", "3 "},
		{"offer OR", "3 "},
		{"bridge)", "2 3 1 "},
		{"(bridge", "2 3 1 "},
		{"bri\"dge", ""},
		{"\"bridge", "2 3 1 "},
		{"offer - accepted", "3 "},
		{"***", ""},
		{"*", ""},
		{"bridge ***", "2 3 1 "},
		{"bridge -***", "2 3 1 "},
		{"\"\"", ""},
		{"'; DROP TABLE message; --", ""},
	};
	struct fixture *f = *state;

	fill(f);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		const char *ids = ids_of(f, cases[i].query);

		if (strcmp(ids, cases[i].ids) != 0)
			fail_msg("%s: \"%s\", not \"%s\"", cases[i].query, ids, cases[i].ids);
	}
}

static void test_refused_queries(void **state)
{
	static const struct {
		const char *query, *says;
	} cases[] = {
		{"", "nothing to search for"},
		{"  \t\n", "nothing to search for"},
		{"since:yesterday", "no date"},
		{"until:2026-02-30", "no date"},
		{"since:", "needs a value"},
		{"from: anna", "needs a value"},
		{"state:open", "received, dead"},
		{"-state:filed x", "cannot be excluded"},
		{"a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
		 "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a",
			"at most"},
	};
	struct fixture *f = *state;
	struct search_result result;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		must_fail(f, ERROR_INPUT,
			search_run(
				f->db, span_from(cases[i].query), 10, &f->arena, &result, &f->err));
		if (!strstr(f->err.text, cases[i].says))
			fail_msg("%s: %s", cases[i].query, f->err.text);
	}
}

static void test_what_waits_is_told(void **state)
{
	struct fixture *f = *state;
	struct search_result result;
	int64_t left;

	must(f, db_begin_write(f->db, &f->err));
	for (int i = 0; i < 5; i++) {
		char subject[16];

		snprintf(subject, sizeof subject, "mail %d", i);
		add_mail(f, subject, "x", "y", "word", i);
	}
	must(f, db_commit(f->db, &f->err));
	/* One leaves again before its turn. */
	must(f, db_begin_write(f->db, &f->err));
	must(f, search_forget(f->db, add_mail(f, "gone", "x", "y", "word", 1), &f->err));
	must(f, db_commit(f->db, &f->err));
	must(f, search_run(f->db, SPAN("word"), 10, &f->arena, &result, &f->err));
	assert_int_equal(result.count, 0);
	assert_false(result.complete);
	assert_int_equal(result.pending, 5);
	must(f, search_index(f->db, 3, &left, &f->err));
	assert_int_equal(left, 2);
	/* In a transaction that is open: rolled back with it. */
	must(f, db_begin_write(f->db, &f->err));
	must(f, search_index(f->db, 10, &left, &f->err));
	assert_int_equal(left, 0);
	db_rollback(f->db);
	must(f, search_run(f->db, SPAN("word"), 10, &f->arena, &result, &f->err));
	assert_int_equal(result.count, 3);
	assert_int_equal(result.pending, 2);
	index_all(f);
	must(f, search_run(f->db, SPAN("word"), 2, &f->arena, &result, &f->err));
	assert_int_equal(result.count, 2);
	assert_true(result.complete);
}

static void test_read_anew(void **state)
{
	struct fixture *f = *state;

	fill(f);
	must(f, db_begin_write(f->db, &f->err));
	add_mail(f, "Invoice 4711", "Bob", "invoices@example.com", "Rewritten words", 30);
	must(f, db_commit(f->db, &f->err));
	assert_string_equal(ids_of(f, "pay"), "");
	assert_string_equal(ids_of(f, "rewritten"), "");
	index_all(f);
	assert_string_equal(ids_of(f, "pay"), "");
	assert_string_equal(ids_of(f, "rewritten"), "2 ");
	must(f, message_check_sum(f->db, &f->err));
	must(f, sql_script(f->db,
			"INSERT INTO message_index (message_index) VALUES ('integrity-check')",
			&f->err));
}

static bool file_holds(const struct fixture *f, const char *name, const char *word)
{
	static char bytes[8 << 20];
	char path[256];
	FILE *file;
	size_t size;

	snprintf(path, sizeof path, "%s/%s", f->directory, name);
	file = fopen(path, "rb");
	if (!file)
		return false;
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	assert_true(size < sizeof bytes);
	return span_find((struct span){bytes, size}, span_from(word)) >= 0;
}

/* The words are in the index, and after forgetting nowhere. */
static void test_forgotten_words_are_gone(void **state)
{
	struct fixture *f = *state;
	int64_t id;

	fill(f);
	must(f, db_begin_write(f->db, &f->err));
	id = add_mail(
		f, "canary1subject", "canary2sender", "canary3to@example.com", "canary4body", 40);
	must(f, db_commit(f->db, &f->err));
	index_all(f);
	must(f, db_checkpoint(f->db, &f->err));
	assert_true(file_holds(f, "postroom.db", "canary"));
	must(f, db_begin_write(f->db, &f->err));
	must(f, search_forget(f->db, id, &f->err));
	must(f, search_forget(f->db, id, &f->err));
	must(f, search_forget(f->db, 99, &f->err));
	must(f, search_optimize(f->db, &f->err));
	/* The rows of the mail itself are not search's. */
	must(f, sql_script(f->db,
			"UPDATE message SET subject = '', from_name = '' WHERE id = 4; "
			"UPDATE delivery SET source = '' WHERE message_id = 4; "
			"DELETE FROM message_raw WHERE message_id = 4; "
			"DELETE FROM message_facts WHERE message_id = 4; "
			"DELETE FROM message_address WHERE message_id = 4",
			&f->err));
	must(f, db_commit(f->db, &f->err));
	must(f, db_checkpoint(f->db, &f->err));
	assert_false(file_holds(f, "postroom.db", "canary"));
	assert_false(file_holds(f, "postroom.db-wal", "canary"));
	assert_string_equal(ids_of(f, "bridge"), "2 3 1 ");
	must(f, message_check_sum(f->db, &f->err));
	must(f, sql_script(f->db,
			"INSERT INTO message_index (message_index) VALUES ('integrity-check')",
			&f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_queries),
		fixture_test(test_refused_queries),
		fixture_test(test_what_waits_is_told),
		fixture_test(test_read_anew),
		fixture_test(test_forgotten_words_are_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
