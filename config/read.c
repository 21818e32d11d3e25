#include "config/read.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "config/suggest.h"
#include "config/units.h"

/* Longer names, paths and commands are a mistake, and would not fit into a message. */
#define TEXT_MAX_BYTES 1024
/* What a message shows of a wrong value. */
#define QUOTE_MAX_BYTES 60

static bool read_value(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err);
static bool check_required(struct reading *reading, const struct option_table *table,
	const struct node *mapping, const struct node *at, struct error *err);

/* Faults */

const char *read_quote(struct reading *reading, struct span text)
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

bool read_fault(struct reading *reading, const struct node *node, struct error *err,
	const char *format, ...)
{
	char text[sizeof err->text];
	va_list values;

	va_start(values, format);
	formatted(text, sizeof text, format, values);
	va_end(values);
	return fault_in(reading, node->line, node->column, node, err, text);
}

const struct node *read_node(const struct reading *reading, const void *field)
{
	for (const struct mark *mark = reading->marks; mark != NULL; mark = mark->next)
		if (mark->field == field)
			return mark->node;
	return NULL;
}

bool read_fault_at(
	struct reading *reading, const void *field, struct error *err, const char *format, ...)
{
	const struct node *node = read_node(reading, field);
	char text[sizeof err->text];
	va_list values;

	va_start(values, format);
	formatted(text, sizeof text, format, values);
	va_end(values);
	if (node == NULL)
		return error_set(err, ERROR_INPUT, "%s: %s", reading->path, text);
	return fault_in(reading, node->line, node->column, node, err, text);
}

static void mark(struct reading *reading, const void *field, const struct node *node)
{
	struct mark *entry;

	if (node->line == 0) /* a default */
		return;
	entry = arena_alloc(reading->scratch, sizeof *entry);
	*entry = (struct mark){field, node, reading->marks};
	reading->marks = entry;
}

static const char *node_words(const struct node *node)
{
	static const char *const words[] = {
		[NODE_SCALAR] = "a single value",
		[NODE_LIST] = "a list",
		[NODE_MAPPING] = "a mapping of keys to values",
	};

	return words[node->type];
}

static bool is_null(const struct node *node)
{
	return node->type == NODE_SCALAR && !node->quoted &&
	       (node->text.size == 0 || span_equal(node->text, SPAN("~")) ||
		       span_equal_fold(node->text, SPAN("null")));
}

/* The node is one value, and not empty; `wanted` says what it should be. */
static bool want_scalar(
	struct reading *reading, const struct node *node, const char *wanted, struct error *err)
{
	if (is_null(node))
		return read_fault(
			reading, node, err, "has no value; give %s, or leave the key out", wanted);
	if (node->type != NODE_SCALAR)
		return read_fault(
			reading, node, err, "must be %s, not %s", wanted, node_words(node));
	return true;
}

/* Texts */

static bool read_string(struct reading *reading, const struct option *option,
	const struct node *node, const char **field, struct error *err)
{
	struct span text;
	const char *problem;

	if (!want_scalar(reading, node, "a text", err))
		return false;
	text = text_clean(&reading->config->arena, node->text);
	if (text.size == 0)
		return read_fault(reading, node, err, "must not be empty");
	if (text.size > TEXT_MAX_BYTES)
		return read_fault(reading, node, err, "is longer than %d bytes", TEXT_MAX_BYTES);
	for (size_t i = 0; i < node->text.size; i++)
		if ((unsigned char)node->text.data[i] < ' ' || node->text.data[i] == 0x7f)
			return read_fault(
				reading, node, err, "must be one line without control characters");
	problem = option->format != NULL ? option->format(text) : NULL;
	if (problem != NULL)
		return read_fault(reading, node, err, "%s %s", read_quote(reading, text), problem);
	*field = arena_string(&reading->config->arena, text);
	mark(reading, field, node);
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
	return read_fault(reading, node, err, "must be one of %s, not %s%s%s%s",
		buffer_string(&words), read_quote(reading, span_from(word)),
		nearest.best != NULL ? "; did you mean '" : "",
		nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "'?" : "");
}

static bool read_text(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	const char **field = option_field(option, item);

	if (!read_string(reading, option, node, field, err))
		return false;
	return option->words == NULL || read_words(reading, option, node, *field, err);
}

static bool read_character(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	char *field = option_field(option, item);
	const char *text;

	if (!read_string(reading, option, node, &text, err))
		return false;
	*field = text[0];
	mark(reading, field, node);
	return true;
}

/* A single value stands for a list of one. */
static const struct node *first_of(const struct node *node)
{
	return node->type == NODE_LIST ? node->children : node;
}

static size_t count_of(const struct node *node)
{
	return node->type == NODE_LIST ? node->count : 1;
}

static bool want_list(struct reading *reading, const struct node *node, struct error *err)
{
	if (node->type == NODE_MAPPING)
		return read_fault(reading, node, err, "must be a list, not %s", node_words(node));
	if (is_null(node))
		return read_fault(
			reading, node, err, "has no value; give a list, or leave the key out");
	return true;
}

static bool read_texts(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	struct config_strings *field = option_field(option, item);

	if (!want_list(reading, node, err))
		return false;
	*field = (struct config_strings){
		arena_array(&reading->config->arena, const char *, count_of(node)), 0};
	for (const struct node *child = first_of(node); child != NULL; child = child->next) {
		if (!read_string(reading, option, child, &field->items[field->count++], err))
			return false;
		if (node->type != NODE_LIST)
			break;
	}
	mark(reading, field, node);
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

static bool read_number(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	const char *wanted =
		option->type == OPTION_SIZE ? "a size like 100MiB (B, KiB, MiB, GiB, TiB)"
		: option->type == OPTION_DURATION
			? "a duration like 30m, 1h or 10y (s, m for minutes, h, d, w, y)"
			: "a number without quotes";
	char least[UNITS_TEXT_SIZE], most[UNITS_TEXT_SIZE];
	int64_t value;

	if (!want_scalar(reading, node, wanted, err))
		return false;
	if (option->endless != NULL && span_equal(node->text, span_from(option->endless)))
		value = 0;
	else if (!parse_number(option, node, &value))
		return read_fault(reading, node, err, "must be %s, not %s", wanted,
			read_quote(reading, node->text));
	else if (value < option->min || value > option->max)
		return read_fault(reading, node, err, "must be from %s to %s%s%s, not %s",
			number_text(option, option->min, least),
			number_text(option, option->max, most),
			option->endless != NULL ? " or " : "",
			option->endless != NULL ? option->endless : "",
			read_quote(reading, node->text));
	mark(reading, option_field(option, item), node);
	return store_integer(option, item, value);
}

static bool read_boolean(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	bool *field = option_field(option, item);

	if (!want_scalar(reading, node, "true or false", err))
		return false;
	if (node->quoted ||
		(!span_equal(node->text, SPAN("true")) && !span_equal(node->text, SPAN("false"))))
		return read_fault(reading, node, err, "must be true or false%s, not %s",
			node->quoted ? " without quotes" : "", read_quote(reading, node->text));
	*field = span_equal(node->text, SPAN("true"));
	mark(reading, field, node);
	return true;
}

static bool read_day(
	struct reading *reading, const struct node *node, struct date *date, struct error *err)
{
	if (!want_scalar(reading, node, "a date like 2026-11-21", err))
		return false;
	if (!date_from_text(node->text, date))
		return read_fault(reading, node, err,
			"must be a date that exists, written like 2026-11-21, not %s",
			read_quote(reading, node->text));
	mark(reading, date, node);
	return true;
}

static bool read_date(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	return read_day(reading, node, option_field(option, item), err);
}

static size_t *count_field(const struct option *option, void *item)
{
	return (size_t *)(void *)((char *)item + option->count_offset);
}

static bool read_dates(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	struct date **field = option_field(option, item);
	size_t *count = count_field(option, item);

	if (!want_list(reading, node, err))
		return false;
	*field = arena_array(&reading->config->arena, struct date, count_of(node));
	*count = 0;
	for (const struct node *child = first_of(node); child != NULL; child = child->next) {
		if (!read_day(reading, child, &(*field)[(*count)++], err))
			return false;
		if (node->type != NODE_LIST)
			break;
	}
	return true;
}

/* Choices */

static const char *choice_form(const struct choice *choice)
{
	return choice->argument != NULL ? choice->form : choice->name;
}

static bool unknown_choice(struct reading *reading, const struct option *option,
	const struct node *node, struct span word, struct error *err)
{
	struct suggestion nearest = suggestion_begin(word);
	CLEANUP(buffer_done) struct buffer words = {0};

	for (const struct choice *choice = option->choices; choice->name != NULL; choice++) {
		buffer_format(&words, "%s%s", words.size > 0 ? ", " : "", choice_form(choice));
		suggestion_try(&nearest, choice->name);
	}
	return read_fault(reading, node, err, "must be one of %s, not %s%s%s%s",
		buffer_string(&words), read_quote(reading, word),
		nearest.best != NULL ? "; did you mean '" : "",
		nearest.best != NULL ? nearest.best : "", nearest.best != NULL ? "'?" : "");
}

/* The word of a choice: the text itself, or the only key of a mapping. */
static bool choice_word(struct reading *reading, const struct node *node, struct span *word,
	const struct node **argument, struct error *err)
{
	if (is_null(node) || node->type == NODE_LIST)
		return want_scalar(reading, node, "one word", err);
	*argument = NULL;
	*word = node->text;
	if (node->type == NODE_SCALAR)
		return true;
	if (node->count != 1)
		return read_fault(reading, node, err,
			"must have exactly one key, the word that is chosen; it has %zu",
			node->count);
	*argument = node->children;
	*word = node->children->key;
	return true;
}

static bool read_choice(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	const struct choice *choice = option->choices;
	const struct node *argument;
	struct span word;
	void *field = option_field(option, item);

	if (!choice_word(reading, node, &word, &argument, err))
		return false;
	while (choice->name != NULL && !span_equal(span_from(choice->name), word))
		choice++;
	if (choice->name == NULL)
		return unknown_choice(reading, option, node, word, err);
	if (choice->argument == NULL && argument != NULL)
		return read_fault(reading, node, err, "'%s' takes no value; write only the word",
			choice->name);
	if (choice->argument != NULL && argument == NULL)
		return read_fault(reading, node, err, "'%s' needs a value: write %s", choice->name,
			choice->form);
	if (option->size == sizeof(bool))
		*(bool *)field = choice->value != 0;
	else
		memcpy(field, &choice->value, sizeof choice->value); /* an enum, as wide as int */
	mark(reading, field, node);
	if (argument == NULL)
		return true;
	return read_value(reading, choice->argument, argument, item, err) &&
	       (choice->argument->type != OPTION_GROUP ||
		       check_required(reading, choice->argument->table, argument, argument, err));
}

/* Mappings */

static bool fault_unknown_key(struct reading *reading, const struct option_table *table,
	const struct node *mapping, const struct node *child, struct error *err)
{
	struct suggestion nearest = suggestion_begin(child->key);
	const char *key = read_quote(reading, child->key), *prefix = "", *best;
	char text[sizeof err->text];

	for (size_t i = 0; i < table->count; i++)
		suggestion_try(&nearest, table->options[i].name);
	best = nearest.best;
	/* A key one level too high: the same word inside one of our groups. */
	for (size_t i = 0; i < table->count; i++) {
		const struct option *group = &table->options[i];

		for (size_t j = 0; group->type == OPTION_GROUP && j < group->table->count; j++) {
			if (nearest.distance == 0 ||
				!span_equal(child->key, span_from(group->table->options[j].name)))
				continue;
			nearest.distance = 0;
			prefix = arena_format(reading->scratch, "%s: ", group->name).data;
			best = group->table->options[j].name;
		}
	}
	snprintf(text, sizeof text, "unknown key %s%s%s%s%s", key,
		best != NULL ? "; did you mean '" : "", best != NULL ? prefix : "",
		best != NULL ? best : "", best != NULL ? "'?" : "");
	return fault_in(reading, child->key_line, child->key_column, mapping, err, text);
}

/* Every key is known and stands there once. */
static bool check_keys(struct reading *reading, const struct option_table *table,
	const struct node *mapping, struct error *err)
{
	for (const struct node *child = mapping->children; child != NULL; child = child->next) {
		const struct node *first = node_child(mapping, child->key);
		char text[sizeof err->text];
		size_t i = 0;

		while (i < table->count &&
			!span_equal(child->key, span_from(table->options[i].name)))
			i++;
		if (i == table->count)
			return fault_unknown_key(reading, table, mapping, child, err);
		if (first == child)
			continue;
		snprintf(text, sizeof text, "the key '%s' stands here twice, first on line %d",
			table->options[i].name, first->key_line);
		return fault_in(reading, child->key_line, child->key_column, mapping, err, text);
	}
	return true;
}

static bool want_mapping(struct reading *reading, const struct node *node, struct error *err)
{
	if (is_null(node))
		return read_fault(reading, node, err,
			"has no keys below it; give some (they must be indented more), or leave it "
			"out");
	if (node->type != NODE_MAPPING)
		return read_fault(reading, node, err, "must be a mapping of keys to values, not %s",
			node->type == NODE_LIST ? "a list" : read_quote(reading, node->text));
	return true;
}

static bool read_mapping(struct reading *reading, const struct option_table *table,
	const struct node *mapping, void *item, struct error *err)
{
	if (!want_mapping(reading, mapping, err) || !check_keys(reading, table, mapping, err))
		return false;
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		const struct node *child = node_child(mapping, span_from(option->name));

		if (child == NULL)
			continue;
		if (option->applies != NULL && !option->applies(item))
			return read_fault(
				reading, child, err, "goes only %s", option->applies_when);
		if (!read_value(reading, option, child, item, err))
			return false;
	}
	return true;
}

static void fill_defaults(struct reading *reading, const struct option_table *table, void *item)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		struct node node = {.type = NODE_SCALAR};
		struct error ignored;

		if (option->type == OPTION_GROUP)
			fill_defaults(reading, option->table, option_field(option, item));
		for (size_t j = 0; option->values != NULL && option->values[j] != NULL; j++)
			node.count++;
		if (node.count > 0) {
			struct config_strings *field = option_field(option, item);

			field->items =
				arena_array(&reading->config->arena, const char *, node.count);
			while (field->count < node.count) {
				field->items[field->count] = option->values[field->count];
				field->count++;
			}
		}
		if (option->value == NULL)
			continue;
		node.text = span_from(option->value);
		/* The table's own text: a test reads every default. */
		if (!read_value(reading, option, &node, item, &ignored))
			continue;
	}
}

/* Keys that have to stand in the mapping do. A group that is left out has its keys missing. */
static bool check_required(struct reading *reading, const struct option_table *table,
	const struct node *mapping, const struct node *at, struct error *err)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		const struct node *child =
			mapping != NULL ? node_child(mapping, span_from(option->name)) : NULL;

		if (option->required && child == NULL)
			return read_fault(reading, at, err, "the key '%s' is missing%s%s%s",
				option->name, option->example != NULL ? " (like " : "",
				option->example != NULL ? option->example : "",
				option->example != NULL ? ")" : "");
		if (option->type != OPTION_GROUP || (child == NULL && option->optional_group))
			continue;
		if (!check_required(reading, option->table, child, child != NULL ? child : at, err))
			return false;
	}
	return true;
}

static bool read_group(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	return read_mapping(reading, option->table, node, option_field(option, item), err);
}

static bool read_item(struct reading *reading, const struct option_table *table,
	const struct node *node, void *item, struct error *err)
{
	mark(reading, item, node);
	fill_defaults(reading, table, item);
	if (table->inherit != NULL)
		table->inherit(item, reading->config, node->line);
	if (table->shorthand != NULL && node->type == NODE_SCALAR) {
		for (size_t i = 0; i < table->count; i++)
			if (strcmp(table->options[i].name, table->shorthand) == 0)
				return read_value(reading, &table->options[i], node, item, err);
	}
	return read_mapping(reading, table, node, item, err) &&
	       check_required(reading, table, node, node, err);
}

static bool read_list(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	const struct option_table *table = option->table;
	void **field = option_field(option, item);
	size_t *count = count_field(option, item);
	char *items;

	if (is_null(node) || (node->type == NODE_SCALAR && table->shorthand == NULL))
		return read_fault(reading, node, err,
			"must be a list; begin each item on a line of its own with '- '");
	if (node->type == NODE_MAPPING)
		return read_fault(reading, node, err,
			"must be a list, not %s; begin each item with '- '", node_words(node));
	items = arena_alloc_array(
		&reading->config->arena, count_of(node) > 0 ? count_of(node) : 1, table->item_size);
	*field = items;
	*count = 0;
	for (const struct node *child = first_of(node); child != NULL; child = child->next) {
		if (!read_item(reading, table, child, items + *count * table->item_size, err))
			return false;
		++*count;
		if (node->type != NODE_LIST)
			break;
	}
	return true;
}

/* A secret in the file itself must not come back in a message, whatever is wrong with it. */
static bool read_secret(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	struct config_secret *field = option_field(option, item);
	bool is_reference = node->type == NODE_MAPPING;

	for (const struct node *child = node->children; is_reference && child != NULL;
		child = child->next)
		is_reference = span_equal(child->key, SPAN("file")) ||
			       span_equal(child->key, SPAN("command")) ||
			       span_equal(child->key, SPAN("credential"));
	if (!is_reference)
		return read_fault(reading, node, err,
			"a secret never stands in this file; write {file: PATH}, "
			"{command: COMMAND} or {credential: NAME} here instead%s",
			is_null(node) ? "" : ", and change the secret if others could read it");
	*field = (struct config_secret){0};
	if (!read_mapping(reading, &option_table_secret, node, field, err))
		return false;
	if (node->count != 1)
		return read_fault(
			reading, node, err, "must say exactly one of file, command and credential");
	mark(reading, field, node);
	return true;
}

static bool read_value(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	static bool (*const readers[])(struct reading *, const struct option *, const struct node *,
		void *, struct error *) = {
		[OPTION_BOOLEAN] = read_boolean,
		[OPTION_INTEGER] = read_number,
		[OPTION_SIZE] = read_number,
		[OPTION_DURATION] = read_number,
		[OPTION_DATE] = read_date,
		[OPTION_CHARACTER] = read_character,
		[OPTION_TEXT] = read_text,
		[OPTION_TEXTS] = read_texts,
		[OPTION_DATES] = read_dates,
		[OPTION_CHOICE] = read_choice,
		[OPTION_SECRET] = read_secret,
		[OPTION_GROUP] = read_group,
		[OPTION_LIST] = read_list,
	};

	return readers[option->type](reading, option, node, item, err);
}

bool read_document(struct reading *reading, const struct node *document, struct error *err)
{
	fill_defaults(reading, &option_table_file, reading->config);
	return read_mapping(reading, &option_table_file, document, reading->config, err) &&
	       check_required(reading, &option_table_file, document, document, err);
}
