/*
 * disk_log.h - what SQLite asked a disk to do, in order, and the disks that a power loss could have
 * left of it. disk_vfs.c fills the log, disk_image.c builds the disks.
 */
#ifndef TESTS_FAULT_DISK_LOG_H
#define TESTS_FAULT_DISK_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_op_kind {
	DISK_LINK,     /* the file gets this name */
	DISK_UNLINK,   /* the name goes */
	DISK_SYNC_DIR, /* all names so far are on the disk */
	DISK_WRITE,
	DISK_TRUNCATE,
	DISK_SYNC, /* all of the file so far is on the disk */
};

/* The names SQLite gives its files, as they end. */
enum disk_name { DISK_DB, DISK_WAL, DISK_JOURNAL, DISK_NAMES };
extern const char *const disk_suffixes[DISK_NAMES];

struct disk_op {
	enum disk_op_kind kind;
	enum disk_name name; /* LINK and UNLINK */
	size_t file;	     /* all but UNLINK and SYNC_DIR: which, counted from 0 */
	size_t offset, size; /* TRUNCATE: size alone */
	unsigned char *data; /* WRITE */
};

struct disk_log {
	struct disk_op *ops;
	size_t count, capacity;
	size_t files;
	size_t writes, syncs;
};

/*
 * Registers the recording VFS as SQLite's default; everything goes to the real one, too. The log is
 * filled while it is set, NULL stops that.
 */
void disk_vfs_register(void);
void disk_vfs_record(struct disk_log *log);
void disk_log_done(struct disk_log *log);

/* What happens to the writes of a file that no sync came after. */
enum disk_loss {
	DISK_LOSE_ALL,
	DISK_LOSE_NONE, /* as after a kill -9 */
	DISK_LOSE_SOME, /* each write is there or not, in any order */
	DISK_TEAR,	/* each sector of each write is there or not */
	DISK_GARBLE,	/* as TEAR, and sectors that are not there hold anything */
	DISK_TEAR_LAST, /* in order up to one write, of which a part is there */
	DISK_LOSSES,
};

/* The disk at one moment; goes through the log from front to back. */
struct disk;
struct disk *disk_new(const struct disk_log *log);
void disk_free(struct disk *disk);
/* What happened before op number `until` has happened; never goes back. */
void disk_advance(struct disk *disk, size_t until);
/*
 * Writes the files of DIRECTORY/postroom.db* as they could be after a power loss now, by chance of
 * the seed. sector_size 512 or 4096. False (errno) when a file can't be written.
 */
bool disk_cut(const struct disk *disk, enum disk_loss loss, size_t sector_size, uint64_t seed,
	const char *directory);

#endif
