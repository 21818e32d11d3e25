/*
 * ticket.h - the verbs of `postroom ticket` that change tickets (ticket_change.c), for its table.
 */
#ifndef CLI_TICKET_H
#define CLI_TICKET_H

#include "cli/cli.h"
#include "store/ticket.h"

enum exit_code ticket_run_edit(struct cli *cli);
enum exit_code ticket_run_assign(struct cli *cli);
enum exit_code ticket_run_pay(struct cli *cli);
/* close, dismiss, reopen */
enum exit_code ticket_run_move(struct cli *cli);
enum exit_code ticket_run_hold(struct cli *cli);
enum exit_code ticket_run_release(struct cli *cli);
/* ticket_join.c */
enum exit_code ticket_run_join(struct cli *cli);
enum exit_code ticket_run_split(struct cli *cli);

enum exit_code ticket_run_export(struct cli *cli); /* ticket_export.c */

/* {"ticket": …} as it is now, for change_report; empty when it can't be read. */
json_t *ticket_changed_json(struct cli *cli, int64_t ticket_id);
/* Holds the ticket, and says why, where what a person typed casts doubt on it. */
MUST_CHECK enum exit_code ticket_doubts_check(struct cli *cli, struct ticket *ticket);

/*
 * Adds `reading` to the object of a ticket: which document each field comes from, and how sure that
 * is; `source` null: a person set it.
 */
MUST_CHECK bool ticket_readings_add(
	struct cli *cli, const struct ticket *ticket, json_t *object, struct error *err);

#endif
