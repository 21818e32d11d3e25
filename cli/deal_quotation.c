/*
 * deal_quotation.c - the quotation of a deal: sent, chased, accepted (which begins its project) or
 * declined (which brings it back to follow-up).
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/deal.h"
#include "cli/due.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/project.h"
#include "store/task.h"

static enum exit_code deal_take_open(struct cli *cli, struct deal *deal)
{
	enum exit_code code = cli_open_intake(cli);

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), deal);
	if (code == EXIT_DONE && !span_equal(deal->state, SPAN("open"))) {
		message_print(
			"deal #%" PRId64 " is %.*s, not open", deal->id, SPAN_ARG(deal->state));
		code = EXIT_CONFLICT;
	}
	return code;
}

static struct date day_given(struct cli *cli, const char *option)
{
	return cli_option(cli, option) ? cli_date(cli, option) : cli_today(cli);
}

/* ---------------------------------------------------------------- chasing */

/* One task a quotation, however often its day is moved. */
static struct span chase_key(struct cli *cli, const struct deal *deal)
{
	return arena_format(
		&cli->arena, "quotation:%" PRId64 ":%.*s", deal->id, SPAN_ARG(deal->quotation));
}

struct chase {
	struct deal *deal;
	struct due due;
};

static bool chase_write(
	struct cli *cli, struct operation *operation, void *context, struct error *err)
{
	const struct chase *chase = context;
	const struct deal *deal = chase->deal;
	struct task task = {.kind = SPAN("follow-up"), .state = SPAN("open"), .keep = true};
	bool added, found;

	if (!date_is_set(chase->due.date) && !chase->due.at_ms)
		return true;
	task.title = arena_format(&cli->arena, "Quotation %.*s: %.*s", SPAN_ARG(deal->quotation),
		SPAN_ARG(deal->name));
	task.source_key = chase_key(cli, deal);
	task.deal_id = deal->id;
	task.contact_id = deal->contact_id;
	task.company_id = deal->company_id;
	if (!deal_worker(cli, deal, &task.assignee_id, err) ||
		!task_add(operation, &task, &task.id, &added, err) ||
		!task_get(cli->db, task.id, &cli->arena, &task, &found, err))
		return false;
	task.due_date = chase->due.at_ms ? (struct date){0} : chase->due.date;
	task.due_ms = chase->due.at_ms;
	task.length_ms = chase->due.at_ms ? cli->config->follow_up_length_ms : 0;
	task.state = SPAN("open");
	return task_edit(operation, &task, err);
}

bool deal_chase_end(
	struct cli *cli, struct operation *operation, const struct deal *deal, struct error *err)
{
	struct task task;
	bool found;
	int64_t id;

	if (!deal->quotation.size)
		return true;
	if (!task_by_source_key(cli->db, chase_key(cli, deal), &id, err))
		return false;
	if (!id)
		return true;
	if (!task_get(cli->db, id, &cli->arena, &task, &found, err))
		return false;
	if (!span_equal(task.state, SPAN("open")))
		return true;
	task.state = SPAN("done");
	return task_edit(operation, &task, err);
}

/* ---------------------------------------------------------------- verbs */

enum exit_code deal_run_quote(struct cli *cli)
{
	struct chase chase = {0};
	struct deal deal;
	enum exit_code code = deal_take_open(cli, &deal);
	struct error err;

	if (code != EXIT_DONE)
		return code;
	deal.quotation = span_from(cli_argument(cli, 1));
	deal.quotation_state = SPAN("sent");
	deal.quotation_sent = day_given(cli, "sent");
	deal.quotation_until = cli_date(cli, "until");
	deal.is_lead = false;
	chase.deal = &deal;
	chase.due.date = deal.quotation_until;
	if (cli_option(cli, "chase") && !due_read(cli, cli_option(cli, "chase"), &chase.due, &err))
		return cli_fail(&err);
	return deal_write(cli, &deal, "sent the quotation of", chase_write, &chase);
}

static bool accept_more(
	struct cli *cli, struct operation *operation, void *context, struct error *err)
{
	const struct project_start *start = context;

	return deal_chase_end(cli, operation, start->deal, err) &&
	       project_start(cli, operation, start, err);
}

enum exit_code deal_run_accept(struct cli *cli)
{
	struct project_start start = {0};
	struct deal deal;
	enum exit_code code = deal_take_open(cli, &deal);

	if (code == EXIT_DONE)
		code = project_start_of_deal(cli, &deal, &start);
	if (code != EXIT_DONE)
		return code;
	start.begins = day_given(cli, "date");
	deal.quotation_state = SPAN("accepted");
	return deal_write(cli, &deal, "accepted: the quotation of", accept_more, &start);
}

struct return_to_follow_up {
	const struct deal *deal;
	struct due due;
	const char *why;
};

bool deal_follow_up(struct cli *cli, struct operation *operation, const struct deal *deal,
	const struct due *due, struct span title, struct error *err)
{
	struct task task = {.kind = SPAN("follow-up"),
		.state = SPAN("open"),
		.title = title,
		.note = deal->reason,
		.deal_id = deal->id,
		.contact_id = deal->contact_id,
		.company_id = deal->company_id,
		.due_date = due->at_ms ? (struct date){0} : due->date,
		.due_ms = due->at_ms,
		.length_ms = due->at_ms ? cli->config->follow_up_length_ms : 0};
	int64_t id;
	bool added;

	return deal_worker(cli, deal, &task.assignee_id, err) &&
	       task_add(operation, &task, &id, &added, err);
}

static bool decline_more(
	struct cli *cli, struct operation *operation, void *context, struct error *err)
{
	const struct return_to_follow_up *back = context;
	struct span title =
		arena_format(&cli->arena, "Quotation declined: %.*s", SPAN_ARG(back->deal->name));

	return deal_chase_end(cli, operation, back->deal, err) &&
	       deal_follow_up(cli, operation, back->deal, &back->due, title, err);
}

/* Without a day somebody looks at it in two weeks: what has none is forgotten. */
#define USUAL_FOLLOW_UP "2w"

enum exit_code deal_run_decline(struct cli *cli)
{
	const char *reason = cli_option(cli, "reason"), *when = cli_option(cli, "follow-up");
	struct return_to_follow_up back = {0};
	struct deal deal;
	enum exit_code code;
	struct error err;

	if (!reason || !*reason)
		return cli_usage("--reason TEXT is missing: say why the quotation was declined");
	code = deal_take_open(cli, &deal);
	if (code != EXIT_DONE)
		return code;
	if (!due_read(cli, when ? when : USUAL_FOLLOW_UP, &back.due, &err))
		return cli_fail(&err);
	deal.quotation_state = SPAN("declined");
	deal.reason = span_from(reason);
	back.deal = &deal;
	return deal_write(cli, &deal, "declined: the quotation of", decline_more, &back);
}
