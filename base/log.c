#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"

/* journald cuts lines at 48 KiB; a value that long helps nobody. */
#define VALUE_BYTES_MAX 2000

static char log_role[32];
static char log_mailbox[128];
static enum log_level log_at_most = LOG_LEVEL_INFO;

void log_open(const char *role, const char *mailbox, enum log_level at_most)
{
	snprintf(log_role, sizeof log_role, "%s", role ? role : "");
	snprintf(log_mailbox, sizeof log_mailbox, "%s", mailbox ? mailbox : "");
	log_at_most = at_most;
}

static bool needs_quotes(struct span value)
{
	if (value.size == 0)
		return true;
	for (size_t i = 0; i < value.size; i++)
		if (value.data[i] == ' ' || value.data[i] == '"' || value.data[i] == '=')
			return true;
	return false;
}

static void append_quoted(struct buffer *line, struct span value)
{
	buffer_append_byte(line, '"');
	for (size_t i = 0; i < value.size; i++) {
		if (value.data[i] == '"' || value.data[i] == '\\')
			buffer_append_byte(line, '\\');
		buffer_append_byte(line, value.data[i]);
	}
	buffer_append_byte(line, '"');
}

static void append_text(struct buffer *line, const char *name, struct span value)
{
	struct span cut = text_cut(value, VALUE_BYTES_MAX);
	CLEANUP(buffer_done) struct buffer harmless = {0};

	text_escape_line(&harmless, cut);
	if (cut.size < value.size)
		buffer_append_string(&harmless, "…");
	buffer_format(line, " %s=", name);
	if (needs_quotes(buffer_span(&harmless)))
		append_quoted(line, buffer_span(&harmless));
	else
		buffer_append(line, buffer_span(&harmless));
}

/* One write, so that lines of several processes never mix. A log that is gone stops nobody. */
static void write_line(struct span line)
{
	while (write(STDERR_FILENO, line.data, line.size) < 0 && errno == EINTR)
		;
}

void log_write(
	enum log_level level, const char *event, const struct log_field *fields, size_t count)
{
	CLEANUP(buffer_done) struct buffer line = {0};

	if (level > log_at_most)
		return;
	buffer_format(&line, "<%d>%s", (int)level, event);
	if (log_role[0])
		append_text(&line, "role", span_from(log_role));
	if (log_mailbox[0])
		append_text(&line, "mailbox", span_from(log_mailbox));
	for (size_t i = 0; i < count; i++) {
		if (fields[i].type == LOG_NUMBER)
			buffer_format(
				&line, " %s=%lld", fields[i].name, (long long)fields[i].number);
		else
			append_text(&line, fields[i].name, fields[i].text);
	}
	buffer_append_byte(&line, '\n');
	write_line(buffer_span(&line));
}

void log_failure(enum log_level level, const char *event, const struct error *err)
{
	log_event(level, event, log_string("error_kind", error_kind_name(err->kind)),
		log_string("error", err->text));
}
