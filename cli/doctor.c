/*
 * doctor.c - `postroom doctor`: the list of checks, and what they found.
 */
#include "cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/json.h"
#include "cli/nouns.h"
#include "config/load.h"

static const struct {
	const char *name;
	void (*run)(struct doctor *doctor);
} checks[] = {
	{"programs", doctor_programs},
	{"directory", doctor_directory},
	{"database", doctor_database},
	{"disk", doctor_disk},
	{"secrets", doctor_secrets},
	{"sandbox", doctor_sandbox},
	{"unit", doctor_unit},
	{"clock", doctor_clock},
	{"feed", doctor_feed},
	{"feeds", doctor_feeds},
	{"mailboxes", doctor_mailboxes},
	{"tokens", doctor_tokens},
	{"ledger", doctor_ledger},
	{"envelope", doctor_envelope},
	{"policy", doctor_policy},
	{"backup", doctor_backup},
	{"actions", doctor_actions},
	{"privacy", doctor_privacy},
};

void doctor_finding(
	struct doctor *doctor, const char *severity, const char *mend, const char *format, ...)
{
	json_t *object = json_object();
	char text[1024];
	va_list values;

	va_start(values, format);
	vsnprintf(text, sizeof text, format, values);
	va_end(values);
	json_object_set_new(object, "check", json_string(doctor->check));
	json_object_set_new(object, "severity", json_string(severity));
	json_object_set_new(object, "finding", json_span(span_from(text)));
	json_object_set_new(object, "mend", json_span(span_from(mend)));
	json_array_append_new(doctor->findings, object);
}

/* Is anything to be mended? */
static bool has_findings(const json_t *findings)
{
	json_t *one;
	size_t i;

	json_array_foreach((json_t *)findings, i, one)
	{
		if (strcmp(json_string_value(json_object_get(one, "severity")), "note") != 0)
			return true;
	}
	return false;
}

static void print(struct cli *cli, json_t *findings)
{
	json_t *one;
	size_t i;

	json_array_foreach(findings, i, one)
	{
		output_line(&cli->output, "%s: %s: %s",
			json_string_value(json_object_get(one, "severity")),
			json_string_value(json_object_get(one, "check")),
			json_string_value(json_object_get(one, "finding")));
		output_line(
			&cli->output, "    %s", json_string_value(json_object_get(one, "mend")));
	}
	if (!has_findings(findings))
		message_print("%zu checks, nothing found", ARRAY_COUNT(checks) + 1);
}

static void all_checks(struct doctor *doctor)
{
	for (size_t i = 0; i < ARRAY_COUNT(checks); i++) {
		doctor->check = checks[i].name;
		checks[i].run(doctor);
	}
}

static enum exit_code run_doctor(struct cli *cli)
{
	struct doctor doctor = {.cli = cli, .check = "config", .findings = json_array()};
	struct error err;
	enum exit_code code;

	if (config_load(cli_config_path(cli), &cli->config, &err))
		all_checks(&doctor);
	else
		doctor_finding(&doctor, "error",
			"mend the file, then: postroom config check; `postroom config example` "
			"prints one to start from",
			"%s", err.text);
	code = has_findings(doctor.findings) ? EXIT_FINDINGS : EXIT_DONE;
	if (cli->output.json) {
		output_json(&cli->output, doctor.findings, false);
		return code;
	}
	print(cli, doctor.findings);
	json_decref(doctor.findings);
	return code;
}

static const struct command_example examples[] = {
	{"postroom doctor", "What is wrong, and the command that mends it"},
	{"postroom doctor --json", "For a monitoring system: 0 is good, 6 means findings"},
	{0},
};

const struct command doctor_commands[] = {
	{
		.noun = "doctor",
		.summary = "Look for what is wrong and say how to mend it",
		.description =
			"Checks the configuration, programs, the state directory, the database, "
			"disk space, secrets, the kernel's sandbox, the systemd unit, the clock, "
			"the feed, the "
			"mailboxes' "
			"reported state, their OAuth tokens, the ledger, and which write policies "
			"the last mails would "
			"have passed. Ends with 6 when there is something to mend. "
			"Nothing is logged in to: `postroomd --check` does that.",
		.examples = examples,
		.flags = COMMAND_JSON,
		.run = run_doctor,
	},
	{0},
};
