#include "cli/board_sales.h"

#include <string.h>

#include "cli/amount.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/records.h"

static const struct db_page every = {.limit = 100000};

enum exit_code board_sales_pipeline(struct cli *cli, const struct config_pipeline **pipeline)
{
	const char *name = cli_option(cli, "pipeline");

	*pipeline = name ? config_pipeline(cli->config, span_from(name))
			 : &cli->config->deals.pipelines[0];
	if (*pipeline)
		return EXIT_DONE;
	message_print("there is no pipeline `%s`; there are:", name);
	for (size_t i = 0; i < cli->config->deals.pipeline_count; i++)
		message_print("  %s", cli->config->deals.pipelines[i].name);
	return EXIT_NOT_FOUND;
}

struct span board_sales_columns(struct cli *cli)
{
	const struct config_pipeline *pipeline;
	struct span columns = SPAN("unprocessed");

	if (board_sales_pipeline(cli, &pipeline) != EXIT_DONE)
		return columns;
	for (size_t i = 0; i < pipeline->phase_count; i++)
		columns = arena_format(
			&cli->arena, "%.*s|%s", SPAN_ARG(columns), pipeline->phases[i].name);
	return columns;
}

/* A lead that nobody moved on yet; then the phase; then how it ended. */
static struct span column_of(const struct cli *cli, const struct deal *deal)
{
	if (!span_equal(deal->state, SPAN("open")))
		return deal->state;
	if (deal->is_lead && span_equal(deal->phase, span_from(cli->config->leads.first_phase)))
		return SPAN("unprocessed");
	return deal->phase.size ? deal->phase : deal->state;
}

bool board_sales_read(struct cli *cli, int64_t user_id, json_t *array, struct error *err)
{
	const struct config_pipeline *pipeline;
	struct deal_filter filter = {.owner_id = user_id, .page = every};
	struct deal *rows;
	size_t count;

	if (board_sales_pipeline(cli, &pipeline) != EXIT_DONE)
		return error_set(err, ERROR_BUG, "the pipeline was looked at already");
	/* Deals from before pipelines had names are in the first. */
	filter.pipeline = span_from(pipeline->name);
	if (!deal_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool open = span_equal(rows[i].state, SPAN("open"));
		json_t *deal;

		if (!rows[i].pipeline.size && pipeline != &cli->config->deals.pipelines[0])
			continue;
		deal = deal_json(cli, &rows[i]);
		json_object_set_new(deal, "column", json_span(column_of(cli, &rows[i])));
		json_object_set_new(
			deal, "day", cli_date_json(open ? rows[i].expected_close : rows[i].ended));
		json_array_append_new(array, deal);
	}
	return true;
}

/* ---------------------------------------------------------------- what it is worth */

enum sum { PROJECTED, WEIGHTED, WON, LOST, SUM_COUNT };
static const char *const sum_names[] = {"projected", "weighted", "won", "lost"};

/* Of one currency. */
struct sum_row {
	const char *currency;
	int64_t cents[SUM_COUNT], deals;
};

/* There are never more rows than cards. */
struct sums {
	struct sum_row *rows;
	size_t count;
};

static int64_t cents_of(const json_t *card, const char *key)
{
	const char *text = json_string_value(json_object_get(card, key));
	int64_t cents = 0;

	if (text && !amount_from_text(span_from(text), &cents))
		return 0;
	return cents;
}

static void sums_add(struct sums *sums, const json_t *card)
{
	const char *currency = json_string_value(json_object_get(card, "currency")),
		   *state = json_string_value(json_object_get(card, "state"));
	int64_t value = cents_of(card, "value");
	size_t i = 0;

	if (!currency)
		return; /* without a value */
	while (i < sums->count && strcmp(sums->rows[i].currency, currency) != 0)
		i++;
	if (i == sums->count)
		sums->rows[sums->count++].currency = currency;
	sums->rows[i].deals++;
	if (strcmp(state, "open") == 0) {
		sums->rows[i].cents[PROJECTED] += value;
		sums->rows[i].cents[WEIGHTED] += cents_of(card, "weighted");
	} else {
		sums->rows[i].cents[strcmp(state, "lost") == 0 ? LOST : WON] += value;
	}
}

json_t *board_sales_totals(struct cli *cli, const json_t *cards)
{
	struct sums sums = {
		.rows = arena_array(&cli->arena, struct sum_row, json_array_size(cards) + 1)};
	json_t *array = json_array();
	const json_t *card;
	size_t i;

	json_array_foreach((json_t *)cards, i, card)
	{
		sums_add(&sums, card);
	}
	for (i = 0; i < sums.count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "currency", json_string(sums.rows[i].currency));
		json_object_set_new(object, "deals", json_integer(sums.rows[i].deals));
		for (size_t j = 0; j < SUM_COUNT; j++)
			json_object_set_new(object, sum_names[j],
				json_span(amount_text(&cli->arena, sums.rows[i].cents[j])));
		json_array_append_new(array, object);
	}
	return array;
}
