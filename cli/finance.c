/*
 * finance.c - `postroom finance run`: what the weekly hour goes through. Each ticket stands in one
 * list, so that the totals add up: doubtful before overdue before open.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/amount.h"
#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"

static const struct db_page every = {.limit = 100000};

enum list { DOUBTFUL, OVERDUE, OPEN, LIST_COUNT };
static const char *const list_names[] = {"doubtful", "overdue", "open"};

/* Sums of one currency and direction, in hundredths. */
struct total {
	struct span currency, direction;
	int64_t cents[LIST_COUNT];
	int64_t tickets, unknown; /* unknown: without an amount */
};

struct run {
	struct cli *cli;
	json_t *lists[LIST_COUNT];
	struct total *totals;
	size_t total_count, total_room;
	bool by; /* only what is due by last_day */
	struct date last_day;
};

/* ---------------------------------------------------------------- doubts */

/* Why the ticket is not to be paid as it stands; empty: nothing speaks against it. */
static bool doubt_find(
	struct run *run, const struct ticket *ticket, struct span *why, struct error *err)
{
	struct arena *arena = &run->cli->arena;
	struct span iban;

	*why = (struct span){0};
	if (ticket->after_close) {
		*why = arena_format(arena, "after-close: mail came when it was %.*s already",
			SPAN_ARG(ticket->state));
	} else if (ticket->hold_reason.size) {
		*why = ticket->hold_reason;
	} else if (ticket->supplier_id && !ticket->iban.size &&
		   span_equal(ticket->direction, SPAN("payable"))) {
		if (!ticket_known_iban(
			    run->cli->db, ticket->supplier_id, ticket->id, arena, &iban, err))
			return false;
		if (iban.size)
			*why = arena_format(arena,
				"no IBAN could be read; the supplier was paid to %.*s so far",
				SPAN_ARG(iban));
	}
	return true;
}

/* ---------------------------------------------------------------- totals */

static struct total *total_of(struct run *run, const struct ticket *ticket)
{
	for (size_t i = 0; i < run->total_count; i++)
		if (span_equal(run->totals[i].currency, ticket->currency) &&
			span_equal(run->totals[i].direction, ticket->direction))
			return &run->totals[i];
	if (run->total_count == run->total_room) {
		size_t room = run->total_room ? 2 * run->total_room : 8;
		struct total *grown = arena_array(&run->cli->arena, struct total, room);

		if (run->total_count)
			memcpy(grown, run->totals, run->total_count * sizeof *grown);
		run->totals = grown;
		run->total_room = room;
	}
	run->totals[run->total_count] =
		(struct total){.currency = ticket->currency, .direction = ticket->direction};
	return &run->totals[run->total_count++];
}

static void total_add(struct run *run, const struct ticket *ticket, enum list list)
{
	struct total *total = total_of(run, ticket);

	total->tickets++;
	if (ticket->has_payable)
		total->cents[list] += ticket->payable_cents;
	else if (ticket->has_total)
		total->cents[list] += ticket->total_cents;
	else
		total->unknown++;
}

static json_t *totals_json(struct run *run)
{
	json_t *array = json_array();

	for (size_t i = 0; i < run->total_count; i++) {
		const struct total *total = &run->totals[i];
		json_t *object = json_object();
		int64_t sum = 0;

		json_object_set_new(object, "direction", json_span(total->direction));
		json_object_set_new(object, "currency", json_span_or_null(total->currency));
		json_object_set_new(object, "tickets", json_integer(total->tickets));
		for (size_t j = 0; j < LIST_COUNT; j++) {
			sum += total->cents[j];
			json_object_set_new(object, list_names[j],
				json_span(amount_text(&run->cli->arena, total->cents[j])));
		}
		json_object_set_new(object, "total", json_span(amount_text(&run->cli->arena, sum)));
		json_object_set_new(object, "without_amount", json_integer(total->unknown));
		json_array_append_new(array, object);
	}
	return array;
}

/* ---------------------------------------------------------------- the lists */

static bool is_overdue(const struct run *run, const struct ticket *ticket)
{
	return date_is_set(ticket->due_date) &&
	       date_compare(ticket->due_date, cli_today(run->cli)) < 0;
}

static bool ticket_sort_in(struct run *run, const struct ticket *ticket, struct error *err)
{
	enum list list;
	struct span why;
	json_t *object;

	if (run->by && (!date_is_set(ticket->due_date) ||
			       date_compare(ticket->due_date, run->last_day) > 0))
		return true;
	if (!doubt_find(run, ticket, &why, err))
		return false;
	list = why.size ? DOUBTFUL : is_overdue(run, ticket) ? OVERDUE : OPEN;
	object = ticket_json(run->cli, ticket);
	json_object_set_new(object, "why", json_span_or_null(why));
	json_array_append_new(run->lists[list], object);
	/* What was paid is no sum that is asked for. */
	if (!ticket->after_close)
		total_add(run, ticket, list);
	return true;
}

static bool tickets_read(
	struct run *run, const char *state, struct ticket_filter filter, struct error *err)
{
	struct ticket *rows;
	size_t count;

	filter.state = span_from(state);
	filter.page = every;
	if (!ticket_list(run->cli->db, &filter, &run->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!ticket_sort_in(run, &rows[i], err))
			return false;
	return true;
}

/* ---------------------------------------------------------------- printing */

static const struct column ticket_columns[] = {
	{"id", "id", COLUMN_ID},
	{"supplier.name", "whom", COLUMN_TEXT},
	{"number", "number", COLUMN_TEXT},
	{"payable", "payable", COLUMN_NUMBER},
	{"currency", "", COLUMN_TEXT},
	{"due_date", "due", COLUMN_TEXT},
	{"direction", "direction", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"assignee.name", "who", COLUMN_TEXT},
	{"why", "why", COLUMN_TEXT},
};
static const struct column total_columns[] = {
	{"direction", "direction", COLUMN_TEXT},
	{"currency", "", COLUMN_TEXT},
	{"tickets", "tickets", COLUMN_NUMBER},
	{"doubtful", "doubtful", COLUMN_NUMBER},
	{"overdue", "overdue", COLUMN_NUMBER},
	{"open", "open", COLUMN_NUMBER},
	{"total", "total", COLUMN_NUMBER},
	{"without_amount", "without amount", COLUMN_NUMBER},
};
static const char *const headings[] = {"Doubtful: look before you pay", "Overdue", "Open"};

static void run_print(struct run *run, const json_t *object)
{
	struct output *output = &run->cli->output;
	bool any = false;

	for (size_t i = 0; i < LIST_COUNT; i++) {
		any = any || json_array_size(run->lists[i]) > 0;
		output_section(output, headings[i], run->lists[i], ticket_columns,
			ARRAY_COUNT(ticket_columns));
	}
	output_section(output, "Totals", json_object_get(object, "totals"), total_columns,
		ARRAY_COUNT(total_columns));
	if (!any)
		message_print("nothing is open");
}

static enum exit_code filter_take(struct cli *cli, struct run *run, struct ticket_filter *filter)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct user_row user;

	if (code == EXIT_DONE && cli_option(cli, "user")) {
		code = pick_user(cli, cli_option(cli, "user"), &user);
		filter->assignee_id = user.id;
	}
	filter->direction = span_from(cli_option(cli, "direction"));
	run->by = cli_option(cli, "by") != NULL;
	run->last_day = cli_date(cli, "by");
	return code;
}

static enum exit_code run_run(struct cli *cli)
{
	struct ticket_filter filter = {0};
	struct run run = {.cli = cli};
	enum exit_code code = filter_take(cli, &run, &filter);
	struct error err;
	json_t *object;
	bool good, found;

	if (code != EXIT_DONE)
		return code;
	object = json_object();
	json_object_set_new(object, "date", cli_date_json(cli_today(cli)));
	for (size_t i = 0; i < LIST_COUNT; i++) {
		run.lists[i] = json_array();
		json_object_set_new(object, list_names[i], run.lists[i]);
	}
	good = tickets_read(&run, "unfinished", filter, &err) &&
	       tickets_read(&run, "after-close", filter, &err);
	if (!good) {
		json_decref(object);
		return cli_fail(&err);
	}
	json_object_set_new(object, "totals", totals_json(&run));
	found = json_array_size(run.lists[DOUBTFUL]) > 0 || json_array_size(run.lists[OVERDUE]) > 0;
	if (cli->output.json)
		output_json(&cli->output, json_incref(object), false);
	else
		run_print(&run, object);
	json_decref(object);
	return found && cli_flag(cli, "check") ? EXIT_FINDINGS : EXIT_DONE;
}

static const struct command_option run_options[] = {
	{"check", NULL, VALUE_NONE, "end with 6 when something is doubtful or overdue", NULL},
	{"by", "DATE", VALUE_DATE, "only what is due by then", NULL},
	{"user", "USER", VALUE_USER, "only what this user has", NULL},
	{"direction", "WHICH", VALUE_CHOICE, "bills to us or of ours alone", "payable|receivable"},
	{0},
};
static const struct command_example run_examples[] = {
	{"postroom finance run", "The list for the weekly hour"},
	{"postroom finance run --by 2026-11-30 --check",
		"For cron: it ends with 6 when somebody has to look"},
	{0},
};

const struct command finance_commands[] = {
	{
		.noun = "finance",
		.verb = "run",
		.summary = "List what is open, overdue and doubtful, with totals by currency",
		.description =
			"Doubtful is what must not be paid as it stands: on hold or pointed out "
			"(another IBAN, a duplicate), without a readable IBAN though the supplier "
			"is known, or relisted because mail joined it after it was paid or closed "
			"(after-close): `ticket close` says that this was seen.",
		.options = run_options,
		.examples = run_examples,
		.flags = COMMAND_JSON,
		.run = run_run,
	},
	{0},
};
