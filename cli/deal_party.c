/*
 * deal_party.c - `postroom deal link` and `unlink`: who else is in a deal, outside and among us.
 */
#include <inttypes.h>

#include "cli/amount.h"
#include "cli/change.h"
#include "cli/deal.h"
#include "cli/json.h"
#include "cli/pick.h"

/* One of --contact, --company, --user each. */
#define PARTIES 3

static enum exit_code parties_take(
	struct cli *cli, int64_t deal_id, struct deal_party parties[PARTIES], size_t *count)
{
	const char *contact_word = cli_option(cli, "contact"),
		   *company_word = cli_option(cli, "company"), *user_word = cli_option(cli, "user");
	enum exit_code code = EXIT_DONE;
	struct contact contact;
	struct company company;
	struct user_row user = {0};

	*count = 0;
	if (contact_word) {
		code = pick_contact(cli, contact_word, &contact);
		if (code == EXIT_DONE)
			parties[(*count)++] =
				(struct deal_party){.contact_id = contact.id, .name = contact.name};
	}
	if (code == EXIT_DONE && company_word) {
		code = pick_company(cli, company_word, &company);
		if (code == EXIT_DONE)
			parties[(*count)++] =
				(struct deal_party){.company_id = company.id, .name = company.name};
	}
	if (code == EXIT_DONE && user_word) {
		code = pick_user(cli, user_word, &user);
		if (code == EXIT_DONE && user.id)
			parties[(*count)++] =
				(struct deal_party){.user_id = user.id, .name = user.name};
	}
	for (size_t i = 0; i < *count; i++)
		parties[i].deal_id = deal_id;
	if (code == EXIT_DONE && *count == 0)
		return cli_usage("say who: --contact CONTACT, --company COMPANY or --user USER");
	return code;
}

static enum exit_code share_take(struct cli *cli, struct deal_party *parties, size_t count)
{
	const char *share = cli_option(cli, "share");
	bool taken = false;

	for (size_t i = 0; i < count; i++) {
		parties[i].role = span_from(cli_option(cli, "role"));
		if (share && parties[i].company_id)
			taken = parties[i].has_share =
				amount_from_text(span_from(share), &parties[i].share_cents);
	}
	if (share && !taken)
		return cli_usage("--share is a company's: give --company with it");
	return EXIT_DONE;
}

static bool write_all(struct operation *operation, const struct deal_party *parties, size_t count,
	bool link, struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		bool found;

		if (link ? !deal_party_add(operation, &parties[i], &found, err)
			 : !deal_party_remove(operation, &parties[i], &found, err))
			return false;
		if (!link && !found)
			return error_set(err, ERROR_CONFLICT, "%.*s is not in the deal",
				SPAN_ARG(parties[i].name));
	}
	return true;
}

static enum exit_code run(struct cli *cli, bool link)
{
	struct deal_party parties[PARTIES];
	enum exit_code code = cli_open_intake(cli);
	struct operation operation;
	struct deal deal;
	struct error err;
	size_t count;

	if (code == EXIT_DONE)
		code = pick_deal(cli, cli_argument(cli, 0), &deal);
	if (code == EXIT_DONE)
		code = parties_take(cli, deal.id, parties, &count);
	if (code == EXIT_DONE && link)
		code = share_take(cli, parties, count);
	if (code != EXIT_DONE)
		return code;
	if (!change_begin(cli, deal.name, &operation, &err))
		return cli_fail(&err);
	if (!change_end(cli, &operation, write_all(&operation, parties, count, link, &err), &err))
		return cli_fail(&err);
	change_report(cli, operation.id, deal_changed_json(cli, deal.id),
		"%s %.*s%s %s deal #%" PRId64, link ? "linked" : "took", SPAN_ARG(parties[0].name),
		count > 1 ? " and others" : "", link ? "to" : "out of", deal.id);
	return EXIT_DONE;
}

enum exit_code deal_run_link(struct cli *cli)
{
	return run(cli, true);
}

enum exit_code deal_run_unlink(struct cli *cli)
{
	return run(cli, false);
}

json_t *deal_parties_json(struct cli *cli, int64_t deal_id, struct error *err)
{
	struct deal_party *rows;
	json_t *array;
	size_t count;

	if (!deal_party_list(cli->db, deal_id, &cli->arena, &rows, &count, err))
		return NULL;
	array = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(array,
			json_pack("{s:s, s:I, s:o, s:o, s:o}", "kind",
				rows[i].company_id   ? "company"
				: rows[i].contact_id ? "contact"
						     : "user",
				"id",
				(json_int_t)(rows[i].company_id	  ? rows[i].company_id
					     : rows[i].contact_id ? rows[i].contact_id
								  : rows[i].user_id),
				"name", json_span(rows[i].name), "role",
				json_span_or_null(rows[i].role), "share",
				rows[i].has_share
					? json_span(amount_text(&cli->arena, rows[i].share_cents))
					: json_null()));
	return array;
}
