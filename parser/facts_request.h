/*
 * facts_request.h - tags in an address: reading them (pure text work, no library) and the day they
 * mean. The parser reads them with the mail; the ledger asks for the day in the user's zone.
 */
#ifndef PARSER_FACTS_REQUEST_H
#define PARSER_FACTS_REQUEST_H

#include "parser/facts.h"

/*
 * Reads the detail of one address ("2w.to-anna") into a request; false when the detail is empty.
 * A detail that is no tag gives a request with error set. Grammar: product.md section 6.
 */
bool request_read(struct arena *arena, struct span address, char tag_separator,
	struct facts_request *request);

/*
 * As request_read for a detail alone; request->source stays. The ledger uses it to read the rest of
 * a detail again whose secret (`crm+SECRET.2w@`) it has taken off.
 */
void request_read_tag(struct arena *arena, struct span tag, struct facts_request *request);

/* The day it falls on when counted from `from`; not set for REQUEST_NO_DATE. */
struct date request_due(const struct facts_request *request, struct date from,
	const struct date *days_off, size_t days_off_count);

#endif
