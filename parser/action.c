#include "parser/action.h"

#include "parser/day.h"
#include "parser/limits.h"
#include "parser/lines.h"

#define NAME_WIDTH_MAX 40
#define NAME_WORDS_MAX 4

static const struct span default_prefixes[] = {
	SPAN_INIT("Balean Board Meeting action:"), SPAN_INIT("Action:")};

/* The words in front of the day something is due. */
static const char *const due_words[] = {"by", "until", "till", "before", "due", "bis", "voor",
	"tegen", "uiterlijk", "avant", "d'ici", "d’ici"};

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Bytes of one mark at the front that is no text: a bullet, a number, a box, a border. */
static size_t mark_size(struct span line)
{
	static const struct span marks[] = {SPAN_INIT("[ ]"), SPAN_INIT("[x]"), SPAN_INIT("[X]"),
		SPAN_INIT("[]"), SPAN_INIT("( )"), SPAN_INIT("(x)"), SPAN_INIT("- "),
		SPAN_INIT("o "), SPAN_INIT("\xe2\x80\xa2"), SPAN_INIT("\xe2\x80\xa3"),
		SPAN_INIT("\xc2\xb7"), SPAN_INIT("\xe2\x96\xaa"), SPAN_INIT("\xe2\x96\xa0"),
		SPAN_INIT("\xe2\x97\x8f"), SPAN_INIT("\xe2\x97\xa6"), SPAN_INIT("\xe2\x80\x93"),
		SPAN_INIT("\xe2\x80\x94"), SPAN_INIT("\xe2\x98\x90"), SPAN_INIT("\xe2\x98\x91"),
		SPAN_INIT("\xe2\x98\x92"), SPAN_INIT("\xe2\x9c\x93"), SPAN_INIT("\xe2\x9c\x94"),
		SPAN_INIT("\xe2\x9e\xa4"), SPAN_INIT("\xe2\x86\x92"), SPAN_INIT("\xe2\x94\x82"),
		SPAN_INIT("\xef\x82\xb7"), SPAN_INIT("->"), SPAN_INIT("=>")};
	size_t digits = 0;

	if (line.size > 0 && memchr(">|*+-#_", line.data[0], 7))
		return 1;
	for (size_t i = 0; i < ARRAY_COUNT(marks); i++)
		if (span_starts(line, marks[i]))
			return marks[i].size;
	while (digits < line.size && digits < 4 &&
		(is_digit(line.data[digits]) ||
			(digits > 0 && line.data[digits] == '.' && digits + 1 < line.size &&
				is_digit(line.data[digits + 1]))))
		digits++;
	/* "1.", "2)", "3.1", "a)" */
	if (digits > 0 && digits < line.size && memchr(".): ", line.data[digits], 4))
		return digits + 1;
	bool letter = line.size > 2 && line.data[0] >= 'a' && line.data[0] <= 'z' &&
		      memchr(".)", line.data[1], 2) && line.data[2] == ' ';
	return letter ? 2 : 0;
}

static struct span without_marks(struct span line)
{
	size_t size;

	line = line_trim(line);
	while ((size = mark_size(line)) > 0)
		line = line_trim(span_after(line, size));
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

/*
 * The last "by DATE" that the line ends with; *begin is where it begins. Without a day to count
 * from only a date that has its year counts: read from two days, it must be the same.
 */
static struct date due_of(struct span text, struct date from, size_t *begin)
{
	for (size_t at = text.size; at-- > 0;) {
		for (size_t i = 0; i < ARRAY_COUNT(due_words); i++) {
			struct span word = span_from(due_words[i]);
			struct date day, other;
			size_t taken;

			if (!is_word_at(text, at, word))
				continue;
			struct span rest = span_after(text, at + word.size);
			if (span_starts(rest, SPAN(":")))
				rest = span_after(rest, 1);
			struct date base = date_is_set(from) ? from : (struct date){2000, 1, 1};
			if (!day_read(rest, base, &day, &taken) ||
				!is_tail(span_after(rest, taken)))
				continue;
			if (!date_is_set(from) &&
				(!day_read(rest, (struct date){2015, 6, 17}, &other, &taken) ||
					date_compare(day, other) != 0))
				continue;
			*begin = at;
			return day;
		}
	}
	*begin = text.size;
	return (struct date){0};
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
	struct span name =
		line_trim(span_part(rest, (size_t)open + 1, rest.size - (size_t)open - 2));
	if (span_starts(name, SPAN("@")))
		name = span_after(name, 1);
	return looks_like_name(name) ? name : (struct span){0};
}

static struct date day_of(const struct facts_time *time)
{
	const int64_t day_ms = 86400000;
	int64_t local = time->instant_ms + time->offset_minutes * INT64_C(60000);

	return time->present ? date_from_days(local / day_ms - (local % day_ms < 0))
			     : (struct date){0};
}

static bool is_known(const struct facts *facts, struct span text)
{
	for (size_t i = 0; i < facts->action_count; i++)
		if (span_equal(facts->actions[i].text, text))
			return true;
	return false;
}

static void add_action(
	struct span line, struct span prefix, struct arena *arena, struct facts *facts)
{
	struct span text = line_trim(span_part(line, 0, ACTION_BYTES_MAX));
	struct span content = line_trim(span_after(text, prefix.size));
	size_t due_begin;

	if (content.size == 0 || facts->action_count >= ACTIONS_MAX || is_known(facts, text))
		return;
	while (content.size > 0 && memchr("*_", content.data[0], 2))
		content = line_trim(span_after(content, 1));
	struct facts_action *action = &facts->actions[facts->action_count++];
	action->text = arena_copy(arena, text);
	action->due = due_of(content, day_of(&facts->date), &due_begin);
	action->assignee = leading_name(content);
	if (action->assignee.size == 0)
		action->assignee = trailing_name(content);
	if (action->assignee.size == 0 && due_begin < content.size)
		action->assignee = trailing_name(span_part(content, 0, due_begin));
	action->assignee = arena_copy(arena, action->assignee);
}

static void read_cell(struct span cell, const struct span *prefixes, size_t prefix_count,
	struct arena *arena, struct facts *facts)
{
	struct span line = without_marks(cell);

	for (size_t i = 0; i < prefix_count; i++) {
		if (prefixes[i].size == 0 || !span_starts_fold(line, prefixes[i]))
			continue;
		add_action(line, prefixes[i], arena, facts);
		return;
	}
}

void actions_read(struct span text, const struct parse_options *options, struct arena *arena,
	struct facts *facts)
{
	const struct span *prefixes = options->action_prefixes;
	size_t prefix_count = options->action_prefix_count;
	struct span rest = text, line, cell;

	if (prefix_count == 0) {
		prefixes = default_prefixes;
		prefix_count = ARRAY_COUNT(default_prefixes);
	}
	bool any = false;
	for (size_t i = 0; i < prefix_count; i++)
		any |= prefixes[i].size > 0 && span_find_fold(text, prefixes[i]) >= 0;
	if (!any)
		return;
	if (!facts->actions)
		facts->actions = arena_array(arena, struct facts_action, ACTIONS_MAX);
	while (span_next_line(&rest, &line)) {
		/* a row of a table: each cell is a line of its own */
		char separator = span_starts(line_trim(line), SPAN("|")) ? '|' : '\t';
		struct span cells = line;

		while (span_next(&cells, separator, &cell))
			read_cell(cell, prefixes, prefix_count, arena, facts);
	}
}
