#include "config/free_mail.h"
#include "config/option_rows.h"

/* The organisation */

static const struct option organisation_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config, organisation),
		.required = true,
		.example = "Example Ltd",
		.help = "Name of the organisation, as calendars and reviews show it.",
	},
	{
		.name = "zone",
		.type = OPTION_TEXT,
		FIELD(struct config, zone),
		.format = format_zone,
		.required = true,
		.example = "Europe/Amsterdam",
		.help = "Time zone (IANA name) in which days begin and times are shown.",
	},
	{
		.name = "domains",
		.type = OPTION_TEXTS,
		FIELD(struct config, own_domains),
		.format = format_domain,
		.required = true,
		.example = "[example.org]",
		.help = "Our own mail domains; their subdomains count too. Nobody there becomes a "
			"contact.",
	},
	{
		.name = "hosts",
		.type = OPTION_TEXTS,
		FIELD(struct config, own_hosts),
		.format = format_own_host,
		.example = "[mail.example.org]",
		.help = "Our own mail servers, as they name themselves behind \"by\" in Received "
			"fields; .example.org means every host below it, 192.0.2.0/24 every "
			"address in it (some servers, Gmail's among them, write an address there: "
			"2002:a00::/24). Only what these wrote into a header is believed.",
	},
	{
		.name = "days_off",
		.type = OPTION_DATES,
		FIELD(struct config, days_off),
		COUNT(struct config, days_off_count),
		.sample = "[2026-12-25, 2027-01-01]",
		.help = "Days that are no working days, beside Saturdays and Sundays.",
	},
	{
		.name = "free_mail_domains",
		.type = OPTION_TEXTS,
		FIELD(struct config, free_mail_domains),
		.sample = "[post.example]",
		.format = format_domain,
		.implied = "a built-in list of free mail providers",
		.built_in = free_mail_domains,
		.help = "Domains where anybody gets an address; they never stand for a company. "
			"They are added to the built-in list.",
	},
};

static const struct option_table organisation_table = {TABLE(organisation_options)};

static const struct option storage_options[] = {
	{
		.name = "directory",
		.type = OPTION_TEXT,
		FIELD(struct config, state_directory),
		.format = format_path,
		.value = "/var/lib/postroom",
		.help = "Folder of the database and of everything else that the daemon writes.",
	},
	{
		.name = "min_free",
		.type = OPTION_SIZE,
		FIELD(struct config, min_free_bytes),
		.min = 16 * MIB,
		.max = 1024 * TIB,
		.value = "1GiB",
		.help = "With less free space on that disk the mailboxes pause, and status says "
			"so.",
	},
};

static const struct option_table storage_table = {TABLE(storage_options)};

static const struct option user_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_user, name),
		.format = format_name,
		.required = true,
		.example = "anna",
		.help = "Short name, as in crm+2w.to-anna@example.org and in commands.",
	},
	{
		.name = "full_name",
		.type = OPTION_TEXT,
		FIELD(struct config_user, full_name),
		.implied = "the short name",
		.example = "Anna Smit",
		.help = "Name as people write it.",
	},
	{
		.name = "addresses",
		.type = OPTION_TEXTS,
		FIELD(struct config_user, addresses),
		.format = format_address,
		.required = true,
		.example = "[anna@example.org, a.smit@example.org]",
		.help = "All mail addresses of this person, private ones too if work is done "
			"there.",
	},
	{
		.name = "zone",
		.type = OPTION_TEXT,
		FIELD(struct config_user, zone),
		.sample = "Europe/Berlin",
		.format = format_zone,
		.implied = "organisation.zone",
		.help = "Time zone of this person's follow-ups.",
	},
	{
		.name = "teams",
		.type = OPTION_TEXTS,
		FIELD(struct config_user, teams),
		.format = format_name,
		.example = "[sales]",
		.help = "Teams of this person; each team has a calendar feed of its own.",
	},
	{
		.name = "admin",
		.type = OPTION_BOOLEAN,
		FIELD(struct config_user, admin),
		.value = "false",
		.example = "true",
		.help = "Gets the alerts of feed.alerts.",
	},
};

static void user_inherit(void *item, const struct config *config, int line)
{
	struct config_user *user = item;

	(void)line;
	user->zone = config->zone;
}

static const struct option_table user_table = {
	TABLE(user_options),
	.item_size = sizeof(struct config_user),
	.inherit = user_inherit,
};

/* The daemon */

static const struct option feed_options[] = {
	{
		.name = "listen",
		.type = OPTION_TEXT,
		FIELD(struct config, feed_listen),
		.format = format_listen,
		.implied = "no feed",
		.example = "127.0.0.1:8377",
		.help = "Address and port of the calendar feed, the health page and the metrics. "
			"It "
			"speaks plain HTTP: put a web server with TLS before it.",
	},
	{
		.name = "base_url",
		.type = OPTION_TEXT,
		FIELD(struct config, feed_base_url),
		.format = format_url,
		.implied = "http:// and feed.listen",
		.example = "https://crm.example.org",
		.help = "How calendar programs reach it.",
	},
	{
		.name = "alerts",
		.type = OPTION_BOOLEAN,
		FIELD(struct config, feed_alerts),
		.value = "false",
		.help = "Show a silent mailbox, a quarantine or an old queue as an all-day event "
			"to the administrators, in their own calendars.",
	},
};

static const struct option_table feed_table = {TABLE(feed_options)};

static const struct option limit_options[] = {
	{
		.name = "message",
		.type = OPTION_SIZE,
		FIELD(struct config, limit_message_bytes),
		.min = 64 * KIB,
		.max = GIB,
		.value = "100MiB",
		.help = "Largest mail that is read whole. Of a larger one the header is kept and "
			"the "
			"mail stays on the server (dead: too-large).",
	},
};

static const struct option_table limit_table = {TABLE(limit_options)};

static const struct option quarantine_options[] = {
	{
		.name = "per_sender",
		.type = OPTION_INTEGER,
		FIELD(struct config, quarantine_per_sender),
		.min = 1,
		.max = 1000000,
		.value = "100",
		.help = "Quarantined mails of one sender that are kept whole; of more only the "
			"header "
			"is kept and they stay on the server.",
	},
	{
		.name = "per_mailbox",
		.type = OPTION_INTEGER,
		FIELD(struct config, quarantine_per_mailbox),
		.min = 1,
		.max = 100000000,
		.value = "10000",
		.help = "The same for all senders of one mailbox together.",
	},
};

static const struct option_table quarantine_table = {TABLE(quarantine_options)};

#define RETENTION(key, member, usual, text)                                                       \
	{                                                                                         \
		.name = (key), .type = OPTION_DURATION, FIELD(struct config, member), .min = DAY, \
		.max = 100 * YEAR, .endless = "forever", .value = (usual), .help = (text),        \
	}

static const struct option retention_options[] = {
	RETENTION("finance", retention_finance_ms, "10y",
		"How long finance documents and their mail stay unaltered, also when their person "
		"is "
		"erased."),
	RETENTION("ignored", retention_ignored_ms, "forever",
		"How long the bytes of ignored mail are kept; that it came stays counted."),
	RETENTION("quarantined", retention_quarantined_ms, "forever",
		"The same for quarantined mail."),
	RETENTION("dead", retention_dead_ms, "forever",
		"The same for mail that could not be processed."),
};

static const char *const anonymised[] = {"phone", "note", "addresses", NULL};

static const struct option privacy_options[] = {
	{
		.name = "anonymise",
		.type = OPTION_TEXTS,
		FIELD(struct config, anonymised),
		.format = format_contact_field,
		.values = anonymised,
		.help = "What `postroom privacy anonymise` takes from a contact beside the name: "
			"phone, note, source, company, addresses.",
	},
};

static const struct option_table privacy_table = {TABLE(privacy_options)};

static const struct option_table retention_table = {TABLE(retention_options)};

/* The file. Order matters: what others inherit comes first. */

static const struct option file_options[] = {
	GROUP("organisation", organisation_table, "", "Who we are."),
	{
		.name = "instance",
		.type = OPTION_TEXT,
		FIELD(struct config, instance),
		.format = format_domain,
		.implied = "the first of organisation.domains",
		.sample = "crm.example.org",
		.help = "Domain in the identifiers of calendar items. Set it once and never change "
			"it, or calendars show everything twice.",
	},
	{
		.name = "tag_separator",
		.type = OPTION_CHARACTER,
		FIELD(struct config, tag_separator),
		.format = format_tag_separator,
		.value = "+",
		.help = "What stands between an address and its tag (crm+2w@example.org); as the "
			"mail "
			"server has it (recipient_delimiter).",
	},
	GROUP("storage", storage_table, NULL, "Where the record lies."),
	{
		.name = "users",
		.type = OPTION_LIST,
		FIELD(struct config, users),
		COUNT(struct config, user_count),
		.table = &user_table,
		.example = "",
		.help = "Our people. Their addresses are never contacts; a mail from one is "
			"outgoing.",
	},
	{
		.name = "server",
		.type = OPTION_GROUP,
		FIELD(struct config, mailbox_defaults.server),
		.table = &option_table_server,
		.example = "",
		.help = "What the server of every mailbox has unless it says otherwise.",
	},
	{
		.name = "login",
		.type = OPTION_GROUP,
		FIELD(struct config, mailbox_defaults),
		.table = &option_table_login,
		.help = "What the login of every mailbox has unless it says otherwise.",
	},
	{
		.name = "mailboxes",
		.type = OPTION_LIST,
		FIELD(struct config, mailboxes),
		COUNT(struct config, mailbox_count),
		.table = &option_table_mailbox,
		.example = "",
		.help = "The mailboxes that are read, over IMAP.",
	},
	GROUP("follow_ups", option_table_follow_ups, NULL, "Follow-ups by address."),
	GROUP("actions", option_table_actions, NULL,
		"Tasks from minutes (mailboxes of the kind actions)."),
	{
		.name = "leads",
		.type = OPTION_GROUP,
		FIELD(struct config, leads),
		.table = &option_table_leads,
		.example = "",
		.help = "Deals from mail (mailboxes of the kind leads).",
	},
	{
		.name = "deals",
		.type = OPTION_GROUP,
		FIELD(struct config, deals),
		.table = &option_table_deals,
		.example = "",
		.help = "Deals: their phases, types and labels.",
	},
	{
		.name = "projects",
		.type = OPTION_LIST,
		FIELD(struct config, projects),
		COUNT(struct config, project_count),
		.table = &option_table_projects,
		.help = "Templates of projects: the tasks that a won deal begins with.",
	},
	GROUP("support", option_table_support, "",
		"Support cases (mailboxes of the kind support)."),
	GROUP("invoices", option_table_invoices, "",
		"Finance tickets (mailboxes of the kind invoices)."),
	GROUP("finance", option_table_finance, NULL, "The work on finance tickets."),
	{
		.name = "review",
		.type = OPTION_GROUP,
		FIELD(struct config, review),
		.table = &option_table_review,
		.help = "The weekly review.",
	},
	GROUP("feed", feed_table, "", "The calendar feed."),
	GROUP("limits", limit_table, NULL, "Limits."),
	GROUP("quarantine", quarantine_table, NULL, "Mail of senders that may not write."),
	GROUP("retention", retention_table, NULL,
		"How long things are kept. The daemon looks once a day."),
	GROUP("privacy", privacy_table, NULL, "People who want to be forgotten."),
	{
		.name = "parsers",
		.type = OPTION_INTEGER,
		FIELD(struct config, parsers),
		.min = 1,
		.max = 64,
		.value = "2",
		.help = "How many processes of the daemon parse mail.",
	},
};

const struct option_table option_table_file = {TABLE(file_options)};
