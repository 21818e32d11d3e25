#include "store/feed.h"

#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

/* User-Agents are cut to this. */
#define CLIENT_MAX_BYTES 200

enum { TOKEN_HASH, SCOPE, NAME, REVOKED, FIELD_COUNT };
static const struct record_field fields[] = {
	[TOKEN_HASH] = {"token_hash", RECORD_BYTES, false},
	[SCOPE] = {"scope", RECORD_TEXT, false},
	[NAME] = {"name", RECORD_TEXT, false},
	[REVOKED] = {"revoked_ms", RECORD_INTEGER, false},
};
static const struct record_reference references[] = {{"feed_client", "feed_id", RECORD_GOES_TOO}};
const struct noun feed_noun = {
	.name = "feed",
	.table = "feed",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
};

bool feed_add(struct operation *operation, struct span scope, struct span name,
	const struct digest *token_hash, int64_t *id, struct error *err)
{
	return record_make(operation, &feed_noun,
		(struct value[FIELD_COUNT]){
			[TOKEN_HASH] = value_bytes(token_hash->bytes, DIGEST_BYTES),
			[SCOPE] = value_text(scope),
			[NAME] = value_text(name),
			[REVOKED] = value_null(),
		},
		id, err);
}

bool feed_revoke(struct operation *operation, int64_t id, bool *found, struct error *err)
{
	struct sql *q;
	int64_t active;

	if (!sql_start(operation->db, "SELECT id FROM feed WHERE id = ?1 AND revoked_ms IS NULL",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	if (!sql_run_id(q, &active, err))
		return false;
	*found = active != 0;
	return !*found || record_change_field(operation, &feed_noun, id, REVOKED,
				  value_integer(operation->at_ms), err);
}

/* With the client that came last. */
#define SELECT_FEED                                                                             \
	"SELECT f.id, f.scope, f.name, f.created_ms, f.revoked_ms, x.client, x.at_ms, "         \
	"x.status, (SELECT sum(y.fetches) FROM feed_client y WHERE y.feed_id = f.id) "          \
	"FROM feed f LEFT JOIN feed_client x ON x.feed_id = f.id AND (x.client, x.calendar) = " \
	"(SELECT z.client, z.calendar FROM feed_client z WHERE z.feed_id = f.id "               \
	"ORDER BY z.at_ms DESC, z.client, z.calendar LIMIT 1) "

static void read_feed(struct sql *q, struct arena *arena, struct feed_row *row)
{
	*row = (struct feed_row){
		.id = sql_i64(q, 0),
		.scope = sql_text(q, 1, arena),
		.name = sql_text(q, 2, arena),
		.created_ms = sql_i64(q, 3),
		.revoked_ms = sql_i64(q, 4),
		.last_client = sql_text(q, 5, arena),
		.last_fetch_ms = sql_i64(q, 6),
		.last_status = (int)sql_i64(q, 7),
		.fetches = sql_i64(q, 8),
	};
}

bool feed_list(struct db *db, struct arena *arena, struct feed_row **rows, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(struct feed_row, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, SELECT_FEED "ORDER BY f.id", &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		read_feed(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

/*
 * The hash is what is looked up, so that the time tells nothing about the token. A revoked one is
 * read like any other and refused at the end.
 */
bool feed_by_token(struct db *db, const struct digest *token_hash, struct arena *arena,
	struct feed_row *row, bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_FEED "WHERE f.token_hash = ?1", &q, err))
		return false;
	sql_bind_digest(q, 1, token_hash);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_feed(q, arena, row);
	sql_end(q);
	if (ok && *found && row->revoked_ms)
		*found = false;
	return ok;
}

static bool drop_oldest_clients(struct db *db, int64_t feed_id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "DELETE FROM feed_client WHERE feed_id = ?1 AND at_ms < (SELECT at_ms "
		    "FROM feed_client WHERE feed_id = ?1 ORDER BY at_ms DESC LIMIT 1 OFFSET ?2)",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, feed_id);
	sql_bind_i64(q, 2, FEED_CLIENTS_MAX - 1);
	return sql_run(q, err);
}

bool feed_fetched(struct db *db, const struct feed_client *fetch, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO feed_client (feed_id, client, calendar, at_ms, status, items, "
		    "size_bytes, fetches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
		    "ON CONFLICT (feed_id, client, calendar) DO UPDATE SET "
		    "at_ms = excluded.at_ms, status = excluded.status, items = excluded.items, "
		    "size_bytes = CASE WHEN excluded.size_bytes > 0 THEN excluded.size_bytes "
		    "ELSE feed_client.size_bytes END, "
		    "fetches = feed_client.fetches + excluded.fetches",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, fetch->feed_id);
	sql_bind_text(q, 2, text_cut(fetch->client, CLIENT_MAX_BYTES));
	sql_bind_text(q, 3, fetch->calendar);
	sql_bind_i64(q, 4, fetch->at_ms);
	sql_bind_i64(q, 5, fetch->status);
	sql_bind_i64(q, 6, fetch->items);
	sql_bind_i64(q, 7, fetch->size_bytes);
	sql_bind_i64(q, 8, fetch->fetches);
	return sql_run(q, err) && drop_oldest_clients(db, fetch->feed_id, err);
}

bool feed_client_list(struct db *db, struct arena *arena, struct feed_client **rows, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(struct feed_client, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db,
		    "SELECT feed_id, client, calendar, at_ms, status, items, size_bytes, fetches "
		    "FROM feed_client ORDER BY feed_id, at_ms DESC, client, calendar",
		    &q, err))
		return false;
	while ((ok = sql_row(q, &found, err)) && found)
		*(struct feed_client *)list_add(&list) = (struct feed_client){
			.feed_id = sql_i64(q, 0),
			.client = sql_text(q, 1, arena),
			.calendar = sql_text(q, 2, arena),
			.at_ms = sql_i64(q, 3),
			.status = (int)sql_i64(q, 4),
			.items = sql_i64(q, 5),
			.size_bytes = sql_i64(q, 6),
			.fetches = sql_i64(q, 7),
		};
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}
