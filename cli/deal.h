/*
 * deal.h - the verbs of `postroom deal`, for its command table.
 */
#ifndef CLI_DEAL_H
#define CLI_DEAL_H

#include "cli/cli.h"
#include "cli/due.h"
#include "store/deal.h"

/* deal.c */
enum exit_code deal_run_list(struct cli *cli);
enum exit_code deal_run_show(struct cli *cli);
/* deal_change.c: what a deal is */
enum exit_code deal_run_add(struct cli *cli);
enum exit_code deal_run_edit(struct cli *cli);
enum exit_code deal_run_move(struct cli *cli);
enum exit_code deal_run_use(struct cli *cli);
enum exit_code deal_run_assign(struct cli *cli);
/* deal_party.c: who is in it */
enum exit_code deal_run_link(struct cli *cli);
enum exit_code deal_run_unlink(struct cli *cli);
json_t *deal_parties_json(struct cli *cli, int64_t deal_id, struct error *err);
/* deal_contract.c: documents */
enum exit_code deal_run_contract(struct cli *cli);
enum exit_code deal_run_document(struct cli *cli);
json_t *deal_documents_json(struct cli *cli, int64_t deal_id, struct error *err);
/* deal_quotation.c */
enum exit_code deal_run_quote(struct cli *cli);
enum exit_code deal_run_accept(struct cli *cli);
enum exit_code deal_run_decline(struct cli *cli);
/* deal_outcome.c: how it ends */
enum exit_code deal_run_win(struct cli *cli);
enum exit_code deal_run_lose(struct cli *cli);
enum exit_code deal_run_nurture(struct cli *cli);
enum exit_code deal_run_close(struct cli *cli);

/* {"deal": …} as it is now, for change_report; empty when it can't be read. */
json_t *deal_changed_json(struct cli *cli, int64_t deal_id);
/*
 * One operation that writes the deal, and what `more` (may be NULL) does beside it. what: the words
 * of the report, "won".
 */
enum exit_code deal_write(struct cli *cli, const struct deal *deal, const char *what,
	bool (*more)(
		struct cli *cli, struct operation *operation, void *context, struct error *err),
	void *context);

/* The task that chases its quotation is done. */
MUST_CHECK bool deal_chase_end(
	struct cli *cli, struct operation *operation, const struct deal *deal, struct error *err);
/* A follow-up on the deal, with its reason as note. */
MUST_CHECK bool deal_follow_up(struct cli *cli, struct operation *operation,
	const struct deal *deal, const struct due *due, struct span title, struct error *err);

/* The pipeline of the deal, else the first one; never NULL. */
const struct config_pipeline *deal_pipeline(const struct cli *cli, const struct deal *deal);
/* In percent: 100 when won, 0 when lost, else that of its phase. */
int deal_probability(const struct cli *cli, const struct deal *deal);
/* Who does what follows from the deal: its owner, else the person at the terminal; 0: neither. */
MUST_CHECK bool deal_worker(
	struct cli *cli, const struct deal *deal, int64_t *user_id, struct error *err);

/*
 * Takes --file, --link or --message with --attachment. *given false: none of them. Reads and checks
 * before anything is written.
 */
struct contract_source;
MUST_CHECK enum exit_code contract_read(
	struct cli *cli, struct contract_source **source, bool *given);
void contract_free(struct contract_source *source); /* NULL is legal */
/* Adds it to the deal, inside an operation. */
MUST_CHECK bool contract_add(struct operation *operation, const struct contract_source *source,
	int64_t deal_id, bool is_signed, struct error *err);

/*
 * What of "contract", "quotation", "value", "ticket", "project" the deal lacks: one sentence each
 * that says what to type, as an array of texts. will_sign: a signed contract comes with it.
 */
MUST_CHECK bool deal_missing(struct cli *cli, const struct deal *deal,
	const struct config_strings *needs, bool will_sign, json_t *missing, struct error *err);
const struct config_strings *deal_win_needs(const struct cli *cli, const struct deal *deal);
const struct config_strings *deal_close_needs(const struct cli *cli, const struct deal *deal);

#endif
