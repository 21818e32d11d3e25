/*
 * search.c - `postroom search`: full text over all mail, notes, calls and articles.
 */
#include <inttypes.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "store/search.h"

static const struct column columns[] = {
	{"kind", "kind", COLUMN_TEXT},
	{"id", "id", COLUMN_ID},
	{"date", "date", COLUMN_TIME},
	{"state", "state", COLUMN_STATE},
	{"from", "from", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
};

static json_t *hits_json(struct cli *cli, const struct search_result *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < result->count; i++) {
		const struct search_hit *hit = &result->hits[i];
		json_t *object = json_object();

		json_object_set_new(object, "kind", json_span(hit->kind));
		json_object_set_new(object, "id", json_integer(hit->id));
		json_object_set_new(object, "message",
			json_id(span_equal(hit->kind, SPAN("mail")) ? hit->id : 0));
		json_object_set_new(object, "date", cli_time(cli, hit->date_ms));
		json_object_set_new(object, "state", json_span_or_null(hit->state));
		json_object_set_new(object, "from", json_span_or_null(hit->from_address));
		json_object_set_new(object, "subject", json_span_or_null(hit->subject));
		json_array_append_new(array, object);
	}
	return array;
}

/* The shell took the quotes off "two words": a word with a space in it is a phrase again. */
static void word_add(struct buffer *query, struct span word)
{
	bool phrase = span_find_byte(word, ' ') >= 0 && span_find_byte(word, '"') < 0;

	if (query->size > 0)
		buffer_append_byte(query, ' ');
	if (phrase)
		buffer_append_byte(query, '"');
	buffer_append(query, word);
	if (phrase)
		buffer_append_byte(query, '"');
}

static enum exit_code run_search(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	int64_t limit = cli_number(cli, "limit");
	struct search_result result;
	struct buffer query = {0};
	struct error err;
	bool good;

	if (code != EXIT_DONE)
		return code;
	for (size_t i = 0; i < cli->invocation.argument_count; i++)
		word_add(&query, span_from(cli_argument(cli, i)));
	good = search_run(cli->db, buffer_span(&query),
		limit > 0 && limit < 100000 ? (int)limit : 100, &cli->arena, &result, &err);
	buffer_done(&query);
	if (!good)
		return cli_fail(&err);
	output_rows(&cli->output, hits_json(cli, &result), columns, ARRAY_COUNT(columns),
		"nothing found");
	if (!result.complete)
		message_print("%" PRId64 " messages are not in the index yet", result.pending);
	return EXIT_DONE;
}

static const struct command_argument search_arguments[] = {
	{.name = "WORD", .type = VALUE_TEXT, .repeats = true},
	{0},
};
static const struct command_option search_options[] = {
	{"limit", "N", VALUE_NUMBER, "at most N messages (100)", NULL},
	{0},
};
static const struct command_example search_examples[] = {
	{"postroom search offer \"spare parts\" -draft",
		"Words, a phrase, and one that must not be"},
	{"postroom search contact:anna since:2026-01-01",
		"All that was written to, by or about Anna"},
	{"postroom search invoic* from:example.org since:2026-01-01", "A beginning, and filters"},
	{0},
};

const struct command search_commands[] = {
	{
		.noun = "search",
		.summary = "Search mail, notes, calls, meetings and articles",
		.description =
			"All words must be there. A word in quotes with a space is a phrase, "
			"word* a beginning, -word must not be there. Filters: from: (of what was "
			"written down: the user), to:, contact: (a name, alias or address), "
			"since:, until: (dates), state:, kind: (mail, note, call, meeting, "
			"article).",
		.arguments = search_arguments,
		.options = search_options,
		.examples = search_examples,
		.flags = COMMAND_JSON | COMMAND_WORDS,
		.run = run_search,
	},
	{0},
};
