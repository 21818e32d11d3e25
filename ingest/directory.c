#include "ingest/directory.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "config/secret.h"

struct slot {
	struct span address; /* folded; empty: the slot is free */
	int user;
	const struct config_mailbox *mailbox;
};

struct secret {
	const struct config_mailbox *mailbox;
	struct span value;
	const char *fault; /* could not be read, and why */
};

struct directory {
	const struct config *config;
	struct arena arena;
	struct slot *slots;
	size_t slot_mask;
	struct secret *secrets;
	size_t secret_count;
};

/* FNV-1a: addresses are short and the table is ours alone, nobody outside can fill it. */
static size_t address_hash(struct span address)
{
	uint64_t hash = 14695981039346656037u;
	for (size_t i = 0; i < address.size; i++)
		hash = (hash ^ (unsigned char)address.data[i]) * 1099511628211u;
	return (size_t)(hash ^ (hash >> 32));
}

static struct slot *slot_of(const struct directory *directory, struct span address)
{
	size_t at = address_hash(address) & directory->slot_mask;
	while (directory->slots[at].address.size &&
		!span_equal(directory->slots[at].address, address))
		at = (at + 1) & directory->slot_mask;
	return &directory->slots[at];
}

static struct slot *slot_add(struct directory *directory, const char *address)
{
	struct span folded = text_fold_address(&directory->arena, span_from(address));
	if (span_is_empty(folded))
		return NULL;
	struct slot *slot = slot_of(directory, folded);
	if (span_is_empty(slot->address))
		*slot = (struct slot){folded, -1, NULL};
	return slot;
}

static void slots_fill(struct directory *directory)
{
	const struct config *config = directory->config;
	size_t count = 0;
	for (size_t i = 0; i < config->user_count; i++)
		count += config->users[i].addresses.count;
	for (size_t i = 0; i < config->mailbox_count; i++)
		count += config->mailboxes[i].addresses.count;
	size_t size = 16;
	while (size < 2 * count + 2)
		size *= 2;
	directory->slots = arena_array(&directory->arena, struct slot, size);
	directory->slot_mask = size - 1;

	for (size_t i = 0; i < config->user_count; i++) {
		const struct config_strings *addresses = &config->users[i].addresses;
		for (size_t a = 0; a < addresses->count; a++) {
			struct slot *slot = slot_add(directory, addresses->items[a]);
			if (slot && slot->user < 0)
				slot->user = (int)i;
		}
	}
	for (size_t i = 0; i < config->mailbox_count; i++) {
		const struct config_strings *addresses = &config->mailboxes[i].addresses;
		for (size_t a = 0; a < addresses->count; a++) {
			struct slot *slot = slot_add(directory, addresses->items[a]);
			if (slot && !slot->mailbox)
				slot->mailbox = &config->mailboxes[i];
		}
	}
}

static bool secret_value(
	const struct config_mailbox *mailbox, struct buffer *value, struct error *err)
{
	if (mailbox->policy_secret_fault)
		return error_set(err, ERROR_INPUT, "%s", mailbox->policy_secret_fault);
	if (!mailbox->policy_secret_value)
		return secret_read(&mailbox->policy_secret, value, err);
	buffer_append_string(value, mailbox->policy_secret_value);
	return true;
}

static void secret_load(struct directory *directory, const struct config_mailbox *mailbox)
{
	struct secret *secret = &directory->secrets[directory->secret_count++];
	struct buffer value = {0};
	struct error err = {0};
	secret->mailbox = mailbox;
	if (!secret_value(mailbox, &value, &err))
		secret->fault = arena_string(&directory->arena, span_from(err.text));
	else if (value.size < 4)
		/* Redacting it everywhere would also eat ordinary text. */
		secret->fault = "the secret tag is shorter than 4 characters";
	else
		secret->value = text_fold(&directory->arena, buffer_span(&value));
	secret_forget(&value);
	buffer_done(&value);
}

struct directory *directory_new(const struct config *config)
{
	struct directory *directory = memory_alloc(sizeof(*directory));
	*directory = (struct directory){.config = config};
	arena_init(&directory->arena);
	slots_fill(directory);
	directory->secrets =
		arena_array(&directory->arena, struct secret, config->mailbox_count + 1);
	for (size_t i = 0; i < config->mailbox_count; i++) {
		if (config->mailboxes[i].policy == POLICY_SECRET_TAG)
			secret_load(directory, &config->mailboxes[i]);
	}
	return directory;
}

void directory_free(struct directory *directory)
{
	if (!directory)
		return;
	for (size_t i = 0; i < directory->secret_count; i++) {
		if (span_is_empty(directory->secrets[i].value))
			continue; /* it could not be read: there is no byte, and NULL is none */
		explicit_bzero((void *)(uintptr_t)directory->secrets[i].value.data,
			directory->secrets[i].value.size);
	}
	arena_done(&directory->arena);
	free(directory);
}

static const struct secret *secret_of(
	const struct directory *directory, const struct config_mailbox *mailbox)
{
	for (size_t i = 0; i < directory->secret_count; i++) {
		if (directory->secrets[i].mailbox == mailbox)
			return &directory->secrets[i];
	}
	return NULL;
}

/* In a time that depends on the lengths alone. */
static bool secret_equal(struct span a, struct span b)
{
	unsigned char difference = 0;
	if (a.size != b.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		difference |= (unsigned char)(a.data[i] ^ b.data[i]);
	return difference == 0;
}

/* "SECRET.2w" → "2w" for a mailbox whose policy is that secret. */
static void detail_take_secret(const struct directory *directory, struct directory_entry *entry)
{
	const struct secret *secret = secret_of(directory, entry->mailbox);
	if (!secret || span_is_empty(secret->value))
		return;
	struct span first = span_part(entry->detail, 0, secret->value.size);
	if (!secret_equal(first, secret->value))
		return;
	struct span rest = span_after(entry->detail, secret->value.size);
	if (!span_is_empty(rest) && rest.data[0] != '.')
		return;
	entry->has_secret = true;
	entry->detail = span_after(rest, 1);
}

/* The address without the tag that its local part ends in; false when it has none. */
static bool address_untag(const struct directory *directory, struct span folded,
	char base[static 320], struct span *untagged, struct span *detail)
{
	ptrdiff_t at = span_rfind_byte(folded, '@');
	struct span local = span_part(folded, 0, at < 0 ? 0 : (size_t)at);
	ptrdiff_t separator = span_find_byte(local, directory->config->tag_separator);
	if (separator <= 0 || folded.size > 320)
		return false;
	size_t head = (size_t)separator;
	struct span domain = span_after(folded, (size_t)at);
	memcpy(base, folded.data, head);
	memcpy(base + head, domain.data, domain.size);
	*untagged = (struct span){base, head + domain.size};
	*detail = span_after(local, head + 1);
	return true;
}

struct directory_entry directory_find(const struct directory *directory, struct span folded)
{
	struct directory_entry entry = {.user = -1};
	char base[320];
	struct span untagged, detail = {0};

	if (span_is_empty(folded))
		return entry;
	const struct slot *slot = slot_of(directory, folded);
	if (span_is_empty(slot->address) &&
		address_untag(directory, folded, base, &untagged, &detail))
		slot = slot_of(directory, untagged);
	if (!span_is_empty(slot->address)) {
		entry.user = slot->user;
		entry.mailbox = slot->mailbox;
		entry.base = slot->address;
		entry.detail = detail;
		if (slot->mailbox)
			detail_take_secret(directory, &entry);
	}
	entry.own_domain = config_is_own_domain(directory->config, text_address_domain(folded));
	return entry;
}

bool directory_is_ours(const struct directory *directory, struct span folded)
{
	struct directory_entry entry = directory_find(directory, folded);
	return entry.user >= 0 || entry.mailbox || entry.own_domain;
}

const char *directory_secret_fault(
	const struct directory *directory, const struct config_mailbox *mailbox)
{
	const struct secret *secret = secret_of(directory, mailbox);
	return secret ? secret->fault : NULL;
}

bool directory_has_secrets(const struct directory *directory)
{
	return directory->secret_count > 0;
}

static struct span redact_one(struct arena *arena, struct span text, struct span secret)
{
	ptrdiff_t at = span_find_fold(text, secret);
	if (at < 0)
		return text;
	struct buffer out = {0};
	while (at >= 0) {
		buffer_append(&out, span_part(text, 0, (size_t)at));
		buffer_append(&out, SPAN("***"));
		text = span_after(text, (size_t)at + secret.size);
		at = span_find_fold(text, secret);
	}
	buffer_append(&out, text);
	struct span copy = arena_copy(arena, buffer_span(&out));
	buffer_done(&out);
	return copy;
}

struct span directory_redact(
	const struct directory *directory, struct arena *arena, struct span text)
{
	for (size_t i = 0; i < directory->secret_count; i++) {
		if (directory->secrets[i].value.size)
			text = redact_one(arena, text, directory->secrets[i].value);
	}
	return text;
}
