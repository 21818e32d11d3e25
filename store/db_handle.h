/*
 * db_handle.h - SQLite's connection, between the files of the door db*.c alone.
 */
#ifndef STORE_DB_HANDLE_H
#define STORE_DB_HANDLE_H

#include "base/error.h"
#include "store/db.h"

struct sqlite3;

struct sqlite3 *db_handle(const struct db *db);
/*
 * Sets the error of a call that gave `status`, with `what` before it and the system's reason behind
 * it, and returns false. handle NULL: there is none. Memory that ended ends the process.
 */
bool db_fail(struct sqlite3 *handle, int status, const char *what, struct error *err);

#endif
