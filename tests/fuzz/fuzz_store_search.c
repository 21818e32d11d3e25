/* Whatever a person types is found or refused in words: no syntax of the index reaches it. */
#include <stdio.h>
#include <unistd.h>

#include "store/message.h"
#include "store/search.h"
#include "tests/fuzz/fuzz.h"

static char directory[] = "/tmp/postroom-fuzz-XXXXXX";

static void remove_directory(void)
{
	static const char *const names[] = {
		"postroom.db", "postroom.db-wal", "postroom.db-shm", "postroom.turn"};
	char path[64];

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

static void add_mail(struct db *db, const char *subject, struct error *err)
{
	struct delivery delivery = {.identity = digest_of(span_from(subject)),
		.source = SPAN("x"),
		.header_frame = SPAN("x")};
	struct message_reading reading = {.subject = span_from(subject), .text = SPAN("word two")};
	struct delivery_result result;

	fuzz_must(message_store(db, &delivery, 1, &result, err) &&
		  message_read(db, result.message_id, &reading, err));
}

static struct db *open_database(void)
{
	struct error err;
	struct db *db;
	int64_t left;

	fuzz_must(mkdtemp(directory) != NULL);
	atexit(remove_directory);
	fuzz_must(db_open(directory, DB_WRITE, &db, &err) && db_begin_write(db, &err));
	add_mail(db, "one", &err);
	add_mail(db, "two three", &err);
	fuzz_must(db_commit(db, &err) && search_index(db, 10, &left, &err));
	return db;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct db *db;
	struct search_result result;
	struct arena arena = {0};
	struct error err;

	if (!db)
		db = open_database();
	if (!search_run(db, fuzz_span(data, size), 10, &arena, &result, &err))
		fuzz_must(err.kind == ERROR_INPUT);
	else
		fuzz_must(result.count <= 2 && result.complete);
	arena_done(&arena);
	return 0;
}
