/*
 * bench_store MAILS [BATCH [RAW_BYTES]] - how fast the ledger can write: message_store and
 * message_read with a route and an activity in batches, then the index, the sum, lookups, search.
 * Prints a line a measure. The database goes to $TMPDIR (/tmp) and is removed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compress.h"
#include "base/memory.h"
#include "store/activity.h"
#include "store/contact.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/search.h"

#define TEXT_BYTES 3000
#define CONTACTS   1000
#define TEXTS	   256 /* made before the clock runs */

static struct error err;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench_store: %s\n", err.text);
	exit(1);
}

static long number_of(const char *text, long otherwise)
{
	unsigned long long value;

	return text && span_to_u64(span_from(text), 100000000, &value) ? (long)value : otherwise;
}

static uint64_t random_state = 88172645463325252U;

static uint64_t next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Words of a vocabulary whose frequencies fall as in a language. */
static void make_text(struct buffer *text, size_t size)
{
	buffer_clear(text);
	while (text->size < size) {
		uint64_t rank = next_random() % 20000;

		rank = rank * rank / 20000;
		buffer_format(text, "word%llu ", (unsigned long long)rank);
	}
}

struct bench {
	char directory[256];
	struct db *db;
	int64_t folder_id, user_contacts[CONTACTS];
	struct buffer texts[TEXTS], raw;
	size_t raw_bytes;
};

/* Time on the clock and of the processor: on a busy machine they differ much. */
struct start {
	int64_t ms;
	clock_t cpu;
};

static struct start start_now(void)
{
	return (struct start){clock_monotonic_ms(), clock()};
}

static void report(const char *what, long count, struct start start)
{
	int64_t took_ms = clock_monotonic_ms() - start.ms;
	double cpu_s = (double)(clock() - start.cpu) / CLOCKS_PER_SEC;

	printf("%-34s %8ld in %6lld ms %9.0f/s, processor %9.0f/s\n", what, count,
		(long long)took_ms, took_ms ? (double)count * 1000 / (double)took_ms : 0.0,
		cpu_s > 0 ? (double)count / cpu_s : 0.0);
}

static void open_database(struct bench *bench)
{
	const char *tmp = getenv("TMPDIR");
	struct arena arena CLEANUP(arena_done) = {0};
	struct operation operation;
	struct folder_row folder;
	int64_t mailbox;

	snprintf(bench->directory, sizeof bench->directory, "%s/bench-store-XXXXXX",
		tmp ? tmp : "/tmp");
	if (!mkdtemp(bench->directory))
		exit(1);
	must(db_open(bench->directory, DB_WRITE, &bench->db, &err));
	must(db_begin_write(bench->db, &err));
	must(mailbox_ensure(bench->db, SPAN("crm"), SPAN("capture"),
		SPAN("crm@imap.example.org:993"), 1, &mailbox, &err));
	must(folder_ensure(bench->db, mailbox, SPAN("INBOX"), &folder, &arena, &err));
	bench->folder_id = folder.id;
	must(operation_begin(bench->db, "bench", "contacts", SPAN(""), 1, &operation, &err));
	for (int i = 0; i < CONTACTS; i++) {
		struct contact contact = {.name = arena_format(&arena, "Contact %d", i)};

		must(contact_add(&operation, &contact, &bench->user_contacts[i], &err));
		must(contact_address_add(&operation, bench->user_contacts[i],
			arena_format(&arena, "contact%d@example.org", i), false, &err));
	}
	must(db_commit(bench->db, &err));
}

static int64_t store_mail(struct bench *bench, long number)
{
	struct delivery delivery = {
		.identity = digest_of((struct span){(const char *)&number, sizeof number}),
		.folder_id = bench->folder_id,
		.uidvalidity = 1,
		.uid = (uint32_t)number + 1,
		.source = SPAN("imap"),
		.received_ms = 1700000000000 + number,
		.size_bytes = 23000,
		.raw_frame = buffer_span(&bench->raw),
	};
	struct delivery_result result;

	must(message_store(bench->db, &delivery, 1700000000000, &result, &err));
	return result.message_id;
}

static void read_mail(struct bench *bench, int64_t id, long number, struct arena *arena)
{
	struct message_reading_address addresses[] = {
		{"from", arena_format(arena, "contact%ld@example.org", number % CONTACTS)},
		{"to", SPAN("anna@example.com")},
		{"cc", arena_format(arena, "other%ld@example.net", number % 5000)},
		{"envelope", SPAN("crm@example.com")},
	};
	struct message_reading reading = {
		.message_id = arena_format(arena, "%ld.%016llx@mail.example.org", number,
			(unsigned long long)next_random()),
		.from_name = SPAN("Some Body"),
		.from_address = addresses[0].address_folded,
		.subject = span_part(buffer_span(&bench->texts[number % TEXTS]), 0, 60),
		.origin = SPAN("person"),
		.language = SPAN("en"),
		.date_ms = 1700000000000 + number,
		.facts_format = 1,
		.facts = buffer_span(&bench->texts[number % TEXTS]),
		.text = buffer_span(&bench->texts[number % TEXTS]),
		.addresses = addresses,
		.address_count = ARRAY_COUNT(addresses),
	};

	must(message_read(bench->db, id, &reading, &err));
}

/* What ingest does at the least: look up, route, match, one activity in one operation. */
static void decide_mail(struct bench *bench, int64_t id, long number, struct arena *arena)
{
	struct route_row route = {.message_id = id,
		.kind = SPAN("capture"),
		.mailbox = SPAN("crm"),
		.decided_by = SPAN("envelope"),
		.state = SPAN("filed"),
		.decided_ms = 1};
	struct match_row match = {.role = SPAN("to"), .rule = SPAN("address"), .score = 1};
	struct activity activity = {.kind = SPAN("mail"), .direction = SPAN("out")};
	struct operation operation;
	int64_t contact, thread;
	bool learnt, existing, added;

	match.address = arena_format(arena, "contact%ld@example.org", number % CONTACTS);
	must(contact_by_address(bench->db, match.address, &contact, &learnt, &err));
	must(message_by_message_id(bench->db, SPAN("parent@example.org"), &thread, &err));
	must(route_add(bench->db, &route, &route.id, &existing, &err));
	match.contact_id = activity.contact_id = contact;
	must(match_add(bench->db, route.id, &match, &err));
	must(operation_begin(bench->db, "postroomd", "intake", SPAN(""), 1, &operation, &err));
	activity.message_id = id;
	activity.route_id = route.id;
	activity.at_ms = number;
	must(activity_add(&operation, &activity, &added, &err));
}

enum work { STORE_AND_READ, AND_DECIDE };

static void write_mails(struct bench *bench, long from, long count, long batch, enum work work)
{
	struct arena arena CLEANUP(arena_done) = {0};

	for (long i = from; i < from + count; i++) {
		int64_t id;

		if ((i - from) % batch == 0)
			must(db_begin_write(bench->db, &err));
		id = store_mail(bench, i);
		read_mail(bench, id, i, &arena);
		if (work == AND_DECIDE)
			decide_mail(bench, id, i, &arena);
		arena_reset(&arena);
		if ((i - from) % batch == batch - 1 || i == from + count - 1)
			must(db_commit(bench->db, &err));
	}
}

static void index_all(struct bench *bench)
{
	int64_t left = 1;

	while (left)
		must(search_index(bench->db, 500, &left, &err));
}

static void measure_search(struct bench *bench, const char *query)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct search_result result;
	struct start start = start_now();
	char what[64];

	must(search_run(bench->db, span_from(query), 50, &arena, &result, &err));
	snprintf(what, sizeof what, "search %s", query);
	report(what, (long)result.count, start);
}

static void measure_sum(struct bench *bench)
{
	struct start start = start_now();
	struct ledger_sum sum;

	for (int i = 0; i < 1000; i++)
		must(message_sum(bench->db, &sum, &err));
	report("sum of the states", 1000, start);
}

static void measure_lookups(struct bench *bench)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct start start = start_now();
	int64_t contact;
	bool learnt;

	for (int i = 0; i < 100000; i++) {
		must(contact_by_address(bench->db,
			arena_format(&arena, "contact%d@example.org", i % CONTACTS), &contact,
			&learnt, &err));
		arena_reset(&arena);
	}
	report("lookup of an address", 100000, start);
}

static void close_database(struct bench *bench)
{
	static const char *const names[] = {
		"postroom.db", "postroom.db-wal", "postroom.db-shm", "postroom.turn"};
	char path[300];
	struct stat info;

	must(db_checkpoint(bench->db, &err));
	snprintf(path, sizeof path, "%s/postroom.db", bench->directory);
	if (stat(path, &info) == 0)
		printf("%-40s %8lld MB\n", "database", (long long)info.st_size / 1000000);
	db_close(bench->db);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		snprintf(path, sizeof path, "%s/%s", bench->directory, names[i]);
		unlink(path);
	}
	rmdir(bench->directory);
}

/* Bytes that zstd cannot make smaller: what a mail of 23 KB compresses to. */
static void make_raw(struct bench *bench)
{
	char *bytes = buffer_reserve(&bench->raw, bench->raw_bytes);

	for (size_t i = 0; i < bench->raw_bytes; i++)
		bytes[i] = (char)next_random();
	bench->raw.size += bench->raw_bytes;
	for (size_t i = 0; i < TEXTS; i++)
		make_text(&bench->texts[i], TEXT_BYTES);
}

int main(int argument_count, char **arguments)
{
	long mails = number_of(argument_count > 1 ? arguments[1] : NULL, 20000);
	long batch = number_of(argument_count > 2 ? arguments[2] : NULL, 200);
	struct bench bench = {
		.raw_bytes = (size_t)number_of(argument_count > 3 ? arguments[3] : NULL, 9000)};
	struct rusage usage;
	struct start start;

	make_raw(&bench);
	open_database(&bench);
	start = start_now();
	write_mails(&bench, 0, mails, batch, STORE_AND_READ);
	report("message_store + message_read", mails, start);
	start = start_now();
	write_mails(&bench, mails, mails, batch, AND_DECIDE);
	report("  and route, match, activity", mails, start);
	start = start_now();
	index_all(&bench);
	report("search_index", 2 * mails, start);
	measure_sum(&bench);
	measure_lookups(&bench);
	measure_search(&bench, "word1");
	measure_search(&bench, "word19000 from:contact7");
	measure_search(&bench, "word1 -word2 since:2020-01-01");
	getrusage(RUSAGE_SELF, &usage);
	printf("%-40s %8ld MB\n", "largest resident size", usage.ru_maxrss / 1000);
	close_database(&bench);
	for (size_t i = 0; i < TEXTS; i++)
		buffer_done(&bench.texts[i]);
	buffer_done(&bench.raw);
	return 0;
}
