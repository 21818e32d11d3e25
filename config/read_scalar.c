#include "config/read_scalar.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/text.h"
#include "config/suggest.h"
#include "config/units.h"

/* Longer names, paths and commands are a mistake, and would not fit into a message. */
#define TEXT_MAX_BYTES 1024

/* Texts */

static bool read_string(struct reading *reading, const struct option *option,
	const struct node *node, const char **field, struct error *err)
{
	struct span text;
	const char *problem;

	if (!reading_want_scalar(reading, node, "a text", err))
		return false;
	text = text_clean(&reading->config->arena, node->text);
	if (text.size == 0)
		return reading_fault(reading, node, err, "must not be empty");
	if (text.size > TEXT_MAX_BYTES)
		return reading_fault(reading, node, err, "is longer than %d bytes", TEXT_MAX_BYTES);
	for (size_t i = 0; i < node->text.size; i++)
		if ((unsigned char)node->text.data[i] < ' ' || node->text.data[i] == 0x7f)
			return reading_fault(
				reading, node, err, "must be one line without control characters");
	problem = option->format != NULL ? option->format(text) : NULL;
	if (problem != NULL)
		return reading_fault(
			reading, node, err, "%s %s", reading_quote(reading, text), problem);
	*field = arena_string(&reading->config->arena, text);
	reading_mark(reading, field, node);
	return true;
}

static bool read_words(struct reading *reading, const struct option *option,
	const struct node *node, const char *word, struct error *err)
{
	struct suggestion nearest = suggestion_begin(span_from(word));
	CLEANUP(buffer_done) struct buffer words = {0};

	for (size_t i = 0; option->words[i] != NULL; i++) {
		if (strcmp(option->words[i], word) == 0)
			return true;
		buffer_format(&words, "%s%s", i > 0 ? ", " : "", option->words[i]);
		suggestion_try(&nearest, option->words[i]);
	}
	return reading_fault(reading, node, err, "must be one of %s, not %s%s",
		buffer_string(&words), reading_quote(reading, span_from(word)),
		reading_hint(reading, nearest.best));
}

bool read_text(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	const char **field = option_field(option, item);

	if (!read_string(reading, option, node, field, err))
		return false;
	return option->words == NULL || read_words(reading, option, node, *field, err);
}

bool read_character(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	char *field = option_field(option, item);
	const char *text;

	if (!read_string(reading, option, node, &text, err))
		return false;
	*field = text[0];
	reading_mark(reading, field, node);
	return true;
}

static bool want_list(struct reading *reading, const struct node *node, struct error *err)
{
	if (node->type == NODE_MAPPING)
		return reading_fault(
			reading, node, err, "must be a list, not %s", node_words(node));
	if (node_is_null(node))
		return reading_fault(
			reading, node, err, "has no value; give a list, or leave the key out");
	return true;
}

bool read_texts(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	struct config_strings *field = option_field(option, item);

	if (!want_list(reading, node, err))
		return false;
	*field = (struct config_strings){
		arena_array(&reading->config->arena, const char *, node_item_count(node)), 0};
	for (const struct node *child = node_first_item(node); child != NULL; child = child->next) {
		if (!read_string(reading, option, child, &field->items[field->count++], err))
			return false;
		if (node->type != NODE_LIST)
			break;
	}
	reading_mark(reading, field, node);
	return true;
}

/* Numbers, truth values, dates */

static bool store_integer(const struct option *option, void *item, int64_t value)
{
	void *field = option_field(option, item);

	if (option->size == sizeof(uint16_t))
		*(uint16_t *)field = (uint16_t)value;
	else if (option->size == sizeof(int))
		*(int *)field = (int)value;
	else
		*(int64_t *)field = value;
	return true;
}

static const char *number_text(
	const struct option *option, int64_t value, char text[UNITS_TEXT_SIZE])
{
	if (option->type == OPTION_SIZE)
		return units_size_text(value, text);
	if (option->type == OPTION_DURATION)
		return units_duration_text(value, text);
	snprintf(text, UNITS_TEXT_SIZE, "%" PRId64, value);
	return text;
}

static bool parse_integer(struct span text, int64_t *value)
{
	bool negative = text.size > 0 && text.data[0] == '-';
	unsigned long long number;

	if (!span_to_u64(span_after(text, negative ? 1 : 0), INT32_MAX, &number))
		return false;
	*value = negative ? -(int64_t)number : (int64_t)number;
	return true;
}

static bool parse_number(const struct option *option, const struct node *node, int64_t *value)
{
	if (option->type == OPTION_SIZE)
		return units_size(node->text, value);
	if (option->type == OPTION_DURATION)
		return units_duration(node->text, value);
	return !node->quoted && parse_integer(node->text, value);
}

bool read_number(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	const char *wanted =
		option->type == OPTION_SIZE ? "a size like 100MiB (B, KiB, MiB, GiB, TiB)"
		: option->type == OPTION_DURATION
			? "a duration like 30m, 1h or 10y (s, m for minutes, h, d, w, y)"
			: "a number without quotes";
	char least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE];
	int64_t value;

	if (!reading_want_scalar(reading, node, wanted, err))
		return false;
	if (option->endless != NULL && span_equal(node->text, span_from(option->endless)))
		value = 0;
	else if (!parse_number(option, node, &value))
		return reading_fault(reading, node, err, "must be %s, not %s", wanted,
			reading_quote(reading, node->text));
	else if (value < option->min || value > option->max)
		return reading_fault(reading, node, err, "must be from %s to %s%s%s, not %s",
			number_text(option, option->min, least),
			number_text(option, option->max, most),
			option->endless != NULL ? " or " : "",
			option->endless != NULL ? option->endless : "",
			reading_quote(reading, node->text));
	reading_mark(reading, option_field(option, item), node);
	return store_integer(option, item, value);
}

bool read_boolean(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	bool *field = option_field(option, item);

	if (!reading_want_scalar(reading, node, "true or false", err))
		return false;
	if (node->quoted ||
		(!span_equal(node->text, SPAN("true")) && !span_equal(node->text, SPAN("false"))))
		return reading_fault(reading, node, err, "must be true or false%s, not %s",
			node->quoted ? " without quotes" : "", reading_quote(reading, node->text));
	*field = span_equal(node->text, SPAN("true"));
	reading_mark(reading, field, node);
	return true;
}

static bool read_day(
	struct reading *reading, const struct node *node, struct date *date, struct error *err)
{
	if (!reading_want_scalar(reading, node, "a date like 2026-11-21", err))
		return false;
	if (!date_from_text(node->text, date))
		return reading_fault(reading, node, err,
			"must be a date that exists, written like 2026-11-21, not %s",
			reading_quote(reading, node->text));
	reading_mark(reading, date, node);
	return true;
}

bool read_date(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	return read_day(reading, node, option_field(option, item), err);
}

/* HH:MM, two digits each. */
static bool parse_time(struct span text, int *hour, int *minute)
{
	unsigned long long hours, minutes;

	if (text.size != 5 || text.data[2] != ':' ||
		!span_to_u64(span_part(text, 0, 2), 23, &hours) ||
		!span_to_u64(span_after(text, 3), 59, &minutes))
		return false;
	*hour = (int)hours;
	*minute = (int)minutes;
	return true;
}

bool read_time(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	int *hour = option_field(option, item);

	if (!reading_want_scalar(reading, node, "a time like '10:00'", err))
		return false;
	if (!parse_time(node->text, hour, option_minute(option, item)))
		return reading_fault(reading, node, err,
			"must be a time from '00:00' to '23:59', not %s",
			reading_quote(reading, node->text));
	reading_mark(reading, hour, node);
	return true;
}

bool read_dates(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	struct date **field = option_field(option, item);
	size_t *count = option_count(option, item);

	if (!want_list(reading, node, err))
		return false;
	*field = arena_array(&reading->config->arena, struct date, node_item_count(node));
	*count = 0;
	for (const struct node *child = node_first_item(node); child != NULL; child = child->next) {
		if (!read_day(reading, child, &(*field)[(*count)++], err))
			return false;
		if (node->type != NODE_LIST)
			break;
	}
	return true;
}
