#include "calendar/subscription.h"

#include <string.h>

#include "base/zone.h"
#include "calendar/alert.h"
#include "calendar/finance_run.h"
#include "store/user.h"

/* ---------------------------------------------------------------- options */

struct calendar_options calendar_options_default(enum calendar_kind kind)
{
	return (struct calendar_options){
		.kind = kind,
		.before_days = CALENDAR_BEFORE_DAYS,
		.after_days = CALENDAR_AFTER_DAYS,
	};
}

static void read_days(struct span value, int *days)
{
	unsigned long long number;

	if (span_to_u64(value, CALENDAR_WINDOW_MAX_DAYS, &number))
		*days = (int)number;
}

struct calendar_options calendar_options_read(enum calendar_kind kind, struct span query)
{
	struct calendar_options options = calendar_options_default(kind);
	struct span name, value;

	while (span_next(&query, '&', &value)) {
		if (!span_next(&value, '=', &name))
			continue;
		if (span_equal(name, SPAN("alarms")))
			options.alarms = span_equal(value, SPAN("1"));
		else if (span_equal(name, SPAN("tzid")))
			options.local_times = span_equal(value, SPAN("1"));
		else if (span_equal(name, SPAN("before")))
			read_days(value, &options.before_days);
		else if (span_equal(name, SPAN("after")))
			read_days(value, &options.after_days);
	}
	return options;
}

struct span calendar_options_query(const struct calendar_options *options, struct arena *arena)
{
	CLEANUP(buffer_done) struct buffer query = {0};

	if (options->alarms)
		buffer_append_string(&query, "&alarms=1");
	if (options->local_times)
		buffer_append_string(&query, "&tzid=1");
	if (options->before_days != CALENDAR_BEFORE_DAYS)
		buffer_format(&query, "&before=%d", options->before_days);
	if (options->after_days != CALENDAR_AFTER_DAYS)
		buffer_format(&query, "&after=%d", options->after_days);
	return arena_copy(arena, span_after(buffer_span(&query), query.size > 0));
}

/* ---------------------------------------------------------------- subjects */

bool calendar_board_find(struct span name, enum calendar_board *board)
{
	static const struct {
		struct span name;
		enum calendar_board board;
	} boards[] = {
		{SPAN_INIT("sales"), CALENDAR_SALES},
		{SPAN_INIT("finance"), CALENDAR_FINANCE},
		{SPAN_INIT("actions"), CALENDAR_ACTIONS},
	};

	for (size_t i = 0; i < ARRAY_COUNT(boards); i++)
		if (span_equal(boards[i].name, name)) {
			*board = boards[i].board;
			return true;
		}
	return false;
}

/* What a feed is made from. */
struct describing {
	struct db *db;
	const struct config *config;
	struct arena *arena;
	struct calendar_feed *feed;
	struct span title;
	bool finance_run, alerts; /* it has those of the organisation */
};

static bool does_finance_run(const struct config *config, const char *user)
{
	const struct config_strings *users = &config->finance_run.users;

	for (size_t i = 0; i < users->count; i++)
		if (strcmp(users->items[i], user) == 0)
			return true;
	return false;
}

static bool describe_users(struct describing *describing, const char *const *names, size_t count,
	bool *found, struct error *err)
{
	int64_t *ids = arena_array(describing->arena, int64_t, count);
	size_t known = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t id;

		if (!user_find(describing->db, span_from(names[i]), &id, err))
			return false;
		if (id != 0)
			ids[known++] = id;
		describing->finance_run |= does_finance_run(describing->config, names[i]);
	}
	describing->feed->user_ids = ids;
	describing->feed->user_count = known;
	*found = known > 0;
	return true;
}

static bool describe_user(
	struct describing *describing, struct span name, bool *found, struct error *err)
{
	const char *text = arena_string(describing->arena, name);
	const struct config_user *user = config_user(describing->config, text);

	if (!user)
		return true;
	describing->feed->zone = user->zone;
	describing->title = span_from(user->full_name);
	describing->alerts = user->admin;
	return describe_users(describing, &user->name, 1, found, err);
}

static bool describe_team(
	struct describing *describing, struct span name, bool *found, struct error *err)
{
	for (size_t i = 0; i < describing->config->team_count; i++) {
		const struct config_team *team = &describing->config->teams[i];

		if (!span_equal(span_from(team->name), name))
			continue;
		describing->feed->shared = true;
		return describe_users(describing, team->users.items, team->users.count, found, err);
	}
	return true;
}

static void describe_board(struct describing *describing, struct span name, bool *found)
{
	struct calendar_feed *feed = describing->feed;

	*found = calendar_board_find(name, &feed->board);
	feed->shared = true;
	describing->finance_run = feed->board == CALENDAR_FINANCE;
}

static bool describe(struct describing *describing, const struct calendar_subject *subject,
	bool *found, struct error *err)
{
	*found = false;
	describing->title = subject->name;
	if (span_equal(subject->scope, SPAN("user")))
		return describe_user(describing, subject->name, found, err);
	if (span_equal(subject->scope, SPAN("team")))
		return describe_team(describing, subject->name, found, err);
	if (span_equal(subject->scope, SPAN("board")))
		describe_board(describing, subject->name, found);
	return true;
}

/* ---------------------------------------------------------------- the feed */

static int64_t next_midnight_ms(const struct calendar_feed *feed)
{
	return zone_instant(feed->zone, date_add_days(feed->today, 1), 0, 0, 0);
}

bool calendar_subscription(struct db *db, const struct config *config,
	const struct calendar_subject *subject, const struct calendar_options *options,
	int64_t now_ms, struct arena *arena, struct calendar_now *now, bool *found,
	struct error *err)
{
	struct calendar_feed *feed = &now->feed;
	struct describing describing = {.db = db, .config = config, .arena = arena, .feed = feed};

	*feed = (struct calendar_feed){
		.kind = options->kind,
		.instance = config->instance,
		.zone = config->zone,
		.alarms = options->alarms,
		.local_times = options->local_times,
		.before_days = options->before_days,
		.after_days = options->after_days,
		.follow_up_length_ms = config->follow_up_length_ms,
	};
	if (!describe(&describing, subject, found, err))
		return false;
	if (!*found)
		return true;
	feed->title =
		arena_format(arena, "%s: %.*s", config->organisation, SPAN_ARG(describing.title));
	feed->today = zone_local(feed->zone, now_ms).date;
	now->until_ms = next_midnight_ms(feed);
	if (describing.finance_run && !finance_run_read(db, config, &feed->weekly, err))
		return false;
	return !describing.alerts || !config->feed_alerts ||
	       alerts_read(db, now_ms, arena, now, err);
}
