/*
 * doctor_mail.c - what runs and what it reported: clock, mailboxes, ledger.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "calendar/alert.h"
#include "cli/doctor.h"
#include "ingest/policy_survey.h"
#include "store/backup.h"
#include "store/erased.h"
#include "store/mailbox.h"
#include "store/message.h"
#include "store/unresolved.h"

/* 2026-01-01: no clock that is right shows less. */
#define CLOCK_EARLIEST_MS 1767225600000LL
/* Mails of a capture mailbox that are looked at for an envelope address. */
#define ENVELOPE_MAILS 100
#define SURVEY_MAILS   100
#define BACKUP_OLD_MS  (24 * 60 * 60 * 1000LL)

void doctor_clock(struct doctor *doctor)
{
	struct message_filter filter = {.page = {.limit = 1}};
	struct cli *cli = doctor->cli;
	struct message_row *rows;
	struct error err;
	size_t count;

	if (cli->now_ms < CLOCK_EARLIEST_MS) {
		doctor_finding(doctor, "error", "set the clock: timedatectl set-ntp true",
			"the system's clock is years behind");
		return;
	}
	if (!cli->db || !message_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
		return;
	if (count > 0 && rows[0].stored_ms > cli->now_ms + 60000)
		doctor_finding(doctor, "error", "set the clock: timedatectl set-ntp true",
			"the newest message was stored %" PRId64
			" s in the future: the system's clock went back",
			(rows[0].stored_ms - cli->now_ms) / 1000);
}

/* ---------------------------------------------------------------- mailboxes */

static void mailbox_check(struct doctor *doctor, const struct mailbox_row *row)
{
	int64_t now_ms = doctor->cli->now_ms;
	char mend[256];

	snprintf(mend, sizeof mend,
		"postroomd --check logs in and says more; then postroom mailbox "
		"show %.*s",
		SPAN_ARG(row->name));
	if (row->last_error.size && row->last_error_ms >= row->last_success_ms)
		doctor_finding(doctor, "error", mend, "%.*s: %.*s", SPAN_ARG(row->name),
			SPAN_ARG(row->last_error));
	else if (!row->last_success_ms)
		doctor_finding(doctor, "warning", mend, "%.*s was never read to its end",
			SPAN_ARG(row->name));
	else if (now_ms - row->last_success_ms > ALERT_SILENT_MS)
		doctor_finding(doctor, "error",
			"is the daemon running? systemctl status postroomd; journalctl -u "
			"postroomd",
			"%.*s is silent: last read to its end %" PRId64 " minutes ago",
			SPAN_ARG(row->name), (now_ms - row->last_success_ms) / 60000);
	/* One that watches waits for new mail, and that is as it should be. */
	if (row->waits_for.size && !span_equal(row->state, SPAN("watching")))
		doctor_finding(doctor, "warning", mend, "%.*s waits for %.*s", SPAN_ARG(row->name),
			SPAN_ARG(row->waits_for));
}

void doctor_mailboxes(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	struct mailbox_row *rows;
	struct error err;
	size_t count;

	if (!cli->db)
		return;
	if (!mailbox_list(cli->db, &cli->arena, &rows, &count, &err)) {
		doctor_finding(doctor, "error", "postroom restore", "%s", err.text);
		return;
	}
	for (size_t i = 0; i < cli->config->mailbox_count; i++) {
		const char *name = cli->config->mailboxes[i].name;
		struct mailbox_row row = {.name = span_from(name)};

		for (size_t j = 0; j < count; j++) {
			if (span_equal(rows[j].name, span_from(name)))
				row = rows[j];
		}
		mailbox_check(doctor, &row);
	}
}

/* ---------------------------------------------------------------- ledger */

void doctor_ledger(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	struct unresolved_count waiting;
	struct ledger_sum sum;
	struct error err;
	int64_t states;

	if (!cli->db)
		return;
	if (!message_sum(cli->db, &sum, &err) || !unresolved_waiting(cli->db, &waiting, &err)) {
		doctor_finding(doctor, "error", "postroom restore", "%s", err.text);
		return;
	}
	states = sum.received + sum.filed + sum.waiting + sum.ignored + sum.quarantined + sum.dead +
		 sum.erased;
	if (states != sum.fetched)
		doctor_finding(doctor, "error", "keep the database and report this",
			"the ledger does not balance: %" PRId64 " fetched, %" PRId64 " in a state",
			sum.fetched, states);
	if (sum.dead > 0)
		doctor_finding(doctor, "warning",
			"postroom message list --state dead says why; postroom replay tries again",
			"%" PRId64 " messages could not be processed", sum.dead);
	if (waiting.oldest_ms && cli->now_ms - waiting.oldest_ms > ALERT_QUEUE_MS)
		doctor_finding(doctor, "warning", "postroom unresolved list",
			"%" PRId64 " items wait, the oldest for %" PRId64 " days", waiting.waiting,
			(cli->now_ms - waiting.oldest_ms) / 86400000);
}

/* Tags sit in the envelope address: a server that doesn't show it loses every follow-up. */
static bool shows_envelope(struct cli *cli, const struct message_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct route_row *routes;
		struct error err;
		size_t route_count;

		if (!route_list(cli->db, rows[i].id, &cli->arena, &routes, &route_count, &err))
			return true;
		for (size_t j = 0; j < route_count; j++) {
			if (span_equal(routes[j].decided_by, SPAN("envelope")))
				return true;
		}
	}
	return false;
}

void doctor_envelope(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;

	for (size_t i = 0; cli->db && i < cli->config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &cli->config->mailboxes[i];
		struct message_filter filter = {
			.mailbox = span_from(mailbox->name), .page = {.limit = ENVELOPE_MAILS}};
		struct message_row *rows;
		struct error err;
		size_t count;

		if (mailbox->kind != KIND_CAPTURE ||
			!message_list(cli->db, &filter, &cli->arena, &rows, &count, &err))
			continue;
		if (count > 0 && !shows_envelope(cli, rows, count))
			doctor_finding(doctor, "warning",
				"let the mail server add Delivered-To or X-Original-To, or name "
				"its "
				"field in mailboxes[].envelope_field",
				"%s: none of the last %zu mails shows its envelope address: tags "
				"such "
				"as +2w can't arrive here",
				mailbox->name, count);
	}
}

/* The policies that let every one of the mails in: what to write in who_may_write. */
static void survey_advise(const struct policy_survey *survey, struct buffer *text)
{
	const char *lead = "all of them would pass ";

	if (survey->submission == survey->mails) {
		buffer_format(text, "%ssubmission", lead);
		lead = " or ";
	}
	if (survey->exchange_internal == survey->mails) {
		buffer_format(text, "%sexchange-internal", lead);
		lead = " or ";
	}
	for (size_t i = 0; i < survey->authserv_count; i++) {
		if (survey->authserv[i].passed != survey->mails)
			continue;
		buffer_format(
			text, "%s{authserv-id: %.*s}", lead, SPAN_ARG(survey->authserv[i].id));
		lead = " or ";
	}
	if (!text->size)
		buffer_append_string(text, "no policy lets all of them in");
	buffer_append_string(text, "; postroom quarantine list shows the rule that each failed. "
				   "Choose in who_may_write what your users' mail passes and "
				   "nobody else's can");
}

/*
 * "submission 98, authserv-id mx.example.org 100", for somebody who has to choose. That forged mail
 * stays outside is no finding; that nothing comes in is one, and that another policy would let in
 * what this one does not.
 */
static void survey_tell(struct doctor *doctor, const struct config_mailbox *mailbox,
	const struct policy_survey *survey)
{
	struct buffer text = {0}, advice = {0};
	bool all_pass = survey->configured == survey->mails;
	bool fits = all_pass || (survey->configured > 0 && survey->elsewhere == 0);

	buffer_format(&text, "submission %" PRId64, survey->submission);
	if (survey->exchange_internal)
		buffer_format(&text, ", exchange-internal %" PRId64, survey->exchange_internal);
	for (size_t i = 0; i < survey->authserv_count; i++)
		buffer_format(&text, ", authserv-id %.*s %" PRId64,
			SPAN_ARG(survey->authserv[i].id), survey->authserv[i].passed);
	survey_advise(survey, &advice);
	doctor_finding(doctor, fits ? "note" : "warning",
		all_pass ? "nothing need be done"
		: fits	 ? "no policy lets the others in: postroom quarantine list shows why"
			 : buffer_string(&advice),
		"%s: of %" PRId64 " mails in your users' names %" PRId64
		" pass its policy %s; by policy: "
		"%s",
		mailbox->name, survey->mails, survey->configured,
		write_policy_name(mailbox->policy), buffer_string(&text));
	buffer_done(&text);
	buffer_done(&advice);
}

void doctor_policy(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	struct policy_survey survey;
	struct error err;

	if (!cli->db)
		return;
	if (!cli->intake && !intake_open_reading(cli->db, cli->config, &cli->intake, &err))
		return; /* the database's check said it */
	for (size_t i = 0; i < cli->config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &cli->config->mailboxes[i];

		if (mailbox->kind != KIND_CAPTURE && mailbox->kind != KIND_ACTIONS)
			continue;
		if (!policy_survey(cli->intake, mailbox, SURVEY_MAILS, &cli->arena, &survey, &err))
			doctor_finding(doctor, "error", "postroom restore", "%s", err.text);
		else if (survey.mails > 0)
			survey_tell(doctor, mailbox, &survey);
	}
}

/* What is deleted on the server is only here then: a lost disk must not be a lost mail. */
void doctor_backup(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	int64_t last_ms = 0;
	struct error err;

	if (!cli->db || !backup_last(cli->db, &last_ms, &err) ||
		cli->now_ms - last_ms < BACKUP_OLD_MS)
		return;
	for (size_t i = 0; i < cli->config->mailbox_count; i++) {
		const struct config_mailbox *mailbox = &cli->config->mailboxes[i];

		if (mailbox->action == ACTION_DELETE)
			doctor_finding(doctor, "warning",
				"postroom backup FILE, every day by cron or a timer",
				"%s deletes mail on the server, and there is no backup of the last "
				"24 hours",
				mailbox->name);
	}
}

/* Who was erased has a right to all of it. */
void doctor_privacy(struct doctor *doctor)
{
	struct erased *erased;
	struct ledger_sum sum;
	struct error err;

	if (!erased_open(doctor->cli->config->state_directory, &erased, &err)) {
		doctor_finding(
			doctor, "error", "put a copy of the file in its place", "%s", err.text);
		return;
	}
	if (erased_unfinished(erased) > 0)
		doctor_finding(doctor, "warning", "postroom privacy erase",
			"%zu erasures were begun and are not finished", erased_unfinished(erased));
	if (doctor->cli->db && erased_is_empty(erased) &&
		message_sum(doctor->cli->db, &sum, &err) && sum.erased > 0)
		doctor_finding(doctor, "note",
			"put a copy of it in its place, unless everybody was readmitted",
			"people were erased, and %s/" ERASED_FILE
			", which keeps them out, names nobody",
			doctor->cli->config->state_directory);
	erased_close(erased);
}
