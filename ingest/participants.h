/*
 * participants.h - the people outside whom a mail is about. Users, our mailboxes and everything
 * else at own domains are never among them.
 */
#ifndef INGEST_PARTICIPANTS_H
#define INGEST_PARTICIPANTS_H

#include "ingest/plan.h"

/* A forward below this is shown as a suggestion and decides nothing. */
#define FORWARD_CERTAIN 0.6

/* A user sent us this mail with another one inside: it is about who wrote that one. */
bool participants_forwarded(const struct mail *mail, enum mailbox_kind kind);

/* …but that one was read with so little certainty that a person has to say who wrote it. */
bool participants_uncertain(const struct mail *mail, enum mailbox_kind kind);

/*
 * Everybody outside in From, To, Cc and Bcc (and in a forwarded mail that was read with
 * certainty), then (role attendee) those whom its events name besides, each once, as a list by
 * `next` without rules yet. NULL: nobody.
 */
struct match *participants_all(struct mail *mail, enum mailbox_kind kind);

/*
 * The one who wrote it: the forwarded mail's author, else the sender. False when that is nobody
 * outside (match is then empty but for role "from").
 */
bool participants_author(struct mail *mail, enum mailbox_kind kind, struct match *match);

#endif
