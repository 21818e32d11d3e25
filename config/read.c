#include "config/read.h"

#include <string.h>

#include "base/buffer.h"
#include "config/read_scalar.h"
#include "config/suggest.h"
#include "config/table.h"

static bool read_value(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err);
static bool check_required(struct reading *reading, const struct option_table *table,
	const struct node *mapping, const struct node *at, struct error *err);

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
	return reading_fault(reading, node, err, "must be one of %s, not %s%s",
		buffer_string(&words), reading_quote(reading, word),
		reading_hint(reading, nearest.best));
}

/* The word of a choice: the text itself, or the only key of a mapping. */
static bool choice_word(struct reading *reading, const struct node *node, struct span *word,
	const struct node **argument, struct error *err)
{
	if (node_is_null(node) || node->type == NODE_LIST)
		return reading_want_scalar(reading, node, "one word", err);
	*argument = NULL;
	*word = node->text;
	if (node->type == NODE_SCALAR)
		return true;
	if (node->count != 1)
		return reading_fault(reading, node, err,
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
		return reading_fault(reading, node, err, "'%s' takes no value; write only the word",
			choice->name);
	if (choice->argument != NULL && argument == NULL)
		return reading_fault(reading, node, err, "'%s' needs a value: write %s",
			choice->name, choice->form);
	if (option->size == sizeof(bool))
		*(bool *)field = choice->value != 0;
	else
		memcpy(field, &choice->value, sizeof choice->value); /* an enum, as wide as int */
	reading_mark(reading, field, node);
	if (argument == NULL)
		return true;
	return read_value(reading, choice->argument, argument, item, err) &&
	       (choice->argument->type != OPTION_GROUP ||
		       check_required(reading, choice->argument->table, argument, argument, err));
}

/* Mappings */

/* A key one level too high: "GROUP: WORD" for the same word inside one of the groups. */
static const char *key_in_group(
	struct reading *reading, const struct option_table *table, struct span key)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *group = &table->options[i];

		for (size_t j = 0; group->type == OPTION_GROUP && j < group->table->count; j++)
			if (span_equal(key, span_from(group->table->options[j].name)))
				return arena_format(
					reading->scratch, "%s: %.*s", group->name, SPAN_ARG(key))
					.data;
	}
	return NULL;
}

static bool fault_unknown_key(struct reading *reading, const struct option_table *table,
	const struct node *child, struct error *err)
{
	const char *meant = key_in_group(reading, table, child->key);
	struct suggestion nearest = suggestion_begin(child->key);

	for (size_t i = 0; i < table->count; i++)
		suggestion_try(&nearest, table->options[i].name);
	return reading_fault_key(reading, child, err, "unknown key %s%s",
		reading_quote(reading, child->key),
		reading_hint(reading, meant != NULL ? meant : nearest.best));
}

static const struct option *find_option(const struct option_table *table, struct span key)
{
	for (size_t i = 0; i < table->count; i++)
		if (span_equal(key, span_from(table->options[i].name)))
			return &table->options[i];
	return NULL;
}

/* Every key is known and stands there once. */
static bool check_keys(struct reading *reading, const struct option_table *table,
	const struct node *mapping, struct error *err)
{
	for (const struct node *child = mapping->children; child != NULL; child = child->next) {
		const struct node *first = node_child(mapping, child->key);

		if (find_option(table, child->key) == NULL)
			return fault_unknown_key(reading, table, child, err);
		if (first != child)
			return reading_fault_key(reading, child, err,
				"the key '%.*s' stands here twice, first on line %d",
				SPAN_ARG(child->key), first->key_line);
	}
	return true;
}

static bool want_mapping(struct reading *reading, const struct node *node, struct error *err)
{
	if (node_is_null(node))
		return reading_fault(reading, node, err,
			"has no keys below it; give some (they must be indented more), or leave it "
			"out");
	if (node->type != NODE_MAPPING)
		return reading_fault(reading, node, err,
			"must be a mapping of keys to values, not %s",
			node->type == NODE_LIST ? "a list" : reading_quote(reading, node->text));
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
			return reading_fault(
				reading, child, err, "goes only %s", option->applies_when);
		if (!read_value(reading, option, child, item, err))
			return false;
	}
	return true;
}

static struct config_strings default_texts(struct reading *reading, const char *const *values)
{
	struct config_strings texts = {0};

	while (values[texts.count] != NULL)
		texts.count++;
	texts.items = arena_array(&reading->config->arena, const char *, texts.count);
	memcpy(texts.items, values, texts.count * sizeof *values);
	return texts;
}

static bool fill_defaults(
	struct reading *reading, const struct option_table *table, void *item, struct error *err)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option *option = &table->options[i];
		/* The default is read like what stands in a file, but has no place. */
		struct node node = {.type = NODE_SCALAR, .text = span_from(option->value)};

		if (option->type == OPTION_GROUP &&
			!fill_defaults(reading, option->table, option_field(option, item), err))
			return false;
		if (option->values != NULL)
			*(struct config_strings *)option_field(option, item) =
				default_texts(reading, option->values);
		if (option->value != NULL && !read_value(reading, option, &node, item, err))
			return false;
	}
	return true;
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
			return reading_fault(reading, at, err, "the key '%s' is missing%s%s%s",
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
	if (option->present_offset != 0)
		*(bool *)((char *)item + option->present_offset) = true;
	return read_mapping(reading, option->table, node, option_field(option, item), err);
}

static bool read_item(struct reading *reading, const struct option_table *table,
	const struct node *node, void *item, struct error *err)
{
	reading_mark(reading, item, node);
	if (!fill_defaults(reading, table, item, err))
		return false;
	if (table->inherit != NULL)
		table->inherit(item, reading->config, node->line);
	if (table->shorthand != NULL && node->type == NODE_SCALAR)
		return read_value(
			reading, find_option(table, span_from(table->shorthand)), node, item, err);
	return read_mapping(reading, table, node, item, err) &&
	       check_required(reading, table, node, node, err);
}

static bool read_list(struct reading *reading, const struct option *option, const struct node *node,
	void *item, struct error *err)
{
	const struct option_table *table = option->table;
	void **field = option_field(option, item);
	size_t *count = option_count(option, item);
	char *items;

	if (node_is_null(node) || (node->type == NODE_SCALAR && table->shorthand == NULL))
		return reading_fault(reading, node, err,
			"must be a list; begin each item on a line of its own with '- '");
	if (node->type == NODE_MAPPING)
		return reading_fault(reading, node, err,
			"must be a list, not %s; begin each item with '- '", node_words(node));
	items = arena_alloc_array(&reading->config->arena,
		node_item_count(node) > 0 ? node_item_count(node) : 1, table->item_size);
	*field = items;
	*count = 0;
	for (const struct node *child = node_first_item(node); child != NULL; child = child->next) {
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
		return reading_fault(reading, node, err,
			"a secret never stands in this file; write {file: PATH}, "
			"{command: COMMAND} or {credential: NAME} here instead%s",
			node_is_null(node) ? ""
					   : ", and change the secret if others could read it");
	*field = (struct config_secret){0};
	if (!read_mapping(reading, &option_table_secret, node, field, err))
		return false;
	if (node->count != 1)
		return reading_fault(
			reading, node, err, "must say exactly one of file, command and credential");
	reading_mark(reading, field, node);
	return true;
}

static bool read_value(struct reading *reading, const struct option *option,
	const struct node *node, void *item, struct error *err)
{
	static option_reader *const readers[] = {
		[OPTION_BOOLEAN] = read_boolean,
		[OPTION_INTEGER] = read_number,
		[OPTION_SIZE] = read_number,
		[OPTION_DURATION] = read_number,
		[OPTION_DATE] = read_date,
		[OPTION_TIME] = read_time,
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
	const struct option_table *table = &option_table_file;
	struct config *config = reading->config;

	return fill_defaults(reading, table, config, err) &&
	       read_mapping(reading, table, document, config, err) &&
	       check_required(reading, table, document, document, err);
}
