#include "config/reading.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

/* What a message shows of a wrong value. */
#define QUOTE_MAX_BYTES 60

const char *reading_quote(struct reading *reading, struct span text)
{
	CLEANUP(buffer_done) struct buffer line = {0};
	struct span cut = text_cut(text, QUOTE_MAX_BYTES);

	text_escape_line(&line, cut);
	return arena_format(reading->scratch, "'%.*s%s'", SPAN_ARG(buffer_span(&line)),
		cut.size < text.size ? "…" : "")
		.data;
}

static bool fault_in(struct reading *reading, int line, int column, const struct node *node,
	struct error *err, const char *text)
{
	const char *path = node_path(reading->scratch, node);

	return error_set(err, ERROR_INPUT, "%s:%d:%d: %s%s%s", reading->path, line, column, path,
		path[0] != '\0' ? ": " : "", text);
}

static const char *formatted(char *text, size_t size, const char *format, va_list values)
{
	vsnprintf(text, size, format, values);
	return text;
}

bool reading_fault(struct reading *reading, const struct node *node, struct error *err,
	const char *format, ...)
{
	char text[sizeof err->text];
	va_list values;

	va_start(values, format);
	formatted(text, sizeof text, format, values);
	va_end(values);
	return fault_in(reading, node->line, node->column, node, err, text);
}

bool reading_fault_key(struct reading *reading, const struct node *child, struct error *err,
	const char *format, ...)
{
	char text[sizeof err->text];
	va_list values;

	va_start(values, format);
	formatted(text, sizeof text, format, values);
	va_end(values);
	return fault_in(reading, child->key_line, child->key_column, child->parent, err, text);
}

const char *reading_hint(struct reading *reading, const char *nearest)
{
	if (nearest == NULL)
		return "";
	return arena_format(reading->scratch, "; did you mean '%s'?", nearest).data;
}

const struct node *reading_node(const struct reading *reading, const void *field)
{
	for (const struct mark *mark = reading->marks; mark != NULL; mark = mark->next)
		if (mark->field == field)
			return mark->node;
	return NULL;
}

bool reading_fault_at(
	struct reading *reading, const void *field, struct error *err, const char *format, ...)
{
	const struct node *node = reading_node(reading, field);
	char text[sizeof err->text];
	va_list values;

	va_start(values, format);
	formatted(text, sizeof text, format, values);
	va_end(values);
	if (node == NULL)
		return error_set(err, ERROR_INPUT, "%s: %s", reading->path, text);
	return fault_in(reading, node->line, node->column, node, err, text);
}

void reading_mark(struct reading *reading, const void *field, const struct node *node)
{
	struct mark *entry;

	if (node->line == 0) /* a default */
		return;
	entry = arena_alloc(reading->scratch, sizeof *entry);
	*entry = (struct mark){field, node, reading->marks};
	reading->marks = entry;
}

bool reading_want_scalar(
	struct reading *reading, const struct node *node, const char *wanted, struct error *err)
{
	if (node_is_null(node))
		return reading_fault(
			reading, node, err, "has no value; give %s, or leave the key out", wanted);
	if (node->type != NODE_SCALAR)
		return reading_fault(
			reading, node, err, "must be %s, not %s", wanted, node_words(node));
	return true;
}
