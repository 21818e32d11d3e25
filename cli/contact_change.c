/*
 * contact_change.c - the verbs of `postroom contact` that change contacts. An address given to one
 * settles what waits for it.
 */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "cli/change.h"
#include "cli/contact.h"
#include "cli/json.h"
#include "cli/pick.h"
#include "cli/records.h"
#include "ingest/reassign.h"
#include "ingest/resolve.h"

/* The options of add and edit into the contact. */
static enum exit_code fields_take(struct cli *cli, struct contact *contact)
{
	const char *company_word = cli_option(cli, "company"), *owner = cli_option(cli, "owner");
	const char *mark = cli_option(cli, "do-not-contact");
	struct company company = {0};
	struct user_row user;
	enum exit_code code = EXIT_DONE;

	if (cli_option(cli, "name"))
		contact->name = span_from(cli_option(cli, "name"));
	if (cli_option(cli, "phone"))
		contact->phone = span_from(cli_option(cli, "phone"));
	if (cli_option(cli, "note"))
		contact->note = span_from(cli_option(cli, "note"));
	if (cli_option(cli, "source"))
		contact->source = span_from(cli_option(cli, "source"));
	if (mark)
		contact->do_not_contact = strcmp(mark, "yes") == 0;
	if (company_word && *company_word)
		code = pick_company(cli, company_word, &company);
	if (code == EXIT_DONE && company_word)
		contact->company_id = company.id;
	if (code == EXIT_DONE && owner) {
		code = pick_user(cli, owner, &user);
		contact->owner_id = user.id;
	}
	return code;
}

/* The address, and what waited for it. */
static bool address_give(struct cli *cli, struct operation *operation, int64_t contact_id,
	const char *address, int64_t *settled, struct error *err)
{
	struct span folded = text_fold_address(&cli->arena, span_from(address));

	if (span_is_empty(folded))
		return error_set(err, ERROR_INPUT, "`%s` is no mail address", address);
	return contact_address_add(operation, contact_id, span_from(address), false, err) &&
	       resolve_address_known(cli->intake, operation, contact_id, folded, settled, err) &&
	       operation_settled(operation, *settled, err);
}

static json_t *changed_json(struct cli *cli, int64_t contact_id, int64_t settled)
{
	json_t *object = json_object();
	struct contact contact;
	struct error err;
	bool found;

	json_object_set_new(object, "settled", json_integer(settled));
	if (contact_get(cli->db, contact_id, &cli->arena, &contact, &found, &err) && found)
		json_object_set_new(object, "contact", contact_json(cli, &contact));
	return object;
}

enum exit_code contact_run_add(struct cli *cli)
{
	struct contact contact = {.name = span_from(cli_argument(cli, 0))};
	const char *address = cli_argument(cli, 1);
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	int64_t id = 0, settled = 0;
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = fields_take(cli, &contact);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, contact.name, &operation, &err))
		return cli_fail(&err);
	good = contact_add(&operation, &contact, &id, &err) &&
	       (!address || address_give(cli, &operation, id, address, &settled, &err));
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, operation.id ? id : 0, settled),
		"added contact %.*s%s; settled %" PRId64, SPAN_ARG(contact.name),
		address ? " with its address" : "", settled);
	return EXIT_DONE;
}

enum exit_code contact_run_edit(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct contact contact;
	struct error err;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code == EXIT_DONE)
		code = fields_take(cli, &contact);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, contact.name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, contact_edit(&operation, &contact, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, contact.id, 0), "changed contact %.*s",
		SPAN_ARG(contact.name));
	return EXIT_DONE;
}

enum exit_code contact_run_address_add(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	const char *address = cli_argument(cli, 1);
	struct operation operation;
	struct contact contact;
	int64_t settled = 0;
	struct error err;
	bool good;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, span_from(address), &operation, &err))
		return cli_fail(&err);
	good = address_give(cli, &operation, contact.id, address, &settled, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, contact.id, settled),
		"%s is %.*s's; settled %" PRId64, address, SPAN_ARG(contact.name), settled);
	return EXIT_DONE;
}

enum exit_code contact_run_address_remove(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	const char *address = cli_argument(cli, 1);
	struct span folded = text_fold_address(&cli->arena, span_from(address));
	struct contact_address *rows;
	struct operation operation;
	struct contact contact;
	int64_t address_id = 0;
	struct error err;
	size_t count;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code != EXIT_DONE)
		return code;
	if (!contact_address_list(cli->db, contact.id, &cli->arena, &rows, &count, &err))
		return cli_fail(&err);
	for (size_t i = 0; i < count; i++) {
		if (span_equal(text_fold_address(&cli->arena, rows[i].address), folded))
			address_id = rows[i].id;
	}
	if (!address_id)
		return cli_not_found("%.*s has no address %s", SPAN_ARG(contact.name), address);
	if (!change_begin(cli, span_from(address), &operation, &err))
		return cli_fail(&err);
	if (!change_end(
		    cli, &operation, contact_address_remove(&operation, address_id, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, changed_json(cli, contact.id, 0),
		"%s is no longer %.*s's; what was filed stays", address, SPAN_ARG(contact.name));
	return EXIT_DONE;
}

enum exit_code contact_run_unlearn(struct cli *cli)
{
	enum exit_code code = cli_open_intake(cli);
	const char *address = cli_argument(cli, 1);
	struct contact contact, other = {0};
	struct reassign_result result;
	struct operation operation;
	struct error err;
	json_t *object;
	bool good;

	if (code == EXIT_DONE)
		code = pick_contact(cli, cli_argument(cli, 0), &contact);
	if (code == EXIT_DONE && cli_option(cli, "to"))
		code = pick_contact(cli, cli_option(cli, "to"), &other);
	if (code != EXIT_DONE)
		return code;
	if (other.id == contact.id)
		return cli_usage("--to names the contact who has the address now");
	if (!change_begin(cli, span_from(address), &operation, &err))
		return cli_fail(&err);
	good = reassign_address(
		&operation, contact.id, span_from(address), other.id, &result, &err);
	if (!change_end(cli, &operation, good, &err))
		return cli_fail(&err);
	object = json_object();
	json_object_set_new(object, "moved", json_integer(result.moved));
	json_object_set_new(object, "waiting", json_integer(result.waiting));
	json_object_set_new(object, "kept", json_integer(result.kept));
	change_report(cli, operation.id, object,
		"%s is no longer %.*s's: %" PRId64 " mails moved, %" PRId64 " wait again, %" PRId64
		" stay, as they name %.*s by another address",
		address, SPAN_ARG(contact.name), result.moved, result.waiting, result.kept,
		SPAN_ARG(contact.name));
	return EXIT_DONE;
}
