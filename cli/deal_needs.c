/*
 * deal_needs.c - what a deal lacks to be won or closed, in words that say what to type.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/deal.h"
#include "cli/json.h"
#include "store/document.h"
#include "store/project.h"
#include "store/ticket.h"

/* What one look at a deal needs; each check adds its sentences. */
struct look {
	struct cli *cli;
	const struct deal *deal;
	bool will_sign;
	json_t *missing;
};

static void add(struct look *look, struct span sentence)
{
	json_array_append_new(look->missing, json_span(sentence));
}

static bool contract(struct look *look, struct error *err)
{
	struct document document;
	bool found = look->will_sign;

	if (!found && !document_signed(look->cli->db, look->deal->id, &look->cli->arena, &document,
			      &found, err))
		return false;
	if (!found)
		add(look, arena_format(&look->cli->arena,
				  "a signed contract: postroom deal contract %" PRId64
				  " --message MESSAGE, --file FILE or --link URL",
				  look->deal->id));
	return true;
}

static bool quotation(struct look *look, struct error *err UNUSED)
{
	if (!span_equal(look->deal->quotation_state, SPAN("accepted")))
		add(look, arena_format(&look->cli->arena,
				  "an accepted quotation: postroom deal accept %" PRId64,
				  look->deal->id));
	return true;
}

static bool value(struct look *look, struct error *err UNUSED)
{
	if (!look->deal->has_value)
		add(look, arena_format(&look->cli->arena,
				  "a value: postroom deal edit %" PRId64 " --value AMOUNT",
				  look->deal->id));
	return true;
}

/* A bill that nobody paid is not to be closed unseen. */
static const char *to_close(struct look *look, const struct ticket *ticket)
{
	bool paid = span_equal(ticket->state, SPAN("paid"));

	return arena_format(
		&look->cli->arena, paid ? "close %" PRId64 : "pay %" PRId64 " --close", ticket->id)
		.data;
}

static bool ticket(struct look *look, struct error *err)
{
	struct ticket_filter filter = {.deal_id = look->deal->id};
	struct ticket *rows;
	size_t count, closed = 0;

	if (!ticket_list(look->cli->db, &filter, &look->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (span_equal(rows[i].state, SPAN("closed"))) {
			closed++;
		} else if (!span_equal(rows[i].state, SPAN("dismissed"))) {
			add(look, arena_format(&look->cli->arena,
					  "finance ticket #%" PRId64 " is %.*s: postroom ticket %s",
					  rows[i].id, SPAN_ARG(rows[i].state),
					  to_close(look, &rows[i])));
			closed++; /* it is named: none is missing beside it */
		}
	}
	if (closed == 0)
		add(look, arena_format(&look->cli->arena,
				  "a closed finance ticket: postroom ticket add TITLE --deal "
				  "%" PRId64,
				  look->deal->id));
	return true;
}

static bool project(struct look *look, struct error *err)
{
	struct project_filter filter = {.deal_id = look->deal->id};
	struct project *rows;
	size_t count;

	if (!project_list(look->cli->db, &filter, &look->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (rows[i].open_tasks)
			add(look, arena_format(&look->cli->arena,
					  "project #%" PRId64 " has %" PRId64
					  " open task%s: postroom project show %" PRId64,
					  rows[i].id, rows[i].open_tasks,
					  rows[i].open_tasks == 1 ? "" : "s", rows[i].id));
	if (count == 0)
		add(look, arena_format(&look->cli->arena,
				  "a project: postroom project add NAME --deal %" PRId64,
				  look->deal->id));
	return true;
}

static const struct {
	const char *word;
	bool (*check)(struct look *look, struct error *err);
} checks[] = {
	{"contract", contract},
	{"quotation", quotation},
	{"value", value},
	{"ticket", ticket},
	{"project", project},
};

bool deal_missing(struct cli *cli, const struct deal *deal, const struct config_strings *needs,
	bool will_sign, json_t *missing, struct error *err)
{
	struct look look = {cli, deal, will_sign, missing};

	for (size_t i = 0; i < needs->count; i++)
		for (size_t j = 0; j < ARRAY_COUNT(checks); j++)
			if (strcmp(needs->items[i], checks[j].word) == 0 &&
				!checks[j].check(&look, err))
				return false;
	return true;
}

const struct config_strings *deal_win_needs(const struct cli *cli, const struct deal *deal)
{
	const struct config_deal_type *type = config_deal_type(cli->config, deal->type);

	return type ? &type->win_needs : &cli->config->deals.win_needs;
}

const struct config_strings *deal_close_needs(const struct cli *cli, const struct deal *deal)
{
	const struct config_deal_type *type = config_deal_type(cli->config, deal->type);

	return type ? &type->close_needs : &cli->config->deals.close_needs;
}
