/*
 * facts_invite.h - when an event of a mail takes place. The parser sees no file and so no zone
 * data but the mail's own, which is often years old; whoever has the system's asks here.
 */
#ifndef PARSER_FACTS_INVITE_H
#define PARSER_FACTS_INVITE_H

#include "parser/facts.h"

/*
 * Start and end again by the system's data of invite->zone, where it knows that zone; then the
 * time is certain. Nothing changes otherwise.
 */
void facts_invite_settle(struct facts_invite *invite);

#endif
