/*
 * store_fixture.h - a new database in a directory of its own for every test of store/.
 */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/compress.h"
#include "store/db.h"
#include "store/message.h"
#include "store/operation.h"
#include "store/sql.h"

struct fixture {
	char directory[64];
	struct db *db;
	struct arena arena;
	struct operation operation;
	struct error err;
};

/* Shows the error's text when the call failed. */
#define must(fixture, call)                                                           \
	do {                                                                          \
		(fixture)->err = (struct error){0};                                   \
		if (!(call)) {                                                        \
			print_error("%s: %s\n", error_kind_name((fixture)->err.kind), \
				(fixture)->err.text);                                 \
			fail();                                                       \
		}                                                                     \
	} while (0)

#define must_fail(fixture, wanted_kind, call)                         \
	do {                                                          \
		(fixture)->err = (struct error){0};                   \
		assert_false(call);                                   \
		assert_int_equal((fixture)->err.kind, (wanted_kind)); \
	} while (0)

#define assert_span(got, want)                                                      \
	do {                                                                        \
		struct span got_ = (got), want_ = span_from(want);                  \
		if (!span_equal(got_, want_))                                       \
			fail_msg("\"%.*s\" is not \"%s\"", SPAN_ARG(got_), (want)); \
	} while (0)

static inline void fixture_remove(const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	char path[512];

	if (!entries)
		return;
	while ((entry = readdir(entries))) {
		snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
		if (entry->d_name[0] != '.')
			unlink(path);
	}
	closedir(entries);
	rmdir(directory);
}

static inline int fixture_open(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	snprintf(f->directory, sizeof f->directory, "/tmp/postroom-test-XXXXXX");
	assert_non_null(mkdtemp(f->directory));
	must(f, db_open(f->directory, DB_WRITE, &f->db, &f->err));
	*state = f;
	return 0;
}

static inline int fixture_close(void **state)
{
	struct fixture *f = *state;

	db_close(f->db);
	fixture_remove(f->directory);
	arena_done(&f->arena);
	free(f);
	return 0;
}

/* A write transaction with an operation in it. */
static inline void fixture_begin(struct fixture *f, const char *verb)
{
	must(f, db_begin_write(f->db, &f->err));
	must(f, operation_begin(
			f->db, "anna", verb, span_from(verb), 1000, &f->operation, &f->err));
}

static inline void fixture_commit(struct fixture *f)
{
	must(f, db_commit(f->db, &f->err));
}

/* A message with a subject that makes its identity. Inside a write transaction. */
static inline int64_t fixture_message(struct fixture *f, const char *subject)
{
	struct buffer frame CLEANUP(buffer_done) = {0};
	struct delivery_result result;
	struct delivery delivery;

	compress_append(&frame, span_from(subject));
	delivery = (struct delivery){
		.identity = digest_of(span_from(subject)),
		.source = span_from(subject),
		.raw_frame = buffer_span(&frame),
		.size_bytes = (int64_t)strlen(subject),
	};
	must(f, message_store(f->db, &delivery, 1000, &result, &f->err));
	return result.message_id;
}

static inline int64_t fixture_number(struct fixture *f, const char *sql)
{
	struct sql *q;
	int64_t number = 0;
	bool found;

	must(f, sql_start_built(f->db, sql, &q, &f->err));
	must(f, sql_row(q, &found, &f->err));
	if (found)
		number = sql_i64(q, 0);
	sql_end(q);
	return number;
}

#define fixture_test(function) \
	cmocka_unit_test_setup_teardown(function, fixture_open, fixture_close)

#endif
