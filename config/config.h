/*
 * config.h - the configuration as the program uses it: checked, with defaults filled in. It is
 * read from one YAML file (config/load.h) by way of the option table (config/options.h), and never
 * changes afterwards; SIGHUP reads a new one.
 *
 * Strings are NUL-terminated, valid UTF-8, owned by the configuration's arena. Durations are in
 * milliseconds, sizes in bytes. A list is a pointer and a count.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/span.h"

enum mailbox_kind { KIND_CAPTURE, KIND_INVOICES, KIND_LEADS, KIND_SUPPORT, KIND_ACTIONS };
#define MAILBOX_KIND_COUNT 5

enum write_policy {
	POLICY_UNSET, /* allowed for kinds that anybody may write to */
	POLICY_NONE,
	POLICY_AUTHSERV_ID,
	POLICY_SUBMISSION,
	POLICY_EXCHANGE_INTERNAL,
	POLICY_HEADER,
	POLICY_SECRET_TAG,
};

enum server_tls { TLS_IMPLICIT, TLS_STARTTLS, TLS_NONE /* loopback only */ };
enum login_auth { AUTH_PASSWORD, AUTH_XOAUTH2, AUTH_OAUTHBEARER };
enum server_action { ACTION_KEEP, ACTION_SEEN, ACTION_FLAG, ACTION_MOVE, ACTION_DELETE };

struct config_strings {
	const char **items;
	size_t count;
};

/* Where a secret comes from; exactly one is set, or none where the secret is optional. */
struct config_secret {
	const char *file, *command, *credential;
};

/* How access tokens are got when no command gives them (RFC 6749, RFC 8628). */
enum oauth_grant { GRANT_NONE, GRANT_REFRESH_TOKEN, GRANT_CLIENT_CREDENTIALS };

/* Whose addresses and scopes stand in for those that the file does not give. */
enum oauth_provider { PROVIDER_OTHER, PROVIDER_GOOGLE, PROVIDER_MICROSOFT };
/* How the client proves itself (RFC 6749 section 2.3.1). */
enum oauth_client_auth { CLIENT_AUTH_POST, CLIENT_AUTH_BASIC };

struct config_oauth {
	enum oauth_grant grant;
	enum oauth_provider provider;
	const char *tenant; /* of PROVIDER_MICROSOFT, NULL: any organisation's */
	const char *token_url;
	const char *device_url; /* for `mailbox login` with GRANT_REFRESH_TOKEN, NULL: none */
	const char *client_id;
	struct config_secret client_secret; /* optional with GRANT_REFRESH_TOKEN */
	enum oauth_client_auth client_auth;
	const char *scope;
	const char *ca_file; /* NULL: the system's store */
};

struct config_server {
	const char *host;
	uint16_t port; /* 993, or 143 for starttls and none */
	enum server_tls tls;
	const char *ca_file;	/* NULL: the system's store */
	const char *pinned_key; /* SHA-256 of the key (SPKI) in hex, NULL: none */
	int64_t timeout_ms;	/* of one answer */
};

struct config_folder {
	const char *name;	/* as the server shows it, UTF-8 */
	enum mailbox_kind kind; /* the mailbox's unless given */
	bool trust_folder;	/* colleagues put mail here: what is in it counts as theirs */
};

struct config_mailbox {
	const char *name;
	enum mailbox_kind kind;
	struct config_strings addresses; /* that deliver here, without tags */
	struct config_server server;
	const char *user; /* login name */
	enum login_auth auth;
	struct config_secret password; /* password, or with xoauth2/oauthbearer the access token */
	struct config_oauth oauth;     /* GRANT_NONE: password says where the token comes from */
	struct config_folder *folders; /* at least INBOX */
	size_t folder_count;
	enum write_policy policy;
	const char *policy_authserv_id;
	const char *policy_header_name, *policy_header_value;
	struct config_secret policy_secret;
	/*
	 * The value of policy_secret, or why it can't be read, set after loading by a process that
	 * may not read it itself (the ledger). Both NULL: read policy_secret.
	 */
	const char *policy_secret_value, *policy_secret_fault;
	const char *envelope_field;	 /* the pinned one, NULL: the usual ones */
	struct config_strings may_write; /* users; empty: all */
	enum server_action action;
	const char *action_folder;	/* ACTION_MOVE */
	int64_t action_delete_after_ms; /* ACTION_DELETE */
	struct date since;		/* not set: everything is new */
	bool idle;
	int64_t poll_ms; /* of folders that are not idled on */
	int64_t auth_retry_ms;
	int line; /* in the file, for messages */
};

struct config_user {
	const char *name, *full_name;
	struct config_strings addresses;
	const char *zone; /* IANA name; the organisation's unless given */
	struct config_strings teams;
	bool admin;
};

struct config_team {
	const char *name;
	struct config_strings users;
};

struct config_score_rule {
	const char *field;    /* subject, text, from, domain, source or a form label */
	const char *contains; /* compared folded */
	int score;
};

struct config_form_field {
	const char *label; /* as it stands in the web form's mail: "Your name" */
	const char *field; /* name, company, email, phone, message, source */
};

struct config_leads {
	bool create_contact;	      /* false: ask (an unresolved item) */
	struct config_strings owners; /* one: fixed, several: round robin */
	const char *source;
	const char *first_phase; /* of the first pipeline */
	struct config_score_rule *score_rules;
	size_t score_rule_count;
	struct config_form_field *form_fields;
	size_t form_field_count;
	struct config_strings form_senders; /* whose Reply-To is the lead */
};

/* A phase of a pipeline; probability in percent. */
struct config_phase {
	const char *name;
	int probability;
};

struct config_pipeline {
	const char *name;
	struct config_phase *phases; /* at least one; the last is for what is lost */
	size_t phase_count;
	struct config_strings outcomes; /* beside won, at least one */
};

/* Needs are words: contract, quotation, value; contract, ticket, project. */
struct config_deal_type {
	const char *name;
	struct config_strings win_needs, close_needs;
	const char *project; /* template, NULL: none */
};

struct config_deals {
	struct config_strings win_needs, close_needs; /* of deals without type */
	struct config_pipeline *pipelines;	      /* at least one */
	size_t pipeline_count;
	struct config_deal_type *types;
	size_t type_count;
	struct config_strings subjects, weights; /* the labels that there are */
	const char *currency;
};

struct config_project_task {
	const char *title;
	const char *owner;	     /* NULL: the project's */
	const char *due;	     /* 3d, 2w, 1m, 10wd from its beginning; NULL: none */
	struct config_strings after; /* titles of earlier ones */
};

/* A template of a project. */
struct config_project {
	const char *name;
	struct config_project_task *tasks;
	size_t task_count;
};

/* What the weekly review looks for. */
struct config_review {
	int64_t silent_ms; /* so long without activity: a contact is forgotten */
	struct config_strings contact_fields, deal_fields; /* that should not be empty */
};

/* What bills of ours have unless they say otherwise. */
struct config_billing {
	int64_t terms_ms;     /* from sent to due */
	const char *tax_rate; /* percent, decimal text; NULL: none */
};

/* A weekly appointment for the finance board, in the organisation's zone. */
struct config_finance_run {
	bool present; /* false: there is none, and nothing else counts */
	enum weekday on;
	int hour, minute; /* 0..23, 0..59 */
	int64_t length_ms;
	struct config_strings users; /* at least one, each once */
};

struct config {
	struct arena arena;
	const char *path; /* of the file, for messages */

	const char *organisation;
	const char *zone;     /* IANA name */
	const char *instance; /* domain in calendar UIDs */
	struct config_strings own_domains, own_hosts, free_mail_domains;
	struct date *days_off;
	size_t days_off_count;
	char tag_separator;

	const char *state_directory; /* database and state files */
	int64_t min_free_bytes;

	struct config_user *users;
	size_t user_count;
	struct config_team *teams;
	size_t team_count;
	struct config_mailbox mailbox_defaults; /* server and login that mailboxes inherit */
	struct config_mailbox *mailboxes;
	size_t mailbox_count;

	int64_t follow_up_length_ms;
	struct config_strings action_prefixes;
	const char *invoices_assignee; /* NULL: nobody */
	const char *support_assignee, *support_priority;
	struct config_finance_run finance_run;
	struct config_billing billing;
	struct config_review review;
	struct config_leads leads;
	struct config_deals deals;
	struct config_project *projects;
	size_t project_count;

	const char *feed_listen;   /* "127.0.0.1:8377", NULL: no feed */
	const char *feed_base_url; /* what clients see, "https://crm.example.org" */
	bool feed_alerts;

	int parsers; /* parser processes of the daemon */
	int64_t limit_message_bytes;
	int64_t quarantine_per_sender, quarantine_per_mailbox;
	struct config_strings anonymised; /* fields of a contact, beside the name */
	int64_t retention_finance_ms, retention_ignored_ms, retention_quarantined_ms,
		retention_dead_ms; /* 0: for ever */

	struct config_index *index; /* for the lookups below */
};

/* NULL is allowed. */
void config_free(struct config *config);

const char *mailbox_kind_name(enum mailbox_kind kind);
const char *write_policy_name(enum write_policy policy);
const char *server_action_name(enum server_action action);

/* By name, without ASCII case; NULL when there is none. */
const struct config_mailbox *config_mailbox(const struct config *config, const char *name);
/* USER@HOST:PORT: what a mailbox's cursors belong to. */
struct span config_account(const struct config_mailbox *mailbox, struct arena *arena);
const struct config_user *config_user(const struct config *config, const char *name);
/* By name, without ASCII case; NULL when there is none. */
const struct config_pipeline *config_pipeline(const struct config *config, struct span name);
const struct config_phase *config_phase(const struct config_pipeline *pipeline, struct span name);
const struct config_deal_type *config_deal_type(const struct config *config, struct span name);
const struct config_project *config_project(const struct config *config, struct span name);
/* By folded address (text_fold_address); NULL when it is no user's. */
const struct config_user *config_user_by_address(const struct config *config, struct span folded);
/*
 * The domain, or a parent of it, is one of ours. Domains and hosts may come in any case, as
 * A-labels or U-labels and with the root's dot.
 */
bool config_is_own_domain(const struct config *config, struct span domain);
/*
 * A configured host by its name, one below a configured ".example.org", or an address (bare, or as
 * the literal of RFC 5321 section 4.1.3) that lies in a configured range.
 */
bool config_is_own_host(const struct config *config, struct span host);
/* As config_is_own_domain; the built-in list and what the file adds to it. */
bool config_is_free_mail_domain(const struct config *config, struct span domain);

#endif
