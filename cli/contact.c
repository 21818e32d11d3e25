/*
 * contact.c - `postroom contact`: people outside, their addresses, and what happened with them.
 */

#include "cli/contact.h"
#include "base/text.h"
#include "cli/company.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "store/activity.h"

/* Of the activities in `contact show`. */
#define SHOWN_ACTIVITIES 20

json_t *contact_json(struct cli *cli, const struct contact *contact)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(contact->id));
	json_object_set_new(object, "name", json_span(contact->name));
	json_object_set_new(
		object, "company", json_reference(contact->company_id, contact->company_name));
	json_object_set_new(
		object, "owner", json_reference(contact->owner_id, contact->owner_name));
	json_object_set_new(object, "phone", json_span_or_null(contact->phone));
	json_object_set_new(object, "source", json_span_or_null(contact->source));
	json_object_set_new(object, "note", json_span_or_null(contact->note));
	json_object_set_new(object, "do_not_contact", json_boolean(contact->do_not_contact));
	json_object_set_new(object, "created", cli_time(cli, contact->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, contact->changed_ms));
	json_object_set_new(object, "touched", cli_time(cli, contact->touched_ms));
	return object;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"company.name", "company", COLUMN_TEXT},
	{"addresses", "addresses", COLUMN_LIST},
	{"owner.name", "owner", COLUMN_TEXT},
	{"do_not_contact", "do not contact", COLUMN_FLAG},
};

static bool addresses_read(struct cli *cli, int64_t contact_id, struct contact_address **rows,
	size_t *count, struct error *err)
{
	return contact_address_list(cli->db, contact_id, &cli->arena, rows, count, err);
}

static bool list_row(
	struct cli *cli, const struct contact *contact, json_t *array, struct error *err)
{
	json_t *object = contact_json(cli, contact), *addresses = json_array();
	struct contact_address *rows;
	size_t count;

	json_object_set_new(object, "addresses", addresses);
	json_array_append_new(array, object);
	if (!addresses_read(cli, contact->id, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(addresses, json_span(rows[i].address));
	return true;
}

static enum exit_code run_list(struct cli *cli)
{
	const char *part = cli_argument(cli, 0), *company_word = cli_option(cli, "company");
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct company company;
	struct contact *rows;
	struct error err;
	json_t *array;
	size_t count;
	bool good;

	if (code == EXIT_DONE && company_word)
		code = pick_company(cli, company_word, &company);
	if (code != EXIT_DONE)
		return code;
	if (company_word)
		good = contact_by_company(cli->db, company.id, &cli->arena, &rows, &count, &err);
	else
		good = contact_list(cli->db, text_fold(&cli->arena, span_from(part)), cli_page(cli),
			&cli->arena, &rows, &count, &err);
	if (!good)
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		if (!list_row(cli, &rows[i], array, &err)) {
			json_decref(array);
			return cli_fail(&err);
		}
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no contacts");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "contact", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"aliases", "also", COLUMN_LIST},
	{"do_not_contact", "do not contact", COLUMN_FLAG},
	{"company.name", "company", COLUMN_TEXT},
	{"phone", "phone", COLUMN_TEXT},
	{"owner.name", "owner", COLUMN_TEXT},
	{"source", "source", COLUMN_TEXT},
	{"note", "note", COLUMN_BLOCK},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
	{"touched", "touched", COLUMN_TIME},
};

static const struct column address_columns[] = {
	{"address", "address", COLUMN_TEXT},
	{"learnt", "learnt", COLUMN_FLAG},
	{"failing", "failing", COLUMN_TEXT},
};

static const struct column activity_columns[] = {
	{"at", "time", COLUMN_TIME},
	{"kind", "kind", COLUMN_TEXT},
	{"direction", "", COLUMN_TEXT},
	{"subject", "subject", COLUMN_TEXT},
	{"message", "message", COLUMN_ID},
};

static const struct column task_columns[] = {
	{"id", "id", COLUMN_ID},
	{"title", "title", COLUMN_TEXT},
	{"due", "due", COLUMN_TIME},
	{"assignee.name", "who", COLUMN_TEXT},
};

static bool addresses_add(struct cli *cli, int64_t contact_id, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct contact_address *rows;
	size_t count;

	json_object_set_new(object, "addresses", array);
	if (!addresses_read(cli, contact_id, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *address = json_object();

		json_object_set_new(address, "address", json_span(rows[i].address));
		json_object_set_new(address, "learnt", json_boolean(rows[i].learnt));
		json_object_set_new(address, "failing", json_span_or_null(rows[i].failing));
		json_array_append_new(array, address);
	}
	return true;
}

json_t *activity_json(struct cli *cli, const struct activity *activity)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(activity->id));
	json_object_set_new(object, "at", cli_time(cli, activity->at_ms));
	json_object_set_new(object, "logged", cli_time(cli, activity->logged_ms));
	json_object_set_new(object, "kind", json_span(activity->kind));
	json_object_set_new(object, "direction", json_span_or_null(activity->direction));
	json_object_set_new(object, "subject", json_span(activity->subject));
	json_object_set_new(object, "body", json_span_or_null(activity->body));
	json_object_set_new(object, "voicemail", json_boolean(activity->voicemail));
	json_object_set_new(object, "result", json_span_or_null(activity->outcome));
	json_object_set_new(object, "next_step", json_span_or_null(activity->next_step));
	json_object_set_new(object, "responsible",
		json_reference(activity->responsible_id, activity->responsible_name));
	json_object_set_new(object, "rule", json_span_or_null(activity->rule));
	json_object_set_new(object, "message", json_id(activity->message_id));
	json_object_set_new(object, "deal", json_id(activity->deal_id));
	return object;
}

static bool activities_add(struct cli *cli, int64_t contact_id, json_t *object, struct error *err)
{
	struct activity_filter filter = {
		.contact_id = contact_id, .page = {.limit = SHOWN_ACTIVITIES}};
	json_t *array = json_array();
	struct activity *rows;
	size_t count;

	json_object_set_new(object, "activities", array);
	if (!activity_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, activity_json(cli, &rows[i]));
	return true;
}

static bool tasks_add(struct cli *cli, int64_t contact_id, json_t *object, struct error *err)
{
	struct task_filter filter = {.state = SPAN("open"), .contact_id = contact_id};
	json_t *array = json_array();
	struct task *rows;
	size_t count;

	json_object_set_new(object, "tasks", array);
	if (!task_list(cli->db, &filter, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		json_t *task = json_object();

		json_object_set_new(task, "id", json_integer(rows[i].id));
		json_object_set_new(task, "title", json_span(rows[i].title));
		json_object_set_new(task, "due",
			rows[i].due_ms ? cli_time(cli, rows[i].due_ms)
				       : cli_date_json(rows[i].due_date));
		json_object_set_new(task, "assignee",
			json_reference(rows[i].assignee_id, rows[i].assignee_name));
		json_array_append_new(array, task);
	}
	return true;
}

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct contact contact;
	struct error err;
	json_t *object;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code != EXIT_DONE)
		return code;
	object = contact_json(cli, &contact);
	json_object_set_new(object, "aliases", alias_names_json(cli, ALIAS_OF_CONTACT, contact.id));
	if (!addresses_add(cli, contact.id, object, &err) ||
		!activities_add(cli, contact.id, object, &err) ||
		!tasks_add(cli, contact.id, object, &err)) {
		json_decref(object);
		return cli_fail(&err);
	}
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	output_section(&cli->output, "Addresses", json_object_get(object, "addresses"),
		address_columns, ARRAY_COUNT(address_columns));
	output_section(&cli->output, "Open", json_object_get(object, "tasks"), task_columns,
		ARRAY_COUNT(task_columns));
	output_section(&cli->output, "What happened", json_object_get(object, "activities"),
		activity_columns, ARRAY_COUNT(activity_columns));
	json_decref(object);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument list_arguments[] = {
	{.name = "NAME", .type = VALUE_TEXT, .optional = true},
	{0},
};
static const struct command_argument one_argument[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "NAME", .type = VALUE_TEXT},
	{.name = "ADDRESS", .type = VALUE_TEXT, .optional = true},
	{0},
};
static const struct command_argument address_arguments[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{.name = "ADDRESS", .type = VALUE_TEXT},
	{0},
};
static const struct command_option list_options[] = {
	{"company", "COMPANY", VALUE_COMPANY, "only the people of this company", NULL},
	{0},
};
#define FIELD_OPTIONS                                                                         \
	{"company", "COMPANY", VALUE_COMPANY, "where the person works; \"\" for none", NULL}, \
		{"owner", "USER", VALUE_USER, "who looks after the contact; \"\" for nobody", \
			NULL},                                                                \
		{"phone", "NUMBER", VALUE_TEXT, "the telephone number", NULL},                \
		{"source", "TEXT", VALUE_TEXT, "where the contact came from", NULL},          \
		{"note", "TEXT", VALUE_TEXT, "a note", NULL},                                 \
	{                                                                                     \
		"do-not-contact", "yes|no", VALUE_CHOICE, "mark the person", "yes|no"         \
	}
static const struct command_option add_options[] = {FIELD_OPTIONS, {0}};
static const struct command_option edit_options[] = {
	{"name", "NAME", VALUE_TEXT, "the new name", NULL},
	FIELD_OPTIONS,
	{0},
};
static const struct command_example show_examples[] = {
	{"postroom contact show anna", "By a part of the name that only one contact has"},
	{"postroom contact show anna@example.org --json", "By address, for a script"},
	{0},
};
static const struct command_example add_examples[] = {
	{"postroom contact add \"Dora Klein\" dora@example.org --company Example",
		"Everything that waits for the address is settled"},
	{0},
};

static const struct command_option unlearn_options[] = {
	{"to", "CONTACT", VALUE_CONTACT, "whose it is", NULL},
	{0},
};
static const struct command_example unlearn_examples[] = {
	{"postroom contact unlearn anna a.smit@example.net --to bob --dry-run",
		"How many mails would move to Bob"},
	{0},
};

static const struct command_argument merge_arguments[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{.name = "OTHER", .type = VALUE_CONTACT},
	{0},
};
static const struct command_argument alias_arguments[] = {
	{.name = "CONTACT", .type = VALUE_CONTACT},
	{.name = "ALIAS", .type = VALUE_TEXT},
	{0},
};
static const struct command_example merge_examples[] = {
	{"postroom contact merge anna bob --dry-run", "How many records would move"},
	{0},
};
static const struct command_example alias_add_examples[] = {
	{"postroom contact alias add anna \"Annie S.\"",
		"`postroom contact show` finds it by that name"},
	{0},
};
static const struct command_example alias_remove_examples[] = {
	{"postroom contact alias remove anna Ans", "It is found by its own name again"},
	{0},
};
static const struct command_argument import_arguments[] = {
	{.name = "FILE", .type = VALUE_FILE, .repeats = true},
	{0},
};
#define FORMATS "csv|vcard|json"
static const struct command_option import_options[] = {
	{"columns", "MAP", VALUE_FILE, "what columns of a CSV file mean: google, hubspot, …", NULL},
	{"format", "FORMAT", VALUE_CHOICE, "of the files, unless it shows", FORMATS},
	{0},
};
static const struct command_example import_examples[] = {
	{"postroom contact import people.vcf --dry-run", "What an address book would bring"},
	{"postroom contact import export.csv --columns hubspot", "What HubSpot exported"},
	{0},
};
static const struct command_option export_options[] = {
	{"format", "FORMAT", VALUE_CHOICE, "csv unless given", FORMATS},
	{"company", "COMPANY", VALUE_COMPANY, "only the people of this company", NULL},
	{0},
};
static const struct command_example export_examples[] = {
	{"postroom contact export > people.csv", "Everybody, for a spreadsheet"},
	{"postroom contact export anna --format vcard", "One person, for an address book"},
	{0},
};

const struct command contact_commands[] = {
	{
		.noun = "contact",
		.verb = "list",
		.summary = "List contacts, all or those with NAME in their name",
		.arguments = list_arguments,
		.options = list_options,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE(
			"postroom contact list --company example", "The people of a company"),
		.run = run_list,
	},
	{
		.noun = "contact",
		.verb = "show",
		.summary = "Show one contact with addresses, open tasks and what happened",
		.arguments = one_argument,
		.examples = show_examples,
		.flags = COMMAND_JSON,
		.run = run_show,
	},
	{
		.noun = "contact",
		.verb = "add",
		.summary = "Add a contact",
		.description = "With an address, every waiting item of that address is settled, "
			       "past mail included.",
		.arguments = add_arguments,
		.options = add_options,
		.examples = add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = contact_run_add,
	},
	{
		.noun = "contact",
		.verb = "edit",
		.summary = "Change a contact",
		.arguments = one_argument,
		.options = edit_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom contact edit anna --phone \"+31 20 7946\" --do-not-contact yes",
			"A number, and a mark"),
		.run = contact_run_edit,
	},
	{
		.noun = "contact",
		.verb = "address add",
		.summary = "Give a contact an address and settle what waits for it",
		.arguments = address_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom contact address add bob bob.jones@example.org",
			"What waits for the address is his"),
		.run = contact_run_address_add,
	},
	{
		.noun = "contact",
		.verb = "address remove",
		.summary = "Take an address from a contact; what was filed stays filed",
		.arguments = address_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom contact address remove anna a.smit@example.net",
			"Later mail to it waits in the queue"),
		.run = contact_run_address_remove,
	},
	{
		.noun = "contact",
		.verb = "unlearn",
		.summary = "Take an address from a contact, with all that it filed there",
		.description =
			"For what is noticed late: the address was somebody else's all the time. "
			"With --to its mails and their tasks go to that contact, who has the "
			"address then; without it they wait in the queue again. Mails that name "
			"the contact by another address too stay.",
		.arguments = address_arguments,
		.options = unlearn_options,
		.examples = unlearn_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = contact_run_unlearn,
	},
	{
		.noun = "contact",
		.verb = "merge",
		.summary = "Make two contacts that are one into one",
		.description = "Everything of OTHER goes to CONTACT: mails, tasks, deals, cases, "
			       "tickets, addresses and aliases. What CONTACT lacks is filled in, "
			       "the name of OTHER becomes an alias, and OTHER is removed.",
		.arguments = merge_arguments,
		.examples = merge_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = contact_run_merge,
	},
	{
		.noun = "contact",
		.verb = "alias add",
		.summary = "Give a contact another name by which it is found",
		.arguments = alias_arguments,
		.examples = alias_add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = contact_run_alias_add,
	},
	{
		.noun = "contact",
		.verb = "alias remove",
		.summary = "Take another name from a contact",
		.arguments = alias_arguments,
		.examples = alias_remove_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = contact_run_alias_remove,
	},
	{
		.noun = "contact",
		.verb = "import",
		.summary = "Take contacts from CSV, vCard or JSON files",
		.description =
			"A person is known by address; one without address by name and company. "
			"What "
			"a known contact lacks is filled in, nothing is overwritten. Rows that "
			"cannot be taken are named with their line, and the rest goes on: the exit "
			"code is 5 then. What waits for an address is settled.\n\n"
			"The columns of a CSV file are called as `contact export` calls them or as "
			"usual in English, German, Dutch or French: name, first name and last "
			"name, email, company, organisation, phone, mobile, notes and the like. "
			"When no column is known to hold addresses but one of the others does, "
			"nothing is imported and the exit code is 5. With "
			"--columns a map says what they mean: google, hubspot, salesforce, twenty, "
			"or the path of a CSV file of your own with the columns `column` and "
			"`field`. Fields are name, prefix, given-name, additional-name, "
			"family-name, suffix, address, phone, company, owner, source, note, "
			"note-line, do-not-contact, alias and none. Of a vCard (3.0, 4.0) what has "
			"no field of its own becomes lines of the note; pictures are left out.",
		.arguments = import_arguments,
		.options = import_options,
		.examples = import_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = contact_run_import,
	},
	{
		.noun = "contact",
		.verb = "export",
		.summary = "Print contacts as CSV, vCard or JSON",
		.description = "What `contact import` takes again without loss. In CSV a cell "
			       "that a spreadsheet would take for a formula begins with an "
			       "apostrophe, which the import takes off.",
		.arguments = list_arguments,
		.options = export_options,
		.examples = export_examples,
		.flags = 0,
		.run = contact_run_export,
	},
	{0},
};
