#include "cli/command.h"

#include <string.h>

#include "cli/nouns.h"

/* The order of `postroom --help`. */
const struct command_group command_groups[] = {
	{"status", "the ledger, the mailboxes and the queue", status_commands},
	{"unresolved", "what could not be matched, and settling it", unresolved_commands},
	{"triage", "walk through the queue with single keys", triage_commands},
	{"quarantine", "mail from those who may not write to a mailbox", quarantine_commands},
	{"contact", "people outside", contact_commands},
	{"company", "companies and their mail domains", company_commands},
	{"note", "what was said, written down", note_commands},
	{"call", "telephone calls, with result and next step", call_commands},
	{"article", "what was found out", article_commands},
	{"task", "tasks, follow-ups and actions", task_commands},
	{"ticket", "finance tickets", ticket_commands},
	{"finance", "the weekly run over the finance tickets", finance_commands},
	{"case", "support cases", case_commands},
	{"deal", "leads and deals", deal_commands},
	{"project", "what a won deal starts", project_commands},
	{"board", "columns by state", board_commands},
	{"review", "the weekly look at what is forgotten", review_commands},
	{"statistics", "how much came, was done and was decided", statistics_commands},
	{"message", "stored mail", message_commands},
	{"search", "full text over mail, notes and articles", search_commands},
	{"why", "why a message was decided as it was", why_commands},
	{"explain", "what would be done with a mail", explain_commands},
	{"parse", "what a mail says", parse_commands},
	{"import", "mail from files, mboxes and Maildirs", import_commands},
	{"replay", "mail through the decision again", replay_commands},
	{"undo", "take back an operation", undo_commands},
	{"log", "who did what", log_commands},
	{"privacy", "what is known of one person, and forgetting it", privacy_commands},
	{"user", "colleagues", user_commands},
	{"mailbox", "mailboxes and their readers", mailbox_commands},
	{"calendar", "calendars as files", calendar_commands},
	{"feed", "secret calendar addresses", feed_commands},
	{"config", "the configuration file", config_commands},
	{"doctor", "find what is wrong and how to mend it", doctor_commands},
	{"backup", "a copy of the database while it runs", backup_commands},
	{"restore", "put a backup in place", restore_commands},
	{"completion", "completion scripts for the shells", completion_commands},
	{NULL, NULL, NULL},
};

const struct command_option command_global_options[] = {
	{"config", "FILE", VALUE_FILE,
		"the configuration, else $POSTROOM_CONFIG, else "
		"/etc/postroom/postroom.yaml",
		NULL},
	{"help", NULL, VALUE_NONE, "show this help", NULL},
	{"version", NULL, VALUE_NONE, "show the version", NULL},
	{NULL, NULL, VALUE_NONE, NULL, NULL},
};

static const struct {
	unsigned flag;
	struct command_option option;
} common[] = {
	{COMMAND_JSON, {"json", NULL, VALUE_NONE, "print JSON", NULL}},
	{COMMAND_PAGES, {"limit", "N", VALUE_NUMBER, "at most N rows (1000)", NULL}},
	{COMMAND_PAGES, {"after", "ID", VALUE_NUMBER, "the rows that follow this id", NULL}},
	{COMMAND_DRY_RUN,
		{"dry-run", NULL, VALUE_NONE, "show what it would change and write nothing", NULL}},
	{COMMAND_ASKS, {"yes", NULL, VALUE_NONE, "do it without asking", NULL}},
	{COMMAND_ASKS,
		{"no-input", NULL, VALUE_NONE, "never ask: fail where --yes is needed", NULL}},
};

size_t command_common_options(
	unsigned flags, const struct command_option *options[COMMAND_COMMON_OPTIONS])
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		if (flags & common[i].flag)
			options[count++] = &common[i].option;
	}
	return count;
}

const struct command_group *command_group_find(const char *noun)
{
	for (const struct command_group *group = command_groups; group->noun; group++) {
		if (strcmp(group->noun, noun) == 0)
			return group;
	}
	return NULL;
}

const struct command *command_find(const struct command_group *group, const char *verb)
{
	for (const struct command *command = group->commands; command->noun; command++) {
		if (verb && command->verb ? strcmp(command->verb, verb) == 0
					  : !verb && !command->verb)
			return command;
	}
	return NULL;
}

/* Levenshtein's distance of two short words; long ones are simply far apart. */
static int distance(const char *a, const char *b)
{
	int row[32];
	size_t a_size = strlen(a), b_size = strlen(b);

	if (a_size >= 32 || b_size >= 32)
		return 32;
	for (size_t j = 0; j <= b_size; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a_size; i++) {
		int diagonal = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= b_size; j++) {
			int best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[b_size];
}

static void keep_nearer(const char *wanted, const char *name, const char **best, int *best_distance)
{
	int edits = distance(wanted, name);

	if (edits < *best_distance) {
		*best_distance = edits;
		*best = name;
	}
}

const char *command_suggest_noun(const char *noun)
{
	const char *best = NULL;
	int best_distance = 3;

	for (const struct command_group *group = command_groups; group->noun; group++)
		keep_nearer(noun, group->noun, &best, &best_distance);
	return best;
}

const char *command_suggest_verb(const struct command_group *group, const char *verb)
{
	const char *best = NULL;
	int best_distance = 3;

	for (const struct command *command = group->commands; command->noun; command++) {
		if (command->verb)
			keep_nearer(verb, command->verb, &best, &best_distance);
	}
	return best;
}
