#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/secret.h"

struct folder {
	char path[32];
	char file[64];
};

static int make_folder(void **state)
{
	static struct folder folder;

	snprintf(folder.path, sizeof folder.path, "/tmp/test_secret.XXXXXX");
	if (mkdtemp(folder.path) == NULL)
		return -1;
	snprintf(folder.file, sizeof folder.file, "%s/password", folder.path);
	*state = &folder;
	return 0;
}

static int remove_folder(void **state)
{
	const struct folder *folder = *state;

	unlink(folder->file);
	return rmdir(folder->path);
}

static void write_file(const char *path, struct span bytes, mode_t mode)
{
	FILE *file;

	unlink(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* Reads the secret; the error's text is "" when that worked. */
static void read_secret(const struct config_secret *secret, struct buffer *value, struct error *err)
{
	*err = (struct error){0};
	if (!secret_read(secret, value, err))
		assert_int_equal(value->size, 0);
}

static void test_file_values(void **state)
{
	static const struct {
		struct span bytes;
		const char *value, *fault;
	} cases[] = {
		{SPAN_INIT("hunter2"), "hunter2", ""},
		{SPAN_INIT("hunter2\n"), "hunter2", ""},
		{SPAN_INIT("hunter2\r\n"), "hunter2", ""},
		{SPAN_INIT(" with spaces \n"), " with spaces ", ""},
		{SPAN_INIT(""), "", "is empty"},
		{SPAN_INIT("\n"), "", "is empty"},
		{SPAN_INIT("a\nb\n"), "",
			"gives several lines; it must give the secret alone (head -n 1)"},
		{SPAN_INIT("a\0b"), "", "gives binary data"},
	};
	const struct folder *folder = *state;
	const struct config_secret secret = {.file = folder->file};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buffer value = {0};
		struct error err;
		char expected[300];

		write_file(folder->file, cases[i].bytes, 0600);
		read_secret(&secret, &value, &err);
		snprintf(expected, sizeof expected, "secret file %s: %s", folder->file,
			cases[i].fault);
		assert_string_equal(err.text, cases[i].fault[0] != '\0' ? expected : "");
		assert_string_equal(buffer_string(&value), cases[i].value);
		buffer_done(&value);
	}
}

static void test_file_modes(void **state)
{
	static const mode_t refused[] = {0604, 0602, 0606, 0620, 0644, 0777};
	const struct folder *folder = *state;
	const struct config_secret secret = {.file = folder->file};
	struct buffer value = {0};
	struct error err;
	char expected[300];

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		write_file(folder->file, SPAN("s"), refused[i]);
		read_secret(&secret, &value, &err);
		assert_int_equal(err.kind, ERROR_INPUT);
		snprintf(expected, sizeof expected,
			"secret file %s: others than its owner can read or change it (mode %04o); "
			"run: chmod %s %s",
			folder->file, (unsigned)refused[i], geteuid() == 0 ? "640" : "600",
			folder->file);
		assert_string_equal(err.text, expected);
	}
	/* The group may read what root owns, when it is ours. */
	write_file(folder->file, SPAN("s"), 0640);
	read_secret(&secret, &value, &err);
	assert_int_equal(err.text[0] == '\0', geteuid() == 0);
	buffer_done(&value);
	if (geteuid() == 0) {
		assert_int_equal(chown(folder->file, 0, 54321), 0);
		assert_false(secret_read(&secret, &value, &err));
		assert_non_null(strstr(err.text, "run: chmod 600 "));
		assert_int_equal(chown(folder->file, 54321, 0), 0);
		assert_false(secret_read(&secret, &value, &err));
		assert_non_null(strstr(err.text, "belongs to another user (id 54321)"));
		buffer_done(&value);
	}
}

static void test_file_kinds(void **state)
{
	const struct folder *folder = *state;
	struct config_secret secret = {.file = folder->file};
	struct buffer value = {0};
	struct error err;
	char large[20000];

	unlink(folder->file);
	assert_false(secret_read(&secret, &value, &err));
	assert_non_null(strstr(err.text, "cannot be opened: No such file"));
	assert_int_equal(mkfifo(folder->file, 0600), 0);
	assert_false(secret_read(&secret, &value, &err));
	assert_non_null(strstr(err.text, "is no regular file"));
	memset(large, 'x', sizeof large);
	write_file(folder->file, (struct span){large, sizeof large}, 0600);
	assert_false(secret_read(&secret, &value, &err));
	assert_non_null(strstr(err.text, "has more than 16384 bytes"));
	secret.file = folder->path;
	assert_false(secret_read(&secret, &value, &err));
	assert_non_null(strstr(err.text, "is no regular file"));
	secret.file = NULL;
	assert_false(secret_read(&secret, &value, &err));
	buffer_done(&value);
}

static void test_command(void **state)
{
	struct config_secret secret = {.command = "printf 'tok%s\\n' en"};
	struct buffer value = {0};
	struct error err;

	(void)state;
	/* It comes behind what is there already. */
	buffer_append_string(&value, "Bearer ");
	assert_true(secret_read(&secret, &value, &err));
	assert_string_equal(buffer_string(&value), "Bearer token");
	buffer_clear(&value);
	secret.command = "echo no such entry >&2; exit 3";
	assert_false(secret_read(&secret, &value, &err));
	assert_int_equal(err.kind, ERROR_TEMPORARY);
	assert_non_null(strstr(err.text, "secret command"));
	assert_non_null(strstr(err.text, "no such entry"));
	secret.command = "true";
	assert_false(secret_read(&secret, &value, &err));
	assert_string_equal(err.text, "secret command: is empty");
	assert_int_equal(value.size, 0);
	buffer_done(&value);
}

static void test_credential(void **state)
{
	const struct folder *folder = *state;
	const struct config_secret secret = {.credential = "password"};
	struct buffer value = {0};
	struct error err;

	unsetenv("CREDENTIALS_DIRECTORY");
	assert_false(secret_read(&secret, &value, &err));
	assert_non_null(strstr(err.text, "add LoadCredential=password:PATH to the unit"));
	setenv("CREDENTIALS_DIRECTORY", folder->path, 1);
	unlink(folder->file);
	assert_false(secret_read(&secret, &value, &err));
	assert_non_null(strstr(err.text, "is not there; add LoadCredential=password:PATH"));
	/* systemd gives its files a mode with an access list behind the group's bits. */
	write_file(folder->file, SPAN("sesame\n"), 0440);
	assert_true(secret_read(&secret, &value, &err));
	assert_string_equal(buffer_string(&value), "sesame");
	buffer_done(&value);
	unsetenv("CREDENTIALS_DIRECTORY");
}

static void test_forget(void **state)
{
	struct buffer value = {0};

	(void)state;
	secret_forget(&value);
	buffer_append_string(&value, "sesame");
	secret_forget(&value);
	assert_int_equal(value.size, 0);
	for (size_t i = 0; i < sizeof "sesame"; i++)
		assert_int_equal(value.data[i], 0);
	buffer_done(&value);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_file_values, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_file_modes, make_folder, remove_folder),
		cmocka_unit_test_setup_teardown(test_file_kinds, make_folder, remove_folder),
		cmocka_unit_test(test_command),
		cmocka_unit_test_setup_teardown(test_credential, make_folder, remove_folder),
		cmocka_unit_test(test_forget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
