#include "config/option_rows.h"

/* What is read, who may write, what happens on the server */

static const struct choice kind_choices[] = {
	{.name = "capture",
		KIND_CAPTURE,
		.help = "blind-copied or forwarded by colleagues: activities and follow-ups"},
	{.name = "invoices", KIND_INVOICES, .help = "finance tickets"},
	{.name = "leads", KIND_LEADS, .help = "contacts and deals"},
	{.name = "support", KIND_SUPPORT, .help = "support cases"},
	{.name = "actions", KIND_ACTIONS, .help = "minutes: tasks"},
	{0},
};

static const struct choice trust_choices[] = {
	{.name = "nobody", false, .help = "the sender decides"},
	{.name = "folder", true, .help = "colleagues put mail here; all in it counts as theirs"},
	{0},
};

static const struct option folder_options[] = {
	{
		.name = "folder",
		.type = OPTION_TEXT,
		FIELD(struct config_folder, name),
		.required = true,
		.example = "INBOX",
		.help = "Name of the folder as mail programs show it, with all its parents.",
	},
	{
		.name = "kind",
		.type = OPTION_CHOICE,
		FIELD(struct config_folder, kind),
		.sample = "capture",
		.choices = kind_choices,
		.implied = "that of the mailbox",
		.help = "What its mail becomes.",
	},
	{
		.name = "trust",
		.type = OPTION_CHOICE,
		FIELD(struct config_folder, trust_folder),
		.choices = trust_choices,
		.value = "nobody",
		.help = "Whom mail in this folder counts as put there by.",
	},
};

static void folder_inherit(void *item, const struct config *config, int line)
{
	struct config_folder *folder = item;

	(void)config;
	(void)line;
	/* "not given", until check_mailboxes knows the mailbox's. */
	folder->kind = MAILBOX_KIND_COUNT;
}

static const struct option_table folder_table = {
	TABLE(folder_options),
	.item_size = sizeof(struct config_folder),
	.shorthand = "folder",
	.inherit = folder_inherit,
};

static const struct option authserv_option = {
	.name = "authserv-id",
	.type = OPTION_TEXT,
	FIELD(struct config_mailbox, policy_authserv_id),
	.format = format_authserv_id,
};

static const struct option header_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_mailbox, policy_header_name),
		.format = format_field_name,
		.required = true,
	},
	{
		.name = "value",
		.type = OPTION_TEXT,
		FIELD(struct config_mailbox, policy_header_value),
		.hidden = true,
		.required = true,
	},
};

static const struct option_table header_table = {TABLE(header_options)};

static const struct option header_option = {
	.name = "header",
	.type = OPTION_GROUP,
	.table = &header_table,
};

static const struct option secret_tag_option = {
	.name = "secret-tag",
	.type = OPTION_SECRET,
	FIELD(struct config_mailbox, policy_secret),
	.table = &option_table_secret,
};

static const struct choice policy_choices[] = {
	{.name = "none", POLICY_NONE, .help = "no check: the From field is believed"},
	{.name = "submission",
		POLICY_SUBMISSION,
		.help = "our own host says in the topmost Received field that the sender logged in "
			"(ESMTPA, ESMTPSA)"},
	{.name = "exchange-internal",
		POLICY_EXCHANGE_INTERNAL,
		.help = "Exchange marked the mail as from inside"},
	{.name = "authserv-id",
		POLICY_AUTHSERV_ID,
		&authserv_option,
		"{authserv-id: NAME}",
		"the topmost Authentication-Results of that server says that DMARC, DKIM or SPF "
		"passed"},
	{.name = "header",
		POLICY_HEADER,
		&header_option,
		"{header: {name: NAME, value: VALUE}}",
		"a field that only our own server sets"},
	{.name = "secret-tag",
		POLICY_SECRET_TAG,
		&secret_tag_option,
		"{secret-tag: {file: PATH}}",
		"a secret in the address: crm+SECRET.2w@"},
	{0},
};

static const struct option move_option = {
	.name = "move",
	.type = OPTION_TEXT,
	FIELD(struct config_mailbox, action_folder),
};

static const struct option delete_options[] = {
	{
		.name = "after",
		.type = OPTION_DURATION,
		FIELD(struct config_mailbox, action_delete_after_ms),
		.min = HOUR,
		.max = 100 * YEAR,
		.required = true,
		.example = "30d",
	},
};

static const struct option_table delete_table = {TABLE(delete_options)};

static const struct option delete_option = {
	.name = "delete",
	.type = OPTION_GROUP,
	.table = &delete_table,
};

static const struct choice action_choices[] = {
	{.name = "keep", ACTION_KEEP, .help = "nothing"},
	{.name = "seen", ACTION_SEEN, .help = "mark it as read"},
	{.name = "flag", ACTION_FLAG, .help = "flag it"},
	{.name = "move",
		ACTION_MOVE,
		&move_option,
		"{move: FOLDER}",
		"move filed and ignored mail to a folder that is not read"},
	{.name = "delete",
		ACTION_DELETE,
		&delete_option,
		"{delete: {after: 30d}}",
		"delete filed and ignored mail that long after its arrival"},
	{0},
};

static const struct option mailbox_options[] = {
	{
		.name = "name",
		.type = OPTION_TEXT,
		FIELD(struct config_mailbox, name),
		.format = format_mailbox,
		.required = true,
		.example = "crm",
		.help = "Name of the mailbox in commands and logs.",
	},
	{
		.name = "kind",
		.type = OPTION_CHOICE,
		FIELD(struct config_mailbox, kind),
		.choices = kind_choices,
		.required = true,
		.example = "capture",
		.help = "What its mail becomes.",
	},
	{
		.name = "addresses",
		.type = OPTION_TEXTS,
		FIELD(struct config_mailbox, addresses),
		.format = format_address,
		.example = "[crm@example.org]",
		.help = "Addresses that deliver here, without tags. Only these are believed in "
			"Delivered-To and its kin.",
	},
	{
		.name = "server",
		.type = OPTION_GROUP,
		FIELD(struct config_mailbox, server),
		.table = &option_table_server,
		.help = "The IMAP server; only what differs from the server of all mailboxes.",
	},
	{
		.name = "login",
		.type = OPTION_GROUP,
		.offset = 0, /* its values lie in the mailbox itself */
		.table = &option_table_login,
		.example = "",
		.help = "The login there.",
	},
	{
		.name = "folders",
		.type = OPTION_LIST,
		FIELD(struct config_mailbox, folders),
		COUNT(struct config_mailbox, folder_count),
		.table = &folder_table,
		.implied = "INBOX",
		.example = "",
		.help = "Folders that are read, the first one by IDLE. A name alone is enough.",
	},
	{
		.name = "who_may_write",
		.type = OPTION_CHOICE,
		FIELD(struct config_mailbox, policy),
		.choices = policy_choices,
		.example = "submission",
		.help = "How a mail proves that it comes from one of our people. The kinds capture "
			"and "
			"actions need one.",
	},
	{
		.name = "may_write",
		.type = OPTION_TEXTS,
		FIELD(struct config_mailbox, may_write),
		.sample = "[anna]",
		.implied = "all users",
		.help = "Users who may write here.",
	},
	{
		.name = "envelope_field",
		.type = OPTION_TEXT,
		FIELD(struct config_mailbox, envelope_field),
		.sample = "Delivered-To",
		.format = format_field_name,
		.implied = "Delivered-To, X-Original-To, Envelope-To, X-Envelope-To",
		.help = "The one header field in which our server writes the envelope's address.",
	},
	{
		.name = "action",
		.type = OPTION_CHOICE,
		FIELD(struct config_mailbox, action),
		.choices = action_choices,
		.value = "keep",
		.help = "What happens to a mail on the server once it is recorded.",
	},
	{
		.name = "since",
		.type = OPTION_DATE,
		FIELD(struct config_mailbox, since),
		.implied = "all mail counts as new",
		.sample = "2026-01-01",
		.help = "Older mail is filed as history and opens no ticket, deal, case, task or "
			"follow-up.",
	},
	{
		.name = "idle",
		.type = OPTION_BOOLEAN,
		FIELD(struct config_mailbox, idle),
		.value = "true",
		.help = "Let the server announce new mail in the first folder (IDLE).",
	},
	{
		.name = "poll",
		.type = OPTION_DURATION,
		FIELD(struct config_mailbox, poll_ms),
		.min = SECOND,
		.max = DAY,
		.value = "1m",
		.help = "How often the other folders are looked at.",
	},
	{
		.name = "auth_retry",
		.type = OPTION_DURATION,
		FIELD(struct config_mailbox, auth_retry_ms),
		.min = MINUTE,
		.max = 7 * DAY,
		.value = "1h",
		.help = "How long to wait after the login was refused three times.",
	},
};

static void mailbox_inherit(void *item, const struct config *config, int line)
{
	struct config_mailbox *mailbox = item;
	const struct config_mailbox *defaults = &config->mailbox_defaults;

	mailbox->server = defaults->server;
	mailbox->user = defaults->user;
	mailbox->auth = defaults->auth;
	mailbox->password = defaults->password;
	mailbox->oauth = defaults->oauth;
	mailbox->line = line;
}

const struct option_table option_table_mailbox = {
	TABLE(mailbox_options),
	.item_size = sizeof(struct config_mailbox),
	.inherit = mailbox_inherit,
};
