#include <string.h>

#include "config/options.h"
#include "config/table.h"

#define INDENT 2
#define WIDTH  80

static const char preamble[] =
	"postroom.yaml - configuration of postroom. A line that begins with #key is optional and "
	"shows the default "
	"or a sample; take the # away to change it. Sizes are written 100MiB, durations 30m, 1h, "
	"30d or 10y (s, m for minutes, h, d, w, y), dates 2026-11-21; where a list is expected a "
	"single value does too. Passwords never stand here. 'postroom config check' checks this "
	"file, 'man postroom.yaml' explains it.";

static void write_comment(struct buffer *out, int indent, const char *text)
{
	struct span rest = span_from(text), word;
	int column = 0;

	while (span_next(&rest, ' ', &word)) {
		if (column > 0 && column + 1 + (int)word.size > WIDTH) {
			buffer_append_byte(out, '\n');
			column = 0;
		}
		if (column == 0) {
			buffer_format(out, "%*s#", indent, "");
			column = indent + 1;
		}
		buffer_format(out, " %.*s", SPAN_ARG(word));
		column += 1 + (int)word.size;
	}
	buffer_append_byte(out, '\n');
}

static void write_choices(struct buffer *out, int indent, const struct option *option)
{
	for (const struct choice *choice = option->choices; choice->name != NULL; choice++) {
		const char *form = choice->argument != NULL ? choice->form : choice->name;
		CLEANUP(buffer_done) struct buffer line = {0};

		buffer_format(&line, "- %s: %s", form, choice->help);
		write_comment(out, indent, buffer_string(&line));
	}
}

static void write_help(struct buffer *out, int indent, const struct option *option)
{
	CLEANUP(buffer_done) struct buffer text = {0};

	buffer_append_string(&text, option->help);
	if (option->applies_when != NULL)
		buffer_format(&text, " Only %s.", option->applies_when);
	if (option->implied != NULL)
		buffer_format(&text, " Default: %s.", option->implied);
	else if (option->value != NULL)
		buffer_format(&text, " Default: %s.", option->value);
	write_comment(out, indent, buffer_string(&text));
	if (option->type == OPTION_CHOICE)
		write_choices(out, indent, option);
}

/* Appends the lines with # behind their first `indent` bytes. */
static void write_commented_out(struct buffer *out, int indent, struct span lines)
{
	struct span line;

	while (span_next_line(&lines, &line)) {
		struct span text = span_after(line, (size_t)indent);

		buffer_format(out, "%*s#%.*s\n", indent, "", SPAN_ARG(text));
	}
}

/* A list of texts as it would stand in the file. */
static void write_default_texts(struct buffer *out, const char *const *values)
{
	for (size_t i = 0; values[i] != NULL; i++)
		buffer_format(out, "%s'%s'", i > 0 ? ", " : "[", values[i]);
	buffer_append_byte(out, ']');
}

static void write_scalar(struct buffer *out, const struct option *option)
{
	const char *value = option->example != NULL  ? option->example
			    : option->sample != NULL ? option->sample
						     : option->value;

	if (value != NULL)
		buffer_append_string(out, value);
	else if (option->values != NULL)
		write_default_texts(out, option->values);
	else
		buffer_append_string(out, option->choices[0].name);
}

static void write_table(struct buffer *out, const struct option_table *table, int indent,
	bool list_item, bool inside_comment);

/* The key with its value, below it where it has keys of its own. */
static void write_key(struct buffer *out, const struct option *option, int indent, const char *lead,
	bool inside_comment)
{
	buffer_format(out, "%*s%s%s:", indent - (int)strlen(lead), "", lead, option->name);
	if (option->type == OPTION_GROUP || option->type == OPTION_LIST) {
		bool list = option->type == OPTION_LIST;

		buffer_append_byte(out, '\n');
		write_table(
			out, option->table, indent + (list ? 2 : 1) * INDENT, list, inside_comment);
		return;
	}
	buffer_append_byte(out, ' ');
	write_scalar(out, option);
	buffer_append_byte(out, '\n');
}

/* Inside of what is commented out as a whole, what has a default stands as it would there. */
static bool is_shown(const struct option *option, bool inside_comment)
{
	return option->required || option->example != NULL ||
	       (inside_comment && (option->value != NULL || option->values != NULL));
}

static void write_table(struct buffer *out, const struct option_table *table, int indent,
	bool list_item, bool inside_comment)
{
	/* "- " stands before the first key, which is a required one in every list. */
	const char *lead = list_item ? "- " : "";

	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		CLEANUP(buffer_done) struct buffer lines = {0};

		if (indent == 0)
			buffer_append_byte(out, '\n');
		write_help(out, indent - (int)strlen(lead), option);
		if (is_shown(option, inside_comment)) {
			write_key(out, option, indent, lead, inside_comment);
		} else {
			write_key(&lines, option, indent, "", true);
			write_commented_out(out, indent, buffer_span(&lines));
		}
		lead = "";
	}
}

void options_write_example(struct buffer *out)
{
	write_comment(out, 0, preamble);
	write_table(out, &option_table_file, 0, false, false);
}
