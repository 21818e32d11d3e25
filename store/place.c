#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

/* SQLite's lock of the writer: the byte after the 120 of the index header (walformat.html). */
#define WAL_WRITE_LOCK_BYTE 120

/*
 * The umask belongs to the process, but nobody here makes files in threads. An fchmod after the
 * open would be a moment too late for a process that is killed between the two.
 */
int place_open(const char *path, int flags, mode_t mode)
{
	mode_t before = umask(0);
	int file = open(path, flags | O_CLOEXEC, mode);
	int why = errno;

	umask(before);
	errno = why;
	return file;
}

bool place_new_file(const char *path, mode_t mode, struct error *err)
{
	int file = place_open(path, O_WRONLY | O_CREAT | O_EXCL, mode);

	if (file < 0)
		return error_set_errno(
			err, errno == EEXIST ? ERROR_CONFLICT : ERROR_STORAGE, errno, "%s", path);
	close(file);
	return true;
}

bool place_sync(const char *path, struct error *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool ok = file >= 0 && fsync(file) == 0;

	if (!ok)
		error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
	if (file >= 0)
		close(file);
	return ok;
}

/* The directory that holds a file: its name ends before the last slash. */
static void directory_of(const char *file, char *directory, size_t size)
{
	const char *slash = strrchr(file, '/');

	if (!slash)
		snprintf(directory, size, ".");
	else if (slash == file)
		snprintf(directory, size, "/");
	else
		snprintf(directory, size, "%.*s", (int)(slash - file), file);
}

bool place_rename(const char *from, const char *to, struct error *err)
{
	char directory[4200];

	directory_of(to, directory, sizeof directory);
	if (!place_sync(from, err))
		return false;
	if (rename(from, to) != 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", to);
	return place_sync(directory, err);
}

bool place_open_turn(const char *directory, int *turn, struct error *err)
{
	char path[4200];

	snprintf(path, sizeof path, "%s/postroom.turn", directory);
	*turn = place_open(path, O_RDWR | O_CREAT, 0660);
	return *turn >= 0 || error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
}

/* flock has no timeout, and the turn is short: the lock is asked for once a millisecond. */
bool place_enter_turn(int turn, int64_t timeout_ms)
{
	const struct timespec pause = {0, 1000000};
	int64_t begin_ms = clock_monotonic_ms();

	while (flock(turn, LOCK_EX | LOCK_NB) != 0) {
		if (clock_monotonic_ms() - begin_ms > timeout_ms)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

bool place_turn_is_taken(int turn)
{
	if (flock(turn, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK;
	place_leave_turn(turn);
	return false;
}

void place_leave_turn(int turn)
{
	flock(turn, LOCK_UN);
}

static bool check_mode(const char *path, const struct stat *info, struct error *err)
{
	if (!S_ISREG(info->st_mode))
		return error_set(err, ERROR_INPUT, "%s is not a file", path);
	if (info->st_mode & S_IRWXO)
		return error_set(err, ERROR_INPUT,
			"%s is open to everybody (mode %04o): chmod o-rwx '%s'", path,
			(unsigned)info->st_mode & 07777, path);
	return true;
}

/*
 * The group of the directory is the group of all files in it (02770, which mkdir alone can't give).
 * It gets its name when it has its mode: a process killed between the two left a directory that
 * nobody mends.
 */
static bool make_directory(const char *directory, struct error *err)
{
	char making[4200];
	struct stat info;

	if (stat(directory, &info) == 0)
		return true;
	snprintf(making, sizeof making, "%s.making", directory);
	if ((mkdir(making, 0770) != 0 && errno != EEXIST) || chmod(making, 02770) != 0 ||
		rename(making, directory) != 0) {
		int why = errno;

		if (stat(directory, &info) == 0) /* another process was quicker */
			return true;
		return error_set_errno(err, ERROR_STORAGE, why, "%s", directory);
	}
	return true;
}

static bool make_database(const char *path, struct error *err)
{
	if (place_new_file(path, 0660, err))
		return true;
	return err->kind == ERROR_CONFLICT; /* another process was quicker */
}

bool place_prepare(const char *directory, bool make, char *path, size_t size, struct error *err)
{
	static const char *const beside[] = {"-wal", "-shm"};
	char other[4200];
	struct stat info;

	if ((size_t)snprintf(path, size, "%s/postroom.db", directory) >= size)
		return error_set(err, ERROR_INPUT, "%s: the path is too long", directory);
	if (make && !make_directory(directory, err))
		return false;
	if (stat(path, &info) != 0) {
		if (errno != ENOENT)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
		if (!make)
			return error_set(err, ERROR_STORAGE,
				"%s: there is no database yet; postroomd makes it at its first "
				"start",
				path);
		if (!make_database(path, err) || stat(path, &info) != 0)
			return error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
	}
	if (!check_mode(path, &info, err))
		return false;
	for (size_t i = 0; i < 2; i++) {
		snprintf(other, sizeof other, "%s%s", path, beside[i]);
		if (stat(other, &info) == 0 && !check_mode(other, &info, err))
			return false;
	}
	return true;
}

/* Lines of /proc/locks: "7: POSIX  ADVISORY  WRITE 812 fd:01:131 120 120". */
static long writer_of(const struct stat *index)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[256];
	long writer = 0;

	if (!locks)
		return 0;
	while (!writer && fgets(line, sizeof line, locks)) {
		unsigned long long inode, from;
		unsigned int high, low;
		char mode[16];
		long process;

		if (sscanf(line, "%*s POSIX %*s %15s %ld %x:%x:%llu %llu", mode, &process, &high,
			    &low, &inode, &from) == 6 &&
			strcmp(mode, "WRITE") == 0 && high == major(index->st_dev) &&
			low == minor(index->st_dev) && inode == index->st_ino &&
			from == WAL_WRITE_LOCK_BYTE)
			writer = process;
	}
	fclose(locks);
	return writer;
}

/*
 * Asking the kernel by fcntl would need a descriptor of the file, and closing that one would drop
 * the locks of our own connection.
 */
bool place_writer(const char *directory, char *holder, size_t size)
{
	char path[4200], name[32] = "";
	struct stat info;
	FILE *file;
	long writer;

	snprintf(path, sizeof path, "%s/postroom.db-shm", directory);
	if (stat(path, &info) != 0)
		return false;
	writer = writer_of(&info);
	if (!writer)
		return false;
	snprintf(path, sizeof path, "/proc/%ld/comm", writer);
	file = fopen(path, "re");
	if (file) {
		if (!fgets(name, sizeof name, file))
			name[0] = '\0';
		fclose(file);
	}
	name[strcspn(name, "\n")] = '\0';
	snprintf(holder, size, "process %ld (%s)", writer, name[0] ? name : "of another user");
	return true;
}
