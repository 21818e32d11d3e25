/*
 * Good files and the values that they give: defaults, inheritance, spellings, lookups; and the
 * example and `config show`, which must load again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "config/load.h"
#include "config/options.h"

#define DAY_MS	(24 * 60 * 60 * INT64_C(1000))
#define MINIMUM "organisation: {name: E, zone: UTC, domains: [example.org]}\n"

static struct config *load(const char *text)
{
	struct config *config;
	struct error err = {0};

	if (!config_load_text("f.yaml", span_from(text), &config, &err))
		fail_msg("%s", err.text);
	return config;
}

static void test_defaults(void **state)
{
	struct config *config = load(MINIMUM);

	(void)state;
	assert_string_equal(config->organisation, "E");
	assert_string_equal(config->instance, "example.org");
	assert_int_equal(config->tag_separator, '+');
	assert_string_equal(config->state_directory, "/var/lib/postroom");
	assert_int_equal(config->min_free_bytes, INT64_C(1) << 30);
	assert_int_equal(config->user_count, 0);
	assert_int_equal(config->mailbox_count, 0);
	assert_int_equal(config->follow_up_length_ms, 30 * 60 * 1000);
	assert_int_equal(config->action_prefixes.count, 2);
	assert_string_equal(config->action_prefixes.items[0], "Balean Board Meeting action:");
	assert_string_equal(config->action_prefixes.items[1], "Action:");
	assert_true(config->leads.create_contact);
	assert_string_equal(config->leads.source, "mail");
	assert_string_equal(config->leads.first_phase, "new");
	assert_string_equal(config->support_priority, "normal");
	assert_null(config->support_assignee);
	assert_null(config->invoices_assignee);
	assert_false(config->finance_run.present);
	assert_null(config->feed_listen);
	assert_null(config->feed_base_url);
	assert_int_equal(config->parsers, 2);
	assert_int_equal(config->limit_message_bytes, 100 << 20);
	assert_int_equal(config->quarantine_per_sender, 100);
	assert_int_equal(config->quarantine_per_mailbox, 10000);
	assert_int_equal(config->retention_finance_ms, 3660 * DAY_MS);
	assert_int_equal(config->retention_ignored_ms, 0);
	assert_int_equal(config->retention_quarantined_ms, 0);
	assert_int_equal(config->retention_dead_ms, 0);
	config_free(config);
	config_free(NULL);
}

static const char full[] =
	"\xef\xbb\xbf# with a byte order mark\n"
	"organisation:\n"
	"  name: 'Müller & Söhne'\n"
	"  zone: Europe/Berlin\n"
	"  domains: [example.org, müller.example]\n"
	"  hosts: [mail.example.org, .relay.example.net, 192.0.2.7, 198.51.100.0/24, "
	"'2002:a00::/24', 2001:db8::25]\n"
	"  days_off: 2026-12-25\n"
	"  free_mail_domains: [Post.Example, gmail.com]\n"
	"tag_separator: '-'\n"
	"storage: {directory: /srv/crm, min_free: 2GiB}\n"
	"users:\n"
	"  - {name: anna, full_name: Anna Smit, addresses: [Anna@Example.org, a@private.example], "
	"teams: [sales, board], admin: true}\n"
	"  - {name: Bert, addresses: bert@müller.example, zone: Europe/Lisbon, teams: Sales}\n"
	"server: {host: imap.example.org, tls: starttls}\n"
	"login: {user: all@example.org, password: {credential: imap}}\n"
	"mailboxes:\n"
	"  - name: crm\n"
	"    kind: capture\n"
	"    addresses: crm@example.org\n"
	"    who_may_write: {header: {name: X-Inside, value: sesame}}\n"
	"    may_write: [ANNA]\n"
	"    action: {move: Done}\n"
	"    since: 2026-01-01\n"
	"    folders:\n"
	"      - inbox\n"
	"      - {folder: Rechnungen, kind: invoices}\n"
	"      - {folder: Gesendet, trust: folder}\n"
	"  - name: invoices\n"
	"    kind: invoices\n"
	"    server: {host: 127.0.0.1, port: 1143, tls: none}\n"
	"    login: {user: i, auth: xoauth2, token: {command: print-token}}\n"
	"    action: {delete: {after: 30d}}\n"
	"    idle: false\n"
	"    poll: 10s\n"
	"  - name: minutes\n"
	"    kind: actions\n"
	"    server: {tls: implicit}\n"
	"    addresses: [board@example.org]\n"
	"    who_may_write: {secret-tag: {file: /etc/postroom/tag}}\n"
	"    login: {auth: oauthbearer, oauth: {grant: refresh-token, token_url: "
	"'https://login.example.com/token', client_id: postroom}}\n"
	"leads:\n"
	"  owners: [bert, anna]\n"
	"  form_senders: web@example.org\n"
	"  form_fields: [{label: Ihr Name, field: name}]\n"
	"  score: [{field: Ihr Name, contains: Dr., score: -5}]\n"
	"support: {assignee: bert, priority: high}\n"
	"finance: {run: {on: sun, at: 09:05, users: [BERT, anna]}}\n"
	"feed: {listen: '[::1]:8377', alerts: true}\n"
	"retention: {finance: forever, dead: 2w}\n";

static const struct provider_case {
	const char *keys; /* of oauth, beside client_id */
	const char *token_url, *device_url, *scope;
} provider_cases[] = {
	{"grant: refresh-token, provider: google", "https://oauth2.googleapis.com/token", NULL,
		"https://mail.google.com/"},
	{"grant: refresh-token, provider: microsoft",
		"https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
		"https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode",
		"https://outlook.office.com/IMAP.AccessAsUser.All offline_access"},
	{"grant: client-credentials, provider: microsoft, tenant: example.onmicrosoft.com, "
	 "client_secret: {file: /a}",
		"https://login.microsoftonline.com/example.onmicrosoft.com/oauth2/v2.0/token", NULL,
		"https://outlook.office365.com/.default"},
	{"grant: refresh-token, provider: microsoft, scope: s, token_url: 'https://l.example/t'",
		"https://l.example/t",
		"https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode", "s"},
	{"grant: refresh-token, token_url: 'https://l.example/t'", "https://l.example/t", NULL,
		NULL},
};

static void assert_text(const char *got, const char *expected)
{
	if (expected)
		assert_string_equal(got, expected);
	else
		assert_null(got);
}

/* Also when the login stands once for all mailboxes. */
static void test_providers(void **state)
{
	static const char head[] = "organisation: {name: A, zone: UTC, domains: example.org}\n"
				   "users: [{name: anna, addresses: anna@example.org}]\n"
				   "server: {host: imap.example.org}\n";

	(void)state;
	for (size_t i = 0; i < 2 * ARRAY_COUNT(provider_cases); i++) {
		const struct provider_case *c = &provider_cases[i / 2];
		struct buffer text = {0};
		struct config *config;

		buffer_append_string(&text, head);
		if (i % 2)
			buffer_format(&text,
				"login: {auth: xoauth2, oauth: {client_id: c, %s}}\n"
				"mailboxes: [{name: a, kind: leads, login: {user: a}}]\n",
				c->keys);
		else
			buffer_format(&text,
				"mailboxes: [{name: a, kind: leads, login: {user: a, auth: "
				"xoauth2, "
				"oauth: {client_id: c, %s}}}]\n",
				c->keys);
		config = load(buffer_string(&text));
		assert_text(config->mailboxes[0].oauth.token_url, c->token_url);
		assert_text(config->mailboxes[0].oauth.device_url, c->device_url);
		assert_text(config->mailboxes[0].oauth.scope, c->scope);
		config_free(config);
		buffer_done(&text);
	}
}

static void test_values(void **state)
{
	struct config *config = load(full);
	const struct config_mailbox *crm = &config->mailboxes[0];
	const struct config_mailbox *invoices = &config->mailboxes[1];
	const struct config_mailbox *minutes = &config->mailboxes[2];

	(void)state;
	assert_string_equal(config->organisation, "Müller & Söhne");
	assert_int_equal(config->days_off_count, 1);
	assert_int_equal(config->days_off[0].month, 12);
	assert_int_equal(config->tag_separator, '-');
	assert_int_equal(config->min_free_bytes, INT64_C(2) << 30);
	assert_string_equal(config->users[0].zone, "Europe/Berlin");
	assert_string_equal(config->users[1].zone, "Europe/Lisbon");
	assert_string_equal(config->users[1].full_name, "Bert");
	assert_true(config->users[0].admin);
	assert_false(config->users[1].admin);

	assert_int_equal(config->team_count, 2);
	assert_string_equal(config->teams[0].name, "board");
	assert_int_equal(config->teams[0].users.count, 1);
	assert_string_equal(config->teams[1].name, "sales");
	assert_int_equal(config->teams[1].users.count, 2);
	assert_string_equal(config->teams[1].users.items[0], "anna");
	assert_string_equal(config->teams[1].users.items[1], "Bert");

	assert_int_equal(crm->line, 17);
	assert_int_equal(crm->server.port, 143);
	assert_int_equal(crm->server.tls, TLS_STARTTLS);
	assert_string_equal(crm->user, "all@example.org");
	assert_string_equal(crm->password.credential, "imap");
	assert_int_equal(crm->policy, POLICY_HEADER);
	assert_string_equal(crm->policy_header_name, "X-Inside");
	assert_string_equal(crm->policy_header_value, "sesame");
	assert_int_equal(crm->may_write.count, 1);
	assert_string_equal(crm->may_write.items[0], "anna");
	assert_int_equal(crm->action, ACTION_MOVE);
	assert_string_equal(crm->action_folder, "Done");
	assert_int_equal(crm->since.year, 2026);
	assert_true(crm->idle);
	assert_int_equal(crm->poll_ms, 60000);
	assert_int_equal(crm->auth_retry_ms, 3600000);
	assert_int_equal(crm->folder_count, 3);
	assert_int_equal(crm->folders[0].kind, KIND_CAPTURE);
	assert_false(crm->folders[0].trust_folder);
	assert_string_equal(crm->folders[1].name, "Rechnungen");
	assert_int_equal(crm->folders[1].kind, KIND_INVOICES);
	assert_int_equal(crm->folders[2].kind, KIND_CAPTURE);
	assert_true(crm->folders[2].trust_folder);

	assert_int_equal(invoices->server.port, 1143);
	assert_int_equal(invoices->auth, AUTH_XOAUTH2);
	assert_string_equal(invoices->password.command, "print-token");
	assert_null(invoices->password.credential);
	assert_int_equal(invoices->policy, POLICY_UNSET);
	assert_int_equal(invoices->action, ACTION_DELETE);
	assert_int_equal(invoices->action_delete_after_ms, 30 * DAY_MS);
	assert_false(date_is_set(invoices->since));
	assert_false(invoices->idle);
	assert_int_equal(invoices->poll_ms, 10000);
	assert_int_equal(invoices->folder_count, 1);
	assert_string_equal(invoices->folders[0].name, "INBOX");
	assert_int_equal(invoices->folders[0].kind, KIND_INVOICES);

	assert_string_equal(minutes->server.host, "imap.example.org");
	assert_int_equal(minutes->server.port, 993);
	assert_string_equal(minutes->policy_secret.file, "/etc/postroom/tag");
	assert_string_equal(minutes->user, "all@example.org");
	assert_null(minutes->password.credential);
	assert_int_equal(minutes->oauth.grant, GRANT_REFRESH_TOKEN);
	assert_string_equal(minutes->oauth.client_id, "postroom");
	assert_int_equal(minutes->oauth.client_auth, CLIENT_AUTH_POST);
	assert_null(minutes->oauth.scope);

	assert_string_equal(config->leads.owners.items[0], "Bert");
	assert_string_equal(config->leads.form_fields[0].field, "name");
	assert_int_equal(config->leads.score_rules[0].score, -5);
	assert_string_equal(config->support_assignee, "Bert");
	assert_true(config->finance_run.present);
	assert_int_equal(config->finance_run.on, SUNDAY);
	assert_int_equal(config->finance_run.hour, 9);
	assert_int_equal(config->finance_run.minute, 5);
	assert_int_equal(config->finance_run.length_ms, 60 * 60 * 1000);
	assert_int_equal(config->finance_run.users.count, 2);
	assert_string_equal(config->finance_run.users.items[0], "Bert");
	assert_string_equal(config->feed_base_url, "http://[::1]:8377");
	assert_int_equal(config->retention_finance_ms, 0);
	assert_int_equal(config->retention_dead_ms, 14 * DAY_MS);
	config_free(config);
}

static void test_lookups(void **state)
{
	static const struct {
		bool (*is)(const struct config *config, struct span name);
		const char *name;
		bool answer;
	} cases[] = {
		{config_is_own_domain, "example.org", true},
		{config_is_own_domain, "EXAMPLE.ORG.", true},
		{config_is_own_domain, "mail.de.example.org", true},
		{config_is_own_domain, "notexample.org", false},
		{config_is_own_domain, "org", false},
		{config_is_own_domain, "", false},
		{config_is_own_domain, ".", false},
		{config_is_own_domain, "müller.example", true},
		{config_is_own_domain, "xn--mller-kva.example", true},
		{config_is_own_domain, "shop.Müller.example", true},
		{config_is_own_host, "mail.example.org", true},
		{config_is_own_host, "Mail.Example.org.", true},
		{config_is_own_host, "example.org", false},
		{config_is_own_host, "a.mail.example.org", false},
		{config_is_own_host, "a.relay.example.net", true},
		{config_is_own_host, "a.b.relay.example.net", true},
		{config_is_own_host, "relay.example.net", false},
		{config_is_own_host, "evilrelay.example.net", false},
		{config_is_own_host, ".relay.example.net", false},
		{config_is_own_host, "192.0.2.7", true},
		{config_is_own_host, "[192.0.2.7]", true},
		{config_is_own_host, "192.0.2.8", false},
		{config_is_own_host, "198.51.100.200", true},
		{config_is_own_host, "198.51.101.1", false},
		{config_is_own_host, "2002:a05:6402:40cb:b0:5a2::1", true},
		{config_is_own_host, "[IPv6:2002:A05::1]", true},
		{config_is_own_host, "2002:b05::1", false},
		{config_is_own_host, "2002:a00::/24", false},
		{config_is_own_host, "2001:DB8:0:0::25", true},
		{config_is_own_host, "2001:db8::26", false},
		{config_is_own_host, "IPv6:", false},
		{config_is_free_mail_domain, "gmail.com", true},
		{config_is_free_mail_domain, "GMX.de", true},
		{config_is_free_mail_domain, "post.example", true},
		{config_is_free_mail_domain, "example.org", false},
		{config_is_free_mail_domain, "com", false},
	};
	struct config *config = load(full);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (cases[i].is(config, span_from(cases[i].name)) != cases[i].answer)
			fail_msg("case %zu: %s", i, cases[i].name);
	assert_ptr_equal(config_mailbox(config, "CRM"), &config->mailboxes[0]);
	assert_null(config_mailbox(config, "cr"));
	assert_ptr_equal(config_user(config, "bert"), &config->users[1]);
	assert_null(config_user(config, ""));
	assert_ptr_equal(
		config_user_by_address(config, SPAN("anna@example.org")), &config->users[0]);
	assert_ptr_equal(
		config_user_by_address(config, SPAN("a@private.example")), &config->users[0]);
	assert_ptr_equal(config_user_by_address(config, SPAN("bert@xn--mller-kva.example")),
		&config->users[1]);
	assert_null(config_user_by_address(config, SPAN("crm@example.org")));
	assert_null(config_user_by_address(config, (struct span){0}));
	config_free(config);
}

/* 5,000 users are found one by one, and a team of all of them is complete. */
static void test_many_users(void **state)
{
	struct buffer text = {0};
	struct config *config;
	char address[64];

	(void)state;
	buffer_append_string(&text, MINIMUM "users:\n");
	for (int i = 0; i < 5000; i++)
		buffer_format(&text,
			"  - {name: u%d, addresses: [u%d@example.org, x%d@example.net], teams: "
			"all}\n",
			i, i, i);
	config = load(buffer_string(&text));
	assert_int_equal(config->user_count, 5000);
	for (int i = 0; i < 5000; i++) {
		snprintf(address, sizeof address, "x%d@example.net", i);
		assert_ptr_equal(
			config_user_by_address(config, span_from(address)), &config->users[i]);
	}
	assert_int_equal(config->team_count, 1);
	assert_int_equal(config->teams[0].users.count, 5000);
	config_free(config);
	buffer_done(&text);
}

/* What `config show` prints loads, gives the same again, and tells no secret. */
static void test_show(void **state)
{
	struct buffer first = {0}, second = {0};
	struct config *config = load(full);

	(void)state;
	options_write_config(config, &first);
	config_free(config);
	assert_null(strstr(buffer_string(&first), "sesame"));
	assert_null(strstr(buffer_string(&first), "print-token"));
	assert_non_null(strstr(buffer_string(&first), "{file: /etc/postroom/tag}"));
	assert_non_null(strstr(buffer_string(&first), "password: {credential: imap}"));
	assert_non_null(strstr(buffer_string(&first), "action: {delete: {after: 30d}}"));
	assert_non_null(strstr(buffer_string(&first), "free_mail_domains: [Post.Example]"));
	assert_non_null(strstr(buffer_string(&first), "dead: 2w"));
	assert_non_null(strstr(buffer_string(&first), "    at: '09:05'\n"));
	config = load(buffer_string(&first));
	options_write_config(config, &second);
	config_free(config);
	assert_string_equal(buffer_string(&first), buffer_string(&second));
	buffer_done(&first);
	buffer_done(&second);
}

static void test_example(void **state)
{
	struct buffer example = {0};
	struct config *config;

	(void)state;
	options_write_example(&example);
	config = load(buffer_string(&example));
	assert_int_equal(config->user_count, 1);
	assert_int_equal(config->mailbox_count, 1);
	assert_int_equal(config->mailboxes[0].policy, POLICY_SUBMISSION);
	/* Who leaves it as it is gets the defaults, not samples. */
	assert_string_equal(config->instance, "example.org");
	assert_int_equal(config->mailboxes[0].since.year, 0);
	assert_int_equal(config->deals.pipeline_count, 1);
	assert_string_equal(config->deals.pipelines[0].name, "sales");
	assert_int_equal(config->deals.pipelines[0].phase_count, 5);
	assert_int_equal(config->deals.type_count, 0);
	assert_int_equal(config->deals.subjects.count, 0);
	assert_int_equal(config->deals.weights.count, 0);
	assert_string_equal(config->deals.currency, "EUR");
	assert_int_equal(config->project_count, 0);
	assert_int_equal(config->leads.form_senders.count, 0);
	assert_int_equal(config->leads.form_field_count, 0);
	assert_int_equal(config->leads.score_rule_count, 0);
	config_free(config);
	buffer_done(&example);
}

/* "  #key: value" at the byte `at`; a comment has a space behind its #. */
static bool is_commented_key(const char *text, size_t at)
{
	size_t start = at;

	if (text[at] != '#' || text[at + 1] < 'a' || text[at + 1] > 'z')
		return false;
	while (start > 0 && text[start - 1] == ' ')
		start--;
	return start == 0 || text[start - 1] == '\n';
}

/* Takes the # away at `at` and below it, where the same block goes on. */
static void uncomment(char *text, size_t at)
{
	size_t line = at, column;

	while (line > 0 && text[line - 1] != '\n')
		line--;
	column = at - line;
	do {
		memmove(text + line + column, text + line + column + 1,
			strlen(text + line + column + 1) + 1);
		line += strcspn(text + line, "\n");
		line += text[line] == '\n';
	} while (strspn(text + line, " ") == column && text[line + column] == '#' &&
		 (strncmp(text + line + column, "#  ", 3) == 0));
}

/* Every key that the example comments out is right when its # is taken away. */
static void test_example_commented_keys(void **state)
{
	struct buffer example = {0};
	int tried = 0;

	(void)state;
	options_write_example(&example);
	for (size_t i = 0; i < example.size; i++) {
		struct config *config;
		struct error err;
		char *text;

		if (!is_commented_key(buffer_string(&example), i))
			continue;
		text = strdup(buffer_string(&example));
		uncomment(text, i);
		tried++;
		/* Keys that only go with another login say so. */
		if (config_load_text("f.yaml", span_from(text), &config, &err))
			config_free(config);
		else if (strstr(err.text, "goes only with") == NULL)
			fail_msg("%s\nin:\n%s", err.text, text + i);
		free(text);
	}
	assert_true(tried > 20);
	buffer_done(&example);
}

static void test_manual(void **state)
{
	static const char *const keys[] = {"organisation.name", "mailboxes[].login",
		"mailboxes[].folders[].trust", "login.oauth.token_url", "server.tls",
		"retention.finance", "leads.score[].contains", "finance.run.on"};
	struct buffer manual = {0};

	(void)state;
	options_write_manual(&manual);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		char item[80];

		snprintf(item, sizeof item, ".It Cm \"%s\"", keys[i]);
		if (strstr(buffer_string(&manual), item) == NULL)
			fail_msg("%s is missing", item);
	}
	buffer_done(&manual);
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void test_files(void **state)
{
	char folder[] = "/tmp/test_config.XXXXXX", path[64], expected[200];
	struct config *config;
	struct error err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/postroom.yaml", folder);
	assert_false(config_load(path, &config, &err));
	snprintf(expected, sizeof expected,
		"%s: there is no such file; 'postroom config example' prints one to start from",
		path);
	assert_string_equal(err.text, expected);
	assert_false(config_load(folder, &config, &err));
	assert_non_null(strstr(err.text, "is a folder, not a file"));
	write_file(path, MINIMUM, 0666);
	assert_false(config_load(path, &config, &err));
	assert_non_null(strstr(err.text, "run: chmod o-w "));
	write_file(path, MINIMUM, 0644);
	assert_true(config_load(path, &config, &err));
	assert_string_equal(config->path, path);
	config_free(config);
	unlink(path);
	rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_providers),
		cmocka_unit_test(test_lookups),
		cmocka_unit_test(test_many_users),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_example),
		cmocka_unit_test(test_example_commented_keys),
		cmocka_unit_test(test_manual),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
