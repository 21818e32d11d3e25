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
#include "cli/ticket_bill.h"

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
	json_object_set_new(object, "preceding_invoice", json_span_or_null(ticket->preceding));
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
	json_object_set_new(object, "deal", json_id(ticket->deal_id));
	json_object_set_new(
		object, "tax_rate", cents_json(cli, ticket->has_tax_rate, ticket->tax_rate));
	json_object_set_new(
		object, "discount", cents_json(cli, ticket->has_discount, ticket->discount_cents));
	json_object_set_new(object, "sent", cli_date_json(ticket->sent_date));
	json_object_set_new(object, "paid_date", cli_date_json(ticket->paid_date));
	json_object_set_new(object, "paid", cents_json(cli, ticket->has_paid, ticket->paid_cents));
	json_object_set_new(object, "after_close", json_boolean(ticket->after_close));
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
	filter.direction = span_from(cli_option(cli, "direction"));
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
	{"preceding_invoice", "credits", COLUMN_TEXT},
	{"issue_date", "issued", COLUMN_TEXT},
	{"due_date", "due", COLUMN_TEXT},
	{"overdue", "overdue", COLUMN_FLAG},
	{"deal", "deal", COLUMN_ID},
	{"sent", "sent", COLUMN_TEXT},
	{"net", "net", COLUMN_TEXT},
	{"discount", "discount", COLUMN_TEXT},
	{"tax_rate", "tax in %", COLUMN_TEXT},
	{"tax", "tax", COLUMN_TEXT},
	{"total", "total", COLUMN_TEXT},
	{"payable", "payable", COLUMN_TEXT},
	{"currency", "currency", COLUMN_TEXT},
	{"paid", "paid", COLUMN_TEXT},
	{"paid_date", "paid on", COLUMN_TEXT},
	{"after_close", "mail came later", COLUMN_FLAG},
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

static const struct column reading_columns[] = {
	{"field", "field", COLUMN_TEXT},
	{"source", "read from", COLUMN_TEXT},
	{"attachment", "document", COLUMN_TEXT},
	{"confidence", "sure", COLUMN_NUMBER},
};

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
	if (!messages_add(cli, ticket.id, object, &err) ||
		!ticket_readings_add(cli, &ticket, object, &err)) {
		json_decref(object);
		return cli_fail(&err);
	}
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	output_section(&cli->output, "Mail", json_object_get(object, "messages"), message_columns,
		ARRAY_COUNT(message_columns));
	output_section(&cli->output, "Read from", json_object_get(object, "reading"),
		reading_columns, ARRAY_COUNT(reading_columns));
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
	{"direction", "WHICH", VALUE_CHOICE, "bills to us (payable) or of ours (receivable)",
		"payable|receivable"},
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
	{"discount", "AMOUNT", VALUE_AMOUNT, "of a bill of ours: taken off the net", NULL},
	{"tax-rate", "PERCENT", VALUE_AMOUNT, "of a bill of ours", NULL},
	{0},
};
static const struct command_option add_options[] = {
	{"direction", "WHICH", VALUE_CHOICE,
		"a bill of ours (receivable) unless given, or one to us (payable)",
		"payable|receivable"},
	{"deal", "DEAL", VALUE_DEAL, "what it bills: customer and value come from there", NULL},
	{"company", "COMPANY", VALUE_COMPANY, "who is to pay it, or who sent it", NULL},
	{"contact", "CONTACT", VALUE_CONTACT, "the same, a person", NULL},
	{"assignee", "USER", VALUE_USER, "who sees to it; invoices.assignee unless given", NULL},
	{"number", "NUMBER", VALUE_TEXT, "its number", NULL},
	{"issued", "DATE", VALUE_DATE, "the day on it", NULL},
	{"due", "DATE", VALUE_DATE, "the day it is to be paid by", NULL},
	{"net", "AMOUNT", VALUE_AMOUNT, "without tax", NULL},
	{"discount", "AMOUNT", VALUE_AMOUNT, "taken off the net", NULL},
	{"tax-rate", "PERCENT", VALUE_AMOUNT, "finance.tax_rate for bills of ours unless given",
		NULL},
	{"currency", "CODE", VALUE_TEXT, "deals.currency unless given", NULL},
	{0},
};
static const struct command_option send_options[] = {
	{"date", "DATE", VALUE_DATE, "when; today unless given", NULL},
	{"number", "NUMBER", VALUE_TEXT, "its number", NULL},
	{"due", "DATE", VALUE_DATE, "when it is due; finance.terms after it was sent unless given",
		NULL},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "TITLE", .type = VALUE_TEXT},
	{0},
};
static const struct command_argument join_arguments[] = {
	{.name = "TICKET", .type = VALUE_TICKET},
	{.name = "OTHER", .type = VALUE_TICKET},
	{0},
};
static const struct command_option export_options[] = {
	{"period", "PERIOD", VALUE_TEXT,
		"issued in it: 2026-11, 2026-Q4, 2026, last-month, 2026-11-01..2026-11-15; "
		"last-month "
		"unless given",
		NULL},
	{"format", "FORMAT", VALUE_CHOICE, "csv unless given; zip has the mail, too",
		"csv|json|zip"},
	{"to", "FILE", VALUE_FILE, "where to write it; must not be there yet", NULL},
	{"direction", "WHICH", VALUE_CHOICE, "bills to us or of ours alone", "payable|receivable"},
	{0},
};
static const struct command_argument split_arguments[] = {
	{.name = "TICKET", .type = VALUE_TICKET},
	{.name = "MESSAGE", .type = VALUE_MESSAGE},
	{0},
};
static const struct command_example export_examples[] = {
	{"postroom ticket export --period 2026-11 --format zip --to november.zip",
		"A table and the original mail, for the accountant"},
	{"postroom ticket export --period 2026-Q4", "The table alone, as CSV"},
	{0},
};
static const struct command_example add_examples[] = {
	{"postroom ticket add \"Training in May\" --company Kunde --net 900 --tax-rate 21",
		"A bill of ours that comes from no deal"},
	{0},
};
static const struct command_example send_examples[] = {
	{"postroom ticket send \"Training in May\" --number 2027-044",
		"It is due in thirty days; the day after, a task reminds of it"},
	{0},
};
static const struct command_option pay_options[] = {
	{"date", "DATE", VALUE_DATE, "when it was paid; today unless given", NULL},
	{"amount", "AMOUNT", VALUE_AMOUNT, "what was paid; all of it unless given", NULL},
	{"close", NULL, VALUE_NONE, "close them, too", NULL},
	{0},
};
static const struct command_option reason_options[] = {
	{"reason", "TEXT", VALUE_TEXT, "why; needed", NULL},
	{0},
};
static const struct command_example pay_examples[] = {
	{"postroom ticket pay 12 15 17 --date 2026-11-20",
		"Three at once; one undo takes all back"},
	{"postroom ticket pay RE-2026-0815 RE-2026-0816 --close",
		"Paid and closed, by the numbers of the invoices"},
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
		.examples = EXAMPLE("postroom ticket list --state all", "Those that are over, too"),
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
		.verb = "add",
		.summary = "Add a bill by hand, one of ours unless asked",
		.arguments = add_arguments,
		.options = add_options,
		.examples = add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_add,
	},
	{
		.noun = "ticket",
		.verb = "send",
		.summary = "Note that a bill of ours was sent",
		.arguments = one_argument,
		.options = send_options,
		.examples = send_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = ticket_run_send,
	},
	{
		.noun = "ticket",
		.verb = "export",
		.summary = "Give the accountant a period's tickets",
		.description = "By the day on the bill, or the day on which the ticket was opened "
			       "where it has none. Dismissed tickets are no bills and stay out. "
			       "Cells that a spreadsheet would take for a formula begin with an "
			       "apostrophe.",
		.options = export_options,
		.examples = export_examples,
		.flags = COMMAND_JSON,
		.run = ticket_run_export,
	},
	{
		.noun = "ticket",
		.verb = "join",
		.summary = "Two tickets are one bill: mail of the other goes to the first",
		.description = "The other one is dismissed; nothing of the first is changed.",
		.arguments = join_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom ticket join RE-2026-0815 RE-2026-0816",
			"The second is the first once more"),
		.run = ticket_run_join,
	},
	{
		.noun = "ticket",
		.verb = "split",
		.summary = "A mail that joined a ticket is a bill of its own",
		.arguments = split_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom ticket split RE-2026-0815 19", "Mail 19 is a bill of its own"),
		.run = ticket_run_split,
	},
	{
		.noun = "ticket",
		.verb = "edit",
		.summary = "Change a ticket's fields",
		.arguments = one_argument,
		.options = edit_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom ticket edit RE-2026-0815 --due 2026-12-15", "It is due later"),
		.run = ticket_run_edit,
	},
	{
		.noun = "ticket",
		.verb = "assign",
		.summary = "Give a ticket to a user",
		.arguments = assign_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom ticket assign RE-2026-0815 ben", "Ben pays it"),
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
		.examples = EXAMPLE(
			"postroom ticket close RE-2026-0815", "It is paid: nothing is left to do"),
		.run = ticket_run_move,
	},
	{
		.noun = "ticket",
		.verb = "dismiss",
		.summary = "Dismiss tickets that ask for nothing",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom ticket dismiss RE-2026-0816", "It asks for nothing"),
		.run = ticket_run_move,
	},
	{
		.noun = "ticket",
		.verb = "hold",
		.summary = "Stop tickets from being paid until they are released",
		.arguments = several_arguments,
		.options = reason_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples =
			EXAMPLE("postroom ticket hold RE-2026-0815 --reason \"goods are missing\"",
				"Nobody pays it by mistake"),
		.run = ticket_run_hold,
	},
	{
		.noun = "ticket",
		.verb = "release",
		.summary = "Let held tickets go on",
		.arguments = several_arguments,
		.options = reason_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom ticket release RE-2026-0815 --reason \"goods came\"",
			"It can be paid"),
		.run = ticket_run_release,
	},
	{
		.noun = "ticket",
		.verb = "reopen",
		.summary = "Open paid, closed or dismissed tickets again",
		.arguments = several_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples =
			EXAMPLE("postroom ticket reopen RE-2026-0815", "It was closed too early"),
		.run = ticket_run_move,
	},
	{0},
};
