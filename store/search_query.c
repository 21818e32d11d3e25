#include "store/search_query.h"

#include "base/date.h"
#include "base/text.h"

/* More words than a person types; the index's expressions have a depth. */
#define MAX_WORDS 64
#define DAY_MS	  86400000

struct term {
	bool excluded, prefix, quoted;
	struct span filter, text; /* filter without its colon, empty: none */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

static void skip_blanks(struct span *rest)
{
	while (rest->size && is_blank(rest->data[0]))
		*rest = span_after(*rest, 1);
}

static const char *const filters[] = {"from", "to", "contact", "since", "until", "state", "kind"};

/* "from:" and its like; anything else before a colon is part of a word. */
static struct span take_filter(struct span *rest)
{
	for (size_t i = 0; i < ARRAY_COUNT(filters); i++) {
		struct span name = span_from(filters[i]);

		if (rest->size > name.size && rest->data[name.size] == ':' &&
			span_starts_fold(*rest, name)) {
			*rest = span_after(*rest, name.size + 1);
			return name;
		}
	}
	return (struct span){0};
}

/* Up to the closing quote, or to the end when there is none. */
static struct span take_quoted(struct span *rest)
{
	struct span inside = span_after(*rest, 1);
	ptrdiff_t end = span_find_byte(inside, '"');
	struct span text = end < 0 ? inside : span_part(inside, 0, (size_t)end);

	*rest = end < 0 ? span_after(inside, inside.size) : span_after(inside, (size_t)end + 1);
	return text;
}

static struct span take_word(struct span *rest)
{
	size_t size = 0;
	struct span word;

	while (size < rest->size && !is_blank(rest->data[size]))
		size++;
	word = span_part(*rest, 0, size);
	*rest = span_after(*rest, size);
	return word;
}

static bool next_term(struct span *rest, struct term *term)
{
	*term = (struct term){0};
	skip_blanks(rest);
	if (!rest->size)
		return false;
	if (rest->data[0] == '-' && rest->size > 1 && !is_blank(rest->data[1])) {
		term->excluded = true;
		*rest = span_after(*rest, 1);
	}
	term->filter = take_filter(rest);
	if (rest->size && rest->data[0] == '"') {
		term->quoted = true;
		term->text = take_quoted(rest);
		if (rest->size && rest->data[0] == '*') {
			term->prefix = true;
			*rest = span_after(*rest, 1);
		}
		return true;
	}
	term->text = take_word(rest);
	if (term->text.size > 1 && term->text.data[term->text.size - 1] == '*') {
		term->prefix = true;
		term->text.size--;
	}
	return true;
}

static bool read_day(const struct term *term, bool next_day, int64_t *ms, struct error *err)
{
	struct date date;

	if (!date_from_text(term->text, &date))
		return error_set(err, ERROR_INPUT,
			"%.*s:%.*s is no date; write it as %.*s:2026-11-21", SPAN_ARG(term->filter),
			SPAN_ARG(term->text), SPAN_ARG(term->filter));
	*ms = (date_to_days(date) + next_day) * DAY_MS;
	/* 0 means any: the first millisecond of 1970 is as good. */
	*ms += *ms == 0;
	return true;
}

static bool read_state(const struct term *term, struct span *state, struct error *err)
{
	static const char *const states[] = {
		"received", "dead", "quarantined", "waiting", "filed", "ignored", "erased"};

	for (size_t i = 0; i < ARRAY_COUNT(states); i++)
		if (span_equal_fold(term->text, span_from(states[i]))) {
			*state = span_from(states[i]);
			return true;
		}
	return error_set(err, ERROR_INPUT,
		"state:%.*s is no state; there are received, dead, quarantined, waiting, filed, "
		"ignored and erased",
		SPAN_ARG(term->text));
}

/* A quoted string of FTS5 holds anything; quotes in it are doubled. */
void search_query_phrase(struct buffer *out, struct span text)
{
	buffer_append_byte(out, '"');
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '"')
			buffer_append_byte(out, '"');
		buffer_append_byte(out, text.data[i]);
	}
	buffer_append_byte(out, '"');
}

static bool read_kind(struct search_query *query, const struct term *term, struct error *err)
{
	static const char *const kinds[] = {"mail", "note", "call", "meeting", "article"};

	for (size_t i = 0; i < ARRAY_COUNT(kinds); i++)
		if (span_equal_fold(term->text, span_from(kinds[i]))) {
			query->kind = span_from(kinds[i]);
			return true;
		}
	return error_set(err, ERROR_INPUT,
		"kind:%.*s is no kind; there are mail, note, call, meeting and article",
		SPAN_ARG(term->text));
}

static bool read_contact(
	struct search_query *query, const struct term *term, struct arena *arena, struct error *err)
{
	if (query->contact.size)
		return error_set(err, ERROR_INPUT, "contact: can stand once");
	query->contact = text_fold(arena, term->text);
	query->contact_address = text_fold_address(arena, term->text);
	return query->contact.size || error_set(err, ERROR_INPUT, "contact: needs a name");
}

static void append_phrase(struct buffer *out, const struct term *term, const char *join)
{
	if (out->size)
		buffer_append_string(out, join);
	if (span_equal(term->filter, SPAN("from")))
		buffer_append_string(out, "sender : ");
	else if (span_equal(term->filter, SPAN("to")))
		buffer_append_string(out, "recipients : ");
	search_query_phrase(out, term->text);
	if (term->prefix)
		buffer_append_string(out, " *");
}

/* For what people wrote: from: is the user, to: nobody. */
static void take_for_notes(struct search_query *query, const struct term *term)
{
	if (!term->filter.size)
		append_phrase(term->excluded ? &query->note_unwanted : &query->note_wanted, term,
			term->excluded ? " OR " : " ");
	else if (span_equal(term->filter, SPAN("from")) && !term->excluded && !query->from.size)
		query->from = term->text;
	else if (!term->excluded)
		query->mail_only = true;
}

static bool take_term(
	struct search_query *query, const struct term *term, struct arena *arena, struct error *err)
{
	bool is_day =
		span_equal(term->filter, SPAN("since")) || span_equal(term->filter, SPAN("until"));
	bool is_state = span_equal(term->filter, SPAN("state"));
	bool is_kind = span_equal(term->filter, SPAN("kind"));
	bool is_contact = span_equal(term->filter, SPAN("contact"));

	if (term->filter.size && span_is_empty(term->text))
		return error_set(err, ERROR_INPUT, "%.*s: needs a value right behind it",
			SPAN_ARG(term->filter));
	if ((is_day || is_state || is_kind || is_contact) && term->excluded)
		return error_set(err, ERROR_INPUT, "-%.*s: cannot be excluded; name what you want",
			SPAN_ARG(term->filter));
	if (is_kind)
		return read_kind(query, term, err);
	if (is_contact)
		return read_contact(query, term, arena, err);
	query->mail_only |= is_state;
	if (is_state)
		return read_state(term, &query->state, err);
	if (is_day && span_equal(term->filter, SPAN("since")))
		return read_day(term, false, &query->since_ms, err);
	if (is_day)
		return read_day(term, true, &query->until_ms, err);
	append_phrase(term->excluded ? &query->unwanted : &query->wanted, term,
		term->excluded ? " OR " : " ");
	take_for_notes(query, term);
	return true;
}

void search_query_done(struct search_query *query)
{
	buffer_done(&query->wanted);
	buffer_done(&query->unwanted);
	buffer_done(&query->note_wanted);
	buffer_done(&query->note_unwanted);
}

bool search_query_read(
	struct span text, struct arena *arena, struct search_query *query, struct error *err)
{
	struct span rest = text_clean(arena, text);
	struct term term;
	int words = 0;

	*query = (struct search_query){0};
	while (next_term(&rest, &term)) {
		if (++words > MAX_WORDS)
			return error_set(
				err, ERROR_INPUT, "a search has at most %d words", MAX_WORDS);
		if (!take_term(query, &term, arena, err))
			return false;
	}
	return words || error_set(err, ERROR_INPUT, "there is nothing to search for");
}
