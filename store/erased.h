/*
 * erased.h - who was erased: the list that keeps him out when his mail is polled or imported again
 * or an older backup is restored. DIRECTORY/postroom.erased, beside the database and not in it, so
 * that a restore does not take it back. It holds no address but HMAC-SHA-256 of each with a key of
 * its own, and what was begun and is not finished.
 */
#ifndef STORE_ERASED_H
#define STORE_ERASED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

#define ERASED_FILE "postroom.erased"

struct erased;

/* A file that is not there is an empty list; one that can't be understood is ERROR_STORAGE. */
MUST_CHECK bool erased_open(const char *directory, struct erased **erased, struct error *err);
void erased_close(struct erased *erased);
/* Reads it again when another process changed it; costs one stat(2) when none did. */
MUST_CHECK bool erased_refresh(struct erased *erased, struct error *err);
/* Nobody is listed. */
bool erased_is_empty(const struct erased *erased);

/* When he was erased, UTC milliseconds; 0: not listed. folded: by text_fold_address. */
int64_t erased_address(const struct erased *erased, struct span folded);
/* A contact by its row: ids are used again, so the instant it was made belongs to it. */
int64_t erased_contact(const struct erased *erased, int64_t id, int64_t created_ms);

/* One person as the list is to know him; spans are the caller's. */
struct erased_person {
	const struct span *addresses; /* folded */
	size_t address_count;
	int64_t contact_id, created_ms; /* contact_id 0: none */
	struct span asked; /* what the person at the terminal called him, folded: to go on with */
};
/* Lists him, or lists him anew at this instant, and marks the erasure as begun. Durable. */
MUST_CHECK bool erased_begin(struct erased *erased, const struct erased_person *person,
	int64_t now_ms, struct error *err);
/* Everything that was begun is done. */
MUST_CHECK bool erased_finish(struct erased *erased, struct error *err);
/* How many were begun and not finished. */
size_t erased_unfinished(const struct erased *erased);
/* An unfinished one was begun by this name. */
bool erased_is_unfinished(const struct erased *erased, struct span asked);
/* Takes the person with this address from the list (*found false: nobody has it there). */
MUST_CHECK bool erased_readmit(
	struct erased *erased, struct span folded, bool *found, struct error *err);

#endif
