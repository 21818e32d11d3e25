#include "ingest/intake.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "ingest/state.h"
#include "store/mailbox.h"
#include "store/user.h"

/* ---------------------------------------------------------------- opening */

static const struct user_row *user_row_find(
	const struct user_row *rows, size_t count, const struct config_user *user)
{
	for (size_t i = 0; i < count; i++) {
		if (span_equal(rows[i].name, span_from(user->name)) && rows[i].active &&
			span_equal(rows[i].full_name, span_from(user->full_name)))
			return &rows[i];
	}
	return NULL;
}

/* Fills the ids that the database has; *missing: some user is new or was renamed. */
static bool users_look_up(struct intake *intake, bool *missing, struct error *err)
{
	struct user_row *rows = NULL;
	size_t count = 0;
	if (!user_list(intake->db, &intake->arena, &rows, &count, err))
		return false;
	*missing = false;
	for (size_t i = 0; i < intake->config->user_count; i++) {
		const struct user_row *row = user_row_find(rows, count, &intake->config->users[i]);
		intake->user_ids[i] = row ? row->id : 0;
		*missing = *missing || !row;
	}
	return true;
}

static bool mailboxes_look_up(struct intake *intake, bool *missing, struct error *err)
{
	struct mailbox_row *rows = NULL;
	size_t count = 0;
	if (!mailbox_list(intake->db, &intake->arena, &rows, &count, err))
		return false;
	*missing = false;
	for (size_t i = 0; i < intake->config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &intake->config->mailboxes[i];
		bool known = false;
		for (size_t r = 0; r < count; r++)
			known = known ||
				(span_equal(rows[r].name, span_from(mailbox->name)) &&
					span_equal(rows[r].kind,
						span_from(mailbox_kind_name(mailbox->kind))));
		*missing = *missing || !known;
	}
	return true;
}

static bool all_ensure(struct intake *intake, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	int64_t now_ms = clock_now_ms(), id = 0;
	for (size_t i = 0; i < intake->config->user_count; i++) {
		const struct config_user *user = &intake->config->users[i];
		if (!user_ensure(intake->db, span_from(user->name), span_from(user->full_name),
			    &intake->user_ids[i], err))
			return false;
	}
	for (size_t i = 0; i < intake->config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &intake->config->mailboxes[i];
		if (!mailbox_ensure(intake->db, span_from(mailbox->name),
			    span_from(mailbox_kind_name(mailbox->kind)),
			    config_account(mailbox, &arena), now_ms, &id, err))
			return false;
	}
	return true;
}

/* Most starts find everything there and write nothing. */
static bool intake_prepare(struct intake *intake, struct error *err)
{
	bool users = false, mailboxes = false;
	if (!users_look_up(intake, &users, err) || !mailboxes_look_up(intake, &mailboxes, err))
		return false;
	if (!users && !mailboxes)
		return true;
	if (!db_begin_write(intake->db, err))
		return false;
	if (all_ensure(intake, err))
		return db_commit(intake->db, err);
	db_rollback(intake->db);
	return false;
}

/* prepare tells who opens: a reader, or one who may write. */
static bool intake_open_with(struct db *db, const struct config *config,
	bool (*prepare)(struct intake *intake, struct error *err), struct intake **intake,
	struct error *err)
{
	struct intake *made = memory_alloc(sizeof(*made));
	*made = (struct intake){.db = db, .config = config};
	arena_init(&made->arena);
	made->directory = directory_new(config);
	made->quotas = memory_alloc((config->mailbox_count + 1) * sizeof(*made->quotas));
	memset(made->quotas, 0, (config->mailbox_count + 1) * sizeof(*made->quotas));
	made->user_ids = memory_alloc((config->user_count + 1) * sizeof(*made->user_ids));
	if (!erased_open(db_directory(db), &made->erased, err) || !prepare(made, err)) {
		intake_close(made);
		return false;
	}
	arena_reset(&made->arena);
	*intake = made;
	return true;
}

static bool intake_look_up(struct intake *intake, struct error *err)
{
	bool missing = false;
	return users_look_up(intake, &missing, err);
}

bool intake_open(
	struct db *db, const struct config *config, struct intake **intake, struct error *err)
{
	return intake_open_with(db, config, intake_prepare, intake, err);
}

bool intake_open_reading(
	struct db *db, const struct config *config, struct intake **intake, struct error *err)
{
	return intake_open_with(db, config, intake_look_up, intake, err);
}

void intake_close(struct intake *intake)
{
	if (!intake)
		return;
	directory_free(intake->directory);
	erased_close(intake->erased);
	free(intake->user_ids);
	free(intake->quotas);
	arena_done(&intake->arena);
	free(intake);
}
