/*
 * scrub_facts.h - what was read in a mail that others share, without one of its people.
 */
#ifndef INGEST_SCRUB_FACTS_H
#define INGEST_SCRUB_FACTS_H

#include "ingest/scrub.h"
#include "parser/facts.h"

enum scrub_part {
	SCRUB_MENTIONED, /* only his name or address is in it */
	SCRUB_RECEIVED,	 /* he is one of those it went to: quotes may be of him */
	SCRUB_WROTE,	 /* he wrote it, or what is forwarded in it */
};

/*
 * A copy in the arena, without him; *changed: anything of him was in it. Header fields, invites and
 * references go in any case, since they hold him in forms that are not looked for.
 */
void scrub_facts(const struct scrub *scrub, const struct person *person, enum scrub_part part,
	const struct facts *facts, struct arena *arena, struct facts *scrubbed, bool *changed);

/* What he is to the mail: wrote it, is one of its people, or neither (he may be mentioned). */
enum scrub_part scrub_part_of(
	const struct person *person, const struct facts *facts, struct arena *arena);

/* One of the lists of addresses has this address (folded) of his. */
bool scrub_person_has(const struct person *person, struct span address, struct arena *arena);

#endif
