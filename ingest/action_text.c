#include "ingest/action_text.h"

#include "base/text.h"

#define WORDS_MAX 64

static struct span after_prefix(
	const struct config *config, struct arena *arena, struct span folded)
{
	for (size_t i = 0; i < config->action_prefixes.count; i++) {
		struct span prefix = text_fold(arena, span_from(config->action_prefixes.items[i]));
		if (prefix.size && span_starts(folded, prefix))
			return span_trim(span_after(folded, prefix.size));
	}
	return folded;
}

struct span action_core(
	const struct config *config, struct arena *arena, const struct facts_action *action)
{
	struct span core = after_prefix(config, arena, text_fold(arena, action->text));
	struct span name = text_fold(arena, action->assignee);
	if (span_starts(core, SPAN("@")))
		core = span_after(core, 1);
	if (name.size && span_starts(core, name)) {
		core = span_trim(span_after(core, name.size));
		if (span_starts(core, SPAN(":")))
			core = span_trim(span_after(core, 1));
	}
	struct span tail = arena_format(arena, "(%.*s)", SPAN_ARG(name));
	if (name.size && span_ends(core, tail))
		core = span_trim(span_part(core, 0, core.size - tail.size));
	return core;
}

static size_t words_of(struct span text, struct span words[static WORDS_MAX])
{
	size_t count = 0;
	struct span word;
	while (count < WORDS_MAX && span_next(&text, ' ', &word)) {
		if (word.size)
			words[count++] = word;
	}
	return count;
}

double action_likeness(struct span a, struct span b)
{
	struct span left[WORDS_MAX], right[WORDS_MAX];
	size_t left_count = words_of(a, left), right_count = words_of(b, right), common = 0;
	for (size_t l = 0; l < left_count; l++) {
		for (size_t r = 0; r < right_count; r++) {
			if (!right[r].size || !span_equal(left[l], right[r]))
				continue;
			right[r].size = 0;
			common++;
			break;
		}
	}
	size_t all = left_count + right_count - common;
	return all ? (double)common / (double)all : 0;
}

static bool name_fits(struct arena *arena, const struct config_user *user, struct span folded)
{
	struct span full = text_fold(arena, span_from(user->full_name));
	ptrdiff_t first = span_find_byte(full, ' '), last = span_rfind_byte(full, ' ');
	return span_equal(folded, text_fold(arena, span_from(user->name))) ||
	       span_equal(folded, full) ||
	       (first > 0 && span_equal(folded, span_part(full, 0, (size_t)first))) ||
	       (last > 0 && span_equal(folded, span_after(full, (size_t)last + 1)));
}

size_t action_user(const struct config *config, struct arena *arena, struct span name, int *user)
{
	struct span folded = text_fold(arena, name);
	size_t found = 0;
	for (size_t i = 0; folded.size && i < config->user_count; i++) {
		if (!name_fits(arena, &config->users[i], folded))
			continue;
		found++;
		*user = (int)i;
	}
	return found;
}
