/*
 * doctor_actions.c - what is still to be done with mails that are recorded, and what was given up.
 */
#include <inttypes.h>

#include "cli/doctor.h"
#include "store/server_action.h"

#define TOLD_MAX 3
/* Tried so often in vain that it does not settle by itself (some minutes). */
#define TRIES_LONG 6

static void tell_given_up(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	struct server_action_finding *rows;
	struct error err;
	size_t count;

	if (!server_action_findings(cli->db, TOLD_MAX, &cli->arena, &rows, &count, &err))
		return; /* the database's check said it */
	for (size_t i = 0; i < count; i++)
		doctor_finding(doctor, "note", "the mail is recorded; see it on its server",
			"%.*s of message #%" PRId64 " in %.*s of %.*s was given up: %.*s",
			SPAN_ARG(rows[i].verb), rows[i].message_id, SPAN_ARG(rows[i].folder),
			SPAN_ARG(rows[i].mailbox), SPAN_ARG(rows[i].finding));
}

static void tell_undecided(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	struct server_action_row *rows;
	struct error err;
	size_t count, long_ago = 0;

	if (!server_action_undecided(
		    cli->db, INT64_MAX, INT32_MAX, &cli->arena, &rows, &count, &err))
		return;
	for (size_t i = 0; i < count; i++)
		long_ago += rows[i].tries >= TRIES_LONG;
	if (long_ago > 0)
		doctor_finding(doctor, "warning",
			"journalctl -u postroomd says why (not-decided); they are tried again by "
			"themselves",
			"what further copies of %zu mails add could not be recorded yet", long_ago);
}

void doctor_actions(struct doctor *doctor)
{
	if (!doctor->cli->db)
		return;
	tell_undecided(doctor);
	tell_given_up(doctor);
}
