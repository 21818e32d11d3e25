#include "ingest/suppress.h"

#include "base/text.h"
#include "ingest/scrub_facts.h"

/* Nobody is erased by so many addresses; a list of recipients can be long. */
#define ADDRESSES_MAX 2000

/* Who of a mail's people is on the list, and whether anybody else is in it. */
struct people {
	struct intake *intake;
	struct arena *arena;
	int64_t came_ms;
	struct person person; /* of all who are listed together */
	bool others;
};

static int64_t came_ms(const struct facts *facts, int64_t now_ms)
{
	if (facts->received_count && facts->received[0].at.present)
		return facts->received[0].at.instant_ms;
	return facts->date.present ? facts->date.instant_ms : now_ms;
}

static void people_add(struct people *people, const struct facts_address *address)
{
	struct span folded = text_fold_address(people->arena, address->address);
	struct person *person = &people->person;
	int64_t erased_ms = erased_address(people->intake->erased, folded);

	if (!erased_ms || people->came_ms >= erased_ms) {
		people->others =
			people->others ||
			(folded.size && !directory_is_ours(people->intake->directory, folded));
		return;
	}
	if (person->address_count == ADDRESSES_MAX)
		return;
	person->addresses[person->address_count++] = folded;
	if (address->name.size)
		person->names[person->name_count++] = address->name;
}

static void people_add_all(struct people *people, const struct facts_addresses *list)
{
	for (size_t i = 0; i < list->count; i++)
		people_add(people, &list->items[i]);
}

static bool people_look(struct intake *intake, const struct facts *facts, int64_t now_ms,
	struct people *people, struct error *err)
{
	struct arena *arena = &intake->arena;

	*people = (struct people){
		.intake = intake, .arena = arena, .came_ms = came_ms(facts, now_ms)};
	if (!erased_refresh(intake->erased, err))
		return false;
	if (erased_is_empty(intake->erased))
		return true;
	people->person.addresses = arena_array(arena, struct span, ADDRESSES_MAX);
	people->person.names = arena_array(arena, struct span, ADDRESSES_MAX);
	people_add_all(people, &facts->from);
	people_add(people, &facts->sender);
	people_add_all(people, &facts->reply_to);
	people_add_all(people, &facts->to);
	people_add_all(people, &facts->cc);
	people_add_all(people, &facts->bcc);
	people_add(people, &facts->forwarded.from);
	people_add_all(people, &facts->forwarded.to);
	people_add_all(people, &facts->forwarded.cc);
	return true;
}

bool suppress_judge(struct intake *intake, const struct facts *facts, int64_t now_ms,
	enum intake_admission *admission, struct error *err)
{
	struct people people;

	if (!people_look(intake, facts, now_ms, &people, err))
		return false;
	*admission = !people.person.address_count ? INTAKE_WHOLE
		     : people.others		  ? INTAKE_PART
						  : INTAKE_NOTHING;
	return true;
}

bool suppress_scrub(struct intake *intake, const struct facts *facts, int64_t now_ms,
	struct facts *scrubbed, struct error *err)
{
	struct people people;
	struct scrub *scrub;
	bool changed;

	if (!people_look(intake, facts, now_ms, &people, err) ||
		!scrub_new(intake->db, &people.person, &intake->arena, &scrub, err))
		return false;
	scrub_facts(scrub, &people.person, scrub_part_of(&people.person, facts, &intake->arena),
		facts, &intake->arena, scrubbed, &changed);
	return true;
}

/* ---------------------------------------------------------------- what comes afterwards */

bool suppress_is_erased(struct intake *intake, struct span folded, bool *erased, struct error *err)
{
	if (!erased_refresh(intake->erased, err))
		return false;
	*erased = erased_address(intake->erased, folded) != 0;
	return true;
}

void suppress_ask(struct plan *plan, struct span address, const char *role)
{
	plan_ask(plan, SUPPRESS_REASON, address, (struct span){0},
		arena_format(plan->mail->arena,
			"%.*s was erased; `postroom privacy readmit %.*s` lets this mail in, "
			"`postroom privacy erase %.*s` erases it, too",
			SPAN_ARG(address), SPAN_ARG(address), SPAN_ARG(address)))
		->unresolved.role = span_from(role);
}
