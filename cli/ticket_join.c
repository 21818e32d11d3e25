/*
 * ticket_join.c - `postroom ticket join` and `split`: which mail belongs to which bill.
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/ticket.h"

static bool join(struct cli *cli, struct operation *operation, const struct ticket *ticket,
	struct ticket *other, struct error *err)
{
	struct ticket_message *rows;
	size_t count;
	bool done;

	if (!ticket_messages(cli->db, other->id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct span how =
			span_equal(rows[i].how, SPAN("opened")) ? SPAN("copy") : rows[i].how;

		if (!ticket_split(operation, other->id, rows[i].message_id, &done, err) ||
			!ticket_join(operation, ticket->id, rows[i].message_id, how, &done, err))
			return false;
	}
	other->state = SPAN("dismissed");
	other->hold_reason = arena_format(&cli->arena, "joined to ticket #%" PRId64, ticket->id);
	return ticket_edit(operation, other, err);
}

enum exit_code ticket_run_join(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct ticket ticket, other;
	struct operation operation;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 0), &ticket);
	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 1), &other);
	if (code != EXIT_DONE)
		return code;
	if (ticket.id == other.id)
		return cli_usage("a ticket can't be joined to itself");
	if (span_equal(ticket.state, SPAN("dismissed")) ||
		!span_equal(ticket.direction, other.direction)) {
		message_print("ticket #%" PRId64 " is %.*s and %.*s: nothing can join it there",
			ticket.id, SPAN_ARG(ticket.direction), SPAN_ARG(ticket.state));
		return EXIT_CONFLICT;
	}
	if (!change_begin(cli, ticket.title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, join(cli, &operation, &ticket, &other, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, ticket_changed_json(cli, ticket.id),
		"joined ticket #%" PRId64 " to #%" PRId64 " %.*s", other.id, ticket.id,
		SPAN_ARG(ticket.title));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- splitting */

/* The bill of that mail: whose it is is known, the rest is for a person to type. */
static struct ticket ticket_apart(
	struct cli *cli, const struct ticket *ticket, const struct message_row *message)
{
	return (struct ticket){.direction = ticket->direction,
		.kind = ticket->kind,
		.state = SPAN("open"),
		.title = message->subject.size ? message->subject : ticket->title,
		.supplier_id = ticket->supplier_id,
		.supplier_contact_id = ticket->supplier_contact_id,
		.supplier_name = ticket->supplier_name,
		.currency = ticket->currency,
		.assignee_id = ticket->assignee_id,
		.hold_reason =
			arena_format(&cli->arena, "split from ticket #%" PRId64, ticket->id)};
}

static bool split(struct operation *operation, const struct ticket *ticket, struct ticket *apart,
	int64_t message_id, struct error *err)
{
	bool found;

	if (!ticket_split(operation, ticket->id, message_id, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_CONFLICT,
			"message %" PRId64 " is no mail of ticket #%" PRId64, message_id,
			ticket->id);
	return ticket_add(operation, apart, &apart->id, err) &&
	       ticket_join(operation, apart->id, message_id, SPAN("opened"), &found, err);
}

enum exit_code ticket_run_split(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct ticket_message *rows;
	struct ticket ticket, apart;
	struct message_row message;
	struct error err;
	size_t count;

	if (code == EXIT_DONE)
		code = pick_ticket(cli, cli_argument(cli, 0), &ticket);
	if (code == EXIT_DONE)
		code = pick_message(cli, cli_argument(cli, 1), &message);
	if (code != EXIT_DONE)
		return code;
	if (!ticket_messages(cli->db, ticket.id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	if (count == 1 && rows[0].message_id == message.id) {
		message_print("message %" PRId64 " is the only mail of ticket #%" PRId64,
			message.id, ticket.id);
		return EXIT_CONFLICT;
	}
	apart = ticket_apart(cli, &ticket, &message);
	if (!change_begin(cli, ticket.title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(
		    cli, &operation, split(&operation, &ticket, &apart, message.id, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, ticket_changed_json(cli, operation.id ? apart.id : 0),
		"message %" PRId64 " is ticket #%" PRId64 " now", message.id, apart.id);
	return EXIT_DONE;
}
