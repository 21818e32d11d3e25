#include "daemon/token_store.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/secret.h"

#define RECORD_MAX_BYTES ((size_t)64 << 10)
#define FILE_NAME_SIZE	 128
#define FORMAT_NUMBER	 1 /* of the file; a later one is not read by this version */

/* Mailboxes are named without case. Their names hold no slash and are no longer than 64 bytes. */
static const char *file_name(const char *mailbox, const char *ending, char name[FILE_NAME_SIZE])
{
	int length = snprintf(name, FILE_NAME_SIZE, "%.100s%s", mailbox, ending);

	for (int i = 0; i < length; i++)
		if (name[i] >= 'A' && name[i] <= 'Z')
			name[i] = (char)(name[i] - 'A' + 'a');
	return name;
}

bool token_store_open(const char *state_directory, int *folder, struct error *err)
{
	CLEANUP(buffer_done) struct buffer path = {0};
	struct stat status;

	buffer_format(&path, "%s/%s", state_directory, TOKEN_STORE_FOLDER);
	if (mkdir(buffer_string(&path), 0700) != 0 && errno != EEXIST)
		return error_set_errno(err, ERROR_STORAGE, errno, "make %s", buffer_string(&path));
	*folder = open(buffer_string(&path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*folder < 0 || fstat(*folder, &status) != 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "open %s", buffer_string(&path));
	if (status.st_uid != geteuid())
		error_write(err, ERROR_INPUT,
			"%s: belongs to another user than the daemon's (id %u); run: chown -R %u "
			"%s",
			buffer_string(&path), (unsigned)status.st_uid, (unsigned)geteuid(),
			buffer_string(&path));
	else if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		error_write(err, ERROR_INPUT,
			"%s: others than the daemon's user can read it; run: chmod 700 %s",
			buffer_string(&path), buffer_string(&path));
	else
		return true;
	close(*folder);
	*folder = -1;
	return false;
}

bool token_store_lock(int folder, const char *mailbox, int *lock, struct error *err)
{
	char name[FILE_NAME_SIZE];

	*lock = openat(folder, file_name(mailbox, ".lock", name),
		O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (*lock < 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "open %s", name);
	if (flock(*lock, LOCK_EX | LOCK_NB) == 0)
		return true;
	close(*lock);
	*lock = -1;
	if (errno == EWOULDBLOCK)
		return error_set(err, ERROR_BUSY, "another process renews this token");
	return error_set_errno(err, ERROR_STORAGE, errno, "lock %s", name);
}

/* ---------------------------------------------------------------- reading */

static bool check_file(int file, const char *name, struct error *err)
{
	struct stat status;

	if (fstat(file, &status) != 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", name);
	if (!S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
		(status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return error_set(err, ERROR_INPUT,
			"%s/%s: belongs to somebody else, or others can read it; run: chown and "
			"chmod 600",
			TOKEN_STORE_FOLDER, name);
	return true;
}

static bool read_bytes(int file, struct buffer *bytes)
{
	ssize_t got = 1;

	while (got > 0 && bytes->size < RECORD_MAX_BYTES) {
		got = read(file, buffer_reserve(bytes, RECORD_MAX_BYTES), RECORD_MAX_BYTES);
		if (got < 0 && errno == EINTR)
			got = 1;
		else if (got > 0)
			bytes->size += (size_t)got;
	}
	return got == 0;
}

static bool take_text(const json_t *object, const char *key, struct buffer *text)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return false;
	buffer_copy(text, (struct span){json_string_value(value), json_string_length(value)});
	return true;
}

static bool take_time(const json_t *object, const char *key, int64_t *instant_ms)
{
	const json_t *value = json_object_get(object, key);

	*instant_ms = json_integer_value(value);
	return json_is_integer(value) && *instant_ms >= 0;
}

static bool take_record(const json_t *object, struct token_record *record)
{
	return json_integer_value(json_object_get(object, "format")) == FORMAT_NUMBER &&
	       take_text(object, "token_url", &record->token_url) &&
	       take_text(object, "client_id", &record->client_id) &&
	       take_text(object, "user", &record->user) &&
	       take_text(object, "refresh_token", &record->refresh_token) &&
	       take_time(object, "login_ms", &record->login_ms) &&
	       take_time(object, "used_ms", &record->used_ms) &&
	       take_time(object, "refresh_until_ms", &record->refresh_until_ms);
}

static bool read_record(int file, const char *name, struct token_record *record, struct error *err)
{
	CLEANUP(secret_done) struct buffer bytes = {0};
	json_t *object;
	bool done;

	if (!check_file(file, name, err))
		return false;
	buffer_reserve(&bytes, 2 * RECORD_MAX_BYTES); /* at once: growing leaves copies behind */
	if (!read_bytes(file, &bytes))
		return error_set(
			err, ERROR_STORAGE, "%s/%s can't be read", TOKEN_STORE_FOLDER, name);
	object = json_loadb(bytes.data, bytes.size, JSON_REJECT_DUPLICATES, NULL);
	done = take_record(object, record);
	json_decref(object);
	if (!done)
		return error_set(err, ERROR_INPUT,
			"%s/%s is damaged or of a later version; log in again: postroom mailbox "
			"login",
			TOKEN_STORE_FOLDER, name);
	return true;
}

bool token_store_read(
	int folder, const char *mailbox, struct token_record *record, struct error *err)
{
	char name[FILE_NAME_SIZE];
	bool done;
	int file;

	token_record_done(record);
	file = openat(folder, file_name(mailbox, ".json", name),
		O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (file < 0 && errno == ENOENT)
		return true;
	if (file < 0)
		return error_set_errno(
			err, ERROR_STORAGE, errno, "open %s/%s", TOKEN_STORE_FOLDER, name);
	done = read_record(file, name, record, err);
	close(file);
	if (!done)
		token_record_done(record);
	return done;
}

/* ---------------------------------------------------------------- writing */

static void put_text(json_t *object, const char *key, const struct buffer *text)
{
	json_object_set_new(object, key, json_stringn(text->data ? text->data : "", text->size));
}

static void write_json(const struct token_record *record, struct buffer *bytes)
{
	json_t *object = json_object();

	json_object_set_new(object, "format", json_integer(FORMAT_NUMBER));
	put_text(object, "token_url", &record->token_url);
	put_text(object, "client_id", &record->client_id);
	put_text(object, "user", &record->user);
	put_text(object, "refresh_token", &record->refresh_token);
	json_object_set_new(object, "login_ms", json_integer(record->login_ms));
	json_object_set_new(object, "used_ms", json_integer(record->used_ms));
	json_object_set_new(object, "refresh_until_ms", json_integer(record->refresh_until_ms));
	buffer_reserve(bytes, RECORD_MAX_BYTES);
	bytes->size = json_dumpb(object, bytes->data, bytes->capacity, JSON_COMPACT);
	json_decref(object);
}

static bool write_all(int file, struct span bytes)
{
	while (bytes.size > 0) {
		ssize_t written = write(file, bytes.data, bytes.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes = span_after(bytes, (size_t)written);
	}
	return true;
}

static bool write_new(int folder, const char *name, struct span bytes)
{
	int file =
		openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	int failure = 0;

	if (file < 0)
		return false;
	/* what a killed one left behind may have another mode */
	if (fchmod(file, 0600) != 0 || !write_all(file, bytes) || fsync(file) != 0)
		failure = errno;
	if (close(file) != 0 && failure == 0)
		failure = errno;
	errno = failure;
	return failure == 0;
}

bool token_store_write(
	int folder, const char *mailbox, const struct token_record *record, struct error *err)
{
	char name[FILE_NAME_SIZE], new_name[FILE_NAME_SIZE];
	CLEANUP(secret_done) struct buffer bytes = {0};

	write_json(record, &bytes);
	if (bytes.size == 0 || bytes.size > RECORD_MAX_BYTES)
		return error_set(err, ERROR_BUG, "a token's file of %zu bytes", bytes.size);
	file_name(mailbox, ".json", name);
	file_name(mailbox, ".json.new", new_name);
	if (!write_new(folder, new_name, buffer_span(&bytes)) ||
		renameat(folder, new_name, folder, name) != 0 || fsync(folder) != 0)
		return error_set_errno(err, ERROR_STORAGE, errno,
			"the new refresh token can't be stored in %s/%s", TOKEN_STORE_FOLDER, name);
	return true;
}

void token_record_done(struct token_record *record)
{
	buffer_done(&record->token_url);
	buffer_done(&record->client_id);
	buffer_done(&record->user);
	secret_done(&record->refresh_token);
	*record = (struct token_record){0};
}
