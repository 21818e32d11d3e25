/* The rules of docs/calendar.md, on the bytes that clients get. */
#include "store_fixture.h"

#include "base/zone.h"
#include "calendar/feed.h"
#include "store/contact.h"
#include "store/task.h"
#include "store/ticket.h"
#include "store/user.h"

#define INSTANCE "crm.example.org"

static int64_t anna(struct fixture *f)
{
	int64_t id;

	must(f, user_ensure(f->db, SPAN("anna"), SPAN("Anna Smit"), &id, &f->err));
	return id;
}

static int64_t add_task(struct fixture *f, struct task task)
{
	bool added;
	int64_t id;

	task.kind = SPAN("task");
	task.state = span_is_empty(task.state) ? SPAN("open") : task.state;
	must(f, task_add(&f->operation, &task, &id, &added, &f->err));
	return id;
}

static struct calendar_feed feed_of(enum calendar_kind kind, const int64_t *user)
{
	return (struct calendar_feed){
		.kind = kind,
		.title = SPAN("Anna"),
		.instance = INSTANCE,
		.zone = "Europe/Amsterdam",
		.user_ids = user,
		.user_count = 1,
		.today = {2026, 11, 21},
		.before_days = CALENDAR_BEFORE_DAYS,
		.after_days = CALENDAR_AFTER_DAYS,
		.follow_up_length_ms = 30 * 60000,
	};
}

static const char *rendered(struct fixture *f, const struct calendar_feed *feed, struct buffer *out)
{
	size_t items;

	buffer_clear(out);
	must(f, calendar_render(f->db, feed, out, &items, &f->err));
	return buffer_string(out);
}

#define assert_has(text, piece)                                         \
	do {                                                            \
		if (!strstr((text), (piece)))                           \
			fail_msg("no \"%s\" in:\n%s", (piece), (text)); \
	} while (0)
#define assert_has_not(text, piece)                                  \
	do {                                                         \
		if (strstr((text), (piece)))                         \
			fail_msg("\"%s\" in:\n%s", (piece), (text)); \
	} while (0)

static size_t times(const char *text, const char *piece)
{
	size_t count = 0;

	for (; (text = strstr(text, piece)); text += strlen(piece))
		count++;
	return count;
}

/* Rules 1, 2, 6, 7, 9, 11: each shape of task in each kind of calendar. */
static void test_shapes(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	int64_t user;
	struct calendar_feed events, tasks;
	const char *text;

	fixture_begin(f, "task add");
	user = anna(f);
	add_task(f, (struct task){.title = SPAN("Call Pieter"),
			    .assignee_id = user,
			    .due_date = {2026, 12, 5}});
	add_task(f, (struct task){.title = SPAN("Meet"),
			    .assignee_id = user,
			    .due_ms = zone_instant(
				    "Europe/Amsterdam", (struct date){2026, 12, 5}, 9, 30, 0)});
	add_task(f, (struct task){.title = SPAN("Some day"), .assignee_id = user});
	fixture_commit(f);
	events = feed_of(CALENDAR_EVENTS, &user);
	tasks = feed_of(CALENDAR_TASKS, &user);

	text = rendered(f, &events, &out);
	assert_has(text, "UID:task-1@" INSTANCE "\r\n");
	assert_has(text, "SUMMARY:Call Pieter #1\r\n");
	assert_has(text, "DTSTART;VALUE=DATE:20261205\r\n");
	assert_has(text, "DTEND;VALUE=DATE:20261206\r\n");
	assert_has(text, "DTSTART:20261205T083000Z\r\n");
	assert_has(text, "DTEND:20261205T090000Z\r\n");
	assert_has(text, "TRANSP:TRANSPARENT\r\n");
	assert_has(text, "DTSTAMP:19700101T000001Z\r\n");
	assert_has(text, "LAST-MODIFIED:19700101T000001Z\r\n");
	assert_has(text, "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n");
	assert_has(text, "X-PUBLISHED-TTL:PT1H\r\n");
	assert_has(text, "NAME:Anna\r\nX-WR-CALNAME:Anna\r\n");
	assert_has(text, "METHOD:PUBLISH\r\n");
	assert_has_not(text, "VTODO");
	assert_has_not(text, "Some day");
	assert_has_not(text, "VALARM");
	assert_int_equal(times(text, "BEGIN:VEVENT"), 2);
	assert_int_equal(strncmp(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", 30), 0);
	assert_string_equal(text + strlen(text) - 15, "END:VCALENDAR\r\n");

	text = rendered(f, &tasks, &out);
	assert_has(text, "DUE;VALUE=DATE:20261205\r\n");
	assert_has(text, "DUE:20261205T083000Z\r\n");
	assert_has(text, "SUMMARY:Some day #3\r\n");
	assert_has_not(text, "VEVENT");
	assert_int_equal(times(text, "BEGIN:VTODO"), 3);

	events.alarms = true;
	assert_int_equal(times(rendered(f, &events, &out), "BEGIN:VALARM"), 2);
	events.alarms = false;
	events.local_times = true;
	text = rendered(f, &events, &out);
	assert_has(text, "BEGIN:VTIMEZONE\r\n");
	assert_has(text, "TZID:Europe/Amsterdam\r\n");
	assert_has(text, "DTSTART;TZID=Europe/Amsterdam:20261205T093000\r\n");
}

/* Rule 6: with a zone too, an hour that comes twice is in UTC, in which it is one. */
static void test_hour_that_comes_twice(void **state)
{
	static const char *const lines[] = {
		"DTSTART;TZID=Europe/Amsterdam:20261025T013000\r\nDTEND:20261025T000000Z\r\n",
		"DTSTART:20261025T003000Z\r\nDTEND:20261025T010000Z\r\n",
		"DTSTART:20261025T013000Z\r\nDTEND;TZID=Europe/Amsterdam:20261025T030000\r\n",
		"DTSTART;TZID=Europe/Amsterdam:20261025T033000\r\n",
	};
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	int64_t user, first_ms = zone_instant("UTC", (struct date){2026, 10, 24}, 23, 30, 0);
	struct calendar_feed feed;

	fixture_begin(f, "task add");
	user = anna(f);
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
		add_task(f, (struct task){.title = SPAN("Call"),
				    .assignee_id = user,
				    .due_ms = first_ms + (int64_t)i * 3600000});
	fixture_commit(f);
	feed = feed_of(CALENDAR_EVENTS, &user);
	feed.local_times = true;
	rendered(f, &feed, &out);
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++)
		assert_has(out.data, lines[i]);
}

/* Rule 7: the day after a leap day, the end of February and of the year. */
static void test_ends_of_months(void **state)
{
	static const struct {
		struct date today, day;
		const char *lines;
	} cases[] = {
		{{2028, 2, 10}, {2028, 2, 29}, "DATE:20280229\r\nDTEND;VALUE=DATE:20280301\r\n"},
		{{2028, 2, 10}, {2028, 2, 28}, "DATE:20280228\r\nDTEND;VALUE=DATE:20280229\r\n"},
		{{2028, 2, 29}, {2028, 3, 1}, "DATE:20280301\r\nDTEND;VALUE=DATE:20280302\r\n"},
		{{2027, 2, 10}, {2027, 2, 28}, "DATE:20270228\r\nDTEND;VALUE=DATE:20270301\r\n"},
		{{2026, 12, 1}, {2026, 12, 31}, "DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"},
		/* the window from and to a leap day */
		{{2028, 2, 29}, {2028, 1, 30}, "DATE:20280130\r\n"},
		{{2028, 2, 29}, {2029, 4, 4}, "DATE:20290404\r\n"},
		{{2028, 3, 30}, {2028, 2, 29}, "DATE:20280229\r\n"},
	};
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	int64_t user;
	struct calendar_feed feed;

	fixture_begin(f, "task add");
	user = anna(f);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
		add_task(f, (struct task){.title = SPAN("Call"),
				    .assignee_id = user,
				    .due_date = cases[i].day});
	fixture_commit(f);
	feed = feed_of(CALENDAR_EVENTS, &user);
	for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
		feed.today = cases[i].today;
		rendered(f, &feed, &out);
		assert_has(out.data, cases[i].lines);
	}
}

/* Rule 13 and 12: nothing in a title or note makes a new line or a long one. */
static void test_hostile_text(void **state)
{
	static const char *const titles[] = {
		"evil\r\nATTENDEE:mailto:x@example.org",
		"evil\nEND:VEVENT\nBEGIN:VEVENT",
		"evil\rX:1",
		"esc \x1b[31m and \xc2\x9b and \x7f and \x01",
		"semi;comma,colon:quote\"back\\slash",
		"evil\xe2\x80\xa8"
		"END:VCALENDAR\xe2\x80\xa9"
		"X-EVIL:1",
		"\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4"
		"\xc3\xb6"
		"\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc"
		"\xc3\xa4"
		"\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6"
		"\xc3\xbc",
		"\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85"
		"\xf0\x9f"
		"\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f"
		"\x93\x85"
		"\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85\xf0\x9f\x93\x85"
		"\xf0\x9f",
	};
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	int64_t user;
	struct calendar_feed feed;
	struct span rest, line;

	fixture_begin(f, "task add");
	user = anna(f);
	for (size_t i = 0; i < ARRAY_COUNT(titles); i++)
		add_task(f, (struct task){.title = span_from(titles[i]),
				    .note = span_from(titles[i]),
				    .assignee_id = user,
				    .due_date = {2026, 12, 1}});
	fixture_commit(f);
	feed = feed_of(CALENDAR_EVENTS, &user);
	feed.title = SPAN("evil\r\nX-EVIL:1");
	rendered(f, &feed, &out);
	assert_int_equal(times(out.data, "\nATTENDEE"), 0);
	assert_int_equal(times(out.data, "\nX-EVIL"), 0);
	assert_int_equal(times(out.data, "\nX:1"), 0);
	assert_int_equal(times(out.data, "\nBEGIN:VEVENT\r\n"), ARRAY_COUNT(titles));
	assert_int_equal(times(out.data, "\xe2\x80\xa8") + times(out.data, "\xe2\x80\xa9"), 0);
	assert_has(out.data, "SUMMARY:evil END:VCALENDAR X-EVIL:1 #6\r\n");
	assert_has(out.data, "evil\\nEND:VCALENDAR\\nX-EVIL:1\r\n");
	assert_has(out.data, "SUMMARY:semi\\;comma\\,colon:quote\"back\\\\slash #5\r\n");
	rest = buffer_span(&out);
	while (span_next(&rest, '\n', &line)) {
		if (line.size == 0)
			break;
		assert_int_equal(line.data[line.size - 1], '\r');
		assert_true(line.size - 1 <= 75);
		for (size_t i = 0; i + 1 < line.size; i++)
			assert_true((unsigned char)line.data[i] >= ' ' && line.data[i] != 0x7f);
		/* folded between code points: no line begins with a continuation byte */
		assert_true(((unsigned char)line.data[line.data[0] == ' '] & 0xc0) != 0x80);
	}
}

/* Rules 3, 4, 5 and 14. */
static void test_changes(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer first = {0}, second = {0};
	int64_t user, id;
	struct calendar_feed feed;
	struct task task;
	bool found;

	fixture_begin(f, "task add");
	user = anna(f);
	id = add_task(
		f, (struct task){
			   .title = SPAN("Call"), .assignee_id = user, .due_date = {2026, 12, 5}});
	add_task(f,
		(struct task){
			.title = SPAN("Too old"), .assignee_id = user, .due_date = {2026, 10, 21}});
	add_task(f,
		(struct task){
			.title = SPAN("Too far"), .assignee_id = user, .due_date = {2027, 12, 27}});
	add_task(f, (struct task){.title = SPAN("Last day"),
			    .assignee_id = user,
			    .due_date = {2027, 12, 26}});
	add_task(f, (struct task){.title = SPAN("Done"),
			    .state = SPAN("done"),
			    .assignee_id = user,
			    .due_date = {2026, 12, 5}});
	fixture_commit(f);
	feed = feed_of(CALENDAR_EVENTS, &user);
	rendered(f, &feed, &first);
	assert_string_equal(rendered(f, &feed, &second), buffer_string(&first));
	assert_has(first.data, "SEQUENCE:0");
	assert_has(first.data, "Last day");
	assert_int_equal(times(first.data, "BEGIN:VEVENT"), 2);

	must(f, task_get(f->db, id, &f->arena, &task, &found, &f->err));
	must(f, db_begin_write(f->db, &f->err));
	must(f, operation_begin(
			f->db, "anna", "task edit", SPAN(""), 5000, &f->operation, &f->err));
	must(f, task_edit(&f->operation, &task, &f->err));
	fixture_commit(f);
	assert_string_equal(rendered(f, &feed, &second), buffer_string(&first));

	task.due_date = (struct date){2026, 12, 6};
	must(f, db_begin_write(f->db, &f->err));
	must(f, operation_begin(
			f->db, "anna", "task edit", SPAN(""), 5000, &f->operation, &f->err));
	must(f, task_edit(&f->operation, &task, &f->err));
	fixture_commit(f);
	rendered(f, &feed, &second);
	assert_has(second.data, "SEQUENCE:1");
	assert_has(second.data, "LAST-MODIFIED:19700101T000005Z");
	assert_has(second.data, "DTEND;VALUE=DATE:20261207");

	task.state = SPAN("done");
	fixture_begin(f, "task done");
	must(f, task_edit(&f->operation, &task, &f->err));
	fixture_commit(f);
	assert_has_not(rendered(f, &feed, &second), "SUMMARY:Call");
}

/* ---------------------------------------------------------------- what a change changes */

enum effect { NO_BYTE, TEXT_ALONE, SEQUENCE, GONE };

struct subjects {
	struct task task;
	struct ticket ticket;
	struct contact contact;
};

static void task_note(struct subjects *s)
{
	s->task.note = SPAN("ask for Pieter");
}
static void task_keep(struct subjects *s)
{
	s->task.keep = true;
}
static void task_title(struct subjects *s)
{
	s->task.title = SPAN("Call again");
}
static void task_day(struct subjects *s)
{
	s->task.due_date = (struct date){2026, 12, 6};
}
static void task_instant(struct subjects *s)
{
	s->task.due_date = (struct date){0};
	s->task.due_ms = zone_instant("Europe/Amsterdam", (struct date){2026, 12, 6}, 9, 0, 0);
}
static void task_done(struct subjects *s)
{
	s->task.state = SPAN("done");
}
static void task_cancelled(struct subjects *s)
{
	s->task.state = SPAN("cancelled");
}
static void task_given_away(struct subjects *s)
{
	s->task.assignee_id = 0;
}
static void task_far_away(struct subjects *s)
{
	s->task.due_date = (struct date){2036, 1, 1};
}
static void contact_phone(struct subjects *s)
{
	s->contact.phone = SPAN("+31 20 1234567");
}
static void contact_name(struct subjects *s)
{
	s->contact.name = SPAN("Pieter de Vries");
}
static void contact_mark(struct subjects *s)
{
	s->contact.do_not_contact = true;
}
static void ticket_iban(struct subjects *s)
{
	s->ticket.iban = SPAN("DE02120300000000202051");
}
static void ticket_reminded(struct subjects *s)
{
	s->ticket.reminded_ms = 4000;
}
static void ticket_issued(struct subjects *s)
{
	s->ticket.issue_date = (struct date){2026, 11, 1};
}
static void ticket_number(struct subjects *s)
{
	s->ticket.number = SPAN("PP-2042");
}
static void ticket_amount(struct subjects *s)
{
	s->ticket.payable_cents = 100;
}
static void ticket_due(struct subjects *s)
{
	s->ticket.due_date = (struct date){2026, 12, 24};
}
static void ticket_hold(struct subjects *s)
{
	s->ticket.state = SPAN("hold");
}
static void ticket_reason(struct subjects *s)
{
	s->ticket.hold_reason = SPAN("another IBAN");
}
static void ticket_paid(struct subjects *s)
{
	s->ticket.state = SPAN("paid");
}
static void nothing(struct subjects *s)
{
	(void)s;
}

static void subjects_write(struct fixture *f, struct subjects *s, int64_t at_ms)
{
	must(f, db_begin_write(f->db, &f->err));
	must(f, operation_begin(f->db, "anna", "edit", SPAN(""), at_ms, &f->operation, &f->err));
	must(f, contact_edit(&f->operation, &s->contact, &f->err));
	must(f, task_edit(&f->operation, &s->task, &f->err));
	must(f, ticket_edit(&f->operation, &s->ticket, &f->err));
	fixture_commit(f);
}

static struct subjects subjects_add(struct fixture *f)
{
	struct subjects s = {.contact = {.name = SPAN("Pieter Jansen")}};
	int64_t user, contact, task, ticket;
	bool found;

	fixture_begin(f, "add");
	user = anna(f);
	must(f, contact_add(&f->operation, &s.contact, &contact, &f->err));
	task = add_task(f, (struct task){.title = SPAN("Call"),
				   .assignee_id = user,
				   .contact_id = contact,
				   .due_date = {2026, 12, 5}});
	s.ticket = (struct ticket){.direction = SPAN("payable"),
		.kind = SPAN("invoice"),
		.state = SPAN("open"),
		.title = SPAN("Invoice"),
		.supplier_name = SPAN("Pixel Power BV"),
		.number = SPAN("PP-2041"),
		.currency = SPAN("EUR"),
		.payable_cents = 48400,
		.has_payable = true,
		.assignee_id = user,
		.due_date = {2026, 12, 20}};
	must(f, ticket_add(&f->operation, &s.ticket, &ticket, &f->err));
	fixture_commit(f);
	must(f, contact_get(f->db, contact, &f->arena, &s.contact, &found, &f->err));
	must(f, task_get(f->db, task, &f->arena, &s.task, &found, &f->err));
	must(f, ticket_get(f->db, ticket, &f->arena, &s.ticket, &found, &f->err));
	return s;
}

/* Rules 2, 3 and 5: what shows raises, what does not show changes no byte, what is over is gone. */
static void test_effects(void **state)
{
	static const struct {
		const char *name;
		void (*change)(struct subjects *s);
		enum effect effect;
	} rows[] = {
		{"nothing", nothing, NO_BYTE},
		{"a note", task_note, TEXT_ALONE},
		{"survives a reply", task_keep, NO_BYTE},
		{"title", task_title, SEQUENCE},
		{"day", task_day, SEQUENCE},
		{"a time instead of a day", task_instant, SEQUENCE},
		{"done", task_done, GONE},
		{"cancelled", task_cancelled, GONE},
		{"somebody else's", task_given_away, GONE},
		{"out of the window", task_far_away, GONE},
		{"the contact's phone", contact_phone, NO_BYTE},
		{"the contact's name", contact_name, TEXT_ALONE},
		{"do not contact", contact_mark, SEQUENCE},
		{"IBAN", ticket_iban, NO_BYTE},
		{"a reminder", ticket_reminded, NO_BYTE},
		{"issued", ticket_issued, NO_BYTE},
		{"number", ticket_number, SEQUENCE},
		{"amount", ticket_amount, SEQUENCE},
		{"due", ticket_due, SEQUENCE},
		{"hold", ticket_hold, SEQUENCE},
		{"the reason of a hold", ticket_reason, TEXT_ALONE},
		{"paid", ticket_paid, GONE},
	};
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer first = {0}, second = {0};

	for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
		struct subjects s = subjects_add(f);
		int64_t user = s.task.assignee_id;
		struct calendar_feed feed = feed_of(CALENDAR_EVENTS, &user);
		bool same, raised, moved, gone;

		rendered(f, &feed, &first);
		rows[i].change(&s);
		subjects_write(f, &s, 5000);
		rendered(f, &feed, &second);
		same = strcmp(first.data, second.data) == 0;
		raised = strstr(second.data, "SEQUENCE:1\r\n") != NULL;
		moved = strstr(second.data, "LAST-MODIFIED:19700101T000005Z") != NULL;
		gone = times(second.data, "BEGIN:VEVENT") < times(first.data, "BEGIN:VEVENT");
		if (same != (rows[i].effect == NO_BYTE) || raised != (rows[i].effect == SEQUENCE) ||
			moved != (rows[i].effect == SEQUENCE || rows[i].effect == TEXT_ALONE) ||
			gone != (rows[i].effect == GONE))
			fail_msg("%s: same %d raised %d moved %d gone %d\n%s", rows[i].name, same,
				raised, moved, gone, second.data);
		/* out of the way of the next row */
		s.task.state = SPAN("done");
		s.ticket.state = SPAN("paid");
		subjects_write(f, &s, 6000);
	}
}

/* Rule 8: across the end of summer time each run stays at ten o'clock. */
static void test_weekly(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	int64_t user;
	struct calendar_feed feed;

	fixture_begin(f, "user");
	user = anna(f);
	fixture_commit(f);
	feed = feed_of(CALENDAR_EVENTS, &user);
	feed.weekly = (struct calendar_weekly){.present = true,
		.name = SPAN("finance-run"),
		.title = SPAN("Finance run"),
		.on = THURSDAY,
		.hour = 10,
		.length_ms = 3600000,
		.zone = "Europe/Amsterdam",
		.changed_ms = 86400000,
		.sequence = 3};
	rendered(f, &feed, &out);
	assert_has(out.data, "UID:finance-run-2026-11-26@" INSTANCE "\r\n");
	assert_has(out.data, "DTSTART:20261126T090000Z\r\n");
	assert_has(out.data, "SEQUENCE:3\r\n");
	assert_has(out.data, "DTSTART:20270401T080000Z\r\n");
	assert_has_not(out.data, "RRULE");
	assert_int_equal(times(out.data, "BEGIN:VEVENT"), 62);
	/* the same instants for somebody whose days begin elsewhere */
	feed.zone = "America/New_York";
	assert_has(rendered(f, &feed, &out), "DTSTART:20261126T090000Z\r\n");
	feed.kind = CALENDAR_TASKS;
	assert_has_not(rendered(f, &feed, &out), "Finance run");
}

static void test_ticket(void **state)
{
	struct fixture *f = *state;
	CLEANUP(buffer_done) struct buffer out = {0};
	int64_t user, id;
	struct calendar_feed feed;
	struct ticket ticket = {.direction = SPAN("payable"),
		.kind = SPAN("invoice"),
		.state = SPAN("open"),
		.title = SPAN("Invoice PP-2041"),
		.supplier_name = SPAN("Pixel Power BV"),
		.number = SPAN("PP-2041"),
		.currency = SPAN("EUR"),
		.payable_cents = 48400,
		.has_payable = true,
		.due_date = {2026, 12, 20}};

	fixture_begin(f, "ticket add");
	user = ticket.assignee_id = anna(f);
	must(f, ticket_add(&f->operation, &ticket, &id, &f->err));
	fixture_commit(f);
	feed = feed_of(CALENDAR_TASKS, &user);
	rendered(f, &feed, &out);
	assert_has(out.data, "SUMMARY:Due: Pixel Power BV PP-2041 484.00 EUR ticket #1\r\n");
	assert_has(out.data, "UID:ticket-1@" INSTANCE "\r\n");
	assert_has(out.data, "DUE;VALUE=DATE:20261220\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_shapes, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(
			test_hour_that_comes_twice, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_ends_of_months, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_hostile_text, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_changes, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_effects, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_weekly, fixture_open, fixture_close),
		cmocka_unit_test_setup_teardown(test_ticket, fixture_open, fixture_close),
	};

	return cmocka_run_group_tests_name("calendar_feed", tests, NULL, NULL);
}
