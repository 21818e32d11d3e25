/* Frames between the roles: what is written is read, and nothing shorter or longer is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/wire.h"
#include "tests/exact.h"

static struct arena arena;

/* Reads a body of one kind; the table below cuts and extends each. */
typedef bool reader_of(struct span body, struct error *err);

#define READER(name, type)                                           \
	static bool read_##name(struct span body, struct error *err) \
	{                                                            \
		struct type value;                                   \
                                                                     \
		return wire_read_##name(body, &value, err);          \
	}
READER(secret, wire_secret)
READER(hello, wire_hello)
READER(folder, wire_folder)
READER(cursor, wire_cursor)
READER(mail, wire_mail)
READER(missing, wire_missing)
READER(batch, wire_batch)
READER(state, wire_state)
READER(action, wire_action)
READER(action_done, wire_action_done)
READER(pause, wire_pause)

static bool read_start(struct span body, struct error *err)
{
	struct wire_start value;

	return wire_read_start(body, &arena, &value, err);
}

static void check_cuts(struct buffer *out, reader_of *read)
{
	struct span whole = buffer_span(out);
	struct error err;

	for (size_t size = 0; size <= whole.size; size++) {
		struct span body = exact_copy(span_part(whole, 0, size));

		assert_int_equal(read(body, &err), size == whole.size);
		if (size < whole.size)
			assert_int_equal(err.kind, ERROR_INPUT);
		free((void *)(size_t)body.data);
	}
	buffer_append_byte(out, 'x');
	assert_false(read(buffer_span(out), &err));
	buffer_clear(out);
}

static struct span folders[] = {SPAN_INIT("INBOX"), SPAN_INIT("B\xc3\xbcro")};

static const struct wire_start start = {
	.mailbox = SPAN_INIT("crm"),
	.host = SPAN_INIT("imap.example.org"),
	.port = 993,
	.tls = TLS_STARTTLS,
	.ca_file = SPAN_INIT("/etc/ca.pem"),
	.timeout_ms = 2000,
	.user = SPAN_INIT("crm@example.org"),
	.auth = AUTH_OAUTHBEARER,
	.secret = SPAN_INIT("s3cret"),
	.folders = folders,
	.folder_count = 2,
	.action = ACTION_MOVE,
	.action_folder = SPAN_INIT("Done"),
	.idle = true,
	.poll_ms = 60000,
	.auth_retry_ms = 3600000,
	.max_message_bytes = 104857600,
};

static void start_goes_through(void **state)
{
	struct buffer out = {0};
	struct wire_start got;
	struct error err;

	(void)state;
	wire_write_start(&start, &out);
	assert_true(wire_read_start(buffer_span(&out), &arena, &got, &err));
	assert_true(span_equal(got.host, start.host) && span_equal(got.secret, start.secret));
	assert_int_equal(got.port, 993);
	assert_int_equal(got.tls, TLS_STARTTLS);
	assert_int_equal(got.timeout_ms, 2000);
	assert_int_equal(got.auth, AUTH_OAUTHBEARER);
	assert_int_equal(got.folder_count, 2);
	assert_true(span_equal(got.folders[1], folders[1]));
	assert_int_equal(got.action, ACTION_MOVE);
	assert_true(got.idle && got.poll_ms == 60000 && got.max_message_bytes == 104857600);
	buffer_done(&out);
	arena_done(&arena);
}

static void mail_goes_through(void **state)
{
	struct wire_mail mail = {
		.folder = folders[0],
		.uidvalidity = 4000000000u,
		.uid = 7,
		.internal_date_ms = -5,
		.size_bytes = (uint64_t)5 << 32,
		.flags = WIRE_FLAG_SEEN | WIRE_FLAG_DRAFT,
		.reason = READER_TOO_LARGE,
		.zstd = SPAN("bytes\0more"),
	};
	struct buffer out = {0};
	struct wire_mail got;
	struct error err;

	(void)state;
	memset(mail.identity.bytes, 0xab, DIGEST_BYTES);
	wire_write_mail(&mail, &out);
	assert_true(wire_read_mail(buffer_span(&out), &got, &err));
	assert_true(got.uidvalidity == mail.uidvalidity && got.uid == 7);
	assert_true(got.internal_date_ms == -5 && got.size_bytes == mail.size_bytes);
	assert_true(got.flags == mail.flags && got.reason == READER_TOO_LARGE);
	assert_true(digest_equal(&got.identity, &mail.identity));
	assert_true(span_equal(got.zstd, mail.zstd));
	buffer_done(&out);
}

static void cut_frames_are_refused(void **state)
{
	const struct wire_secret secret = {true, SPAN("new"), SPAN("")};
	const struct wire_hello hello = {SPAN("crm")};
	const struct wire_folder folder = {folders[0], 1, 2, 3};
	const struct wire_cursor cursor = {folders[0], 1, 2};
	const struct wire_mail mail = {.folder = folders[0], .zstd = SPAN("zstd")};
	const struct wire_missing missing = {folders[0], 1, 2, SPAN("gone")};
	const struct wire_batch batch = {folders[0], 1, 2};
	const struct wire_state told = {.state = READER_REFUSED,
		.error = ERROR_AUTH,
		.text = SPAN("refused"),
		.waits_for = SPAN("you"),
		.until_ms = 5};
	const struct wire_action action = {.id = 9,
		.verb = WIRE_MOVE,
		.folder = folders[0],
		.target = folders[1],
		.message_id = SPAN("<1@example.org>")};
	const struct wire_action_done done = {9, WIRE_DROPPED, SPAN("not found")};
	const struct wire_pause pause = {SPAN("disk")};
	struct buffer out = {0};

	(void)state;
	wire_write_start(&start, &out);
	check_cuts(&out, read_start);
	wire_write_secret(&secret, &out);
	check_cuts(&out, read_secret);
	wire_write_hello(&hello, &out);
	check_cuts(&out, read_hello);
	wire_write_folder(&folder, &out);
	check_cuts(&out, read_folder);
	wire_write_cursor(&cursor, &out);
	check_cuts(&out, read_cursor);
	wire_write_mail(&mail, &out);
	check_cuts(&out, read_mail);
	wire_write_missing(&missing, &out);
	check_cuts(&out, read_missing);
	wire_write_batch(&batch, &out);
	check_cuts(&out, read_batch);
	wire_write_state(&told, &out);
	check_cuts(&out, read_state);
	wire_write_action(&action, &out);
	check_cuts(&out, read_action);
	wire_write_action_done(&done, &out);
	check_cuts(&out, read_action_done);
	wire_write_pause(&pause, &out);
	check_cuts(&out, read_pause);
	buffer_done(&out);
	arena_done(&arena);
}

/* A value beyond its enum comes from another version or a damaged sender. */
static void unknown_values_are_refused(void **state)
{
	struct wire_state told = {.state = (enum reader_state)READER_STATE_COUNT};
	struct wire_action action = {.verb = (enum wire_verb)WIRE_VERB_COUNT};
	struct buffer out = {0};
	struct error err;

	(void)state;
	wire_write_state(&told, &out);
	assert_false(read_state(buffer_span(&out), &err));
	buffer_clear(&out);
	wire_write_action(&action, &out);
	assert_false(read_action(buffer_span(&out), &err));
	buffer_done(&out);
}

static void names(void **state)
{
	(void)state;
	for (unsigned i = 0; i < READER_STATE_COUNT; i++)
		assert_non_null(reader_state_name((enum reader_state)i));
	for (unsigned i = 0; i < WIRE_VERB_COUNT; i++)
		assert_non_null(wire_verb_name((enum wire_verb)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_goes_through),
		cmocka_unit_test(mail_goes_through),
		cmocka_unit_test(cut_frames_are_refused),
		cmocka_unit_test(unknown_values_are_refused),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
