#include "ingest/ticket_doubt.h"

#include <inttypes.h>

#include "ingest/intake.h"
#include "ingest/supplier.h"

/* Two invoices of one amount that lie this close are often one; monthly ones lie farther apart. */
#define NEAR_DAYS 7

static bool number_doubt(struct intake *intake, struct arena *arena, const struct ticket *ticket,
	struct span *text, struct error *err)
{
	int64_t other = 0;

	if (!ticket_by_number(intake->db, ticket->number, ticket->supplier_id,
		    ticket->supplier_name, ticket->kind, ticket->id, &other, err))
		return false;
	if (other)
		*text = arena_format(arena,
			"ticket #%" PRId64 " has the number %.*s of the same supplier", other,
			SPAN_ARG(ticket->number));
	return true;
}

static bool amount_doubt(struct intake *intake, struct arena *arena, const struct ticket *ticket,
	struct span *text, struct error *err)
{
	int64_t other = 0;

	if (!ticket_by_amount(intake->db, ticket, NEAR_DAYS, &other, err))
		return false;
	if (other)
		*text = arena_format(arena,
			"perhaps the same as ticket #%" PRId64
			": same supplier and amount within %d days",
			other, NEAR_DAYS);
	return true;
}

bool ticket_doubt_find(struct intake *intake, struct arena *arena, const struct ticket *ticket,
	struct ticket_doubt *doubt, struct error *err)
{
	*doubt = (struct ticket_doubt){.holds = true};
	if (!supplier_iban_doubt(intake, arena, ticket, &doubt->text, err) ||
		(!doubt->text.size && !number_doubt(intake, arena, ticket, &doubt->text, err)))
		return false;
	if (doubt->text.size)
		return true;
	doubt->holds = false;
	return amount_doubt(intake, arena, ticket, &doubt->text, err);
}
