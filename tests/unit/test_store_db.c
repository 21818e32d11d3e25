#include "store_fixture.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "store/backup.h"
#include "store/lock.h"
#include "store/place.h"
#include "store/schema.h"
#include "store/setting.h"

#define WRITERS	       4
#define WRITES_OF_EACH 200

static const char *path_of(const struct fixture *f, const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", f->directory, name);
	return path;
}

static void test_modes(void **state)
{
	static const char *const names[] = {"postroom.db", "postroom.db-wal", "postroom.db-shm"};
	struct fixture *f = *state;
	struct stat info;
	struct db *db;

	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		assert_int_equal(stat(path_of(f, names[i]), &info), 0);
		assert_int_equal(info.st_mode & 07777, 0660);
	}
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(chmod(path_of(f, names[i]), 0664), 0);
		must_fail(f, ERROR_INPUT, db_open(f->directory, DB_READ, &db, &f->err));
		assert_non_null(strstr(f->err.text, "chmod o-rwx"));
		must_fail(f, ERROR_INPUT, db_open(f->directory, DB_WRITE, &db, &f->err));
		assert_int_equal(chmod(path_of(f, names[i]), 0660), 0);
	}
}

static void test_settings(void **state)
{
	static const struct {
		const char *pragma;
		int64_t value;
	} cases[] = {
		{"PRAGMA synchronous", 2},
		{"PRAGMA foreign_keys", 1},
		{"PRAGMA secure_delete", 1},
		{"PRAGMA trusted_schema", 0},
		{"PRAGMA page_size", 8192},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		assert_int_equal(fixture_number(f, cases[i].pragma), cases[i].value);
	assert_int_equal(
		fixture_number(
			f, "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
		1);
}

static void test_no_database_yet(void **state)
{
	char directory[128];
	struct fixture *f = *state;
	struct stat info;
	struct db *db;

	snprintf(directory, sizeof directory, "%s/new", f->directory);
	must_fail(f, ERROR_STORAGE, db_open(directory, DB_READ, &db, &f->err));
	assert_null(db);
	must(f, db_open(directory, DB_WRITE, &db, &f->err));
	db_close(db);
	assert_int_equal(stat(directory, &info), 0);
	assert_int_equal(info.st_mode & 07777, 02770);
	must(f, db_open(directory, DB_READ, &db, &f->err));
	db_close(db);
	fixture_remove(directory);
}

/* Two files that are not what they should be. */
static void test_not_a_database(void **state)
{
	struct fixture *f = *state;
	struct db *db;
	FILE *file;

	db_close(f->db);
	f->db = NULL;
	file = fopen(path_of(f, "postroom.db"), "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is no database at all\n", file);
	fclose(file);
	must_fail(f, ERROR_STORAGE, db_open(f->directory, DB_WRITE, &db, &f->err));
	unlink(path_of(f, "postroom.db"));
	assert_int_equal(mkdir(path_of(f, "postroom.db"), 0700), 0);
	must_fail(f, ERROR_INPUT, db_open(f->directory, DB_WRITE, &db, &f->err));
	rmdir(path_of(f, "postroom.db"));
}

static void test_empty_file_is_upgraded(void **state)
{
	struct fixture *f = *state;
	struct span program;
	int version;

	must(f, schema_version(f->db, &f->arena, &version, &program, &f->err));
	assert_int_equal(version, schema_latest());
	assert_span(program, POSTROOM_VERSION);
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM schema_migration"), version);
	/* Every table is STRICT but those of the index and SQLite's own. */
	assert_int_equal(
		fixture_number(f, "SELECT count(*) FROM pragma_table_list WHERE strict = 0 "
				  "AND schema = 'main' AND name NOT LIKE 'message_index%' "
				  "AND name NOT LIKE 'note_index%' "
				  "AND name NOT LIKE 'sqlite%'"),
		0);
	must(f, backup_check(f->db, &f->err));
}

/* What later migrations added, taken away again. */
#define UNDO_CREDIT                                                                        \
	"DROP INDEX ticket_by_preceding; ALTER TABLE ticket DROP COLUMN preceding_folded;" \
	"ALTER TABLE ticket DROP COLUMN preceding;"
#define UNDO_CALENDAR                                                                           \
	"ALTER TABLE task DROP COLUMN calendar_ms; ALTER TABLE ticket DROP COLUMN calendar_ms;" \
	"ALTER TABLE deal DROP COLUMN calendar_ms; ALTER TABLE deal DROP COLUMN sequence;"      \
	"DROP TABLE feed_client; CREATE TABLE feed_fetch (feed_id INTEGER NOT NULL "            \
	"REFERENCES feed (id), client TEXT NOT NULL, at_ms INTEGER NOT NULL, "                  \
	"status INTEGER NOT NULL, fetches INTEGER NOT NULL, PRIMARY KEY (feed_id, client)) "    \
	"STRICT, WITHOUT ROWID; INSERT INTO feed VALUES (1, x'00', 'user', 'anna', 1, NULL);"   \
	"INSERT INTO feed_fetch VALUES (1, 'khal', 7, 200, 3);"
#define UNDO_SALES                                                                              \
	"DROP INDEX ticket_by_deal; DROP INDEX task_by_deal; DROP INDEX task_by_project;"       \
	"ALTER TABLE ticket DROP COLUMN deal_id; ALTER TABLE ticket DROP COLUMN tax_rate;"      \
	"ALTER TABLE ticket DROP COLUMN discount_cents;"                                        \
	"ALTER TABLE ticket DROP COLUMN sent_date; ALTER TABLE ticket DROP COLUMN paid_date;"   \
	"ALTER TABLE ticket DROP COLUMN paid_cents;"                                            \
	"ALTER TABLE ticket DROP COLUMN after_close;"                                           \
	"ALTER TABLE task DROP COLUMN project_id; DROP TABLE task_dependency;"                  \
	"DROP TABLE project; DROP TABLE deal_party; DROP TABLE document_bytes;"                 \
	"ALTER TABLE deal DROP COLUMN pipeline; ALTER TABLE deal DROP COLUMN type;"             \
	"ALTER TABLE deal DROP COLUMN subject; ALTER TABLE deal DROP COLUMN weight;"            \
	"ALTER TABLE deal DROP COLUMN expected_close;"                                          \
	"ALTER TABLE deal DROP COLUMN quotation; ALTER TABLE deal DROP COLUMN quotation_state;" \
	"ALTER TABLE deal DROP COLUMN quotation_sent;"                                          \
	"ALTER TABLE deal DROP COLUMN quotation_until; ALTER TABLE deal DROP COLUMN outcome;"   \
	"ALTER TABLE deal DROP COLUMN reason; ALTER TABLE deal DROP COLUMN ended;"

/* A database that stopped after its first version is brought on, with a backup. */
static void test_upgrade_of_version_1(void **state)
{
	struct fixture *f = *state;
	char backup[128];
	glob_t backups;
	int version;

	fixture_begin(f, "x");
	fixture_message(f, "kept");
	fixture_commit(f);
	must(f, sql_script(f->db,
			"DROP TABLE absence_work;"
			"DROP TABLE absence; DROP TABLE article; DROP TABLE note_index;"
			"DROP TABLE company_alias; DROP TABLE contact_alias;"
			"ALTER TABLE activity DROP COLUMN voicemail;"
			"ALTER TABLE activity DROP COLUMN outcome;"
			"ALTER TABLE activity DROP COLUMN next_step;"
			"ALTER TABLE activity DROP COLUMN responsible_id;"
			"DROP TABLE document; DROP TABLE message_index; DROP INDEX "
			"activity_by_event;"
			"ALTER TABLE activity DROP COLUMN event;"
			"ALTER TABLE activity DROP COLUMN event_sequence;"
			"ALTER TABLE activity DROP COLUMN event_stamp_ms;"
			"DROP TABLE finance_hold; DROP TABLE backup_file;"
			"DROP INDEX message_ignored_since; DROP INDEX message_quarantined_since;"
			"DROP INDEX message_dead_since; ALTER TABLE message DROP COLUMN removed;"
			"ALTER TABLE contact DROP COLUMN touched_ms;"
			"DELETE FROM message_count WHERE name = 'purged';" UNDO_SALES UNDO_CALENDAR
				UNDO_CREDIT "DELETE FROM schema_migration WHERE version > 1",
			&f->err));
	must(f, schema_version(f->db, NULL, &version, NULL, &f->err));
	assert_int_equal(version, 1);
	db_close(f->db);
	must_fail(f, ERROR_CONFLICT, db_open(f->directory, DB_READ, &f->db, &f->err));
	assert_non_null(strstr(f->err.text, "upgrades it"));
	must(f, db_open(f->directory, DB_WRITE, &f->db, &f->err));
	must(f, schema_version(f->db, NULL, &version, NULL, &f->err));
	assert_int_equal(version, schema_latest());
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM message"), 1);
	assert_int_equal(fixture_number(f, "SELECT fetches FROM feed_client"), 3);
	assert_int_equal(fixture_number(f, "PRAGMA foreign_keys"), 1);
	snprintf(backup, sizeof backup, "%s/backup-before-2-*.db", f->directory);
	assert_int_equal(glob(backup, 0, NULL, &backups), 0);
	assert_int_equal(backups.gl_pathc, 1);
	globfree(&backups);
}

static void test_newer_schema_is_refused(void **state)
{
	struct fixture *f = *state;
	struct db *db;

	must(f, sql_script(
			f->db, "INSERT INTO schema_migration VALUES (999, 1, '9.9.0')", &f->err));
	must_fail(f, ERROR_CONFLICT, db_open(f->directory, DB_WRITE, &db, &f->err));
	assert_non_null(strstr(f->err.text, "postroom 9.9.0 or newer"));
	must_fail(f, ERROR_CONFLICT, db_open(f->directory, DB_READ, &db, &f->err));
}

static void test_savepoints(void **state)
{
	struct fixture *f = *state;

	must(f, db_begin_write(f->db, &f->err));
	must(f, setting_set(f->db, "outer", SPAN("1"), &f->err));
	must(f, db_savepoint(f->db, &f->err));
	must(f, setting_set(f->db, "undone", SPAN("1"), &f->err));
	must(f, db_savepoint(f->db, &f->err));
	must(f, setting_set(f->db, "inner", SPAN("1"), &f->err));
	must(f, db_savepoint_keep(f->db, &f->err));
	db_savepoint_undo(f->db);
	must(f, db_savepoint(f->db, &f->err));
	must(f, setting_set(f->db, "kept", SPAN("1"), &f->err));
	must(f, db_savepoint_keep(f->db, &f->err));
	must(f, db_commit(f->db, &f->err));
	assert_int_equal(fixture_number(f, "SELECT count(*) FROM setting"), 2);
	must_fail(f, ERROR_STORAGE, db_commit(f->db, &f->err));
}

static void test_readers_see_a_fixed_view(void **state)
{
	struct fixture *f = *state;
	int64_t before, after, own;
	struct span value;
	struct db *reader;

	must(f, db_open(f->directory, DB_READ, &reader, &f->err));
	must(f, db_data_version(reader, &before, &f->err));
	must(f, db_begin_read(reader, &f->err));
	must(f, setting_get(reader, "a", &f->arena, &value, &f->err));
	must(f, db_data_version(f->db, &own, &f->err));
	must(f, db_begin_write(f->db, &f->err));
	must(f, setting_set(f->db, "a", SPAN("1"), &f->err));
	must(f, db_commit(f->db, &f->err));
	must(f, setting_get(reader, "a", &f->arena, &value, &f->err));
	assert_span(value, "");
	db_end_read(reader);
	must(f, setting_get(reader, "a", &f->arena, &value, &f->err));
	assert_span(value, "1");
	must(f, db_data_version(reader, &after, &f->err));
	assert_int_not_equal(before, after);
	must(f, db_data_version(f->db, &after, &f->err));
	assert_int_not_equal(own, after);
	must_fail(f, ERROR_STORAGE, setting_set(reader, "a", SPAN("2"), &f->err));
	db_close(reader);
}

/* One literal in use twice: a read inside the loop over another. */
static void test_nested_use_of_a_literal(void **state)
{
	static const char literal[] = "SELECT name FROM message_count ORDER BY name";
	struct fixture *f = *state;
	struct sql *outer, *inner;
	int pairs = 0;
	bool more, found;

	must(f, sql_start(f->db, literal, &outer, &f->err));
	must(f, sql_row(outer, &more, &f->err));
	while (more) {
		must(f, sql_start(f->db, literal, &inner, &f->err));
		assert_ptr_not_equal(outer, inner);
		must(f, sql_row(inner, &found, &f->err));
		while (found) {
			pairs++;
			must(f, sql_row(inner, &found, &f->err));
		}
		sql_end(inner);
		must(f, sql_row(outer, &more, &f->err));
	}
	sql_end(outer);
	assert_int_equal(pairs, 144);
}

static void test_errors_have_kinds(void **state)
{
	static const struct {
		const char *script;
		enum error_kind kind;
	} cases[] = {
		{"INSERT INTO setting VALUES ('a', NULL)", ERROR_CONFLICT},
		{"INSERT INTO folder VALUES (1, 99, 'x', 'x', 0, 0)", ERROR_CONFLICT},
		{"INSERT INTO message_count VALUES ('x', 'no number')", ERROR_CONFLICT},
		{"SELECT nonsense", ERROR_BUG},
		{"INSERT INTO message_index_data VALUES (1, x'00')", ERROR_BUG},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		must_fail(f, cases[i].kind, sql_script(f->db, cases[i].script, &f->err));
}

/* ---------------------------------------------------------------- processes beside each other */

static int run_writer(const char *directory, int number)
{
	struct error err = {0};
	struct db *db;

	if (!db_open(directory, DB_WRITE, &db, &err))
		goto failed;
	for (int i = 0; i < WRITES_OF_EACH; i++) {
		int64_t rows;
		char name[32];

		snprintf(name, sizeof name, "%d-%d", number, i);
		/* Reads before it writes: a deferred transaction would fail here. */
		if (!db_begin_write(db, &err) ||
			!sql_number(db, "SELECT count(*) FROM setting", &rows, &err) ||
			!setting_set(db, name, SPAN("x"), &err) || !db_commit(db, &err))
			goto failed;
	}
	db_close(db);
	return 0;
failed:
	fprintf(stderr, "writer %d: %s\n", number, err.text);
	return 1;
}

/* They also race to make the database. */
static void test_four_writers(void **state)
{
	struct fixture *f = *state;
	char directory[128];
	pid_t writers[WRITERS];

	snprintf(directory, sizeof directory, "%s/shared", f->directory);
	for (int i = 0; i < WRITERS; i++) {
		writers[i] = fork();
		assert_true(writers[i] >= 0);
		if (writers[i] == 0)
			_exit(run_writer(directory, i));
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
		assert_int_equal(status, 0);
	}
	db_close(f->db);
	must(f, db_open(directory, DB_READ, &f->db, &f->err));
	assert_int_equal(
		fixture_number(f, "SELECT count(*) FROM setting"), WRITERS * WRITES_OF_EACH);
	must(f, backup_check(f->db, &f->err));
	fixture_remove(directory);
}

/* Long transactions, each begun right after the last, until its pipe is closed. */
static int write_without_rest(const char *directory, int pipe_end)
{
	struct error err;
	struct db *db;

	if (!db_open(directory, DB_WRITE, &db, &err))
		return 1;
	for (;;) {
		if (!db_begin_write(db, &err))
			return 1;
		for (int i = 0; i < 2000; i++)
			if (!setting_set(db, "busy", SPAN("x"), &err))
				return 1;
		if (!db_commit(db, &err))
			return 1;
		if (write(pipe_end, "c", 1) != 1)
			return 0;
	}
}

/* Without a queue the one that does not rest wins nearly always: seconds for each write. */
static void test_a_busy_writer_lets_others_in(void **state)
{
	struct fixture *f = *state;
	int64_t begin_ms;
	char committed;
	int ends[2], status;
	pid_t child;

	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		signal(SIGPIPE, SIG_IGN);
		_exit(write_without_rest(f->directory, ends[1]));
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &committed, 1), 1);
	begin_ms = clock_monotonic_ms();
	for (int i = 0; i < 20; i++) {
		must(f, db_begin_write(f->db, &f->err));
		must(f, setting_set(f->db, "ours", SPAN("x"), &f->err));
		must(f, db_commit(f->db, &f->err));
	}
	assert_true(clock_monotonic_ms() - begin_ms < 20000);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Commits `commits` transactions, tells each, and is killed in the middle of the next. */
static void die_in_transaction(const char *directory, int pipe_end, int commits)
{
	struct error err = {0};
	struct db *db;

	if (!db_open(directory, DB_WRITE, &db, &err))
		_exit(1);
	for (int i = 0; i <= commits; i++) {
		char name[32];

		snprintf(name, sizeof name, "%d", i);
		if (!db_begin_write(db, &err) || !setting_set(db, name, SPAN("x"), &err))
			_exit(1);
		if (i == commits)
			kill(getpid(), SIGKILL);
		if (!db_commit(db, &err) || write(pipe_end, "c", 1) != 1)
			_exit(1);
	}
}

static void test_killed_in_a_transaction(void **state)
{
	struct fixture *f = *state;

	for (int commits = 0; commits < 5; commits++) {
		char told[16];
		ssize_t count = 0, got;
		int ends[2], status;
		pid_t child;

		must(f, sql_script(f->db, "DELETE FROM setting", &f->err));
		db_close(f->db);
		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0)
			die_in_transaction(f->directory, ends[1], commits);
		close(ends[1]);
		while ((got = read(ends[0], told, sizeof told)) > 0)
			count += got;
		close(ends[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
		must(f, db_open(f->directory, DB_WRITE, &f->db, &f->err));
		assert_int_equal(count, commits);
		assert_int_equal(fixture_number(f, "SELECT count(*) FROM setting"), commits);
		must(f, backup_check(f->db, &f->err));
	}
}

/* Holds the write lock until told to end. */
static pid_t hold_write_lock(struct fixture *f, int ends[2])
{
	pid_t child;
	char ready;
	int back[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pipe(back), 0);
	child = fork();
	if (child == 0) {
		struct error err;
		struct db *db;

		close(ends[1]);
		if (!db_open(f->directory, DB_WRITE, &db, &err) || !db_begin_write(db, &err) ||
			write(back[1], "r", 1) != 1)
			_exit(1);
		_exit(read(ends[0], &ready, 1) != 0);
	}
	close(ends[0]);
	assert_int_equal(read(back[0], &ready, 1), 1);
	close(back[0]);
	close(back[1]);
	return child;
}

static void test_holder_of_the_write_lock_is_named(void **state)
{
	struct fixture *f = *state;
	char holder[128], wanted[64];
	int ends[2], status;
	pid_t child = hold_write_lock(f, ends);

	assert_true(place_writer(f->directory, holder, sizeof holder));
	snprintf(wanted, sizeof wanted, "process %ld (test_store_db)", (long)child);
	assert_string_equal(holder, wanted);
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_false(place_writer(f->directory, holder, sizeof holder));
}

static void test_one_daemon(void **state)
{
	struct fixture *f = *state;
	int first, second, status;
	char ready;
	int ends[2];
	pid_t child;

	must(f, db_lock_daemon(f->directory, &first, &f->err));
	must_fail(f, ERROR_BUSY, db_lock_daemon(f->directory, &second, &f->err));
	assert_int_equal(second, -1);
	assert_non_null(strstr(f->err.text, "process "));
	must_fail(
		f, ERROR_BUSY, backup_restore(f->directory, path_of(f, "x"), NULL, NULL, &f->err));
	db_unlock_daemon(first);
	/* It goes with its process, however that ends. */
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		if (!db_lock_daemon(f->directory, &first, &f->err) || write(ends[1], "r", 1) != 1)
			_exit(1);
		pause();
	}
	assert_int_equal(read(ends[0], &ready, 1), 1);
	must_fail(f, ERROR_BUSY, db_lock_daemon(f->directory, &second, &f->err));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, &status, 0), child);
	must(f, db_lock_daemon(f->directory, &second, &f->err));
	db_unlock_daemon(second);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fixture_test(test_modes),
		fixture_test(test_settings),
		fixture_test(test_no_database_yet),
		fixture_test(test_not_a_database),
		fixture_test(test_empty_file_is_upgraded),
		fixture_test(test_upgrade_of_version_1),
		fixture_test(test_newer_schema_is_refused),
		fixture_test(test_savepoints),
		fixture_test(test_readers_see_a_fixed_view),
		fixture_test(test_nested_use_of_a_literal),
		fixture_test(test_errors_have_kinds),
		fixture_test(test_four_writers),
		fixture_test(test_a_busy_writer_lets_others_in),
		fixture_test(test_killed_in_a_transaction),
		fixture_test(test_holder_of_the_write_lock_is_named),
		fixture_test(test_one_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
