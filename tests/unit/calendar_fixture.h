/*
 * calendar_fixture.h - a database with a configuration of two users, for what knows both.
 */
#ifndef TESTS_CALENDAR_FIXTURE_H
#define TESTS_CALENDAR_FIXTURE_H

#include "store_fixture.h"

#include "base/clock.h"
#include "calendar/subscription.h"
#include "config/load.h"
#include "store/task.h"
#include "store/user.h"

struct office {
	struct fixture store;
	struct config *config;
	int64_t anna, ben, now_ms;
};

static const char office_config[] =
	"organisation: {name: Example, zone: Europe/Amsterdam, domains: [example.org]}\n"
	"instance: crm.example.org\n"
	"storage: {directory: %s}\n"
	"users:\n"
	"  - {name: anna, full_name: Anna Smit, addresses: [anna@example.org], admin: true,\n"
	"     teams: [sales, sales]}\n"
	"  - {name: ben, addresses: [ben@example.org], zone: America/New_York, teams: [sales]}\n"
	"feed: {listen: '127.0.0.1:8377', alerts: true}\n"
	"finance: {run: {on: thu, at: '%s', length: 1h, users: [ben]}}\n";

/* "2026-11-21T10:00:00Z" */
static inline int64_t office_time(const char *text)
{
	int64_t at_ms = 0;
	int offset;

	assert_true(clock_from_rfc3339(span_from(text), &at_ms, &offset));
	return at_ms;
}

/* Anew, with the finance run at this hour. */
static inline void office_configure(struct office *o, const char *run_at)
{
	char text[2048];

	snprintf(text, sizeof text, office_config, o->store.directory, run_at);
	config_free(o->config);
	must(&o->store, config_load_text("test.yaml", span_from(text), &o->config, &o->store.err));
}

static inline int office_open(void **state)
{
	struct office *o = calloc(1, sizeof *o);

	snprintf(o->store.directory, sizeof o->store.directory, "/tmp/postroom-test-XXXXXX");
	assert_non_null(mkdtemp(o->store.directory));
	office_configure(o, "10:00");
	must(&o->store, db_open(o->store.directory, DB_WRITE, &o->store.db, &o->store.err));
	must(&o->store, db_begin_write(o->store.db, &o->store.err));
	must(&o->store,
		user_ensure(o->store.db, SPAN("anna"), SPAN("Anna Smit"), &o->anna, &o->store.err));
	must(&o->store, user_ensure(o->store.db, SPAN("ben"), SPAN(""), &o->ben, &o->store.err));
	fixture_commit(&o->store);
	o->now_ms = office_time("2026-11-21T10:00:00Z");
	*state = o;
	return 0;
}

static inline int office_close(void **state)
{
	struct office *o = *state;

	db_close(o->store.db);
	config_free(o->config);
	fixture_remove(o->store.directory);
	arena_done(&o->store.arena);
	free(o);
	return 0;
}

/* In a transaction. */
static inline int64_t office_add_task(struct office *o, struct task task)
{
	bool added;
	int64_t id;

	task.kind = SPAN("task");
	must(&o->store, task_add(&o->store.operation, &task, &id, &added, &o->store.err));
	return id;
}

#define assert_has(text, piece)                                         \
	do {                                                            \
		if (!strstr((text), (piece)))                           \
			fail_msg("no \"%s\" in:\n%s", (piece), (text)); \
	} while (0)
#define assert_has_not(text, piece)                                  \
	do {                                                         \
		if (strstr((text), (piece)))                         \
			fail_msg("\"%s\" in:\n%s", (piece), (text)); \
	} while (0)

#endif
