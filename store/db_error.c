/*
 * db_error.c - what SQLite says of a failure, in words for who has to mend it.
 */
#include <errno.h>
#include <sqlite3.h>
#include <string.h>

#include "base/memory.h"
#include "store/db_handle.h"

static enum error_kind kind_of(int status)
{
	switch (status & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return ERROR_BUSY;
	case SQLITE_CONSTRAINT:
		return ERROR_CONFLICT;
	case SQLITE_TOOBIG:
		return ERROR_LIMIT;
	case SQLITE_INTERRUPT:
		return ERROR_TEMPORARY;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_CANTOPEN:
	case SQLITE_PROTOCOL:
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return ERROR_STORAGE;
	default:
		return ERROR_BUG;
	}
}

/*
 * What the system said to the call that failed; 0: it was not asked, or SQLite's words say all. A
 * commit's failed sync is not noted by SQLite: then it is the last thing that the system said.
 */
static int cause_of(sqlite3 *handle, int status, int last)
{
	int primary = status & 0xff;
	int cause;

	if (!handle || (primary != SQLITE_IOERR && primary != SQLITE_CANTOPEN))
		return 0;
	cause = sqlite3_system_errno(handle);
	if (primary == SQLITE_CANTOPEN && cause == ENOENT)
		return 0; /* of the second try, to read it; why it could not be made is forgotten */
	return cause || (last != ENOSPC && last != EDQUOT && last != EIO) ? cause : last;
}

/* SQLite says "disk I/O error" of a full disk too, where it is its own index that can't grow. */
bool db_fail(sqlite3 *handle, int status, const char *what, struct error *err)
{
	int cause = cause_of(handle, status, errno);

	if ((status & 0xff) == SQLITE_NOMEM)
		memory_exhausted();
	if ((status & 0xff) == SQLITE_FULL || cause == ENOSPC || cause == EDQUOT)
		return error_set(err, ERROR_STORAGE, "%s: the disk is full; free some space", what);
	/* Where a file can't be opened to write it, SQLite opens it to read it. */
	if (((status & 0xff) == SQLITE_CANTOPEN || (status & 0xff) == SQLITE_READONLY) &&
		cause == 0)
		return error_set(err, ERROR_STORAGE,
			"%s: a file can't be opened or made; look at the free space and who may "
			"write there",
			what);
	return error_set(err, kind_of(status), "%s: %s%s%s", what,
		handle && sqlite3_errcode(handle) != SQLITE_OK ? sqlite3_errmsg(handle)
							       : sqlite3_errstr(status),
		cause ? ": " : "", cause ? strerror(cause) : "");
}
