/*
 * walk.h - the mails under paths: .eml files, mbox files, Maildirs and folders of these, in an
 * order that is the same each time.
 */
#ifndef INGEST_WALK_H
#define INGEST_WALK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/span.h"

struct walk_mail {
	struct span bytes;
	const char *path; /* of the file */
	/* Names this copy for ever: the path, in a Maildir without flags and new/cur, which change.
	 */
	const char *source;
	int64_t offset; /* in an mbox file */
	bool too_large; /* bytes are its beginning only */
};

struct walk {
	size_t max_bytes; /* of one mail */
	/* False ends the walk with its error. */
	bool (*mail)(void *context, const struct walk_mail *mail, struct error *err);
	/* A file that cannot be read or is no mail; the walk goes on. */
	void (*complain)(void *context, const char *path, const struct error *err);
	void *context;
	int64_t bytes_done; /* of the files read so far */
};

MUST_CHECK bool walk_path(struct walk *walk, const char *path, struct error *err);
/* Bytes of all files that walk_path would read. */
int64_t walk_size(const char *path);

#endif
