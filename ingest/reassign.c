#include "ingest/reassign.h"

#include <limits.h>

#include "base/text.h"
#include "store/activity.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/route.h"
#include "store/task.h"
#include "store/unresolved.h"

/* One move; to 0: nobody. */
struct move {
	struct operation *operation;
	struct arena *arena;
	int64_t from, to, deal_id;
	bool any; /* something stood on `from` */
};

static bool is_on(const struct activity *rows, size_t count, int64_t contact_id)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].contact_id == contact_id)
			return true;
	return false;
}

/* A mail is one activity on a contact: where `to` has it already, the wrong one goes. */
static bool move_activities(struct move *move, int64_t message_id, struct error *err)
{
	const struct activity_filter filter = {
		.message_id = message_id, .page = {.limit = INT_MAX}};
	struct activity *rows;
	size_t count;

	if (!activity_list(move->operation->db, &filter, move->arena, &rows, &count, err))
		return false;
	bool has = move->to && is_on(rows, count, move->to);
	for (size_t i = 0; i < count; i++) {
		if (rows[i].contact_id != move->from)
			continue;
		move->any = true;
		if (!move->to || has) {
			if (!activity_remove(move->operation, rows[i].id, err))
				return false;
			continue;
		}
		rows[i].contact_id = move->to;
		rows[i].deal_id = move->deal_id;
		rows[i].rule = SPAN("moved");
		if (!activity_edit(move->operation, &rows[i], err))
			return false;
	}
	return true;
}

static bool move_tasks(struct move *move, int64_t message_id, struct error *err)
{
	const struct task_filter filter = {
		.message_id = message_id, .contact_id = move->from, .page = {.limit = INT_MAX}};
	struct task *tasks;
	size_t count;

	if (!task_list(move->operation->db, &filter, move->arena, &tasks, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		move->any = true;
		tasks[i].contact_id = move->to;
		if (!task_edit(move->operation, &tasks[i], err))
			return false;
	}
	return true;
}

static bool move_begin(struct move *move, struct error *err)
{
	return !move->to || deal_current(move->operation->db, move->to, &move->deal_id, err);
}

static bool move_message(struct move *move, int64_t message_id, struct error *err)
{
	move->any = false;
	return move_activities(move, message_id, err) && move_tasks(move, message_id, err);
}

bool reassign_message(struct operation *operation, int64_t message_id, int64_t from, int64_t to,
	struct reassign_result *result, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct move move = {.operation = operation, .arena = &arena, .from = from, .to = to};

	*result = (struct reassign_result){0};
	if (!move_begin(&move, err) || !move_message(&move, message_id, err))
		return false;
	if (!move.any)
		return error_set(err, ERROR_INPUT, "nothing of message %lld stands on that contact",
			(long long)message_id);
	result->moved = 1;
	return true;
}

/* ---------------------------------------------------------------- an address */

struct unlearning {
	struct move move;
	struct span address, folded;
	struct reassign_result *result;
};

/* The mail names the contact by another address too: it is about him all the same. */
static bool is_named_otherwise(
	struct unlearning *unlearning, int64_t message_id, bool *otherwise, struct error *err)
{
	struct move *move = &unlearning->move;
	struct route_row *routes;
	size_t route_count;

	*otherwise = false;
	if (!route_list(move->operation->db, message_id, move->arena, &routes, &route_count, err))
		return false;
	for (size_t i = 0; i < route_count; i++) {
		struct match_row *rows;
		size_t count;

		if (!match_list(move->operation->db, routes[i].id, move->arena, &rows, &count, err))
			return false;
		for (size_t j = 0; j < count; j++)
			*otherwise |= rows[j].contact_id == move->from &&
				      !span_equal(rows[j].address, unlearning->folded);
	}
	return true;
}

/* What the mail would have asked, had nobody known the address. */
static bool ask_again(struct unlearning *unlearning, int64_t message_id, struct error *err)
{
	struct move *move = &unlearning->move;
	struct route_row *routes;
	size_t count;

	if (!route_list(move->operation->db, message_id, move->arena, &routes, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		struct unresolved item = {
			.message_id = message_id,
			.route_id = routes[i].id,
			.reason = SPAN("no-match"),
			.address = unlearning->address,
			.address_folded = unlearning->folded,
			.detail = arena_format(move->arena,
				"%.*s was taken from the contact who had it",
				SPAN_ARG(unlearning->address)),
		};

		if (span_equal(routes[i].state, SPAN("filed")) ||
			span_equal(routes[i].state, SPAN("waiting"))) {
			if (!unresolved_open(move->operation, &item, err))
				return false;
		}
	}
	unlearning->result->waiting++;
	return true;
}

static bool unlearn_message(struct unlearning *unlearning, int64_t message_id, struct error *err)
{
	struct move *move = &unlearning->move;
	bool otherwise;

	if (!is_named_otherwise(unlearning, message_id, &otherwise, err))
		return false;
	if (otherwise) {
		unlearning->result->kept++;
		return true;
	}
	if (!move_message(move, message_id, err))
		return false;
	if (!move->any)
		return true;
	if (!move->to)
		return ask_again(unlearning, message_id, err);
	unlearning->result->moved++;
	return true;
}

/* The contact's row of the address; *address as the contact has it. */
static bool address_take(struct unlearning *unlearning, struct error *err)
{
	struct move *move = &unlearning->move;
	struct contact_address *rows;
	size_t count;

	if (!contact_address_list(move->operation->db, move->from, move->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!span_equal(
			    text_fold_address(move->arena, rows[i].address), unlearning->folded))
			continue;
		unlearning->address = rows[i].address;
		return contact_address_remove(move->operation, rows[i].id, err) &&
		       (!move->to || contact_address_add(move->operation, move->to, rows[i].address,
					     true, err));
	}
	return error_set(
		err, ERROR_INPUT, "the contact has no address %.*s", SPAN_ARG(unlearning->address));
}

bool reassign_address(struct operation *operation, int64_t contact_id, struct span address,
	int64_t to, struct reassign_result *result, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct unlearning unlearning = {
		.move = {.operation = operation, .arena = &arena, .from = contact_id, .to = to},
		.address = address,
		.folded = text_fold_address(&arena, address),
		.result = result,
	};
	int64_t *messages;
	size_t count;

	*result = (struct reassign_result){0};
	if (!match_messages(
		    operation->db, contact_id, unlearning.folded, &arena, &messages, &count, err) ||
		!address_take(&unlearning, err) || !move_begin(&unlearning.move, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (!unlearn_message(&unlearning, messages[i], err))
			return false;
	return true;
}
