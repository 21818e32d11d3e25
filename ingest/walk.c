#include "ingest/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "ingest/mbox.h"

/* Folders in folders; a deeper one is a loop of mounts. */
#define DEPTH_MAX 64
/* So many bytes tell an mbox file from a mail. */
#define START_BYTES 4096

static void complain(struct walk *walk, const char *path, const struct error *err)
{
	if (walk->complain)
		walk->complain(walk->context, path, err);
}

/* ---------------------------------------------------------------- files */

static bool file_read(const char *path, size_t max_bytes, struct buffer *bytes, bool *too_large,
	struct error *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return error_set_errno(err, ERROR_INPUT, errno, "open");
	*too_large = false;
	for (;;) {
		char *room = buffer_reserve(bytes, 65536);
		ssize_t got = read(file, room, 65536);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			error_set_errno(err, ERROR_INPUT, errno, "read");
			break;
		}
		bytes->size += (size_t)got;
		*too_large = bytes->size > max_bytes;
		if (got == 0 || *too_large) {
			close(file);
			return true;
		}
	}
	close(file);
	return false;
}

/* The first line is a header field, as of a mail (RFC 5322 section 2.2). */
static bool is_mail_start(struct span bytes)
{
	struct span line;
	while (span_next_line(&bytes, &line) && span_is_empty(span_trim(line)))
		;
	ptrdiff_t colon = span_find_byte(line, ':');
	if (colon <= 0)
		return false;
	for (ptrdiff_t i = 0; i < colon; i++) {
		if (line.data[i] <= ' ' || line.data[i] > '~')
			return i > 0 && span_is_empty(span_trim(
						span_part(line, (size_t)i, (size_t)(colon - i))));
	}
	return true;
}

/* ".../cur/1700000000.x.host:2,S" → ".../1700000000.x.host": a flag changes the name. */
static void maildir_source(const char *path, char source[static PATH_MAX])
{
	const char *file = strrchr(path, '/');
	size_t folder = file ? (size_t)(file - path) : 0;
	size_t name = file ? strcspn(file + 1, ":") : 0;
	if (folder < 4 || (strncmp(path + folder - 4, "/cur", 4) != 0 &&
				  strncmp(path + folder - 4, "/new", 4) != 0)) {
		snprintf(source, PATH_MAX, "%s", path);
		return;
	}
	snprintf(source, PATH_MAX, "%.*s/%.*s", (int)(folder - 4), path, (int)name, file + 1);
}

static bool mail_file(struct walk *walk, const char *path, struct error *err)
{
	CLEANUP(buffer_done) struct buffer bytes = {0};
	struct error why = {0};
	char source[PATH_MAX];
	struct walk_mail mail = {.path = path, .source = source};

	if (!file_read(path, walk->max_bytes, &bytes, &mail.too_large, &why)) {
		complain(walk, path, &why);
		return true;
	}
	walk->bytes_done += (int64_t)bytes.size;
	if (!is_mail_start(buffer_span(&bytes))) {
		error_set(&why, ERROR_INPUT, "this is no mail: it does not begin with a header");
		complain(walk, path, &why);
		return true;
	}
	maildir_source(path, source);
	mail.bytes = buffer_span(&bytes);
	return walk->mail(walk->context, &mail, err);
}

static bool mbox_mails(struct walk *walk, struct mbox *mbox, const char *path, struct error *err)
{
	struct error why = {0};
	int64_t before = walk->bytes_done;
	bool found = true;
	while (found) {
		struct mbox_mail next;
		if (!mbox_next(mbox, walk->max_bytes, &next, &found, &why)) {
			complain(walk, path, &why);
			return true;
		}
		walk->bytes_done = before + mbox_position(mbox);
		struct walk_mail mail = {.bytes = next.bytes,
			.path = path,
			.source = path,
			.offset = next.offset,
			.too_large = next.too_large};
		if (found && !walk->mail(walk->context, &mail, err))
			return false;
	}
	return true;
}

static bool mbox_file(struct walk *walk, const char *path, struct error *err)
{
	struct error why = {0};
	struct mbox *mbox = NULL;
	if (!mbox_open(path, &mbox, &why)) {
		complain(walk, path, &why);
		return true;
	}
	bool ok = mbox_mails(walk, mbox, path, err);
	mbox_close(mbox);
	return ok;
}

static bool file_is_mbox(const char *path)
{
	char start[START_BYTES];
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return false;
	ssize_t got = read(file, start, sizeof(start));
	close(file);
	return got > 0 && mbox_is_start((struct span){start, (size_t)got});
}

static bool walk_file(struct walk *walk, const char *path, struct error *err)
{
	return file_is_mbox(path) ? mbox_file(walk, path, err) : mail_file(walk, path, err);
}

/* ---------------------------------------------------------------- folders */

/* What mail programs and servers keep beside the mails. */
static bool is_bookkeeping(const char *name)
{
	static const char *const endings[] = {
		".msf", ".dat", ".sqlite", ".json", ".index", ".log", ".lock", ".tmp"};
	struct span span = span_from(name);
	for (size_t i = 0; i < ARRAY_COUNT(endings); i++) {
		if (span_ends_fold(span, span_from(endings[i])))
			return true;
	}
	return span_starts(span, SPAN("dovecot")) || span_starts(span, SPAN("courierimap")) ||
	       span_equal(span, SPAN("maildirfolder")) || span_equal(span, SPAN("subscriptions"));
}

static int entry_wanted(const struct dirent *entry)
{
	const char *name = entry->d_name;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return 0;
	/* tmp/ of a Maildir holds half-written mails. */
	return strcmp(name, "tmp") != 0 && !is_bookkeeping(name);
}

static bool walk_any(struct walk *walk, const char *path, int depth, struct error *err);

static bool walk_folder(struct walk *walk, const char *path, int depth, struct error *err)
{
	struct dirent **entries = NULL;
	struct error why = {0};
	/* By name: a second run meets the same mails in the same order. */
	int count = scandir(path, &entries, entry_wanted, alphasort);
	bool ok = true;
	if (count < 0) {
		error_set_errno(&why, ERROR_INPUT, errno, "read the folder");
		complain(walk, path, &why);
		return true;
	}
	for (int i = 0; i < count; i++) {
		char inner[PATH_MAX];
		int size = snprintf(inner, sizeof(inner), "%s/%s", path, entries[i]->d_name);
		if (ok && size > 0 && (size_t)size < sizeof(inner))
			ok = walk_any(walk, inner, depth + 1, err);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

static bool walk_any(struct walk *walk, const char *path, int depth, struct error *err)
{
	struct stat status;
	/* Links inside a folder can lead anywhere, in a circle too. */
	if (lstat(path, &status) != 0 || depth > DEPTH_MAX)
		return true;
	if (S_ISDIR(status.st_mode))
		return walk_folder(walk, path, depth, err);
	return !S_ISREG(status.st_mode) || walk_file(walk, path, err);
}

bool walk_path(struct walk *walk, const char *path, struct error *err)
{
	char absolute[PATH_MAX];
	struct stat status;
	struct error why = {0};
	if (!realpath(path, absolute) || stat(absolute, &status) != 0) {
		error_set_errno(&why, ERROR_INPUT, errno, "open");
		complain(walk, path, &why);
		return true;
	}
	if (S_ISDIR(status.st_mode))
		return walk_folder(walk, absolute, 0, err);
	return walk_file(walk, absolute, err);
}

/* ---------------------------------------------------------------- how much it is */

static int64_t size_of(const char *path, int depth)
{
	struct stat status;
	struct dirent **entries = NULL;
	int64_t size = 0;
	if (lstat(path, &status) != 0 || depth > DEPTH_MAX)
		return 0;
	if (!S_ISDIR(status.st_mode))
		return S_ISREG(status.st_mode) ? status.st_size : 0;
	int count = scandir(path, &entries, entry_wanted, NULL);
	for (int i = 0; i < count; i++) {
		char inner[PATH_MAX];
		int length = snprintf(inner, sizeof(inner), "%s/%s", path, entries[i]->d_name);
		if (length > 0 && (size_t)length < sizeof(inner))
			size += size_of(inner, depth + 1);
		free(entries[i]);
	}
	free(entries);
	return size;
}

int64_t walk_size(const char *path)
{
	char absolute[PATH_MAX];
	return realpath(path, absolute) ? size_of(absolute, 0) : 0;
}
