/*
 * merge.c - `postroom contact merge`, `company merge` and their aliases.
 */
#include <inttypes.h>

#include "cli/change.h"
#include "cli/company.h"
#include "cli/contact.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "store/alias.h"
#include "store/merge.h"

/* What a word of the command line is, whichever of the two it means. */
struct owner {
	int64_t id;
	struct span name;
};

static enum exit_code pick_owner(
	struct cli *cli, enum alias_of of, const char *word, struct owner *owner)
{
	struct contact contact = {0};
	struct company company = {0};
	enum exit_code code;

	if (of == ALIAS_OF_CONTACT)
		code = pick_contact(cli, word, &contact);
	else
		code = pick_company(cli, word, &company);
	*owner = of == ALIAS_OF_CONTACT ? (struct owner){contact.id, contact.name}
					: (struct owner){company.id, company.name};
	return code;
}

static enum exit_code merge(struct cli *cli, enum alias_of of)
{
	enum exit_code code = cli_open_intake(cli);
	struct owner keep = {0}, other = {0};
	struct operation operation;
	struct merge_result result;
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = pick_owner(cli, of, cli_argument(cli, 0), &keep);
	if (code == EXIT_DONE)
		code = pick_owner(cli, of, cli_argument(cli, 1), &other);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, keep.name, &operation, &err))
		return cli_fail(&err);
	good = of == ALIAS_OF_CONTACT ? contact_merge(&operation, keep.id, other.id, &result, &err)
				      : company_merge(&operation, keep.id, other.id, &result, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id,
		json_pack("{s:o, s:I, s:I}", "kept", json_reference(keep.id, keep.name), "moved",
			(json_int_t)result.moved, "dropped", (json_int_t)result.dropped),
		"%.*s is %.*s now: %" PRId64 " records moved, %" PRId64
		" it had already; the other name is an alias",
		SPAN_ARG(other.name), SPAN_ARG(keep.name), result.moved, result.dropped);
	return EXIT_DONE;
}

enum exit_code contact_run_merge(struct cli *cli)
{
	return merge(cli, ALIAS_OF_CONTACT);
}

enum exit_code company_run_merge(struct cli *cli)
{
	return merge(cli, ALIAS_OF_COMPANY);
}

/* ---------------------------------------------------------------- aliases */

json_t *alias_names_json(struct cli *cli, enum alias_of of, int64_t owner_id)
{
	json_t *array = json_array();
	struct alias *rows;
	struct error err;
	size_t count;

	if (!alias_list(cli->db, of, owner_id, &cli->arena, &rows, &count, &err))
		count = 0;
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array, json_span(rows[i].name));
	return array;
}

static enum exit_code change_alias(struct cli *cli, enum alias_of of, bool add)
{
	struct span name = span_from(cli_argument(cli, 1));
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct owner owner = {0};
	bool good, changed;
	struct error err;
	json_t *object;

	if (code == EXIT_DONE)
		code = pick_owner(cli, of, cli_argument(cli, 0), &owner);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, name, &operation, &err))
		return cli_fail(&err);
	good = add ? alias_add(&operation, of, owner.id, name, &changed, &err)
		   : alias_remove(&operation, of, owner.id, name, &changed, &err);
	if (good && !changed)
		good = error_set(&err, ERROR_CONFLICT, "%.*s %s the alias %.*s",
			SPAN_ARG(owner.name), add ? "has" : "does not have", SPAN_ARG(name));
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "aliases", alias_names_json(cli, of, owner.id));
	change_report(cli, operation.id, object, "%.*s is %s by %.*s", SPAN_ARG(owner.name),
		add ? "found" : "no longer found", SPAN_ARG(name));
	return EXIT_DONE;
}

enum exit_code contact_run_alias_add(struct cli *cli)
{
	return change_alias(cli, ALIAS_OF_CONTACT, true);
}

enum exit_code contact_run_alias_remove(struct cli *cli)
{
	return change_alias(cli, ALIAS_OF_CONTACT, false);
}

enum exit_code company_run_alias_add(struct cli *cli)
{
	return change_alias(cli, ALIAS_OF_COMPANY, true);
}

enum exit_code company_run_alias_remove(struct cli *cli)
{
	return change_alias(cli, ALIAS_OF_COMPANY, false);
}
