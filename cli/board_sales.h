/*
 * board_sales.h - the sales board: its cards, its columns and what they are worth.
 */
#ifndef CLI_BOARD_SALES_H
#define CLI_BOARD_SALES_H

#include "cli/cli.h"

/* The pipeline of --pipeline, else the first one. EXIT_NOT_FOUND with those that there are. */
MUST_CHECK enum exit_code board_sales_pipeline(
	struct cli *cli, const struct config_pipeline **pipeline);
/* The cards: deals with "column" and "day" (expected, or ended) beside their own keys. */
MUST_CHECK bool board_sales_read(
	struct cli *cli, int64_t user_id, json_t *array, struct error *err);
/* "unprocessed", then the phases, separated by |. */
struct span board_sales_columns(struct cli *cli);

/*
 * [{"currency", "deals", "projected", "weighted", "won", "lost"}], of the cards: projected is the
 * value of what is open, weighted that by the probability of its phase, won is what was won.
 */
json_t *board_sales_totals(struct cli *cli, const json_t *cards);
#endif
