/*
 * tokens.h - the role that alone talks to OAuth servers and alone holds refresh tokens: gives
 * access tokens to the supervisor, for the readers (tokens_wire.h). Has the network and its folder
 * of the state directory; no database and no mail.
 */
#ifndef DAEMON_TOKENS_H
#define DAEMON_TOKENS_H

#include "config/config.h"

/* Runs until told to stop; returns the exit status. */
int tokens_main(void);

/* A mailbox of this configuration needs the role. */
bool tokens_are_needed(const struct config *config);

#endif
