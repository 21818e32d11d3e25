#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/fault/disk_log.h"

struct content {
	unsigned char *bytes;
	size_t size, capacity;
};

struct file {
	struct content synced;
	size_t *pending; /* numbers of the ops that came after the last sync */
	size_t count, capacity;
};

#define NO_FILE SIZE_MAX

struct disk {
	const struct disk_log *log;
	size_t now; /* ops before this one have happened */
	struct file *files;
	size_t synced_names[DISK_NAMES]; /* which file each name means on the disk */
	size_t *pending_names;		 /* ops LINK and UNLINK after the last SYNC_DIR */
	size_t pending_name_count;
};

/* ---------------------------------------------------------------- chance */

/* splitmix64: the same images from the same seed everywhere. */
static uint64_t chance(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	return z ^ z >> 31;
}

static size_t chance_below(uint64_t *state, size_t limit)
{
	return (size_t)(chance(state) % limit);
}

/* ---------------------------------------------------------------- contents */

static void resize(struct content *content, size_t size)
{
	if (size > content->capacity) {
		content->capacity = size + size / 2 + 4096;
		content->bytes = memory_resize(content->bytes, content->capacity);
	}
	if (size > content->size)
		memset(content->bytes + content->size, 0, size - content->size);
	content->size = size;
}

static void put(struct content *content, size_t offset, const unsigned char *data, size_t size)
{
	if (offset + size > content->size)
		resize(content, offset + size);
	memcpy(content->bytes + offset, data, size);
}

static void apply(struct content *content, const struct disk_op *op)
{
	if (op->kind == DISK_TRUNCATE)
		resize(content, op->size);
	else
		put(content, op->offset, op->data, op->size);
}

static void put_garbage(struct content *content, size_t offset, size_t size, uint64_t *state)
{
	unsigned char bytes[4096];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)chance(state);
	put(content, offset, bytes, size);
}

/*
 * Sectors are those of the disk, so the first and the last of a write may be parts. Bytes beside a
 * write stay as they are: SQLite takes this for granted (SQLITE_IOCAP_POWERSAFE_OVERWRITE).
 */
static void apply_torn(struct content *content, const struct disk_op *op, size_t sector_size,
	bool garble, uint64_t *state)
{
	for (size_t done = 0; done < op->size;) {
		size_t at = op->offset + done;
		size_t piece = sector_size - at % sector_size;

		if (piece > op->size - done)
			piece = op->size - done;
		if (chance(state) & 1)
			put(content, at, op->data + done, piece);
		else if (garble)
			put_garbage(content, at, piece, state);
		done += piece;
	}
}

/* ---------------------------------------------------------------- time */

struct disk *disk_new(const struct disk_log *log)
{
	struct disk *disk = memory_alloc(sizeof *disk);

	*disk = (struct disk){.log = log};
	disk->files = memory_alloc((log->files + 1) * sizeof *disk->files);
	memset(disk->files, 0, (log->files + 1) * sizeof *disk->files);
	disk->pending_names = memory_alloc((log->count + 1) * sizeof *disk->pending_names);
	for (size_t i = 0; i < DISK_NAMES; i++)
		disk->synced_names[i] = NO_FILE;
	return disk;
}

void disk_free(struct disk *disk)
{
	for (size_t i = 0; i < disk->log->files; i++) {
		free(disk->files[i].synced.bytes);
		free(disk->files[i].pending);
	}
	free(disk->files);
	free(disk->pending_names);
	free(disk);
}

static void wait_for_sync(struct file *file, size_t number)
{
	if (file->count == file->capacity) {
		file->capacity = file->capacity ? file->capacity * 2 : 64;
		file->pending =
			memory_resize(file->pending, file->capacity * sizeof *file->pending);
	}
	file->pending[file->count++] = number;
}

static void apply_name(size_t names[DISK_NAMES], const struct disk_op *op)
{
	names[op->name] = op->kind == DISK_LINK ? op->file : NO_FILE;
}

static void happen(struct disk *disk, size_t number)
{
	const struct disk_op *op = &disk->log->ops[number];
	struct file *file = &disk->files[op->file];

	switch (op->kind) {
	case DISK_LINK:
	case DISK_UNLINK:
		disk->pending_names[disk->pending_name_count++] = number;
		break;
	case DISK_SYNC_DIR:
		for (size_t i = 0; i < disk->pending_name_count; i++)
			apply_name(disk->synced_names, &disk->log->ops[disk->pending_names[i]]);
		disk->pending_name_count = 0;
		break;
	case DISK_WRITE:
	case DISK_TRUNCATE:
		wait_for_sync(file, number);
		break;
	case DISK_SYNC:
		for (size_t i = 0; i < file->count; i++)
			apply(&file->synced, &disk->log->ops[file->pending[i]]);
		file->count = 0;
		break;
	}
}

void disk_advance(struct disk *disk, size_t until)
{
	while (disk->now < until)
		happen(disk, disk->now++);
}

/* ---------------------------------------------------------------- a cut */

static void cut_file(const struct disk *disk, const struct file *file, struct content *content,
	enum disk_loss loss, size_t sector_size, uint64_t *state)
{
	size_t kept = chance_below(state, file->count + 1); /* TEAR_LAST: so many whole ones */

	if (loss == DISK_LOSE_ALL)
		return;
	for (size_t i = 0; i < file->count; i++) {
		const struct disk_op *op = &disk->log->ops[file->pending[i]];
		bool whole = loss == DISK_LOSE_NONE || (loss == DISK_TEAR_LAST && i < kept);

		if (whole)
			apply(content, op);
		else if (loss == DISK_LOSE_SOME || op->kind == DISK_TRUNCATE) {
			if (loss != DISK_TEAR_LAST && chance(state) & 1)
				apply(content, op);
		} else if (loss != DISK_TEAR_LAST || i == kept) {
			apply_torn(content, op, sector_size, loss == DISK_GARBLE, state);
		}
	}
}

/* Names come and go in their order (journals of file systems keep it), up to some moment. */
static void cut_names(
	const struct disk *disk, enum disk_loss loss, uint64_t *state, size_t names[DISK_NAMES])
{
	size_t kept = loss == DISK_LOSE_ALL    ? 0
		      : loss == DISK_LOSE_NONE ? disk->pending_name_count
					       : chance_below(state, disk->pending_name_count + 1);

	memcpy(names, disk->synced_names, sizeof disk->synced_names);
	for (size_t i = 0; i < kept; i++)
		apply_name(names, &disk->log->ops[disk->pending_names[i]]);
}

static bool write_file(const char *directory, enum disk_name name, const struct content *content)
{
	char path[512];
	size_t done = 0;
	int out;

	snprintf(path, sizeof path, "%s/postroom.db%s", directory, disk_suffixes[name]);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0660);
	if (out < 0)
		return false;
	while (done < content->size) {
		ssize_t wrote = write(out, content->bytes + done, content->size - done);

		if (wrote < 0) {
			close(out);
			return false;
		}
		done += (size_t)wrote;
	}
	return close(out) == 0;
}

static bool write_cut(const struct disk *disk, enum disk_name name, size_t number,
	enum disk_loss loss, size_t sector_size, uint64_t *state, const char *directory)
{
	const struct file *file = &disk->files[number];
	struct content content = {0};
	bool ok;

	if (file->synced.size)
		put(&content, 0, file->synced.bytes, file->synced.size);
	cut_file(disk, file, &content, loss, sector_size, state);
	ok = write_file(directory, name, &content);
	free(content.bytes);
	return ok;
}

bool disk_cut(const struct disk *disk, enum disk_loss loss, size_t sector_size, uint64_t seed,
	const char *directory)
{
	size_t names[DISK_NAMES];
	uint64_t state = seed;

	cut_names(disk, loss, &state, names);
	for (size_t i = 0; i < DISK_NAMES; i++)
		if (names[i] != NO_FILE && !write_cut(disk, (enum disk_name)i, names[i], loss,
						   sector_size, &state, directory))
			return false;
	return true;
}
