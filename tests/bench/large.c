/*
 * large fill DIRECTORY MESSAGES CONTACTS
 *	makes a database of short mails and of contacts with an address each, by the store's own
 *	functions; what a figure reads in it is real, only the parser and the deciding are left out
 * large lookup DIRECTORY CONTACTS COUNT
 *	prints the microseconds that finding a contact by its address takes, at the mean
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/compress.h"
#include "store/activity.h"
#include "store/contact.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/search.h"

#define BATCH	   5000
#define TEXT_WORDS 60
#define WORDS	   20000
#define START_MS   1500000000000
#define APART_MS   300000 /* from one mail to the next */

static struct error err;

static void must(bool ok)
{
	if (ok)
		return;
	fprintf(stderr, "large: %s\n", err.text);
	exit(1);
}

static long number_of(const char *text)
{
	unsigned long long value;

	if (text && span_to_u64(span_from(text), 100000000, &value))
		return (long)value;
	fprintf(stderr, "large: a number is missing\n");
	exit(2);
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
static void make_text(struct buffer *text)
{
	buffer_clear(text);
	for (int i = 0; i < TEXT_WORDS; i++) {
		uint64_t rank = next_random() % WORDS;

		rank = rank * rank / WORDS * rank / WORDS;
		buffer_format(text, "word%llu ", (unsigned long long)rank);
	}
}

static struct span address_of(struct arena *arena, long contact)
{
	return arena_format(arena, "contact%ld@firm%ld.example", contact, contact % 50000);
}

/* ---------------------------------------------------------------- filling */

static void add_contact(struct operation *operation, struct arena *arena, long number)
{
	struct contact contact = {.name = arena_format(arena, "Contact %ld", number)};
	int64_t id;

	must(contact_add(operation, &contact, &id, &err));
	must(contact_address_add(operation, id, address_of(arena, number), false, &err));
}

static void add_contacts(struct db *db, long count)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct operation operation = {0};

	for (long i = 0; i < count; i++) {
		if (i % BATCH == 0) {
			must(db_begin_write(db, &err));
			must(operation_begin(
				db, "large", "contacts", SPAN(""), START_MS, &operation, &err));
		}
		add_contact(&operation, &arena, i);
		arena_reset(&arena);
		if (i % BATCH == BATCH - 1 || i == count - 1)
			must(db_commit(db, &err));
	}
}

static int64_t store_mail(struct db *db, int64_t folder_id, long number, struct span frame)
{
	struct delivery delivery = {
		.identity = digest_of((struct span){(const char *)&number, sizeof number}),
		.folder_id = folder_id,
		.uidvalidity = 1,
		.uid = (uint32_t)number + 1,
		.source = SPAN("imap"),
		.received_ms = START_MS + number * APART_MS,
		.size_bytes = 1000,
		.raw_frame = frame,
	};
	struct delivery_result result;

	must(message_store(db, &delivery, delivery.received_ms, &result, &err));
	return result.message_id;
}

static void read_mail(struct db *db, int64_t id, long number, struct span from, struct span text,
	struct arena *arena)
{
	struct message_reading_address addresses[] = {
		{"from", from},
		{"to", SPAN("support@example.org")},
	};
	struct message_reading reading = {
		.message_id = arena_format(arena, "%ld.%016llx@mail.example", number,
			(unsigned long long)next_random()),
		.from_name = SPAN("Some Body"),
		.from_address = from,
		.subject = span_part(text, 0, 40),
		.origin = SPAN("person"),
		.language = SPAN("en"),
		.date_ms = START_MS + number * APART_MS,
		.facts_format = 1,
		.facts = text,
		.text = text,
		.addresses = addresses,
		.address_count = ARRAY_COUNT(addresses),
	};

	must(message_read(db, id, &reading, &err));
}

static void file_mail(
	struct db *db, struct operation *operation, int64_t id, long number, struct span from)
{
	struct route_row route = {.message_id = id,
		.kind = SPAN("support"),
		.mailbox = SPAN("support"),
		.decided_by = SPAN("mailbox"),
		.state = SPAN("filed"),
		.decided_ms = START_MS};
	struct match_row match = {
		.role = SPAN("from"), .rule = SPAN("address"), .score = 1, .address = from};
	struct activity activity = {.kind = SPAN("mail"), .direction = SPAN("in")};
	bool learnt, existing, added;

	must(contact_by_address(db, from, &match.contact_id, &learnt, &err));
	must(route_add(db, &route, &route.id, &existing, &err));
	must(match_add(db, route.id, &match, &err));
	activity.contact_id = match.contact_id;
	activity.message_id = id;
	activity.route_id = route.id;
	activity.at_ms = START_MS + number * APART_MS;
	must(activity_add(operation, &activity, &added, &err));
	must(message_refresh_state(db, id, &err));
}

static void add_mails(struct db *db, int64_t folder_id, long count, long contacts)
{
	struct buffer text CLEANUP(buffer_done) = {0}, frame CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	struct operation operation = {0};

	compress_append(
		&frame, SPAN("From: someone@example.com\r\nSubject: short\r\n\r\nText\r\n"));
	for (long i = 0; i < count; i++) {
		struct span from = address_of(&arena, (long)(next_random() % (uint64_t)contacts));
		int64_t id;

		if (i % BATCH == 0) {
			must(db_begin_write(db, &err));
			must(operation_begin(
				db, "large", "intake", SPAN(""), START_MS, &operation, &err));
		}
		make_text(&text);
		id = store_mail(db, folder_id, i, buffer_span(&frame));
		read_mail(db, id, i, from, buffer_span(&text), &arena);
		file_mail(db, &operation, id, i, from);
		arena_reset(&arena);
		if (i % BATCH == BATCH - 1 || i == count - 1)
			must(db_commit(db, &err));
	}
}

static void fill(const char *directory, long messages, long contacts)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct folder_row folder;
	int64_t mailbox, left = 1;
	struct db *db;

	must(db_open(directory, DB_WRITE, &db, &err));
	must(db_begin_write(db, &err));
	must(mailbox_ensure(db, SPAN("support"), SPAN("support"),
		SPAN("support@imap.example.org:993"), 1, &mailbox, &err));
	must(folder_ensure(db, mailbox, SPAN("INBOX"), &folder, &arena, &err));
	must(db_commit(db, &err));
	add_contacts(db, contacts);
	add_mails(db, folder.id, messages, contacts);
	while (left)
		must(search_index(db, BATCH, &left, &err));
	must(db_checkpoint(db, &err));
	db_close(db);
}

/* ---------------------------------------------------------------- looking up */

static double cpu_us(void)
{
	return (double)clock() * 1e6 / CLOCKS_PER_SEC;
}

static void lookup(const char *directory, long contacts, long count)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct db *db;
	double begin, making;
	int64_t contact;
	bool learnt;

	must(db_open(directory, DB_READ, &db, &err));
	begin = cpu_us();
	for (long i = 0; i < count; i++) { /* what is not looking up */
		address_of(&arena, (long)(next_random() % (uint64_t)contacts));
		arena_reset(&arena);
	}
	making = cpu_us() - begin;
	begin = cpu_us();
	for (long i = 0; i < count; i++) {
		struct span address =
			address_of(&arena, (long)(next_random() % (uint64_t)contacts));

		must(contact_by_address(db, address, &contact, &learnt, &err));
		if (!contact)
			exit(1);
		arena_reset(&arena);
	}
	printf("%.3f\n", (cpu_us() - begin - making) / (double)count);
	db_close(db);
}

int main(int count, char **arguments)
{
	if (count == 5 && strcmp(arguments[1], "fill") == 0) {
		fill(arguments[2], number_of(arguments[3]), number_of(arguments[4]));
	} else if (count == 5 && strcmp(arguments[1], "lookup") == 0) {
		lookup(arguments[2], number_of(arguments[3]), number_of(arguments[4]));
	} else {
		fprintf(stderr, "usage: large fill DIRECTORY MESSAGES CONTACTS\n"
				"       large lookup DIRECTORY CONTACTS COUNT\n");
		return 2;
	}
	return 0;
}
