/*
 * intake.h - the intake that the power-loss test records, and what has to be found of it: batches
 * of mails as a reader gives them to the ledger, each one transaction with the folder's cursor.
 */
#ifndef TESTS_FAULT_INTAKE_H
#define TESTS_FAULT_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "store/db.h"
#include "tests/fault/disk_log.h"

#define INTAKE_BATCHES 36
#define INTAKE_BATCH   6 /* UIDs; from the second batch on the last is a copy of an older mail */

/*
 * Makes a database in the directory and runs the whole intake; the log has to be recorded already.
 * acknowledged[N]: how many ops there were when the commit of batch N had come back, from when on
 * the reader may act on the server. setup: SQL for the connection, NULL: none.
 */
bool intake_run(const char *directory, const char *setup, const struct disk_log *log,
	size_t acknowledged[INTAKE_BATCHES], struct error *err);

/* How many whole batches the database holds; its cursor says so. */
bool intake_found(struct db *db, size_t *batches, struct error *err);
/*
 * Pages, references and sums are right and exactly the mails of the first `batches` are there, each
 * once, byte for byte; then takes the next batch as a restarted reader does.
 */
bool intake_check(struct db *db, size_t batches, struct error *err);

#endif
