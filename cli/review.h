/*
 * review.h - how the weekly review is written.
 */
#ifndef CLI_REVIEW_H
#define CLI_REVIEW_H

#include "cli/cli.h"

/*
 * {"organisation", "period": {"first", "last"}, "sections": [{"key", "title", "findings": [{"kind",
 * "id", "name", "owner", "day", "detail"}]}], "value": [board_sales_totals]} as --format says.
 */
void review_print(struct cli *cli, const json_t *review);

#endif
