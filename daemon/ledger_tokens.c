/*
 * ledger_tokens.c - what the tokens role says of its tokens, into the database for `status` and
 * `doctor`. A report that a crash takes away comes again with the next start.
 */
#include "base/log.h"
#include "base/pack.h"
#include "daemon/ledger.h"
#include "daemon/tokens_wire.h"
#include "ingest/token_state.h"

bool ledger_take_token_state(struct ledger *ledger, struct span body, struct error *err)
{
	struct tokens_state state;

	if (!tokens_read_state(body, &state, err))
		return false;
	pack_span(&ledger->token_states, body);
	return true;
}

static bool write_states(struct ledger *ledger, struct error *err)
{
	struct unpack in = {buffer_span(&ledger->token_states), false};

	while (in.rest.size > 0) {
		struct tokens_state told;

		if (!tokens_read_state(unpack_span(&in), &told, err))
			return false;
		const struct token_state state = {
			.login_ms = told.login_ms,
			.renewed_ms = told.renewed_ms,
			.until_ms = told.until_ms,
			.refresh_used_ms = told.refresh_used_ms,
			.refresh_until_ms = told.refresh_until_ms,
			.error = told.error,
			.text = told.text,
		};

		if (!token_state_write(ledger->db, told.mailbox, &state, err))
			return false;
	}
	return true;
}

bool ledger_write_token_states(struct ledger *ledger, struct error *err)
{
	if (ledger->token_states.size == 0 || ledger->batch.open)
		return true;
	if (!db_begin_write(ledger->db, err))
		return err->kind == ERROR_BUSY; /* somebody writes: later */
	if (write_states(ledger, err) && db_commit(ledger->db, err)) {
		buffer_clear(&ledger->token_states);
		return true;
	}
	if (err->kind == ERROR_STORAGE)
		return false;
	db_rollback(ledger->db);
	log_failure(LOG_LEVEL_WARNING, "report-dropped", err);
	buffer_clear(&ledger->token_states);
	return true;
}
