#include "config/option_rows.h"

/* Secrets */

static const struct option secret_options[] = {
	{
		.name = "file",
		.type = OPTION_TEXT,
		FIELD(struct config_secret, file),
		.format = format_path,
		.help = "A file that only the daemon's user (or root and the daemon's group) can "
			"read.",
	},
	{
		.name = "command",
		.type = OPTION_TEXT,
		FIELD(struct config_secret, command),
		.hidden = true,
		.help = "A shell command that prints the secret within 30 seconds.",
	},
	{
		.name = "credential",
		.type = OPTION_TEXT,
		FIELD(struct config_secret, credential),
		.format = format_credential,
		.help = "The ID of a systemd credential (LoadCredential= of the unit).",
	},
};

const struct option_table option_table_secret = {
	TABLE(secret_options),
	.item_size = sizeof(struct config_secret),
};

/* The server */

static const struct choice tls_choices[] = {
	{.name = "implicit", TLS_IMPLICIT, .help = "TLS from the first byte, port 993"},
	{.name = "starttls",
		TLS_STARTTLS,
		.help = "TLS after STARTTLS, never without it, port 143"},
	{.name = "none", TLS_NONE, .help = "no TLS, only on this machine, port 143"},
	{0},
};

static const struct option server_options[] = {
	{
		.name = "host",
		.type = OPTION_TEXT,
		FIELD(struct config_server, host),
		.format = format_host,
		.example = "imap.example.org",
		.help = "Name of the IMAP server, as its certificate has it. Every mailbox needs "
			"one.",
	},
	{
		.name = "port",
		.type = OPTION_INTEGER,
		FIELD(struct config_server, port),
		.sample = "993",
		.min = 1,
		.max = UINT16_MAX,
		.implied = "993, or 143 for starttls and none",
		.help = "TCP port.",
	},
	{
		.name = "tls",
		.type = OPTION_CHOICE,
		FIELD(struct config_server, tls),
		.choices = tls_choices,
		.value = "implicit",
		.help = "How the connection is protected.",
	},
	{
		.name = "ca_file",
		.type = OPTION_TEXT,
		FIELD(struct config_server, ca_file),
		.sample = "/etc/ssl/certs/example-ca.pem",
		.format = format_path,
		.implied = "the system's store",
		.help = "Certificates (PEM) that the server's must come from.",
	},
	{
		.name = "pinned_key",
		.type = OPTION_TEXT,
		FIELD(struct config_server, pinned_key),
		.sample = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		.format = format_fingerprint,
		.implied = "none",
		.help = "SHA-256 of the server's public key (SPKI) in hex; any other key is "
			"refused.",
	},
	{
		.name = "timeout",
		.type = OPTION_DURATION,
		FIELD(struct config_server, timeout_ms),
		.min = SECOND,
		.max = 10 * MINUTE,
		.value = "1m",
		.help = "How long the server may take to answer a command, from its beginning to "
			"its end; answers that bring mail get more by their size.",
	},
};

const struct option_table option_table_server = {
	TABLE(server_options),
	.item_size = sizeof(struct config_server),
};

/* The login */

static bool uses_password(const void *item)
{
	return ((const struct config_mailbox *)item)->auth == AUTH_PASSWORD;
}

static bool uses_token(const void *item)
{
	return !uses_password(item);
}

static const struct choice auth_choices[] = {
	{.name = "password", AUTH_PASSWORD, .help = "user and password"},
	{.name = "xoauth2", AUTH_XOAUTH2, .help = "an access token, for Google and Microsoft"},
	{.name = "oauthbearer", AUTH_OAUTHBEARER, .help = "an access token, RFC 7628"},
	{0},
};

static const struct choice grant_choices[] = {
	{.name = "refresh-token",
		GRANT_REFRESH_TOKEN,
		.help = "a person logs in once with 'postroom mailbox login MAILBOX'"},
	{.name = "client-credentials",
		GRANT_CLIENT_CREDENTIALS,
		.help = "the client's own secret, nobody logs in"},
	{0},
};

static const struct choice provider_choices[] = {
	{.name = "google", PROVIDER_GOOGLE, .help = "Gmail and Google Workspace"},
	{.name = "microsoft", PROVIDER_MICROSOFT, .help = "Microsoft 365 and outlook.com"},
	{.name = "other", PROVIDER_OTHER, .help = "any other; token_url says which"},
	{0},
};

static const struct choice client_auth_choices[] = {
	{.name = "post",
		CLIENT_AUTH_POST,
		.help = "in the request's body, as Google and Microsoft take it"},
	{.name = "basic", CLIENT_AUTH_BASIC, .help = "as HTTP Basic, RFC 6749 section 2.3.1"},
	{0},
};

static const struct option oauth_options[] = {
	{
		.name = "grant",
		.type = OPTION_CHOICE,
		FIELD(struct config_oauth, grant),
		.sample = "refresh-token",
		.choices = grant_choices,
		.required = true,
		.help = "How access tokens are got.",
	},
	{
		.name = "provider",
		.type = OPTION_CHOICE,
		FIELD(struct config_oauth, provider),
		.choices = provider_choices,
		.value = "other",
		.help = "Whose addresses and scopes are meant where token_url, device_url and "
			"scope are not given.",
	},
	{
		.name = "tenant",
		.type = OPTION_TEXT,
		FIELD(struct config_oauth, tenant),
		.sample = "example.onmicrosoft.com",
		.format = format_host,
		.implied = "organizations, any of them",
		.help = "The directory at Microsoft, by its ID or domain. client-credentials need "
			"it.",
	},
	{
		.name = "token_url",
		.type = OPTION_TEXT,
		FIELD(struct config_oauth, token_url),
		.sample = "https://login.example.com/token",
		.format = format_secure_url,
		.implied = "the provider's",
		.help = "The token endpoint.",
	},
	{
		.name = "device_url",
		.type = OPTION_TEXT,
		FIELD(struct config_oauth, device_url),
		.sample = "https://login.example.com/devicecode",
		.format = format_secure_url,
		.implied = "the provider's, or no device login",
		.help = "The device authorization endpoint (RFC 8628), for the first login.",
	},
	{
		.name = "client_id",
		.type = OPTION_TEXT,
		FIELD(struct config_oauth, client_id),
		.sample = "postroom",
		.required = true,
		.help = "The client's ID at the provider.",
	},
	{
		.name = "client_secret",
		.type = OPTION_SECRET,
		FIELD(struct config_oauth, client_secret),
		.sample = "{file: /etc/postroom/oauth.secret}",
		.table = &option_table_secret,
		.help = "The client's secret, where it has one.",
	},
	{
		.name = "client_auth",
		.type = OPTION_CHOICE,
		FIELD(struct config_oauth, client_auth),
		.choices = client_auth_choices,
		.value = "post",
		.help = "How the client's secret is shown to the token endpoint.",
	},
	{
		.name = "scope",
		.type = OPTION_TEXT,
		FIELD(struct config_oauth, scope),
		.sample = "https://login.example.com/IMAP.AccessAsUser.All offline_access",
		.implied = "the provider's for IMAP, or what it gives by itself",
		.help = "The scopes to ask for, separated by spaces.",
	},
	{
		.name = "ca_file",
		.type = OPTION_TEXT,
		FIELD(struct config_oauth, ca_file),
		.sample = "/etc/ssl/certs/example-ca.pem",
		.format = format_path,
		.implied = "the system's store",
		.help = "Certificates (PEM) that the token server's must come from.",
	},
};

static const struct option_table oauth_table = {
	TABLE(oauth_options),
	.item_size = sizeof(struct config_oauth),
};

static const struct option login_options[] = {
	{
		.name = "user",
		.type = OPTION_TEXT,
		FIELD(struct config_mailbox, user),
		.example = "crm@example.org",
		.help = "Login name. Every mailbox needs one.",
	},
	{
		.name = "auth",
		.type = OPTION_CHOICE,
		FIELD(struct config_mailbox, auth),
		.choices = auth_choices,
		.value = "password",
		.help = "What proves who we are.",
	},
	{
		.name = "password",
		.type = OPTION_SECRET,
		FIELD(struct config_mailbox, password),
		.table = &option_table_secret,
		.applies = uses_password,
		.applies_when = "with auth: password",
		.example = "{file: /etc/postroom/crm.password}",
		.help = "Where the password comes from; it never stands in this file itself.",
	},
	{
		.name = "token",
		.type = OPTION_SECRET,
		FIELD(struct config_mailbox, password),
		.table = &option_table_secret,
		.applies = uses_token,
		.applies_when = "with auth: xoauth2 or oauthbearer",
		.sample = "{command: /usr/local/bin/crm-token}",
		.help = "Where an access token comes from, mostly a command.",
	},
	{
		.name = "oauth",
		.type = OPTION_GROUP,
		FIELD(struct config_mailbox, oauth),
		.table = &oauth_table,
		.optional_group = true,
		.applies = uses_token,
		.applies_when = "with auth: xoauth2 or oauthbearer",
		.help = "The provider that the daemon gets access tokens from, in place of token.",
	},
};

const struct option_table option_table_login = {
	TABLE(login_options),
	.item_size = sizeof(struct config_mailbox),
};
