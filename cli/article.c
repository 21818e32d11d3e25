/*
 * article.c - `postroom article`: what was found out, to be found again by search.
 */
#include <inttypes.h>

#include "base/text.h"
#include "cli/change.h"
#include "cli/file.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"

#define TEXT_MAX_BYTES (1u << 20)

static json_t *article_json(struct cli *cli, const struct article *article)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(article->id));
	json_object_set_new(object, "title", json_span(article->title));
	json_object_set_new(object, "case", json_id(article->case_id));
	json_object_set_new(
		object, "author", json_reference(article->author_id, article->author_name));
	json_object_set_new(object, "created", cli_time(cli, article->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, article->changed_ms));
	json_object_set_new(object, "text", json_span(article->body));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"case", "case", COLUMN_ID},
	{"author.name", "by", COLUMN_TEXT},
	{"changed", "changed", COLUMN_TIME},
};

static enum exit_code run_list(struct cli *cli)
{
	struct span part = text_fold(&cli->arena, span_from(cli_argument(cli, 0)));
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct support_case item = {0};
	struct article *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code == EXIT_DONE && cli_option(cli, "case"))
		code = pick_case(cli, cli_option(cli, "case"), &item);
	if (code != EXIT_DONE)
		return code;
	if (!article_list(cli->db, part, item.id, cli_page(cli), &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, article_json(cli, &rows[i]));
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no articles");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "article", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"case", "case", COLUMN_ID},
	{"author.name", "by", COLUMN_TEXT},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
	{"text", "text", COLUMN_BLOCK},
};

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct article article;

	if (code == EXIT_DONE)
		code = pick_article(cli, cli_argument(cli, 0), &article);
	if (code == EXIT_DONE)
		output_record(&cli->output, article_json(cli, &article), record_columns,
			ARRAY_COUNT(record_columns));
	return code;
}

/* ---------------------------------------------------------------- changes */

/* --title, --file, --case. The text is the argument of `add` or the option of `edit`. */
static enum exit_code fields_take(struct cli *cli, struct article *article)
{
	const char *file = cli_option(cli, "file"), *case_word = cli_option(cli, "case");
	struct buffer text CLEANUP(buffer_done) = {0};
	struct support_case item = {0};
	enum exit_code code = EXIT_DONE;
	struct error err;

	if (cli_option(cli, "title"))
		article->title = span_from(cli_option(cli, "title"));
	if (cli_option(cli, "text"))
		article->body = span_from(cli_option(cli, "text"));
	if (file) {
		if (!file_read(file, TEXT_MAX_BYTES, &text, &err)) {
			error_write_context(&err, "%s", file);
			return cli_fail(&err);
		}
		article->body =
			arena_copy(&cli->arena, text_clean(&cli->arena, buffer_span(&text)));
	}
	if (case_word && *case_word)
		code = pick_case(cli, case_word, &item);
	if (code == EXIT_DONE && case_word)
		article->case_id = item.id;
	if (code == EXIT_DONE && span_is_empty(span_trim(article->title)))
		return cli_usage("an article needs a title");
	return code;
}

static enum exit_code run_add(struct cli *cli)
{
	struct article article = {
		.title = span_from(cli_argument(cli, 0)), .body = span_from(cli_argument(cli, 1))};
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct error err;
	json_t *object;
	int64_t id = 0;

	if (code == EXIT_DONE)
		code = fields_take(cli, &article);
	if (code != EXIT_DONE)
		return code;
	if (!user_find(cli->db, span_from(cli->actor), &article.author_id, &err) ||
		!change_begin(cli, article.title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, article_add(&operation, &article, &id, &err), &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "id", json_id(operation.id ? id : 0));
	change_report(cli, operation.id, object, "wrote article #%" PRId64 " %.*s", id,
		SPAN_ARG(article.title));
	return EXIT_DONE;
}

static enum exit_code run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct article article;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_article(cli, cli_argument(cli, 0), &article);
	if (code == EXIT_DONE)
		code = fields_take(cli, &article);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, article.title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, article_edit(&operation, &article, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, NULL, "changed article #%" PRId64 " %.*s", article.id,
		SPAN_ARG(article.title));
	return EXIT_DONE;
}

static enum exit_code run_remove(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct article article;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_article(cli, cli_argument(cli, 0), &article);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, article.title, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, article_remove(&operation, article.id, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, NULL, "removed article #%" PRId64 " %.*s", article.id,
		SPAN_ARG(article.title));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument list_arguments[] = {
	{.name = "TITLE", .type = VALUE_TEXT, .optional = true},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "TITLE", .type = VALUE_TEXT},
	{.name = "TEXT", .type = VALUE_TEXT, .optional = true},
	{0},
};
static const struct command_argument one_argument[] = {
	{.name = "ARTICLE", .type = VALUE_TEXT},
	{0},
};
static const struct command_option list_options[] = {
	{"case", "CASE", VALUE_CASE, "only those of this case", NULL},
	{0},
};
static const struct command_option add_options[] = {
	{"file", "FILE", VALUE_FILE, "the text from a file, - for standard input", NULL},
	{"case", "CASE", VALUE_CASE, "the case that it comes from", NULL},
	{0},
};
static const struct command_option edit_options[] = {
	{"title", "TITLE", VALUE_TEXT, "the new title", NULL},
	{"text", "TEXT", VALUE_TEXT, "the new text", NULL},
	{"file", "FILE", VALUE_FILE, "the new text from a file, - for standard input", NULL},
	{"case", "CASE", VALUE_CASE, "the case that it comes from; \"\" for none", NULL},
	{0},
};
static const struct command_example list_examples[] = {
	{"postroom article list printer", "Those with printer in the title"},
	{0},
};
static const struct command_example show_examples[] = {
	{"postroom article show printer", "By a part of the title that only one article has"},
	{0},
};
static const struct command_example add_examples[] = {
	{"postroom article add \"Smoking printers\" \"Pull the plug.\" --case \"printer on fire\"",
		"What a case taught; `postroom search plug` finds it"},
	{0},
};
static const struct command_example edit_examples[] = {
	{"postroom article edit printer --file printer.txt", "A new text from a file"},
	{0},
};
static const struct command_example remove_examples[] = {
	{"postroom article remove printer", "`postroom undo` brings it back"},
	{0},
};

const struct command article_commands[] = {
	{
		.noun = "article",
		.verb = "list",
		.summary = "List articles, all or those with TITLE in their title",
		.arguments = list_arguments,
		.options = list_options,
		.examples = list_examples,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.run = run_list,
	},
	{
		.noun = "article",
		.verb = "show",
		.summary = "Show one article",
		.arguments = one_argument,
		.examples = show_examples,
		.flags = COMMAND_JSON,
		.run = run_show,
	},
	{
		.noun = "article",
		.verb = "add",
		.summary = "Write an article; search finds it",
		.arguments = add_arguments,
		.options = add_options,
		.examples = add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_add,
	},
	{
		.noun = "article",
		.verb = "edit",
		.summary = "Change an article",
		.arguments = one_argument,
		.options = edit_options,
		.examples = edit_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_edit,
	},
	{
		.noun = "article",
		.verb = "remove",
		.summary = "Remove an article",
		.arguments = one_argument,
		.examples = remove_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_remove,
	},
	{0},
};
