/*
 * deal_outcome.c - how a deal ends: won with a signed contract, lost, brought back, closed when all
 * that follows is done.
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/project.h"
#include "cli/ticket_bill.h"

static enum exit_code deal_in_state(
	struct cli *cli, const char *state, const char *verb, struct deal *deal)
{
	enum exit_code code = cli_open_intake(cli);

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), deal);
	if (code != EXIT_DONE || span_equal(deal->state, span_from(state)))
		return code;
	message_print("deal #%" PRId64 " is %.*s; only %s deals can be %s", deal->id,
		SPAN_ARG(deal->state), state, verb);
	return EXIT_CONFLICT;
}

/* Says what is missing, a line each; EXIT_CONFLICT when anything is. */
static enum exit_code needs_check(struct cli *cli, const struct deal *deal,
	const struct config_strings *needs, bool will_sign, const char *verb)
{
	json_t *missing = json_array(), *sentence;
	enum exit_code code = EXIT_DONE;
	struct error err;
	size_t i;

	if (!deal_missing(cli, deal, needs, will_sign, missing, &err)) {
		code = cli_fail(&err);
	} else if (json_array_size(missing) > 0) {
		message_print("deal #%" PRId64 " %.*s can't be %s yet; it lacks:", deal->id,
			SPAN_ARG(deal->name), verb);
		json_array_foreach(missing, i, sentence)
			message_print("  %s", json_string_value(sentence));
		code = EXIT_CONFLICT;
	}
	json_decref(missing);
	return code;
}

/* ---------------------------------------------------------------- won */

/* All that winning writes beside the deal. */
struct victory {
	struct deal deal;
	struct contract_source *contract; /* NULL: it has one */
	struct ticket bill;
	bool bills; /* it has none yet */
	struct project_start project;
};

static bool win_more(struct cli *cli, struct operation *operation, void *context, struct error *err)
{
	struct victory *victory = context;

	if (victory->contract &&
		!contract_add(operation, victory->contract, victory->deal.id, true, err))
		return false;
	return (!victory->bills || ticket_add(operation, &victory->bill, &victory->bill.id, err)) &&
	       deal_chase_end(cli, operation, &victory->deal, err) &&
	       project_start(cli, operation, &victory->project, err);
}

/* A deal that was won before and brought back has its bill. */
static enum exit_code bill_prepare(struct cli *cli, struct victory *victory)
{
	struct ticket_filter filter = {
		.deal_id = victory->deal.id, .direction = SPAN("receivable")};
	struct ticket *rows;
	struct error err;
	size_t count;

	if (!ticket_list(cli->db, &filter, &cli->arena, &rows, &count, &err) ||
		!bill_of_deal(cli, &victory->deal, &victory->bill, &err))
		return cli_fail(&err);
	victory->bills = true;
	for (size_t i = 0; i < count; i++)
		victory->bills = victory->bills && span_equal(rows[i].state, SPAN("dismissed"));
	return bill_fields_take(cli, &victory->bill);
}

static enum exit_code win(struct cli *cli, struct victory *victory)
{
	struct deal *deal = &victory->deal;
	enum exit_code code;
	bool given;

	code = contract_read(cli, &victory->contract, &given);
	if (code == EXIT_DONE)
		code = needs_check(cli, deal, deal_win_needs(cli, deal), given, "won");
	if (code == EXIT_DONE)
		code = bill_prepare(cli, victory);
	if (code == EXIT_DONE)
		code = project_start_of_deal(cli, deal, &victory->project);
	if (code != EXIT_DONE)
		return code;
	deal->state = SPAN("won");
	deal->outcome = SPAN("won");
	deal->reason = (struct span){0};
	deal->is_lead = false;
	deal->ended = cli_option(cli, "date") ? cli_date(cli, "date") : cli_today(cli);
	victory->project.begins = deal->ended;
	code = deal_write(cli, deal, "won", win_more, victory);
	if (code == EXIT_DONE && victory->bill.id && !cli_flag(cli, "dry-run"))
		message_print("receivable ticket #%" PRId64
			      " is open; the deal can be closed when that is: postroom ticket send "
			      "%" PRId64,
			victory->bill.id, victory->bill.id);
	return code;
}

enum exit_code deal_run_win(struct cli *cli)
{
	struct victory victory = {0};
	enum exit_code code = deal_in_state(cli, "open", "won", &victory.deal);

	if (code == EXIT_DONE)
		code = win(cli, &victory);
	contract_free(victory.contract);
	return code;
}

/* ---------------------------------------------------------------- lost */

static enum exit_code outcome_take(
	struct cli *cli, const struct config_pipeline *pipeline, struct deal *deal)
{
	const char *word = cli_option(cli, "outcome");

	deal->outcome = span_from(pipeline->outcomes.items[0]);
	if (!word)
		return EXIT_DONE;
	for (size_t i = 0; i < pipeline->outcomes.count; i++)
		if (span_equal_fold(span_from(pipeline->outcomes.items[i]), span_from(word))) {
			deal->outcome = span_from(pipeline->outcomes.items[i]);
			return EXIT_DONE;
		}
	message_print("pipeline %s has no outcome `%s`; there are:", pipeline->name, word);
	for (size_t i = 0; i < pipeline->outcomes.count; i++)
		message_print("  %s", pipeline->outcomes.items[i]);
	return EXIT_NOT_FOUND;
}

static bool lose_more(
	struct cli *cli, struct operation *operation, void *context, struct error *err)
{
	return deal_chase_end(cli, operation, context, err);
}

enum exit_code deal_run_lose(struct cli *cli)
{
	const char *reason = cli_option(cli, "reason");
	const struct config_pipeline *pipeline;
	enum exit_code code;
	struct deal deal;

	if (!reason || !*reason)
		return cli_usage("--reason TEXT is missing: say why the deal was lost");
	code = deal_in_state(cli, "open", "lost", &deal);
	if (code != EXIT_DONE)
		return code;
	pipeline = deal_pipeline(cli, &deal);
	code = outcome_take(cli, pipeline, &deal);
	if (code != EXIT_DONE)
		return code;
	deal.state = SPAN("lost");
	deal.pipeline = span_from(pipeline->name);
	deal.phase = span_from(pipeline->phases[pipeline->phase_count - 1].name);
	deal.reason = span_from(reason);
	deal.current = false;
	deal.ended = cli_option(cli, "date") ? cli_date(cli, "date") : cli_today(cli);
	return deal_write(cli, &deal, "lost", lose_more, &deal);
}

/* ---------------------------------------------------------------- back, and closed */

struct nurture {
	const struct deal *deal;
	struct due due;
};

static bool nurture_more(
	struct cli *cli, struct operation *operation, void *context, struct error *err)
{
	const struct nurture *nurture = context;
	struct span title =
		arena_format(&cli->arena, "Follow up: %.*s", SPAN_ARG(nurture->deal->name));

	return deal_follow_up(cli, operation, nurture->deal, &nurture->due, title, err);
}

enum exit_code deal_run_nurture(struct cli *cli)
{
	const char *when = cli_option(cli, "due");
	struct nurture nurture = {0};
	enum exit_code code;
	struct error err;
	struct deal deal;

	if (!when || !*when)
		return cli_usage("--due WHEN is missing: say when to follow up, like 3m");
	code = deal_in_state(cli, "lost", "nurtured", &deal);
	if (code != EXIT_DONE)
		return code;
	if (!due_read(cli, when, &nurture.due, &err))
		return cli_fail(&err);
	deal.state = SPAN("open");
	deal.phase = span_from(deal_pipeline(cli, &deal)->phases[0].name);
	deal.outcome = (struct span){0};
	deal.ended = (struct date){0};
	nurture.deal = &deal;
	return deal_write(cli, &deal, "back to follow-up:", nurture_more, &nurture);
}

enum exit_code deal_run_close(struct cli *cli)
{
	struct deal deal;
	enum exit_code code = deal_in_state(cli, "won", "closed", &deal);

	if (code == EXIT_DONE)
		code = needs_check(cli, &deal, deal_close_needs(cli, &deal), false, "closed");
	if (code != EXIT_DONE)
		return code;
	deal.state = SPAN("closed");
	deal.current = false;
	return deal_write(cli, &deal, "closed", NULL, NULL);
}
