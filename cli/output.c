#include "cli/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "cli/json.h"
#include "cli/pager.h"

#define BOLD  "\033[1m"
#define PLAIN "\033[0m"

void output_init(struct output *output)
{
	const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
	struct winsize size;

	*output = (struct output){.terminal = isatty(STDOUT_FILENO) == 1};
	if (!output->terminal)
		return;
	output->colour = !(no_colour && *no_colour) && term && strcmp(term, "dumb") != 0;
	output->pager = term && strcmp(term, "dumb") != 0;
	output->columns = 80;
	output->rows = 24;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
		output->columns = size.ws_col;
		output->rows = size.ws_row;
	}
}

void output_done(struct output *output)
{
	buffer_done(&output->text);
}

static size_t lines_of(struct span text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.size; i++)
		lines += text.data[i] == '\n';
	return lines;
}

bool output_flush(struct output *output, struct error *err)
{
	struct span rest = buffer_span(&output->text);

	if (output->pager && lines_of(rest) >= output->rows && pager_show(rest)) {
		buffer_clear(&output->text);
		return true;
	}
	while (rest.size > 0) {
		ssize_t written = write(STDOUT_FILENO, rest.data, rest.size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EPIPE)
			break;
		if (written < 0)
			return error_set_errno(err, ERROR_STORAGE, errno, "standard output");
		rest = span_after(rest, (size_t)written);
	}
	buffer_clear(&output->text);
	return true;
}

void output_json(struct output *output, json_t *value, bool compact)
{
	json_write(&output->text, value, compact);
	json_decref(value);
}

static void append_escaped(struct buffer *out, const char *text)
{
	text_escape_line(out, span_from(text));
}

static void line_format(struct buffer *out, const char *format, va_list values)
{
	char line[2048];

	/* The format is ours, the values need not be: the line is escaped as a whole. */
	vsnprintf(line, sizeof line, format, values);
	append_escaped(out, line);
}

void output_heading(struct output *output, const char *format, ...)
{
	va_list values;

	if (output->json)
		return;
	if (output->text.size > 0)
		buffer_append_byte(&output->text, '\n');
	if (output->colour)
		buffer_append_string(&output->text, BOLD);
	va_start(values, format);
	line_format(&output->text, format, values);
	va_end(values);
	if (output->colour)
		buffer_append_string(&output->text, PLAIN);
	buffer_append_byte(&output->text, '\n');
}

void output_line(struct output *output, const char *format, ...)
{
	va_list values;

	if (output->json)
		return;
	va_start(values, format);
	line_format(&output->text, format, values);
	va_end(values);
	buffer_append_byte(&output->text, '\n');
}

void message_print(const char *format, ...)
{
	struct buffer line = {0};
	va_list values;

	buffer_append_string(&line, "postroom: ");
	va_start(values, format);
	line_format(&line, format, values);
	va_end(values);
	buffer_append_byte(&line, '\n');
	fwrite(line.data, 1, line.size, stderr);
	buffer_done(&line);
}

void output_raw(struct output *output, struct span bytes)
{
	struct span line;

	if (!output->terminal) {
		buffer_append(&output->text, bytes);
		return;
	}
	while (span_next_line(&bytes, &line)) {
		text_escape_line(&output->text, line);
		buffer_append_byte(&output->text, '\n');
	}
}
