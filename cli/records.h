/*
 * records.h - the JSON objects of records that more than one noun prints.
 */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "cli/cli.h"
#include "store/activity.h"
#include "store/case.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/message.h"
#include "store/task.h"
#include "store/ticket.h"

/* The caller owns the reference. */
json_t *activity_json(struct cli *cli, const struct activity *activity);
json_t *contact_json(struct cli *cli, const struct contact *contact);
json_t *task_json(struct cli *cli, const struct task *task);
json_t *ticket_json(struct cli *cli, const struct ticket *ticket);
json_t *case_json(struct cli *cli, const struct support_case *item);
json_t *deal_json(struct cli *cli, const struct deal *deal);
json_t *message_json(struct cli *cli, const struct message_row *message);

#endif
