/*
 * bill_reading.h - where the fields of a ticket come from: which document said so, and how sure
 * that was. Read anew from the facts of the mail that opened it, so that nothing is kept twice.
 */
#ifndef INGEST_BILL_READING_H
#define INGEST_BILL_READING_H

#include "parser/facts.h"
#include "store/ticket.h"

struct bill_reading {
	const char *field; /* as in the JSON of a ticket: number, total, … */
	bool read;	   /* false: the value is not what was read, a person set it */
	enum facts_invoice_source source;
	struct span attachment; /* its file name; empty: the words of the mail */
	double confidence;	/* 0..1 */
};

/*
 * One for each field that the ticket has, in the arena. None when no mail opened the ticket or its
 * facts are gone (retention, erasure).
 */
MUST_CHECK bool bill_readings(struct db *db, const struct ticket *ticket, struct arena *arena,
	struct bill_reading **rows, size_t *count, struct error *err);

#endif
