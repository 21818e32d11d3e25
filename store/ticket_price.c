#include "store/ticket.h"

/* Hundredths of a percent that are the whole. */
#define RATE_WHOLE 10000

static int64_t part_of(int64_t cents, int64_t rate)
{
	int64_t product = cents * rate;

	return (product + (product < 0 ? -RATE_WHOLE / 2 : RATE_WHOLE / 2)) / RATE_WHOLE;
}

void ticket_price(struct ticket *ticket)
{
	int64_t base;

	if (!ticket->has_net)
		return;
	base = ticket->net_cents - (ticket->has_discount ? ticket->discount_cents : 0);
	ticket->tax_cents = ticket->has_tax_rate ? part_of(base, ticket->tax_rate) : 0;
	ticket->has_tax = ticket->has_tax_rate;
	ticket->total_cents = base + ticket->tax_cents;
	ticket->payable_cents = ticket->total_cents;
	ticket->has_total = ticket->has_payable = true;
}
