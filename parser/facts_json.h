/*
 * facts_json.h - facts as the JSON object of docs/explain.md (jansson).
 */
#ifndef PARSER_FACTS_JSON_H
#define PARSER_FACTS_JSON_H

#include <jansson.h>

#include "parser/facts.h"

/*
 * The whole object with keys file, format, message, forwarded, invites, invoices, requests,
 * actions, and route null, matches [], effects []: `explain` replaces the last three. The caller
 * owns the reference. Dues of requests are counted from the mail's own Date.
 */
json_t *facts_json(const struct facts *facts, const char *file);

#endif
