/*
 * reading.h - what was read of a mail as the record keeps it: facts, addresses, attachments, text.
 */
#ifndef INGEST_READING_H
#define INGEST_READING_H

#include "ingest/state.h"

/* message_read of the mail's facts, secrets taken out. */
MUST_CHECK bool reading_record(struct mail *mail, struct error *err);

#endif
