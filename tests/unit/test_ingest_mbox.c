/* mbox files: where one mail ends, what is quoted, files of any size and ending. */
#include "store_fixture.h"

#include <fcntl.h>

#include "base/buffer.h"
#include "ingest/mbox.h"

#define FROM "From anna@example.org Sat Nov 21 10:00:00 2026\n"

static void file_write(const char *path, struct span bytes)
{
	int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(write(file, bytes.data, bytes.size), (ssize_t)bytes.size);
	close(file);
}

/* All mails of the bytes, each closed by "|". */
static const char *mails_of(
	struct fixture *f, struct span bytes, size_t max_bytes, size_t *too_large)
{
	char path[128];
	struct buffer all = {0};
	struct mbox *mbox;
	struct mbox_mail mail;
	bool found = true;

	snprintf(path, sizeof path, "%s/box", f->directory);
	file_write(path, bytes);
	must(f, mbox_open(path, &mbox, &f->err));
	*too_large = 0;
	while (found) {
		must(f, mbox_next(mbox, max_bytes, &mail, &found, &f->err));
		if (!found)
			break;
		assert_true(span_starts(span_after(bytes, (size_t)mail.offset), SPAN("From ")));
		buffer_append(&all, mail.bytes);
		buffer_append_byte(&all, '|');
		*too_large += mail.too_large;
	}
	assert_int_equal(mbox_position(mbox), bytes.size);
	mbox_close(mbox);
	const char *text = arena_string(&f->arena, buffer_span(&all));
	buffer_done(&all);
	return text;
}

static void test_boundaries(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *bytes, *mails;
	} cases[] = {
		{"", ""},
		{"no mbox at all\n", ""},
		{FROM "A: 1\n\none\n", "A: 1\n\none\n|"},
		{FROM "A: 1\n\none\n\n" FROM "B: 2\n\ntwo\n", "A: 1\n\none\n|B: 2\n\ntwo\n|"},
		{FROM "A: 1\n\none\n\n\n" FROM "B: 2\n\ntwo", "A: 1\n\none\n\n|B: 2\n\ntwo|"},
		{"\n\n" FROM "A: 1\n\none\n", "A: 1\n\none\n|"},
		/* "From " in a text is no boundary: not after text, not without a date. */
		{FROM "A: 1\n\none\n" FROM "two\n", "A: 1\n\none\n" FROM "two\n|"},
		{FROM "A: 1\n\none\n\nFrom here on it is new\n",
			"A: 1\n\none\n\nFrom here on it is new\n|"},
		{FROM "A: 1\n\none\n\nFrom 10:30 to noon\n",
			"A: 1\n\none\n\nFrom 10:30 to noon\n|"},
		/* Quoted lines lose one ">". */
		{FROM "A: 1\n\n>From me\n>>From you\n> From it\n",
			"A: 1\n\nFrom me\n>From you\n> From it\n|"},
		/* Other line ends and the other date forms. */
		{"From a@b.test Sat, 21 Nov 2026 10:00 +0100\r\nA: 1\r\n\r\none\r\n\r\nFrom - Sat "
		 "Nov "
		 "21 10:00:00 2026\r\nB: 2\r\n\r\ntwo\r\n",
			"A: 1\r\n\r\none\r\n|B: 2\r\n\r\ntwo\r\n|"},
		/* A date that was left out: a header follows. */
		{"From - \nA: 1\n\none\n\nFrom 18443@xxx\nB: 2\n\nFrom - \ntwo\n\nFrom "
		 "me@x.test\nto you\n",
			"A: 1\n\none\n|B: 2\n\nFrom - \ntwo\n\nFrom me@x.test\nto you\n|"},
		{FROM "A: 1\n\none\n\nFrom -\n", "A: 1\n\none\n\nFrom -\n|"},
		/* Two boundaries in a row: an empty mail is one. */
		{FROM "\n" FROM "B: 2\n\ntwo\n", "|B: 2\n\ntwo\n|"},
	};
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		size_t too_large;
		assert_string_equal(mails_of(f, span_from(cases[i].bytes), 1 << 20, &too_large),
			cases[i].mails);
		assert_int_equal(too_large, 0);
	}
}

/* Lines and mails longer than any block, and one that is larger than may be. */
static void test_sizes(void **state)
{
	struct fixture *f = *state;
	static const size_t sizes[] = {65500, 65535, 65536, 65537, 131072, 300000};
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		struct buffer bytes = {0};
		size_t too_large;
		buffer_append_string(&bytes, FROM "A: 1\n\n");
		memset(buffer_reserve(&bytes, sizes[i]), 'x', sizes[i]);
		bytes.size += sizes[i];
		buffer_append_string(&bytes, "\n\n" FROM "B: 2\n\ntwo\n");
		const char *mails = mails_of(f, buffer_span(&bytes), 1 << 20, &too_large);
		assert_int_equal(strlen(mails), 6 + sizes[i] + 1 + 1 + 10 + 1);
		assert_int_equal(too_large, 0);
		mails = mails_of(f, buffer_span(&bytes), 1000, &too_large);
		assert_int_equal(too_large, 1);
		assert_int_equal(strlen(mails), 1000 + 1 + 10 + 1);
		assert_non_null(strstr(mails, "|B: 2\n\ntwo\n|"));
		buffer_done(&bytes);
	}
}

static void test_missing_file(void **state)
{
	struct fixture *f = *state;
	struct mbox *mbox;
	must_fail(f, ERROR_INPUT, mbox_open("/nonexistent/box", &mbox, &f->err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_boundaries),
		fixture_test(test_sizes),
		fixture_test(test_missing_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
