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

/*
 * Gets and stores the mailbox's first refresh token, with a person at the terminal: by device code,
 * or (stdin_token) one that comes on stdin. Says on stdout what to do and that it is done.
 */
MUST_CHECK bool tokens_client_login(const struct config *config,
	const struct config_mailbox *mailbox, bool stdin_token, struct error *err);

#endif
