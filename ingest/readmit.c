#include "ingest/readmit.h"

#include <limits.h>

#include "ingest/state.h"
#include "ingest/stored_facts.h"
#include "ingest/suppress.h"
#include "store/message.h"
#include "store/unresolved.h"

/* Every way on which the mail came, as it was read. */
static bool decide(struct intake *intake, int64_t message_id, const char *actor, int64_t now_ms,
	struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct message_delivery *rows;
	struct route_row *routes;
	struct facts facts;
	size_t count, route_count;
	bool read;

	if (!stored_facts_read(intake->db, message_id, &arena, &facts, &read, err) ||
		!message_deliveries(intake->db, message_id, &arena, &rows, &count, err) ||
		!route_list(intake->db, message_id, &arena, &routes, &route_count, err))
		return false;
	for (size_t i = 0; read && i < route_count; i++) {
		struct intake_copy copy = {
			.message_id = message_id,
			.mailbox = config_mailbox(
				intake->config, arena_string(&arena, routes[i].mailbox)),
			.actor = actor,
		};

		for (size_t j = 0; j < count; j++)
			if (span_equal(rows[j].mailbox, routes[i].mailbox))
				copy.folder = rows[j].folder;
		if (copy.mailbox && !intake_decide(intake, &copy, &facts, now_ms, err))
			return false;
	}
	return true;
}

static bool decide_waiting(struct intake *intake, struct span folded, const char *actor,
	int64_t now_ms, int64_t *decided, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct unresolved_filter filter = {
		.address_folded = folded,
		.reason = SPAN(SUPPRESS_REASON),
		.page = {.limit = INT_MAX},
	};
	struct unresolved *items;
	size_t count;

	if (!unresolved_list(intake->db, &filter, &arena, &items, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (items[i].message_id && !decide(intake, items[i].message_id, actor, now_ms, err))
			return false;
	*decided = (int64_t)count;
	return true;
}

bool readmit_person(struct intake *intake, struct span folded, const char *actor, int64_t now_ms,
	bool dry_run, bool *found, int64_t *decided, struct error *err)
{
	*decided = 0;
	if (!erased_refresh(intake->erased, err))
		return false;
	*found = erased_address(intake->erased, folded) != 0;
	/* Off the list first: killed after that, what waits is found by its reason. */
	if (*found && !dry_run && !erased_readmit(intake->erased, folded, found, err))
		return false;
	if (!db_begin_write(intake->db, err))
		return false;
	bool good = decide_waiting(intake, folded, actor, now_ms, decided, err);
	*found = *found || *decided > 0;
	if (good && !dry_run)
		return db_commit(intake->db, err);
	db_rollback(intake->db);
	return good;
}
