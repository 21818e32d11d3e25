/*
 * mbox.h - mails of an mbox file (RFC 4155), one after the other. Boundaries are lines "From "
 * with an address and a date behind it, after an empty line; where one of these is missing a header
 * must follow. Quoted ">From " lines lose one ">" (mboxrd; the older mboxo differs only in what
 * can't be told apart).
 */
#ifndef INGEST_MBOX_H
#define INGEST_MBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

struct mbox;

MUST_CHECK bool mbox_open(const char *path, struct mbox **mbox, struct error *err);
void mbox_close(struct mbox *mbox);

struct mbox_mail {
	struct span bytes; /* valid until the next call */
	int64_t offset;	   /* of its "From " line in the file */
	bool too_large;	   /* bytes are its beginning only */
};
/* *found false at the end. Of a mail above max_bytes only the beginning is kept. */
MUST_CHECK bool mbox_next(struct mbox *mbox, size_t max_bytes, struct mbox_mail *mail, bool *found,
	struct error *err);
/* Bytes of the file that were read so far. */
int64_t mbox_position(const struct mbox *mbox);

/* The bytes begin as an mbox file does. */
bool mbox_is_start(struct span bytes);

#endif
