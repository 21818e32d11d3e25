/*
 * tokens_client.h - a tokens role of one's own, for postroomd --check, --preview and --login: what
 * a person starts beside the daemon. Both may run at once: the role's locks keep them apart.
 */
#ifndef DAEMON_TOKENS_CLIENT_H
#define DAEMON_TOKENS_CLIENT_H

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"

/* Appends an access token of the mailbox; secret_done it. ERROR_AUTH, ERROR_TEMPORARY. */
MUST_CHECK bool tokens_client_fetch(const struct config *config,
	const struct config_mailbox *mailbox, struct buffer *token, struct error *err);

/* `postroomd --login NAME`: the exit status. stdin_token: a refresh token comes on stdin. */
int tokens_client_login(const char *config_path, const char *name, bool stdin_token);

#endif
