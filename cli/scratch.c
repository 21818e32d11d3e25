#include "cli/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool scratch_open(struct scratch *scratch, struct db **db, struct error *err)
{
	const char *parent = getenv("TMPDIR");

	snprintf(scratch->directory, sizeof scratch->directory, "%s/postroom-XXXXXX",
		parent && *parent ? parent : "/tmp");
	if (!mkdtemp(scratch->directory)) {
		error_set_errno(err, ERROR_STORAGE, errno, "%s", scratch->directory);
		scratch->directory[0] = '\0';
		return false;
	}
	if (!db_open(scratch->directory, DB_WRITE, db, err)) {
		scratch_remove(scratch);
		return false;
	}
	return true;
}

void scratch_remove(struct scratch *scratch)
{
	DIR *folder = scratch->directory[0] ? opendir(scratch->directory) : NULL;
	struct dirent *entry;

	if (!folder)
		return;
	/* Files only: the database, its log and its lock. */
	while ((entry = readdir(folder)))
		unlinkat(dirfd(folder), entry->d_name, 0);
	closedir(folder);
	rmdir(scratch->directory);
	scratch->directory[0] = '\0';
}
