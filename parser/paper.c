#include "parser/paper.h"

#include "base/text.h"
#include "parser/lines.h"

/* Letters and signs beyond Latin-1 whose decomposition is no ASCII letter. */
static const struct {
	int32_t code_point;
	const char *fold;
} folds[] = {
	{0xdf, "ss"},
	{0xe6, "ae"},
	{0xc6, "ae"},
	{0xf8, "o"},
	{0xd8, "o"},
	{0x153, "oe"},
	{0x152, "oe"},
	{0x142, "l"},
	{0x141, "l"},
	{0x111, "d"},
	{0x110, "d"},
	{0x131, "i"},
	{0xb0, "o"}, /* degree and ordinal signs stand for the o of "no" */
	{0xba, "o"},
	{0xaa, "a"},
	{0x2116, "no"},
	{0x2010, "-"},
	{0x2011, "-"},
	{0x2012, "-"},
	{0x2013, "-"},
	{0x2014, "-"},
	{0x2212, "-"},
	{0x2018, "'"},
	{0x2019, "'"},
	{0xb4, "'"},
	{0xff1a, ":"},
	{0xfb00, "ff"},
	{0xfb01, "fi"},
	{0xfb02, "fl"},
	{0xfb03, "ffi"},
	{0xfb04, "ffl"},
	{0x20ac, (const char[]){PAPER_EURO, 0}},
	{0xa3, (const char[]){PAPER_POUND, 0}},
	{0xa5, (const char[]){PAPER_YEN, 0}},
	{0x20b9, (const char[]){PAPER_RUPEE, 0}},
	{0x20a8, (const char[]){PAPER_RUPEE, 0}},
};

static bool is_space(int32_t code_point)
{
	return code_point == ' ' || code_point == 0xa0 || code_point == '\r' ||
	       (code_point >= 0x2000 && code_point <= 0x200a) || code_point == 0x202f ||
	       code_point == 0x3000;
}

static bool is_invisible(int32_t code_point)
{
	return code_point == 0xad || code_point == 0xfeff ||
	       (code_point >= 0x200b && code_point <= 0x200f);
}

/* The folded form of one character in out[4]. */
static size_t fold_character(int32_t code_point, char out[4])
{
	out[0] = ' ';
	if (code_point == '\t' || code_point == '|') { /* separates cells like two blanks */
		out[1] = ' ';
		return 2;
	}
	if (is_space(code_point) || code_point < ' ')
		return 1;
	if (is_invisible(code_point))
		return 0;
	if (code_point < 0x80) {
		out[0] = (char)(code_point >= 'A' && code_point <= 'Z' ? code_point | 0x20
								       : code_point);
		return 1;
	}
	for (size_t i = 0; i < ARRAY_COUNT(folds); i++)
		if (folds[i].code_point == code_point) {
			size_t size = strlen(folds[i].fold);

			memcpy(out, folds[i].fold, size);
			return size;
		}
	out[0] = text_base_letter(code_point);
	if (out[0] == 0)
		out[0] = code_point >= 0x250 && code_point < 0x2000 ? PAPER_OTHER : '~';
	return 1;
}

static void split_cells(struct arena *arena, struct paper_row *row)
{
	struct paper_cell *cells = NULL;
	uint32_t count = 0, capacity = 0, at = 0;

	while (at < row->size) {
		while (at < row->size && row->fold[at] == ' ')
			at++;
		uint32_t from = at;
		while (at < row->size && !(row->fold[at] == ' ' &&
						 (at + 1 >= row->size || row->fold[at + 1] == ' ')))
			at++;
		if (at == from)
			break;
		if (count == capacity) {
			struct paper_cell *more;

			capacity = capacity ? 2 * capacity : 4;
			more = arena_array(arena, struct paper_cell, capacity);
			if (count > 0)
				memcpy(more, cells, count * sizeof *cells);
			cells = more;
		}
		cells[count++] = (struct paper_cell){from, at};
	}
	row->cells = cells;
	row->cell_count = count;
}

static void read_row(struct arena *arena, struct span text, struct span line, struct paper_row *row)
{
	/* a character takes at least as many bytes as folded ones, but for tabs and ss */
	char *fold = arena_alloc(arena, 2 * line.size + 4);
	uint32_t *at = arena_array(arena, uint32_t, 2 * line.size + 4);
	struct span rest = line;
	int32_t code_point;
	uint32_t size = 0;

	while (rest.size > 0) {
		uint32_t begin = (uint32_t)(rest.data - text.data);
		char folded[4];

		if (!text_next(&rest, &code_point))
			break;
		size_t count = fold_character(code_point < 0 ? '?' : code_point, folded);
		for (size_t i = 0; i < count; i++) {
			fold[size] = folded[i];
			at[size++] = begin;
		}
	}
	at[size] = (uint32_t)(line.data - text.data) + (uint32_t)line.size;
	fold[size] = '\0';
	*row = (struct paper_row){.fold = fold, .at = at, .size = size};
	split_cells(arena, row);
}

struct paper paper_read(struct arena *arena, struct span text)
{
	struct lines lines = lines_of(arena, text);
	struct paper paper = {.text = text};
	uint32_t page = 0;

	paper.rows = arena_array(arena, struct paper_row, lines.count);
	for (size_t i = 0; i < lines.count; i++)
		if (lines.items[i].data) {
			page += span_find_byte(lines.items[i], '\f') >= 0;
			read_row(arena, text, lines.items[i], &paper.rows[paper.count]);
			paper.rows[paper.count++].page = page;
		}
	return paper;
}

struct span paper_text(
	const struct paper *paper, const struct paper_row *row, uint32_t from, uint32_t to)
{
	if (to > row->size)
		to = row->size;
	if (from >= to)
		return (struct span){0};
	return line_trim(span_part(paper->text, row->at[from], row->at[to] - row->at[from]));
}
