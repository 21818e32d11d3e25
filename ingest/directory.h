/*
 * directory.h - who is who on our side: users with all their addresses, the addresses that deliver
 * into a mailbox, own domains. Built once a configuration, asked for every address of every mail.
 */
#ifndef INGEST_DIRECTORY_H
#define INGEST_DIRECTORY_H

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"
#include "config/config.h"

struct directory;

/*
 * Secrets of secret-tag mailboxes are read here; one that cannot be read does not fail (the CLI
 * may not be allowed to), the mailbox's mail is then quarantined with the reason.
 */
struct directory *directory_new(const struct config *config);
void directory_free(struct directory *directory);

/* What an address is to us. All of it empty: outside. */
struct directory_entry {
	int user;			      /* index in config->users, -1: no user's */
	const struct config_mailbox *mailbox; /* that it delivers into; NULL: none */
	struct span base;   /* mailbox: the configured address, folded, without a tag */
	struct span detail; /* mailbox: what followed the separator, secret taken out */
	bool has_secret;    /* mailbox: the tag began with the secret */
	bool own_domain;
};

/* folded: by text_fold_address. Spans point into it or into the directory. */
struct directory_entry directory_find(const struct directory *directory, struct span folded);

/* Ours in any way: a user, a mailbox, an own domain. Such an address is never a contact. */
bool directory_is_ours(const struct directory *directory, struct span folded);

/* Why the mailbox's secret tag cannot be checked; NULL: it can. */
const char *directory_secret_fault(
	const struct directory *directory, const struct config_mailbox *mailbox);

/* Some text holds a secret tag: output must go through directory_redact. */
bool directory_has_secrets(const struct directory *directory);
/* The text with every secret replaced by "***"; the text itself when it holds none. */
struct span directory_redact(
	const struct directory *directory, struct arena *arena, struct span text);

#endif
