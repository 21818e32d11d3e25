/*
 * ticket_change.c - the verbs of `postroom ticket` that change tickets: their fields, and which
 * state follows which.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/amount.h"
#include "cli/change.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "cli/ticket.h"
#include "cli/ticket_bill.h"
#include "ingest/ticket_doubt.h"

json_t *ticket_changed_json(struct cli *cli, int64_t ticket_id)
{
	json_t *object = json_object();
	struct ticket ticket;
	struct error err;
	bool found;

	if (ticket_get(cli->db, ticket_id, &cli->arena, &ticket, &found, &err) && found)
		json_object_set_new(object, "ticket", ticket_json(cli, &ticket));
	return object;
}

static enum exit_code ticket_write(struct cli *cli, const struct ticket *ticket, const char *what)
{
	struct operation operation;
	struct error err;

	if (!change_begin(cli, ticket->title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation,
		    ticket_edit(&operation, ticket, &err) &&
			    bill_reminder_keep(cli, &operation, ticket, &err),
		    &err))
		return cli_fail(&err);
	change_report(cli, operation.id, ticket_changed_json(cli, ticket->id),
		"%s ticket #%" PRId64 " %.*s", what, ticket->id, SPAN_ARG(ticket->title));
	return EXIT_DONE;
}

static enum exit_code fields_take(struct cli *cli, struct ticket *ticket)
{
	const struct {
		const char *option;
		struct span *field;
	} texts[] = {
		{"title", &ticket->title},
		{"number", &ticket->number},
		{"currency", &ticket->currency},
		{"iban", &ticket->iban},
	};
	const struct {
		const char *option;
		int64_t *cents;
		bool *known;
	} amounts[] = {
		{"net", &ticket->net_cents, &ticket->has_net},
		{"tax", &ticket->tax_cents, &ticket->has_tax},
		{"total", &ticket->total_cents, &ticket->has_total},
		{"payable", &ticket->payable_cents, &ticket->has_payable},
	};
	const char *supplier_word = cli_option(cli, "supplier");
	struct company supplier;
	enum exit_code code;

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
		if (cli_option(cli, texts[i].option))
			*texts[i].field = span_from(cli_option(cli, texts[i].option));
	}
	for (size_t i = 0; i < ARRAY_COUNT(amounts); i++) {
		const char *value = cli_option(cli, amounts[i].option);

		if (value)
			*amounts[i].known = amount_from_text(span_from(value), amounts[i].cents);
	}
	if (cli_option(cli, "issued"))
		ticket->issue_date = cli_date(cli, "issued");
	if (cli_option(cli, "due"))
		ticket->due_date = cli_date(cli, "due");
	if (supplier_word) {
		code = pick_company(cli, supplier_word, &supplier);
		if (code != EXIT_DONE)
			return code;
		ticket->supplier_id = supplier.id;
		ticket->supplier_name = supplier.name;
	}
	/* What a bill of ours comes to follows from these. */
	if (cli_option(cli, "net") || cli_option(cli, "discount") || cli_option(cli, "tax-rate"))
		if (span_equal(ticket->direction, SPAN("receivable")))
			return bill_fields_take(cli, ticket);
	return EXIT_DONE;
}

/* What a person types can be a second ticket for one invoice, or pay into a stranger's account. */
enum exit_code ticket_doubts_check(struct cli *cli, struct ticket *ticket)
{
	static const char *const asked[] = {
		"supplier", "number", "currency", "total", "payable", "iban", "issued"};
	struct ticket_doubt doubt = {.holds = false};
	struct error err;
	bool changed = false;

	for (size_t i = 0; i < ARRAY_COUNT(asked); i++)
		changed = changed || cli_option(cli, asked[i]);
	if (!changed || (!span_equal(ticket->state, SPAN("open")) &&
				!span_equal(ticket->state, SPAN("hold"))))
		return EXIT_DONE;
	if (!ticket_doubt_find(cli->intake, &cli->arena, ticket, &doubt, &err))
		return cli_fail(&err);
	if (!doubt.text.size)
		return EXIT_DONE;
	message_print("%s: %.*s", doubt.holds ? "on hold" : "note", SPAN_ARG(doubt.text));
	ticket->hold_reason = doubt.text;
	if (doubt.holds)
		ticket->state = SPAN("hold");
	return EXIT_DONE;
}

enum exit_code ticket_run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct ticket ticket;

	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 0), &ticket);
	if (code == EXIT_DONE)
		code = fields_take(cli, &ticket);
	if (code == EXIT_DONE)
		code = ticket_doubts_check(cli, &ticket);
	return code == EXIT_DONE ? ticket_write(cli, &ticket, "changed") : code;
}

enum exit_code ticket_run_assign(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct ticket ticket;
	struct user_row user;

	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 0), &ticket);
	if (code == EXIT_DONE)
		code = pick_user(cli, cli_argument(cli, 1), &user);
	if (code != EXIT_DONE)
		return code;
	ticket.assignee_id = user.id;
	return ticket_write(cli, &ticket, "assigned");
}

/* What each verb makes of a ticket, and in which states it may be used. */
static const struct move {
	const char *verb, *to, *from; /* from: separated by | */
} moves[] = {
	{"pay", "paid", "open"},
	{"close", "closed", "open|paid"},
	{"dismiss", "dismissed", "open|hold"},
	{"hold", "hold", "open"},
	{"release", "open", "hold"},
	{"reopen", "open", "paid|closed|dismissed"},
};

static const struct move *move_find(const char *verb)
{
	size_t i = 0;

	while (i + 1 < ARRAY_COUNT(moves) && strcmp(moves[i].verb, verb) != 0)
		i++;
	return &moves[i];
}

static bool move_check(const struct move *move, const struct ticket *ticket, struct error *err)
{
	struct span rest = span_from(move->from), from;

	while (span_next(&rest, '|', &from)) {
		if (span_equal(from, ticket->state))
			return true;
	}
	/* It was relisted because mail joined it: closing it again says that this was seen. */
	if (ticket->after_close && strcmp(move->verb, "close") == 0)
		return true;
	if (span_equal(ticket->state, SPAN("hold")))
		return error_set(err, ERROR_CONFLICT,
			"ticket #%" PRId64 " is on hold (%.*s): postroom ticket release %" PRId64
			" --reason TEXT",
			ticket->id, SPAN_ARG(ticket->hold_reason), ticket->id);
	return error_set(err, ERROR_CONFLICT, "ticket #%" PRId64 " is %.*s: no %s from there",
		ticket->id, SPAN_ARG(ticket->state), move->verb);
}

static enum exit_code tickets_pick(struct cli *cli, const struct move *move, struct ticket *tickets)
{
	enum exit_code code = EXIT_DONE;
	struct error err;

	for (size_t i = 0; i < cli->invocation.argument_count; i++) {
		code = pick_ticket(cli, cli_argument(cli, i), &tickets[i]);
		if (code == EXIT_DONE && !move_check(move, &tickets[i], &err))
			code = cli_fail(&err);
		if (code != EXIT_DONE)
			break;
	}
	return code;
}

/* What the move makes of the ticket beside its state. */
static void ticket_moved(struct cli *cli, const struct move *move, struct ticket *ticket)
{
	const char *amount = cli_option(cli, "amount");

	ticket->after_close = false;
	if (strcmp(move->verb, "pay") == 0) {
		ticket->paid_date =
			cli_option(cli, "date") ? cli_date(cli, "date") : cli_today(cli);
		ticket->paid_cents = ticket->payable_cents;
		ticket->has_paid = ticket->has_payable;
		if (amount)
			ticket->has_paid = amount_from_text(span_from(amount), &ticket->paid_cents);
	} else if (strcmp(move->verb, "reopen") == 0) {
		ticket->paid_date = (struct date){0};
		ticket->has_paid = false;
		ticket->paid_cents = 0;
	}
	ticket->state = cli_flag(cli, "close") ? SPAN("closed") : span_from(move->to);
}

/* Several tickets, one operation: all or none. */
static enum exit_code tickets_move(struct cli *cli, struct span summary, struct span hold_reason)
{
	const struct move *move = move_find(cli->invocation.command->verb);
	size_t count = cli->invocation.argument_count;
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct ticket *tickets;
	struct error err;
	bool good = true;
	json_t *ids;

	tickets = arena_array(&cli->arena, struct ticket, count);
	if (code == EXIT_DONE)
		code = tickets_pick(cli, move, tickets);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, summary, &operation, &err))
		return cli_fail(&err);
	ids = json_array();
	for (size_t i = 0; i < count && good; i++) {
		ticket_moved(cli, move, &tickets[i]);
		tickets[i].hold_reason = hold_reason;
		good = ticket_edit(&operation, &tickets[i], &err) &&
		       bill_reminder_keep(cli, &operation, &tickets[i], &err);
		json_array_append_new(ids, json_integer(tickets[i].id));
	}
	if (!change_end(cli, &operation, good, &err)) {
		json_decref(ids);
		return cli_fail(&err);
	}
	change_report(cli, operation.id, json_pack("{s:o}", "tickets", ids), "%zu ticket%s %s",
		count, count == 1 ? "" : "s",
		cli_flag(cli, "close") ? "paid and closed" : move->to);
	return EXIT_DONE;
}

/* What the log is to say of a payment: the day and the amount it was made with. */
static struct span payment_summary(struct cli *cli)
{
	const char *date = cli_option(cli, "date"), *amount = cli_option(cli, "amount");
	char today[DATE_TEXT_SIZE];

	if (!date)
		date = date_text(cli_today(cli), today);
	return arena_format(
		&cli->arena, "on %s%s%s", date, amount ? ", amount " : "", amount ? amount : "");
}

enum exit_code ticket_run_pay(struct cli *cli)
{
	enum exit_code code = cli_load_config(cli);

	if (code != EXIT_DONE)
		return code;
	if (cli_option(cli, "amount") && cli->invocation.argument_count > 1)
		return cli_usage("--amount is that of one ticket; each of several is paid in full");
	return tickets_move(cli, payment_summary(cli), (struct span){0});
}

/* close, dismiss, reopen */
enum exit_code ticket_run_move(struct cli *cli)
{
	return tickets_move(cli, (struct span){0}, (struct span){0});
}

enum exit_code ticket_run_hold(struct cli *cli)
{
	struct span reason = span_from(cli_option(cli, "reason"));

	if (!reason.size)
		return cli_usage("--reason TEXT is missing: say why the ticket must wait");
	return tickets_move(cli, reason, reason);
}

enum exit_code ticket_run_release(struct cli *cli)
{
	struct span reason = span_from(cli_option(cli, "reason"));

	if (!reason.size)
		return cli_usage("--reason TEXT is missing: say why the ticket may go on");
	return tickets_move(cli, reason, (struct span){0});
}
