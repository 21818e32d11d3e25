#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/place.h"

/* The first line of the lock file; empty when it cannot be read. */
static void read_holder(int file, char *holder, size_t size)
{
	ssize_t got = pread(file, holder, size - 1, 0);

	holder[got > 0 ? got : 0] = '\0';
	holder[strcspn(holder, "\n")] = '\0';
}

static bool write_holder(int file, const char *path, struct error *err)
{
	char started[CLOCK_RFC3339_SIZE];
	char line[128];
	int size = snprintf(line, sizeof line, "process %ld, started %s\n", (long)getpid(),
		clock_rfc3339(clock_now_ms(), 0, started));

	if (ftruncate(file, 0) != 0 || pwrite(file, line, (size_t)size, 0) != size)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
	return true;
}

bool db_lock_daemon(const char *directory, int *lock, struct error *err)
{
	char path[PATH_MAX], holder[128];
	int file;

	*lock = -1;
	snprintf(path, sizeof path, "%s/postroomd.lock", directory);
	/* The group may take it over after us. */
	file = place_open(path, O_RDWR | O_CREAT, 0660);
	if (file < 0)
		return error_set_errno(err, ERROR_STORAGE, errno, "%s", path);
	if (flock(file, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;

		read_holder(file, holder, sizeof holder);
		close(file);
		if (why != EWOULDBLOCK)
			return error_set_errno(err, ERROR_STORAGE, why, "%s", path);
		return error_set(err, ERROR_BUSY,
			"%s: postroomd runs on this database (%s); stop it first", directory,
			holder[0] ? holder : "its process is not known");
	}
	if (!write_holder(file, path, err)) {
		close(file);
		return false;
	}
	*lock = file;
	return true;
}

void db_unlock_daemon(int lock)
{
	if (lock >= 0)
		close(lock);
}
