#include "cli/ticket_bill.h"

#include <inttypes.h>

#include "cli/amount.h"
#include "cli/change.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/ticket.h"
#include "store/task.h"

#define DAY_MS (24 * INT64_C(3600000))

bool bill_of_deal(
	struct cli *cli, const struct deal *deal, struct ticket *ticket, struct error *err)
{
	const struct config *config = cli->config;

	*ticket = (struct ticket){.direction = SPAN("receivable"),
		.kind = SPAN("invoice"),
		.state = SPAN("open"),
		.currency = span_from(config->deals.currency)};
	if (config->billing.tax_rate)
		ticket->has_tax_rate =
			amount_from_text(span_from(config->billing.tax_rate), &ticket->tax_rate);
	if (deal) {
		ticket->title = arena_format(&cli->arena, "Bill: %.*s", SPAN_ARG(deal->name));
		ticket->deal_id = deal->id;
		ticket->supplier_id = deal->company_id;
		ticket->supplier_contact_id = deal->contact_id;
		ticket->supplier_name =
			deal->company_name.size ? deal->company_name : deal->contact_name;
		ticket->has_net = deal->has_value;
		ticket->net_cents = deal->value_cents;
		if (deal->currency.size)
			ticket->currency = deal->currency;
		ticket->assignee_id = deal->owner_id;
	}
	ticket_price(ticket);
	if (!config->invoices_assignee)
		return true;
	return user_find(cli->db, span_from(config->invoices_assignee), &ticket->assignee_id, err);
}

enum exit_code bill_fields_take(struct cli *cli, struct ticket *ticket)
{
	const struct {
		const char *option;
		int64_t *value;
		bool *known;
	} amounts[] = {
		{"net", &ticket->net_cents, &ticket->has_net},
		{"discount", &ticket->discount_cents, &ticket->has_discount},
		{"tax-rate", &ticket->tax_rate, &ticket->has_tax_rate},
	};

	for (size_t i = 0; i < ARRAY_COUNT(amounts); i++) {
		const char *value = cli_option(cli, amounts[i].option);

		if (value)
			*amounts[i].known = amount_from_text(span_from(value), amounts[i].value);
	}
	if (ticket->has_tax_rate && (ticket->tax_rate < 0 || ticket->tax_rate > 10000)) {
		message_print("--tax-rate is in percent, from 0 to 100");
		return EXIT_INPUT;
	}
	if (cli_option(cli, "currency"))
		ticket->currency = span_from(cli_option(cli, "currency"));
	if (cli_option(cli, "due"))
		ticket->due_date = cli_date(cli, "due");
	if (cli_option(cli, "number"))
		ticket->number = span_from(cli_option(cli, "number"));
	ticket_price(ticket);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- reminders */

static bool wants_reminder(const struct ticket *ticket)
{
	return span_equal(ticket->direction, SPAN("receivable")) &&
	       span_equal(ticket->state, SPAN("open")) && date_is_set(ticket->sent_date) &&
	       date_is_set(ticket->due_date);
}

static void reminder_fill(struct cli *cli, const struct ticket *ticket, struct task *task)
{
	struct span name = ticket->supplier_name.size ? ticket->supplier_name : ticket->title;

	task->title =
		arena_format(&cli->arena, "Unpaid: %.*s%s%.*s, ticket #%" PRId64, SPAN_ARG(name),
			ticket->number.size ? " " : "", SPAN_ARG(ticket->number), ticket->id);
	task->state = SPAN("open");
	task->due_date = date_add_days(ticket->due_date, 1);
	task->assignee_id = ticket->assignee_id;
	task->contact_id = ticket->supplier_contact_id;
	task->company_id = ticket->supplier_id;
	task->deal_id = ticket->deal_id;
	task->ticket_id = ticket->id;
}

bool bill_reminder_keep(struct cli *cli, struct operation *operation, const struct ticket *ticket,
	struct error *err)
{
	struct span key = arena_format(&cli->arena, "overdue:%" PRId64, ticket->id);
	struct task task = {.kind = SPAN("task"), .source_key = key};
	bool found, added;
	int64_t id;

	if (!task_by_source_key(cli->db, key, &id, err))
		return false;
	if (!id) {
		if (!wants_reminder(ticket))
			return true;
		reminder_fill(cli, ticket, &task);
		return task_add(operation, &task, &id, &added, err);
	}
	if (!task_get(cli->db, id, &cli->arena, &task, &found, err))
		return false;
	if (wants_reminder(ticket))
		reminder_fill(cli, ticket, &task);
	else if (span_equal(task.state, SPAN("open")))
		task.state = SPAN("done");
	return task_edit(operation, &task, err);
}

/* ---------------------------------------------------------------- verbs */

static enum exit_code customer_take(struct cli *cli, struct ticket *ticket)
{
	const char *company_word = cli_option(cli, "company"),
		   *contact_word = cli_option(cli, "contact");
	enum exit_code code = EXIT_DONE;
	struct company company;
	struct contact contact;

	if (contact_word) {
		code = pick_contact(cli, contact_word, &contact);
		if (code != EXIT_DONE)
			return code;
		ticket->supplier_contact_id = contact.id;
		ticket->supplier_id = contact.company_id;
		ticket->supplier_name = contact.company_id ? contact.company_name : contact.name;
	}
	if (company_word) {
		code = pick_company(cli, company_word, &company);
		if (code != EXIT_DONE)
			return code;
		ticket->supplier_id = company.id;
		ticket->supplier_name = company.name;
	}
	return code;
}

static enum exit_code ticket_take(struct cli *cli, struct ticket *ticket)
{
	const char *direction = cli_option(cli, "direction"), *deal_word = cli_option(cli, "deal"),
		   *assignee = cli_option(cli, "assignee");
	enum exit_code code = EXIT_DONE;
	struct user_row user;
	struct deal deal;
	struct error err;

	if (deal_word)
		code = pick_deal(cli, deal_word, &deal);
	if (code == EXIT_DONE && !bill_of_deal(cli, deal_word ? &deal : NULL, ticket, &err))
		return cli_fail(&err);
	if (code == EXIT_DONE)
		code = customer_take(cli, ticket);
	if (code == EXIT_DONE && assignee) {
		code = pick_user(cli, assignee, &user);
		ticket->assignee_id = user.id;
	}
	if (code != EXIT_DONE)
		return code;
	ticket->title = span_from(cli_argument(cli, 0));
	if (direction)
		ticket->direction = span_from(direction);
	if (!span_equal(ticket->direction, SPAN("receivable")))
		ticket->has_tax_rate = false;
	if (cli_option(cli, "issued"))
		ticket->issue_date = cli_date(cli, "issued");
	return bill_fields_take(cli, ticket);
}

enum exit_code ticket_run_add(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct ticket ticket = {0};
	struct error err;
	int64_t id = 0;
	bool good;

	if (code == EXIT_DONE)
		code = ticket_take(cli, &ticket);
	if (code == EXIT_DONE)
		code = ticket_doubts_check(cli, &ticket);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, ticket.title, &operation, &err))
		return cli_fail(&err);
	good = ticket_add(&operation, &ticket, &id, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, ticket_changed_json(cli, operation.id ? id : 0),
		"added ticket #%" PRId64 " %.*s", id, SPAN_ARG(ticket.title));
	return EXIT_DONE;
}

/* The bill went out: from here on it can become overdue. */
enum exit_code ticket_run_send(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct ticket ticket;
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 0), &ticket);
	if (code != EXIT_DONE)
		return code;
	if (!span_equal(ticket.direction, SPAN("receivable")) ||
		!span_equal(ticket.state, SPAN("open"))) {
		message_print("ticket #%" PRId64 " is %.*s and %.*s: only an open bill of ours is "
			      "sent",
			ticket.id, SPAN_ARG(ticket.direction), SPAN_ARG(ticket.state));
		return EXIT_CONFLICT;
	}
	ticket.sent_date = cli_option(cli, "date") ? cli_date(cli, "date") : cli_today(cli);
	if (!date_is_set(ticket.issue_date))
		ticket.issue_date = ticket.sent_date;
	if (!date_is_set(ticket.due_date))
		ticket.due_date = date_add_days(
			ticket.sent_date, (int)(cli->config->billing.terms_ms / DAY_MS));
	code = bill_fields_take(cli, &ticket);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, ticket.title, &operation, &err))
		return cli_fail(&err);
	good = ticket_edit(&operation, &ticket, &err) &&
	       bill_reminder_keep(cli, &operation, &ticket, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, ticket_changed_json(cli, ticket.id),
		"sent ticket #%" PRId64 " %.*s", ticket.id, SPAN_ARG(ticket.title));
	return EXIT_DONE;
}
