/*
 * card_json.c - what `contact export --format json` wrote, as cards again.
 */
#include <jansson.h>

#include "base/text.h"
#include "ingest/card.h"

static struct span string_of(const json_t *object, const char *key, struct arena *arena)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return (struct span){0};
	return text_clean(arena, arena_copy(arena, (struct span){json_string_value(value),
							   json_string_length(value)}));
}

static void strings_of(const json_t *object, const char *key, struct card *card,
	struct arena *arena, void (*add)(struct card *, struct arena *, struct span))
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(object, key), i, one)
	{
		if (json_is_string(one))
			add(card, arena, text_clean(arena, span_from(json_string_value(one))));
		else
			card_fault(card, arena, "`%s` holds something that is no text", key);
	}
}

static void phone_add(struct card *card, struct arena *arena, struct span text)
{
	card_string_add(&card->phones, arena, text);
}

static void alias_add(struct card *card, struct arena *arena, struct span text)
{
	card_string_add(&card->aliases, arena, text);
}

static void entry_read(struct card *card, const json_t *entry, struct arena *arena)
{
	if (!json_is_object(entry)) {
		card_fault(card, arena, "it is no object");
		return;
	}
	card->name = string_of(entry, "name", arena);
	card->company = string_of(entry, "company", arena);
	card->owner = string_of(entry, "owner", arena);
	card->source = string_of(entry, "source", arena);
	card->note = string_of(entry, "note", arena);
	card->do_not_contact = json_is_true(json_object_get(entry, "do_not_contact"));
	strings_of(entry, "addresses", card, arena, card_addresses_add);
	strings_of(entry, "phones", card, arena, phone_add);
	strings_of(entry, "aliases", card, arena, alias_add);
	card_end(card);
}

bool card_read_json(
	struct span text, struct arena *arena, struct card_file *file, struct error *err)
{
	json_error_t fault;
	json_t *array, *entry;
	size_t i;

	*file = (struct card_file){0};
	if (span_starts(text, SPAN("\xEF\xBB\xBF")))
		text = span_after(text, 3);
	array = json_loadb(text.data, text.size, JSON_REJECT_DUPLICATES, &fault);
	if (!array)
		return error_set(err, ERROR_INPUT, "line %d: %s", fault.line, fault.text);
	if (!json_is_array(array)) {
		json_decref(array);
		return error_set(err, ERROR_INPUT, "it is no list of contacts");
	}
	json_array_foreach(array, i, entry)
		entry_read(card_add(file, arena, i + 1, "entry"), entry, arena);
	json_decref(array);
	return true;
}
