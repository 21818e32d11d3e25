#include "store_fixture.h"

#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "store/backup.h"
#include "store/setting.h"

static const char *path_of(const struct fixture *f, const char *name)
{
	static char path[2][512];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", f->directory, name);
	return path[turn];
}

static void set(struct fixture *f, const char *value)
{
	must(f, db_begin_write(f->db, &f->err));
	must(f, setting_set(f->db, "value", span_from(value), &f->err));
	must(f, db_commit(f->db, &f->err));
}

static void expect(struct fixture *f, const char *value)
{
	struct span span;

	must(f, setting_get(f->db, "value", &f->arena, &span, &f->err));
	assert_span(span, value);
}

static void reopen(struct fixture *f)
{
	must(f, db_open(f->directory, DB_WRITE, &f->db, &f->err));
}

static int64_t pages_done, pages_total;

static void progress(int64_t done, int64_t total)
{
	pages_done = done;
	pages_total = total;
}

static size_t count_files(const struct fixture *f, const char *pattern)
{
	glob_t found;
	size_t count = 0;

	if (glob(path_of(f, pattern), 0, NULL, &found) == 0) {
		count = found.gl_pathc;
		globfree(&found);
	}
	return count;
}

/* A backup under the name of the database would take it out of the daemon's hands. */
static void test_never_over_ourselves(void **state)
{
	static const char *const names[] = {"postroom.db", "postroom.db-wal", "postroom.db-shm",
		"./postroom.db", "postroomd.lock", "postroom.turn", "postroom.erased"};
	struct fixture *f = *state;
	struct stat before, after;

	set(f, "kept");
	assert_int_equal(stat(path_of(f, "postroom.db"), &before), 0);
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		assert_false(backup_write(f->db, path_of(f, names[i]), NULL, &f->err));
		assert_int_equal(f->err.kind, ERROR_INPUT);
		assert_non_null(strstr(f->err.text, "another name"));
	}
	assert_int_equal(stat(path_of(f, "postroom.db"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(count_files(f, "*.partial"), 0);
	expect(f, "kept");
}

static void test_there_and_back(void **state)
{
	struct fixture *f = *state;
	struct stat info;
	int64_t last;

	must(f, backup_last(f->db, &last, &f->err));
	assert_int_equal(last, 0);
	set(f, "old");
	must(f, backup_write(f->db, path_of(f, "copy.db"), progress, &f->err));
	assert_true(pages_total > 0);
	assert_int_equal(pages_done, pages_total);
	assert_int_equal(stat(path_of(f, "copy.db"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0600);
	assert_int_equal(count_files(f, "copy.db*"), 1);
	must(f, backup_last(f->db, &last, &f->err));
	assert_true(last > 0);
	set(f, "new");
	db_close(f->db);
	must(f, backup_restore(f->directory, path_of(f, "copy.db"), NULL, NULL, &f->err));
	assert_int_equal(stat(path_of(f, "postroom.db"), &info), 0);
	assert_int_equal(info.st_mode & 07777, 0660);
	reopen(f);
	expect(f, "old");
	must(f, backup_check(f->db, &f->err));
	/* What was replaced is kept, whole. */
	assert_int_equal(count_files(f, "before-restore-*.db"), 1);
	assert_int_equal(count_files(f, "*restoring*"), 0);
}

static void test_second_backup_replaces_the_first(void **state)
{
	struct fixture *f = *state;

	set(f, "one");
	must(f, backup_write(f->db, path_of(f, "copy.db"), NULL, &f->err));
	set(f, "two");
	must(f, backup_write(f->db, path_of(f, "copy.db"), NULL, &f->err));
	db_close(f->db);
	must(f, backup_restore(f->directory, path_of(f, "copy.db"), NULL, NULL, &f->err));
	reopen(f);
	expect(f, "two");
}

/* A writer that never rests, until its pipe is closed. */
static int write_on(const char *directory, int pipe_end)
{
	struct error err;
	struct db *db;

	if (!db_open(directory, DB_WRITE, &db, &err))
		return 1;
	for (int i = 0;; i++) {
		char name[32];

		snprintf(name, sizeof name, "w%d", i % 100);
		if (!db_begin_write(db, &err) || !setting_set(db, name, SPAN("x"), &err) ||
			!db_commit(db, &err)) {
			fprintf(stderr, "writer: %s\n", err.text);
			return 1;
		}
		if (write(pipe_end, "c", 1) != 1)
			return 0;
	}
}

static void test_beside_a_busy_writer(void **state)
{
	struct fixture *f = *state;
	int ends[2], status;
	char committed;
	pid_t child;

	set(f, "kept");
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		_exit(write_on(f->directory, ends[1]));
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &committed, 1), 1);
	for (int i = 0; i < 5; i++)
		must(f, backup_write(f->db, path_of(f, "copy.db"), NULL, &f->err));
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	db_close(f->db);
	must(f, backup_restore(f->directory, path_of(f, "copy.db"), NULL, NULL, &f->err));
	reopen(f);
	expect(f, "kept");
	must(f, backup_check(f->db, &f->err));
}

static void write_file(const char *path, const char *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");

	assert_int_equal(fwrite(bytes, 1, size, file), size);
	fclose(file);
}

static void test_bad_files_are_refused(void **state)
{
	struct fixture *f = *state;
	static char bytes[4 << 20];
	size_t size;
	FILE *file;

	set(f, "kept");
	must(f, backup_write(f->db, path_of(f, "good.db"), NULL, &f->err));
	file = fopen(path_of(f, "good.db"), "rb");
	size = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	assert_true(size > 40000 && size < sizeof bytes);
	write_file(path_of(f, "empty.db"), "", 0);
	write_file(path_of(f, "cut.db"), bytes, size - 20000);
	memset(bytes + 16384, 0xaa, 8192);
	write_file(path_of(f, "damaged.db"), bytes, size);
	write_file(path_of(f, "text.db"), "no database", 11);
	db_close(f->db);
	must_fail(f, ERROR_INPUT,
		backup_restore(f->directory, path_of(f, "none.db"), NULL, NULL, &f->err));
	must_fail(f, ERROR_INPUT,
		backup_restore(f->directory, path_of(f, "empty.db"), NULL, NULL, &f->err));
	must_fail(f, ERROR_INPUT,
		backup_restore(f->directory, path_of(f, "cut.db"), NULL, NULL, &f->err));
	must_fail(f, ERROR_INPUT,
		backup_restore(f->directory, path_of(f, "damaged.db"), NULL, NULL, &f->err));
	must_fail(f, ERROR_INPUT,
		backup_restore(f->directory, path_of(f, "text.db"), NULL, NULL, &f->err));
	assert_int_equal(count_files(f, "before-restore*"), 0);
	assert_int_equal(count_files(f, "*restoring*"), 0);
	reopen(f);
	expect(f, "kept");
}

static void test_newer_backup_is_refused(void **state)
{
	struct fixture *f = *state;

	must(f, sql_script(
			f->db, "INSERT INTO schema_migration VALUES (999, 1, '9.9.0')", &f->err));
	/* whole, but nothing is noted in a database that is newer */
	assert_false(backup_write(f->db, path_of(f, "copy.db"), NULL, &f->err));
	must(f, sql_script(f->db, "DELETE FROM schema_migration WHERE version = 999", &f->err));
	db_close(f->db);
	must_fail(f, ERROR_CONFLICT,
		backup_restore(f->directory, path_of(f, "copy.db"), NULL, NULL, &f->err));
	assert_non_null(strstr(f->err.text, "9.9.0"));
	reopen(f);
}

/* A damaged database is replaced like any other. */
static void test_restore_over_a_damaged_database(void **state)
{
	struct fixture *f = *state;

	set(f, "kept");
	must(f, backup_write(f->db, path_of(f, "copy.db"), NULL, &f->err));
	db_close(f->db);
	write_file(path_of(f, "postroom.db"), "rubbish", 7);
	write_file(path_of(f, "postroom.db-wal"), "more rubbish", 12);
	must(f, backup_restore(f->directory, path_of(f, "copy.db"), NULL, NULL, &f->err));
	reopen(f);
	expect(f, "kept");
}

static void test_findings(void **state)
{
	struct fixture *f = *state;

	must(f, backup_check(f->db, &f->err));
	must(f, sql_script(f->db,
			"PRAGMA foreign_keys = OFF; INSERT INTO folder VALUES (1, 99, 'x', 'x', 0, "
			"0);"
			"PRAGMA foreign_keys = ON",
			&f->err));
	must_fail(f, ERROR_STORAGE, backup_check(f->db, &f->err));
	assert_non_null(strstr(f->err.text, "row 1 of folder"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_there_and_back),
		fixture_test(test_never_over_ourselves),
		fixture_test(test_second_backup_replaces_the_first),
		fixture_test(test_beside_a_busy_writer),
		fixture_test(test_bad_files_are_refused),
		fixture_test(test_newer_backup_is_refused),
		fixture_test(test_restore_over_a_damaged_database),
		fixture_test(test_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
