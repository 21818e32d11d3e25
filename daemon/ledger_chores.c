/*
 * ledger_chores.c - what the ledger does beside the mail: says that it is alive, looks at the disk,
 * tells its sum, brings the search index up to date, forgets what is to be forgotten.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/zone.h"
#include "daemon/ledger.h"
#include "store/absence.h"
#include "store/erase.h"
#include "store/message.h"
#include "store/retention.h"
#include "store/search.h"
#include "store/server_action.h"

#define DISK_MS	  5000
#define STATUS_MS 2000
/* Less is how clocks are kept right. */
#define CLOCK_BACK_MS 60000
/* What people at the terminal left for us (imported mail, a stopped replay) is found by then. */
#define LOOK_MS 60000
/* Some 5 ms of work: a new mail does not wait longer for it. */
#define INDEX_SLICE 32
/*
 * Behind a first fetch, 60 ms: what one transaction adds is sorted and written at once, so many
 * mails in one cost half as much.
 */
#define INDEX_MANY	 2000
#define INDEX_SLICE_MANY 512
#define FORGET_MS	 (24 * INT64_C(3600000))
#define FORGET_SLICE	 50

bool ledger_is_idle(const struct ledger *ledger)
{
	return ledger->queued_bytes == 0 && !ledger->batch.open && !ledger_is_reading(ledger);
}

static bool is_due(int64_t *at_ms, int64_t interval_ms)
{
	int64_t now = clock_monotonic_ms();

	if (now < *at_ms)
		return false;
	*at_ms = now + interval_ms;
	return true;
}

static void tell_progress(struct ledger *ledger)
{
	struct error err;

	if (is_due(&ledger->progress_at_ms, ledger->progress_ms) &&
		!channel_send(&ledger->control, CONTROL_PROGRESS, (struct span){0}, &err))
		ledger->stopping = true; /* nobody is left to work for */
}

static void set_paused(struct ledger *ledger, bool paused, int64_t free_bytes)
{
	ledger->paused = paused;
	ledger->sum_changed = true;
	snprintf(ledger->pause_text, sizeof ledger->pause_text,
		"disk nearly full: %lld MiB free in %.80s, less than storage.min_free (%lld MiB); "
		"free some space, reading goes on by itself",
		(long long)(free_bytes >> 20), ledger->config->state_directory,
		(long long)(ledger->config->min_free_bytes >> 20));
	log_event(paused ? LOG_LEVEL_ERROR : LOG_LEVEL_NOTICE, paused ? "paused" : "resumed",
		log_number("free_bytes", free_bytes),
		log_number("min_free_bytes", ledger->config->min_free_bytes),
		log_string("next", paused ? "free some space; readers wait" : "readers go on"));
}

static void look_at_disk(struct ledger *ledger)
{
	struct statvfs disk;
	int64_t free_bytes;

	if (!is_due(&ledger->disk_at_ms, DISK_MS))
		return;
	if (statvfs(ledger->config->state_directory, &disk) != 0) {
		log_event(LOG_LEVEL_WARNING, "disk-not-seen", log_string("error", strerror(errno)));
		return;
	}
	free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
	if ((free_bytes < ledger->config->min_free_bytes) != ledger->paused)
		set_paused(ledger, !ledger->paused, free_bytes);
}

/* Also to readers that came after the others were told. */
static void pass_on_pause(struct ledger *ledger)
{
	struct wire_pause pause = {span_from(ledger->pause_text)};
	size_t mark;

	for (struct source *source = ledger->sources; source; source = source->next) {
		if (source->kind != PEER_READER || source->paused == ledger->paused ||
			!channel_is_open(&source->channel))
			continue;
		source->paused = ledger->paused;
		if (source->paused)
			wire_write_pause(&pause, source_begin(source, WIRE_PAUSE, &mark));
		else
			source_begin(source, WIRE_RESUME, &mark);
		source_end(source, mark);
	}
}

static void append_count(struct buffer *out, int64_t count, const char *what)
{
	if (count > 0)
		buffer_format(out, ", %lld %s", (long long)count, what);
}

static void write_status(
	const struct ledger *ledger, const struct ledger_sum *sum, struct buffer *out)
{
	buffer_format(out, "%lld mails", (long long)sum->fetched);
	append_count(out, sum->received, "received");
	append_count(out, sum->filed, "filed");
	append_count(out, sum->waiting, "waiting");
	append_count(out, sum->ignored, "ignored");
	append_count(out, sum->quarantined, "quarantined");
	append_count(out, sum->dead, "dead");
	append_count(out, sum->erased, "erased");
	if (ledger->paused)
		buffer_format(out, "; %s", ledger->pause_text);
	for (const struct source *source = ledger->sources; source; source = source->next)
		if (source->trouble[0] && channel_is_open(&source->channel))
			buffer_format(out, "; %s: %.160s", source->mailbox, source->trouble);
}

static bool tell_status(struct ledger *ledger, struct error *err)
{
	CLEANUP(buffer_done) struct buffer text = {0};
	struct ledger_sum sum;

	if (!ledger->sum_changed || !is_due(&ledger->status_at_ms, STATUS_MS))
		return true;
	ledger->sum_changed = false;
	if (!message_sum(ledger->db, &sum, err))
		return false;
	write_status(ledger, &sum, &text);
	if (!channel_send(&ledger->control, ROLE_STATUS, buffer_span(&text), err))
		ledger->stopping = true;
	return true;
}

static bool bring_index_up_to_date(struct ledger *ledger, struct error *err)
{
	int64_t left;

	if (!ledger->index_left || !ledger_is_idle(ledger) || ledger->stopping)
		return true;
	if (!search_pending(ledger->db, &left, err) ||
		!search_index(
			ledger->db, left > INDEX_MANY ? INDEX_SLICE_MANY : INDEX_SLICE, &left, err))
		return err->kind == ERROR_BUSY; /* somebody writes: later */
	ledger->index_left = left > 0;
	return true;
}

static bool clock_set_back(struct ledger *ledger, int64_t now_ms, struct error *err)
{
	if (!db_begin_write(ledger->db, err))
		return err->kind == ERROR_BUSY; /* seen again at the next start */
	if (!server_action_clock_set_back(ledger->db, now_ms, err)) {
		db_rollback(ledger->db);
		return false;
	}
	for (struct source *source = ledger->sources; source; source = source->next)
		source->actions_again_at_ms = 0;
	return db_commit(ledger->db, err);
}

/*
 * Waits that are to survive a restart are written down by the wall clock: when it is set back, what
 * was tried again in a minute would be in a year.
 */
static bool look_at_clock(struct ledger *ledger, struct error *err)
{
	int64_t now_ms = clock_now_ms(), ahead_ms = now_ms - clock_monotonic_ms();
	int64_t back_ms = ledger->clock_ahead_ms - ahead_ms;

	if (ledger->batch.open)
		return true;
	ledger->clock_ahead_ms = ahead_ms;
	if (back_ms < CLOCK_BACK_MS)
		return true;
	log_event(LOG_LEVEL_NOTICE, "clock-set-back", log_number("by_ms", back_ms));
	return clock_set_back(ledger, now_ms, err);
}

/* The commits are through: what they wrote is in the log beside the database. */
static bool tell_checkpoint(struct ledger *ledger, struct error *err)
{
	struct error why;
	bool unsynced;

	if (!db_checkpoint_failed(ledger->db, &unsynced, &why))
		return true;
	log_event(LOG_LEVEL_ERROR, "checkpoint-failed", log_string("error", why.text),
		log_string("meaning", "nothing is lost; the database's log grows until it works"));
	if (unsynced)
		*err = why;
	return !unsynced;
}

/*
 * Once a day, in small pieces while nothing else is to do: bytes whose retention is over, and
 * finance documents of erased people whose hold is.
 */
static bool forget_what_is_due(struct ledger *ledger, struct error *err)
{
	const struct config *config = ledger->config;
	const struct retention retention = {
		.ignored_ms = config->retention_ignored_ms,
		.quarantined_ms = config->retention_quarantined_ms,
		.dead_ms = config->retention_dead_ms,
	};
	int64_t now_ms = clock_now_ms(), purged, ended;

	if (is_due(&ledger->forget.at_ms, FORGET_MS))
		ledger->forget.more = true;
	if (!ledger->forget.more || !ledger_is_idle(ledger) || ledger->stopping)
		return true;
	if (!retention_run(ledger->db, &retention, now_ms, FORGET_SLICE, &purged, err) ||
		!erase_held_ended(ledger->db, now_ms, FORGET_SLICE, &ended, err))
		return err->kind == ERROR_BUSY; /* somebody writes: later */
	ledger->forget.count += purged + ended;
	ledger->sum_changed |= purged + ended > 0;
	ledger->forget.more = purged + ended > 0;
	if (ledger->forget.more || !ledger->forget.count)
		return true;
	log_event(LOG_LEVEL_NOTICE, "retention-over", log_number("messages", ledger->forget.count));
	ledger->forget.count = 0;
	return true;
}

/* Work of colleagues who are away goes to who stands in for them, and back. */
static bool look_at_absences(struct ledger *ledger, struct error *err)
{
	int64_t now_ms = clock_now_ms(), moved = 0;
	struct date today = zone_local(ledger->config->zone, now_ms).date;

	if (!ledger_is_idle(ledger) || ledger->stopping ||
		!is_due(&ledger->absences_at_ms, LOOK_MS))
		return true;
	if (!absence_run(ledger->db, today, "postroomd", now_ms, &moved, err))
		return err->kind == ERROR_BUSY; /* somebody writes: in a minute */
	if (moved)
		log_event(LOG_LEVEL_NOTICE, "work-rerouted", log_number("records", moved));
	return true;
}

bool ledger_do_chores(struct ledger *ledger, struct error *err)
{
	tell_progress(ledger);
	look_at_disk(ledger);
	pass_on_pause(ledger);
	ledger_check_parsers(ledger);
	if (is_due(&ledger->look_at_ms, LOOK_MS)) {
		ledger_look_for_stored(ledger);
		ledger->index_left = true;
		ledger->sum_changed = true;
	}
	if (!forget_what_is_due(ledger, err) || !look_at_absences(ledger, err))
		return false;
	return look_at_clock(ledger, err) && tell_checkpoint(ledger, err) &&
	       ledger_look_for_people(ledger, err) && ledger_write_token_states(ledger, err) &&
	       ledger_queue_stored(ledger, err) && ledger_queue_copies(ledger, err) &&
	       ledger_send_actions(ledger, err) && tell_status(ledger, err) &&
	       bring_index_up_to_date(ledger, err);
}
