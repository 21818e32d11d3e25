#include "base/buffer.h"
#include "base/clock.h"
#include "store/erase_row.h"
#include "store/list.h"
#include "store/sql.h"

/* A transaction holds others up no longer than this many changed rows. */
#define PAGE_ROWS 2000
#define COLUMNS	  RECORD_MAX_FIELDS

/* The texts of one table. */
struct texts {
	const char *table;
	const char *columns[COLUMNS];
	const char *except; /* a condition on rows that stay as they are; NULL: none */
	const struct noun *noun;
};

/* Those that are no fields of a noun. Of company the name stays: it is nobody's. */
static const struct texts others[] = {
	{"audit", {"old_value", "new_value"},
		"noun = 'ticket' AND row_id IN (SELECT ticket_id FROM finance_hold)", NULL},
	{"operation", {"summary"}, NULL, NULL},
	{"unresolved", {"name", "detail", "candidates"}, NULL, NULL},
	{"match", {"evidence", "also"}, NULL, NULL},
	{"mailbox", {"last_error", "waits_for"}, NULL, NULL},
	{"server_action", {"finding"}, NULL, NULL},
	{"message", {"dead_error"}, NULL, NULL},
};

/* Addresses and domains of others, which may be spelled like his name. */
static const struct noun *const addresses[] = {
	&contact_address_noun, &company_domain_noun, &ignore_rule_noun, &feed_noun};

static bool is_left(const struct noun *noun, const char *column)
{
	for (size_t i = 0; i < ARRAY_COUNT(addresses); i++)
		if (noun == addresses[i])
			return true;
	return noun == &company_noun && strcmp(column, "name") == 0;
}

static struct texts texts_of(const struct noun *noun)
{
	struct texts texts = {.table = noun->table, .noun = noun};
	size_t count = 0;

	for (size_t i = 0; i < noun->field_count && count < COLUMNS; i++)
		if (noun->fields[i].type == RECORD_TEXT && !is_left(noun, noun->fields[i].column))
			texts.columns[count++] = noun->fields[i].column;
	if (noun == &ticket_noun)
		texts.except = "id IN (SELECT ticket_id FROM finance_hold)";
	return texts;
}

/* ---------------------------------------------------------------- one table */

struct sweep {
	struct db *db;
	erase_scrub *scrub;
	void *context;
	int64_t *changed;
};

struct change {
	int64_t id;
	size_t column;
	struct span text;
};

static void select_text(const struct texts *texts, struct buffer *out)
{
	buffer_append_string(out, "SELECT id");
	for (size_t i = 0; i < COLUMNS && texts->columns[i]; i++)
		buffer_format(out, ", %s", texts->columns[i]);
	buffer_format(out, " FROM %s WHERE id > ?1", texts->table);
	if (texts->except)
		buffer_format(out, " AND NOT (%s)", texts->except);
	buffer_append_string(out, " ORDER BY id");
}

/* Up to PAGE_ROWS changes; *after_id is the last row that was looked at. */
static bool look(struct sweep *sweep, const struct texts *texts, struct arena *arena,
	int64_t *after_id, struct list *changes, bool *more, struct error *err)
{
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool ok;

	select_text(texts, &text);
	if (!sql_start_built(sweep->db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, 1, *after_id);
	*more = true;
	while (changes->count < PAGE_ROWS && (ok = sql_row(q, more, err)) && *more) {
		*after_id = sql_i64(q, 0);
		for (size_t i = 0; i < COLUMNS && texts->columns[i]; i++) {
			struct span was = sql_peek(q, (int)i + 1), is;

			if (was.size && sweep->scrub(sweep->context, was, arena, &is))
				*(struct change *)list_add(changes) =
					(struct change){*after_id, i, is};
		}
	}
	sql_end(q);
	return changes->count >= PAGE_ROWS || ok;
}

static const struct record_fold *fold_of(const struct noun *noun, const char *column)
{
	for (size_t i = 0; noun && i < noun->fold_count; i++)
		if (strcmp(noun->fields[noun->folds[i].of].column, column) == 0)
			return &noun->folds[i];
	return NULL;
}

static bool write_one(struct sweep *sweep, const struct texts *texts, const struct change *change,
	struct error *err)
{
	const char *column = texts->columns[change->column];
	const struct record_fold *fold = fold_of(texts->noun, column);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct arena arena CLEANUP(arena_done) = {0};
	struct sql *q;

	buffer_format(&text, "UPDATE %s SET %s = ?2", texts->table, column);
	if (fold)
		buffer_format(&text, ", %s = ?3", fold->column);
	if (texts->noun && texts->noun->has_sequence)
		buffer_append_string(&text, ", sequence = sequence + 1, calendar_ms = ?4");
	buffer_append_string(&text, " WHERE id = ?1");
	if (!sql_start_built(sweep->db, buffer_string(&text), &q, err))
		return false;
	if (texts->noun && texts->noun->has_sequence)
		sql_bind_i64(q, 4, clock_now_ms());
	sql_bind_i64(q, 1, change->id);
	sql_bind_text(q, 2, change->text);
	if (fold)
		sql_bind_text(q, 3, fold->fold(&arena, change->text));
	++*sweep->changed;
	return sql_run(q, err) && (!texts->noun || !texts->noun->shown_in.table ||
					  record_show_again(sweep->db, texts->noun, change->id,
						  true, clock_now_ms(), err));
}

static bool sweep_table(struct sweep *sweep, const struct texts *texts, struct error *err)
{
	bool more = texts->columns[0] != NULL;
	int64_t after_id = 0;

	while (more) {
		struct arena arena CLEANUP(arena_done) = {0};
		struct list changes = LIST_OF(struct change, &arena);
		const struct change *items;

		if (!look(sweep, texts, &arena, &after_id, &changes, &more, err))
			return false;
		items = changes.items;
		for (size_t i = 0; i < changes.count; i++)
			if (!write_one(sweep, texts, &items[i], err))
				return false;
	}
	return true;
}

bool erase_texts(
	struct db *db, erase_scrub *scrub, void *context, int64_t *changed, struct error *err)
{
	struct sweep sweep = {db, scrub, context, changed};
	const struct noun *noun;

	for (size_t i = 0; (noun = noun_at(i)); i++) {
		struct texts texts = texts_of(noun);

		if (!sweep_table(&sweep, &texts, err))
			return false;
	}
	for (size_t i = 0; i < ARRAY_COUNT(others); i++)
		if (!sweep_table(&sweep, &others[i], err))
			return false;
	return true;
}
