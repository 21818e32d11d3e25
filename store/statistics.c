#include "store/statistics.h"

#include "base/compiler.h"
#include "store/sql.h"

/* What became of a record is told by the audit: its rows know only how they are now. */
#define BECAME(noun, state)                                                                  \
	"SELECT count(DISTINCT a.row_id) FROM operation o JOIN audit a ON a.operation_id = " \
	"o.id WHERE o.at_ms >= ?1 AND o.at_ms < ?2 AND o.undone_by IS NULL "                 \
	"AND a.noun = '" noun "' AND a.field = 'state' AND a.new_value = '" state "'"
/* `pay --close` goes from open to closed in one step: the day of payment tells. */
#define PAID                                                                                 \
	"SELECT count(DISTINCT a.row_id) FROM operation o JOIN audit a ON a.operation_id = " \
	"o.id WHERE o.at_ms >= ?1 AND o.at_ms < ?2 AND o.undone_by IS NULL "                 \
	"AND a.noun = 'ticket' AND a.field = 'paid_date' AND a.new_value <> ''"
#define MADE(table) "SELECT count(*) FROM " table " WHERE created_ms >= ?1 AND created_ms < ?2"
#define HAPPENED(condition) \
	"SELECT count(*) FROM activity WHERE at_ms >= ?1 AND at_ms < ?2 AND " condition

/* Each has the two instants as its parameters: adding one is adding a row. */
static const struct {
	const char *key, *what, *literal;
} statistics[] = {
	{"mails", "mails stored",
		"SELECT count(*) FROM message WHERE stored_ms >= ?1 AND stored_ms < ?2"},
	{"mails_in", "mails from contacts", HAPPENED("kind = 'mail' AND direction = 'in'")},
	{"mails_out", "mails to contacts", HAPPENED("kind = 'mail' AND direction = 'out'")},
	{"calls", "calls", HAPPENED("kind = 'call'")},
	{"meetings", "meetings", HAPPENED("kind = 'meeting'")},
	{"notes", "notes", HAPPENED("kind = 'note'")},
	{"contacts", "contacts made", MADE("contact")},
	{"companies", "companies made", MADE("company")},
	{"articles", "articles written", MADE("article")},
	{"deals", "deals opened", MADE("deal")},
	{"deals_won", "deals won", BECAME("deal", "won")},
	{"deals_lost", "deals lost", BECAME("deal", "lost")},
	{"tickets", "tickets opened", MADE("ticket")},
	{"tickets_paid", "tickets paid", PAID},
	{"tickets_closed", "tickets closed", BECAME("ticket", "closed")},
	{"cases", "cases opened", MADE("support_case")},
	{"cases_closed", "cases closed", BECAME("case", "closed")},
	{"tasks", "tasks made", MADE("task")},
	{"tasks_done", "tasks done", BECAME("task", "done")},
	{"items", "questions in the queue", MADE("unresolved")},
	{"items_settled", "questions settled", BECAME("unresolved", "settled")},
};

bool statistics_read(struct db *db, int64_t begin_ms, int64_t end_ms, struct arena *arena,
	struct statistic **rows, size_t *count, struct error *err)
{
	*count = ARRAY_COUNT(statistics);
	*rows = arena_array(arena, struct statistic, *count);
	for (size_t i = 0; i < *count; i++) {
		struct sql *q;

		(*rows)[i].key = statistics[i].key;
		(*rows)[i].what = statistics[i].what;
		if (!sql_start(db, statistics[i].literal, &q, err))
			return false;
		sql_bind_i64(q, 1, begin_ms);
		sql_bind_i64(q, 2, end_ms);
		if (!sql_run_id(q, &(*rows)[i].count, err))
			return false;
	}
	return true;
}
