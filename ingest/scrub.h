/*
 * scrub.h - one person's addresses, names and telephone numbers taken out of texts of others.
 */
#ifndef INGEST_SCRUB_H
#define INGEST_SCRUB_H

#include "base/arena.h"
#include "base/span.h"
#include "store/person.h"

struct scrub;

/*
 * A name counts from two words on, and only when nobody else has it (person_name_is_shared). Lives
 * in the arena.
 */
MUST_CHECK bool scrub_new(struct db *db, const struct person *person, struct arena *arena,
	struct scrub **scrub, struct error *err);
/* The names that count, for finding mail that mentions him. */
size_t scrub_names(const struct scrub *scrub, const struct span **names);

/*
 * The text with each of them replaced by "[erased]", in the arena; false, and nothing allocated,
 * when nothing of him is in it. words: also single words of his names, in mail that he took part
 * in.
 */
bool scrub_text(const struct scrub *scrub, bool words, struct span text, struct arena *arena,
	struct span *scrubbed);

#endif
