#include "config/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/process.h"

/* Access tokens (JWT) take some KiB; more is another file. */
#define SECRET_MAX_BYTES   (16 << 10)
#define COMMAND_TIMEOUT_MS 30000

/* One of the groups of this process. */
static bool is_own_group(gid_t group)
{
	gid_t groups[256];
	int count = getgroups((int)ARRAY_COUNT(groups), groups);

	for (int i = 0; i < count; i++)
		if (groups[i] == group)
			return true;
	return group == getegid();
}

static bool check_file(const struct stat *status, const char *path, struct error *err)
{
	bool shared_by_root = status->st_uid == 0 && is_own_group(status->st_gid);
	mode_t forbidden = shared_by_root ? S_IWGRP | S_IRWXO : S_IRWXG | S_IRWXO;

	if (!S_ISREG(status->st_mode))
		return error_set(err, ERROR_INPUT, "secret file %s: is no regular file", path);
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return error_set(err, ERROR_INPUT,
			"secret file %s: belongs to another user (id %u), who could change it; "
			"run: "
			"chown root %s",
			path, (unsigned)status->st_uid, path);
	if ((status->st_mode & forbidden) != 0)
		return error_set(err, ERROR_INPUT,
			"secret file %s: others than its owner can read or change it (mode %04o); "
			"run: chmod %s %s",
			path, (unsigned)(status->st_mode & 07777), shared_by_root ? "640" : "600",
			path);
	return true;
}

/* Reads at most one byte more than a secret may have. */
static bool read_descriptor(int file, struct buffer *bytes)
{
	while (bytes->size <= SECRET_MAX_BYTES) {
		ssize_t got =
			read(file, bytes->data + bytes->size, SECRET_MAX_BYTES + 1 - bytes->size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		bytes->size += (size_t)got;
	}
	return true;
}

/* Credentials lie in a folder that systemd made for this process alone, so only files of the
 * administrator's are checked. */
static bool read_file(const char *path, bool check, struct buffer *bytes, struct error *err)
{
	/* A pipe in the place of a file must not hold us up. */
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	bool done;

	if (file < 0)
		return error_set_errno(
			err, ERROR_INPUT, errno, "secret file %s: cannot be opened", path);
	if (fstat(file, &status) != 0)
		done = error_set_errno(
			err, ERROR_INPUT, errno, "secret file %s: cannot be read", path);
	else if (check && !check_file(&status, path, err))
		done = false;
	else if (!read_descriptor(file, bytes))
		done = error_set_errno(
			err, ERROR_INPUT, errno, "secret file %s: cannot be read", path);
	else
		done = true;
	close(file);
	return done;
}

static bool read_credential(const char *name, struct buffer *bytes, struct error *err)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	CLEANUP(buffer_done) struct buffer path = {0};

	if (folder == NULL || folder[0] == '\0')
		return error_set(err, ERROR_INPUT,
			"secret credential %s: systemd gave none to this process; add "
			"LoadCredential=%s:PATH to the unit, and run the command under it",
			name, name);
	buffer_format(&path, "%s/%s", folder, name);
	if (access(buffer_string(&path), F_OK) != 0 && errno == ENOENT)
		return error_set(err, ERROR_INPUT,
			"secret credential %s: is not there; add LoadCredential=%s:PATH to the "
			"unit",
			name, name);
	return read_file(buffer_string(&path), false, bytes, err);
}

/* What password tools need beyond the usual, taken over where it is set. */
static size_t command_environment(char *values[], size_t max)
{
	static const char *const names[] = {"HOME", "PATH", "LANG", "GNUPGHOME",
		"PASSWORD_STORE_DIR", "XDG_RUNTIME_DIR", "CREDENTIALS_DIRECTORY"};
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_COUNT(names) && count < max; i++) {
		const char *value = getenv(names[i]);

		if (value != NULL && asprintf(&values[count], "%s=%s", names[i], value) < 0)
			memory_exhausted();
		count += value != NULL;
	}
	return count;
}

static bool run_command(const char *command, struct buffer *bytes, struct error *err)
{
	char shell[] = "sh", option[] = "-c";
	char *words = memory_string(command);
	char *arguments[] = {shell, option, words, NULL};
	char *environment[8] = {0};
	size_t count = command_environment(environment, ARRAY_COUNT(environment) - 1);
	const struct process_options options = {
		.program = "/bin/sh",
		.arguments = arguments,
		.environment = environment,
		.file_bytes = UINT64_MAX,
		/* of "pass show x | head -n 1" each end; but at a terminal it may ask there */
		.own_group = !isatty(STDERR_FILENO),
	};
	bool done = process_run(
		&options, (struct span){0}, bytes, SECRET_MAX_BYTES, COMMAND_TIMEOUT_MS, err);

	for (size_t i = 0; i < count; i++)
		free(environment[i]);
	free(words);
	if (!done)
		return error_context(err, "secret command");
	return true;
}

/* What the secret comes from, for messages. A command line may hold more than its name. */
static const char *source_words(const struct config_secret *secret, char *text, size_t size)
{
	if (secret->file != NULL)
		snprintf(text, size, "secret file %s", secret->file);
	else if (secret->credential != NULL)
		snprintf(text, size, "secret credential %s", secret->credential);
	else
		snprintf(text, size, "secret command");
	return text;
}

/* Without the one line end that editors and commands put behind it. */
static bool check_value(const struct config_secret *secret, struct span *value, struct error *err)
{
	char source[200];

	source_words(secret, source, sizeof source);
	if (value->size > SECRET_MAX_BYTES)
		return error_set(
			err, ERROR_INPUT, "%s: has more than %d bytes", source, SECRET_MAX_BYTES);
	if (span_ends(*value, SPAN("\n")))
		value->size--;
	if (span_ends(*value, SPAN("\r")))
		value->size--;
	if (value->size == 0)
		return error_set(err, ERROR_INPUT, "%s: is empty", source);
	if (span_find_byte(*value, '\n') >= 0)
		return error_set(err, ERROR_INPUT,
			"%s: gives several lines; it must give the secret alone (head -n 1)",
			source);
	if (span_find_byte(*value, '\0') >= 0)
		return error_set(err, ERROR_INPUT, "%s: gives binary data", source);
	return true;
}

bool secret_read(const struct config_secret *secret, struct buffer *value, struct error *err)
{
	struct buffer bytes;
	struct span read;
	bool done;

	/* Room for all at once, so that growing leaves no copy behind. */
	buffer_init(&bytes, SECRET_MAX_BYTES + 1);
	buffer_reserve(&bytes, SECRET_MAX_BYTES + 1);
	buffer_reserve(value, SECRET_MAX_BYTES + 1);
	if (secret->file != NULL)
		done = read_file(secret->file, true, &bytes, err);
	else if (secret->command != NULL)
		done = run_command(secret->command, &bytes, err);
	else if (secret->credential != NULL)
		done = read_credential(secret->credential, &bytes, err);
	else
		done = error_set(err, ERROR_INPUT, "no secret is configured");
	read = buffer_span(&bytes);
	done = done && check_value(secret, &read, err);
	if (done)
		buffer_append(value, read);
	secret_forget(&bytes);
	buffer_done(&bytes);
	return done;
}

bool secret_shows(struct span text, struct span secret)
{
	size_t part = secret.size < SECRET_PART_BYTES ? secret.size : SECRET_PART_BYTES;

	for (size_t i = 0; part > 0 && i + part <= secret.size; i++)
		if (span_find(text, span_part(secret, i, part)) >= 0)
			return true;
	return false;
}

void secret_forget(struct buffer *value)
{
	if (value->data != NULL)
		explicit_bzero(value->data, value->capacity);
	buffer_clear(value);
}

void secret_done(struct buffer *value)
{
	secret_forget(value);
	buffer_done(value);
}
