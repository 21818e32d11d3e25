/*
 * ticket_bill.h - bills of ours (receivable tickets): what --net, --discount, --tax-rate, … say of
 * one, and the task that reminds of an unpaid one.
 */
#ifndef CLI_TICKET_BILL_H
#define CLI_TICKET_BILL_H

#include "cli/cli.h"
#include "store/deal.h"
#include "store/ticket.h"

/* An open receivable ticket for the deal, which may be NULL: customer, value, tax, assignee. */
MUST_CHECK bool bill_of_deal(
	struct cli *cli, const struct deal *deal, struct ticket *ticket, struct error *err);
/* --net, --discount, --tax-rate, --currency, --due and --number, where given; then the price. */
MUST_CHECK enum exit_code bill_fields_take(struct cli *cli, struct ticket *ticket);

/* A sent bill with a due day that is open has an open task on the day behind it; any other none. */
MUST_CHECK bool bill_reminder_keep(struct cli *cli, struct operation *operation,
	const struct ticket *ticket, struct error *err);

enum exit_code ticket_run_add(struct cli *cli);
enum exit_code ticket_run_send(struct cli *cli);

#endif
