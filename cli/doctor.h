/*
 * doctor.h - checks of an installation. Each looks at one thing and adds a finding for what is
 * wrong, with the command or the change that mends it.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "cli/cli.h"

struct doctor {
	struct cli *cli; /* config is loaded; db is open or NULL */
	const char *check;
	json_t *findings;
};

/*
 * severity: "error" stops something, "warning" may, "note" only tells (and leaves the exit code).
 * mend: what to do about it.
 */
void doctor_finding(struct doctor *doctor, const char *severity, const char *mend,
	const char *format, ...) PRINTF_LIKE(4, 5);

/* doctor_files.c: what lies on disk */
void doctor_directory(struct doctor *doctor);
void doctor_database(struct doctor *doctor);
void doctor_secrets(struct doctor *doctor);
void doctor_sandbox(struct doctor *doctor);
void doctor_unit(struct doctor *doctor);
void doctor_programs(struct doctor *doctor);
void doctor_disk(struct doctor *doctor);

/* doctor_tokens.c: OAuth */
void doctor_tokens(struct doctor *doctor);

/* doctor_mail.c: what runs and what it reported */
void doctor_clock(struct doctor *doctor);
void doctor_mailboxes(struct doctor *doctor);
void doctor_ledger(struct doctor *doctor);
void doctor_envelope(struct doctor *doctor);
void doctor_policy(struct doctor *doctor);
void doctor_backup(struct doctor *doctor);
void doctor_privacy(struct doctor *doctor);

/* doctor_feed.c: the calendar feed and its addresses */
void doctor_feed(struct doctor *doctor);
void doctor_feeds(struct doctor *doctor);

/* doctor_actions.c: what servers were asked for in vain, copies that could not be decided */
void doctor_actions(struct doctor *doctor);

#endif
