#include "calendar/item.h"

#include "base/text.h"
#include "base/zone.h"
#include "store/deal.h"
#include "store/task.h"
#include "store/ticket.h"

#define TITLE_MAX_BYTES	      250
#define NAME_MAX_BYTES	      125 /* of one part of a title, that what stands behind has room */
#define NUMBER_MAX_BYTES      60
#define CURRENCY_MAX_BYTES    8
#define DESCRIPTION_MAX_BYTES 2000
#define PAGE_ITEMS	      500

/* Bytes of the line end at `at`: CRLF, CR, LF, U+2028 or U+2029; 0: none is there. */
static size_t line_end_size(struct span text, size_t at)
{
	struct span rest = span_after(text, at);

	if (span_starts(rest, SPAN("\r\n")))
		return 2;
	if (span_starts(rest, SPAN("\r")) || span_starts(rest, SPAN("\n")))
		return 1;
	/* Readers in Python split content lines there: one in a title ended vdirsyncer's sync */
	if (span_starts(rest, SPAN("\xe2\x80\xa8")) || span_starts(rest, SPAN("\xe2\x80\xa9")))
		return 3;
	return 0;
}

struct span calendar_clean(struct arena *arena, struct span text, size_t max_bytes, bool lines)
{
	struct span valid = text_cut(text_clean(arena, text), max_bytes);
	char *clean = arena_alloc(arena, valid.size + 1);
	size_t used = 0;

	for (size_t i = 0; i < valid.size; i++) {
		unsigned char byte = (unsigned char)valid.data[i];
		size_t end = line_end_size(valid, i);

		if (end > 0) {
			clean[used++] = lines ? '\n' : ' ';
			i += end - 1;
		} else if (byte == '\t') {
			clean[used++] = ' ';
		} else if (byte == 0xc2 && i + 1 < valid.size &&
			   (unsigned char)valid.data[i + 1] < 0xa0) {
			i++; /* U+0080 … U+009F: the C1 controls */
		} else if (byte >= ' ' && byte != 0x7f) {
			clean[used++] = valid.data[i];
		}
	}
	return (struct span){clean, used};
}

/* "Pieter Jansen (do not contact)", "for anna", the note: each on a line of its own. */
static struct span task_description(
	struct arena *arena, const struct calendar_feed *feed, const struct task *task)
{
	struct buffer text CLEANUP(buffer_done) = {0};

	if (!span_is_empty(task->contact_name))
		buffer_format(&text, "%.*s%s\n", SPAN_ARG(task->contact_name),
			task->contact_do_not_contact ? " (do not contact)" : "");
	if (feed->shared && !span_is_empty(task->assignee_name))
		buffer_format(&text, "for %.*s\n", SPAN_ARG(task->assignee_name));
	buffer_append(&text, task->note);
	return span_trim(calendar_clean(arena, buffer_span(&text), DESCRIPTION_MAX_BYTES, true));
}

static struct calendar_item item_of_task(
	struct arena *arena, const struct calendar_feed *feed, const struct task *task)
{
	struct span title = calendar_clean(arena, task->title, TITLE_MAX_BYTES, false);

	return (struct calendar_item){
		.uid = arena_format(arena, "task-%lld@%s", (long long)task->id, feed->instance),
		.title = arena_format(arena, "%.*s #%lld%s", SPAN_ARG(title), (long long)task->id,
			task->contact_do_not_contact ? " [do not contact]" : ""),
		.description = task_description(arena, feed, task),
		.day = task->due_date,
		.start_ms = task->due_ms,
		.length_ms = task->length_ms > 0 ? task->length_ms : feed->follow_up_length_ms,
		.created_ms = task->created_ms,
		.changed_ms = task->calendar_ms,
		.sequence = task->sequence,
	};
}

/* " 484.00 EUR" */
static struct span amount_text(struct arena *arena, int64_t cents, struct span currency)
{
	const char *sign = cents < 0 ? "-" : "";
	uint64_t size = cents < 0 ? 0 - (uint64_t)cents : (uint64_t)cents;

	return arena_format(arena, " %s%llu.%02llu %.*s", sign, (unsigned long long)(size / 100),
		(unsigned long long)(size % 100),
		SPAN_ARG(calendar_clean(arena, currency, CURRENCY_MAX_BYTES, false)));
}

static struct span ticket_amount(struct arena *arena, const struct ticket *ticket)
{
	if (!ticket->has_payable && !ticket->has_total)
		return SPAN("");
	return amount_text(arena, ticket->has_payable ? ticket->payable_cents : ticket->total_cents,
		ticket->currency);
}

static struct span ticket_description(
	struct arena *arena, const struct calendar_feed *feed, const struct ticket *ticket)
{
	struct buffer text CLEANUP(buffer_done) = {0};

	if (feed->shared && !span_is_empty(ticket->assignee_name))
		buffer_format(&text, "for %.*s\n", SPAN_ARG(ticket->assignee_name));
	buffer_append(&text, ticket->hold_reason);
	return span_trim(calendar_clean(arena, buffer_span(&text), DESCRIPTION_MAX_BYTES, true));
}

/* Each part is cut by itself: the number at the end, by which people find the ticket, stays. */
static struct span ticket_title(struct arena *arena, const struct ticket *ticket)
{
	bool is_ours = span_equal(ticket->direction, SPAN("receivable"));
	struct span name =
		span_is_empty(ticket->supplier_name) ? ticket->title : ticket->supplier_name;
	struct span number = calendar_clean(arena, ticket->number, NUMBER_MAX_BYTES, false);

	return arena_format(arena, "%s: %.*s%s%.*s%.*s ticket #%lld%s",
		is_ours ? "Payment expected" : "Due",
		SPAN_ARG(calendar_clean(arena, name, NAME_MAX_BYTES, false)),
		span_is_empty(number) ? "" : " ", SPAN_ARG(number),
		SPAN_ARG(ticket_amount(arena, ticket)), (long long)ticket->id,
		span_equal(ticket->state, SPAN("hold")) ? " [hold]" : "");
}

static struct calendar_item item_of_ticket(
	struct arena *arena, const struct calendar_feed *feed, const struct ticket *ticket)
{
	return (struct calendar_item){
		.uid = arena_format(arena, "ticket-%lld@%s", (long long)ticket->id, feed->instance),
		.title = ticket_title(arena, ticket),
		.description = ticket_description(arena, feed, ticket),
		.day = ticket->due_date,
		.created_ms = ticket->created_ms,
		.changed_ms = ticket->calendar_ms,
		.sequence = ticket->sequence,
	};
}

static struct calendar_item item_of_deal(
	struct arena *arena, const struct calendar_feed *feed, const struct deal *deal)
{
	struct span value =
		deal->has_value ? amount_text(arena, deal->value_cents, deal->currency) : SPAN("");
	struct span owner = feed->shared && deal->owner_name.size > 0
				    ? arena_format(arena, "for %.*s", SPAN_ARG(deal->owner_name))
				    : SPAN("");

	return (struct calendar_item){
		.uid = arena_format(arena, "deal-%lld@%s", (long long)deal->id, feed->instance),
		.title = arena_format(arena, "Expected close: %.*s%.*s deal #%lld",
			SPAN_ARG(calendar_clean(arena, deal->name, NAME_MAX_BYTES, false)),
			SPAN_ARG(value), (long long)deal->id),
		.description = calendar_clean(arena, owner, DESCRIPTION_MAX_BYTES, true),
		.day = deal->expected_close,
		.created_ms = deal->created_ms,
		.changed_ms = deal->calendar_ms,
		.sequence = deal->sequence,
	};
}

/* What one walk over the records needs. */
struct walk {
	struct db *db;
	const struct calendar_feed *feed;
	calendar_each *each;
	void *context;
};

static bool walk_item(const struct walk *walk, const struct calendar_item *item, struct error *err)
{
	const struct calendar_feed *feed = walk->feed;
	struct date day = item->day;

	if (item->start_ms != 0)
		day = zone_local(feed->zone, item->start_ms).date;
	if (date_is_set(day) ? !calendar_in_window(feed, day) : feed->kind != CALENDAR_TASKS)
		return true;
	return walk->each(walk->context, item, err);
}

/*
 * Tasks of a deal are for the colleagues attached to it as well, but nothing comes twice into the
 * feed of a team: neither what is a member's own, nor what an earlier member was attached to.
 */
static bool comes_already(const struct walk *walk, const struct task *task, int64_t user_id,
	bool *already, struct error *err)
{
	const struct calendar_feed *feed = walk->feed;
	CLEANUP(arena_done) struct arena arena = {0};
	struct deal_party *parties;
	size_t count;

	if (!deal_party_list(walk->db, task->deal_id, &arena, &parties, &count, err))
		return false;
	*already = false;
	for (size_t i = 0; i < feed->user_count; i++)
		*already = *already || feed->user_ids[i] == task->assignee_id;
	for (size_t i = 0; i < feed->user_count && feed->user_ids[i] != user_id; i++)
		for (size_t j = 0; j < count; j++)
			*already = *already || feed->user_ids[i] == parties[j].user_id;
	return true;
}

static bool walk_task(const struct walk *walk, const struct task_filter *filter,
	const struct task *task, struct arena *arena, struct error *err)
{
	struct calendar_feed feed = *walk->feed;
	struct calendar_item item;
	bool already = false;

	if (feed.board == CALENDAR_SALES && !task->deal_id)
		return true;
	if (filter->attached && !comes_already(walk, task, filter->assignee_id, &already, err))
		return false;
	feed.shared = feed.shared || filter->attached; /* it says whose it is */
	item = item_of_task(arena, &feed, task);
	return already || walk_item(walk, &item, err);
}

static bool walk_task_pages(const struct walk *walk, struct task_filter filter, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	size_t count;

	filter.state = SPAN("open");
	filter.page.limit = PAGE_ITEMS;
	do {
		struct task *tasks;

		arena_reset(&arena);
		if (!task_list(walk->db, &filter, &arena, &tasks, &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			filter.page.after_id = tasks[i].id;
			if (!walk_task(walk, &filter, &tasks[i], &arena, err))
				return false;
		}
	} while (count == PAGE_ITEMS);
	return true;
}

/* user_id 0: of everybody, and of nobody. */
static bool walk_tasks(const struct walk *walk, int64_t user_id, struct error *err)
{
	struct task_filter own = {.assignee_id = user_id},
			   attached = {.assignee_id = user_id, .attached = true};

	return walk_task_pages(walk, own, err) &&
	       (!user_id || walk_task_pages(walk, attached, err));
}

static bool walk_tickets(const struct walk *walk, int64_t user_id, struct error *err)
{
	struct ticket_filter filter = {
		.state = SPAN("unfinished"), .assignee_id = user_id, .page = {.limit = PAGE_ITEMS}};
	CLEANUP(arena_done) struct arena arena = {0};
	size_t count;

	do {
		struct ticket *tickets;

		arena_reset(&arena);
		if (!ticket_list(walk->db, &filter, &arena, &tickets, &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			struct calendar_item item = item_of_ticket(&arena, walk->feed, &tickets[i]);

			filter.page.after_id = tickets[i].id;
			if (date_is_set(item.day) && !walk_item(walk, &item, err))
				return false;
		}
	} while (count == PAGE_ITEMS);
	return true;
}

static bool owns(const struct calendar_feed *feed, const struct deal *deal)
{
	for (size_t i = 0; i < feed->user_count; i++)
		if (feed->user_ids[i] == deal->owner_id)
			return true;
	return feed->board == CALENDAR_SALES;
}

/* A close is no task: it stands among the events alone. */
static bool walk_deals(const struct walk *walk, struct error *err)
{
	struct deal_filter filter = {.state = SPAN("open"), .page = {.limit = PAGE_ITEMS}};
	CLEANUP(arena_done) struct arena arena = {0};
	size_t count;

	if (walk->feed->kind != CALENDAR_EVENTS)
		return true;
	do {
		struct deal *deals;

		arena_reset(&arena);
		if (!deal_list(walk->db, &filter, &arena, &deals, &count, err))
			return false;
		for (size_t i = 0; i < count; i++) {
			struct calendar_item item = item_of_deal(&arena, walk->feed, &deals[i]);

			filter.page.after_id = deals[i].id;
			if (date_is_set(item.day) && owns(walk->feed, &deals[i]) &&
				!walk_item(walk, &item, err))
				return false;
		}
	} while (count == PAGE_ITEMS);
	return true;
}

typedef bool walk_kind(const struct walk *walk, int64_t user_id, struct error *err);

static bool walk_users(const struct walk *walk, walk_kind *kind, struct error *err)
{
	for (size_t i = 0; i < walk->feed->user_count; i++)
		if (!kind(walk, walk->feed->user_ids[i], err))
			return false;
	return true;
}

bool calendar_items(struct db *db, const struct calendar_feed *feed, calendar_each *each,
	void *context, struct error *err)
{
	const struct walk walk = {db, feed, each, context};

	switch (feed->board) {
	case CALENDAR_NO_BOARD:
		return walk_users(&walk, walk_tasks, err) && walk_users(&walk, walk_tickets, err) &&
		       walk_deals(&walk, err);
	case CALENDAR_SALES:
		return walk_tasks(&walk, 0, err) && walk_deals(&walk, err);
	case CALENDAR_ACTIONS:
		return walk_tasks(&walk, 0, err);
	case CALENDAR_FINANCE:
		return walk_tickets(&walk, 0, err);
	}
	return error_set(err, ERROR_BUG, "calendar: board %d", (int)feed->board);
}
