/*
 * index.h - finding things by a key in a sorted array: built once at load, read on each mail.
 */
#ifndef CONFIG_INDEX_H
#define CONFIG_INDEX_H

#include "base/arena.h"
#include "base/span.h"
#include "config/network.h"

struct index_entry {
	struct span key;
	const void *value; /* what the key leads to */
	const void *place; /* where the key stands in the configuration, for messages */
	size_t order;	   /* of adding */
};

struct index {
	struct index_entry *entries;
	size_t count, capacity;
	struct arena *arena;
};

/* The indexes behind the lookups of config.h. Keys are folded. */
struct config_index {
	struct index users, user_addresses, mailboxes, mailbox_addresses;
	struct index own_domains, own_hosts, free_mail_domains;
	struct network *own_networks; /* those of own_hosts that are addresses */
	size_t own_network_count;
};

void index_init(struct index *index, struct arena *arena);
/* The key is not copied. */
void index_add(struct index *index, struct span key, const void *value, const void *place);
/* To be called once, after the last index_add and before the first index_find. */
void index_sort(struct index *index);
/* NULL when there is none; the first added when there are several. */
const struct index_entry *index_find(const struct index *index, struct span key);
/* The first entry whose key stood in an earlier one; NULL when all keys differ. */
const struct index_entry *index_repeated(const struct index *index);

#endif
