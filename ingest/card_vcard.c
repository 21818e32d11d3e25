/*
 * card_vcard.c - vCards as cards, and back.
 */
#include "ingest/card.h"
#include "base/text.h"
#include "ingest/vcard.h"

#define X_OWNER		 "X-POSTROOM-OWNER"
#define X_SOURCE	 "X-POSTROOM-SOURCE"
#define X_DO_NOT_CONTACT "X-POSTROOM-DO-NOT-CONTACT"

struct vcard_state {
	struct card *card; /* NULL: outside a card */
	struct card_file *file;
	struct arena *arena;
	struct span n; /* of the property N, for a card without FN */
	bool has_version;
};

typedef void property_read(struct vcard_state *state, const struct vcard_property *property);

static struct span text_of(struct vcard_state *state, const struct vcard_property *property)
{
	return text_clean(state->arena, vcard_text(state->arena, property->value));
}

static void read_version(struct vcard_state *state, const struct vcard_property *property)
{
	struct span version = span_trim(property->value);

	state->has_version = true;
	if (!span_equal(version, SPAN("3.0")) && !span_equal(version, SPAN("4.0")))
		card_fault(state->card, state->arena,
			"it is vCard %.*s; export it as vCard 3.0 or 4.0",
			SPAN_ARG(text_cut(version, 20)));
}

static void read_kind(struct vcard_state *state, const struct vcard_property *property)
{
	struct span kind = span_trim(property->value);

	if (kind.size && !span_equal_fold(kind, SPAN("individual")))
		card_fault(state->card, state->arena, "it is the card of a %.*s, not of a person",
			SPAN_ARG(text_cut(kind, 20)));
}

static void read_fn(struct vcard_state *state, const struct vcard_property *property)
{
	if (!state->card->name.size)
		state->card->name = span_trim(text_of(state, property));
}

/* Family; given; additional; prefixes; suffixes: each may be a list with commas. */
static void read_n(struct vcard_state *state, const struct vcard_property *property)
{
	static const size_t spoken[] = {3, 1, 2, 0, 4};
	struct span parts[5] = {0}, ordered[5], rest = property->value, piece;

	for (size_t i = 0; i < ARRAY_COUNT(parts) && vcard_component(&rest, ';', &piece); i++)
		parts[i] = text_clean(state->arena, vcard_text(state->arena, piece));
	for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
		ordered[i] = parts[spoken[i]];
	state->n = card_name_join(state->arena, ordered, ARRAY_COUNT(ordered));
}

static void read_email(struct vcard_state *state, const struct vcard_property *property)
{
	struct span text = span_trim(text_of(state, property));

	if (span_starts_fold(text, SPAN("mailto:")))
		text = span_after(text, sizeof("mailto:") - 1);
	card_addresses_add(state->card, state->arena, text);
}

static void read_tel(struct vcard_state *state, const struct vcard_property *property)
{
	struct span text = span_trim(text_of(state, property));

	if (span_starts_fold(text, SPAN("tel:")))
		text = span_after(text, sizeof("tel:") - 1);
	card_string_add(&state->card->phones, state->arena, text);
}

/* The organisation; what follows are its units. */
static void read_org(struct vcard_state *state, const struct vcard_property *property)
{
	struct span rest = property->value, piece;
	bool first = !state->card->company.size;

	while (vcard_component(&rest, ';', &piece)) {
		struct span text = text_clean(state->arena, vcard_text(state->arena, piece));

		if (first)
			state->card->company = span_trim(text);
		else
			card_note_add(state->card, state->arena, SPAN("Department"), text);
		first = false;
	}
}

static void read_note(struct vcard_state *state, const struct vcard_property *property)
{
	card_note_add(state->card, state->arena, (struct span){0}, text_of(state, property));
}

static void read_owner(struct vcard_state *state, const struct vcard_property *property)
{
	state->card->owner = text_of(state, property);
}

static void read_source(struct vcard_state *state, const struct vcard_property *property)
{
	state->card->source = text_of(state, property);
}

static void read_do_not_contact(struct vcard_state *state, const struct vcard_property *property)
{
	card_flag_read(state->card, state->arena, text_of(state, property));
}

static void read_nickname(struct vcard_state *state, const struct vcard_property *property)
{
	struct span rest = property->value, piece;

	while (vcard_component(&rest, ',', &piece))
		card_string_add(&state->card->aliases, state->arena,
			text_clean(state->arena, vcard_text(state->arena, piece)));
}

/* Of a property of several components: those that say something, with commas between them. */
static void note_components(
	struct vcard_state *state, const struct vcard_property *property, struct span label)
{
	struct span rest = property->value, piece, text = {"", 0};

	while (vcard_component(&rest, ';', &piece)) {
		piece = span_trim(vcard_text(state->arena, piece));
		if (piece.size)
			text = arena_format(state->arena, "%.*s%s%.*s", SPAN_ARG(text),
				text.size ? ", " : "", SPAN_ARG(piece));
	}
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] == '\n')
			((char *)(size_t)text.data)[i] = ' ';
	card_note_add(state->card, state->arena, label, text_clean(state->arena, text));
}

static void read_nothing(struct vcard_state *state, const struct vcard_property *property)
{
	(void)state;
	(void)property;
}

/* What has a field, what becomes a line of the note, and what says nothing about the person. */
static const struct {
	struct span name;
	property_read *read; /* NULL: a line of the note */
	struct span label;
} properties[] = {
	{SPAN_INIT("VERSION"), read_version, {0}},
	{SPAN_INIT("KIND"), read_kind, {0}},
	{SPAN_INIT("X-ADDRESSBOOKSERVER-KIND"), read_kind, {0}},
	{SPAN_INIT("FN"), read_fn, {0}},
	{SPAN_INIT("N"), read_n, {0}},
	{SPAN_INIT("NICKNAME"), read_nickname, {0}},
	{SPAN_INIT("EMAIL"), read_email, {0}},
	{SPAN_INIT("TEL"), read_tel, {0}},
	{SPAN_INIT("ORG"), read_org, {0}},
	{SPAN_INIT("NOTE"), read_note, {0}},
	{SPAN_INIT(X_OWNER), read_owner, {0}},
	{SPAN_INIT(X_SOURCE), read_source, {0}},
	{SPAN_INIT(X_DO_NOT_CONTACT), read_do_not_contact, {0}},
	{SPAN_INIT("TITLE"), NULL, SPAN_INIT("Title")},
	{SPAN_INIT("ROLE"), NULL, SPAN_INIT("Role")},
	{SPAN_INIT("URL"), NULL, SPAN_INIT("Web")},
	{SPAN_INIT("BDAY"), NULL, SPAN_INIT("Birthday")},
	{SPAN_INIT("ADR"), NULL, SPAN_INIT("Address")},
	{SPAN_INIT("IMPP"), NULL, SPAN_INIT("Chat")},
	{SPAN_INIT("CATEGORIES"), NULL, SPAN_INIT("Categories")},
	{SPAN_INIT("PRODID"), read_nothing, {0}},
	{SPAN_INIT("REV"), read_nothing, {0}},
	{SPAN_INIT("UID"), read_nothing, {0}},
	{SPAN_INIT("SORT-STRING"), read_nothing, {0}},
	{SPAN_INIT("X-ABLABEL"), read_nothing, {0}},
};

static void property_apply(struct vcard_state *state, const struct vcard_property *property)
{
	struct span encoding = vcard_parameter(property, SPAN("ENCODING"));

	if (span_equal_fold(encoding, SPAN("QUOTED-PRINTABLE"))) {
		card_fault(state->card, state->arena,
			"%.*s is in quoted-printable, as vCard 2.1 has it; export it as vCard 3.0",
			SPAN_ARG(text_cut(property->name, 40)));
		return;
	}
	for (size_t i = 0; !encoding.size && i < ARRAY_COUNT(properties); i++) {
		if (!span_equal_fold(property->name, properties[i].name))
			continue;
		if (properties[i].read)
			properties[i].read(state, property);
		else
			note_components(state, property, properties[i].label);
		return;
	}
	card_string_add(&state->file->unread, state->arena, property->name);
}

static void card_close(struct vcard_state *state)
{
	if (!state->has_version)
		card_fault(state->card, state->arena, "it has no VERSION");
	if (!state->card->name.size)
		state->card->name = state->n;
	card_end(state->card);
	state->card = NULL;
}

static bool is_mark(const struct vcard_property *property, struct span name)
{
	return span_equal_fold(property->name, name) &&
	       span_equal_fold(span_trim(property->value), SPAN("VCARD"));
}

static void card_open(struct vcard_state *state, size_t line)
{
	if (state->card) {
		card_fault(state->card, state->arena, "END:VCARD is missing");
		card_close(state);
	}
	state->card = card_add(state->file, state->arena, line, "line");
	state->n = (struct span){0};
	state->has_version = false;
}

bool card_read_vcard(
	struct span text, struct arena *arena, struct card_file *file, struct error *err)
{
	struct vcard_state state = {.file = file, .arena = arena};
	struct vcard_property property;
	struct vcard_reader reader;

	*file = (struct card_file){0};
	if (span_starts(text, SPAN("\xFF\xFE")) || span_starts(text, SPAN("\xFE\xFF")))
		return error_set(err, ERROR_INPUT,
			"the file is UTF-16; convert it with `iconv -f UTF-16 -t UTF-8`");
	vcard_open(&reader, text);
	while (vcard_next(&reader, &property)) {
		if (is_mark(&property, SPAN("BEGIN")))
			card_open(&state, property.line);
		else if (state.card && is_mark(&property, SPAN("END")))
			card_close(&state);
		else if (state.card && property.name.size)
			property_apply(&state, &property);
		else if (state.card)
			card_fault(state.card, arena, "line %zu has no colon", property.line);
	}
	if (state.card) {
		card_fault(state.card, arena, "END:VCARD is missing");
		card_close(&state);
	}
	vcard_close(&reader);
	return true;
}

/* ---------------------------------------------------------------- writing */

static void append_all(struct buffer *out, const char *name, const struct card_strings *strings)
{
	for (size_t i = 0; i < strings->count; i++)
		vcard_append(out, name, strings->items[i]);
}

/* RFC 2426 wants N: the last word is taken for the family's name, as address books do. */
static void append_n(struct buffer *out, struct span name)
{
	ptrdiff_t blank = span_rfind_byte(name, ' ');
	struct span parts[5] = {span_after(name, (size_t)(blank + 1))};

	if (blank > 0)
		parts[1] = span_part(name, 0, (size_t)blank);
	vcard_append_parts(out, "N", parts, ARRAY_COUNT(parts));
}

void card_write_vcard(struct buffer *out, const struct card *card)
{
	buffer_append_string(out, "BEGIN:VCARD\r\nVERSION:3.0\r\n");
	vcard_append(out, "FN", card->name);
	append_n(out, card->name);
	append_all(out, "NICKNAME", &card->aliases);
	vcard_append(out, "ORG", card->company);
	append_all(out, "EMAIL", &card->addresses);
	append_all(out, "TEL", &card->phones);
	vcard_append(out, X_OWNER, card->owner);
	vcard_append(out, X_SOURCE, card->source);
	vcard_append(out, X_DO_NOT_CONTACT, card->do_not_contact ? SPAN("yes") : SPAN(""));
	vcard_append(out, "NOTE", card->note);
	buffer_append_string(out, "END:VCARD\r\n");
}
