/*
 * ticket.c - `postroom ticket`: finance tickets and their states.
 */
#include <string.h>

#include "cli/amount.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "cli/ticket.h"

static json_t *cents_json(struct cli *cli, bool known, int64_t cents)
{
	return known ? json_span(amount_text(&cli->arena, cents)) : json_null();
}

json_t *ticket_json(struct cli *cli, const struct ticket *ticket)
{
	json_t *object = json_object(), *supplier = json_object();
	char hex[DIGEST_HEX_SIZE];

	json_object_set_new(object, "id", json_integer(ticket->id));
	json_object_set_new(object, "direction", json_span(ticket->direction));
	json_object_set_new(object, "kind", json_span(ticket->kind));
	json_object_set_new(object, "state", json_span(ticket->state));
	json_object_set_new(object, "title", json_span(ticket->title));
	json_object_set_new(supplier, "company", json_id(ticket->supplier_id));
	json_object_set_new(supplier, "contact", json_id(ticket->supplier_contact_id));
	json_object_set_new(supplier, "name", json_span_or_null(ticket->supplier_name));
	json_object_set_new(object, "supplier", supplier);
	json_object_set_new(object, "number", json_span_or_null(ticket->number));
	json_object_set_new(object, "issue_date", cli_date_json(ticket->issue_date));
	json_object_set_new(object, "due_date", cli_date_json(ticket->due_date));
	json_object_set_new(object, "currency", json_span_or_null(ticket->currency));
	json_object_set_new(object, "net", cents_json(cli, ticket->has_net, ticket->net_cents));
	json_object_set_new(object, "tax", cents_json(cli, ticket->has_tax, ticket->tax_cents));
	json_object_set_new(
		object, "total", cents_json(cli, ticket->has_total, ticket->total_cents));
	json_object_set_new(
		object, "payable", cents_json(cli, ticket->has_payable, ticket->payable_cents));
	json_object_set_new(object, "iban", json_span_or_null(ticket->iban));
	json_object_set_new(object, "document",
		ticket->has_document ? json_string(digest_hex(&ticket->document, hex))
				     : json_null());
	json_object_set_new(object, "hold_reason", json_span_or_null(ticket->hold_reason));
	json_object_set_new(
		object, "assignee", json_reference(ticket->assignee_id, ticket->assignee_name));
	json_object_set_new(object, "reminded", cli_time(cli, ticket->reminded_ms));
	json_object_set_new(object, "overdue",
		json_boolean((span_equal(ticket->state, SPAN("open")) ||
				     span_equal(ticket->state, SPAN("hold"))) &&
			     date_is_set(ticket->due_date) &&
			     date_compare(ticket->due_date, cli_today(cli)) < 0));
	json_object_set_new(object, "created", cli_time(cli, ticket->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, ticket->changed_ms));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"supplier.name", "supplier", COLUMN_TEXT},
	{"number", "number", COLUMN_TEXT},
	{"payable", "payable", COLUMN_NUMBER},
	{"currency", "", COLUMN_TEXT},
	{"due_date", "due", COLUMN_TEXT},
	{"overdue", "overdue", COLUMN_FLAG},
	{"state", "state", COLUMN_STATE},
	{"assignee.name", "who", COLUMN_TEXT},
	{"title", "title", COLUMN_TEXT},
};

static enum exit_code run_list(struct cli *cli)
{
	struct ticket_filter filter = {.state = SPAN("unfinished"), .page = cli_page(cli)};
	const char *state = cli_option(cli, "state");
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct company supplier;
	struct user_row user;
	struct ticket *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (state)
		filter.state = strcmp(state, "all") == 0 ? (struct span){0} : span_from(state);
	if (code == EXIT_DONE && cli_option(cli, "user")) {
		code = pick_user(cli, cli_option(cli, "user"), &user);
		filter.assignee_id = user.id;
	}
	if (code == EXIT_DONE && cli_option(cli, "supplier")) {
		code = pick_company(cli, cli_option(cli, "supplier"), &supplier);
		if (code == EXIT_DONE)
			filter.supplier_id = supplier.id;
	}
	if (code != EXIT_DONE)
		return code;
	if (!ticket_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, ticket_json(cli, &rows[i]));
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no tickets");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "ticket", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"direction", "direction", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"state", "state", COLUMN_STATE},
	{"hold_reason", "attention", COLUMN_TEXT},
	{"supplier.name", "supplier", COLUMN_TEXT},
	{"number", "number", COLUMN_TEXT},
	{"issue_date", "issued", COLUMN_TEXT},
	{"due_date", "due", COLUMN_TEXT},
	{"overdue", "overdue", COLUMN_FLAG},
	{"net", "net", COLUMN_TEXT},
	{"tax", "tax", COLUMN_TEXT},
	{"total", "total", COLUMN_TEXT},
	{"payable", "payable", COLUMN_TEXT},
	{"currency", "currency", COLUMN_TEXT},
	{"iban", "IBAN", COLUMN_TEXT},
	{"assignee.name", "who", COLUMN_TEXT},
	{"reminded", "reminded", COLUMN_TIME},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
};

static const struct column message_columns[] = {
	{"message", "message", COLUMN_ID},
	{"how", "how", COLUMN_TEXT},
	{"from", "from", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
};

static bool messages_add(struct cli *cli, int64_t ticket_id, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct ticket_message *rows;
	size_t count;

	json_object_set_new(object, "messages", array);
	if (!ticket_messages(cli->db, ticket_id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *message = json_object();

		json_object_set_new(message, "message", json_integer(rows[i].message_id));
		json_object_set_new(message, "how", json_span(rows[i].how));
		json_object_set_new(message, "from", json_span_or_null(rows[i].from_address));
		json_object_set_new(message, "subject", json_span_or_null(rows[i].subject));
		json_array_append_new(array, message);
	}
	return true;
}

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct ticket ticket;
	struct error err;
	json_t *object;

	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 0), &ticket);
	if (code != EXIT_DONE)
		return code;
	object = ticket_json(cli, &ticket);
	if (!messages_add(cli, ticket.id, object, &err)) {
		json_decref(object);
		return cli_fail(&err);
	}
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	output_section(&cli->output, "Mail", json_object_get(object, "messages"), message_columns,
		ARRAY_COUNT(message_columns));
	json_decref(object);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument one_argument[] = {
	{.name = "TICKET", .type = VALUE_TICKET},
	{0},
};
static const struct command_argument several_arguments[] = {
	{.name = "TICKET", .type = VALUE_TICKET, .repeats = true},
	{0},
};
static const struct command_argument assign_arguments[] = {
	{.name = "TICKET", .type = VALUE_TICKET},
	{.name = "USER", .type = VALUE_USER},
	{0},
};
static const struct command_option list_options[] = {
	{"state", "STATE", VALUE_CHOICE, "in which state; unfinished unless given",
		"unfinished|open|hold|paid|closed|dismissed|all"},
	{"user", "USER", VALUE_USER, "whose", NULL},
	{"supplier", "COMPANY", VALUE_COMPANY, "from whom", NULL},
	{0},
};
static const struct command_option edit_options[] = {
	{"title", "TITLE", VALUE_TEXT, "the title", NULL},
	{"supplier", "COMPANY", VALUE_COMPANY, "who sent it", NULL},
	{"number", "NUMBER", VALUE_TEXT, "the invoice's number", NULL},
	{"issued", "DATE", VALUE_DATE, "the day on it", NULL},
	{"due", "DATE", VALUE_DATE, "the day it is to be paid by", NULL},
	{"net", "AMOUNT", VALUE_AMOUNT, "without tax", NULL},
	{"tax", "AMOUNT", VALUE_AMOUNT, "the tax", NULL},
	{"total", "AMOUNT", VALUE_AMOUNT, "with tax", NULL},
	{"payable", "AMOUNT", VALUE_AMOUNT, "what is to be paid", NULL},
	{"currency", "CODE", VALUE_TEXT, "EUR, GBP, …", NULL},
	{"iban", "IBAN", VALUE_TEXT, "the account to be paid to", NULL},
	{0},
};
static const struct command_option pay_options[] = {
	{"date", "DATE", VALUE_DATE, "when it was paid; today unless given", NULL},
	{"amount", "AMOUNT", VALUE_AMOUNT, "what was paid, for the log", NULL},
	{0},
};
static const struct command_option reason_options[] = {
	{"reason", "TEXT", VALUE_TEXT, "why; needed", NULL},
	{0},
};
static const struct command_example pay_examples[] = {
	{"postroom ticket pay 12 15 17 --date 2026-11-20",
		"Three at once; one undo takes all back"},
	{0},
};
static const struct command_example show_examples[] = {
	{"postroom ticket show RE-2026-0815", "By the invoice's number"},
	{0},
};

const struct command ticket_commands[] = {
	{
		.noun = "ticket",
		.verb = "list",
		.summary = "List finance tickets, the unfinished ones unless asked",
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.run = run_list,
	},
	{
		.noun = "ticket",
		.verb = "show",
		.summary = "Show one ticket with its mail",
		.arguments = one_argument,
		.examples = show_examples,
		.flags = COMMAND_JSON,
		.run = run_show,
	},
	{
		.noun = "ticket",
		.verb = "edit",
		.summary = "Change a ticket's fields",
		.arguments = one_argument,
		.options = edit_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_edit,
	},
	{
		.noun = "ticket",
		.verb = "assign",
		.summary = "Give a ticket to a user",
		.arguments = assign_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_assign,
	},
	{
		.noun = "ticket",
		.verb = "pay",
		.summary = "Mark tickets as paid",
		.arguments = several_arguments,
		.options = pay_options,
		.examples = pay_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_pay,
	},
	{
		.noun = "ticket",
		.verb = "close",
		.summary = "Close tickets",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_move,
	},
	{
		.noun = "ticket",
		.verb = "dismiss",
		.summary = "Dismiss tickets that ask for nothing",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_move,
	},
	{
		.noun = "ticket",
		.verb = "hold",
		.summary = "Stop tickets from being paid until they are released",
		.arguments = several_arguments,
		.options = reason_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_hold,
	},
	{
		.noun = "ticket",
		.verb = "release",
		.summary = "Let held tickets go on",
		.arguments = several_arguments,
		.options = reason_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_release,
	},
	{
		.noun = "ticket",
		.verb = "reopen",
		.summary = "Open paid, closed or dismissed tickets again",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_move,
	},
	{0},
};
