/*
 * scratch.h - an empty database in a folder of its own, for `explain` where there is none yet:
 * what would be done with the very first mail.
 */
#ifndef CLI_SCRATCH_H
#define CLI_SCRATCH_H

#include "base/error.h"
#include "store/db.h"

struct scratch {
	char directory[256]; /* "" none */
};

MUST_CHECK bool scratch_open(struct scratch *scratch, struct db **db, struct error *err);
/* Removes the folder; the database must be closed. */
void scratch_remove(struct scratch *scratch);

#endif
