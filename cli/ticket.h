/*
 * ticket.h - the verbs of `postroom ticket` that change tickets (ticket_change.c), for its table.
 */
#ifndef CLI_TICKET_H
#define CLI_TICKET_H

#include "cli/cli.h"

enum exit_code ticket_run_edit(struct cli *cli);
enum exit_code ticket_run_assign(struct cli *cli);
enum exit_code ticket_run_pay(struct cli *cli);
/* close, dismiss, reopen */
enum exit_code ticket_run_move(struct cli *cli);
enum exit_code ticket_run_hold(struct cli *cli);
enum exit_code ticket_run_release(struct cli *cli);

#endif
