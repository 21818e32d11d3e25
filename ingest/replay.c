#include "ingest/replay.h"

#include "base/clock.h"
#include "base/compress.h"
#include "ingest/state.h"
#include "ingest/stored_copy.h"
#include "store/message.h"

#define PAGE_MESSAGES 500

struct replay {
	struct intake *intake;
	struct db *db;
	struct parser_client *parser;
	struct parse_options parse;
	const char *actor;
	const struct replay_watch *watch;
	struct arena arena; /* of one message */
	struct replay_result *result;
};

/* ---------------------------------------------------------------- reading a copy */

static bool parse(
	struct replay *replay, struct span mail, struct facts *facts, bool *read, struct error *why)
{
	struct parse_options options = replay->parse;

	*read = false;
	for (int tries = 0; tries < PARSE_TRIES && !*read; tries++) {
		options.without_documents = tries == PARSE_TRIES - 1;
		*read = parser_client_read(
			replay->parser, &options, mail, &replay->arena, facts, why);
		if (!*read && why->kind != ERROR_TEMPORARY)
			break;
	}
	return *read;
}

static bool raw_load(
	struct replay *replay, int64_t message_id, struct buffer *mail, struct error *err)
{
	CLEANUP(buffer_done) struct buffer frame = {0};
	if (!message_raw_frame(replay->db, message_id, &frame, err))
		return false;
	return !frame.size || compress_unpack(mail, buffer_span(&frame), MESSAGE_MAX_BYTES, err);
}

/* ---------------------------------------------------------------- deciding anew */

static bool decide(struct replay *replay, int64_t message_id, const struct config_mailbox *mailbox,
	struct span folder, const struct facts *facts, struct error *err)
{
	struct intake_copy copy = {
		.message_id = message_id,
		.mailbox = mailbox,
		.folder = folder,
		.actor = replay->actor,
	};
	return intake_decide(replay->intake, &copy, facts, clock_now_ms(), err);
}

/* An import keeps no folder; the routes say which mailbox it was given. */
static bool imported_decide(
	struct replay *replay, int64_t message_id, const struct facts *facts, struct error *err)
{
	struct route_row *rows = NULL;
	size_t count = 0;
	if (!route_list(replay->db, message_id, &replay->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct config_mailbox *mailbox = config_mailbox(
			replay->intake->config, arena_string(&replay->arena, rows[i].mailbox));
		if (mailbox && !decide(replay, message_id, mailbox, SPAN(""), facts, err))
			return false;
	}
	return count || decide(replay, message_id, NULL, SPAN(""), facts, err);
}

static bool delivery_decide(struct replay *replay, int64_t message_id,
	const struct message_delivery *delivery, struct span mail, const struct facts *facts,
	struct error *err)
{
	CLEANUP(buffer_done) struct buffer copy = {0};
	struct facts of_copy;
	struct error why = {0};
	bool own = false, read = false;
	const struct config_mailbox *mailbox = config_mailbox(
		replay->intake->config, arena_string(&replay->arena, delivery->mailbox));

	if (span_is_empty(delivery->mailbox))
		return imported_decide(replay, message_id, facts, err);
	/* The mailbox went out of the configuration: what it decided stays. */
	if (!mailbox)
		return true;
	if (!stored_copy_build(replay->db, delivery->id, mail, &replay->arena, &copy, &own, err))
		return false;
	if (own && parse(replay, buffer_span(&copy), &of_copy, &read, &why))
		facts = &of_copy;
	return decide(replay, message_id, mailbox, delivery->folder, facts, err);
}

static bool deliveries_decide(struct replay *replay, int64_t message_id, struct span mail,
	const struct facts *facts, struct error *err)
{
	struct message_delivery *rows = NULL;
	size_t count = 0;
	if (!message_deliveries(replay->db, message_id, &replay->arena, &rows, &count, err))
		return false;
	for (size_t i = count; i > 0; i--) {
		if (!delivery_decide(replay, message_id, &rows[i - 1], mail, facts, err))
			return false;
	}
	return true;
}

static bool record(struct replay *replay, const struct message_row *row, struct span mail,
	const struct facts *facts, struct error *err)
{
	struct message_row after;
	struct span before_facts = {0}, after_facts = {0};
	bool found = false, revived = false;

	if (span_equal(row->state, SPAN("dead")) &&
		!message_revive(replay->db, row->id, &revived, err))
		return false;
	if (!message_facts_frame(replay->db, row->id, &replay->arena, &before_facts, err) ||
		!deliveries_decide(replay, row->id, mail, facts, err) ||
		!message_facts_frame(replay->db, row->id, &replay->arena, &after_facts, err) ||
		!message_get(replay->db, row->id, &replay->arena, &after, &found, err))
		return false;
	replay->result->revived += revived;
	if (span_equal(before_facts, after_facts) && span_equal(row->state, after.state))
		return true;
	replay->result->changed++;
	if (replay->watch->changed)
		replay->watch->changed(replay->watch->context, &after, row->state);
	return true;
}

static bool give_up(struct replay *replay, const struct message_row *row, const struct error *why,
	struct error *err)
{
	replay->result->still_dead += span_equal(row->state, SPAN("dead"));
	return intake_failed(replay->intake, row->id, "parse", why, true, err);
}

static bool message_replay(struct replay *replay, const struct message_row *row, struct error *err)
{
	CLEANUP(buffer_done) struct buffer mail = {0};
	struct facts facts;
	struct error why = {0};
	bool read = false;

	if (!raw_load(replay, row->id, &mail, err))
		return false;
	if (!mail.size) { /* purged, or only its header was taken */
		replay->result->still_dead += span_equal(row->state, SPAN("dead"));
		return true;
	}
	parse(replay, buffer_span(&mail), &facts, &read, &why);
	replay->result->read += read;
	if (!db_begin_write(replay->db, err))
		return false;
	bool ok = read ? record(replay, row, buffer_span(&mail), &facts, err)
		       : give_up(replay, row, &why, err);
	if (ok)
		return db_commit(replay->db, err);
	db_rollback(replay->db);
	return false;
}

/* ---------------------------------------------------------------- which ones */

static bool page_load(struct replay *replay, bool all, int64_t after_id, struct arena *arena,
	struct message_row **rows, size_t *count, struct error *err)
{
	struct message_filter filter = {
		.state = all ? (struct span){0} : SPAN("dead"),
		.oldest_first = true,
		.page = {.after_id = after_id, .limit = PAGE_MESSAGES},
	};
	return message_list(replay->db, &filter, arena, rows, count, err);
}

static bool run_many(struct replay *replay, bool all, struct error *err)
{
	CLEANUP(arena_done) struct arena page = {0};
	struct ledger_sum sum;
	int64_t after_id = 0, done = 0;

	if (!message_sum(replay->db, &sum, err))
		return false;
	for (;;) {
		struct message_row *rows = NULL;
		size_t count = 0;
		arena_reset(&page);
		if (!page_load(replay, all, after_id, &page, &rows, &count, err))
			return false;
		if (!count)
			return true;
		after_id = rows[count - 1].id;
		for (size_t i = 0; i < count; i++) {
			arena_reset(&replay->arena);
			if (!message_replay(replay, &rows[i], err))
				return error_context(err, "message %lld", (long long)rows[i].id);
			if (replay->watch->progress)
				replay->watch->progress(replay->watch->context, ++done,
					all ? sum.fetched : sum.dead);
		}
	}
}

static bool run_one(struct replay *replay, int64_t message_id, struct error *err)
{
	struct message_row row;
	bool found = false;
	if (!message_get(replay->db, message_id, &replay->arena, &row, &found, err))
		return false;
	return found ? message_replay(replay, &row, err)
		     : error_set(
			       err, ERROR_INPUT, "there is no message %lld", (long long)message_id);
}

bool replay_run(struct intake *intake, struct db *db, struct parser_client *parser,
	int64_t message_id, bool all, const char *actor, const struct replay_watch *watch,
	struct replay_result *result, struct error *err)
{
	static const struct replay_watch nobody;
	CLEANUP(arena_done) struct arena settings = {0};
	struct replay replay = {
		.intake = intake,
		.db = db,
		.parser = parser,
		.actor = actor,
		.watch = watch ? watch : &nobody,
		.result = result,
	};

	*result = (struct replay_result){0};
	parser_options(intake->config, &settings, &replay.parse);
	bool ok = message_id ? run_one(&replay, message_id, err) : run_many(&replay, all, err);
	arena_done(&replay.arena);
	return ok;
}
