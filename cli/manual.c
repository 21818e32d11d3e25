#include "cli/manual.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"
#include "cli/command.h"

#define LINE_WIDTH 76

/* Text for a line of its own: a leading dot or quote would be a macro, a backslash an escape. */
static void text(struct buffer *out, const char *string)
{
	if (*string == '.' || *string == '\'')
		buffer_append_string(out, "\\&");
	for (; *string; string++) {
		if (*string == '\\')
			buffer_append_string(out, "\\e");
		else if (*string == '-' && string[1] == '-')
			buffer_append_string(out, "\\-");
		else
			buffer_append_byte(out, *string);
	}
}

/* An argument of a macro, quoted. */
static void quoted(struct buffer *out, const char *string)
{
	buffer_append_string(out, " \"");
	for (; *string; string++) {
		if (*string == '"')
			buffer_append_string(out, "\\(dq");
		else if (*string == '\\')
			buffer_append_string(out, "\\e");
		else
			buffer_append_byte(out, *string);
	}
	buffer_append_byte(out, '"');
}

/* A sentence in lines that an editor of the page can read. */
static void sentence(struct buffer *out, struct span words)
{
	struct span word;
	size_t column = 0;

	while (span_next(&words, ' ', &word)) {
		char one[128];

		if (column > 0 && column + 1 + word.size > LINE_WIDTH) {
			buffer_append_byte(out, '\n');
			column = 0;
		}
		if (column > 0)
			buffer_append_byte(out, ' ');
		snprintf(one, sizeof one, "%.*s", SPAN_ARG(word));
		text(out, one);
		column += word.size + 1;
	}
	buffer_append_byte(out, '\n');
}

/* mdoc wants every sentence to begin a line. */
static void sentences(struct buffer *out, struct span rest)
{
	ptrdiff_t end;

	while ((end = span_find(rest, SPAN(". "))) >= 0) {
		sentence(out, span_part(rest, 0, (size_t)end + 1));
		rest = span_after(rest, (size_t)end + 2);
	}
	sentence(out, rest);
}

static void paragraphs(struct buffer *out, const char *string)
{
	struct span rest = span_from(string);
	ptrdiff_t end;

	while ((end = span_find(rest, SPAN("\n\n"))) >= 0) {
		sentences(out, span_part(rest, 0, (size_t)end));
		buffer_append_string(out, ".Pp\n");
		rest = span_after(rest, (size_t)end + 2);
	}
	sentences(out, rest);
}

static void argument(struct buffer *out, const struct command_argument *item)
{
	buffer_append_string(out, item->optional ? " Op Ar" : " Ar");
	quoted(out, item->choices ? item->choices : item->name);
	if (item->repeats)
		buffer_append_string(out, item->optional ? " No …" : " …");
}

static void command_head(struct buffer *out, const struct command *command)
{
	buffer_append_string(out, ".It Cm");
	buffer_format(out, " %s%s%s", command->noun, command->verb ? " " : "",
		command->verb ? command->verb : "");
	for (const struct command_argument *item = command->arguments; item && item->name; item++)
		argument(out, item);
	buffer_append_byte(out, '\n');
	buffer_format(out, "%s.\n", command->summary);
	if (command->description) {
		buffer_append_string(out, ".Pp\n");
		paragraphs(out, command->description);
	}
}

static void option(struct buffer *out, const struct command_option *item)
{
	char help[256];

	buffer_format(out, ".It Fl \\-%s", item->name);
	if (item->value) {
		buffer_append_string(out, " Ar");
		quoted(out, item->choices ? item->choices : item->value);
	}
	buffer_append_byte(out, '\n');
	snprintf(help, sizeof help, "%s.", item->help);
	sentence(out, span_from(help));
}

static void options_of(struct buffer *out, const struct command *command)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t count = command_common_options(command->flags, common);

	if (command->options && command->options->name) {
		buffer_append_string(out, ".Bl -tag -width Ds\n");
		for (const struct command_option *item = command->options; item->name; item++)
			option(out, item);
		buffer_append_string(out, ".El\n");
	}
	if (count == 0)
		return;
	buffer_append_string(out, ".Pp\nAlso takes");
	for (size_t i = 0; i < count; i++)
		buffer_format(out, "\n.Fl \\-%s%s", common[i]->name, i + 1 < count ? " ," : " .");
	buffer_append_byte(out, '\n');
}

static void commands(struct buffer *out)
{
	for (const struct command_group *group = command_groups; group->noun; group++) {
		buffer_format(out, ".Ss %s\n", group->noun);
		buffer_append_string(out, ".Bl -tag -width Ds\n");
		for (const struct command *command = group->commands; command->noun; command++) {
			command_head(out, command);
			options_of(out, command);
		}
		buffer_append_string(out, ".El\n");
	}
}

static void examples(struct buffer *out)
{
	buffer_append_string(out, ".Sh EXAMPLES\n");
	for (const struct command_group *group = command_groups; group->noun; group++) {
		for (const struct command *command = group->commands; command->noun; command++) {
			for (const struct command_example *example = command->examples;
				example && example->line; example++) {
				text(out, example->what);
				buffer_append_string(out, ":\n.Pp\n.Dl ");
				text(out, example->line);
				buffer_append_string(out, "\n.Pp\n");
			}
		}
	}
	/* .Pp before a section is an error to mandoc. */
	if (out->size >= 4)
		out->size -= 4;
}

void manual_write(struct buffer *out)
{
	const struct command_option *common[COMMAND_COMMON_OPTIONS];
	size_t count = command_common_options(~0u, common);

	/* No date: the page is made at every build, and the same source gives the same page. */
	buffer_append_string(out,
		".Dd $Mdocdate$\n.Dt POSTROOM 1\n.Os\n.Sh NAME\n.Nm postroom\n"
		".Nd see and resolve what the mail daemon recorded\n.Sh SYNOPSIS\n.Nm\n"
		".Ar command\n.Op Ar options\n.Op Ar arguments\n.Sh DESCRIPTION\n"
		".Xr postroomd 8\nreads mailboxes and keeps the customer record.\n.Nm\n"
		"shows that record, and settles what the daemon could not decide alone.\n.Pp\n"
		"Where a record is wanted, its number, an address, its name or a part of\n"
		"the name that only one has will do.\n"
		"Several possible ones are listed and nothing is done.\n.Pp\n"
		"Data goes to standard output, messages to standard error.\n"
		"Colour, pager and progress are used on a terminal only.\n"
		"Times are in the organisation's zone; JSON has RFC 3339.\n.Pp\n"
		"Options that many commands share:\n.Bl -tag -width Ds\n");
	for (const struct command_option *item = command_global_options; item->name; item++)
		option(out, item);
	for (size_t i = 0; i < count; i++)
		option(out, common[i]);
	buffer_append_string(out, ".El\n.Sh COMMANDS\n");
	commands(out);
	buffer_append_string(out,
		".Sh ENVIRONMENT\n.Bl -tag -width POSTROOM_CONFIG\n"
		".It Ev POSTROOM_CONFIG\nThe configuration file, unless\n.Fl \\-config\nis given.\n"
		".It Ev NO_COLOR\nWhen it is set and not empty, no colour is used.\n"
		".It Ev PAGER\nWhat long output on a terminal goes through, else\n.Xr less 1 .\n"
		".El\n.Sh FILES\n.Bl -tag -width Ds\n"
		".It Pa /etc/postroom/postroom.yaml\nThe configuration, see\n.Xr postroom.yaml 5 "
		".\n"
		".El\n.Sh EXIT STATUS\n.Bl -tag -width Ds\n");
	for (int code = 0; code < EXIT_CODE_COUNT; code++)
		buffer_format(out, ".It %d\n%s\n", code, exit_meaning((enum exit_code)code));
	buffer_append_string(out, ".El\n");
	examples(out);
	buffer_append_string(out, ".Sh SEE ALSO\n.Xr postroom.yaml 5 ,\n.Xr postroomd 8\n");
}
