#include "calendar/vdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/memory.h"
#include "calendar/item.h"

#define NAME_END ".ics"
#define WAITING_END \
	".postroom" /* after a dot and the name: no reader of a vdir takes it for an item */

struct vdir {
	const char *path;
	const char *instance;
	int folder;
	struct arena arena;   /* of the names */
	struct buffer names;  /* const char *: our files that were there, sorted */
	struct buffer kept;   /* bool: of each, the feed still has it */
	struct buffer fresh;  /* const char *: to be put in place */
	struct buffer text;   /* of one item */
	struct buffer before; /* what its file has */
	const struct calendar_feed *feed;
	struct vdir_counts counts;
};

static bool file_failed(const struct vdir *vdir, const char *name, struct error *err)
{
	return error_set_errno(err, ERROR_TEMPORARY, errno, "%s/%s", vdir->path, name);
}

/* ---------------------------------------------------------------- what is there */

static size_t name_count(const struct buffer *names)
{
	return names->size / sizeof(const char *);
}

static const char *name_at(const struct buffer *names, size_t i)
{
	return ((const char **)(void *)names->data)[i];
}

static void name_add(struct vdir *vdir, struct buffer *names, struct span name)
{
	const char *kept = arena_string(&vdir->arena, name);

	buffer_append(names, (struct span){(const char *)&kept, sizeof kept});
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_ours(const struct vdir *vdir, struct span name)
{
	struct span end = span_from(NAME_END), instance = span_from(vdir->instance);
	struct span stem = span_part(name, 0, name.size - (name.size < end.size ? 0 : end.size));

	if (!span_ends(name, end) || span_starts(name, SPAN(".")) || !span_ends(stem, instance))
		return false;
	stem = span_part(stem, 0, stem.size - instance.size);
	return span_ends(stem, SPAN("@"));
}

/* Lists what is ours, and takes away what an export left that was killed. */
static bool read_folder(struct vdir *vdir, struct error *err)
{
	int again = openat(vdir->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	size_t count;

	if (!listing) {
		file_failed(vdir, ".", err);
		if (again >= 0)
			close(again);
		return false;
	}
	while ((entry = readdir(listing))) {
		struct span name = span_from(entry->d_name);

		if (is_ours(vdir, name))
			name_add(vdir, &vdir->names, name);
		else if (span_starts(name, SPAN(".")) && span_ends(name, span_from(WAITING_END)))
			unlinkat(vdir->folder, entry->d_name, 0);
	}
	closedir(listing);
	count = name_count(&vdir->names);
	if (count > 0)
		qsort(vdir->names.data, count, sizeof(const char *), compare_names);
	memset(buffer_reserve(&vdir->kept, count + 1), 0, count + 1);
	return true;
}

/* Whether the file was there; it is to be kept then. */
static bool keep(struct vdir *vdir, const char *name)
{
	size_t count = name_count(&vdir->names);
	const char **found = count == 0 ? NULL
					: bsearch(&name, vdir->names.data, count,
						  sizeof(const char *), compare_names);

	if (found)
		vdir->kept.data[found - (const char **)(void *)vdir->names.data] = true;
	return found != NULL;
}

/* The file has exactly these bytes; one that can't be read has not. */
static bool has_text(struct vdir *vdir, const char *name)
{
	int file = openat(vdir->folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	size_t size = vdir->text.size;
	struct stat status;
	ssize_t got = -1;

	if (file < 0)
		return false;
	buffer_clear(&vdir->before);
	if (fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size == (off_t)size)
		got = read(file, buffer_reserve(&vdir->before, size), size);
	close(file);
	return got == (ssize_t)size && memcmp(vdir->before.data, vdir->text.data, size) == 0;
}

/* ---------------------------------------------------------------- what is to be there */

static const char *waiting_name(struct vdir *vdir, const char *name)
{
	return arena_string(&vdir->arena, arena_format(&vdir->arena, ".%s" WAITING_END, name));
}

static bool write_all(int file, struct span text)
{
	while (text.size > 0) {
		ssize_t done = write(file, text.data, text.size);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return false;
		text = span_after(text, (size_t)done);
	}
	return true;
}

static bool write_waiting(struct vdir *vdir, const char *name, struct error *err)
{
	const char *waiting = waiting_name(vdir, name);
	int file = openat(
		vdir->folder, waiting, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	bool ok;

	if (file < 0)
		return file_failed(vdir, waiting, err);
	name_add(vdir, &vdir->fresh, span_from(name));
	ok = write_all(file, buffer_span(&vdir->text)) || file_failed(vdir, waiting, err);
	close(file);
	return ok;
}

/* UID.ics; a slash, which only a configured name could bring in, is none in a file name. */
static const char *file_name(struct vdir *vdir, struct span uid)
{
	char *name = arena_alloc(&vdir->arena, uid.size + sizeof NAME_END);

	for (size_t i = 0; i < uid.size; i++)
		name[i] = uid.data[i] == '/' ? '_' : uid.data[i];
	memcpy(name + uid.size, NAME_END, sizeof NAME_END);
	return name;
}

static bool take_item(void *context, const struct calendar_item *item, struct error *err)
{
	struct vdir *vdir = context;
	const char *name = file_name(vdir, item->uid);

	buffer_clear(&vdir->text);
	if (!calendar_render_item(vdir->feed, item, &vdir->text, err))
		return false;
	if (keep(vdir, name) && has_text(vdir, name)) {
		vdir->counts.unchanged++;
		return true;
	}
	return write_waiting(vdir, name, err);
}

/* ---------------------------------------------------------------- the change */

static bool put_in_place(struct vdir *vdir, struct error *err)
{
	for (size_t i = 0; i < name_count(&vdir->fresh); i++) {
		const char *name = name_at(&vdir->fresh, i);

		if (renameat(vdir->folder, waiting_name(vdir, name), vdir->folder, name) != 0)
			return file_failed(vdir, name, err);
		vdir->counts.written++;
	}
	for (size_t i = 0; i < name_count(&vdir->names); i++) {
		const char *name = name_at(&vdir->names, i);

		if (vdir->kept.data[i])
			continue;
		if (unlinkat(vdir->folder, name, 0) != 0 && errno != ENOENT)
			return file_failed(vdir, name, err);
		vdir->counts.removed++;
	}
	return fsync(vdir->folder) == 0 || file_failed(vdir, ".", err);
}

/* What could not be put in place goes: the folder stands as it was. */
static void forget_waiting(struct vdir *vdir)
{
	for (size_t i = 0; i < name_count(&vdir->fresh); i++)
		unlinkat(vdir->folder, waiting_name(vdir, name_at(&vdir->fresh, i)), 0);
}

static bool vdir_open(struct vdir *vdir, struct error *err)
{
	if (mkdir(vdir->path, 0777) != 0 && errno != EEXIST)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "%s", vdir->path);
	vdir->folder = open(vdir->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (vdir->folder < 0)
		return error_set_errno(err, ERROR_TEMPORARY, errno, "%s", vdir->path);
	if (flock(vdir->folder, LOCK_EX | LOCK_NB) != 0)
		return error_set(
			err, ERROR_BUSY, "%s: another export writes there just now", vdir->path);
	return true;
}

static void vdir_close(struct vdir *vdir)
{
	if (vdir->folder >= 0)
		close(vdir->folder);
	buffer_done(&vdir->names);
	buffer_done(&vdir->kept);
	buffer_done(&vdir->fresh);
	buffer_done(&vdir->text);
	buffer_done(&vdir->before);
	arena_done(&vdir->arena);
}

bool vdir_write(struct db *db, const struct calendar_feed *feed, const char *directory,
	struct vdir_counts *counts, struct error *err)
{
	struct vdir vdir = {
		.path = directory, .instance = feed->instance, .folder = -1, .feed = feed};
	bool ok = vdir_open(&vdir, err) && read_folder(&vdir, err);

	if (ok) {
		ok = calendar_each_item(db, feed, take_item, &vdir, err) &&
		     /* one flush for all of them: an fsync each would take seconds for thousands */
		     (syncfs(vdir.folder) == 0 || file_failed(&vdir, ".", err)) &&
		     put_in_place(&vdir, err);
		if (!ok)
			forget_waiting(&vdir);
	}
	*counts = vdir.counts;
	vdir_close(&vdir);
	return ok;
}
