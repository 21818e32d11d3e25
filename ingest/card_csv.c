/*
 * card_csv.c - rows of a table as cards, by a map from the names of its columns to our fields.
 */
#include "base/csv.h"
#include "base/text.h"
#include "ingest/card.h"
#include "ingest/card_column.h"

#define NAME_PARTS (FIELD_SUFFIX - FIELD_PREFIX + 1)

/* ---------------------------------------------------------------- the map */

struct mapped {
	struct span column; /* folded */
	enum card_field field;
};

struct map {
	struct mapped *items; /* NULL: columns have the usual headings */
	size_t count;
};

static bool map_row(
	struct map *map, struct arena *arena, const struct csv_row *row, struct error *err)
{
	enum card_field field;

	if (row->fault)
		return error_set(
			err, ERROR_INPUT, "column map, line %zu: %s", row->line, row->fault);
	if (row->count != 2)
		return error_set(err, ERROR_INPUT,
			"column map, line %zu: %zu cells, not the name of a column and a field",
			row->line, row->count);
	field = card_field_find(row->cells[1]);
	if (field == FIELD_UNKNOWN)
		return error_set(err, ERROR_INPUT,
			"column map, line %zu: there is no field `%.*s`; fields are name, prefix, "
			"given-name, additional-name, family-name, suffix, address, phone, "
			"company, owner, source, note, note-line, do-not-contact, alias, none",
			row->line, SPAN_ARG(text_cut(row->cells[1], 60)));
	map->items[map->count++] = (struct mapped){text_fold(arena, row->cells[0]), field};
	return true;
}

static bool map_read(struct map *map, struct span text, struct arena *arena, struct error *err)
{
	struct csv_reader reader;
	struct csv_row row;

	*map = (struct map){0};
	if (span_is_empty(text))
		return true;
	if (!csv_open(&reader, text, err))
		return error_context(err, "column map");
	if (!csv_next(&reader, arena, &row) || row.fault || row.count != 2 ||
		!span_equal_fold(span_trim(row.cells[0]), SPAN("column")) ||
		!span_equal_fold(span_trim(row.cells[1]), SPAN("field")))
		return error_set(
			err, ERROR_INPUT, "column map: the first line is not `column,field`");
	map->items = arena_array(arena, struct mapped, text.size / 2 + 1);
	while (csv_next(&reader, arena, &row))
		if (!map_row(map, arena, &row, err))
			return false;
	return true;
}

static enum card_field map_find(const struct map *map, struct arena *arena, struct span column)
{
	struct span folded = text_fold(arena, column);

	if (!map->items)
		return card_field_of_heading(arena, column);
	for (size_t i = 0; i < map->count; i++)
		if (span_equal(map->items[i].column, folded))
			return map->items[i].field;
	return FIELD_UNKNOWN;
}

/* ---------------------------------------------------------------- rows */

struct columns {
	enum card_field fields[CSV_MAX_CELLS];
	struct span names[CSV_MAX_CELLS];
	size_t count;
};

/* "Name, Vorname": the name beside a given one is that of the family, unless another column is. */
static void family_settle(struct columns *columns, struct arena *arena)
{
	bool leaves_family = false;

	for (size_t i = 0; i < columns->count; i++) {
		if (columns->fields[i] == FIELD_FAMILY)
			return;
		leaves_family |= card_heading_leaves_family(arena, columns->names[i]);
	}
	for (size_t i = 0; leaves_family && i < columns->count; i++)
		if (columns->fields[i] == FIELD_NAME)
			columns->fields[i] = FIELD_FAMILY;
}

static bool is_plain_address(struct span heading)
{
	return span_equal_fold(heading, SPAN("address")) ||
	       span_equal_fold(heading, SPAN("addresses"));
}

/* "Email, Address": beside a column that says mail, the plain word means streets. */
static void postal_settle(struct columns *columns)
{
	bool mail = false;

	for (size_t i = 0; i < columns->count; i++)
		mail |= columns->fields[i] == FIELD_ADDRESS && !is_plain_address(columns->names[i]);
	for (size_t i = 0; mail && i < columns->count; i++)
		if (is_plain_address(columns->names[i]))
			columns->fields[i] = FIELD_NOTE_LINE;
}

static bool columns_read(struct columns *columns, const struct map *map, const struct csv_row *row,
	struct arena *arena, struct card_file *file, struct error *err)
{
	size_t known = 0;

	if (row->fault)
		return error_set(err, ERROR_INPUT, "line %zu: %s", row->line, row->fault);
	columns->count = row->count;
	file->no_address = true;
	for (size_t i = 0; i < row->count; i++) {
		columns->names[i] = span_trim(row->cells[i]);
		columns->fields[i] = map_find(map, arena, row->cells[i]);
		known += columns->fields[i] != FIELD_NONE && columns->fields[i] != FIELD_UNKNOWN;
		if (columns->fields[i] == FIELD_ADDRESS)
			file->no_address = false;
		if (columns->fields[i] == FIELD_UNKNOWN)
			card_string_add(&file->unread, arena, columns->names[i]);
	}
	if (!map->items) {
		family_settle(columns, arena);
		postal_settle(columns);
	}
	file->no_column = known == 0;
	return true;
}

/* Does an unknown column hold mail addresses while none that is known does? */
static void address_seek(struct card_file *file, struct arena *arena, const struct columns *columns,
	const struct csv_row *row)
{
	if (!file->no_address || file->address_column.size || row->fault)
		return;
	for (size_t i = 0; i < row->count && i < columns->count; i++) {
		struct card trial = {0};

		if (columns->fields[i] != FIELD_UNKNOWN || !columns->names[i].size ||
			!span_trim(row->cells[i]).size)
			continue;
		card_addresses_add(&trial, arena, text_clean(arena, row->cells[i]));
		if (trial.addresses.count && !trial.fault.size) {
			file->address_column = columns->names[i];
			return;
		}
	}
}

static void cell_read(struct card *card, struct arena *arena, enum card_field field,
	struct span column, struct span cell, struct span parts[NAME_PARTS])
{
	switch (field) {
	case FIELD_NAME:
		card->name = span_trim(cell);
		break;
	case FIELD_PREFIX:
	case FIELD_GIVEN:
	case FIELD_ADDITIONAL:
	case FIELD_FAMILY:
	case FIELD_SUFFIX:
		parts[field - FIELD_PREFIX] = cell;
		break;
	case FIELD_ADDRESS:
		card_addresses_add(card, arena, cell);
		break;
	case FIELD_PHONE:
		card_phones_add(card, arena, cell);
		break;
	case FIELD_COMPANY:
		card->company = cell;
		break;
	case FIELD_OWNER:
		card->owner = cell;
		break;
	case FIELD_SOURCE:
		card->source = cell;
		break;
	case FIELD_NOTE:
		card_note_add(card, arena, (struct span){0}, cell);
		break;
	case FIELD_NOTE_LINE:
		card_note_add(card, arena, column, cell);
		break;
	case FIELD_DO_NOT_CONTACT:
		if (!card->do_not_contact)
			card_flag_read(card, arena, cell);
		break;
	case FIELD_ALIAS:
		for (struct span one; span_next(&cell, '\n', &one);)
			card_string_add(&card->aliases, arena, one);
		break;
	case FIELD_NONE:
	case FIELD_UNKNOWN:
		break;
	}
}

static void row_read(struct card *card, struct arena *arena, const struct columns *columns,
	const struct csv_row *row)
{
	struct span parts[NAME_PARTS] = {0};

	if (row->fault) {
		card_fault(card, arena, "%s", row->fault);
		return;
	}
	if (row->count > columns->count) {
		card_fault(card, arena, "%zu cells, but the first line names %zu columns",
			row->count, columns->count);
		return;
	}
	for (size_t i = 0; i < row->count; i++)
		if (span_trim(row->cells[i]).size)
			cell_read(card, arena, columns->fields[i], columns->names[i],
				text_clean(arena, row->cells[i]), parts);
	if (!card->name.size)
		card->name = card_name_join(arena, parts, NAME_PARTS);
	card_end(card);
}

static bool is_blank(const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (span_trim(row->cells[i]).size)
			return false;
	return !row->fault;
}

bool card_read_csv(struct span text, struct span map_text, struct arena *arena,
	struct card_file *file, struct error *err)
{
	struct columns *columns = arena_array(arena, struct columns, 1);
	struct csv_reader reader;
	struct csv_row row;
	struct map map;

	*file = (struct card_file){0};
	if (!map_read(&map, map_text, arena, err) || !csv_open(&reader, text, err))
		return false;
	if (!csv_next(&reader, arena, &row))
		return true;
	if (!columns_read(columns, &map, &row, arena, file, err))
		return false;
	while (csv_next(&reader, arena, &row)) {
		if (is_blank(&row))
			continue;
		address_seek(file, arena, columns, &row);
		row_read(card_add(file, arena, row.line, "line"), arena, columns, &row);
	}
	return true;
}

/* ---------------------------------------------------------------- writing */

static const enum card_field written[] = {FIELD_NAME, FIELD_ADDRESS, FIELD_PHONE, FIELD_COMPANY,
	FIELD_OWNER, FIELD_SOURCE, FIELD_DO_NOT_CONTACT, FIELD_ALIAS, FIELD_NOTE};

void card_write_csv_head(struct buffer *out)
{
	for (size_t i = 0; i < ARRAY_COUNT(written); i++)
		csv_append_plain(out, i == 0, span_from(card_field_name(written[i])));
	csv_end_row(out);
}

/* Several values in one cell: a line each. */
static void append_strings(struct buffer *out, const struct card_strings *strings)
{
	struct buffer cell CLEANUP(buffer_done) = {0};

	for (size_t i = 0; i < strings->count; i++) {
		if (i)
			buffer_append_byte(&cell, '\n');
		buffer_append(&cell, strings->items[i]);
	}
	csv_append(out, false, buffer_span(&cell));
}

void card_write_csv(struct buffer *out, const struct card *card)
{
	csv_append(out, true, card->name);
	append_strings(out, &card->addresses);
	append_strings(out, &card->phones);
	csv_append(out, false, card->company);
	csv_append(out, false, card->owner);
	csv_append(out, false, card->source);
	csv_append_plain(out, false, card->do_not_contact ? SPAN("yes") : SPAN(""));
	append_strings(out, &card->aliases);
	csv_append(out, false, card->note);
	csv_end_row(out);
}
