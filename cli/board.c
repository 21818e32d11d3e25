/*
 * board.c - `postroom board`: records as columns by state.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/board_sales.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/period.h"
#include "cli/pick.h"
#include "cli/records.h"

/* Fills an array with all records of a board. */
typedef bool board_reader(struct cli *cli, int64_t user_id, json_t *array, struct error *err);

static const struct db_page every = {.limit = 100000};

static bool finance_read(struct cli *cli, int64_t user_id, json_t *array, struct error *err)
{
	struct ticket_filter filter = {.assignee_id = user_id, .page = every};
	struct ticket *rows;
	size_t count;

	if (!ticket_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, ticket_json(cli, &rows[i]));
	return true;
}

static bool actions_read(struct cli *cli, int64_t user_id, json_t *array, struct error *err)
{
	struct task_filter filter = {.assignee_id = user_id, .page = every};
	struct task *rows;
	size_t count;

	if (!task_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, task_json(cli, &rows[i]));
	return true;
}

static bool support_read(struct cli *cli, int64_t user_id, json_t *array, struct error *err)
{
	struct support_case *rows;
	size_t count;

	if (!case_list(cli->db, (struct span){0}, every, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!user_id || rows[i].assignee_id == user_id)
			json_array_append_new(array, case_json(cli, &rows[i]));
	}
	return true;
}

static const struct board {
	const char *name;
	board_reader *read;
	const char *column_key;		/* by which records fall into columns */
	const char *columns;		/* that always show, in order */
	const char *last;		/* that show last, with --all only */
	const char *title, *who, *more; /* keys of a card's lines */
	const char *day;		/* key of what --period looks at; a date or a time */
	/* What the cards are worth, "totals" of the board and "sums" of a column; or NULL. */
	json_t *(*totals)(struct cli *cli, const json_t *cards);
	struct span (*phases)(struct cli *cli); /* configured columns, in the place of `columns` */
} boards[] = {
	{"sales", board_sales_read, "column", "", "won|lost|closed", "name", "owner.name",
		"contact.name", "day", board_sales_totals, board_sales_columns},
	{"finance", finance_read, "state", "open|hold", "paid|closed|dismissed", "title",
		"assignee.name", "due_date", "due_date", NULL, NULL},
	{"actions", actions_read, "state", "open", "done|cancelled", "title", "assignee.name",
		"due", "due", NULL, NULL},
	{"support", support_read, "state", "open|waiting", "closed", "subject", "assignee.name",
		"contact.name", "created", NULL, NULL},
};

static const struct board *board_find(const char *name)
{
	size_t i = 0;

	while (i + 1 < ARRAY_COUNT(boards) && strcmp(boards[i].name, name) != 0)
		i++;
	return &boards[i];
}

static bool is_one_of(const char *list, const char *name)
{
	struct span rest = span_from(list), one;

	while (span_next(&rest, '|', &one)) {
		if (span_equal(one, span_from(name)))
			return true;
	}
	return false;
}

static json_t *column_of(json_t *columns, const char *name)
{
	json_t *column;
	size_t i;

	json_array_foreach(columns, i, column)
	{
		if (strcmp(json_string_value(json_object_get(column, "name")), name) == 0)
			return json_object_get(column, "cards");
	}
	column = json_object();
	json_object_set_new(column, "name", json_string(name));
	json_object_set_new(column, "cards", json_array());
	json_array_append_new(columns, column);
	return json_object_get(column, "cards");
}

static void columns_begin(struct arena *arena, json_t *columns, struct span rest)
{
	struct span one;

	while (span_next(&rest, '|', &one))
		if (one.size)
			column_of(columns, arena_string(arena, one));
}

/* Where cards have a day: the key of it. */
static const char *due_key(const struct board *board)
{
	return strchr(board->more, '.') ? NULL : board->more;
}

/* A card and what it is sorted by. */
struct dated {
	json_t *card;
	const char *due; /* NULL: none */
	json_int_t id;
};

/* What is due first stands first, what has no day last. ISO dates sort as text. */
static int dated_compare(const void *left, const void *right)
{
	const struct dated *one = left, *other = right;
	int order = 0;

	if (!one->due || !other->due)
		order = (other->due != NULL) - (one->due != NULL);
	else
		order = strcmp(one->due, other->due);
	return order ? order : (one->id > other->id) - (one->id < other->id);
}

static void cards_sort(struct arena *arena, json_t *cards, const char *key)
{
	size_t count = json_array_size(cards);
	struct dated *sorted = arena_array(arena, struct dated, count + 1);

	for (size_t i = 0; i < count; i++) {
		json_t *card = json_array_get(cards, i);

		sorted[i] = (struct dated){json_incref(card),
			json_string_value(json_object_get(card, key)),
			json_integer_value(json_object_get(card, "id"))};
	}
	qsort(sorted, count, sizeof *sorted, dated_compare);
	json_array_clear(cards);
	for (size_t i = 0; i < count; i++)
		json_array_append_new(cards, sorted[i].card);
}

/* The day of a time is that of the organisation's zone, in which JSON has it. */
static bool record_is_in(const json_t *record, const char *key, const struct period *period)
{
	const char *text = json_string_value(json_object_get(record, key));
	struct date date;

	return text && date_from_text(span_part(span_from(text), 0, 10), &date) &&
	       period_has(period, date);
}

static void records_narrow(json_t *records, const char *key, const struct period *period)
{
	for (size_t i = json_array_size(records); i-- > 0;)
		if (!record_is_in(json_array_get(records, i), key, period))
			json_array_remove(records, i);
}

/* The records, taken apart by column; what is over only where it is asked for. */
static json_t *columns_json(
	struct cli *cli, const struct board *board, const json_t *records, bool all)
{
	json_t *columns = json_array(), *record, *column;
	size_t i;

	columns_begin(&cli->arena, columns,
		board->phases ? board->phases(cli) : span_from(board->columns));
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1 && all)
			columns_begin(&cli->arena, columns, span_from(board->last));
		json_array_foreach((json_t *)records, i, record)
		{
			const char *name =
				json_string_value(json_object_get(record, board->column_key));

			if (is_one_of(board->last, name) != (pass == 1) || (pass == 1 && !all))
				continue;
			json_array_append(column_of(columns, name), record);
		}
	}
	json_array_foreach(columns, i, column)
	{
		json_t *cards = json_object_get(column, "cards");

		if (due_key(board))
			cards_sort(&cli->arena, cards, due_key(board));
		if (board->totals)
			json_object_set_new(column, "sums", board->totals(cli, cards));
	}
	return columns;
}

/* ", 1000.00 EUR" for each currency of a column. */
static const char *sums_text(struct cli *cli, const json_t *sums)
{
	struct span text = SPAN("");
	const json_t *sum;
	size_t i;

	json_array_foreach((json_t *)sums, i, sum)
	{
		const char *state = json_string_value(json_object_get(sum, "projected"));
		static const char *const keys[] = {"won", "lost"};

		for (size_t j = 0; j < ARRAY_COUNT(keys) && strcmp(state, "0.00") == 0; j++)
			state = json_string_value(json_object_get(sum, keys[j]));
		text = arena_format(&cli->arena, "%.*s, %s %s", SPAN_ARG(text), state,
			json_string_value(json_object_get(sum, "currency")));
	}
	return text.data;
}

static void board_print(struct cli *cli, const struct board *board, const json_t *object)
{
	const struct column card[] = {
		{"id", "id", COLUMN_ID},
		{"supplier.name", "supplier", COLUMN_TEXT},
		{board->title, "title", COLUMN_TEXT},
		{board->more, due_key(board) ? "due" : "contact",
			due_key(board) ? COLUMN_TIME : COLUMN_TEXT},
		{"overdue", "overdue", COLUMN_FLAG},
		{"payable", "payable", COLUMN_NUMBER},
		{"value", "value", COLUMN_NUMBER},
		{"currency", "", COLUMN_TEXT},
		{"expected_close", "expected", COLUMN_TEXT},
		{"priority", "priority", COLUMN_STATE},
		{board->who, "who", COLUMN_TEXT},
	};
	static const struct column totals[] = {
		{"currency", "currency", COLUMN_TEXT},
		{"projected", "projected", COLUMN_NUMBER},
		{"weighted", "weighted", COLUMN_NUMBER},
		{"won", "won", COLUMN_NUMBER},
		{"lost", "lost", COLUMN_NUMBER},
	};
	json_t *column;
	size_t i;

	json_array_foreach(json_object_get(object, "columns"), i, column)
	{
		const json_t *cards = json_object_get(column, "cards");
		char heading[160];

		snprintf(heading, sizeof heading, "%s (%zu)%s",
			json_string_value(json_object_get(column, "name")), json_array_size(cards),
			sums_text(cli, json_object_get(column, "sums")));
		if (json_array_size(cards) == 0)
			output_heading(&cli->output, "%s", heading);
		output_section(&cli->output, heading, cards, card, ARRAY_COUNT(card));
	}
	output_section(&cli->output, "Value", json_object_get(object, "totals"), totals,
		ARRAY_COUNT(totals));
}

static enum exit_code options_take(
	struct cli *cli, const struct board *board, struct user_row *user, struct period *period)
{
	const struct config_pipeline *pipeline;
	enum exit_code code = cli_open_db(cli, DB_READ);

	if (code == EXIT_DONE && cli_option(cli, "user"))
		code = pick_user(cli, cli_option(cli, "user"), user);
	if (code == EXIT_DONE && cli_option(cli, "pipeline") && !board->phases)
		code = cli_usage("only the board sales has pipelines");
	if (code == EXIT_DONE && board->phases)
		code = board_sales_pipeline(cli, &pipeline);
	if (code == EXIT_DONE && cli_option(cli, "period"))
		code = period_option(cli, "", period);
	return code;
}

static enum exit_code run_board(struct cli *cli)
{
	const struct board *board = board_find(cli_argument(cli, 0));
	/* What was won in a period is asked for by naming the period. */
	bool all = cli_flag(cli, "all") || (board->totals && cli_option(cli, "period"));
	struct user_row user = {0};
	struct period period;
	enum exit_code code = options_take(cli, board, &user, &period);
	json_t *records, *object;
	struct error err;

	if (code != EXIT_DONE)
		return code;
	records = json_array();
	if (!board->read(cli, user.id, records, &err)) {
		json_decref(records);
		return cli_fail(&err);
	}
	if (cli_option(cli, "period"))
		records_narrow(records, board->day, &period);
	object = json_object();
	json_object_set_new(object, "board", json_string(board->name));
	json_object_set_new(object, "columns", columns_json(cli, board, records, all));
	if (board->totals)
		json_object_set_new(object, "totals", board->totals(cli, records));
	json_decref(records);
	if (cli->output.json) {
		output_json(&cli->output, object, false);
		return EXIT_DONE;
	}
	board_print(cli, board, object);
	json_decref(object);
	return EXIT_DONE;
}

static const struct command_argument board_arguments[] = {
	{.name = "BOARD", .type = VALUE_CHOICE, .choices = "sales|finance|actions|support"},
	{0},
};
static const struct command_option board_options[] = {
	{"user", "USER", VALUE_USER, "only what this user has", NULL},
	{"period", "PERIOD", VALUE_TEXT,
		"only what is due, expected, won or lost in it: week, 2026-11, 2026-Q4", NULL},
	{"pipeline", "NAME", VALUE_TEXT, "of the board sales: which; the first unless given", NULL},
	{"all", NULL, VALUE_NONE, "with what is over: paid, closed, done, won, lost", NULL},
	{0},
};
static const struct command_example board_examples[] = {
	{"postroom board finance", "What is to be paid"},
	{"postroom board sales --user anna --period 2026-Q4",
		"Anna's quarter: by phase, with its projected, weighted and won value"},
	{"postroom board actions --user ben --all", "Ben's tasks with those that are done"},
	{0},
};

const struct command board_commands[] = {
	{
		.noun = "board",
		.summary = "Show a board: records as columns by state",
		.description =
			"On the boards finance and actions what is due first stands first. The "
			"board sales shows the phases of a pipeline, before them the leads that "
			"nobody moved on yet, and what all is worth: projected is the value of "
			"open deals, weighted that by the probability of their phases. A period "
			"takes open deals by the day they are expected to be won, others by the "
			"day they were won or lost.",
		.arguments = board_arguments,
		.options = board_options,
		.examples = board_examples,
		.flags = COMMAND_JSON,
		.run = run_board,
	},
	{0},
};
