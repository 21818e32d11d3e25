/*
 * Any bytes as what a client sends to the calendar feed, over a real connection into libevent and
 * the feed's own handler. TOKEN in the input becomes the secret of a feed that exists. Every
 * connection ends, answers have one of our status lines, and no calendar comes without the secret.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/log.h"
#include "store/feed.h"
#include "store/feed_token.h"
#include "store/operation.h"
#include "store/task.h"
#include "store/user.h"
#include "tests/fuzz/fuzz.h"

/* its functions are static: the target stands where feed_main stands */
#include "daemon/feed.c" /* NOLINT */

#define ROUNDS_MAX 2000

static char directory[] = "/tmp/postroom-fuzz-XXXXXX";
static struct feed feed;
static char token[FEED_TOKEN_SIZE];
static struct sockaddr_un address = {.sun_family = AF_UNIX};
static int ledger_end;

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

static void fill_database(struct db *db, struct error *err)
{
	struct task task = {.kind = SPAN("task"),
		.title = SPAN("Call"),
		.state = SPAN("open"),
		.due_date = {2026, 12, 5}};
	struct operation operation;
	struct digest hash;
	bool added;
	int64_t id;

	feed_token_new(token);
	hash = feed_token_hash(span_from(token));
	fuzz_must(db_begin_write(db, err) &&
		  user_ensure(db, SPAN("anna"), SPAN("Anna Smit"), &task.assignee_id, err) &&
		  operation_begin(db, "test", "feed add", SPAN(""), 1, &operation, err) &&
		  task_add(&operation, &task, &id, &added, err) &&
		  feed_add(&operation, SPAN("user"), SPAN("anna"), &hash, &id, err) &&
		  db_commit(db, err));
}

static void begin(void)
{
	static const char configuration[] =
		"organisation: {name: Example, zone: Europe/Amsterdam, domains: [example.org]}\n"
		"users: [{name: anna, addresses: [anna@example.org]}]\n";
	int listening = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), ends[2];
	socklen_t size = sizeof(sa_family_t);
	struct error err;
	struct db *db;

	fuzz_must(mkdtemp(directory) != NULL);
	atexit(remove_directory);
	fuzz_must(db_open(directory, DB_WRITE, &db, &err));
	fill_database(db, &err);
	db_close(db);
	if (!config_load_text("fuzz.yaml", span_from(configuration), &feed.config, &err))
		fprintf(stderr, "%s\n", err.text);
	fuzz_must(feed.config != NULL && db_open(directory, DB_READ, &feed.db, &err));
	/* the kernel chooses an abstract name */
	fuzz_must(listening >= 0 && bind(listening, (struct sockaddr *)&address, size) == 0);
	size = sizeof address;
	fuzz_must(getsockname(listening, (struct sockaddr *)&address, &size) == 0 &&
		  listen(listening, 8) == 0 && http_open(&feed, listening, &err));
	feed.pages = feed_pages_new(feed.db, feed.config);
	feed.fetches = feed_fetches_new();
	fuzz_must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
	channel_open(&feed.ledger, ends[0], ROLE_MAX_BYTES, LEDGER_OUT_BYTES);
	ledger_end = ends[1];
}

/* The input with TOKEN filled in. */
static void fill_token(struct span rest, struct buffer *out)
{
	for (;;) {
		ptrdiff_t at = span_find(rest, SPAN("TOKEN"));

		buffer_append(out, span_part(rest, 0, at < 0 ? rest.size : (size_t)at));
		if (at < 0)
			return;
		buffer_append_string(out, token);
		rest = span_after(rest, (size_t)at + 5);
	}
}

/* "HTTP/1.1 200 OK": the version is the client's own. */
static struct span status_of(struct span answer)
{
	ptrdiff_t space = span_find_byte(answer, ' ');

	return span_starts(answer, SPAN("HTTP/")) && space > 0 ? span_after(answer, (size_t)space)
							       : (struct span){0};
}

static void check_answer(struct span request, struct span answer)
{
	static const struct span known[] = {SPAN_INIT(" 200 "), SPAN_INIT(" 304 "),
		SPAN_INIT(" 400 "), SPAN_INIT(" 404 "), SPAN_INIT(" 405 "), SPAN_INIT(" 411 "),
		SPAN_INIT(" 413 "), SPAN_INIT(" 417 "), SPAN_INIT(" 501 "), SPAN_INIT(" 505 ")};
	bool good = answer.size == 0, has_token = span_find(request, span_from(token)) >= 0;

	for (size_t i = 0; i < ARRAY_COUNT(known); i++)
		good |= span_starts(status_of(answer), known[i]);
	if (!good)
		fprintf(stderr, "%.*s\n", SPAN_ARG(answer));
	fuzz_must(good);
	fuzz_must(has_token || span_find(answer, SPAN("BEGIN:VCALENDAR")) < 0);
	/* the secret is in no answer, whatever the request was */
	fuzz_must(span_find(answer, span_from(token)) < 0);
}

static void exchange(struct span request)
{
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct buffer answer = {0};
	char drop[4096];
	ssize_t got = -1;
	int rounds = 0;
	socklen_t size = (socklen_t)(sizeof(sa_family_t) + 6); /* of a name that bind chose */

	fuzz_must(connect(client, (struct sockaddr *)&address, size) == 0);
	fuzz_must(send(client, request.data, request.size, MSG_NOSIGNAL) == (ssize_t)request.size);
	shutdown(client, SHUT_WR);
	while (got != 0 && rounds++ < ROUNDS_MAX) {
		event_base_loop(feed.base, EVLOOP_NONBLOCK);
		got = recv(client, buffer_reserve(&answer, 4096), 4096, 0);
		if (got < 0 && errno != EAGAIN)
			break;
		answer.size += got > 0 ? (size_t)got : 0;
	}
	fuzz_must(rounds < ROUNDS_MAX);
	close(client);
	check_answer(request, buffer_span(&answer));
	while (recv(ledger_end, drop, sizeof drop, 0) > 0)
		;
	buffer_done(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer request = {0};

	if (size == 0 || size > 30000)
		return 0;
	if (!feed.base)
		begin();
	fill_token(fuzz_span(data, size), &request);
	exchange(buffer_span(&request));
	buffer_done(&request);
	return 0;
}
