/*
 * statistics.c - `postroom statistics`: how much came, was done and was decided.
 */
#include "store/statistics.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/period.h"

static const struct column columns[] = {
	{"what", "what", COLUMN_TEXT},
	{"count", "count", COLUMN_NUMBER},
	{"before", "before", COLUMN_NUMBER},
};

/* As many days as the period has, right before it: more or less than last time? */
static struct period before_of(const struct period *period)
{
	int days = (int)(date_to_days(period->last) - date_to_days(period->first)) + 1;

	return (struct period){
		date_add_days(period->first, -days), date_add_days(period->first, -1)};
}

static bool read(struct cli *cli, const struct period *period, struct statistic **rows,
	size_t *count, struct error *err)
{
	return statistics_read(cli->db, period_begin_ms(cli, period), period_end_ms(cli, period),
		&cli->arena, rows, count, err);
}

static enum exit_code run_statistics(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct statistic *rows, *before_rows;
	struct period period, before;
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE)
		code = period_option(cli, "month", &period);
	if (code != EXIT_DONE)
		return code;
	before = before_of(&period);
	if (!read(cli, &period, &rows, &count, &err) ||
		!read(cli, &before, &before_rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "key", json_string(rows[i].key));
		json_object_set_new(object, "what", json_string(rows[i].what));
		json_object_set_new(object, "count", json_integer(rows[i].count));
		json_object_set_new(object, "before", json_integer(before_rows[i].count));
		json_array_append_new(array, object);
	}
	output_rows(&cli->output, array, columns, ARRAY_COUNT(columns), "nothing");
	return EXIT_DONE;
}

static const struct command_option options[] = {
	{"period", "PERIOD", VALUE_TEXT, "month unless given; 2026-11, 2026-Q4, last-week, …",
		NULL},
	{0},
};

const struct command statistics_commands[] = {
	{
		.noun = "statistics",
		.summary = "Show how much came, was done and was decided in a period",
		.description = "Beside each number stands that of as many days before.",
		.options = options,
		.examples = EXAMPLE(
			"postroom statistics --period last-month", "The month that is over"),
		.flags = COMMAND_JSON,
		.run = run_statistics,
	},
	{0},
};
