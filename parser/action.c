#include "parser/action.h"

#include "parser/day.h"
#include "parser/limits.h"
#include "parser/lines.h"
#include "parser/prefix.h"

#define NAME_WIDTH_MAX 40
#define NAME_WORDS_MAX 4
/* More columns has no table of minutes. */
#define CELLS_MAX 16
/* A line that was broken is nearly as long as lines may be; 72 and 76 are usual. */
#define WRAPPED_WIDTH_MIN 56
#define WRAPPED_LINES_MAX 4

static const struct span default_prefixes[] = {
	SPAN_INIT("Balean Board Meeting action:"), SPAN_INIT("Action:")};

/* The words in front of the day something is due. */
static const char *const due_words[] = {"by", "until", "till", "before", "due", "bis", "voor",
	"tegen", "uiterlijk", "avant", "d'ici", "d’ici"};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Borders and emphasis off the end. */
static struct span without_tail(struct span line)
{
	line = line_trim(line);
	while (line.size > 0 && memchr("|*_", line.data[line.size - 1], 3))
		line = line_trim(span_part(line, 0, line.size - 1));
	return line;
}

static bool is_capital(struct span word)
{
	return word.size > 0 && ((word.data[0] >= 'A' && word.data[0] <= 'Z') ||
					(unsigned char)word.data[0] >= 0xc3);
}

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (unsigned char)byte >= 0x80 || memchr(" .-'&/,", byte, 7) || is_digit(byte);
}

/* A few words of letters, the first one capitalised, or one word. */
static bool looks_like_name(struct span text)
{
	struct span rest = text, word;
	size_t words = 0;

	if (text.size == 0 || text.size > NAME_WIDTH_MAX || is_digit(text.data[0]))
		return false;
	for (size_t i = 0; i < text.size; i++)
		if (!is_name_byte(text.data[i]))
			return false;
	while (span_next(&rest, ' ', &word))
		words += word.size > 0;
	return words == 1 || (words <= NAME_WORDS_MAX && is_capital(text));
}

/* "@anna …" or "Anna: …" in front of what is to do. */
static struct span leading_name(struct span text)
{
	ptrdiff_t colon = span_find_byte(text, ':');

	if (span_starts(text, SPAN("@"))) {
		size_t end = 1;

		while (end < text.size && is_name_byte(text.data[end]) && text.data[end] != ' ' &&
			text.data[end] != ',')
			end++;
		struct span name = span_part(text, 1, end - 1);
		while (span_ends(name, SPAN(".")))
			name.size--;
		return name;
	}
	if (colon <= 0 || span_starts(span_after(text, (size_t)colon + 1), SPAN("/")) ||
		((size_t)colon + 1 < text.size && is_digit(text.data[colon + 1])))
		return (struct span){0};
	struct span name = line_trim(span_part(text, 0, (size_t)colon));
	return is_capital(name) && looks_like_name(name) ? name : (struct span){0};
}

static bool is_word_at(struct span text, size_t at, struct span word)
{
	bool begins = at == 0 || memchr(" (,;-", text.data[at - 1], 5);
	size_t end = at + word.size;

	return begins && span_starts_fold(span_after(text, at), word) &&
	       (end >= text.size || text.data[end] == ' ' || text.data[end] == ':');
}

/* Nothing of weight: punctuation, or a name in parentheses. */
static bool is_tail(struct span rest)
{
	struct span text = line_trim(rest);

	while (text.size > 0 && memchr(".,;!)", text.data[0], 5))
		text = line_trim(span_after(text, 1));
	if (text.size == 0)
		return true;
	return text.data[0] == '(' && span_find_byte(text, ')') > 0 &&
	       line_trim(span_after(text, (size_t)span_find_byte(text, ')') + 1)).size <= 1;
}

/* The last "by DATE" that the line ends with; *begin is where it begins. */
static struct date due_of(struct span text, struct date from, size_t *begin)
{
	for (size_t at = text.size; at-- > 0;) {
		for (size_t i = 0; i < ARRAY_COUNT(due_words); i++) {
			struct span word = span_from(due_words[i]);
			struct date day;
			size_t taken;

			if (!is_word_at(text, at, word))
				continue;
			struct span rest = span_after(text, at + word.size);
			if (span_starts(rest, SPAN(":")))
				rest = span_after(rest, 1);
			if (!day_read_certain(rest, from, &day, &taken) ||
				!is_tail(span_after(rest, taken)))
				continue;
			*begin = at;
			return day;
		}
	}
	*begin = text.size;
	return (struct date){0};
}

/* The name that the parentheses begin with: "Bram, by 4 December" → "Bram". */
static struct span name_in(struct span text)
{
	struct span name = line_trim(text);

	if (span_starts(name, SPAN("@")))
		name = span_after(name, 1);
	for (size_t at = 1; at < name.size; at++) {
		for (size_t i = 0; i < ARRAY_COUNT(due_words); i++) {
			if (!is_word_at(name, at, span_from(due_words[i])))
				continue;
			name = line_trim(span_part(name, 0, at));
			while (name.size > 0 && memchr(",;-", name.data[name.size - 1], 3))
				name = line_trim(span_part(name, 0, name.size - 1));
			return name;
		}
	}
	return name;
}

/* "(Anna)" that ends the text, the date behind it left out. */
static struct span trailing_name(struct span text)
{
	struct span rest = line_trim(text);

	while (rest.size > 0 && memchr(".,;", rest.data[rest.size - 1], 3))
		rest = line_trim(span_part(rest, 0, rest.size - 1));
	if (!span_ends(rest, SPAN(")")))
		return (struct span){0};
	ptrdiff_t open = span_rfind_byte(rest, '(');
	if (open < 0)
		return (struct span){0};
	struct span name = name_in(span_part(rest, (size_t)open + 1, rest.size - (size_t)open - 2));
	return looks_like_name(name) ? name : (struct span){0};
}

static bool is_known(const struct facts *facts, struct span text)
{
	for (size_t i = 0; i < facts->action_count; i++)
		if (span_equal(facts->actions[i].text, text))
			return true;
	return false;
}

/* What a column of a table of minutes holds, by its heading in four languages. */
static const char *const who_headings[] = {"who", "owner", "assignee", "assigned to", "responsible",
	"name", "wer", "verantwortlich", "zuständig", "zustaendig", "person", "wie", "naam",
	"verantwoordelijke", "verantwoordelijk", "actiehouder", "eigenaar", "qui", "responsable",
	"nom"};
static const char *const due_headings[] = {"due", "due date", "when", "by", "by when", "deadline",
	"date", "target date", "wann", "bis", "bis wann", "termin", "fällig", "frist", "datum",
	"wanneer", "voor", "gereed", "vóór", "quand", "échéance", "pour le", "délai"};

/* One line of a table, or of no table: then it is the one cell. */
struct row {
	struct span cells[CELLS_MAX];
	size_t count;
};

/* The columns that a heading named, CELLS_MAX: none. */
struct columns {
	size_t who, due;
};

/* Cells of an action's row that say what the line itself does not. */
struct reader {
	const struct span *prefixes;
	size_t prefix_count;
	struct arena *arena;
	struct facts *facts;
	struct columns columns;
};

static struct row row_of(struct span line)
{
	/* "| a | b |", or tabs as a page's table is written */
	char separator = span_starts(line_trim(line), SPAN("|")) ? '|' : '\t';
	struct span rest = separator == '|' ? span_after(line_trim(line), 1) : line;
	struct row row = {.count = 0};

	while (row.count < CELLS_MAX && span_next(&rest, separator, &row.cells[row.count]))
		row.count++;
	return row;
}

static bool is_heading(struct span cell, const char *const *headings, size_t count)
{
	cell = without_tail(cell);
	while (cell.size > 0 && memchr("*_", cell.data[0], 2))
		cell = line_trim(span_after(cell, 1));
	if (span_ends(cell, SPAN(":")) || span_ends(cell, SPAN("?")))
		cell = line_trim(span_part(cell, 0, cell.size - 1));
	for (size_t i = 0; i < count; i++)
		if (span_equal_fold(cell, span_from(headings[i])))
			return true;
	return false;
}

/*
 * A row that names columns; the rows below keep what it named, also with empty lines between them,
 * as pages of Word have them.
 */
static void columns_learn(struct columns *columns, const struct row *row)
{
	struct columns found = {CELLS_MAX, CELLS_MAX};

	if (row->count < 2) {
		if (!line_is_blank(row->cells[0]))
			*columns = found;
		return;
	}
	for (size_t i = row->count; i-- > 0;) {
		if (is_heading(row->cells[i], who_headings, ARRAY_COUNT(who_headings)))
			found.who = i;
		else if (is_heading(row->cells[i], due_headings, ARRAY_COUNT(due_headings)))
			found.due = i;
	}
	if (found.who < CELLS_MAX || found.due < CELLS_MAX)
		*columns = found;
}

static struct span cell_of(const struct row *row, size_t column)
{
	return column < row->count ? without_tail(row->cells[column]) : (struct span){0};
}

static void fill_from_row(
	struct facts_action *action, const struct row *row, const struct reader *reader)
{
	struct span who = name_in(cell_of(row, reader->columns.who));
	struct span due = cell_of(row, reader->columns.due);
	struct date day;
	size_t taken;

	if (action->assignee.size == 0 && looks_like_name(who))
		action->assignee = who;
	if (!date_is_set(action->due) && due.size > 0 &&
		day_read_certain(due, facts_day(&reader->facts->date), &day, &taken) &&
		is_tail(span_after(due, taken)))
		action->due = day;
}

/* The prefix and what is to do; emphasis that ended with the prefix left out. May be the line. */
static struct span action_text(struct arena *arena, struct span line, size_t prefix_bytes)
{
	struct span content = line_trim(span_after(line, prefix_bytes));
	struct span bare = content;

	while (bare.size > 0 && memchr("*_", bare.data[0], 2))
		bare = line_trim(span_after(bare, 1));
	if (bare.size == content.size)
		return line;
	return arena_format(
		arena, "%.*s %.*s", SPAN_ARG(span_part(line, 0, prefix_bytes)), SPAN_ARG(bare));
}

static void add_action(
	const struct reader *reader, struct span line, size_t prefix_bytes, const struct row *row)
{
	struct facts *facts = reader->facts;

	if (facts->action_count >= ACTIONS_MAX)
		return;
	struct span text = action_text(
		reader->arena, without_tail(span_part(line, 0, ACTION_BYTES_MAX)), prefix_bytes);
	struct span content = line_trim(span_after(text, prefix_bytes));
	size_t due_begin;

	if (content.size == 0 || is_known(facts, text))
		return;
	struct facts_action *action = &facts->actions[facts->action_count++];
	action->text = arena_copy(reader->arena, text);
	action->due = due_of(content, facts_day(&facts->date), &due_begin);
	action->assignee = leading_name(content);
	if (action->assignee.size == 0)
		action->assignee = trailing_name(content);
	if (action->assignee.size == 0 && due_begin < content.size)
		action->assignee = trailing_name(span_part(content, 0, due_begin));
	fill_from_row(action, row, reader);
	action->assignee = arena_copy(reader->arena, action->assignee);
}

/* The cell from its prefix on; empty: it begins with none. */
static struct span action_line(const struct reader *reader, struct span cell, size_t *prefix_bytes)
{
	struct span line = line_trim(cell);

	for (size_t i = 0; i < reader->prefix_count; i++) {
		ptrdiff_t at = prefix_find(line, reader->prefixes[i], prefix_bytes);

		if (at >= 0)
			return span_after(line, (size_t)at);
	}
	return (struct span){0};
}

static void read_cell(const struct reader *reader, struct span cell, const struct row *row)
{
	size_t prefix_bytes = 0;
	struct span line = action_line(reader, cell, &prefix_bytes);

	if (line.size > 0)
		add_action(reader, line, prefix_bytes, row);
}

/*
 * Mail programs break long lines at some 72 columns: the next line goes on with this one's
 * sentence, in lower case or in parentheses, and is no item of its own.
 */
static bool goes_on(struct span line, struct span next)
{
	struct span content;

	line = line_trim(line);
	if (line.size < WRAPPED_WIDTH_MIN || memchr(".!?;:|", line.data[line.size - 1], 6))
		return false;
	line_quote_depth(next, &content);
	content = line_trim(content);
	if (content.size == 0 || span_find_byte(content, '\t') >= 0)
		return false;
	struct span rest = content, word = {0};
	span_next(&rest, ' ', &word);
	return !prefix_is_enumerator(word) &&
	       ((content.data[0] >= 'a' && content.data[0] <= 'z') || content.data[0] == '(');
}

/* The action's line with those that it was broken into; *rest behind them. */
static struct span unwrapped(const struct reader *reader, struct span line, struct span *rest)
{
	struct span after = *rest, last = line, next, content;

	for (int lines = 1; lines < WRAPPED_LINES_MAX && span_next_line(&after, &next); lines++) {
		if (!goes_on(last, next))
			break;
		line_quote_depth(next, &content);
		line = arena_format(reader->arena, "%.*s %.*s", SPAN_ARG(line_trim(line)),
			SPAN_ARG(line_trim(content)));
		last = next;
		*rest = after;
	}
	return line;
}

/* Some prefix may stand in the text: its first word does. */
static bool may_have_actions(const struct reader *reader, struct span text)
{
	for (size_t i = 0; i < reader->prefix_count; i++) {
		struct span rest = reader->prefixes[i], word = {0};

		span_next(&rest, ' ', &word);
		if (span_ends(word, SPAN(":")) && word.size > 1)
			word.size--;
		if (word.size > 0 && span_find_fold(text, word) >= 0)
			return true;
	}
	return false;
}

void actions_read(struct span text, const struct parse_options *options, struct arena *arena,
	struct facts *facts)
{
	struct reader reader = {options->action_prefixes, options->action_prefix_count, arena,
		facts, {CELLS_MAX, CELLS_MAX}};
	struct span rest = text, line;

	if (reader.prefix_count == 0) {
		reader.prefixes = default_prefixes;
		reader.prefix_count = ARRAY_COUNT(default_prefixes);
	}
	if (!may_have_actions(&reader, text))
		return;
	if (!facts->actions)
		facts->actions = arena_array(arena, struct facts_action, ACTIONS_MAX);
	while (span_next_line(&rest, &line)) {
		struct row row = row_of(line);
		size_t prefix_bytes;

		if (row.count == 1 && line.size <= ACTION_BYTES_MAX &&
			facts->action_count < ACTIONS_MAX &&
			action_line(&reader, line, &prefix_bytes).size > 0)
			row.cells[0] = unwrapped(&reader, line, &rest);
		columns_learn(&reader.columns, &row);
		for (size_t i = 0; i < row.count; i++)
			read_cell(&reader, row.cells[i], &row);
	}
}
