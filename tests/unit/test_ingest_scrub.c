#include "store_fixture.h"

#include "ingest/scrub.h"
#include "store/contact.h"

static struct person anna(void)
{
	static struct span addresses[] = {
		SPAN_INIT("a@example.com"), SPAN_INIT("anna@example.com")};
	static struct span names[] = {
		SPAN_INIT("Anna van der Smit"), SPAN_INIT("Änne Müller"), SPAN_INIT("Anna")};
	static struct span phones[] = {SPAN_INIT("+49 30 1234"), SPAN_INIT("12")};

	return (struct person){
		.contact_id = 1,
		.addresses = addresses,
		.address_count = 2,
		.names = names,
		.name_count = 3,
		.phones = phones,
		.phone_count = 2,
	};
}

static const struct {
	bool words;
	const char *text, *want; /* want NULL: nothing of her is in it */
} cases[] = {
	{false, "", NULL},
	{false, "Nobody is here.", NULL},
	{false, "Write to ANNA@Example.com!", "Write to [erased]!"},
	{false, "<a@example.com>, \"a@example.com\"", "<[erased]>, \"[erased]\""},
	{false, "at a@example.com.", "at [erased]."},
	/* other addresses that hold hers */
	{false, "joanna@example.com b.a@example.com", NULL},
	{false, "a@example.com-a.example a@example.com.example", NULL},
	{false, "Ask Anna van der Smit.", "Ask [erased]."},
	{false, "ask ANNA VAN DER SMIT", "ask [erased]"},
	{false, "Smit, Anna van der", "[erased]"},
	{false, "Anna\n> van der\r\n> Smit said", "[erased] said"},
	{false, "Anna van der Smits", NULL},
	{false, "Anna van der Smit-Jansen", NULL},
	{false, "Joanna van der Smit", NULL},
	{false, "Anna alone, Smit alone", NULL},
	{false, "ÄNNE MÜLLER und Anne Muller", "[erased] und Anne Muller"},
	{false, "call +49 30 1234 or 12", "call [erased] or 12"},
	/* in mail that she took part in */
	{true, "Dear Anna, dear Joanna", "Dear [erased], dear Joanna"},
	{true, "Mrs. Smit's, Smit’s", "Mrs. [erased]'s, [erased]’s"},
	{true, "Smithy", NULL},
	{true, "Van Gogh", "[erased] Gogh"},
};

static void test_texts(void **state)
{
	struct fixture *f = *state;
	struct person person = anna();
	struct scrub *scrub;

	must(f, scrub_new(f->db, &person, &f->arena, &scrub, &f->err));
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		size_t size = strlen(cases[i].text);
		char *exact = malloc(size + !size);
		struct span got = {exact, size};
		bool changed;

		memcpy(exact, cases[i].text, size);
		changed = scrub_text(scrub, cases[i].words, got, &f->arena, &got);
		if (changed)
			assert_span(got, cases[i].want);
		else if (cases[i].want && strcmp(cases[i].want, cases[i].text) != 0)
			fail_msg("\"%s\" stays as it is", cases[i].text);
		free(exact);
	}
}

/* A name that two have says nothing; a name of one word neither. */
static void test_shared_names(void **state)
{
	struct fixture *f = *state;
	struct person person = anna();
	const struct span *names;
	struct scrub *scrub;
	struct contact other = {.name = SPAN("ANNA  van der Smit")};
	int64_t id;

	must(f, scrub_new(f->db, &person, &f->arena, &scrub, &f->err));
	assert_int_equal(scrub_names(scrub, &names), 2);
	fixture_begin(f, "contact add");
	must(f, contact_add(&f->operation, &other, &id, &f->err));
	must(f, contact_add(&f->operation, &other, &id, &f->err));
	fixture_commit(f);
	must(f, scrub_new(f->db, &person, &f->arena, &scrub, &f->err));
	assert_int_equal(scrub_names(scrub, &names), 1);
	assert_span(names[0], "Änne Müller");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_texts),
		fixture_test(test_shared_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
