#include <inttypes.h>
#include <string.h>

#include "config/options.h"
#include "config/table.h"
#include "config/units.h"

#define INDENT 2

static void write_flow(struct buffer *out, const struct option *option, const void *item);

/* Plain where no reader could take it for anything else, also inside of [] and {}. */
static bool is_plain(const char *text)
{
	static const char *const words[] = {
		"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
	size_t size = strlen(text);

	if (strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			 "0123456789_./@+-") != size ||
		strchr("+-.@", text[0]) != NULL)
		return false;
	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (span_equal_fold(span_from(text), span_from(words[i])))
			return false;
	return true;
}

static void write_text(struct buffer *out, const char *text)
{
	if (is_plain(text)) {
		buffer_append_string(out, text);
		return;
	}
	buffer_append_byte(out, '\'');
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\'')
			buffer_append_byte(out, '\'');
		buffer_append_byte(out, *c);
	}
	buffer_append_byte(out, '\'');
}

static int64_t integer_value(const struct option *option, const void *item)
{
	const void *field = option_field_const(option, item);

	if (option->size == sizeof(uint16_t))
		return *(const uint16_t *)field;
	if (option->size == sizeof(int))
		return *(const int *)field;
	return *(const int64_t *)field;
}

static void write_number(struct buffer *out, const struct option *option, const void *item)
{
	int64_t value = integer_value(option, item);
	char text[UNITS_TEXT_SIZE];

	if (value == 0 && option->endless != NULL)
		buffer_append_string(out, option->endless);
	else if (option->type == OPTION_SIZE)
		buffer_append_string(out, units_size_text(value, text));
	else if (option->type == OPTION_DURATION)
		buffer_append_string(out, units_duration_text(value, text));
	else
		buffer_format(out, "%" PRId64, value);
}

static const struct choice *chosen(const struct option *option, const void *item)
{
	const void *field = option_field_const(option, item);
	int value;

	if (option->size == sizeof(bool))
		value = *(const bool *)field;
	else
		memcpy(&value, field, sizeof value);
	for (const struct choice *choice = option->choices; choice->name != NULL; choice++)
		if (choice->value == value)
			return choice;
	return NULL; /* an optional one that is not given */
}

static void write_choice(struct buffer *out, const struct option *option, const void *item)
{
	const struct choice *choice = chosen(option, item);

	if (choice->argument == NULL) {
		buffer_append_string(out, choice->name);
		return;
	}
	buffer_format(out, "{%s: ", choice->name);
	write_flow(out, choice->argument, item);
	buffer_append_byte(out, '}');
}

static bool is_built_in(const struct option *option, const char *text)
{
	for (size_t i = 0; option->built_in != NULL && option->built_in[i] != NULL; i++)
		if (strcmp(option->built_in[i], text) == 0)
			return true;
	return false;
}

static size_t texts_to_write(const struct option *option, const void *item)
{
	const struct config_strings *texts = option_field_const(option, item);
	size_t count = 0;

	for (size_t i = 0; i < texts->count; i++)
		count += !is_built_in(option, texts->items[i]);
	return count;
}

static void write_texts(struct buffer *out, const struct option *option, const void *item)
{
	const struct config_strings *texts = option_field_const(option, item);
	const char *separator = "[";

	for (size_t i = 0; i < texts->count; i++) {
		if (is_built_in(option, texts->items[i]))
			continue;
		buffer_append_string(out, separator);
		write_text(out, texts->items[i]);
		separator = ", ";
	}
	buffer_append_byte(out, ']');
}

static size_t item_count(const struct option *option, const void *item)
{
	return *(const size_t *)(const void *)((const char *)item + option->count_offset);
}

static void write_dates(struct buffer *out, const struct option *option, const void *item)
{
	const struct date *dates =
		*(struct date *const *)(const void *)option_field_const(option, item);
	char text[DATE_TEXT_SIZE];

	for (size_t i = 0; i < item_count(option, item); i++)
		buffer_format(out, "%s%s", i > 0 ? ", " : "[", date_text(dates[i], text));
	buffer_append_byte(out, ']');
}

/* In quotes: elsewhere YAML takes 10:00 for a number to the base of 60. */
static void write_time(struct buffer *out, const struct option *option, const void *item)
{
	const int *hour = option_field_const(option, item);
	const int *minute = (const int *)(const void *)((const char *)item + option->minute_offset);

	buffer_format(out, "'%02d:%02d'", *hour, *minute);
}

static bool has_value(const struct option *option, const void *item);

/* What the group can't be without has a value. */
static bool group_is_there(const struct option_table *table, const void *item)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->options[i].required && !has_value(&table->options[i], item))
			return false;
	return true;
}

/* The option has a value that a file could give. */
static bool has_value(const struct option *option, const void *item)
{
	const void *field = option_field_const(option, item);
	const struct config_secret *secret = field;
	const bool *present = option->present_offset != 0
				      ? (const bool *)((const char *)item + option->present_offset)
				      : NULL;

	if (present != NULL && !*present)
		return false;

	if (option->applies != NULL && !option->applies(item))
		return false;
	switch (option->type) {
	case OPTION_TEXT:
		return *(const char *const *)field != NULL;
	case OPTION_TEXTS:
		return texts_to_write(option, item) > 0;
	case OPTION_DATES:
	case OPTION_LIST:
		return item_count(option, item) > 0;
	case OPTION_DATE:
		return date_is_set(*(const struct date *)field);
	case OPTION_CHOICE:
		return chosen(option, item) != NULL;
	case OPTION_SECRET:
		return secret->file != NULL || secret->command != NULL ||
		       secret->credential != NULL;
	case OPTION_INTEGER:
	case OPTION_SIZE:
	case OPTION_DURATION:
		return option->endless != NULL || integer_value(option, item) >= option->min;
	case OPTION_GROUP:
		return !option->optional_group || group_is_there(option->table, field);
	default:
		return true;
	}
}

/* {key: value, …} on one line. */
static void write_flow_group(struct buffer *out, const struct option_table *table, const void *item)
{
	const char *separator = "{";

	for (size_t i = 0; i < table->count; i++) {
		if (!has_value(&table->options[i], item))
			continue;
		buffer_format(out, "%s%s: ", separator, table->options[i].name);
		write_flow(out, &table->options[i], item);
		separator = ", ";
	}
	buffer_append_byte(out, '}');
}

static void write_flow(struct buffer *out, const struct option *option, const void *item)
{
	const void *field = option_field_const(option, item);
	char date[DATE_TEXT_SIZE], character[2] = {0};

	if (option->hidden) {
		buffer_append_string(out, "hidden");
		return;
	}
	switch (option->type) {
	case OPTION_BOOLEAN:
		buffer_append_string(out, *(const bool *)field ? "true" : "false");
		break;
	case OPTION_INTEGER:
	case OPTION_SIZE:
	case OPTION_DURATION:
		write_number(out, option, item);
		break;
	case OPTION_DATE:
		buffer_append_string(out, date_text(*(const struct date *)field, date));
		break;
	case OPTION_TIME:
		write_time(out, option, item);
		break;
	case OPTION_CHARACTER:
		character[0] = *(const char *)field;
		write_text(out, character);
		break;
	case OPTION_TEXT:
		write_text(out, *(const char *const *)field);
		break;
	case OPTION_TEXTS:
		write_texts(out, option, item);
		break;
	case OPTION_DATES:
		write_dates(out, option, item);
		break;
	case OPTION_CHOICE:
		write_choice(out, option, item);
		break;
	case OPTION_SECRET:
	case OPTION_GROUP:
		write_flow_group(out, option->table, field);
		break;
	case OPTION_LIST: /* only in blocks */
		break;
	}
}

/* A line each, the first one behind `lead`, which is as wide as the indentation. */
static void write_block(struct buffer *out, const struct option_table *table, const void *item,
	int indent, const char *lead);

static void write_list(
	struct buffer *out, const struct option *option, const void *item, int indent)
{
	const char *items = *(char *const *)(const void *)option_field_const(option, item);

	for (size_t i = 0; i < item_count(option, item); i++)
		write_block(out, option->table, items + i * option->table->item_size,
			indent + INDENT, "- ");
}

static void write_key(struct buffer *out, const struct option *option, int indent, const char *lead)
{
	buffer_format(out, "%*s%s%s:", indent - (int)strlen(lead), "", lead, option->name);
}

static void write_group(struct buffer *out, const struct option *option, const void *item,
	int indent, const char *lead)
{
	CLEANUP(buffer_done) struct buffer below = {0};

	write_block(&below, option->table, option_field_const(option, item), indent + INDENT, "");
	if (below.size == 0)
		return;
	write_key(out, option, indent, lead);
	buffer_append_byte(out, '\n');
	buffer_append(out, buffer_span(&below));
}

static void write_block(struct buffer *out, const struct option_table *table, const void *item,
	int indent, const char *lead)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		size_t before = out->size;

		if (!has_value(option, item))
			continue;
		if (option->type == OPTION_GROUP) {
			write_group(out, option, item, indent, lead);
		} else if (option->type == OPTION_LIST) {
			write_key(out, option, indent, lead);
			buffer_append_byte(out, '\n');
			write_list(out, option, item, indent);
		} else {
			write_key(out, option, indent, lead);
			buffer_append_byte(out, ' ');
			write_flow(out, option, item);
			buffer_append_byte(out, '\n');
		}
		if (out->size > before)
			lead = "";
	}
}

void options_write_config(const struct config *config, struct buffer *out)
{
	write_block(out, &option_table_file, config, 0, "");
}
