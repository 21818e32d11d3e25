#include "store/document.h"

#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum { KIND, TITLE, SIGNED, DEAL, MESSAGE, SHA256, CONTENT_TYPE, LINK, FIELD_COUNT };
static const struct record_field fields[] = {
	[KIND] = {"kind", RECORD_TEXT, false},
	[TITLE] = {"title", RECORD_TEXT, false},
	[SIGNED] = {"signed", RECORD_INTEGER, false},
	[DEAL] = {"deal_id", RECORD_INTEGER, false},
	[MESSAGE] = {"message_id", RECORD_INTEGER, false},
	[SHA256] = {"sha256", RECORD_BYTES, false},
	[CONTENT_TYPE] = {"content_type", RECORD_TEXT, false},
	[LINK] = {"link", RECORD_TEXT, false},
};
const struct noun document_noun = {
	.name = "document",
	.table = "document",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.has_created = true,
};

static bool find_same(
	struct db *db, const struct document *document, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT id FROM document WHERE deal_id = ?1 AND kind = ?2 AND sha256 = ?3", &q,
		    err))
		return false;
	sql_bind_i64(q, 1, document->deal_id);
	sql_bind_text(q, 2, document->kind);
	sql_bind_digest(q, 3, &document->sha256);
	return sql_run_id(q, id, err);
}

bool document_add(struct operation *operation, const struct document *document, int64_t *id,
	bool *added, struct error *err)
{
	struct value values[FIELD_COUNT] = {
		[KIND] = value_text(document->kind),
		[TITLE] = value_text(document->title),
		[SIGNED] = value_integer(document->is_signed),
		[DEAL] = value_integer(document->deal_id),
		[MESSAGE] = value_id(document->message_id),
		[SHA256] = value_bytes(document->sha256.bytes, sizeof document->sha256.bytes),
		[CONTENT_TYPE] = value_text(document->content_type),
		[LINK] = value_text(document->link),
	};

	if (!find_same(operation->db, document, id, err))
		return false;
	*added = *id == 0;
	return !*added || record_make(operation, &document_noun, values, id, err);
}

bool document_sign(struct operation *operation, int64_t id, struct error *err)
{
	return record_change_field(operation, &document_noun, id, SIGNED, value_integer(true), err);
}

#define SELECT_DOCUMENT                                                               \
	"SELECT id, kind, title, signed, deal_id, message_id, content_type, sha256, " \
	"created_ms, link FROM document "

static void read_document(struct sql *q, struct arena *arena, struct document *document)
{
	*document = (struct document){
		.id = sql_i64(q, 0),
		.kind = sql_text(q, 1, arena),
		.title = sql_text(q, 2, arena),
		.is_signed = sql_bool(q, 3),
		.deal_id = sql_i64(q, 4),
		.message_id = sql_i64(q, 5),
		.content_type = sql_text(q, 6, arena),
		.created_ms = sql_i64(q, 8),
		.link = sql_text(q, 9, arena),
	};
	sql_digest(q, 7, &document->sha256);
}

bool document_list(struct db *db, int64_t deal_id, struct arena *arena, struct document **rows,
	size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct document, arena);
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, SELECT_DOCUMENT "WHERE deal_id = ?1 ORDER BY id", &q, err))
		return false;
	sql_bind_i64(q, 1, deal_id);
	while ((ok = sql_row(q, &found, err)) && found)
		read_document(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

bool document_signed(struct db *db, int64_t deal_id, struct arena *arena, struct document *document,
	bool *found, struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db,
		    SELECT_DOCUMENT "WHERE deal_id = ?1 AND kind = 'contract' AND signed = 1 "
				    "ORDER BY id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, deal_id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_document(q, arena, document);
	sql_end(q);
	return ok;
}

bool document_keep(struct db *db, const struct digest *sha256, struct span frame, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "INSERT INTO document_bytes (sha256, frame) VALUES (?1, ?2) "
		    "ON CONFLICT (sha256) DO NOTHING",
		    &q, err))
		return false;
	sql_bind_digest(q, 1, sha256);
	sql_bind_bytes(q, 2, frame);
	return sql_run(q, err);
}

bool document_bytes(
	struct db *db, const struct digest *sha256, struct buffer *frame, struct error *err)
{
	struct sql *q;
	bool found, ok;

	if (!sql_start(db, "SELECT frame FROM document_bytes WHERE sha256 = ?1", &q, err))
		return false;
	sql_bind_digest(q, 1, sha256);
	ok = sql_row(q, &found, err);
	if (ok && found)
		buffer_append(frame, sql_peek(q, 0));
	sql_end(q);
	return ok;
}
