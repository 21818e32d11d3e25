#include "cli/review.h"

#include <string.h>

#include "base/csv.h"
#include "base/text.h"
#include "cli/json.h"
#include "cli/sheet.h"

static const struct column finding_columns[] = {
	{"id", "id", COLUMN_ID},
	{"kind", "what", COLUMN_TEXT},
	{"name", "name", COLUMN_TEXT},
	{"owner", "who", COLUMN_TEXT},
	{"day", "day", COLUMN_TEXT},
	{"detail", "detail", COLUMN_TEXT},
};
static const struct column value_columns[] = {
	{"currency", "currency", COLUMN_TEXT},
	{"projected", "open", COLUMN_NUMBER},
	{"weighted", "weighted", COLUMN_NUMBER},
	{"won", "won", COLUMN_NUMBER},
	{"lost", "lost", COLUMN_NUMBER},
};

/* ---------------------------------------------------------------- text */

static void text_print(struct cli *cli, const json_t *review)
{
	const json_t *section;
	size_t i;

	output_line(&cli->output, "Review %s … %s",
		json_string_value(json_at(review, "period.first")),
		json_string_value(json_at(review, "period.last")));
	json_array_foreach(json_object_get(review, "sections"), i, section)
	{
		const json_t *findings = json_object_get(section, "findings");

		output_section(&cli->output, json_string_value(json_object_get(section, "title")),
			findings, finding_columns, ARRAY_COUNT(finding_columns));
	}
	output_section(&cli->output, "Value", json_object_get(review, "value"), value_columns,
		ARRAY_COUNT(value_columns));
}

/* ---------------------------------------------------------------- CSV */

static const struct column csv_columns[] = {
	{"section", "section", COLUMN_TEXT},
	{"kind", "kind", COLUMN_TEXT},
	{"id", "id", COLUMN_TEXT},
	{"name", "name", COLUMN_TEXT},
	{"owner", "owner", COLUMN_TEXT},
	{"day", "day", COLUMN_TEXT},
	{"detail", "detail", COLUMN_TEXT},
};

/* The value is a finding a sum here: a table has one shape. */
static void value_rows(json_t *rows, const json_t *value)
{
	const json_t *total;
	size_t i;

	json_array_foreach((json_t *)value, i, total)
	{
		for (size_t j = 1; j < ARRAY_COUNT(value_columns); j++) {
			json_t *row = json_pack("{s:s, s:s, s:s}", "section", "value", "kind",
				"value", "name", value_columns[j].title);
			json_t *text = json_sprintf("%s %s",
				json_string_value(json_object_get(total, value_columns[j].key)),
				json_string_value(json_object_get(total, "currency")));

			json_object_set_new(row, "detail", text);
			json_array_append_new(rows, row);
		}
	}
}

static void csv_print(struct cli *cli, const json_t *review)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	json_t *rows = json_array(), *finding;
	const json_t *section;
	size_t i, j;

	json_array_foreach(json_object_get(review, "sections"), i, section)
	{
		json_array_foreach(json_object_get(section, "findings"), j, finding)
		{
			json_object_set(finding, "section", json_object_get(section, "key"));
			json_array_append(rows, finding);
		}
	}
	value_rows(rows, json_object_get(review, "value"));
	sheet_append(&text, rows, csv_columns, ARRAY_COUNT(csv_columns));
	output_raw(&cli->output, buffer_span(&text));
	json_decref(rows);
}

/* ---------------------------------------------------------------- HTML */

/* As text and in attributes; control and bidi characters as output_line shows them. */
static void html_append(struct buffer *out, const char *text)
{
	struct buffer clean CLEANUP(buffer_done) = {0};

	text_escape_line(&clean, span_from(text));
	for (size_t i = 0; i < clean.size; i++) {
		char c = clean.data[i];

		if (c == '&')
			buffer_append_string(out, "&amp;");
		else if (c == '<')
			buffer_append_string(out, "&lt;");
		else if (c == '>')
			buffer_append_string(out, "&gt;");
		else if (c == '"')
			buffer_append_string(out, "&quot;");
		else
			buffer_append_byte(out, c);
	}
}

static void html_cell(struct buffer *out, const json_t *value)
{
	buffer_append_string(out, "<td>");
	if (json_is_integer(value))
		buffer_format(out, "#%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_string(value))
		html_append(out, json_string_value(value));
	buffer_append_string(out, "</td>");
}

static void html_table(struct buffer *out, const char *title, const json_t *rows,
	const struct column *columns, size_t column_count)
{
	const json_t *row;
	size_t index;

	if (json_array_size(rows) == 0)
		return;
	buffer_append_string(out, "<h2>");
	html_append(out, title);
	buffer_append_string(out, "</h2>\n<table>\n<tr>");
	for (size_t i = 0; i < column_count; i++)
		buffer_format(out, "<th>%s</th>", columns[i].title);
	buffer_append_string(out, "</tr>\n");
	json_array_foreach((json_t *)rows, index, row)
	{
		buffer_append_string(out, "<tr>");
		for (size_t i = 0; i < column_count; i++)
			html_cell(out, json_at(row, columns[i].key));
		buffer_append_string(out, "</tr>\n");
	}
	buffer_append_string(out, "</table>\n");
}

static void html_print(struct cli *cli, const json_t *review)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	const json_t *section;
	size_t i;

	buffer_append_string(&text,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
		"<title>Review</title>\n<h1>");
	html_append(&text, json_string_value(json_object_get(review, "organisation")));
	buffer_append_string(&text, ", ");
	html_append(&text, json_string_value(json_at(review, "period.first")));
	buffer_append_string(&text, " to ");
	html_append(&text, json_string_value(json_at(review, "period.last")));
	buffer_append_string(&text, "</h1>\n");
	json_array_foreach(json_object_get(review, "sections"), i, section)
	{
		html_table(&text, json_string_value(json_object_get(section, "title")),
			json_object_get(section, "findings"), finding_columns,
			ARRAY_COUNT(finding_columns));
	}
	html_table(&text, "Value", json_object_get(review, "value"), value_columns,
		ARRAY_COUNT(value_columns));
	buffer_append_string(&text, "</html>\n");
	output_raw(&cli->output, buffer_span(&text));
}

/* ---------------------------------------------------------------- which */

static const struct {
	const char *format;
	void (*print)(struct cli *cli, const json_t *review);
} formats[] = {
	{"text", text_print},
	{"csv", csv_print},
	{"html", html_print},
};

void review_print(struct cli *cli, const json_t *review)
{
	const char *format = cli_option(cli, "format");

	if (cli->output.json || (format && strcmp(format, "json") == 0)) {
		output_json(&cli->output, json_deep_copy(review), false);
		return;
	}
	for (size_t i = 0; i < ARRAY_COUNT(formats); i++)
		if (strcmp(format ? format : "text", formats[i].format) == 0)
			formats[i].print(cli, review);
}
