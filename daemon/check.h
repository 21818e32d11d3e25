/*
 * check.h - `postroomd --check` and `--preview`: what the server of a mailbox says, without a
 * database and without changing anything.
 */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

/* Logs in to every mailbox and prints a line for each; 0 when all went well, 1 otherwise. */
int check_main(const char *config_path);
/* What a first start on the mailbox would create; 0, 1, or 3 when there is no such mailbox. */
int preview_main(const char *config_path, const char *mailbox);

#endif
