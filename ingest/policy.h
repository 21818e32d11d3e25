/*
 * policy.h - who may write: whether the check that the mailbox asks for vouches for the sender, and
 * whether that sender is one of those who may (docs/configuration.md).
 */
#ifndef INGEST_POLICY_H
#define INGEST_POLICY_H

#include "ingest/route.h"
#include "ingest/state.h"

struct verdict {
	bool allowed;
	bool vouched;	  /* the From address is proved to be the user's */
	bool rotate;	  /* allowed, but the secret tag was shown to others: a person decides */
	struct span rule; /* "policy:NAME: what was found", empty when nothing was asked */
};

/* Reads nothing but facts and configuration. Text in mail's arena. */
struct verdict policy_judge(const struct mail *mail, const struct route *route);

/* The user stands in the mailbox's may_write, or that is not given. */
bool policy_user_may_write(const struct config_mailbox *mailbox, const char *user);

#endif
