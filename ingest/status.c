#include "ingest/status.h"

#include "base/clock.h"
#include "ingest/json.h"
#include "ingest/token_state.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/unresolved.h"

static json_t *ledger_json(const struct ledger_sum *sum)
{
	const struct {
		const char *key;
		int64_t value;
	} parts[] = {
		{"fetched", sum->fetched},
		{"received", sum->received},
		{"filed", sum->filed},
		{"waiting", sum->waiting},
		{"ignored", sum->ignored},
		{"quarantined", sum->quarantined},
		{"dead", sum->dead},
		{"erased", sum->erased},
		{"deliveries", sum->deliveries},
		{"missing", sum->missing},
		{"purged", sum->purged},
	};
	json_t *object = json_object();

	for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
		json_put(object, parts[i].key, json_integer(parts[i].value));
	return object;
}

/* Whole seconds: nobody reads more, and all columns line up. */
static json_t *time_json(const struct config *config, int64_t instant_ms)
{
	return json_of_time(instant_ms - instant_ms % 1000, config->zone);
}

static bool cursor_json(
	struct db *db, int64_t mailbox_id, struct arena *arena, json_t **cursor, struct error *err)
{
	struct folder_row *rows = NULL;
	size_t count = 0;

	if (mailbox_id && !folder_list(db, mailbox_id, arena, &rows, &count, err))
		return false;
	*cursor = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *folder = json_object();

		json_put(folder, "folder", json_of_text(rows[i].name));
		json_put(folder, "uidvalidity", json_integer(rows[i].uidvalidity));
		json_put(folder, "last_uid", json_integer(rows[i].last_uid));
		json_array_append_new(*cursor, folder);
	}
	return true;
}

/* How its OAuth token does; nothing for a mailbox that has none. */
static bool put_token(struct db *db, const struct config *config,
	const struct config_mailbox *mailbox, int64_t now_ms, struct arena *arena, json_t *object,
	struct error *err)
{
	struct token_state state;
	bool found = false;

	if (mailbox->oauth.grant != GRANT_NONE &&
		!token_state_read(db, span_from(mailbox->name), arena, &state, &found, err))
		return false;
	if (!found) {
		json_put(object, "login", json_null());
		json_put(object, "token", json_null());
		return true;
	}
	json_put(object, "login",
		json_of_text(token_state_words(&state, config->zone, now_ms, arena)));
	json_put(object, "token", token_state_json(&state, mailbox->oauth.grant, config->zone));
	return true;
}

static bool mailbox_json(struct db *db, const struct config *config,
	const struct config_mailbox *mailbox, const struct mailbox_row *row, struct arena *arena,
	json_t **object, struct error *err)
{
	json_t *cursor;

	if (!cursor_json(db, row->id, arena, &cursor, err))
		return false;
	*object = json_object();
	json_put(*object, "name", json_string(mailbox->name));
	json_put(*object, "kind", json_string(mailbox_kind_name(mailbox->kind)));
	json_put(*object, "state",
		row->state.size ? json_of_text(row->state) : json_string("not-started"));
	json_put(*object, "last_success", time_json(config, row->last_success_ms));
	json_put(*object, "waits_for", json_of_text(row->waits_for));
	json_put(*object, "last_error", json_of_text(row->last_error));
	json_put(*object, "last_error_at", time_json(config, row->last_error_ms));
	json_put(*object, "cursor", cursor);
	if (put_token(db, config, mailbox, clock_now_ms(), arena, *object, err))
		return true;
	json_decref(*object);
	return false;
}

static struct mailbox_row row_of(
	const struct mailbox_row *rows, size_t count, const struct config_mailbox *mailbox)
{
	for (size_t i = 0; i < count; i++)
		if (span_equal(rows[i].name, span_from(mailbox->name)))
			return rows[i];
	return (struct mailbox_row){0};
}

bool status_mailboxes(
	struct db *db, const struct config *config, json_t **mailboxes, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct mailbox_row *rows;
	size_t count;

	if (!mailbox_list(db, &arena, &rows, &count, err))
		return false;
	*mailboxes = json_array();
	for (size_t i = 0; i < config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &config->mailboxes[i];
		struct mailbox_row row = row_of(rows, count, mailbox);
		json_t *object;

		if (!mailbox_json(db, config, mailbox, &row, &arena, &object, err)) {
			json_decref(*mailboxes);
			return false;
		}
		json_array_append_new(*mailboxes, object);
	}
	return true;
}

static bool view_read(struct db *db, const struct config *config, int64_t now_ms, json_t **status,
	struct error *err)
{
	struct unresolved_count waiting;
	struct ledger_sum sum;
	json_t *mailboxes, *queue;

	if (!message_sum(db, &sum, err) || !unresolved_waiting(db, &waiting, err) ||
		!status_mailboxes(db, config, &mailboxes, err))
		return false;
	queue = json_object();
	json_put(queue, "waiting", json_integer(waiting.waiting));
	json_put(queue, "oldest", time_json(config, waiting.oldest_ms));
	*status = json_object();
	json_put(*status, "time", time_json(config, now_ms));
	json_put(*status, "ledger", ledger_json(&sum));
	json_put(*status, "queue", queue);
	json_put(*status, "mailboxes", mailboxes);
	return true;
}

bool status_read(struct db *db, const struct config *config, int64_t now_ms, json_t **status,
	struct error *err)
{
	bool good;

	if (!db_begin_read(db, err))
		return false;
	good = view_read(db, config, now_ms, status, err);
	db_end_read(db);
	return good;
}
