/*
 * action_text.h - comparing action lines and the names in them.
 */
#ifndef INGEST_ACTION_TEXT_H
#define INGEST_ACTION_TEXT_H

#include "config/config.h"
#include "parser/facts.h"

/* The line folded, without prefix and name: what makes it the same action in another version. */
struct span action_core(
	const struct config *config, struct arena *arena, const struct facts_action *action);

/* Share of words that two cores have in common, 0..1. */
double action_likeness(struct span a, struct span b);

/*
 * Users of that name: user name, full name, or the first or last word of the full name. Returns how
 * many; *user is the index of the last found.
 */
size_t action_user(const struct config *config, struct arena *arena, struct span name, int *user);

#endif
