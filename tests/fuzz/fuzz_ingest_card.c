/*
 * Any bytes as vCards, and as a table with a map: what was read without a fault is written as a
 * vCard and as a row that say the same again.
 */
#include "base/text.h"
#include "ingest/card.h"
#include "tests/fuzz/fuzz.h"

static bool same_strings(const struct card_strings *a, const struct card_strings *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!span_equal(a->items[i], b->items[i]))
			return false;
	return true;
}

/* Control characters are not written: cards without them come back as they were. */
static bool is_plain(struct span text)
{
	struct buffer line = {0};
	bool plain;

	text_escape_line(&line, text);
	plain = span_equal(buffer_span(&line), text);
	buffer_done(&line);
	return plain;
}

static bool all_plain(const struct card *card)
{
	const struct card_strings *lists[] = {&card->addresses, &card->phones, &card->aliases};
	const struct span texts[] = {
		card->name, card->company, card->owner, card->source, card->note};

	for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
		if (!is_plain(texts[i]))
			return false;
	for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			if (!is_plain(lists[i]->items[j]))
				return false;
	return true;
}

static void check_again(const struct card *card)
{
	struct buffer written = {0};
	struct arena arena = {0};
	struct card_file again;
	struct error err;

	card_write_vcard(&written, card);
	fuzz_must(card_read_vcard(buffer_span(&written), &arena, &again, &err));
	fuzz_must(again.count == 1);
	if (all_plain(card) && !again.cards[0].fault.size) {
		fuzz_must(span_equal(again.cards[0].name, card->name));
		fuzz_must(span_equal(span_trim(again.cards[0].note), span_trim(card->note)));
		fuzz_must(same_strings(&again.cards[0].addresses, &card->addresses));
		fuzz_must(same_strings(&again.cards[0].phones, &card->phones));
	}
	buffer_clear(&written);
	card_write_csv_head(&written);
	card_write_csv(&written, card);
	fuzz_must(card_read_csv(buffer_span(&written), (struct span){0}, &arena, &again, &err));
	if (all_plain(card) && again.count == 1 && !again.cards[0].fault.size)
		fuzz_must(span_equal(again.cards[0].name, card->name));
	buffer_done(&written);
	arena_done(&arena);
}

static void check_file(const struct card_file *file)
{
	for (size_t i = 0; i < file->count && i < 100; i++) {
		fuzz_must(text_is_utf8(file->cards[i].name));
		fuzz_must(text_is_utf8(file->cards[i].note));
		if (!file->cards[i].fault.size)
			check_again(&file->cards[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct span map =
		SPAN_INIT("column,field\nname,name\na,address\np,phone\nn,note\nl,note-line\nd,do-"
			  "not-contact\n"
			  "g,given-name\nf,family-name\nc,company\nx,alias\n");
	struct span text = fuzz_span(data, size);
	struct arena arena = {0};
	struct card_file file;
	struct error err;

	if (card_read_vcard(text, &arena, &file, &err))
		check_file(&file);
	if (card_read_csv(text, map, &arena, &file, &err))
		check_file(&file);
	if (card_read_json(text, &arena, &file, &err))
		check_file(&file);
	arena_done(&arena);
	return 0;
}
