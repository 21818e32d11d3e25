/*
 * review.c - `postroom review`: the weekly look at what is forgotten. Each section is a list of
 * findings of one shape, so that text, CSV and HTML are made in one way.
 */
#include <inttypes.h>
#include <string.h>

#include "base/zone.h"
#include "cli/amount.h"
#include "cli/board_sales.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/period.h"
#include "cli/records.h"
#include "cli/review.h"
#include "store/review.h"
#include "store/unresolved.h"

static const struct db_page every = {.limit = 100000};

struct review {
	struct cli *cli;
	struct period period;
	int64_t begin_ms, end_ms;
	json_t *findings; /* of the section at work */
};

/* {"kind", "id", "name", "owner", "day", "detail"} */
static void finding_add(struct review *review, const char *kind, int64_t id, struct span name,
	struct span owner, struct date day, struct span detail)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind", json_string(kind));
	json_object_set_new(object, "id", json_id(id));
	json_object_set_new(object, "name", json_span(name));
	json_object_set_new(object, "owner", json_span_or_null(owner));
	json_object_set_new(object, "day", cli_date_json(day));
	json_object_set_new(object, "detail", json_span_or_null(detail));
	json_array_append_new(review->findings, object);
}

static struct date day_of(const struct review *review, int64_t at_ms)
{
	return at_ms ? zone_local(review->cli->config->zone, at_ms).date : (struct date){0};
}

static struct span date_span(struct review *review, struct date date)
{
	char text[DATE_TEXT_SIZE];

	return arena_copy(&review->cli->arena, span_from(date_text(date, text)));
}

/* ---------------------------------------------------------------- sections */

static bool overdue_tasks(struct review *review, struct error *err)
{
	struct task_filter filter = {.state = SPAN("open"), .page = every};
	struct cli *cli = review->cli;
	struct task *rows;
	size_t count;

	if (!task_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct date day =
			rows[i].due_ms ? day_of(review, rows[i].due_ms) : rows[i].due_date;
		bool over = rows[i].due_ms
				    ? rows[i].due_ms < cli->now_ms
				    : date_is_set(day) && date_compare(day, cli_today(cli)) < 0;

		if (over)
			finding_add(review, "task", rows[i].id, rows[i].title,
				rows[i].assignee_name, day, rows[i].contact_name);
	}
	return true;
}

static bool idle_deals(struct review *review, struct error *err)
{
	struct review_row *rows;
	size_t count;

	if (!review_idle_deals(review->cli->db, every, &review->cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		finding_add(review, rows[i].kind, rows[i].id, rows[i].name, rows[i].owner,
			day_of(review, rows[i].at_ms), rows[i].detail);
	return true;
}

static bool silent_contacts(struct review *review, struct error *err)
{
	struct cli *cli = review->cli;
	struct review_row *rows;
	size_t count;

	if (!review_silent_contacts(cli->db, cli->now_ms - cli->config->review.silent_ms, every,
		    &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		finding_add(review, rows[i].kind, rows[i].id, rows[i].name, rows[i].owner,
			day_of(review, rows[i].at_ms), rows[i].detail);
	return true;
}

static bool late_activities(struct review *review, struct error *err)
{
	struct cli *cli = review->cli;
	struct review_row *rows;
	size_t count;

	if (!review_late_activities(cli->db, review->begin_ms, review->end_ms, 0, every,
		    &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct date day = day_of(review, rows[i].at_ms),
			    logged = day_of(review, rows[i].other_ms);

		if (date_compare(day, logged) < 0)
			finding_add(review, rows[i].kind, rows[i].id, rows[i].name, rows[i].owner,
				day,
				arena_format(&cli->arena, "%.*s%slogged %.*s",
					SPAN_ARG(rows[i].detail), rows[i].detail.size ? ", " : "",
					SPAN_ARG(date_span(review, logged))));
	}
	return true;
}

static bool domain_matches(struct review *review, struct error *err)
{
	struct cli *cli = review->cli;
	struct review_row *rows;
	size_t count;

	if (!review_domain_matches(cli->db, review->begin_ms, review->end_ms, every, &cli->arena,
		    &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		finding_add(review, rows[i].kind, rows[i].id, rows[i].name, rows[i].owner,
			day_of(review, rows[i].at_ms),
			arena_format(&cli->arena, "%.*s, %" PRId64 " mail%s",
				SPAN_ARG(rows[i].detail), rows[i].count,
				rows[i].count == 1 ? "" : "s"));
	return true;
}

/* ---------------------------------------------------------------- missing fields */

struct missing {
	const char *field;
	bool is_missing;
};

static void missing_add(struct review *review, const struct config_strings *wanted,
	const struct missing *fields, size_t field_count, const char *kind, int64_t id,
	struct span name, struct span owner)
{
	struct span words = {0};

	for (size_t i = 0; i < wanted->count; i++)
		for (size_t j = 0; j < field_count; j++)
			if (fields[j].is_missing && strcmp(fields[j].field, wanted->items[i]) == 0)
				words = arena_format(&review->cli->arena, "%.*s%s%s",
					SPAN_ARG(words), words.size ? ", " : "", fields[j].field);
	if (words.size)
		finding_add(review, kind, id, name, owner, (struct date){0}, words);
}

static bool contact_fields(struct review *review, struct error *err)
{
	struct cli *cli = review->cli;
	struct contact *rows;
	size_t count;

	if (!contact_list(cli->db, (struct span){0}, every, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct missing fields[] = {
			{"owner", !rows[i].owner_id},
			{"company", !rows[i].company_id},
			{"phone", !rows[i].phone.size},
			{"source", !rows[i].source.size},
		};

		missing_add(review, &cli->config->review.contact_fields, fields,
			ARRAY_COUNT(fields), "contact", rows[i].id, rows[i].name,
			rows[i].owner_name);
	}
	return true;
}

static bool deal_fields(struct review *review, struct error *err)
{
	struct deal_filter filter = {.state = SPAN("open"), .page = every};
	struct cli *cli = review->cli;
	struct deal *rows;
	size_t count;

	if (!deal_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct missing fields[] = {
			{"owner", !rows[i].owner_id},
			{"contact", !rows[i].contact_id},
			{"value", !rows[i].has_value},
			{"expected", !date_is_set(rows[i].expected_close)},
			{"type", !rows[i].type.size},
			{"subject", !rows[i].subject.size},
			{"weight", !rows[i].weight.size},
			{"source", !rows[i].source.size},
		};

		missing_add(review, &cli->config->review.deal_fields, fields, ARRAY_COUNT(fields),
			"deal", rows[i].id, rows[i].name, rows[i].owner_name);
	}
	return true;
}

static bool missing_fields(struct review *review, struct error *err)
{
	return contact_fields(review, err) && deal_fields(review, err);
}

/* ---------------------------------------------------------------- the queue, the value */

static bool queue_age(struct review *review, struct error *err)
{
	struct cli *cli = review->cli;
	struct unresolved_count waiting;
	struct date day;

	if (!unresolved_waiting(cli->db, &waiting, err))
		return false;
	if (!waiting.waiting)
		return true;
	day = day_of(review, waiting.oldest_ms);
	finding_add(review, "queue", 0,
		arena_format(&cli->arena, "%" PRId64 " item%s wait%s", waiting.waiting,
			waiting.waiting == 1 ? "" : "s", waiting.waiting == 1 ? "s" : ""),
		(struct span){0}, day,
		arena_format(&cli->arena, "the oldest for %" PRId64 " days",
			date_to_days(cli_today(cli)) - date_to_days(day)));
	return true;
}

static const struct section {
	const char *key, *title;
	bool (*read)(struct review *review, struct error *err);
} sections[] = {
	{"overdue", "Overdue follow-ups and tasks", overdue_tasks},
	{"deals_without_step", "Deals without a next step", idle_deals},
	{"silent_contacts", "Contacts without activity", silent_contacts},
	{"logged_late", "Logged later than the day it happened", late_activities},
	{"missing_fields", "Missing fields", missing_fields},
	{"domain_matches", "Filed by the domain alone", domain_matches},
	{"queue", "Waiting for an answer", queue_age},
};

/* Deals of all pipelines that were won or lost in the period, and all that are open. */
static bool value_read(struct review *review, json_t **totals, struct error *err)
{
	struct deal_filter filter = {.page = every};
	struct cli *cli = review->cli;
	json_t *cards = json_array();
	struct deal *rows;
	size_t count;

	if (!deal_list(cli->db, &filter, &cli->arena, &rows, &count, err)) {
		json_decref(cards);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		if (span_equal(rows[i].state, SPAN("open")) ||
			period_has(&review->period, rows[i].ended))
			json_array_append_new(cards, deal_json(cli, &rows[i]));
	*totals = board_sales_totals(cli, cards);
	json_decref(cards);
	return true;
}

static bool review_read(struct review *review, json_t *object, struct error *err)
{
	json_t *array = json_array(), *totals;

	json_object_set_new(object, "sections", array);
	for (size_t i = 0; i < ARRAY_COUNT(sections); i++) {
		json_t *section = json_object();

		review->findings = json_array();
		json_object_set_new(section, "key", json_string(sections[i].key));
		json_object_set_new(section, "title", json_string(sections[i].title));
		json_object_set_new(section, "findings", review->findings);
		json_array_append_new(array, section);
		if (!sections[i].read(review, err))
			return false;
	}
	if (!value_read(review, &totals, err))
		return false;
	json_object_set_new(object, "value", totals);
	return true;
}

static enum exit_code run_review(struct cli *cli)
{
	struct review review = {.cli = cli};
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct error err;
	json_t *object;

	if (code == EXIT_DONE)
		code = period_option(cli, "last-week", &review.period);
	if (code != EXIT_DONE)
		return code;
	review.begin_ms = period_begin_ms(cli, &review.period);
	review.end_ms = period_end_ms(cli, &review.period);
	object = json_pack("{s:s, s:{s:o, s:o}}", "organisation", cli->config->organisation,
		"period", "first", cli_date_json(review.period.first), "last",
		cli_date_json(review.period.last));
	if (!review_read(&review, object, &err))
		code = cli_fail(&err);
	else
		review_print(cli, object);
	json_decref(object);
	return code;
}

static const struct command_option review_options[] = {
	{"period", "PERIOD", VALUE_TEXT,
		"what was logged, matched and won in it: week, 2026-W47, 2026-11; last-week unless "
		"given",
		NULL},
	{"format", "FORMAT", VALUE_CHOICE, "text unless given", "text|html|csv|json"},
	{0},
};
static const struct command_example review_examples[] = {
	{"postroom review", "What is forgotten, and what was won last week"},
	{"postroom review --period week --format html", "The same for a wiki or a mail"},
	{0},
};

const struct command review_commands[] = {
	{
		.noun = "review",
		.summary = "The weekly review: what is forgotten or not whole, what was won",
		.description =
			"Follow-ups that are overdue, open deals without an open task, contacts "
			"without activity for review.silent, what was logged later than the day it "
			"happened, fields of review.contact_fields and review.deal_fields that are "
			"empty, mail that was filed by the domain of an address alone, the age of "
			"the queue, and the value that is open, weighted and won. It asks nothing "
			"and is fit for cron.",
		.options = review_options,
		.examples = review_examples,
		.flags = COMMAND_JSON,
		.run = run_review,
	},
	{0},
};
