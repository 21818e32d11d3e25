/*
 * ledger_people.c - what people at the terminal did beside the daemon: they share nothing with it
 * but the database, so it looks whether anybody else committed something.
 */
#include "base/clock.h"
#include "base/log.h"
#include "daemon/ledger.h"
#include "store/mailbox.h"
#include "store/setting.h"

#define LOOK_MS 1000

static bool retry_asked_ms(
	struct ledger *ledger, const struct source *source, int64_t *asked_ms, struct error *err)
{
	struct arena arena = {0};
	unsigned long long value = 0;
	struct span name = arena_format(&arena, MAILBOX_RETRY_SETTING "%s", source->mailbox);
	struct span text;
	bool ok = setting_get(ledger->db, name.data, &arena, &text, err);

	if (ok && !span_to_u64(text, INT64_MAX, &value)) /* never asked for, or not by us */
		value = 0;
	*asked_ms = (int64_t)value;
	arena_done(&arena);
	return ok;
}

/* `postroom mailbox retry`: asked for after this reader began. */
static bool pass_on_retry(struct ledger *ledger, struct source *source, struct error *err)
{
	int64_t asked_ms;
	size_t mark;
	bool asked;

	if (source->kind != PEER_READER || !channel_is_open(&source->channel))
		return true;
	if (!retry_asked_ms(ledger, source, &asked_ms, err))
		return false;
	/* any other than the one before: the clock may have been set back in between */
	asked = source->retry_known ? asked_ms != source->retried_ms
				    : asked_ms > source->retried_ms;
	source->retry_known = true;
	source->retried_ms = asked_ms;
	if (!asked)
		return true;
	log_event(LOG_LEVEL_INFO, "retry-asked", log_string("mailbox", source->mailbox));
	source_begin(source, WIRE_RETRY, &mark);
	source_end(source, mark);
	return true;
}

bool ledger_look_for_people(struct ledger *ledger, struct error *err)
{
	int64_t now = clock_monotonic_ms(), version;

	/* what the open batch wrote is ours */
	if (now < ledger->people_at_ms || ledger->batch.open)
		return true;
	ledger->people_at_ms = now + LOOK_MS;
	if (!db_data_version(ledger->db, &version, err))
		return false;
	if (version == ledger->data_version)
		return true;
	ledger->data_version = version;
	ledger->sum_changed = true;
	ledger->index_left = true;
	for (struct source *source = ledger->sources; source; source = source->next) {
		source->actions_again_at_ms = now; /* filed by hand: may be moved now */
		if (!pass_on_retry(ledger, source, err))
			return false;
	}
	return true;
}
