#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/fault/disk_log.h"

const char *const disk_suffixes[DISK_NAMES] = {"", "-wal", "-journal"};

struct logged_file {
	sqlite3_file base;
	size_t number;
	bool logged;
	bool sync_dir; /* its first sync syncs the directory, too */
	sqlite3_file *real;
};

static struct disk_log *recording;
static sqlite3_vfs *real_vfs;
/* Which file a name means now; the first op that needs it gives the number. */
static struct {
	bool exists;
	size_t number;
} names[DISK_NAMES];

/* ---------------------------------------------------------------- the log */

static void add(struct disk_op op)
{
	if (recording->count == recording->capacity) {
		recording->capacity = recording->capacity ? recording->capacity * 2 : 1024;
		recording->ops =
			memory_resize(recording->ops, recording->capacity * sizeof *recording->ops);
	}
	recording->ops[recording->count++] = op;
}

void disk_log_done(struct disk_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		free(log->ops[i].data);
	free(log->ops);
	*log = (struct disk_log){0};
}

void disk_vfs_record(struct disk_log *log)
{
	recording = log;
	memset(names, 0, sizeof names);
}

static bool ends_with(const char *text, const char *end)
{
	size_t size = strlen(text), end_size = strlen(end);

	return size >= end_size && strcmp(text + size - end_size, end) == 0;
}

static bool name_of(const char *path, enum disk_name *name)
{
	static const char *const ends[DISK_NAMES] = {
		"postroom.db", "postroom.db-wal", "postroom.db-journal"};

	for (size_t i = 0; path && i < DISK_NAMES; i++)
		if (ends_with(path, ends[i])) {
			*name = (enum disk_name)i;
			return true;
		}
	return false;
}

/* ---------------------------------------------------------------- methods of a file */

static sqlite3_file *real(sqlite3_file *file)
{
	return ((struct logged_file *)file)->real;
}

static int file_close(sqlite3_file *file)
{
	return real(file)->pMethods ? real(file)->pMethods->xClose(real(file)) : SQLITE_OK;
}

static int file_read(sqlite3_file *file, void *data, int size, sqlite3_int64 offset)
{
	return real(file)->pMethods->xRead(real(file), data, size, offset);
}

static int file_write(sqlite3_file *file, const void *data, int size, sqlite3_int64 offset)
{
	struct logged_file *self = (struct logged_file *)file;

	if (recording && self->logged) {
		unsigned char *copy = memory_alloc((size_t)size);

		memcpy(copy, data, (size_t)size);
		add((struct disk_op){.kind = DISK_WRITE,
			.file = self->number,
			.offset = (size_t)offset,
			.size = (size_t)size,
			.data = copy});
		recording->writes++;
	}
	return real(file)->pMethods->xWrite(real(file), data, size, offset);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	struct logged_file *self = (struct logged_file *)file;

	if (recording && self->logged)
		add((struct disk_op){
			.kind = DISK_TRUNCATE, .file = self->number, .size = (size_t)size});
	return real(file)->pMethods->xTruncate(real(file), size);
}

/* After the real one, whose end is what SQLite believes in. */
static int file_sync(sqlite3_file *file, int flags)
{
	struct logged_file *self = (struct logged_file *)file;
	int status = real(file)->pMethods->xSync(real(file), flags);

	if (status != SQLITE_OK || !recording || !self->logged)
		return status;
	add((struct disk_op){.kind = DISK_SYNC, .file = self->number});
	recording->syncs++;
	if (self->sync_dir)
		add((struct disk_op){.kind = DISK_SYNC_DIR});
	self->sync_dir = false;
	return status;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	return real(file)->pMethods->xFileSize(real(file), size);
}

static int file_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int file_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int file_reserved(sqlite3_file *file, int *reserved)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), reserved);
}

static int file_control(sqlite3_file *file, int op, void *argument)
{
	return real(file)->pMethods->xFileControl(real(file), op, argument);
}

static int file_sector_size(sqlite3_file *file)
{
	return real(file)->pMethods->xSectorSize(real(file));
}

static int file_characteristics(sqlite3_file *file)
{
	return real(file)->pMethods->xDeviceCharacteristics(real(file));
}

static int file_shm_map(
	sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
	return real(file)->pMethods->xShmMap(real(file), region, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int file_shm_unmap(sqlite3_file *file, int remove)
{
	return real(file)->pMethods->xShmUnmap(real(file), remove);
}

static int file_fetch(sqlite3_file *file, sqlite3_int64 offset, int size, void **memory)
{
	return real(file)->pMethods->xFetch(real(file), offset, size, memory);
}

static int file_unfetch(sqlite3_file *file, sqlite3_int64 offset, void *memory)
{
	return real(file)->pMethods->xUnfetch(real(file), offset, memory);
}

static const sqlite3_io_methods methods = {3, file_close, file_read, file_write, file_truncate,
	file_sync, file_size, file_lock, file_unlock, file_reserved, file_control, file_sector_size,
	file_characteristics, file_shm_map, file_shm_lock, file_shm_barrier, file_shm_unmap,
	file_fetch, file_unfetch};

/* ---------------------------------------------------------------- methods of the VFS */

/* The empty database is made before SQLite opens it: to the log it comes into being here. */
static void log_open(struct logged_file *self, enum disk_name name)
{
	if (!names[name].exists) {
		names[name].exists = true;
		names[name].number = recording->files++;
		add((struct disk_op){.kind = DISK_LINK, .name = name, .file = names[name].number});
		/* So does the real VFS with the log and the journal it made (os_unix.c). */
		self->sync_dir = name != DISK_DB;
	}
	self->number = names[name].number;
}

static int vfs_open(
	sqlite3_vfs *vfs, sqlite3_filename path, sqlite3_file *file, int flags, int *out_flags)
{
	struct logged_file *self = (struct logged_file *)file;
	enum disk_name name;
	int status;

	(void)vfs;
	*self = (struct logged_file){.real = (sqlite3_file *)(self + 1)};
	status = real_vfs->xOpen(real_vfs, path, self->real, flags, out_flags);
	if (status == SQLITE_OK && recording && name_of(path, &name)) {
		self->logged = true;
		log_open(self, name);
	}
	self->base.pMethods = self->real->pMethods ? &methods : NULL;
	return status;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_dir)
{
	enum disk_name name;
	int status = real_vfs->xDelete(real_vfs, path, sync_dir);

	(void)vfs;
	if (status != SQLITE_OK || !recording || !name_of(path, &name))
		return status;
	names[name].exists = false;
	add((struct disk_op){.kind = DISK_UNLINK, .name = name});
	if (sync_dir)
		add((struct disk_op){.kind = DISK_SYNC_DIR});
	return status;
}

void disk_vfs_register(void)
{
	static sqlite3_vfs vfs;

	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "disk-log";
	vfs.pNext = NULL;
	vfs.szOsFile = (int)sizeof(struct logged_file) + real_vfs->szOsFile;
	vfs.xOpen = vfs_open;
	vfs.xDelete = vfs_delete;
	sqlite3_vfs_register(&vfs, 1);
}
