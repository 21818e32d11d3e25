/* The calendar around its components: rules 4, 9, 11 and 12. */
#include "calendar/feed.h"

#include "calendar/component.h"
#include "calendar/line.h"

#define REFRESH "PT1H"

/* Where one component goes, and how it is written. */
struct render {
	const struct calendar_feed *feed;
	struct component_style style;
	struct buffer *out;
	size_t items;
};

static struct render render_of(const struct calendar_feed *feed, struct buffer *out)
{
	return (struct render){
		.feed = feed,
		.style = {.zone = feed->local_times ? feed->zone : NULL, .alarms = feed->alarms},
		.out = out,
	};
}

static bool render_item(void *context, const struct calendar_item *item, struct error *err)
{
	struct render *render = context;

	(void)err;
	if (render->feed->kind == CALENDAR_EVENTS)
		component_append_event(render->out, item, &render->style);
	else
		component_append_task(render->out, item, &render->style);
	render->items++;
	return true;
}

static void append_head(struct buffer *out)
{
	line_string(out, "BEGIN", "VCALENDAR");
	line_string(out, "VERSION", "2.0");
	line_string(out, "PRODID", "-//postroom//" POSTROOM_VERSION "//EN");
	line_string(out, "CALSCALE", "GREGORIAN");
}

/* What a subscription has and a single item has not (RFC 4791 section 4.1: no METHOD). */
static void append_subscription(struct buffer *out, const struct calendar_feed *feed)
{
	CLEANUP(arena_done) struct arena arena = {0};
	struct span title = calendar_clean(&arena, feed->title, 200, false);

	line_string(out, "METHOD", "PUBLISH");
	line_text(out, "NAME", title); /* RFC 7986 */
	line_text(out, "X-WR-CALNAME", title);
	line_string(out, "REFRESH-INTERVAL;VALUE=DURATION", REFRESH);
	line_string(out, "X-PUBLISHED-TTL", REFRESH);
	line_string(out, "COLOR", feed->kind == CALENDAR_EVENTS ? "steelblue" : "seagreen");
}

static bool append_zone(struct buffer *out, const struct calendar_feed *feed, struct error *err)
{
	return !feed->local_times || timezone_append(out, feed->zone, err);
}

bool calendar_each_item(struct db *db, const struct calendar_feed *feed, calendar_each *each,
	void *context, struct error *err)
{
	return calendar_items(db, feed, each, context, err) &&
	       (feed->kind == CALENDAR_TASKS ||
		       (calendar_weekly_items(feed, each, context, err) &&
			       calendar_alert_items(feed, each, context, err)));
}

bool calendar_render_item(const struct calendar_feed *feed, const struct calendar_item *item,
	struct buffer *out, struct error *err)
{
	struct render render = render_of(feed, out);

	append_head(out);
	if (!append_zone(out, feed, err) || !render_item(&render, item, err))
		return false;
	line_string(out, "END", "VCALENDAR");
	return true;
}

bool calendar_render(struct db *db, const struct calendar_feed *feed, struct buffer *out,
	size_t *items, struct error *err)
{
	struct render render = render_of(feed, out);

	append_head(out);
	append_subscription(out, feed);
	if (!append_zone(out, feed, err) ||
		!calendar_each_item(db, feed, render_item, &render, err)) {
		buffer_clear(out);
		return false;
	}
	line_string(out, "END", "VCALENDAR");
	*items = render.items;
	return true;
}
