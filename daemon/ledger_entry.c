/*
 * ledger_entry.c - entries and the queues that they stand in.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "daemon/ledger.h"

/* A reader that lets more pile up does not read (COMMITTED and ACTION frames are small). */
#define SOURCE_OUT_MAX_BYTES ((size_t)4 << 20)

struct entry *entry_new(struct source *source, enum entry_kind kind, struct span body)
{
	struct entry *entry = memory_alloc(sizeof *entry);

	*entry = (struct entry){.source = source, .kind = kind, .state = ENTRY_DONE};
	buffer_copy(&entry->body, body);
	return entry;
}

void entry_free(struct entry *entry)
{
	buffer_done(&entry->body);
	buffer_done(&entry->raw);
	arena_done(&entry->arena);
	free(entry);
}

bool entry_has_content(const struct entry *entry)
{
	return entry->kind == ENTRY_MAIL || entry->kind == ENTRY_STORED;
}

struct span entry_raw(const struct entry *entry)
{
	if (entry->raw.size > 0)
		return buffer_span(&entry->raw);
	return entry->kind == ENTRY_STORED ? (struct span){0} : entry->of.mail.zstd;
}

static size_t entry_bytes(const struct entry *entry)
{
	return sizeof *entry + entry->body.capacity + entry->raw.capacity;
}

void ledger_queue(struct ledger *ledger, struct entry *entry)
{
	struct source *source = entry->source;

	*source->last = entry;
	source->last = &entry->next;
	source->queued_bytes += entry_bytes(entry);
	ledger->queued_bytes += entry_bytes(entry);
}

void ledger_unqueue(struct ledger *ledger, struct source *source)
{
	struct entry *entry = source->first;

	source->first = entry->next;
	if (!source->first)
		source->last = &source->first;
	entry->next = NULL;
	source->queued_bytes -= entry_bytes(entry);
	ledger->queued_bytes -= entry_bytes(entry);
}

/* The configuration in force here is the one that the reader was started with. */
static char *account_of(const struct ledger *ledger, const struct source *source)
{
	const struct config_mailbox *mailbox = config_mailbox(ledger->config, source->mailbox);
	CLEANUP(arena_done) struct arena arena = {0};
	struct span account = {0};
	char *copy;

	if (source->kind == PEER_READER && mailbox)
		account = config_account(mailbox, &arena);
	copy = memory_alloc(account.size + 1);
	if (account.size > 0)
		memcpy(copy, account.data, account.size);
	copy[account.size] = '\0';
	return copy;
}

struct source *source_new(struct ledger *ledger, const struct role_peer *peer, int socket)
{
	struct source *source = memory_alloc(sizeof *source);
	struct source **end = &ledger->sources;

	*source = (struct source){.kind = peer->kind, .id = peer->id, .retried_ms = clock_now_ms()};
	source->last = &source->first;
	source->mailbox = memory_alloc(peer->name.size + 1);
	memcpy(source->mailbox, peer->name.data, peer->name.size);
	source->mailbox[peer->name.size] = '\0';
	source->account = account_of(ledger, source);
	channel_open(&source->channel, socket, WIRE_MAIL_MAX_BYTES, SOURCE_OUT_MAX_BYTES);
	while (*end)
		end = &(*end)->next;
	*end = source;
	return source;
}

/* An entry in the batch still answers to its source after the commit. */
static bool is_in_batch(const struct ledger *ledger, const struct source *source)
{
	for (const struct entry *entry = ledger->batch.first; entry; entry = entry->next)
		if (entry->source == source)
			return true;
	return false;
}

void ledger_drop_sources(struct ledger *ledger)
{
	struct source **at = &ledger->sources;

	while (*at) {
		struct source *source = *at;

		if (channel_is_open(&source->channel) || source->first ||
			is_in_batch(ledger, source)) {
			at = &source->next;
			continue;
		}
		*at = source->next;
		source_forget_ids(source);
		buffer_done(&source->parts);
		free(source->mailbox);
		free(source->account);
		free(source);
	}
}
