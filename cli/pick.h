/*
 * pick.h - from what a person types to the one thing that is meant: an id (12, #12), an address, a
 * name, or a part of a name that only one has. Never guessed: several possible ones are listed on
 * stderr and the command ends with EXIT_USAGE; none ends with EXIT_NOT_FOUND.
 *
 * Each returns EXIT_DONE, or the exit code after its message. The record is in the run's arena.
 */
#ifndef CLI_PICK_H
#define CLI_PICK_H

#include "cli/cli.h"
#include "store/article.h"
#include "store/case.h"
#include "store/company.h"
#include "store/contact.h"
#include "store/deal.h"
#include "store/message.h"
#include "store/project.h"
#include "store/task.h"
#include "store/ticket.h"
#include "store/unresolved.h"
#include "store/user.h"

/* 12 or #12; false when the word is no id. */
bool pick_id(const char *word, int64_t *id);

MUST_CHECK enum exit_code pick_contact(struct cli *cli, const char *word, struct contact *contact);
/* Also by a mail domain. */
MUST_CHECK enum exit_code pick_company(struct cli *cli, const char *word, struct company *company);
/* By login name, full name or address. "" and "nobody" give id 0. */
MUST_CHECK enum exit_code pick_user(struct cli *cli, const char *word, struct user_row *user);
/* Of the configuration, by its name or one of its addresses. */
MUST_CHECK enum exit_code pick_mailbox(
	struct cli *cli, const char *name, const struct config_mailbox **mailbox);
/* By id or Message-ID, with or without angle brackets. */
MUST_CHECK enum exit_code pick_message(
	struct cli *cli, const char *word, struct message_row *message);
/* By id or address; an address means its oldest waiting item, which answers for the others. */
MUST_CHECK enum exit_code pick_item(struct cli *cli, const char *word, struct unresolved *item);
/* By id, invoice number, or a part of the title that only one has. */
MUST_CHECK enum exit_code pick_ticket(struct cli *cli, const char *word, struct ticket *ticket);
MUST_CHECK enum exit_code pick_task(struct cli *cli, const char *word, struct task *task);
MUST_CHECK enum exit_code pick_case(struct cli *cli, const char *word, struct support_case *item);
MUST_CHECK enum exit_code pick_article(struct cli *cli, const char *word, struct article *article);
MUST_CHECK enum exit_code pick_deal(struct cli *cli, const char *word, struct deal *deal);
MUST_CHECK enum exit_code pick_project(struct cli *cli, const char *word, struct project *project);

#endif
