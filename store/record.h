/*
 * record.h - the one way in which store/ changes the record: a table with the fields of each noun,
 * from which making, changing and removing a row writes the audit, and undo finds the way back.
 * SQL is put together from these tables alone, never from outside text. For store/ alone.
 */
#ifndef STORE_RECORD_H
#define STORE_RECORD_H

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"
#include "store/operation.h"

enum record_type { RECORD_INTEGER, RECORD_TEXT, RECORD_BYTES };

/* What calendars show of a field. */
enum record_shown {
	RECORD_NOT_SHOWN,
	RECORD_SHOWN_TITLE, /* in the title, time or status: a change raises `sequence` too */
	RECORD_SHOWN_TEXT,  /* beside it: a change moves `calendar_ms` alone */
};

struct record_field {
	const char *column;
	enum record_type type;
	enum record_shown shown;
};

/* A column that is computed from a field and never audited. */
struct record_fold {
	const char *column;
	unsigned of; /* index of the field */
	struct span (*fold)(struct arena *arena, struct span text);
};

enum record_when_removed { RECORD_REFUSES, RECORD_GOES_TOO, RECORD_IS_CLEARED };
struct record_reference {
	const char *table, *column; /* that refers to this noun */
	enum record_when_removed when_removed;
};

struct noun {
	const char *name; /* in the audit */
	const char *table;
	const struct record_field *fields;
	size_t field_count;
	const struct record_fold *folds;
	size_t fold_count;
	const struct record_reference *references;
	size_t reference_count;
	bool has_created, has_changed; /* created_ms, changed_ms */
	bool has_sequence;	       /* sequence and calendar_ms: it is shown in calendars */
	/* A noun that has them and shows fields of this one: table and column that refers to this.
	 */
	struct record_place {
		const char *table, *column;
	} shown_in;
	/* What else follows from a change, a removal or an undo; may be NULL. */
	bool (*changed)(struct db *db, int64_t id, struct error *err);
};

#define RECORD_MAX_FIELDS 32 /* one bit each in a mask */

/* A value of a field; the span lies somewhere else. */
struct value {
	bool is_null;
	int64_t integer;
	struct span text; /* text and bytes */
};

struct value value_text(struct span text);
struct value value_text_or_null(struct span text); /* empty is NULL */
struct value value_bytes(const void *bytes, size_t size_bytes);
struct value value_integer(int64_t integer);
struct value value_integer_if(bool present, int64_t integer);
struct value value_id(int64_t id); /* 0 is NULL */
struct value value_date(struct arena *arena, struct date date);
struct value value_null(void);

/* values: one for each field, in the order of the table. */
MUST_CHECK bool record_make(struct operation *operation, const struct noun *noun,
	const struct value *values, int64_t *id, struct error *err);
/*
 * Writes the fields of the mask (bit n: field n; ~0: all) that differ. ERROR_INPUT when there is no
 * such row.
 */
MUST_CHECK bool record_change(struct operation *operation, const struct noun *noun, int64_t id,
	const struct value *values, unsigned mask, struct error *err);
MUST_CHECK bool record_change_field(struct operation *operation, const struct noun *noun,
	int64_t id, unsigned field, struct value value, struct error *err);
/*
 * The row changed by another way than record_change, what noun->shown_in shows of it too: in its
 * title, or beside it.
 */
MUST_CHECK bool record_show_again(struct db *db, const struct noun *noun, int64_t id, bool title,
	int64_t at_ms, struct error *err);
/* ERROR_CONFLICT, naming it, when something still refers to the row. */
MUST_CHECK bool record_remove(
	struct operation *operation, const struct noun *noun, int64_t id, struct error *err);
/* Puts a removed row back under its id. */
MUST_CHECK bool record_restore(struct operation *operation, const struct noun *noun, int64_t id,
	const struct value *values, struct error *err);
/* The row's values in the arena. */
MUST_CHECK bool record_read(struct db *db, const struct noun *noun, int64_t id, struct arena *arena,
	struct value *values, bool *found, struct error *err);

bool value_equal(const struct value *a, const struct value *b, enum record_type type);
/* As the audit writes it: decimal, text, hex. NULL is the empty span with *is_null. */
struct span value_to_audit(struct arena *arena, const struct value *value, enum record_type type);
/* And back. ERROR_BUG when it is none. */
MUST_CHECK bool value_from_audit(struct arena *arena, struct span text, bool is_null,
	enum record_type type, struct value *value, struct error *err);

/* All nouns; NULL when there is none of that name. */
const struct noun *noun_find(struct span name);
/* One after the other; NULL behind the last. */
const struct noun *noun_at(size_t index);

extern const struct noun absence_noun, absence_work_noun, activity_noun, article_noun,
	case_message_noun, case_noun, company_alias_noun, company_domain_noun, company_noun,
	contact_address_noun, contact_alias_noun, contact_noun, deal_noun, deal_party_noun,
	document_noun, feed_noun, ignore_rule_noun, match_noun, project_noun, route_noun,
	task_dependency_noun, task_noun, ticket_message_noun, ticket_noun, unresolved_noun;

#endif
