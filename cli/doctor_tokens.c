/*
 * doctor_tokens.c - OAuth: what will end, before it ends a mailbox.
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cli/doctor.h"
#include "ingest/token_state.h"

#define DAY_MS INT64_C(86400000)
/* Microsoft forgets a refresh token that nobody used for 90 days, Google after half a year. */
#define UNUSED_DAYS INT64_C(30)
/* Before the end that a provider names: a person has to log in. */
#define AHEAD_MS (14 * DAY_MS)

static void check_error(
	struct doctor *doctor, const char *name, const struct token_state *state, const char *mend)
{
	if (state->error == ERROR_AUTH)
		doctor_finding(doctor, "error", mend, "%s gets no access token: %.*s", name,
			SPAN_ARG(state->text));
	else if (state->error != ERROR_NONE)
		doctor_finding(doctor, "warning",
			"tried again by itself; if it stays, see the page on mailboxes",
			"%s: the last renewal of its token failed: %.*s", name,
			SPAN_ARG(state->text));
}

static void check_login(
	struct doctor *doctor, const char *name, const struct token_state *state, const char *mend)
{
	int64_t now_ms = doctor->cli->now_ms;
	int64_t left_ms = state->refresh_until_ms - now_ms;
	int64_t unused = token_state_unused_days(state, now_ms);

	if (state->refresh_until_ms && left_ms <= 0)
		doctor_finding(doctor, "error", mend, "%s: its login has ended", name);
	else if (state->refresh_until_ms && left_ms < AHEAD_MS)
		doctor_finding(doctor, "warning", mend,
			"%s: its login ends in %" PRId64 " days if it is not renewed, says the "
			"provider",
			name, left_ms / DAY_MS);
	if (unused >= UNUSED_DAYS)
		doctor_finding(doctor, "warning",
			"let the daemon reach the mailbox and its token server; providers forget a "
			"refresh token that nobody uses (Microsoft after 90 days)",
			"%s: its refresh token is unused for %" PRId64 " days", name, unused);
}

/* No word when all is well: `status` shows it. */
static void check_mailbox(struct doctor *doctor, const struct config_mailbox *mailbox)
{
	struct cli *cli = doctor->cli;
	struct token_state state;
	struct error err;
	char mend[256];
	bool found;

	if (!token_state_read(
		    cli->db, span_from(mailbox->name), &cli->arena, &state, &found, &err)) {
		doctor_finding(doctor, "error", "postroom restore", "%s", err.text);
		return;
	}
	if (mailbox->oauth.grant == GRANT_REFRESH_TOKEN)
		snprintf(mend, sizeof mend, "sudo -u postroom postroom mailbox login %.64s",
			mailbox->name);
	else
		snprintf(mend, sizeof mend,
			"see login.oauth in the configuration, and the client's registration at "
			"the provider");
	if (!found)
		doctor_finding(doctor, "warning",
			"is the daemon running? was it reloaded after the mailbox was added?",
			"%s: nothing is known of its token", mailbox->name);
	check_error(doctor, mailbox->name, &state, mend);
	check_login(doctor, mailbox->name, &state, mend);
}

/* The folder of the refresh tokens belongs to the daemon's user alone. */
static void check_folder(struct doctor *doctor)
{
	struct span path = arena_format(
		&doctor->cli->arena, "%s/tokens", doctor->cli->config->state_directory);
	struct stat info;
	char mend[4200];

	if (stat(path.data, &info) < 0 || (info.st_mode & (S_IRWXG | S_IRWXO)) == 0)
		return;
	snprintf(mend, sizeof mend, "chmod 700 %s", path.data);
	doctor_finding(doctor, "error", mend, "%s is open to others (mode %04o)", path.data,
		info.st_mode & 07777u);
}

void doctor_tokens(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	bool used = false;

	for (size_t i = 0; cli->db && i < cli->config->mailbox_count; i++) {
		if (cli->config->mailboxes[i].oauth.grant == GRANT_NONE)
			continue;
		used = true;
		check_mailbox(doctor, &cli->config->mailboxes[i]);
	}
	if (used)
		check_folder(doctor);
}
