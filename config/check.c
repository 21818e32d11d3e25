#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "config/check.h"
#include "config/free_mail.h"
#include "config/index.h"
#include "config/suggest.h"

/* A UID of a calendar item has 202 bytes at most; what stands before the domain has up to 46. */
#define INSTANCE_MAX_BYTES 150

/* Users */

static const char *nearest_user(const struct config *config, const char *name)
{
	struct suggestion nearest = suggestion_begin(span_from(name));

	for (size_t i = 0; i < config->user_count; i++)
		suggestion_try(&nearest, config->users[i].name);
	return nearest.best;
}

bool check_user_exists(struct reading *reading, const char **name, struct error *err)
{
	const struct config_user *user;

	if (*name == NULL)
		return true;
	user = config_user(reading->config, *name);
	if (user == NULL)
		return reading_fault_at(reading, name, err, "there is no user %s under 'users'%s",
			reading_quote(reading, span_from(*name)),
			reading_hint(reading, nearest_user(reading->config, *name)));
	*name = user->name;
	return true;
}

bool check_users_exist(
	struct reading *reading, const struct config_strings *names, struct error *err)
{
	for (size_t i = 0; i < names->count; i++)
		if (!check_user_exists(reading, &names->items[i], err))
			return false;
	return true;
}

static struct span folded_name(struct reading *reading, const char *name)
{
	return text_fold(&reading->config->arena, span_from(name));
}

static bool check_user_names(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;
	struct index *index = &config->index->users;
	const struct index_entry *repeated;

	index_init(index, &config->arena);
	for (size_t i = 0; i < config->user_count; i++) {
		struct config_user *user = &config->users[i];

		index_add(index, folded_name(reading, user->name), user, &user->name);
		if (user->full_name == NULL)
			user->full_name = user->name;
	}
	index_sort(index);
	repeated = index_repeated(index);
	if (repeated == NULL)
		return true;
	return reading_fault_at(
		reading, repeated->place, err, "there are two users with this name");
}

static bool check_user_addresses(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;
	struct index *index = &config->index->user_addresses;
	const struct index_entry *repeated;

	index_init(index, &config->arena);
	for (size_t i = 0; i < config->user_count; i++) {
		struct config_user *user = &config->users[i];

		for (size_t j = 0; j < user->addresses.count; j++)
			index_add(index,
				text_fold_address(
					&config->arena, span_from(user->addresses.items[j])),
				user, &user->addresses.items[j]);
	}
	index_sort(index);
	repeated = index_repeated(index);
	if (repeated == NULL)
		return true;
	return reading_fault_at(reading, repeated->place, err,
		"this address is already given to user '%s'",
		((const struct config_user *)index_find(index, repeated->key)->value)->name);
}

/* Teams follow from the users; they are sorted by name, their users as the file has them. */

static size_t memberships(struct reading *reading, struct index *index)
{
	struct config *config = reading->config;

	index_init(index, reading->scratch);
	for (size_t i = 0; i < config->user_count; i++)
		for (size_t j = 0; j < config->users[i].teams.count; j++) {
			const char *name = config->users[i].teams.items[j];

			index_add(index, text_fold(reading->scratch, span_from(name)),
				&config->users[i], name);
		}
	index_sort(index);
	return index->count;
}

static void derive_teams(struct reading *reading)
{
	struct config *config = reading->config;
	struct index index;
	size_t count = memberships(reading, &index);
	/* Every team is a run in the index, its users a part of this. */
	const char **users = arena_array(&config->arena, const char *, count + 1);

	config->teams = arena_array(&config->arena, struct config_team, count + 1);
	for (size_t i = 0; i < count; i++) {
		const struct index_entry *entry = &index.entries[i];
		const struct config_user *user = entry->value;
		struct config_strings *team;

		if (i == 0 || !span_equal(entry->key, entry[-1].key))
			config->teams[config->team_count++] =
				(struct config_team){entry->place, {users + i, 0}};
		team = &config->teams[config->team_count - 1].users;
		if (team->count == 0 || team->items[team->count - 1] != user->name)
			team->items[team->count++] = user->name;
	}
}

/* The organisation */

/* The domain in lower case and as A-labels, as folded addresses have it. */
static struct span folded_domain(struct config *config, const char *domain)
{
	struct span address = arena_format(&config->arena, "a@%s", domain);
	struct span folded = text_fold_address(&config->arena, address);

	return folded.size > 0 ? text_address_domain(folded) : span_after(address, 2);
}

static void index_domains(
	struct config *config, struct index *index, const struct config_strings *domains)
{
	index_init(index, &config->arena);
	for (size_t i = 0; i < domains->count; i++)
		index_add(index, folded_domain(config, domains->items[i]), domains->items[i],
			&domains->items[i]);
	index_sort(index);
}

static void index_hosts(struct config *config)
{
	struct index *index = &config->index->own_hosts;

	index_init(index, &config->arena);
	config->index->own_networks =
		arena_array(&config->arena, struct network, config->own_hosts.count);
	for (size_t i = 0; i < config->own_hosts.count; i++) {
		const char *host = config->own_hosts.items[i];
		bool below = host[0] == '.';

		if (network_read(span_from(host),
			    &config->index->own_networks[config->index->own_network_count])) {
			config->index->own_network_count++;
			continue;
		}
		struct span folded = folded_domain(config, host + below);
		if (below)
			folded = arena_format(&config->arena, ".%.*s", SPAN_ARG(folded));
		index_add(index, folded, host, &config->own_hosts.items[i]);
	}
	index_sort(index);
}

/* The built-in list comes first, then what the file adds and the list has not. */
static void add_free_mail_domains(struct config *config)
{
	struct config_strings given = config->free_mail_domains, all = {0};
	struct index *index = &config->index->free_mail_domains;
	size_t built_in = 0;

	while (free_mail_domains[built_in] != NULL)
		built_in++;
	all.items = arena_array(&config->arena, const char *, built_in + given.count);
	memcpy(all.items, free_mail_domains, built_in * sizeof *all.items);
	all.count = built_in;
	index_domains(config, index, &all);
	for (size_t i = 0; i < given.count; i++)
		if (index_find(index, folded_domain(config, given.items[i])) == NULL)
			all.items[all.count++] = given.items[i];
	config->free_mail_domains = all;
	index_domains(config, index, &all);
}

static bool check_organisation(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;

	if (config->own_domains.count == 0)
		return reading_fault_at(
			reading, &config->own_domains, err, "must name at least one domain");
	index_domains(config, &config->index->own_domains, &config->own_domains);
	index_hosts(config);
	add_free_mail_domains(config);
	for (size_t i = 0; i < config->own_domains.count; i++)
		if (config_is_free_mail_domain(config, span_from(config->own_domains.items[i])))
			return reading_fault_at(reading, &config->own_domains.items[i], err,
				"%s is a free mail provider: its other customers would count as "
				"ours; give the addresses of our people under 'users' instead",
				reading_quote(reading, span_from(config->own_domains.items[i])));
	if (config->instance == NULL)
		config->instance = config->own_domains.items[0];
	if (strlen(config->instance) > INSTANCE_MAX_BYTES)
		return reading_fault_at(reading, &config->instance, err,
			"is longer than %d characters: Outlook takes no longer identifiers",
			INSTANCE_MAX_BYTES);
	return true;
}

/* Leads and the rest */

static bool is_score_field(const struct config_leads *leads, const char *field)
{
	static const char *const fields[] = {"subject", "text", "from", "domain", "source"};

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++)
		if (strcmp(fields[i], field) == 0)
			return true;
	for (size_t i = 0; i < leads->form_field_count; i++)
		if (strcmp(leads->form_fields[i].label, field) == 0)
			return true;
	return false;
}

static bool check_leads(struct reading *reading, struct error *err)
{
	struct config_leads *leads = &reading->config->leads;

	for (size_t i = 0; i < leads->score_rule_count; i++) {
		struct config_score_rule *rule = &leads->score_rules[i];

		if (!is_score_field(leads, rule->field))
			return reading_fault_at(reading, &rule->field, err,
				"must be subject, text, from, domain, source or a label of "
				"leads.form_fields, not %s",
				reading_quote(reading, span_from(rule->field)));
	}
	for (size_t i = 0; i < leads->form_field_count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(leads->form_fields[i].label, leads->form_fields[j].label) == 0)
				return reading_fault_at(reading, &leads->form_fields[i].label, err,
					"this label stands in the list twice");
	return check_users_exist(reading, &leads->owners, err);
}

static bool check_feed(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;

	if (config->feed_listen == NULL && config->feed_base_url != NULL)
		return reading_fault_at(reading, &config->feed_base_url, err,
			"there is no feed without 'listen' beside it (like 127.0.0.1:8377)");
	if (config->feed_listen != NULL && config->feed_base_url == NULL)
		config->feed_base_url =
			arena_format(&config->arena, "http://%s", config->feed_listen).data;
	return true;
}

static bool check_finance_run(struct reading *reading, struct error *err)
{
	struct config_finance_run *run = &reading->config->finance_run;

	if (!run->present)
		return true;
	if (run->users.count == 0)
		return reading_fault_at(reading, &run->users, err, "must name at least one user");
	if (!check_users_exist(reading, &run->users, err))
		return false;
	/* Each is the user's own spelling now. */
	for (size_t i = 0; i < run->users.count; i++)
		for (size_t j = 0; j < i; j++)
			if (run->users.items[i] == run->users.items[j])
				return reading_fault_at(reading, &run->users.items[i], err,
					"this user stands in the list twice");
	return true;
}

bool check_config(struct reading *reading, struct error *err)
{
	struct config *config = reading->config;

	config->index = arena_alloc(&config->arena, sizeof *config->index);
	if (!check_organisation(reading, err) || !check_user_names(reading, err) ||
		!check_user_addresses(reading, err))
		return false;
	derive_teams(reading);
	return check_mailboxes(reading, err) && check_leads(reading, err) &&
	       check_sales(reading, err) &&
	       check_user_exists(reading, &config->support_assignee, err) &&
	       check_user_exists(reading, &config->invoices_assignee, err) &&
	       check_finance_run(reading, err) && check_feed(reading, err);
}
