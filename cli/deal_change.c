/*
 * deal_change.c - the verbs of `postroom deal` that say what a deal is: its fields, its phase,
 * whose it is, which is the current one.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/amount.h"
#include "cli/change.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/records.h"

json_t *deal_changed_json(struct cli *cli, int64_t deal_id)
{
	json_t *object = json_object();
	struct deal deal;
	struct error err;
	bool found;

	if (deal_get(cli->db, deal_id, &cli->arena, &deal, &found, &err) && found)
		json_object_set_new(object, "deal", deal_json(cli, &deal));
	return object;
}

enum exit_code deal_write(struct cli *cli, const struct deal *deal, const char *what,
	bool (*more)(
		struct cli *cli, struct operation *operation, void *context, struct error *err),
	void *context)
{
	struct operation operation;
	struct error err;
	bool good;

	if (!change_begin(cli, deal->name, &operation, &err))
		return cli_fail(&err);
	good = deal_edit(&operation, deal, &err) && (!more || more(cli, &operation, context, &err));
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, deal_changed_json(cli, deal->id),
		"%s deal #%" PRId64 " %.*s", what, deal->id, SPAN_ARG(deal->name));
	return EXIT_DONE;
}

bool deal_worker(struct cli *cli, const struct deal *deal, int64_t *user_id, struct error *err)
{
	*user_id = deal->owner_id;
	return *user_id || user_find(cli->db, span_from(cli->actor), user_id, err);
}

/* ---------------------------------------------------------------- pipelines, types, labels */

const struct config_pipeline *deal_pipeline(const struct cli *cli, const struct deal *deal)
{
	const struct config_pipeline *pipeline = config_pipeline(cli->config, deal->pipeline);

	return pipeline ? pipeline : &cli->config->deals.pipelines[0];
}

int deal_probability(const struct cli *cli, const struct deal *deal)
{
	const struct config_phase *phase;

	if (span_equal(deal->state, SPAN("won")) || span_equal(deal->state, SPAN("closed")))
		return 100;
	if (span_equal(deal->state, SPAN("lost")))
		return 0;
	phase = config_phase(deal_pipeline(cli, deal), deal->phase);
	return phase ? phase->probability : 0;
}

/* The word is not among what is configured: says what is. */
static enum exit_code none_such(const char *what, const char *word, struct span there_are)
{
	message_print("there is no %s `%s`%s%.*s", what, word,
		there_are.size ? "; there are: " : " (none is configured under `deals`)",
		SPAN_ARG(there_are));
	return EXIT_NOT_FOUND;
}

#define NAMES(cli, array, number, names)                                                   \
	do {                                                                               \
		for (size_t i_ = 0; i_ < (number); i_++)                                   \
			(names) = arena_format(&(cli)->arena, "%.*s%s%s", SPAN_ARG(names), \
				(names).size ? ", " : "", (array)[i_].name);               \
	} while (0)

static enum exit_code phase_take(struct cli *cli, const char *word, struct deal *deal)
{
	const struct config_pipeline *pipeline = deal_pipeline(cli, deal);
	const struct config_phase *phase = config_phase(pipeline, span_from(word));
	struct span names = {0};

	if (!phase) {
		NAMES(cli, pipeline->phases, pipeline->phase_count, names);
		return none_such("phase", word, names);
	}
	deal->phase = span_from(phase->name);
	deal->pipeline = span_from(pipeline->name);
	return EXIT_DONE;
}

static enum exit_code pipeline_take(struct cli *cli, const char *word, struct deal *deal)
{
	const struct config_pipeline *pipeline = config_pipeline(cli->config, span_from(word));
	struct span names = {0};

	if (!pipeline) {
		NAMES(cli, cli->config->deals.pipelines, cli->config->deals.pipeline_count, names);
		return none_such("pipeline", word, names);
	}
	deal->pipeline = span_from(pipeline->name);
	if (!config_phase(pipeline, deal->phase))
		deal->phase = span_from(pipeline->phases[0].name);
	return EXIT_DONE;
}

static enum exit_code type_take(struct cli *cli, const char *word, struct deal *deal)
{
	const struct config_deal_type *type = config_deal_type(cli->config, span_from(word));
	struct span names = {0};

	if (*word && !type) {
		NAMES(cli, cli->config->deals.types, cli->config->deals.type_count, names);
		return none_such("type", word, names);
	}
	deal->type = type ? span_from(type->name) : (struct span){0};
	return EXIT_DONE;
}

static enum exit_code label_take(struct cli *cli, const char *what, const char *word,
	const struct config_strings *labels, struct span *field)
{
	struct span names = {0};

	*field = (struct span){0};
	for (size_t i = 0; i < labels->count; i++) {
		if (span_equal_fold(span_from(labels->items[i]), span_from(word)))
			*field = span_from(labels->items[i]);
		names = arena_format(&cli->arena, "%.*s%s%s", SPAN_ARG(names),
			names.size ? ", " : "", labels->items[i]);
	}
	return field->size || !*word ? EXIT_DONE : none_such(what, word, names);
}

/* ---------------------------------------------------------------- fields */

static enum exit_code labels_take(struct cli *cli, struct deal *deal)
{
	const struct config_deals *deals = &cli->config->deals;
	const char *pipeline = cli_option(cli, "pipeline"), *phase = cli_option(cli, "phase"),
		   *type = cli_option(cli, "type"), *subject = cli_option(cli, "subject"),
		   *weight = cli_option(cli, "weight");
	enum exit_code code = EXIT_DONE;

	if (pipeline)
		code = pipeline_take(cli, pipeline, deal);
	if (code == EXIT_DONE && phase)
		code = phase_take(cli, phase, deal);
	if (code == EXIT_DONE && type)
		code = type_take(cli, type, deal);
	if (code == EXIT_DONE && subject)
		code = label_take(cli, "subject", subject, &deals->subjects, &deal->subject);
	if (code == EXIT_DONE && weight)
		code = label_take(cli, "weight", weight, &deals->weights, &deal->weight);
	return code;
}

static enum exit_code people_take(struct cli *cli, struct deal *deal)
{
	const char *contact_word = cli_option(cli, "contact"),
		   *company_word = cli_option(cli, "company"), *owner = cli_option(cli, "owner");
	enum exit_code code = EXIT_DONE;
	struct contact contact = {0};
	struct company company = {0};
	struct user_row user = {0};

	if (contact_word && *contact_word)
		code = pick_contact(cli, contact_word, &contact);
	if (code == EXIT_DONE && contact_word) {
		deal->contact_id = contact.id;
		if (!deal->company_id)
			deal->company_id = contact.company_id;
	}
	if (code == EXIT_DONE && company_word && *company_word)
		code = pick_company(cli, company_word, &company);
	if (code == EXIT_DONE && company_word)
		deal->company_id = company.id;
	if (code == EXIT_DONE && owner)
		code = pick_user(cli, owner, &user);
	if (code == EXIT_DONE && owner)
		deal->owner_id = user.id;
	return code;
}

static enum exit_code fields_take(struct cli *cli, struct deal *deal)
{
	const char *value = cli_option(cli, "value"), *currency = cli_option(cli, "currency");
	enum exit_code code = labels_take(cli, deal);

	if (cli_option(cli, "name"))
		deal->name = span_from(cli_option(cli, "name"));
	if (cli_option(cli, "source"))
		deal->source = span_from(cli_option(cli, "source"));
	if (cli_option(cli, "expected"))
		deal->expected_close = cli_date(cli, "expected");
	if (value) {
		deal->has_value = amount_from_text(span_from(value), &deal->value_cents);
		if (!deal->currency.size)
			deal->currency = span_from(cli->config->deals.currency);
	}
	if (currency)
		deal->currency = span_from(currency);
	if (cli_flag(cli, "lead"))
		deal->is_lead = true;
	return code == EXIT_DONE ? people_take(cli, deal) : code;
}

/* ---------------------------------------------------------------- verbs */

static enum exit_code deal_make(struct cli *cli, struct deal *deal)
{
	struct operation operation;
	struct error err;
	int64_t id = 0;
	bool good;

	if (!deal_worker(cli, deal, &deal->owner_id, &err) ||
		!change_begin(cli, deal->name, &operation, &err))
		return cli_fail(&err);
	good = deal_add(&operation, deal, &id, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, deal_changed_json(cli, operation.id ? id : 0),
		"added deal #%" PRId64 " %.*s", id, SPAN_ARG(deal->name));
	return EXIT_DONE;
}

enum exit_code deal_run_add(struct cli *cli)
{
	struct deal deal = {.name = span_from(cli_argument(cli, 0)), .state = SPAN("open")};
	enum exit_code code = cli_open_intake(cli);

	if (code != EXIT_DONE)
		return code;
	deal.pipeline = span_from(cli->config->deals.pipelines[0].name);
	deal.phase = span_from(cli->config->deals.pipelines[0].phases[0].name);
	code = fields_take(cli, &deal);
	return code == EXIT_DONE ? deal_make(cli, &deal) : code;
}

enum exit_code deal_run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct deal deal;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code == EXIT_DONE)
		code = fields_take(cli, &deal);
	return code == EXIT_DONE ? deal_write(cli, &deal, "changed", NULL, NULL) : code;
}

enum exit_code deal_run_move(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct deal deal;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code != EXIT_DONE)
		return code;
	if (!span_equal(deal.state, SPAN("open"))) {
		message_print("deal #%" PRId64
			      " is %.*s and moves no more; a lost one comes back by: "
			      "postroom deal nurture %" PRId64 " --due WHEN",
			deal.id, SPAN_ARG(deal.state), deal.id);
		return EXIT_CONFLICT;
	}
	code = phase_take(cli, cli_argument(cli, 1), &deal);
	/* A lead that goes on is an opportunity. */
	if (!span_equal(deal.phase, span_from(cli->config->leads.first_phase)))
		deal.is_lead = false;
	return code == EXIT_DONE ? deal_write(cli, &deal, "moved", NULL, NULL) : code;
}

enum exit_code deal_run_assign(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct user_row user;
	struct deal deal;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code == EXIT_DONE)
		code = pick_user(cli, cli_argument(cli, 1), &user);
	if (code != EXIT_DONE)
		return code;
	deal.owner_id = user.id;
	return deal_write(cli, &deal, "assigned", NULL, NULL);
}

enum exit_code deal_run_use(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct deal deal;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, deal.name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, deal_use(&operation, deal.id, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, deal_changed_json(cli, deal.id),
		"mail of %.*s goes to deal #%" PRId64 " %.*s from now on",
		SPAN_ARG(deal.contact_name.size ? deal.contact_name : SPAN("its contact")), deal.id,
		SPAN_ARG(deal.name));
	return EXIT_DONE;
}
