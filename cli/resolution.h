/*
 * resolution.h - what an answer to the queue touches, as `unresolved` and `triage` show it.
 */
#ifndef CLI_RESOLUTION_H
#define CLI_RESOLUTION_H

#include "cli/cli.h"
#include "ingest/resolve.h"

/* {"settled", "contact", "company", "touched": […]}; the caller owns the reference. */
json_t *resolution_json(const struct resolve_result *result);
/* The table of what is touched, at most `shown` rows; text only. */
void resolution_print(struct cli *cli, const json_t *touched, size_t shown);
/* The item as JSON with the subject of its mail; the caller owns the reference. */
MUST_CHECK bool resolution_item_json(
	struct cli *cli, const struct unresolved *item, json_t **object, struct error *err);

#endif
