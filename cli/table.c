/*
 * table.c - output.h's rows and records as text: values by their column's kind, widths, colours.
 */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "cli/json.h"
#include "cli/output.h"

#define BOLD   "\033[1m"
#define RED    "\033[31m"
#define GREEN  "\033[32m"
#define YELLOW "\033[33m"
#define FAINT  "\033[2m"
#define PLAIN  "\033[0m"

/* Values of COLUMN_STATE that stand out; others stay plain. */
static const struct {
	const char *state, *colour;
} state_colours[] = {
	{"dead", RED},
	{"failed", RED},
	{"hold", RED},
	{"error", RED},
	{"urgent", RED},
	{"quarantined", YELLOW},
	{"waiting", YELLOW},
	{"warning", YELLOW},
	{"high", YELLOW},
	{"filed", GREEN},
	{"idle", GREEN},
	{"polling", GREEN},
	{"connected", GREEN},
	{"paid", GREEN},
	{"won", GREEN},
	{"done", GREEN},
	{"ok", GREEN},
	{"ignored", FAINT},
	{"closed", FAINT},
	{"dismissed", FAINT},
};

/* ---------------------------------------------------------------- values as text */

static void scalar_append(struct buffer *out, const json_t *value)
{
	if (json_is_string(value))
		text_escape_line(out, span_from(json_string_value(value)));
	else if (json_is_integer(value))
		buffer_format(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		buffer_format(out, "%.2f", json_real_value(value));
	else if (json_is_boolean(value))
		buffer_append_string(out, json_is_true(value) ? "yes" : "no");
}

/* 2026-11-21T10:00:00+01:00 as 2026-11-21 10:00: JSON has it in the organisation's zone already. */
static void time_append(struct buffer *out, const char *text)
{
	if (strlen(text) < 16) {
		text_escape_line(out, span_from(text));
		return;
	}
	buffer_append(out, (struct span){text, 10});
	buffer_append_byte(out, ' ');
	buffer_append(out, (struct span){text + 11, 5});
}

static void value_append(struct buffer *out, const json_t *value, const struct column *column)
{
	const json_t *item;
	size_t i;

	switch (column->kind) {
	case COLUMN_ID:
		if (json_is_integer(value))
			buffer_append_byte(out, '#');
		scalar_append(out, value);
		break;
	case COLUMN_TIME:
		if (json_is_string(value))
			time_append(out, json_string_value(value));
		break;
	case COLUMN_FLAG:
		if (json_is_true(value))
			buffer_append_string(out, column->title);
		break;
	case COLUMN_LIST:
		json_array_foreach(value, i, item)
		{
			if (i > 0)
				buffer_append_string(out, ", ");
			scalar_append(out, item);
		}
		break;
	default:
		scalar_append(out, value);
	}
}

static const char *state_colour(const char *state)
{
	for (size_t i = 0; i < sizeof state_colours / sizeof state_colours[0]; i++) {
		if (strcmp(state_colours[i].state, state) == 0)
			return state_colours[i].colour;
	}
	return NULL;
}

/* ---------------------------------------------------------------- tables */

/* The longest beginning that takes at most `width` columns. */
static struct span cut_to_width(struct span text, size_t width)
{
	while (text_width(text) > width) {
		size_t over = text_width(text) - width;
		size_t bytes = text.size > over ? text.size - over : 0;
		struct span shorter = text_cut(text, bytes);

		text = shorter.size < text.size ? shorter : text_cut(text, text.size - 1);
	}
	return text;
}

static void pad(struct buffer *out, size_t width)
{
	while (width-- > 0)
		buffer_append_byte(out, ' ');
}

struct table {
	struct buffer cells; /* text of all cells, one after the other */
	size_t *ends;	     /* of each cell in it */
	size_t *widths;	     /* of each column */
	size_t columns, rows;
};

static struct span table_cell(const struct table *table, size_t row, size_t column)
{
	size_t index = row * table->columns + column;
	size_t from = index ? table->ends[index - 1] : 0;

	return span_part(buffer_span(&table->cells), from, table->ends[index] - from);
}

static void table_build(struct table *table, struct arena *arena, const json_t *array,
	const struct column *columns, size_t column_count)
{
	size_t index = 0;

	*table = (struct table){.columns = column_count, .rows = json_array_size(array)};
	table->ends = arena_array(arena, size_t, table->rows * column_count + 1);
	table->widths = arena_array(arena, size_t, column_count);
	for (size_t row = 0; row < table->rows; row++) {
		const json_t *object = json_array_get(array, row);

		for (size_t i = 0; i < column_count; i++) {
			size_t width;

			value_append(&table->cells, json_at(object, columns[i].key), &columns[i]);
			table->ends[index++] = table->cells.size;
			width = text_width(table_cell(table, row, i));
			if (width > table->widths[i])
				table->widths[i] = width;
		}
	}
	/* Columns without any value don't show; titles count once it is known which do. */
	for (size_t i = 0; i < column_count; i++) {
		size_t title = strlen(columns[i].title);

		if (table->widths[i] > 0 && table->widths[i] < title &&
			columns[i].kind != COLUMN_FLAG)
			table->widths[i] = title;
	}
}

/* Takes from the widest text column until the line fits the terminal. */
static void table_fit(struct table *table, const struct column *columns, size_t terminal)
{
	for (;;) {
		size_t total = 0, widest = 0;
		bool any = false;

		for (size_t i = 0; i < table->columns; i++) {
			if (table->widths[i] > 0)
				total += table->widths[i] + 2;
			if ((columns[i].kind == COLUMN_TEXT || columns[i].kind == COLUMN_LIST) &&
				(!any || table->widths[i] > table->widths[widest])) {
				widest = i;
				any = true;
			}
		}
		if (!any || total <= terminal + 2 || table->widths[widest] <= 12)
			return;
		table->widths[widest]--;
	}
}

static void cell_print(struct output *output, struct span text, const struct column *column,
	size_t width, bool title, bool last)
{
	const char *colour = NULL;
	bool right = column->kind == COLUMN_NUMBER || column->kind == COLUMN_ID;
	bool cut = text_width(text) > width;
	size_t used;
	char state[32];

	if (cut)
		text = cut_to_width(text, width - 1);
	used = text_width(text) + cut;
	if (output->colour && title) {
		colour = BOLD;
	} else if (output->colour && column->kind == COLUMN_STATE) {
		snprintf(state, sizeof state, "%.*s", SPAN_ARG(text));
		colour = state_colour(state);
	}
	if (right)
		pad(&output->text, width - used);
	if (colour)
		buffer_append_string(&output->text, colour);
	buffer_append(&output->text, text);
	if (cut)
		buffer_append_string(&output->text, "…");
	if (colour)
		buffer_append_string(&output->text, PLAIN);
	if (!right && !last)
		pad(&output->text, width - used);
	if (!last)
		pad(&output->text, 2);
}

/* A line whose last cells are empty ends with its last word. */
static void line_end(struct buffer *out)
{
	while (out->size > 0 && out->data[out->size - 1] == ' ')
		out->size--;
	buffer_append_byte(out, '\n');
}

static void table_print(
	struct output *output, const struct table *table, const struct column *columns)
{
	size_t last = 0;

	for (size_t i = 0; i < table->columns; i++) {
		if (table->widths[i] > 0)
			last = i;
	}
	for (size_t i = 0; i <= last; i++) {
		if (table->widths[i] > 0)
			cell_print(output,
				columns[i].kind == COLUMN_FLAG ? (struct span){0}
							       : span_from(columns[i].title),
				&columns[i], table->widths[i], true, i == last);
	}
	line_end(&output->text);
	for (size_t row = 0; row < table->rows; row++) {
		for (size_t i = 0; i <= last; i++) {
			if (table->widths[i] > 0)
				cell_print(output, table_cell(table, row, i), &columns[i],
					table->widths[i], false, i == last);
		}
		line_end(&output->text);
	}
}

static void rows_print(struct output *output, const json_t *array, const struct column *columns,
	size_t column_count)
{
	struct arena arena = {0};
	struct table table;

	table_build(&table, &arena, array, columns, column_count);
	if (output->columns)
		table_fit(&table, columns, output->columns);
	table_print(output, &table, columns);
	buffer_done(&table.cells);
	arena_done(&arena);
}

void output_rows(struct output *output, json_t *array, const struct column *columns,
	size_t column_count, const char *empty)
{
	if (output->json) {
		output_json(output, array, false);
		return;
	}
	if (json_array_size(array) == 0)
		message_print("%s", empty);
	else
		rows_print(output, array, columns, column_count);
	json_decref(array);
}

void output_section(struct output *output, const char *heading, const json_t *array,
	const struct column *columns, size_t column_count)
{
	if (output->json || json_array_size(array) == 0)
		return;
	output_heading(output, "%s", heading);
	rows_print(output, array, columns, column_count);
}

/* ---------------------------------------------------------------- records */

static void block_print(struct output *output, const char *title, const char *text)
{
	struct span rest = span_from(text), line;

	buffer_format(&output->text, "%s:\n", title);
	while (span_next_line(&rest, &line)) {
		buffer_append_string(&output->text, "    ");
		text_escape_line(&output->text, line);
		buffer_append_byte(&output->text, '\n');
	}
}

static void field_print(
	struct output *output, const json_t *value, const struct column *column, size_t title_width)
{
	struct buffer text = {0};
	const char *colour = NULL;

	if (column->kind == COLUMN_BLOCK) {
		if (json_is_string(value) && json_string_length(value) > 0)
			block_print(output, column->title, json_string_value(value));
		return;
	}
	/* A table shows a flag by its title; here that stands before it. */
	if (column->kind == COLUMN_FLAG)
		buffer_append_string(&text, json_is_true(value) ? "yes" : "");
	else
		value_append(&text, value, column);
	if (text.size > 0) {
		if (output->colour && column->kind == COLUMN_STATE)
			colour = state_colour(buffer_string(&text));
		buffer_format(&output->text, "%s:", column->title);
		pad(&output->text, title_width + 1 - strlen(column->title));
		if (colour)
			buffer_append_string(&output->text, colour);
		buffer_append(&output->text, buffer_span(&text));
		if (colour)
			buffer_append_string(&output->text, PLAIN);
		buffer_append_byte(&output->text, '\n');
	}
	buffer_done(&text);
}

void output_record(
	struct output *output, json_t *object, const struct column *columns, size_t column_count)
{
	size_t title_width = 0;

	if (output->json) {
		output_json(output, object, false);
		return;
	}
	for (size_t i = 0; i < column_count; i++) {
		size_t width = strlen(columns[i].title);

		if (columns[i].kind != COLUMN_BLOCK && width > title_width)
			title_width = width;
	}
	for (size_t i = 0; i < column_count; i++)
		field_print(output, json_at(object, columns[i].key), &columns[i], title_width);
	json_decref(object);
}
