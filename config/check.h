/*
 * check.h - what no single key can tell: references, doubles, what one key demands of another;
 * and the values that follow from others.
 */
#ifndef CONFIG_CHECK_H
#define CONFIG_CHECK_H

#include "config/reading.h"

/* Checks and completes the configuration. ERROR_INPUT with the place of the first fault. */
MUST_CHECK bool check_config(struct reading *reading, struct error *err);
/* The part of it that is about mailboxes; the users are checked and indexed. */
MUST_CHECK bool check_mailboxes(struct reading *reading, struct error *err);
/* The part about deals and projects; the users are checked and indexed. */
MUST_CHECK bool check_sales(struct reading *reading, struct error *err);
/* *name, where it is set, is a user's and becomes the user's own spelling. */
MUST_CHECK bool check_user_exists(struct reading *reading, const char **name, struct error *err);
/* Every name is a user's; each becomes the user's own spelling. */
MUST_CHECK bool check_users_exist(
	struct reading *reading, const struct config_strings *names, struct error *err);

#endif
