/* Invites: a mail's event becomes a meeting on the contact, later mails of the event change it. */
#include "ingest_fixture.h"

#define HOUR_MS INT64_C(3600000)

/* Each is one mail more about the same event; expected: the contact's activities, oldest first. */
static const struct step {
	const char *name, *method, *status, *answer, *summary, *recurrence;
	uint32_t sequence;
	int64_t stamp_ms;
	const char *start; /* RFC 3339, NULL: none */
	const char *expected;
} steps[] = {
	{"an answer to what nobody knows is a mail", "REPLY", "", "ACCEPTED", "", "", 0, 1, NULL,
		"mail;"},
	{"the invite", "REQUEST", "CONFIRMED", "", "Plan", "", 0, 5, "2026-12-01T10:00:00+01:00",
		"mail;meeting 2026-12-01T10:00:00+01:00 Plan [2026-12-01T10:00:00+01:00, 60 "
		"minutes];"},
	{"moved", "REQUEST", "CONFIRMED", "", "Plan B", "", 1, 4, "2026-12-02T10:00:00+01:00",
		"mail;meeting 2026-12-02T10:00:00+01:00 Plan B [2026-12-02T10:00:00+01:00, 60 "
		"minutes];mail;"},
	{"older mail that came late", "REQUEST", "", "", "Old", "", 0, 9,
		"2026-12-09T10:00:00+01:00",
		"mail;meeting 2026-12-02T10:00:00+01:00 Plan B [2026-12-02T10:00:00+01:00, 60 "
		"minutes];mail;mail;"},
	{"answered", "REPLY", "", "DECLINED", "", "", 1, 6, NULL,
		"mail;meeting 2026-12-02T10:00:00+01:00 Plan B [2026-12-02T10:00:00+01:00, 60 "
		"minutes/answered: DECLINED];mail;mail;mail;"},
	{"cancelled", "CANCEL", "CANCELLED", "", "Plan B", "", 2, 7, "2026-12-02T10:00:00+01:00",
		"mail;meeting 2026-12-02T10:00:00+01:00 Plan B [2026-12-02T10:00:00+01:00, 60 "
		"minutes/cancelled];mail;mail;mail;mail;"},
	{"one of the series is another meeting", "REQUEST", "", "", "Extra", "20261203T090000Z", 0,
		1, "2026-12-03T10:00:00+01:00",
		"mail;meeting 2026-12-02T10:00:00+01:00 Plan B [2026-12-02T10:00:00+01:00, 60 "
		"minutes/cancelled];mail;mail;mail;mail;meeting 2026-12-03T10:00:00+01:00 Extra "
		"[2026-12-03T10:00:00+01:00, 60 minutes];"},
};

static void append_activity(struct buffer *out, const struct activity *activity)
{
	char time[CLOCK_RFC3339_SIZE];

	buffer_append(out, activity->kind);
	if (span_equal(activity->kind, SPAN("meeting"))) {
		buffer_format(out, " %s %.*s [",
			clock_rfc3339(activity->at_ms,
				zone_local("Europe/Berlin", activity->at_ms).offset_minutes, time),
			SPAN_ARG(activity->subject));
		for (size_t i = 0; i < activity->body.size; i++)
			buffer_append_byte(
				out, activity->body.data[i] == '\n' ? '/' : activity->body.data[i]);
		buffer_append_byte(out, ']');
	}
	buffer_append_byte(out, ';');
}

static void check_activities(struct desk *d, int64_t contact, const struct step *step)
{
	const struct activity_filter filter = {.contact_id = contact};
	struct buffer got = {0};
	struct arena arena = {0};
	struct activity *rows;
	size_t count;
	struct error err;

	assert_true(activity_list(d->store.db, &filter, &arena, &rows, &count, &err));
	for (int64_t id = 1, left = (int64_t)count; left > 0; id++)
		for (size_t i = 0; i < count; i++)
			if (rows[i].id == id) {
				append_activity(&got, &rows[i]);
				left--;
			}
	if (strcmp(buffer_string(&got), step->expected) != 0)
		fail_msg("%s: got  %s\nwant %s", step->name, buffer_string(&got), step->expected);
	buffer_done(&got);
	arena_done(&arena);
}

static void test_steps(void **state)
{
	struct desk *d = *state;
	int64_t contact = desk_contact(d, "Erik Wit", "erik@wit.example", 0);

	for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
		const struct step *step = &steps[i];
		struct facts_attendee attendee = {
			SPAN("erik@wit.example"), span_from(step->answer)};
		struct facts_invite invite = {
			.uid = SPAN("meet-1@wit.example"),
			.recurrence_id = span_from(step->recurrence),
			.method = span_from(step->method),
			.status = span_from(step->status),
			.summary = span_from(step->summary),
			.sequence = step->sequence,
			.stamp_ms = step->stamp_ms,
			.time_certain = true,
			.attendees = &attendee,
			.attendee_count = 1,
		};
		char id[32];

		if (step->start) {
			invite.start = (struct facts_time){true, desk_time(step->start), 60};
			invite.end = invite.start;
			invite.end.instant_ms += HOUR_MS;
		}
		snprintf(id, sizeof id, "i%zu@wit.example", i);
		struct letter letter = {.id = id,
			.from = "Anna <anna@example.org>",
			.to = "crm@example.org",
			.subject = id,
			.original_from = "Erik <erik@wit.example>",
			.original_subject = "meeting",
			.envelope = "crm@example.org",
			.invites = &invite,
			.invite_count = 1};
		assert_string_equal(desk_state(d, desk_post(d, "crm", &letter)), "filed");
		check_activities(d, contact, step);
	}
}

/* The mail goes to one of those who are invited; the others get the meeting where they are known.
 */
static void test_attendees(void **state)
{
	struct desk *d = *state;
	struct facts_attendee attendees[] = {{SPAN("erik@wit.example"), SPAN("NEEDS-ACTION")},
		{SPAN("lea@blau.example"), SPAN("NEEDS-ACTION")},
		{SPAN("nobody@gelb.example"), SPAN("NEEDS-ACTION")},
		{SPAN("anna@example.org"), SPAN("ACCEPTED")}};
	struct facts_invite invite = {.uid = SPAN("meet-2@example.org"),
		.method = SPAN("REQUEST"),
		.summary = SPAN("Plan"),
		.stamp_ms = 1,
		.time_certain = true,
		.organizer = SPAN("anna@example.org"),
		.attendees = attendees,
		.attendee_count = 4};
	struct letter letter = {.id = "m2@example.org",
		.from = "Anna <anna@example.org>",
		.to = "Erik <erik@wit.example>",
		.subject = "Plan",
		.envelope = "crm@example.org",
		.invites = &invite,
		.invite_count = 1};

	desk_contact(d, "Erik Wit", "erik@wit.example", 0);
	desk_contact(d, "Lea Blau", "lea@blau.example", 0);
	invite.start = invite.end =
		(struct facts_time){true, desk_time("2026-12-01T10:00:00+01:00"), 60};
	int64_t message = desk_post(d, "crm", &letter);
	assert_string_equal(desk_state(d, message), "filed");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM activity WHERE kind = 'meeting'"), 2);
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved"), 0);
	/* nobody else is named: whoever is invited is asked for */
	letter.id = "m3@example.org";
	letter.to = "crm@example.org";
	invite.uid = SPAN("meet-3@example.org");
	attendees[0].address = attendees[1].address = SPAN("nobody@gelb.example");
	message = desk_post(d, "crm", &letter);
	assert_string_equal(desk_state(d, message), "waiting");
	assert_int_equal(desk_count(d, "SELECT count(*) FROM unresolved"), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_steps, desk_open, desk_close),
		cmocka_unit_test_setup_teardown(test_attendees, desk_open, desk_close)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
