/*
 * board.c - `postroom board`: records as columns by state.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"

/* Fills an array with all records of a board. */
typedef bool board_reader(struct cli *cli, int64_t user_id, json_t *array, struct error *err);

static const struct db_page every = {.limit = 100000};

static bool sales_read(struct cli *cli, int64_t user_id, json_t *array, struct error *err)
{
	struct deal *rows;
	size_t count;

	if (!deal_list(
		    cli->db, &(struct deal_filter){.page = every}, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *deal;

		if (user_id && rows[i].owner_id != user_id)
			continue;
		deal = deal_json(cli, &rows[i]);
		/* An open deal stands in its phase, the others in their outcome. */
		json_object_set_new(deal, "column",
			json_span(span_equal(rows[i].state, SPAN("open")) && rows[i].phase.size
					  ? rows[i].phase
					  : rows[i].state));
		json_array_append_new(array, deal);
	}
	return true;
}

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
} boards[] = {
	{"sales", sales_read, "column", "", "won|lost|closed", "name", "owner.name",
		"contact.name"},
	{"finance", finance_read, "state", "open|hold", "paid|closed|dismissed", "title",
		"assignee.name", "due_date"},
	{"actions", actions_read, "state", "open", "done|cancelled", "title", "assignee.name",
		"due"},
	{"support", support_read, "state", "open|waiting", "closed", "subject", "assignee.name",
		"contact.name"},
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

static void columns_begin(json_t *columns, const char *list)
{
	struct span rest = span_from(list), one;

	while (span_next(&rest, '|', &one)) {
		char name[32];

		snprintf(name, sizeof name, "%.*s", SPAN_ARG(one));
		if (one.size)
			column_of(columns, name);
	}
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

/* The records, taken apart by column; what is over only with --all. */
static json_t *board_json(
	struct arena *arena, const struct board *board, const json_t *records, bool all)
{
	json_t *columns = json_array(), *object = json_object(), *record, *column;
	size_t i;

	columns_begin(columns, board->columns);
	for (int pass = 0; pass < 2; pass++) {
		if (pass == 1 && all)
			columns_begin(columns, board->last);
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
		if (due_key(board))
			cards_sort(arena, json_object_get(column, "cards"), due_key(board));
	}
	json_object_set_new(object, "board", json_string(board->name));
	json_object_set_new(object, "columns", columns);
	return object;
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
		{"priority", "priority", COLUMN_STATE},
		{board->who, "who", COLUMN_TEXT},
	};
	json_t *column;
	size_t i;

	json_array_foreach(json_object_get(object, "columns"), i, column)
	{
		const json_t *cards = json_object_get(column, "cards");
		char heading[80];

		snprintf(heading, sizeof heading, "%s (%zu)",
			json_string_value(json_object_get(column, "name")), json_array_size(cards));
		if (json_array_size(cards) == 0)
			output_heading(&cli->output, "%s", heading);
		output_section(&cli->output, heading, cards, card, ARRAY_COUNT(card));
	}
}

static enum exit_code run_board(struct cli *cli)
{
	const struct board *board = board_find(cli_argument(cli, 0));
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct user_row user = {0};
	json_t *records, *object;
	struct error err;

	if (code == EXIT_DONE && cli_option(cli, "user"))
		code = pick_user(cli, cli_option(cli, "user"), &user);
	if (code != EXIT_DONE)
		return code;
	records = json_array();
	if (!board->read(cli, user.id, records, &err)) {
		json_decref(records);
		return cli_fail(&err);
	}
	object = board_json(&cli->arena, board, records, cli_flag(cli, "all"));
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
	{"all", NULL, VALUE_NONE, "with what is over: paid, closed, done, won, lost", NULL},
	{0},
};
static const struct command_example board_examples[] = {
	{"postroom board finance", "What is to be paid"},
	{"postroom board actions --user ben --all", "Ben's tasks with those that are done"},
	{0},
};

const struct command board_commands[] = {
	{
		.noun = "board",
		.summary = "Show a board: records as columns by state",
		.description = "On the boards finance and actions what is due first stands first.",
		.arguments = board_arguments,
		.options = board_options,
		.examples = board_examples,
		.flags = COMMAND_JSON,
		.run = run_board,
	},
	{0},
};
