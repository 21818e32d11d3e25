/*
 * What is kept rendered: served without a query while nothing changed, and never when something
 * did. The linker puts these counters before store/sql.h (tests/CMakeLists.txt).
 */
#include "calendar_fixture.h"

#include "base/gzip.h"
#include "daemon/feed_page.h"
#include "store/feed.h"
#include "store/feed_token.h"

static unsigned queries;

bool __real_sql_start(struct db *db, const char *literal, struct sql **q, struct error *err);
bool __wrap_sql_start(struct db *db, const char *literal, struct sql **q, struct error *err);
bool __real_sql_start_built(struct db *db, const char *text, struct sql **q, struct error *err);
bool __wrap_sql_start_built(struct db *db, const char *text, struct sql **q, struct error *err);

bool __wrap_sql_start(struct db *db, const char *literal, struct sql **q, struct error *err)
{
	/* whether anything changed at all, which reads no table */
	queries += strcmp(literal, "PRAGMA data_version") != 0;
	return __real_sql_start(db, literal, q, err);
}

bool __wrap_sql_start_built(struct db *db, const char *text, struct sql **q, struct error *err)
{
	queries++;
	return __real_sql_start_built(db, text, q, err);
}

/* Another connection, as the feed's is. */
struct reading {
	struct office *office;
	struct db *db;
	struct feed_pages *pages;
	char token[FEED_TOKEN_SIZE];
	int64_t task_id, feed_id;
};

static int reading_open(void **state)
{
	struct reading *r = calloc(1, sizeof *r);
	struct fixture *f;
	struct digest hash;

	office_open(state);
	r->office = *state;
	f = &r->office->store;
	feed_token_new(r->token);
	hash = feed_token_hash(span_from(r->token));
	fixture_begin(f, "add");
	must(f, feed_add(&f->operation, SPAN("user"), SPAN("anna"), &hash, &r->feed_id, &f->err));
	r->task_id = office_add_task(r->office, (struct task){.title = SPAN("Call"),
							.assignee_id = r->office->anna,
							.due_date = {2026, 12, 5}});
	fixture_commit(f);
	must(f, db_open(f->directory, DB_READ, &r->db, &f->err));
	r->pages = feed_pages_new(r->db, r->office->config);
	*state = r;
	return 0;
}

static int reading_close(void **state)
{
	struct reading *r = *state;
	void *office = r->office;

	feed_pages_free(r->pages);
	db_close(r->db);
	free(r);
	return office_close(&office);
}

static bool get(struct reading *r, const char *rest, int64_t now_ms, struct feed_page *page)
{
	struct fixture *f = &r->office->store;
	char path[128];
	bool found;

	snprintf(path, sizeof path, "/feed/%s/%s", r->token, rest);
	queries = 0;
	must(f, feed_page_get(r->pages, span_from(path), SPAN(""), now_ms, page, &found, &f->err));
	return found;
}

static void edit_task(struct reading *r, const char *title)
{
	struct fixture *f = &r->office->store;
	struct task task;
	bool found;

	fixture_begin(f, "edit");
	must(f, task_get(f->db, r->task_id, &f->arena, &task, &found, &f->err));
	task.title = span_from(title);
	must(f, task_edit(&f->operation, &task, &f->err));
	fixture_commit(f);
}

static void test_unchanged(void **state)
{
	struct reading *r = *state;
	int64_t now_ms = r->office->now_ms;
	struct feed_page first, page;
	struct span gzip;

	assert_true(get(r, "events.ics", now_ms, &first));
	assert_true(queries > 0);
	assert_int_equal(first.items, 1);
	assert_int_equal(first.feed_id, r->feed_id);
	for (int i = 0; i < 100; i++) {
		assert_true(get(r, "events.ics", now_ms + i * 1000, &page));
		assert_int_equal(queries, 0);
		assert_ptr_equal(page.plain.data, first.plain.data);
		assert_string_equal(page.etag, first.etag);
		assert_true(page.modified_s == first.modified_s);
	}
	gzip = feed_page_gzip(r->pages, &page);
	assert_true(gzip.size > 0);
	assert_ptr_equal(feed_page_gzip(r->pages, &page).data, gzip.data);
	assert_string_not_equal(page.gzip_etag, page.etag);
	/* another calendar of the same address is another rendering */
	assert_true(get(r, "tasks.ics", now_ms, &page));
	assert_true(queries > 0);
	assert_string_not_equal(page.etag, first.etag);
}

/* A commit that concerns no item costs a rendering, and changes no byte and no validator. */
static void test_other_commit(void **state)
{
	struct reading *r = *state;
	struct office *o = r->office;
	struct feed_page first, page;
	int64_t id;

	assert_true(get(r, "events.ics", o->now_ms, &first));
	must(&o->store, db_begin_write(o->store.db, &o->store.err));
	must(&o->store, user_ensure(o->store.db, SPAN("carl"), SPAN("Carl"), &id, &o->store.err));
	fixture_commit(&o->store);
	assert_true(get(r, "events.ics", o->now_ms + 5000, &page));
	assert_true(queries > 0);
	assert_string_equal(page.etag, first.etag);
	assert_true(page.modified_s == first.modified_s);
	assert_true(get(r, "events.ics", o->now_ms + 6000, &page));
	assert_int_equal(queries, 0);
}

/* What is from before a commit is overwritten, though nobody fetches it again. */
static void test_forget(void **state)
{
	struct reading *r = *state;
	struct office *o = r->office;
	struct feed_page first, page;
	size_t count;

	assert_true(get(r, "events.ics", o->now_ms, &first));
	must(&o->store, feed_pages_forget(r->pages, &count, &o->store.err));
	assert_int_equal(count, 0);
	fixture_begin(&o->store, "x");
	fixture_commit(&o->store);
	must(&o->store, feed_pages_forget(r->pages, &count, &o->store.err));
	assert_int_equal(count, 1);
	assert_true(get(r, "events.ics", o->now_ms + 5000, &page));
	assert_string_equal(page.etag, first.etag);
	assert_true(page.modified_s == first.modified_s && page.plain.size > 0);
	assert_true(feed_page_gzip(r->pages, &page).size > 0);
}

/* Options without end: those that were used longest ago go, and come back when asked for. */
static void test_many(void **state)
{
	struct reading *r = *state;
	struct fixture *f = &r->office->store;
	struct feed_page page;
	char path[128], query[64];
	bool found;

	snprintf(path, sizeof path, "/feed/%s/events.ics", r->token);
	for (int i = 0; i <= FEED_CACHE_ENTRIES + 10; i++) {
		snprintf(query, sizeof query, "before=%d&after=%d", i % 3000, 30 + i / 3000);
		must(f, feed_page_get(r->pages, span_from(path), span_from(query),
				r->office->now_ms, &page, &found, &f->err));
		assert_int_equal(page.items, 1);
	}
	queries = 0;
	must(f, feed_page_get(r->pages, span_from(path), span_from(query), r->office->now_ms, &page,
			&found, &f->err));
	assert_int_equal(queries, 0);
	must(f, feed_page_get(r->pages, span_from(path), SPAN("before=0&after=30"),
			r->office->now_ms, &page, &found, &f->err));
	assert_true(queries > 0);
}

/* Two contents of one second never share a Last-Modified. */
static void test_change(void **state)
{
	struct reading *r = *state;
	int64_t now_ms = r->office->now_ms;
	struct feed_page first, page;

	assert_true(get(r, "events.ics", now_ms, &first));
	assert_true(first.modified_s == now_ms / 1000);
	edit_task(r, "Call again");
	assert_true(get(r, "events.ics", now_ms + 1, &page));
	assert_string_not_equal(page.etag, first.etag);
	assert_true(page.modified_s == first.modified_s + 1);
	assert_true(span_find(page.plain, SPAN("Call again")) > 0);
	edit_task(r, "Call a third time");
	assert_true(get(r, "events.ics", now_ms + 60000, &page));
	assert_true(page.modified_s == now_ms / 1000 + 60);
}

/* The window moves at the user's midnight, though nobody wrote anything; so does a clock set back.
 */
static void test_midnight(void **state)
{
	struct reading *r = *state;
	int64_t midnight_ms = office_time("2026-11-21T23:00:00Z");
	struct feed_page page;

	assert_true(get(r, "events.ics", midnight_ms - 1, &page));
	assert_true(get(r, "events.ics", midnight_ms, &page));
	assert_true(queries > 0);
	assert_true(get(r, "events.ics", midnight_ms + 1, &page));
	assert_int_equal(queries, 0);
	assert_true(get(r, "events.ics", midnight_ms - 1, &page));
	assert_true(queries > 0);
	assert_true(get(r, "events.ics", office_time("2027-01-04T23:00:00Z"), &page));
	assert_int_equal(page.items, 0);
}

static void test_revoked(void **state)
{
	struct reading *r = *state;
	struct fixture *f = &r->office->store;
	struct feed_page page;
	bool found;

	assert_true(get(r, "events.ics", r->office->now_ms, &page));
	fixture_begin(f, "revoke");
	must(f, feed_revoke(&f->operation, r->feed_id, &found, &f->err));
	fixture_commit(f);
	assert_false(get(r, "events.ics", r->office->now_ms, &page));
	assert_false(get(r, "events.ics", r->office->now_ms, &page));
}

/* A failure says of which feed, and what was kept is not served for it. */
static void test_failure(void **state)
{
	struct reading *r = *state;
	struct fixture *f = &r->office->store;
	struct feed_page page;
	char path[128];
	bool found;

	assert_true(get(r, "events.ics", r->office->now_ms, &page));
	must(f, sql_script(f->db, "ALTER TABLE task RENAME TO task_gone", &f->err));
	snprintf(path, sizeof path, "/feed/%s/events.ics", r->token);
	assert_false(feed_page_get(
		r->pages, span_from(path), SPAN(""), r->office->now_ms, &page, &found, &f->err));
	assert_int_equal(page.feed_id, r->feed_id);
	must(f, sql_script(f->db, "ALTER TABLE task_gone RENAME TO task", &f->err));
	assert_true(get(r, "events.ics", r->office->now_ms, &page));
	assert_int_equal(page.items, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_unchanged, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_other_commit, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_forget, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_many, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_change, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_midnight, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_revoked, reading_open, reading_close),
		cmocka_unit_test_setup_teardown(test_failure, reading_open, reading_close),
	};

	return cmocka_run_group_tests_name("daemon_feed_page", tests, NULL, NULL);
}
