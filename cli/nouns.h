/*
 * nouns.h - the rows that each noun's file gives to the command table; each list ends with a noun
 * of NULL.
 */
#ifndef CLI_NOUNS_H
#define CLI_NOUNS_H

#include "cli/command.h"

extern const struct command status_commands[];
extern const struct command unresolved_commands[];
extern const struct command triage_commands[];
extern const struct command quarantine_commands[];
extern const struct command contact_commands[];
extern const struct command company_commands[];
extern const struct command note_commands[];
extern const struct command call_commands[];
extern const struct command article_commands[];
extern const struct command task_commands[];
extern const struct command ticket_commands[];
extern const struct command case_commands[];
extern const struct command deal_commands[];
extern const struct command finance_commands[];
extern const struct command project_commands[];
extern const struct command review_commands[];
extern const struct command statistics_commands[];
extern const struct command board_commands[];
extern const struct command message_commands[];
extern const struct command search_commands[];
extern const struct command why_commands[];
extern const struct command explain_commands[];
extern const struct command parse_commands[];
extern const struct command import_commands[];
extern const struct command replay_commands[];
extern const struct command undo_commands[];
extern const struct command log_commands[];
extern const struct command user_commands[];
extern const struct command mailbox_commands[];
extern const struct command calendar_commands[];
extern const struct command feed_commands[];
extern const struct command config_commands[];
extern const struct command doctor_commands[];
extern const struct command backup_commands[];
extern const struct command restore_commands[];
extern const struct command privacy_commands[];
extern const struct command completion_commands[];

#endif
