#include "store/ticket.h"

#include "base/buffer.h"
#include "base/text.h"
#include "store/list.h"
#include "store/record.h"
#include "store/sql.h"

enum {
	DIRECTION,
	KIND,
	STATE,
	TITLE,
	SUPPLIER,
	SUPPLIER_CONTACT,
	SUPPLIER_NAME,
	NUMBER,
	ISSUED,
	DUE,
	CURRENCY,
	NET,
	TAX,
	TOTAL,
	PAYABLE,
	IBAN,
	DOCUMENT,
	HOLD_REASON,
	ASSIGNEE,
	REMINDED,
	DEAL,
	TAX_RATE,
	DISCOUNT,
	SENT,
	PAID,
	PAID_AMOUNT,
	AFTER_CLOSE,
	PRECEDING,
	FIELD_COUNT
};
static const struct record_field fields[] = {
	[DIRECTION] = {"direction", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[KIND] = {"kind", RECORD_TEXT, false},
	[STATE] = {"state", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[TITLE] = {"title", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[SUPPLIER] = {"supplier_id", RECORD_INTEGER, false},
	[SUPPLIER_CONTACT] = {"supplier_contact_id", RECORD_INTEGER, false},
	[SUPPLIER_NAME] = {"supplier_name", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[NUMBER] = {"number", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[ISSUED] = {"issue_date", RECORD_TEXT, false},
	[DUE] = {"due_date", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[CURRENCY] = {"currency", RECORD_TEXT, RECORD_SHOWN_TITLE},
	[NET] = {"net_cents", RECORD_INTEGER, false},
	[TAX] = {"tax_cents", RECORD_INTEGER, false},
	[TOTAL] = {"total_cents", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[PAYABLE] = {"payable_cents", RECORD_INTEGER, RECORD_SHOWN_TITLE},
	[IBAN] = {"iban", RECORD_TEXT, false},
	[DOCUMENT] = {"document_sha256", RECORD_BYTES, false},
	[HOLD_REASON] = {"hold_reason", RECORD_TEXT, RECORD_SHOWN_TEXT},
	[ASSIGNEE] = {"assignee_id", RECORD_INTEGER, RECORD_SHOWN_TEXT},
	[REMINDED] = {"reminded_ms", RECORD_INTEGER, false},
	[DEAL] = {"deal_id", RECORD_INTEGER, false},
	[TAX_RATE] = {"tax_rate", RECORD_INTEGER, false},
	[DISCOUNT] = {"discount_cents", RECORD_INTEGER, false},
	[SENT] = {"sent_date", RECORD_TEXT, false},
	[PAID] = {"paid_date", RECORD_TEXT, false},
	[PAID_AMOUNT] = {"paid_cents", RECORD_INTEGER, false},
	[AFTER_CLOSE] = {"after_close", RECORD_INTEGER, false},
	[PRECEDING] = {"preceding", RECORD_TEXT, false},
};

/* "RE-2026/0042" and "re 2026 0042" are one number; leading zeros tell numbers apart. */
struct span ticket_fold_number(struct arena *arena, struct span number)
{
	char *folded = arena_alloc(arena, number.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < number.size; i++) {
		char c = number.data[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			folded[size++] = c;
	}
	return (struct span){folded, size};
}

static const struct record_fold folds[] = {{"number_folded", NUMBER, ticket_fold_number},
	{"preceding_folded", PRECEDING, ticket_fold_number}};
static const struct record_reference references[] = {
	{"ticket_message", "ticket_id", RECORD_REFUSES},
	{"task", "ticket_id", RECORD_REFUSES},
};
const struct noun ticket_noun = {
	.name = "ticket",
	.table = "ticket",
	.fields = fields,
	.field_count = FIELD_COUNT,
	.folds = folds,
	.fold_count = ARRAY_COUNT(folds),
	.references = references,
	.reference_count = ARRAY_COUNT(references),
	.has_created = true,
	.has_changed = true,
	.has_sequence = true,
};

static void to_values(const struct ticket *ticket, struct arena *arena, struct value *values)
{
	values[DIRECTION] = value_text(ticket->direction);
	values[KIND] = value_text(ticket->kind);
	values[STATE] = value_text(ticket->state.size ? ticket->state : SPAN("open"));
	values[TITLE] = value_text(ticket->title);
	values[SUPPLIER] = value_id(ticket->supplier_id);
	values[SUPPLIER_CONTACT] = value_id(ticket->supplier_contact_id);
	values[SUPPLIER_NAME] = value_text(ticket->supplier_name);
	values[NUMBER] = value_text_or_null(ticket->number);
	values[ISSUED] = value_date(arena, ticket->issue_date);
	values[DUE] = value_date(arena, ticket->due_date);
	values[CURRENCY] = value_text_or_null(ticket->currency);
	values[NET] = value_integer_if(ticket->has_net, ticket->net_cents);
	values[TAX] = value_integer_if(ticket->has_tax, ticket->tax_cents);
	values[TOTAL] = value_integer_if(ticket->has_total, ticket->total_cents);
	values[PAYABLE] = value_integer_if(ticket->has_payable, ticket->payable_cents);
	values[IBAN] = value_text_or_null(ticket->iban);
	values[DOCUMENT] = ticket->has_document ? value_bytes(ticket->document.bytes, DIGEST_BYTES)
						: value_null();
	values[HOLD_REASON] = value_text_or_null(ticket->hold_reason);
	values[ASSIGNEE] = value_id(ticket->assignee_id);
	values[REMINDED] = value_id(ticket->reminded_ms);
	values[DEAL] = value_id(ticket->deal_id);
	values[TAX_RATE] = value_integer_if(ticket->has_tax_rate, ticket->tax_rate);
	values[DISCOUNT] = value_integer_if(ticket->has_discount, ticket->discount_cents);
	values[SENT] = value_date(arena, ticket->sent_date);
	values[PAID] = value_date(arena, ticket->paid_date);
	values[PAID_AMOUNT] = value_integer_if(ticket->has_paid, ticket->paid_cents);
	values[AFTER_CLOSE] = value_integer(ticket->after_close);
	values[PRECEDING] = value_text_or_null(ticket->preceding);
}

bool ticket_add(
	struct operation *operation, const struct ticket *ticket, int64_t *id, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(ticket, &arena, values);
	return record_make(operation, &ticket_noun, values, id, err);
}

bool ticket_edit(struct operation *operation, const struct ticket *ticket, struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct value values[FIELD_COUNT];

	to_values(ticket, &arena, values);
	return record_change(operation, &ticket_noun, ticket->id, values, ~0U, err);
}

#define SELECT_TICKET                                                                           \
	"SELECT t.id, t.direction, t.kind, t.state, t.title, t.supplier_id, "                   \
	"t.supplier_contact_id, t.assignee_id, t.supplier_name, t.number, t.currency, t.iban, " \
	"t.hold_reason, u.name, t.issue_date, t.due_date, t.net_cents, t.tax_cents, "           \
	"t.total_cents, t.payable_cents, t.document_sha256, t.reminded_ms, t.created_ms, "      \
	"t.changed_ms, t.sequence, t.deal_id, t.tax_rate, t.discount_cents, t.sent_date, "      \
	"t.paid_date, t.paid_cents, t.after_close, t.calendar_ms, t.preceding "                 \
	"FROM ticket t LEFT JOIN app_user u ON u.id = t.assignee_id "

static void read_ticket(struct sql *q, struct arena *arena, struct ticket *ticket)
{
	*ticket = (struct ticket){
		.id = sql_i64(q, 0),
		.direction = sql_text(q, 1, arena),
		.kind = sql_text(q, 2, arena),
		.state = sql_text(q, 3, arena),
		.title = sql_text(q, 4, arena),
		.supplier_id = sql_i64(q, 5),
		.supplier_contact_id = sql_i64(q, 6),
		.assignee_id = sql_i64(q, 7),
		.supplier_name = sql_text(q, 8, arena),
		.number = sql_text(q, 9, arena),
		.currency = sql_text(q, 10, arena),
		.iban = sql_text(q, 11, arena),
		.hold_reason = sql_text(q, 12, arena),
		.assignee_name = sql_text(q, 13, arena),
		.issue_date = sql_date(q, 14),
		.due_date = sql_date(q, 15),
		.net_cents = sql_i64(q, 16),
		.tax_cents = sql_i64(q, 17),
		.total_cents = sql_i64(q, 18),
		.payable_cents = sql_i64(q, 19),
		.has_net = !sql_is_null(q, 16),
		.has_tax = !sql_is_null(q, 17),
		.has_total = !sql_is_null(q, 18),
		.has_payable = !sql_is_null(q, 19),
		.reminded_ms = sql_i64(q, 21),
		.created_ms = sql_i64(q, 22),
		.changed_ms = sql_i64(q, 23),
		.sequence = (int)sql_i64(q, 24),
		.deal_id = sql_i64(q, 25),
		.tax_rate = sql_i64(q, 26),
		.has_tax_rate = !sql_is_null(q, 26),
		.discount_cents = sql_i64(q, 27),
		.has_discount = !sql_is_null(q, 27),
		.sent_date = sql_date(q, 28),
		.paid_date = sql_date(q, 29),
		.paid_cents = sql_i64(q, 30),
		.has_paid = !sql_is_null(q, 30),
		.after_close = sql_bool(q, 31),
		.calendar_ms = sql_i64(q, 32),
		.preceding = sql_text(q, 33, arena),
	};
	ticket->has_document = sql_digest(q, 20, &ticket->document);
}

bool ticket_get(struct db *db, int64_t id, struct arena *arena, struct ticket *ticket, bool *found,
	struct error *err)
{
	struct sql *q;
	bool ok;

	if (!sql_start(db, SELECT_TICKET "WHERE t.id = ?1", &q, err))
		return false;
	sql_bind_i64(q, 1, id);
	ok = sql_row(q, found, err);
	if (ok && *found)
		read_ticket(q, arena, ticket);
	sql_end(q);
	return ok;
}

enum { AFTER = 1, OF_STATE, OF_ASSIGNEE, OF_SUPPLIER, LIMIT, OF_DEAL, OF_DIRECTION };

static void list_text(const struct ticket_filter *filter, struct buffer *text)
{
	buffer_append_string(text, SELECT_TICKET "WHERE t.id > ?1");
	if (span_equal(filter->state, SPAN("unfinished")))
		buffer_append_string(text, " AND t.state IN ('open', 'hold')");
	else if (span_equal(filter->state, SPAN("after-close")))
		buffer_append_string(text, " AND t.after_close = 1");
	else if (filter->state.size)
		buffer_append_string(text, " AND t.state = ?2");
	if (filter->assignee_id)
		buffer_append_string(text, " AND t.assignee_id = ?3");
	if (filter->supplier_id)
		buffer_append_string(text, " AND t.supplier_id = ?4");
	if (filter->deal_id)
		buffer_append_string(text, " AND t.deal_id = ?6");
	if (filter->direction.size)
		buffer_append_string(text, " AND t.direction = ?7");
	buffer_append_string(text, " ORDER BY t.id LIMIT ?5");
}

bool ticket_list(struct db *db, const struct ticket_filter *filter, struct arena *arena,
	struct ticket **rows, size_t *count, struct error *err)
{
	struct list list = LIST_OF(struct ticket, arena);
	struct buffer text CLEANUP(buffer_done) = {0};
	struct sql *q;
	bool found, ok;

	list_text(filter, &text);
	if (!sql_start_built(db, buffer_string(&text), &q, err))
		return false;
	sql_bind_i64(q, AFTER, filter->page.after_id);
	if (filter->state.size && !span_equal(filter->state, SPAN("unfinished")) &&
		!span_equal(filter->state, SPAN("after-close")))
		sql_bind_text(q, OF_STATE, filter->state);
	if (filter->assignee_id)
		sql_bind_i64(q, OF_ASSIGNEE, filter->assignee_id);
	if (filter->supplier_id)
		sql_bind_i64(q, OF_SUPPLIER, filter->supplier_id);
	if (filter->deal_id)
		sql_bind_i64(q, OF_DEAL, filter->deal_id);
	if (filter->direction.size)
		sql_bind_text(q, OF_DIRECTION, filter->direction);
	sql_bind_i64(q, LIMIT, sql_limit(filter->page));
	while ((ok = sql_row(q, &found, err)) && found)
		read_ticket(q, arena, list_add(&list));
	sql_end(q);
	*rows = list.items;
	*count = list.count;
	return ok;
}

/* ---------------------------------------------------------------- what a second mail joins */

bool ticket_by_document(
	struct db *db, const struct digest *document, int64_t *id, struct error *err)
{
	struct sql *q;

	if (!sql_start(db,
		    "SELECT id FROM ticket WHERE document_sha256 = ?1 AND state <> 'dismissed' "
		    "ORDER BY id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_digest(q, 1, document);
	return sql_run_id(q, id, err);
}

/* Names are compared folded, here: they are few a number. */
static bool same_supplier(
	struct sql *q, int64_t supplier_id, struct span supplier_name, struct arena *arena)
{
	int64_t of_ticket = sql_i64(q, 1);

	if (supplier_id && of_ticket)
		return supplier_id == of_ticket;
	return supplier_name.size &&
	       span_equal(text_fold(arena, supplier_name), text_fold(arena, sql_peek(q, 2)));
}

bool ticket_by_number(struct db *db, struct span number, int64_t supplier_id,
	struct span supplier_name, struct span kind, int64_t except_id, int64_t *id,
	struct error *err)
{
	struct arena arena CLEANUP(arena_done) = {0};
	struct span folded = ticket_fold_number(&arena, number);
	bool found = false, ok = true;
	struct sql *q;

	*id = 0;
	if (span_is_empty(folded)) /* an empty value never matches */
		return true;
	if (!sql_start(db,
		    "SELECT id, supplier_id, supplier_name FROM ticket WHERE number_folded = ?1 "
		    "AND kind = ?2 AND state <> 'dismissed' AND id <> ?3 ORDER BY id",
		    &q, err))
		return false;
	sql_bind_text(q, 1, folded);
	sql_bind_text(q, 2, kind);
	sql_bind_i64(q, 3, except_id);
	while (!*id && (ok = sql_row(q, &found, err)) && found)
		if (same_supplier(q, supplier_id, supplier_name, &arena))
			*id = sql_i64(q, 0);
	sql_end(q);
	return ok;
}

bool ticket_credits_of(struct db *db, struct span number, int64_t supplier_id,
	struct span supplier_name, struct arena *arena, int64_t **ids, size_t *count,
	struct error *err)
{
	struct list list = LIST_OF(int64_t, arena);
	struct span folded = ticket_fold_number(arena, number);
	bool found = false, ok = true;
	struct sql *q;

	*ids = NULL;
	*count = 0;
	if (span_is_empty(folded)) /* an empty value never matches */
		return true;
	if (!sql_start(db,
		    "SELECT id, supplier_id, supplier_name FROM ticket WHERE preceding_folded = ?1 "
		    "AND kind = 'credit-note' AND state <> 'dismissed' ORDER BY id",
		    &q, err))
		return false;
	sql_bind_text(q, 1, folded);
	while ((ok = sql_row(q, &found, err)) && found)
		if (same_supplier(q, supplier_id, supplier_name, arena))
			*(int64_t *)list_add(&list) = sql_i64(q, 0);
	sql_end(q);
	*ids = list.items;
	*count = list.count;
	return ok;
}

bool ticket_by_amount(
	struct db *db, const struct ticket *ticket, int near_days, int64_t *id, struct error *err)
{
	char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];
	struct sql *q;

	*id = 0;
	if (!ticket->supplier_id || !ticket->has_payable || !date_is_set(ticket->issue_date))
		return true;
	if (!sql_start(db,
		    "SELECT id FROM ticket WHERE supplier_id = ?1 AND payable_cents = ?2 "
		    "AND kind = ?3 AND currency IS NOT DISTINCT FROM ?4 AND id <> ?5 "
		    "AND state <> 'dismissed' AND issue_date >= ?6 AND issue_date <= ?7 "
		    "ORDER BY id LIMIT 1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, ticket->supplier_id);
	sql_bind_i64(q, 2, ticket->payable_cents);
	sql_bind_text(q, 3, ticket->kind);
	sql_bind_text_or_null(q, 4, ticket->currency);
	sql_bind_i64(q, 5, ticket->id);
	sql_bind_text(
		q, 6, span_from(date_text(date_add_days(ticket->issue_date, -near_days), from)));
	sql_bind_text(q, 7, span_from(date_text(date_add_days(ticket->issue_date, near_days), to)));
	return sql_run_id(q, id, err);
}

bool ticket_known_iban(struct db *db, int64_t supplier_id, int64_t except_id, struct arena *arena,
	struct span *iban, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*iban = (struct span){0};
	if (!sql_start(db,
		    "SELECT coalesce(c.iban, (SELECT t.iban FROM ticket t "
		    "WHERE t.supplier_id = c.id AND t.iban IS NOT NULL "
		    "AND t.state NOT IN ('hold', 'dismissed') "
		    "AND t.id <> ?2 ORDER BY t.id DESC LIMIT 1)) FROM company c WHERE c.id = ?1",
		    &q, err))
		return false;
	sql_bind_i64(q, 1, supplier_id);
	sql_bind_i64(q, 2, except_id);
	ok = sql_row(q, &found, err);
	if (ok && found)
		*iban = sql_text(q, 0, arena);
	sql_end(q);
	return ok;
}

bool ticket_iban_past(struct db *db, const struct ticket *ticket, struct arena *arena,
	struct ticket_iban_past *past, struct error *err)
{
	struct sql *q;
	bool found, ok;

	*past = (struct ticket_iban_past){0};
	if (!sql_start(db,
		    "WITH earlier AS (SELECT id, iban, iban = ?1 AS same, "
		    "state NOT IN ('hold', 'dismissed') AS accepted FROM ticket "
		    "WHERE iban <> '' AND id <> ?2 AND (supplier_id = ?3 "
		    "OR (supplier_id IS NULL AND supplier_contact_id = ?4))) "
		    "SELECT EXISTS (SELECT 1 FROM earlier WHERE same AND accepted), "
		    "(SELECT max(id) FROM earlier WHERE same AND NOT accepted), "
		    "(SELECT iban FROM earlier WHERE NOT same AND accepted "
		    "ORDER BY id DESC LIMIT 1)",
		    &q, err))
		return false;
	sql_bind_text(q, 1, ticket->iban);
	sql_bind_i64(q, 2, ticket->id);
	sql_bind_i64(q, 3, ticket->supplier_id);
	sql_bind_i64(q, 4, ticket->supplier_contact_id);
	ok = sql_row(q, &found, err);
	if (ok && found) {
		past->accepted = sql_i64(q, 0) != 0;
		past->refused_id = sql_i64(q, 1);
		past->other = sql_text(q, 2, arena);
	}
	sql_end(q);
	return ok;
}
