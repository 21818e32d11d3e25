/*
 * check.h - `postroomd --check`, `--preview` and `--login`: what a person asks a mailbox's server,
 * or its OAuth provider, without a database.
 */
#ifndef DAEMON_CHECK_H
#define DAEMON_CHECK_H

#include <stdbool.h>

/* Logs in to every mailbox and prints a line for each; 0 when all went well, 1 otherwise. */
int check_main(const char *config_path);
/* What a first start on the mailbox would create; 0, 1, or 3 when there is no such mailbox. */
int preview_main(const char *config_path, const char *mailbox);
/* The first refresh token of the mailbox (daemon/tokens_client.h); the same. */
int login_main(const char *config_path, const char *mailbox, bool stdin_token);

#endif
