#include "cli/tree.h"

#include "base/text.h"

#define INDENT 2

static void value_write(struct output *output, const json_t *value, size_t depth);

static bool is_nothing(const json_t *value)
{
	return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

static void indent(struct buffer *out, size_t depth)
{
	for (size_t i = 0; i < depth * INDENT; i++)
		buffer_append_byte(out, ' ');
}

static void text_write(struct output *output, const char *text, size_t depth)
{
	struct span rest = span_from(text), line;

	if (span_find_byte(rest, '\n') < 0) {
		buffer_append_byte(&output->text, ' ');
		text_escape_line(&output->text, rest);
		buffer_append_byte(&output->text, '\n');
		return;
	}
	buffer_append_byte(&output->text, '\n');
	while (span_next_line(&rest, &line)) {
		indent(&output->text, depth + 1);
		buffer_append_string(&output->text, "| ");
		text_escape_line(&output->text, line);
		buffer_append_byte(&output->text, '\n');
	}
}

static void scalar_write(struct output *output, const json_t *value, size_t depth)
{
	struct buffer *out = &output->text;

	if (json_is_string(value))
		text_write(output, json_string_value(value), depth);
	else if (json_is_integer(value))
		buffer_format(out, " %" JSON_INTEGER_FORMAT "\n", json_integer_value(value));
	else if (json_is_real(value))
		buffer_format(out, " %.2f\n", json_real_value(value));
	else
		buffer_append_string(out, json_is_true(value) ? " yes\n" : " no\n");
}

static void key_write(struct output *output, const char *key, const json_t *value, size_t depth)
{
	text_escape_line(&output->text, span_from(key));
	buffer_append_byte(&output->text, ':');
	if (json_is_object(value) || json_is_array(value)) {
		buffer_append_byte(&output->text, '\n');
		value_write(output, value, depth + 1);
	} else {
		scalar_write(output, value, depth);
	}
}

/* The first key of an object in a list stands behind its dash. */
static void object_write(struct output *output, const json_t *object, size_t depth, bool in_list)
{
	const char *key;
	json_t *value;
	bool first = true;

	json_object_foreach((json_t *)object, key, value)
	{
		if (is_nothing(value))
			continue;
		if (in_list && first) {
			indent(&output->text, depth - 1);
			buffer_append_string(&output->text, "- ");
		} else {
			indent(&output->text, depth);
		}
		key_write(output, key, value, depth);
		first = false;
	}
}

static void value_write(struct output *output, const json_t *value, size_t depth)
{
	const json_t *item;
	size_t i;

	if (json_is_object(value)) {
		object_write(output, value, depth, false);
		return;
	}
	if (!json_is_array(value)) {
		indent(&output->text, depth);
		scalar_write(output, value, depth);
		return;
	}
	json_array_foreach(value, i, item)
	{
		if (json_is_object(item)) {
			object_write(output, item, depth + 1, true);
			continue;
		}
		indent(&output->text, depth);
		buffer_append_byte(&output->text, '-');
		scalar_write(output, item, depth);
	}
}

void tree_write(struct output *output, const json_t *value)
{
	value_write(output, value, 0);
}
