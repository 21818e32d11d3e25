#include <string.h>

#include "config/options.h"
#include "config/table.h"
#include "config/units.h"

static const char *const type_words[] = {
	[OPTION_BOOLEAN] = "true or false",
	[OPTION_INTEGER] = "number",
	[OPTION_SIZE] = "size",
	[OPTION_DURATION] = "duration",
	[OPTION_DATE] = "date",
	[OPTION_TIME] = "time",
	[OPTION_CHARACTER] = "character",
	[OPTION_TEXT] = "text",
	[OPTION_TEXTS] = "list of texts",
	[OPTION_DATES] = "list of dates",
	[OPTION_CHOICE] = "choice",
	[OPTION_SECRET] = "secret",
	[OPTION_GROUP] = "mapping",
	[OPTION_LIST] = "list of mappings",
};

/* mdoc text: each sentence begins a line; backslashes and what would be a macro are harmless. */
static void write_escaped(struct buffer *out, const char *text)
{
	bool line_begins = true;

	for (; *text != '\0'; text++) {
		if (line_begins && (*text == '.' || *text == '\''))
			buffer_append_string(out, "\\&");
		line_begins = strncmp(text, ". ", 2) == 0;
		if (*text == '\\')
			buffer_append_string(out, "\\e");
		else
			buffer_append_byte(out, *text);
		if (line_begins) {
			buffer_append_byte(out, '\n');
			text++;
		}
	}
}

/* An argument of a macro: one word in quotes. */
static void write_argument(struct buffer *out, const char *text)
{
	buffer_append_byte(out, '"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			buffer_append_string(out, "\\(dq");
		else if (*text == '\\')
			buffer_append_string(out, "\\e");
		else
			buffer_append_byte(out, *text);
	}
	buffer_append_byte(out, '"');
}

static void write_macro(struct buffer *out, const char *macro, const char *argument)
{
	buffer_format(out, ".%s ", macro);
	write_argument(out, argument);
	buffer_append_byte(out, '\n');
}

static void write_choices(struct buffer *out, const struct option *option)
{
	buffer_append_string(out, ".Bl -tag -width Ds -compact\n");
	for (const struct choice *choice = option->choices; choice->name != NULL; choice++) {
		write_macro(out, "It Li", choice->argument != NULL ? choice->form : choice->name);
		write_escaped(out, choice->help);
		buffer_append_byte(out, '\n');
	}
	buffer_append_string(out, ".El\n");
}

static void write_bounds(struct buffer *out, const struct option *option)
{
	char least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE];

	if (option->type == OPTION_SIZE)
		buffer_format(out, "From %s to %s", units_size_text(option->min, least),
			units_size_text(option->max, most));
	else if (option->type == OPTION_DURATION)
		buffer_format(out, "From %s to %s", units_duration_text(option->min, least),
			units_duration_text(option->max, most));
	else if (option->type == OPTION_INTEGER)
		buffer_format(
			out, "From %lld to %lld", (long long)option->min, (long long)option->max);
	else
		return;
	buffer_format(out, "%s%s.\n", option->endless != NULL ? ", or " : "",
		option->endless != NULL ? option->endless : "");
}

static void write_words(struct buffer *out, const struct option *option)
{
	if (option->words == NULL)
		return;
	buffer_append_string(out, "One of");
	for (size_t i = 0; option->words[i] != NULL; i++)
		buffer_format(out, "%s %s", i > 0 ? "," : "", option->words[i]);
	buffer_append_string(out, ".\n");
}

static void write_default(struct buffer *out, const struct option *option)
{
	if (option->required)
		buffer_append_string(out, "Has to be given.\n");
	if (option->implied != NULL)
		buffer_format(out, "Default: %s.\n", option->implied);
	if (option->value != NULL) {
		buffer_append_string(out, "Default:\n");
		write_macro(out, "Li", option->value);
	}
	for (size_t i = 0; option->values != NULL && option->values[i] != NULL; i++) {
		if (i == 0)
			buffer_append_string(out, "Default:\n");
		write_macro(out, "Dq", option->values[i]);
	}
}

static void write_option(struct buffer *out, const struct option *option, const char *path)
{
	buffer_append_string(out, ".It Cm ");
	write_argument(out, path);
	buffer_format(out, " Pq %s\n", type_words[option->type]);
	write_escaped(out, option->help);
	buffer_append_byte(out, '\n');
	if (option->applies_when != NULL)
		buffer_format(out, "Only %s.\n", option->applies_when);
	write_bounds(out, option);
	write_words(out, option);
	write_default(out, option);
	if (option->type == OPTION_CHOICE)
		write_choices(out, option);
}

static void write_table(struct buffer *out, const struct option_table *table, const char *above)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		CLEANUP(buffer_done) struct buffer path = {0};

		buffer_format(&path, "%s%s%s%s", above, above[0] != '\0' ? "." : "", option->name,
			option->type == OPTION_LIST ? "[]" : "");
		write_option(out, option, buffer_string(&path));
		/* The keys of a mailbox's server and login stand at the top-level ones. */
		if (option->type == OPTION_LIST ||
			(option->type == OPTION_GROUP &&
				(above[0] == '\0' || option->optional_group)))
			write_table(out, option->table, buffer_string(&path));
	}
}

void options_write_manual(struct buffer *out)
{
	buffer_append_string(out, ".Bl -tag -width Ds\n");
	write_table(out, &option_table_file, "");
	buffer_append_string(out, ".El\n");
}
