/*
 * bench_decide MAILS [CONTACTS] - how long deciding a mail takes beside storing it: mails of known
 * and unknown senders to a support mailbox and BCC'd ones to a capture mailbox, in batches of 200.
 * Prints a line a measure, in microseconds of CPU a mail. The database goes to /tmp and is removed.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/compress.h"
#include "config/load.h"
#include "ingest/intake.h"
#include "store/contact.h"
#include "store/message.h"

#define BATCH 200

static struct error err;

/* CPU time: other programs on the machine don't count. */
static int64_t cpu_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "bench_decide: %s\n", err.text);
	exit(1);
}

static long number_of(const char *text, long otherwise)
{
	unsigned long long value;

	return text && span_to_u64(span_from(text), 100000000, &value) ? (long)value : otherwise;
}

static const char config_text[] =
	"organisation: {name: Example, zone: Europe/Berlin, domains: [example.org]}\n"
	"users:\n"
	"  - {name: anna, full_name: Anna Smit, addresses: anna@example.org}\n"
	"server: {host: imap.example.org}\n"
	"login: {user: all@example.org, password: {credential: imap}}\n"
	"mailboxes:\n"
	"  - {name: crm, kind: capture, addresses: crm@example.org, who_may_write: none}\n"
	"  - {name: support, kind: support, addresses: support@example.org}\n";

struct shape {
	const char *name, *mailbox, *from, *to; /* %ld: a number below the contacts */
};

static const struct shape shapes[] = {
	{"capture, known", "crm", "anna@example.org", "c%ld@known.example"},
	{"capture, unknown", "crm", "anna@example.org", "c%ld@unknown.example"},
	{"capture, nobody outside", "crm", "anna@example.org", "anna@example.org"},
	{"support, known", "support", "c%ld@known.example", "support@example.org"},
	{"no mailbox of ours", NULL, "c%ld@known.example", "x@elsewhere.example"},
};

static struct facts_addresses one_address(struct arena *arena, const char *format, long number)
{
	char text[64];
	struct facts_address *address = arena_alloc(arena, sizeof *address);

	snprintf(text, sizeof text, "%.40s", format);
	char *at = strstr(text, "%ld");
	if (at) {
		char rest[64];

		snprintf(rest, sizeof rest, "%s", at + 3);
		snprintf(at, sizeof text - (size_t)(at - text), "%ld%s", number, rest);
	}
	address->address = arena_copy(arena, span_from(text));
	address->name = SPAN("Somebody");
	return (struct facts_addresses){address, 1};
}

static void make_contacts(struct db *db, long count)
{
	struct operation operation;

	must(db_begin_write(db, &err));
	must(operation_begin(db, "bench", "bench", SPAN("bench"), 1, &operation, &err));
	for (long i = 0; i < count; i++) {
		char address[64];
		int64_t id;
		struct contact contact = {.name = SPAN("Somebody")};

		snprintf(address, sizeof address, "c%ld@known.example", i);
		must(contact_add(&operation, &contact, &id, &err));
		must(contact_address_add(&operation, id, span_from(address), false, &err));
	}
	must(db_commit(db, &err));
}

struct run {
	struct db *db;
	struct config *config;
	struct intake *intake;
	long contacts, mails, sent;
};

static void measure(struct run *run, const struct shape *shape)
{
	struct arena arena = {0};
	int64_t stored_us = 0, decided_us = 0;

	for (long done = 0; done < run->mails; done += BATCH) {
		int64_t ids[BATCH][2];
		struct facts facts[BATCH];

		arena_reset(&arena);
		must(db_begin_write(run->db, &err));
		int64_t start = cpu_us();
		for (int i = 0; i < BATCH; i++) {
			struct delivery_result result;
			long number = run->sent++;
			char id[64];

			snprintf(id, sizeof id, "m%ld@example.org", number);
			struct delivery delivery = {
				.identity = digest_of(span_from(id)),
				.source = arena_copy(&arena, span_from(id)),
				.raw_frame = SPAN("raw"),
				.size_bytes = 3,
			};
			facts[i] = (struct facts){
				.message_id = arena_copy(&arena, span_from(id)),
				.from = one_address(&arena, shape->from, number % run->contacts),
				.to = one_address(&arena, shape->to, number % run->contacts),
				.subject = SPAN("About the chairs"),
				.text = SPAN("Hello, this is about the chairs."),
			};
			must(message_store(run->db, &delivery, 1000, &result, &err));
			ids[i][0] = result.message_id;
			ids[i][1] = result.delivery_id;
		}
		int64_t middle = cpu_us();
		for (int i = 0; i < BATCH; i++) {
			struct intake_copy copy = {
				.message_id = ids[i][0],
				.delivery_id = ids[i][1],
				.mailbox = shape->mailbox
						   ? config_mailbox(run->config, shape->mailbox)
						   : NULL,
				.folder = SPAN("INBOX"),
				.actor = "bench",
			};
			must(intake_decide(run->intake, &copy, &facts[i], 1800000000000, &err));
		}
		int64_t end = cpu_us();
		must(db_commit(run->db, &err));
		stored_us += middle - start;
		decided_us += end - middle;
	}
	printf("%-26s store %4ld us, read and decide %4ld us\n", shape->name,
		(long)(stored_us / run->mails), (long)(decided_us / run->mails));
	arena_done(&arena);
}

static void remove_all(const char *directory)
{
	DIR *entries = opendir(directory);
	struct dirent *entry;
	char path[512];

	while (entries && (entry = readdir(entries))) {
		snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
		unlink(path);
	}
	if (entries)
		closedir(entries);
	rmdir(directory);
}

int main(int argc, char **argv)
{
	char directory[] = "/tmp/postroom-bench-XXXXXX";
	struct run run = {
		.mails = number_of(argc > 1 ? argv[1] : NULL, 10000),
		.contacts = number_of(argc > 2 ? argv[2] : NULL, 10000),
	};

	if (!mkdtemp(directory))
		return 1;
	must(config_load_text("bench.yaml", span_from(config_text), &run.config, &err));
	must(db_open(directory, DB_WRITE, &run.db, &err));
	must(intake_open(run.db, run.config, &run.intake, &err));
	make_contacts(run.db, run.contacts);
	for (size_t i = 0; i < ARRAY_COUNT(shapes); i++)
		measure(&run, &shapes[i]);
	intake_close(run.intake);
	db_close(run.db);
	config_free(run.config);
	remove_all(directory);
	return 0;
}
