/*
 * company.c - `postroom company`: companies, their people and the mail domains that mean them.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/change.h"
#include "cli/company.h"
#include "cli/json.h"
#include "cli/nouns.h"
#include "cli/pick.h"

static json_t *company_json(struct cli *cli, const struct company *company)
{
	json_t *object = json_object();

	json_object_set_new(object, "id", json_integer(company->id));
	json_object_set_new(object, "name", json_span(company->name));
	json_object_set_new(object, "role", json_span_or_null(company->role));
	json_object_set_new(object, "vat_id", json_span_or_null(company->vat_id));
	json_object_set_new(object, "iban", json_span_or_null(company->iban));
	json_object_set_new(object, "note", json_span_or_null(company->note));
	json_object_set_new(object, "created", cli_time(cli, company->created_ms));
	json_object_set_new(object, "changed", cli_time(cli, company->changed_ms));
	return object;
}

static bool domains_add(struct cli *cli, int64_t company_id, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct span *domains;
	size_t count;

	json_object_set_new(object, "domains", array);
	if (!company_domains(cli->db, company_id, &cli->arena, &domains, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_span(domains[i]));
	return true;
}

static bool contacts_add(struct cli *cli, int64_t company_id, json_t *object, struct error *err)
{
	json_t *array = json_array();
	struct contact *rows;
	size_t count;

	json_object_set_new(object, "contacts", array);
	if (!contact_by_company(cli->db, company_id, &cli->arena, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_reference(rows[i].id, rows[i].name));
	return true;
}

static const struct column list_columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"role", "role", COLUMN_TEXT},
	{"domains", "domains", COLUMN_LIST},
	{"vat_id", "VAT id", COLUMN_TEXT},
};

static enum exit_code run_list(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct span part;
	struct company *rows;
	struct error err;
	json_t *array;
	size_t count;

	if (code != EXIT_DONE)
		return code;
	part = text_fold(&cli->arena, span_from(cli_argument(cli, 0)));
	if (!company_list(cli->db, part, cli_page(cli), &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *object = company_json(cli, &rows[i]);

		json_array_append_new(array, object);
		if (!domains_add(cli, rows[i].id, object, &err)) {
			json_decref(array);
			return cli_fail(&err);
		}
	}
	output_rows(&cli->output, array, list_columns, ARRAY_COUNT(list_columns), "no companies");
	return EXIT_DONE;
}

static const struct column record_columns[] = {
	{"id", "company", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
	{"aliases", "also", COLUMN_LIST},
	{"role", "role", COLUMN_TEXT},
	{"domains", "domains", COLUMN_LIST},
	{"vat_id", "VAT id", COLUMN_TEXT},
	{"iban", "IBAN", COLUMN_TEXT},
	{"note", "note", COLUMN_BLOCK},
	{"created", "since", COLUMN_TIME},
	{"changed", "changed", COLUMN_TIME},
};

static const struct column contact_columns[] = {
	{"id", "id", COLUMN_ID},
	{"name", "name", COLUMN_TEXT},
};

static enum exit_code run_show(struct cli *cli)
{
	enum exit_code code = cli_open_db(cli, DB_READ);
	struct company company;
	struct error err;
	json_t *object;

	if (code == EXIT_DONE)
		code = pick_company(cli, cli_argument(cli, 0), &company);
	if (code != EXIT_DONE)
		return code;
	object = company_json(cli, &company);
	json_object_set_new(object, "aliases", alias_names_json(cli, ALIAS_OF_COMPANY, company.id));
	if (!domains_add(cli, company.id, object, &err) ||
		!contacts_add(cli, company.id, object, &err)) {
		json_decref(object);
		return cli_fail(&err);
	}
	output_record(
		&cli->output, json_incref(object), record_columns, ARRAY_COUNT(record_columns));
	output_section(&cli->output, "People", json_object_get(object, "contacts"), contact_columns,
		ARRAY_COUNT(contact_columns));
	json_decref(object);
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- changes */

static enum exit_code fields_take(struct cli *cli, struct company *company)
{
	const struct {
		const char *option;
		struct span *field;
	} fields[] = {
		{"name", &company->name},
		{"role", &company->role},
		{"vat-id", &company->vat_id},
		{"iban", &company->iban},
		{"note", &company->note},
	};
	const char *owner = cli_option(cli, "owner");
	enum exit_code code = EXIT_DONE;
	struct user_row user;

	for (size_t i = 0; i < ARRAY_COUNT(fields); i++) {
		if (cli_option(cli, fields[i].option))
			*fields[i].field = span_from(cli_option(cli, fields[i].option));
	}
	if (owner) {
		code = pick_user(cli, owner, &user);
		company->owner_id = user.id;
	}
	return code;
}

static json_t *changed_json(struct cli *cli, int64_t company_id)
{
	json_t *object = json_object();
	struct company company;
	struct error err;
	bool found;

	if (company_get(cli->db, company_id, &cli->arena, &company, &found, &err) && found)
		json_object_set_new(object, "company", company_json(cli, &company));
	return object;
}

/* A domain that would file everybody's mail, or our own, on one company. */
static bool domain_check(struct cli *cli, struct span domain, struct error *err)
{
	if (span_find_byte(domain, '.') <= 0 || span_find_byte(domain, '@') >= 0)
		return error_set(err, ERROR_INPUT, "`%.*s` is no mail domain", SPAN_ARG(domain));
	if (config_is_own_domain(cli->config, domain))
		return error_set(
			err, ERROR_INPUT, "%.*s is one of our own domains", SPAN_ARG(domain));
	if (config_is_free_mail_domain(cli->config, domain))
		return error_set(err, ERROR_INPUT,
			"%.*s gives addresses to everybody: give the person's address to a contact "
			"instead",
			SPAN_ARG(domain));
	return true;
}

static enum exit_code run_add(struct cli *cli)
{
	struct company company = {
		.name = span_from(cli_argument(cli, 0)), .role = SPAN("customer")};
	struct span domain = text_fold(&cli->arena, span_from(cli_option(cli, "domain")));
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct error err;
	int64_t id = 0;
	bool good;

	if (code == EXIT_DONE)
		code = fields_take(cli, &company);
	if (code != EXIT_DONE)
		return code;
	if (domain.size && !domain_check(cli, domain, &err))
		return cli_fail(&err);
	if (!change_begin(cli, company.name, &operation, &err))
		return cli_fail(&err);
	good = company_add(&operation, &company, &id, &err) &&
	       (!domain.size || company_domain_add(&operation, id, domain, &err));
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, operation.id ? id : 0),
		"added company %.*s", SPAN_ARG(company.name));
	return EXIT_DONE;
}

static enum exit_code run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct company company;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_company(cli, cli_argument(cli, 0), &company);
	if (code == EXIT_DONE)
		code = fields_take(cli, &company);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, company.name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, company_edit(&operation, &company, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, company.id), "changed company %.*s",
		SPAN_ARG(company.name));
	return EXIT_DONE;
}

static enum exit_code run_domain_add(struct cli *cli)
{
	struct span domain = text_fold(&cli->arena, span_from(cli_argument(cli, 1)));
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct company company;
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = pick_company(cli, cli_argument(cli, 0), &company);
	if (code != EXIT_DONE)
		return code;
	if (!domain_check(cli, domain, &err) || !change_begin(cli, domain, &operation, &err))
		return cli_fail(&err);
	good = company_domain_add(&operation, company.id, domain, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, company.id),
		"%.*s means %.*s from now on (waiting items: postroom unresolved map-domain)",
		SPAN_ARG(domain), SPAN_ARG(company.name));
	return EXIT_DONE;
}

/* ---------------------------------------------------------------- the table */

static const struct command_argument list_arguments[] = {
	{.name = "NAME", .type = VALUE_TEXT, .optional = true},
	{0},
};
static const struct command_argument one_argument[] = {
	{.name = "COMPANY", .type = VALUE_COMPANY},
	{0},
};
static const struct command_argument add_arguments[] = {
	{.name = "NAME", .type = VALUE_TEXT},
	{0},
};
static const struct command_argument domain_arguments[] = {
	{.name = "COMPANY", .type = VALUE_COMPANY},
	{.name = "DOMAIN", .type = VALUE_TEXT},
	{0},
};
#define ROLES "customer|partner|supplier"
static const struct command_option add_options[] = {
	{"role", "ROLE", VALUE_CHOICE, "what it is to us", ROLES},
	{"domain", "DOMAIN", VALUE_TEXT, "the mail domain that means it", NULL},
	{"vat-id", "ID", VALUE_TEXT, "the VAT identification number", NULL},
	{"iban", "IBAN", VALUE_TEXT, "the bank account", NULL},
	{"owner", "USER", VALUE_USER, "who looks after the company", NULL},
	{"note", "TEXT", VALUE_TEXT, "a note", NULL},
	{0},
};
static const struct command_option edit_options[] = {
	{"name", "NAME", VALUE_TEXT, "the new name", NULL},
	{"role", "ROLE", VALUE_CHOICE, "what it is to us", ROLES},
	{"vat-id", "ID", VALUE_TEXT, "the VAT identification number", NULL},
	{"iban", "IBAN", VALUE_TEXT, "the bank account", NULL},
	{"owner", "USER", VALUE_USER, "who looks after the company; \"\" for nobody", NULL},
	{"note", "TEXT", VALUE_TEXT, "a note", NULL},
	{0},
};

static const struct command_argument merge_arguments[] = {
	{.name = "COMPANY", .type = VALUE_COMPANY},
	{.name = "OTHER", .type = VALUE_COMPANY},
	{0},
};
static const struct command_argument alias_arguments[] = {
	{.name = "COMPANY", .type = VALUE_COMPANY},
	{.name = "ALIAS", .type = VALUE_TEXT},
	{0},
};
static const struct command_example merge_examples[] = {
	{"postroom company merge example \"Example Group\" --dry-run",
		"How many records would move"},
	{0},
};
static const struct command_example alias_add_examples[] = {
	{"postroom company alias add example \"Example International\"",
		"`postroom company show` finds it by that name"},
	{0},
};
static const struct command_example alias_remove_examples[] = {
	{"postroom company alias remove example Exco", "It is found by its own name again"},
	{0},
};

const struct command company_commands[] = {
	{
		.noun = "company",
		.verb = "list",
		.summary = "List companies, all or those with NAME in their name",
		.arguments = list_arguments,
		.flags = COMMAND_JSON | COMMAND_PAGES,
		.examples = EXAMPLE(
			"postroom company list example", "Those with example in their name"),
		.run = run_list,
	},
	{
		.noun = "company",
		.verb = "show",
		.summary = "Show one company with its domains and people",
		.arguments = one_argument,
		.flags = COMMAND_JSON,
		.examples = EXAMPLE("postroom company show example.org", "By its mail domain"),
		.run = run_show,
	},
	{
		.noun = "company",
		.verb = "add",
		.summary = "Add a company",
		.arguments = add_arguments,
		.options = add_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom company add \"Lieferant GmbH\" --role supplier "
				    "--domain lieferant.example",
			"A supplier whose mail is known by its domain"),
		.run = run_add,
	},
	{
		.noun = "company",
		.verb = "edit",
		.summary = "Change a company",
		.arguments = one_argument,
		.options = edit_options,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE("postroom company edit example --vat-id NL000099998B57",
			"Bills are known by the VAT id"),
		.run = run_edit,
	},
	{
		.noun = "company",
		.verb = "domain add",
		.summary = "Let a mail domain mean this company",
		.arguments = domain_arguments,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.examples = EXAMPLE(
			"postroom company domain add example mail.example", "A second domain"),
		.run = run_domain_add,
	},
	{
		.noun = "company",
		.verb = "merge",
		.summary = "Make two companies that are one into one",
		.description =
			"Everything of OTHER goes to COMPANY: mails, tasks, deals, cases, "
			"tickets, people, domains and aliases. What COMPANY lacks is filled in, "
			"the name of OTHER becomes an alias, and OTHER is removed.",
		.arguments = merge_arguments,
		.examples = merge_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = company_run_merge,
	},
	{
		.noun = "company",
		.verb = "alias add",
		.summary = "Give a company another name by which it is found",
		.arguments = alias_arguments,
		.examples = alias_add_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = company_run_alias_add,
	},
	{
		.noun = "company",
		.verb = "alias remove",
		.summary = "Take another name from a company",
		.arguments = alias_arguments,
		.examples = alias_remove_examples,
		.flags = COMMAND_JSON | COMMAND_DRY_RUN,
		.run = company_run_alias_remove,
	},
	{0},
};
