/* Refresh tokens on disk: what is written is read again; what others can read is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compiler.h"
#include "daemon/token_store.h"

struct place {
	char state[64], tokens[80];
	int folder;
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	struct error err;

	snprintf(place->state, sizeof place->state, "/tmp/token-store-XXXXXX");
	assert_non_null(mkdtemp(place->state));
	snprintf(place->tokens, sizeof place->tokens, "%s/tokens", place->state);
	assert_true(token_store_open(place->state, &place->folder, &err));
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;
	DIR *folder = opendir(place->tokens);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		unlinkat(place->folder, entry->d_name, 0);
	closedir(folder);
	close(place->folder);
	rmdir(place->tokens);
	rmdir(place->state);
	free(place);
	return 0;
}

static struct token_record record_of(const char *refresh_token)
{
	struct token_record record = {.login_ms = 1, .used_ms = 2, .refresh_until_ms = 3};

	buffer_append_string(&record.token_url, "https://login.example.org/token");
	buffer_append_string(&record.client_id, "postroom");
	buffer_append_string(&record.user, "crm@example.org");
	buffer_append_string(&record.refresh_token, refresh_token);
	return record;
}

static mode_t mode_of(const struct place *place, const char *name)
{
	struct stat status;

	assert_int_equal(fstatat(place->folder, name, &status, 0), 0);
	return status.st_mode & 07777;
}

static void test_round_trip(void **state)
{
	static const char *const tokens[] = {"r", "with \"quotes\" and \\", "the third one"};
	struct place *place = *state;
	struct token_record got = {0};
	struct error err;

	assert_true(token_store_read(place->folder, "crm", &got, &err));
	assert_int_equal(got.refresh_token.size, 0);
	for (size_t i = 0; i < ARRAY_COUNT(tokens); i++) {
		struct token_record record = record_of(tokens[i]);

		assert_true(token_store_write(place->folder, "crm", &record, &err));
		assert_true(token_store_read(place->folder, "CRM", &got, &err));
		assert_string_equal(buffer_string(&got.refresh_token), tokens[i]);
		assert_string_equal(buffer_string(&got.user), "crm@example.org");
		assert_int_equal(got.login_ms, 1);
		assert_int_equal(got.refresh_until_ms, 3);
		token_record_done(&record);
	}
	assert_int_equal(mode_of(place, "crm.json"), 0600);
	assert_int_equal(faccessat(place->folder, "crm.json.new", F_OK, 0), -1);
	/* another mailbox's is another file */
	assert_true(token_store_read(place->folder, "crm.json", &got, &err));
	assert_int_equal(got.refresh_token.size, 0);
	token_record_done(&got);
}

/* What a killed process left half-written is replaced, whatever its mode was. */
static void test_leftover(void **state)
{
	struct place *place = *state;
	struct token_record record = record_of("r"), got = {0};
	struct error err;
	int file = openat(place->folder, "crm.json.new", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_int_equal(write(file, "{\"format\"", 9), 9);
	close(file);
	assert_true(token_store_read(place->folder, "crm", &got, &err));
	assert_int_equal(got.refresh_token.size, 0);
	assert_true(token_store_write(place->folder, "crm", &record, &err));
	assert_int_equal(mode_of(place, "crm.json"), 0600);
	token_record_done(&record);
}

static void write_file(const struct place *place, const char *text, mode_t mode)
{
	int file =
		openat(place->folder, "crm.json", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(fchmod(file, mode), 0);
	close(file);
}

#define WHOLE                                                                   \
	"{\"format\":1,\"token_url\":\"u\",\"client_id\":\"c\",\"user\":\"u\"," \
	"\"refresh_token\":\"secret-token\",\"login_ms\":1,\"used_ms\":1,\"refresh_until_ms\":0}"

static const struct bad_case {
	const char *text;
	mode_t mode;
	const char *words;
} bad[] = {
	{WHOLE, 0640, "chmod 600"},
	{WHOLE, 0604, "chmod 600"},
	{"", 0600, "damaged"},
	{"{", 0600, "damaged"},
	{"[]", 0600, "damaged"},
	{"{\"format\":2}", 0600, "later version"},
	{"{\"format\":1,\"token_url\":\"u\",\"client_id\":\"c\",\"user\":\"u\"}", 0600, "damaged"},
	{WHOLE WHOLE, 0600, "damaged"},
};

static void test_bad_files(void **state)
{
	struct place *place = *state;
	struct token_record got = {0};
	struct error err;

	write_file(place, WHOLE, 0600);
	assert_true(token_store_read(place->folder, "crm", &got, &err));
	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		write_file(place, bad[i].text, bad[i].mode);
		assert_false(token_store_read(place->folder, "crm", &got, &err));
		assert_int_equal(err.kind, ERROR_INPUT);
		assert_non_null(strstr(err.text, bad[i].words));
		assert_null(strstr(err.text, "secret-token"));
		assert_int_equal(got.refresh_token.size, 0);
	}
	assert_int_equal(unlinkat(place->folder, "crm.json", 0), 0);
	assert_int_equal(symlinkat("/etc/hostname", place->folder, "crm.json"), 0);
	assert_false(token_store_read(place->folder, "crm", &got, &err));
}

static void test_lock(void **state)
{
	struct place *place = *state;
	struct error err;
	int one, two, other;

	assert_true(token_store_lock(place->folder, "crm", &one, &err));
	assert_false(token_store_lock(place->folder, "crm", &two, &err));
	assert_int_equal(err.kind, ERROR_BUSY);
	assert_true(token_store_lock(place->folder, "other", &other, &err));
	close(one);
	close(other);
	assert_true(token_store_lock(place->folder, "crm", &two, &err));
	close(two);
}

static void test_open_folder(void **state)
{
	struct place *place = *state;
	struct error err;
	int folder;

	assert_int_equal(fchmod(place->folder, 0750), 0);
	assert_false(token_store_open(place->state, &folder, &err));
	assert_int_equal(err.kind, ERROR_INPUT);
	assert_non_null(strstr(err.text, "chmod 700"));
	assert_false(token_store_open("/nonexistent", &folder, &err));
	assert_int_equal(err.kind, ERROR_STORAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_round_trip, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leftover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_lock, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_open_folder, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
