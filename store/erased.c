#include "store/erased.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/digest.h"
#include "base/memory.h"
#include "store/place.h"

#define FIRST_LINE "postroom erased 1"
/* Some 90 bytes a line: half a million people. */
#define FILE_MAX_BYTES	((size_t)64 << 20)
#define TURN_TIMEOUT_MS 30000

enum mark { MARK_ADDRESS, MARK_CONTACT, MARK_UNFINISHED };
static const char *const mark_names[] = {"address", "contact", "unfinished"};

struct line {
	enum mark mark;
	struct digest hash;
	int64_t at_ms;
	struct digest person; /* the same in all lines of one person */
};

struct erased {
	char path[PATH_MAX];
	char *directory;
	bool has_key;
	struct digest key;
	struct line *lines; /* sorted by mark and hash */
	size_t count, capacity;
	struct stat seen; /* st_ino 0: there was no file */
};

/* ---------------------------------------------------------------- lines */

static int compare(const void *a, const void *b)
{
	const struct line *left = a, *right = b;

	if (left->mark != right->mark)
		return left->mark < right->mark ? -1 : 1;
	return memcmp(left->hash.bytes, right->hash.bytes, DIGEST_BYTES);
}

static struct line *find(const struct erased *erased, enum mark mark, const struct digest *hash)
{
	struct line wanted = {.mark = mark, .hash = *hash};

	if (!erased->count)
		return NULL;
	return bsearch(&wanted, erased->lines, erased->count, sizeof wanted, compare);
}

static void append(struct erased *erased, const struct line *line)
{
	if (erased->count == erased->capacity) {
		erased->capacity = erased->capacity ? 2 * erased->capacity : 64;
		erased->lines =
			memory_resize(erased->lines, erased->capacity * sizeof *erased->lines);
	}
	erased->lines[erased->count++] = *line;
}

static void put(struct erased *erased, enum mark mark, const struct digest *hash, int64_t at_ms,
	const struct digest *person)
{
	struct line line = {mark, *hash, at_ms, *person}, *known = find(erased, mark, hash);

	if (known) {
		*known = line;
		return;
	}
	append(erased, &line);
	qsort(erased->lines, erased->count, sizeof *erased->lines, compare);
}

/* The mark stands in what is hashed, or an address could pass for a name that was asked for. */
static struct digest hash_of(const struct erased *erased, enum mark mark, struct span text)
{
	struct arena arena = {0};
	struct span key = {(const char *)erased->key.bytes, DIGEST_BYTES};
	struct digest digest = digest_keyed(
		key, arena_format(&arena, "%s %.*s", mark_names[mark], SPAN_ARG(text)));

	arena_done(&arena);
	return digest;
}

static struct digest hash_of_contact(const struct erased *erased, int64_t id, int64_t created_ms)
{
	char text[48];

	snprintf(text, sizeof text, "%" PRId64 " %" PRId64, id, created_ms);
	return hash_of(erased, MARK_CONTACT, span_from(text));
}

/* ---------------------------------------------------------------- reading */

static void forget(struct erased *erased)
{
	erased->count = 0;
	erased->has_key = false;
	erased->seen = (struct stat){0};
}

static bool read_number(struct span text, int64_t *number)
{
	unsigned long long value;

	if (!span_to_u64(text, INT64_MAX, &value))
		return false;
	*number = (int64_t)value;
	return true;
}

static bool read_line(struct erased *erased, struct span text)
{
	struct span word, hash, at;
	struct line line = {0};

	if (!span_next(&text, ' ', &word) || !span_next(&text, ' ', &hash))
		return false;
	if (span_equal(word, SPAN("key"))) {
		erased->has_key = digest_from_hex(hash, &erased->key);
		return erased->has_key;
	}
	if (!span_next(&text, ' ', &at) || !digest_from_hex(hash, &line.hash) ||
		!read_number(at, &line.at_ms) || !digest_from_hex(text, &line.person))
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(mark_names); i++)
		if (span_equal(word, span_from(mark_names[i]))) {
			line.mark = (enum mark)i;
			append(erased, &line);
			return true;
		}
	return false;
}

static bool read_lines(struct erased *erased, struct span text, struct error *err)
{
	struct span line;
	int number = 0;

	while (span_next_line(&text, &line)) {
		number++;
		if (number == 1 ? span_equal(line, SPAN(FIRST_LINE)) : read_line(erased, line))
			continue;
		return error_set(err, ERROR_STORAGE,
			"%s: line %d is damaged; put a copy of the file in its place, or those "
			"who were erased come back",
			erased->path, number);
	}
	if (!erased->has_key)
		return error_set(err, ERROR_STORAGE,
			"%s: it holds no key; put a copy of the file in its place", erased->path);
	if (erased->count) /* everybody was readmitted: there is no list */
		qsort(erased->lines, erased->count, sizeof *erased->lines, compare);
	return true;
}

static bool read_bytes(int file, struct buffer *out, struct error *err, const char *path)
{
	ssize_t got = 1;

	while (got != 0 && out->size < FILE_MAX_BYTES) {
		got = read(file, buffer_reserve(out, (size_t)1 << 16), (size_t)1 << 16);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
		out->size += (size_t)got;
	}
	return true;
}

/* Of a copy of a database, which is a file and no directory, nobody keeps a list. */
static bool is_missing(int why)
{
	return why == ENOENT || why == ENOTDIR;
}

static bool load(struct erased *erased, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	int file = open(erased->path, O_RDONLY | O_CLOEXEC);
	bool ok;

	forget(erased);
	if (file < 0 && is_missing(errno))
		return true;
	if (file < 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", erased->path);
	ok = fstat(file, &erased->seen) == 0 ||
	     error_set_errno(err, ERROR_STORAGE, errno, "%s", erased->path);
	ok = ok && read_bytes(file, &text, err, erased->path) &&
	     read_lines(erased, buffer_span(&text), err);
	close(file);
	if (!ok)
		forget(erased);
	return ok;
}

/* It is never written to but replaced: another inode, or another time of the same number. */
static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_size == b->st_size &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

bool erased_refresh(struct erased *erased, struct error *err)
{
	struct stat now = {0};

	if (stat(erased->path, &now) != 0) {
		if (!is_missing(errno))
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", erased->path);
		now = (struct stat){0};
	}
	return is_same(&now, &erased->seen) || load(erased, err);
}

bool erased_open(const char *directory, struct erased **erased, struct error *err)
{
	struct erased *made = memory_alloc(sizeof *made);

	*made = (struct erased){.directory = memory_string(directory)};
	if ((size_t)snprintf(made->path, sizeof made->path, "%s/" ERASED_FILE, directory) >=
		sizeof made->path) {
		erased_close(made);
		return error_set(err, ERROR_INPUT, "%s: the path is too long", directory);
	}
	if (!load(made, err)) {
		erased_close(made);
		return false;
	}
	*erased = made;
	return true;
}

void erased_close(struct erased *erased)
{
	if (!erased)
		return;
	free(erased->lines);
	free(erased->directory);
	free(erased);
}

bool erased_is_empty(const struct erased *erased)
{
	return erased->count == 0;
}

static int64_t at_of(const struct erased *erased, enum mark mark, const struct digest *hash)
{
	const struct line *line = find(erased, mark, hash);

	return line ? line->at_ms : 0;
}

int64_t erased_address(const struct erased *erased, struct span folded)
{
	struct digest hash;

	if (!erased->count || span_is_empty(folded))
		return 0;
	hash = hash_of(erased, MARK_ADDRESS, folded);
	return at_of(erased, MARK_ADDRESS, &hash);
}

int64_t erased_contact(const struct erased *erased, int64_t id, int64_t created_ms)
{
	struct digest hash;

	if (!erased->count)
		return 0;
	hash = hash_of_contact(erased, id, created_ms);
	return at_of(erased, MARK_CONTACT, &hash);
}

size_t erased_unfinished(const struct erased *erased)
{
	size_t count = 0;

	for (size_t i = 0; i < erased->count; i++)
		count += erased->lines[i].mark == MARK_UNFINISHED;
	return count;
}

bool erased_is_unfinished(const struct erased *erased, struct span asked)
{
	struct digest hash = hash_of(erased, MARK_UNFINISHED, asked);

	return find(erased, MARK_UNFINISHED, &hash) != NULL;
}

/* ---------------------------------------------------------------- writing */

static void write_lines(const struct erased *erased, struct buffer *out)
{
	char hex[DIGEST_HEX_SIZE], person[DIGEST_HEX_SIZE];

	buffer_format(out, FIRST_LINE "\nkey %s\n", digest_hex(&erased->key, hex));
	for (size_t i = 0; i < erased->count; i++) {
		const struct line *line = &erased->lines[i];

		buffer_format(out, "%s %s %" PRId64 " %s\n", mark_names[line->mark],
			digest_hex(&line->hash, hex), line->at_ms,
			digest_hex(&line->person, person));
	}
}

static bool write_file(const char *path, struct span text, struct error *err)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = file >= 0;

	while (ok && text.size) {
		ssize_t written = write(file, text.data, text.size);

		if (written < 0 && errno == EINTR)
			continue;
		ok = written > 0;
		text = span_after(text, ok ? (size_t)written : 0);
	}
	if (!ok)
		error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
	if (file >= 0)
		close(file);
	return ok;
}

static bool save(struct erased *erased, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	char fresh[PATH_MAX + 8];

	snprintf(fresh, sizeof fresh, "%s.new", erased->path);
	write_lines(erased, &text);
	unlink(fresh); /* of one that was killed */
	if (!place_new_file(fresh, 0660, err) || !write_file(fresh, buffer_span(&text), err) ||
		!place_rename(fresh, erased->path, err))
		return false;
	if (stat(erased->path, &erased->seen) != 0)
		erased->seen = (struct stat){0};
	return true;
}

/* Two at the terminal change it one after the other: by the turn of the writers. */
static bool change(struct erased *erased,
	void (*apply)(struct erased *erased, const void *what, int64_t now_ms), const void *what,
	int64_t now_ms, struct error *err)
{
	bool ok;
	int turn;

	if (!place_open_turn(erased->directory, &turn, err))
		return false;
	ok = place_enter_turn(turn, TURN_TIMEOUT_MS) ||
	     error_set(err, ERROR_BUSY, "another process is writing; try again later");
	if (ok && (ok = load(erased, err))) {
		if (!erased->has_key)
			digest_random(erased->key.bytes, DIGEST_BYTES);
		erased->has_key = true;
		apply(erased, what, now_ms);
		ok = save(erased, err);
	}
	close(turn);
	return ok;
}

static void apply_begin(struct erased *erased, const void *what, int64_t now_ms)
{
	const struct erased_person *person = what;
	struct digest hash = hash_of(erased, MARK_UNFINISHED, person->asked), same;

	digest_random(same.bytes, sizeof same.bytes);
	put(erased, MARK_UNFINISHED, &hash, now_ms, &same);
	for (size_t i = 0; i < person->address_count; i++) {
		hash = hash_of(erased, MARK_ADDRESS, person->addresses[i]);
		put(erased, MARK_ADDRESS, &hash, now_ms, &same);
	}
	if (person->contact_id) {
		hash = hash_of_contact(erased, person->contact_id, person->created_ms);
		put(erased, MARK_CONTACT, &hash, now_ms, &same);
	}
}

bool erased_begin(struct erased *erased, const struct erased_person *person, int64_t now_ms,
	struct error *err)
{
	return change(erased, apply_begin, person, now_ms, err);
}

static void apply_finish(struct erased *erased, const void *what UNUSED, int64_t now_ms UNUSED)
{
	size_t kept = 0;

	for (size_t i = 0; i < erased->count; i++)
		if (erased->lines[i].mark != MARK_UNFINISHED)
			erased->lines[kept++] = erased->lines[i];
	erased->count = kept;
}

bool erased_finish(struct erased *erased, struct error *err)
{
	return change(erased, apply_finish, NULL, 0, err);
}

static void apply_readmit(struct erased *erased, const void *what, int64_t now_ms UNUSED)
{
	struct digest hash = hash_of(erased, MARK_ADDRESS, *(const struct span *)what);
	const struct line *line = find(erased, MARK_ADDRESS, &hash);
	struct digest person;
	size_t kept = 0;

	if (!line)
		return;
	person = line->person;
	for (size_t i = 0; i < erased->count; i++)
		if (!digest_equal(&erased->lines[i].person, &person))
			erased->lines[kept++] = erased->lines[i];
	erased->count = kept;
}

bool erased_readmit(struct erased *erased, struct span folded, bool *found, struct error *err)
{
	*found = erased_address(erased, folded) != 0;
	return !*found || change(erased, apply_readmit, &folded, 0, err);
}
