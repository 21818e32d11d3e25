#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "config/format.h"
#include "config/index.h"
#include "config/network.h"

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	arena_done(&config->arena);
	free(config);
}

const char *mailbox_kind_name(enum mailbox_kind kind)
{
	static const char *const names[MAILBOX_KIND_COUNT] = {
		[KIND_CAPTURE] = "capture",
		[KIND_INVOICES] = "invoices",
		[KIND_LEADS] = "leads",
		[KIND_SUPPORT] = "support",
		[KIND_ACTIONS] = "actions",
	};

	return names[kind];
}

const char *write_policy_name(enum write_policy policy)
{
	static const char *const names[] = {
		[POLICY_UNSET] = "unset",
		[POLICY_NONE] = "none",
		[POLICY_AUTHSERV_ID] = "authserv-id",
		[POLICY_SUBMISSION] = "submission",
		[POLICY_EXCHANGE_INTERNAL] = "exchange-internal",
		[POLICY_HEADER] = "header",
		[POLICY_SECRET_TAG] = "secret-tag",
	};

	return names[policy];
}

const char *server_action_name(enum server_action action)
{
	static const char *const names[] = {
		[ACTION_KEEP] = "keep",
		[ACTION_SEEN] = "seen",
		[ACTION_FLAG] = "flag",
		[ACTION_MOVE] = "move",
		[ACTION_DELETE] = "delete",
	};

	return names[action];
}

static void lower(char *to, struct span from)
{
	for (size_t i = 0; i < from.size; i++)
		to[i] = from.data[i] >= 'A' && from.data[i] <= 'Z' ? (char)(from.data[i] + 32)
								   : from.data[i];
}

/* Names in the index are ASCII (format.c), so that their fold is lower case. */
static const void *find_name(const struct index *index, const char *name)
{
	char folded[FORMAT_NAME_MAX];
	size_t size = strlen(name);
	const struct index_entry *entry;

	if (size > sizeof folded)
		return NULL;
	lower(folded, (struct span){name, size});
	entry = index_find(index, (struct span){folded, size});
	return entry != NULL ? entry->value : NULL;
}

const struct config_mailbox *config_mailbox(const struct config *config, const char *name)
{
	return find_name(&config->index->mailboxes, name);
}

const struct config_user *config_user(const struct config *config, const char *name)
{
	return find_name(&config->index->users, name);
}

/* These are few: no index. */
#define FIND_NAMED(array, number, wanted)                                         \
	do {                                                                      \
		for (size_t i_ = 0; i_ < (number); i_++)                          \
			if (span_equal_fold(span_from((array)[i_].name), wanted)) \
				return &(array)[i_];                              \
		return NULL;                                                      \
	} while (0)

const struct config_pipeline *config_pipeline(const struct config *config, struct span name)
{
	FIND_NAMED(config->deals.pipelines, config->deals.pipeline_count, name);
}

const struct config_phase *config_phase(const struct config_pipeline *pipeline, struct span name)
{
	FIND_NAMED(pipeline->phases, pipeline->phase_count, name);
}

const struct config_deal_type *config_deal_type(const struct config *config, struct span name)
{
	FIND_NAMED(config->deals.types, config->deals.type_count, name);
}

const struct config_project *config_project(const struct config *config, struct span name)
{
	FIND_NAMED(config->projects, config->project_count, name);
}

const struct config_user *config_user_by_address(const struct config *config, struct span folded)
{
	const struct index_entry *entry = index_find(&config->index->user_addresses, folded);

	return entry != NULL ? entry->value : NULL;
}

/* RFC 1035 section 2.3.4, and room for the root's dot. */
#define DOMAIN_MAX 254

static bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.data[i] & 0x80)
			return false;
	return true;
}

/* The domain as the indexes have it, in `folded`; empty when it can be none. */
static struct span fold_domain(struct span domain, char folded[DOMAIN_MAX])
{
	CLEANUP(arena_done) struct arena arena = {0};

	if (!is_ascii(domain)) {
		struct span address = arena_format(&arena, "a@%.*s", SPAN_ARG(domain));

		domain = text_address_domain(text_fold_address(&arena, address));
	}
	if (domain.size > 0 && domain.data[domain.size - 1] == '.')
		domain.size--;
	if (domain.size > DOMAIN_MAX)
		return (struct span){0};
	lower(folded, domain);
	return (struct span){folded, domain.size};
}

/* The domain itself or one above it is in the index. */
static bool is_at_or_below(const struct index *index, struct span domain)
{
	char folded[DOMAIN_MAX];
	struct span rest = fold_domain(domain, folded), label;

	while (rest.size > 0) {
		if (index_find(index, rest) != NULL)
			return true;
		span_next(&rest, '.', &label);
	}
	return false;
}

bool config_is_own_domain(const struct config *config, struct span domain)
{
	return is_at_or_below(&config->index->own_domains, domain);
}

bool config_is_free_mail_domain(const struct config *config, struct span domain)
{
	return is_at_or_below(&config->index->free_mail_domains, domain);
}

static bool is_own_address(const struct config_index *index, const struct network *address)
{
	for (size_t i = 0; i < index->own_network_count; i++) {
		if (network_holds(&index->own_networks[i], address))
			return true;
	}
	return false;
}

bool config_is_own_host(const struct config *config, struct span host)
{
	const struct index *index = &config->index->own_hosts;
	struct network address;
	char folded[DOMAIN_MAX];

	/* A range is none: "by 2002:a00::/24" was written to be taken for one of ours. */
	if (network_read(host, &address))
		return address.bits == 128 && is_own_address(config->index, &address);

	struct span rest = fold_domain(host, folded);

	if (rest.size == 0 || rest.data[0] == '.')
		return false;
	if (index_find(index, rest) != NULL)
		return true;
	/* ".example.org" stands in the index with its dot. */
	for (size_t i = 1; i < rest.size; i++)
		if (rest.data[i] == '.' && index_find(index, span_after(rest, i)) != NULL)
			return true;
	return false;
}

struct span config_account(const struct config_mailbox *mailbox, struct arena *arena)
{
	return arena_format(arena, "%s@%s:%u", mailbox->user, mailbox->server.host,
		(unsigned)mailbox->server.port);
}
