/*
 * oauth_provider.h - the endpoints and scopes of the providers that most mailboxes are at.
 */
#ifndef CONFIG_OAUTH_PROVIDER_H
#define CONFIG_OAUTH_PROVIDER_H

#include "base/arena.h"
#include "config/config.h"

/*
 * Fills in what the file leaves to the provider: token_url, device_url, scope. NULL, or what is
 * missing, in words for a message. New strings lie in the arena.
 */
const char *oauth_provider_settle(struct config_oauth *oauth, struct arena *arena);

#endif
