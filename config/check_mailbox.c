#include <string.h>

#include "base/text.h"
#include "config/check.h"
#include "config/format.h"
#include "config/index.h"
#include "config/oauth_provider.h"

#define IMAP_PORT	   143
#define IMAP_IMPLICIT_PORT 993

/* Where the field stands, or the mailbox when it took the value over from 'server' or 'login'. */
static const struct node *place(
	const struct reading *reading, const struct config_mailbox *mailbox, const void *field)
{
	const struct node *node = reading_node(reading, field);

	return node != NULL ? node : reading_node(reading, mailbox);
}

/* The mailbox's own mapping. The mark of its first field, the name, lies over that of the item. */
static const struct node *mapping(
	const struct reading *reading, const struct config_mailbox *mailbox)
{
	return reading_node(reading, mailbox)->parent;
}

static bool check_server(struct reading *reading, struct config_mailbox *mailbox, struct error *err)
{
	struct config_server *server = &mailbox->server;

	if (server->host == NULL)
		return reading_fault(reading, mapping(reading, mailbox), err,
			"no IMAP server is given; write server: {host: imap.example.org} here, or "
			"once for all mailboxes at the top of the file");
	if (server->port == 0)
		server->port = server->tls == TLS_IMPLICIT ? IMAP_IMPLICIT_PORT : IMAP_PORT;
	if (server->tls == TLS_NONE && !format_is_loopback(span_from(server->host)))
		return reading_fault(reading, place(reading, mailbox, &server->tls), err,
			"tls: none would send the password and all mail to '%s' in the clear; it "
			"is "
			"only for this machine (localhost); use implicit or starttls",
			server->host);
	return true;
}

static bool is_secret(const struct config_secret *secret)
{
	return secret->file != NULL || secret->command != NULL || secret->credential != NULL;
}

/* What the mailbox says itself displaces what it took over. */
static void settle_login(const struct reading *reading, struct config_mailbox *mailbox)
{
	const struct config_mailbox *defaults = &reading->config->mailbox_defaults;
	bool own_secret = reading_node(reading, &mailbox->password) != NULL;
	bool own_oauth = reading_node(reading, &mailbox->oauth) != NULL;

	if (!own_secret && (mailbox->auth == AUTH_PASSWORD) != (defaults->auth == AUTH_PASSWORD))
		mailbox->password = (struct config_secret){0};
	if (!own_secret && own_oauth)
		mailbox->password = (struct config_secret){0};
	if ((own_secret && !own_oauth) || mailbox->auth == AUTH_PASSWORD)
		mailbox->oauth = (struct config_oauth){0};
}

static bool check_token(struct reading *reading, struct config_mailbox *mailbox, struct error *err)
{
	struct config_oauth *oauth = &mailbox->oauth;
	const char *fault;

	if (oauth->grant != GRANT_NONE && is_secret(&mailbox->password))
		return reading_fault(reading, place(reading, mailbox, &mailbox->password), err,
			"'token' and 'oauth' exclude each other; keep one");
	if (oauth->grant == GRANT_NONE && !is_secret(&mailbox->password))
		return reading_fault(reading, mapping(reading, mailbox), err,
			"no token is given; write login: {token: {command: COMMAND}}, or "
			"login: {oauth: …}");
	if (oauth->grant == GRANT_CLIENT_CREDENTIALS && !is_secret(&oauth->client_secret))
		return reading_fault(reading, place(reading, mailbox, &oauth->grant), err,
			"client-credentials need a client_secret beside it");
	if (oauth->grant == GRANT_NONE)
		return true;
	fault = oauth_provider_settle(oauth, &reading->config->arena);
	if (fault != NULL)
		return reading_fault(
			reading, place(reading, mailbox, &oauth->grant), err, "%s", fault);
	return true;
}

static bool check_login(struct reading *reading, struct config_mailbox *mailbox, struct error *err)
{
	settle_login(reading, mailbox);
	if (mailbox->user == NULL)
		return reading_fault(reading, mapping(reading, mailbox), err,
			"no login is given; write login: {user: NAME, password: {file: PATH}}");
	if (mailbox->auth != AUTH_PASSWORD)
		return check_token(reading, mailbox, err);
	if (!is_secret(&mailbox->password))
		return reading_fault(reading, mapping(reading, mailbox), err,
			"no password is given; write login: {password: {file: PATH}} "
			"({command: COMMAND} and {credential: NAME} do too)");
	return true;
}

static bool same_folder(const char *a, const char *b)
{
	/* RFC 3501 section 5.1: only INBOX is without case. */
	return strcmp(a, b) == 0 || (span_equal_fold(span_from(a), SPAN("INBOX")) &&
					    span_equal_fold(span_from(b), SPAN("INBOX")));
}

static bool check_folders(
	struct reading *reading, struct config_mailbox *mailbox, struct error *err)
{
	if (mailbox->folder_count == 0) {
		mailbox->folders = arena_array(&reading->config->arena, struct config_folder, 1);
		mailbox->folders[0] = (struct config_folder){"INBOX", mailbox->kind, false};
		mailbox->folder_count = 1;
	}
	for (size_t i = 0; i < mailbox->folder_count; i++) {
		struct config_folder *folder = &mailbox->folders[i];

		if (folder->kind == MAILBOX_KIND_COUNT)
			folder->kind = mailbox->kind;
		if (folder->trust_folder && same_folder(folder->name, "INBOX"))
			return reading_fault_at(reading, &folder->name, err,
				"everybody's mail arrives in INBOX, so it can't be trusted; trust "
				"a folder that only colleagues put mail into, or choose "
				"who_may_write");
		for (size_t j = 0; j < i; j++)
			if (same_folder(folder->name, mailbox->folders[j].name))
				return reading_fault_at(reading, &folder->name, err,
					"this folder stands in the list twice");
	}
	return true;
}

static bool same_account(const struct config_mailbox *a, const struct config_mailbox *b)
{
	return a->server.port == b->server.port && strcmp(a->user, b->user) == 0 &&
	       span_equal_fold(span_from(a->server.host), span_from(b->server.host));
}

/* A moved mail must not come in again. */
static bool check_action(
	struct reading *reading, const struct config_mailbox *mailbox, struct error *err)
{
	const struct config *config = reading->config;

	if (mailbox->action != ACTION_MOVE)
		return true;
	for (size_t i = 0; i < config->mailbox_count; i++) {
		const struct config_mailbox *other = &config->mailboxes[i];

		for (size_t j = 0; same_account(mailbox, other) && j < other->folder_count; j++)
			if (same_folder(mailbox->action_folder, other->folders[j].name))
				return reading_fault_at(reading, &mailbox->action_folder, err,
					"mailbox '%s' reads the folder '%s', so mail moved there "
					"would come in again; name a folder that is not read",
					other->name, other->folders[j].name);
	}
	return true;
}

static bool needs_policy(enum mailbox_kind kind)
{
	return kind == KIND_CAPTURE || kind == KIND_ACTIONS;
}

static bool check_policy(
	struct reading *reading, const struct config_mailbox *mailbox, struct error *err)
{
	if (mailbox->policy == POLICY_SUBMISSION && reading->config->own_hosts.count == 0)
		return reading_fault_at(reading, &mailbox->policy, err,
			"submission believes only what our own hosts wrote: name them under "
			"organisation.hosts");
	/* Tags are believed only on the mailbox's own addresses. */
	if (mailbox->policy == POLICY_SECRET_TAG && mailbox->addresses.count == 0)
		return reading_fault_at(reading, &mailbox->policy, err,
			"a secret tag stands in one of the mailbox's addresses, but it has none; "
			"give "
			"'addresses'");
	for (size_t i = 0; i < mailbox->folder_count; i++) {
		const struct config_folder *folder = &mailbox->folders[i];

		if (mailbox->policy != POLICY_UNSET || folder->trust_folder ||
			!needs_policy(folder->kind))
			continue;
		return reading_fault(reading, mapping(reading, mailbox), err,
			"the key 'who_may_write' is missing; mail of the kind %s must prove that "
			"it "
			"comes from our people. Choose one of none, submission, exchange-internal, "
			"{authserv-id: NAME}, {header: {name: NAME, value: VALUE}}, "
			"{secret-tag: {file: PATH}}",
			mailbox_kind_name(folder->kind));
	}
	return true;
}

static bool check_may_write(
	struct reading *reading, const struct config_mailbox *mailbox, struct error *err)
{
	if (!check_users_exist(reading, &mailbox->may_write, err))
		return false;
	if (mailbox->policy == POLICY_UNSET && mailbox->may_write.count > 0)
		return reading_fault_at(reading, &mailbox->may_write, err,
			"without who_may_write nothing shows that a mail is from these users; add "
			"it, or leave may_write out");
	return true;
}

static bool check_addresses(
	struct reading *reading, const struct config_mailbox *mailbox, struct error *err)
{
	struct config *config = reading->config;

	for (size_t i = 0; i < mailbox->addresses.count; i++) {
		const char **address = &mailbox->addresses.items[i];
		struct span folded = text_fold_address(&config->arena, span_from(*address));
		const struct config_user *user = config_user_by_address(config, folded);
		ptrdiff_t tag = span_find_byte(folded, config->tag_separator);

		if (user != NULL)
			return reading_fault_at(reading, address, err,
				"this is also an address of user '%s'; it can be only one of both",
				user->name);
		/* Other separators are common inside of addresses. */
		if (config->tag_separator == '+' && tag > 0 && tag < span_rfind_byte(folded, '@'))
			return reading_fault_at(reading, address, err,
				"must be the address without a tag (what begins with '+')");
		index_add(&config->index->mailbox_addresses, folded, mailbox, address);
	}
	return true;
}

static bool check_unique(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;
	struct index *names = &config->index->mailboxes,
		     *addresses = &config->index->mailbox_addresses;
	const struct index_entry *repeated;

	for (size_t i = 0; i < config->mailbox_count; i++)
		index_add(names, text_fold(&config->arena, span_from(config->mailboxes[i].name)),
			&config->mailboxes[i], &config->mailboxes[i].name);
	index_sort(names);
	index_sort(addresses);
	repeated = index_repeated(names);
	if (repeated != NULL)
		return reading_fault_at(
			reading, repeated->place, err, "there are two mailboxes with this name");
	repeated = index_repeated(addresses);
	if (repeated != NULL)
		return reading_fault_at(reading, repeated->place, err,
			"this address is already given to mailbox '%s'",
			((const struct config_mailbox *)index_find(addresses, repeated->key)->value)
				->name);
	return true;
}

static bool check_mailbox(
	struct reading *reading, struct config_mailbox *mailbox, struct error *err)
{
	return check_server(reading, mailbox, err) && check_login(reading, mailbox, err) &&
	       check_folders(reading, mailbox, err) && check_policy(reading, mailbox, err) &&
	       check_addresses(reading, mailbox, err) && check_may_write(reading, mailbox, err);
}

bool check_mailboxes(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;

	index_init(&config->index->mailboxes, &config->arena);
	index_init(&config->index->mailbox_addresses, &config->arena);
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (!check_mailbox(reading, &config->mailboxes[i], err))
			return false;
	for (size_t i = 0; i < config->mailbox_count; i++)
		if (!check_action(reading, &config->mailboxes[i], err))
			return false;
	return check_unique(reading, err);
}
