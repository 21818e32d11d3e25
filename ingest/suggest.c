#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "ingest/match.h"
#include "ingest/resolve.h"
#include "ingest/stored_facts.h"
#include "store/company.h"
#include "store/contact.h"

#define SUGGESTIONS_MAX 12
/* Parts of names that are worth searching for. */
#define WORD_MIN_BYTES 3
#define SIMILAR_MAX    5

struct suggester {
	struct intake *intake;
	const struct unresolved *item;
	struct arena *arena;
	struct resolve_suggestion *items;
	size_t count;
};

/* The same answer for two reasons is shown once, for the better one. */
static void suggest(struct suggester *suggester, int64_t contact_id, int64_t company_id,
	struct span name, struct span why, double score)
{
	for (size_t i = 0; i < suggester->count; i++) {
		struct resolve_suggestion *known = &suggester->items[i];
		if (known->contact_id != contact_id ||
			(!contact_id && known->company_id != company_id))
			continue;
		if (score > known->score) {
			known->score = score;
			known->why = why;
		}
		return;
	}
	if (suggester->count < SUGGESTIONS_MAX)
		suggester->items[suggester->count++] =
			(struct resolve_suggestion){contact_id, company_id, name, why, score};
}

/* Those between whom the decision hung. */
static void by_candidates(struct suggester *suggester)
{
	json_t *list = json_loadb(
		       suggester->item->candidates.data, suggester->item->candidates.size, 0, NULL),
	       *value;
	size_t index;
	json_array_foreach(list, index, value)
	{
		const char *name = json_string_value(json_object_get(value, "name"));
		const char *rule = json_string_value(json_object_get(value, "rule"));
		suggest(suggester, json_integer_value(json_object_get(value, "contact")),
			json_integer_value(json_object_get(value, "company")),
			arena_copy(suggester->arena, span_from(name)),
			arena_format(suggester->arena, "candidate by %s", rule ? rule : "rule"),
			0.9);
	}
	json_decref(list);
}

static bool by_thread(struct suggester *suggester, struct error *err)
{
	struct facts facts;
	struct mail mail;
	int64_t *contacts = NULL;
	size_t count = 0;
	bool found = false;
	if (!suggester->item->message_id)
		return true;
	if (!stored_facts_read(suggester->intake->db, suggester->item->message_id, suggester->arena,
		    &facts, &found, err))
		return false;
	if (!found)
		return true;
	mail_init(&mail, suggester->intake, suggester->arena, &facts, suggester->item->message_id,
		false, suggester->item->created_ms);
	if (!match_thread_contacts(&mail, &contacts, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct contact contact;
		if (!contact_get(suggester->intake->db, contacts[i], suggester->arena, &contact,
			    &found, err))
			return false;
		if (found)
			suggest(suggester, contact.id, contact.company_id, contact.name,
				SPAN("on the same thread"), 0.7);
	}
	return true;
}

static bool by_name(struct suggester *suggester, struct error *err)
{
	struct span folded = text_fold(suggester->arena, suggester->item->name);
	struct contact *rows = NULL;
	size_t count = 0;
	if (span_is_empty(folded))
		return true;
	if (!contact_by_name(suggester->intake->db, folded, suggester->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count && i < SIMILAR_MAX; i++)
		suggest(suggester, rows[i].id, rows[i].company_id, rows[i].name, SPAN("same name"),
			0.8);
	return true;
}

static bool by_domain(struct suggester *suggester, struct error *err)
{
	struct intake *intake = suggester->intake;
	struct span domain = text_address_domain(suggester->item->address_folded);
	struct contact *rows = NULL;
	struct company company;
	int64_t company_id = 0;
	size_t count = 0;
	bool found = false;
	if (span_is_empty(domain) || config_is_free_mail_domain(intake->config, domain))
		return true;
	if (!company_by_domain(intake->db, domain, &company_id, err))
		return false;
	if (!company_id)
		return true;
	if (!company_get(intake->db, company_id, suggester->arena, &company, &found, err) ||
		!contact_by_company(intake->db, company_id, suggester->arena, &rows, &count, err))
		return false;
	suggest(suggester, 0, company_id, found ? company.name : domain,
		arena_format(suggester->arena, "same domain as %zu contact%s", count,
			count == 1 ? "" : "s"),
		0.6);
	return true;
}

/* Contacts with a word of the name, or of the address's local part, in theirs. */
static bool by_words(struct suggester *suggester, struct error *err)
{
	struct span local = suggester->item->address_folded;
	ptrdiff_t at = span_find_byte(local, '@');
	char *words = arena_alloc(suggester->arena, suggester->item->name.size + local.size + 2);
	size_t size = 0;
	memcpy(words, suggester->item->name.data ? suggester->item->name.data : "",
		suggester->item->name.size);
	size = suggester->item->name.size;
	words[size++] = ' ';
	if (at > 0) {
		memcpy(words + size, local.data, (size_t)at);
		size += (size_t)at;
	}
	for (size_t i = 0; i < size; i++) {
		if (strchr("._-+,\"", words[i]))
			words[i] = ' ';
	}
	struct span rest = text_fold(suggester->arena, (struct span){words, size}), word;
	while (span_next(&rest, ' ', &word)) {
		struct contact *rows = NULL;
		size_t count = 0;
		struct db_page page = {.limit = SIMILAR_MAX};
		if (word.size < WORD_MIN_BYTES)
			continue;
		if (!contact_list(suggester->intake->db, word, page, suggester->arena, &rows,
			    &count, err))
			return false;
		for (size_t i = 0; i < count; i++)
			suggest(suggester, rows[i].id, rows[i].company_id, rows[i].name,
				arena_format(suggester->arena, "\"%.*s\" is in the name",
					SPAN_ARG(word)),
				0.4);
	}
	return true;
}

static int best_first(const void *a, const void *b)
{
	const struct resolve_suggestion *left = a, *right = b;
	return (left->score < right->score) - (left->score > right->score);
}

bool resolve_suggest(struct intake *intake, const struct unresolved *item, struct arena *arena,
	struct resolve_suggestion **suggestions, size_t *count, struct error *err)
{
	struct suggester suggester = {
		.intake = intake,
		.item = item,
		.arena = arena,
		.items = arena_array(arena, struct resolve_suggestion, SUGGESTIONS_MAX),
	};
	by_candidates(&suggester);
	if (!by_thread(&suggester, err) || !by_name(&suggester, err) ||
		!by_domain(&suggester, err) || !by_words(&suggester, err))
		return false;
	qsort(suggester.items, suggester.count, sizeof(*suggester.items), best_first);
	*suggestions = suggester.items;
	*count = suggester.count;
	return true;
}
