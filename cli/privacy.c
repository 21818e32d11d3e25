/*
 * privacy.c - `postroom privacy`: whose data is old, what is known of one person, forgetting it.
 */
#include "cli/privacy.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/change.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "config/units.h"
#include "ingest/intake.h"
#include "ingest/readmit.h"
#include "store/erase.h"

enum exit_code privacy_pick(struct cli *cli, const char *word, struct person *person)
{
	struct span folded = text_fold_address(&cli->arena, span_from(word));
	int64_t contact_id = 0;
	struct contact contact;
	struct error err;
	bool learnt, found = false;
	enum exit_code code;

	if (folded.size) {
		if (!contact_by_address(cli->db, folded, &contact_id, &learnt, &err))
			return cli_fail(&err);
		if (!contact_id &&
			!person_of_address(cli->db, folded, &cli->arena, person, &found, &err))
			return cli_fail(&err);
		if (found)
			return EXIT_DONE;
		if (!contact_id)
			return cli_not_found("%s: no contact and no mail has this address", word);
	}
	if (!contact_id) {
		code = pick_contact(cli, word, &contact);
		if (code != EXIT_DONE)
			return code;
		contact_id = contact.id;
	}
	if (!person_of_contact(cli->db, contact_id, &cli->arena, person, &err))
		return cli_fail(&err);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- age */

static const struct column age_columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"company", "company", COLUMN_TEXT},
	{"owner", "owner", COLUMN_TEXT},
	{"last", "last", COLUMN_TIME},
	{"days", "days", COLUMN_NUMBER},
	{"activities", "activities", COLUMN_NUMBER},
};

static json_t *age_json(struct cli *cli, const struct person_age *age)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(age->contact_id));
	json_object_set_new(object, "name", json_span(age->name));
	json_object_set_new(object, "company", json_span_or_null(age->company_name));
	json_object_set_new(object, "owner", json_span_or_null(age->owner_name));
	json_object_set_new(object, "last", cli_time(cli, age->last_ms));
	json_object_set_new(
		object, "days", json_integer((cli->now_ms - age->last_ms) / INT64_C(86400000)));
	json_object_set_new(object, "activities", json_integer(age->activities));
	return object;
}

static enum exit_code run_list(struct cli *cli)
{
	const char *older = cli_option(cli, "older-than");
	enum exit_code code = cli_open_db(cli, DB_READ);
	int64_t older_ms = 0;
	struct person_age *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (older && !units_duration(span_from(older), &older_ms))
		return cli_usage("`%s` is no age; write it as 90d, 26w or 2y", older);
	if (!person_ages(cli->db, cli->now_ms - older_ms + 1, cli_page(cli), &cli->arena, &rows,
		    &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, age_json(cli, &rows[i]));
	output_rows(&cli->output, array, age_columns, ARRAY_COUNT(age_columns),
		"nobody's data is that old");
	return EXIT_DONE;
}

static enum exit_code run_touch(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_WRITE);
	struct operation operation;
	struct contact contact;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code != EXIT_DONE)
		return code;
	contact.touched_ms = cli->now_ms;
	if (!change_begin(cli, contact.name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, contact_edit(&operation, &contact, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, json_pack("{s:o}", "contact", contact_json(cli, &contact)),
		"%.*s counts as known to be current from today", SPAN_ARG(contact.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- anonymise */

static struct erase_fields fields_of(const struct config *config)
{
	struct erase_fields fields = {0};
	const struct {
		const char *name;
		bool *wanted;
	} all[] = {
		{"phone", &fields.phone},
		{"note", &fields.note},
		{"source", &fields.source},
		{"company", &fields.company},
		{"addresses", &fields.addresses},
	};

	for (size_t i = 0; i < config->anonymised.count; i++)
		for (size_t j = 0; j < ARRAY_COUNT(all); j++)
			if (strcmp(config->anonymised.items[i], all[j].name) == 0)
				*all[j].wanted = true;
	return fields;
}

static enum exit_code run_anonymise(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_WRITE);
	struct operation operation;
	struct erase_fields fields;
	struct contact contact;
	struct error err;
	bool good, found;
	int64_t id;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code != EXIT_DONE)
		return code;
	if (!cli_flag(cli, "dry-run") &&
		!cli_confirm(cli, "Make the contact anonymous? This can't be undone."))
		return EXIT_FAILED;
	id = contact.id;
	fields = fields_of(cli->config);
	if (!change_begin(
		    cli, arena_format(&cli->arena, "contact #%" PRId64, id), &operation, &err))
		return cli_fail(&err);
	good = erase_anonymise(cli->db, id, &fields, &err) &&
	       contact_get(cli->db, id, &cli->arena, &contact, &found, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, 0, json_pack("{s:o}", "contact", contact_json(cli, &contact)),
		"contact #%" PRId64 " is %.*s; its mail is as it was (erase takes that, too)", id,
		SPAN_ARG(contact.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- readmit */

static enum exit_code run_readmit(struct cli *cli)
{
	const char *address = cli_argument(cli, 0);
	struct span folded = text_fold_address(&cli->arena, span_from(address));
	enum exit_code code = cli_open_intake(cli);
	int64_t decided = 0;
	struct error err;
	bool found;

	if (code != EXIT_DONE)
		return code;
	if (!folded.size)
		return cli_usage("`%s` is no mail address", address);
	if (!readmit_person(cli->intake, folded, cli->actor, cli->now_ms, cli_flag(cli, "dry-run"),
		    &found, &decided, &err))
		return cli_fail(&err);
	if (!found)
		return cli_not_found("%s: nobody with this address was erased", address);
	change_report(cli, 0,
		json_pack("{s:s, s:I}", "address", address, "decided", (json_int_t)decided),
		"mail of %s is let in again; decided %" PRId64 " that waited", address, decided);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- held */

static const struct column held_columns[] = {
	{"ticket", "ticket", COLUMN_ID},
	{"message", "message", COLUMN_ID},
	{"until", "until", COLUMN_TIME},
	{"title", "title", COLUMN_TEXT},
};

static enum exit_code run_held(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct erase_held_row *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	if (!erase_held_list(cli->db, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object = json_object();

		json_object_set_new(object, "ticket", json_id(rows[i].ticket_id));
		json_object_set_new(object, "message", json_id(rows[i].message_id));
		json_object_set_new(object, "until", cli_time(cli, rows[i].until_ms));
		json_object_set_new(object, "title", json_span_or_null(rows[i].title));
		json_array_append_new(array, object);
	}
	output_rows(&cli->output, array, held_columns, ARRAY_COUNT(held_columns),
		"no finance document of an erased person is held");
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument contact_argument[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{0},
};
static const struct command_argument person_argument[] = {
	{.name = "PERSON", .type = VALUE_CONTACT},
	{0},
};
static const struct command_argument erase_argument[] = {
	{.name = "PERSON", .type = VALUE_CONTACT, .optional = true},
	{0},
};
static const struct command_argument address_argument[] = {
	{.name = "ADDRESS", .type = VALUE_TEXT},
	{0},
};
static const struct command_option list_options[] = {
	{"older-than", "AGE", VALUE_TEXT, "only where nothing happened for so long: 90d, 26w, 2y",
		NULL},
	{0},
};
static const struct command_option export_options[] = {
	{"to", "FOLDER", VALUE_FOLDER, "into this new folder, with the mails as .eml files", NULL},
	{0},
};
static const struct command_example list_examples[] = {
	{"postroom privacy list --older-than 2y", "Whom have we not heard of for two years?"},
	{0},
};
static const struct command_example touch_examples[] = {
	{"postroom privacy touch anna@example.com", "He wants to be kept: counted from today"},
	{0},
};
static const struct command_example export_examples[] = {
	{"postroom privacy export anna@example.com --to anna-smit",
		"Answer a request for access: everything, to be handed out"},
	{0},
};
static const struct command_example anonymise_examples[] = {
	{"postroom privacy anonymise anna@example.com --yes", "The figures stay, the person goes"},
	{0},
};
static const struct command_example erase_examples[] = {
	{"postroom privacy erase anna@example.com --dry-run", "See first what would go"},
	{"postroom privacy erase anna@example.com --yes", "And erase"},
	{"postroom privacy erase", "Finish one that was interrupted"},
	{0},
};
static const struct command_example readmit_examples[] = {
	{"postroom privacy readmit anna@example.com", "She wrote again, and may"},
	{0},
};

const struct command privacy_commands[] = {
	{
		.noun = "privacy",
		.verb = "list",
		.summary = "List contacts by age: the longest unheard of first",
		.description = "The age counts from the last activity, from when the contact was "
			       "made, or from the last `privacy touch`.",
		.options = list_options,
		.examples = list_examples,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.run = run_list,
	},
	{
		.noun = "privacy",
		.verb = "touch",
		.summary = "Say that a contact is still to be kept: his age counts from now",
		.arguments = contact_argument,
		.examples = touch_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_touch,
	},
	{
		.noun = "privacy",
		.verb = "export",
		.summary = "Everything that is known of one person",
		.description = "PERSON is a contact (id, name, address) or an address in mail. "
			       "The JSON has the contact, what happened, tasks, deals, cases, "
			       "tickets, what waits, the mails as they were read and the audit.",
		.arguments = person_argument,
		.options = export_options,
		.examples = export_examples,
		.flags = COMMAND_JSON,
		.run = privacy_run_export,
	},
	{
		.noun = "privacy",
		.verb = "anonymise",
		.summary = "Take the name and the configured fields from a contact",
		.description =
			"The contact, its deals and what happened stay as \"Anonymous 12\"; "
			"privacy.anonymise in the configuration says which fields go with the "
			"name. Their earlier values go from the log of changes as well. There is "
			"no undo. Mail is left as it is.",
		.arguments = contact_argument,
		.examples = anonymise_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN | COMMAND_ASKS,
		.run = run_anonymise,
	},
	{
		.noun = "privacy",
		.verb = "erase",
		.summary = "Erase a person: record, mail, search index, log of changes, backups",
		.description =
			"PERSON is a contact (id, name, address) or an address in mail. Mail that "
			"is his alone goes; mail that others share loses its bytes and whatever "
			"names him. Finance documents stay unaltered, outside search, until "
			"retention.finance and are listed with their day; then they are erased, "
			"too. Backups that we wrote are written anew; those that are not where "
			"they were, and copies of the mail on servers, are listed.\n\n"
			"He stays out: old mail of his that comes again is not taken in, neither "
			"after a restore; new mail waits as erased-person until `privacy "
			"readmit`. There is no undo. An erasure that was interrupted is finished "
			"when it is run again; without PERSON, all such are.\n\n"
			"The exit code is 6 where a backup could not be written anew.",
		.arguments = erase_argument,
		.examples = erase_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN | COMMAND_ASKS,
		.run = privacy_run_erase,
	},
	{
		.noun = "privacy",
		.verb = "readmit",
		.summary = "Let mail of an erased person in again, and decide what waits",
		.arguments = address_argument,
		.examples = readmit_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = run_readmit,
	},
	{
		.noun = "privacy",
		.verb = "held",
		.summary = "List finance documents of erased people, and until when they are held",
		.flags = COMMAND_JSON,
		.examples =
			EXAMPLE("postroom privacy held", "Bills of erased people, and until when"),
		.run = run_held,
	},
	{0},
};
