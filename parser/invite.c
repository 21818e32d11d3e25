#include "parser/invite.h"

#include <libical/ical.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "parser/limits.h"
#include "parser/zone_name.h"

#define DAY_MS INT64_C(86400000)

struct reader {
	struct arena *arena;
	struct defects *defects;
	struct facts *facts;
};

void invite_init(void)
{
	icalerror_set_errors_are_fatal(false);
	ical_set_unknown_token_handling_setting(ICAL_ASSUME_IANA_TOKEN);
}

/* ---------------------------------------------------------------- bounds */

/* libical recurses on nested components and is slow on what is long. */
static bool is_bounded(struct span text)
{
	struct span rest = text, line;
	size_t lines = 0, depth = 0;

	if (text.size > CALENDAR_BYTES_MAX)
		return false;
	while (span_next_line(&rest, &line)) {
		if (++lines > CALENDAR_LINES_MAX)
			return false;
		if (span_starts_fold(span_trim(line), SPAN("BEGIN:")) &&
			++depth > CALENDAR_NESTING_MAX)
			return false;
		if (span_starts_fold(span_trim(line), SPAN("END:")) && depth > 0)
			depth--;
	}
	return true;
}

/* ---------------------------------------------------------------- values */

static struct span own(struct reader *reader, char *text)
{
	struct span copy = text ? arena_copy(reader->arena, span_from(text)) : (struct span){0};

	free(text);
	return span_trim(text_cut(text_clean(reader->arena, copy), CALENDAR_VALUE_BYTES_MAX));
}

static struct span property_text(
	struct reader *reader, icalcomponent *component, icalproperty_kind kind)
{
	icalproperty *property = icalcomponent_get_first_property(component, kind);
	icalvalue *value = property ? icalproperty_get_value(property) : NULL;

	if (!value)
		return (struct span){0};
	/* text without its escapes */
	if (icalvalue_isa(value) == ICAL_TEXT_VALUE)
		return own(reader, strdup(icalvalue_get_text(value)));
	return own(reader, icalproperty_get_value_as_string_r(property));
}

static struct span parameter_text(
	struct reader *reader, icalproperty *property, icalparameter_kind kind)
{
	icalparameter *parameter = icalproperty_get_first_parameter(property, kind);
	const char *text = NULL;

	if (!parameter)
		return (struct span){0};
	if (kind == ICAL_TZID_PARAMETER)
		text = icalparameter_get_tzid(parameter);
	else if (kind == ICAL_SENTBY_PARAMETER)
		text = icalparameter_get_sentby(parameter);
	return text ? own(reader, strdup(text)) : (struct span){0};
}

static struct span without_mailto(struct span address)
{
	if (span_starts_fold(address, SPAN("mailto:")))
		address = span_trim(span_after(address, 7));
	return span_find_byte(address, '@') > 0 && address.size <= ADDRESS_BYTES_MAX
		       ? address
		       : (struct span){0};
}

/* libical calls 20269999T999999Z valid. */
static bool is_time(const struct icaltimetype *time)
{
	struct date date = {time->year, time->month, time->day};

	return date_is_valid(date) && time->hour >= 0 && time->hour < 24 && time->minute >= 0 &&
	       time->minute < 60 && time->second >= 0 && time->second <= 60;
}

static int64_t wall_ms(const struct icaltimetype *time)
{
	int64_t days = date_to_days((struct date){time->year, time->month, time->day});

	return days * DAY_MS +
	       ((time->hour * 60 + time->minute) * INT64_C(60) + time->second) * 1000;
}

/* ---------------------------------------------------------------- zones */

/* A rule of a zone that comes once a year; others could be expanded for ever. */
static bool is_harmless_rule(icalproperty *property)
{
	char *text = icalproperty_get_value_as_string_r(property);
	struct span rule = span_from(text);
	bool harmless = rule.size < ZONE_RULE_BYTES_MAX &&
			span_find_fold(rule, SPAN("FREQ=YEARLY")) >= 0 &&
			span_find_fold(rule, SPAN("BYSECOND")) < 0 &&
			span_find_fold(rule, SPAN("BYMINUTE")) < 0 &&
			span_find_fold(rule, SPAN("BYHOUR")) < 0;

	free(text);
	return harmless;
}

static bool is_harmless_zone(icalcomponent *zone)
{
	size_t observances = 0;

	for (icalcomponent *part = icalcomponent_get_first_component(zone, ICAL_ANY_COMPONENT);
		part; part = icalcomponent_get_next_component(zone, ICAL_ANY_COMPONENT)) {
		icalproperty *rule = icalcomponent_get_first_property(part, ICAL_RRULE_PROPERTY);

		if (++observances > ZONE_OBSERVANCES_MAX)
			return false;
		for (; rule; rule = icalcomponent_get_next_property(part, ICAL_RRULE_PROPERTY))
			if (!is_harmless_rule(rule))
				return false;
	}
	return true;
}

/* The VTIMEZONE of that name in the calendar; NULL: none that can be used. */
static icaltimezone *embedded_zone(struct reader *reader, icalcomponent *calendar, struct span name)
{
	icaltimezone *zone =
		icalcomponent_get_timezone(calendar, arena_string(reader->arena, name));

	return zone && is_harmless_zone(icaltimezone_get_component(zone)) ? zone : NULL;
}

/* ---------------------------------------------------------------- times */

struct moment {
	bool present, all_day, certain;
	struct date date;	/* all_day */
	struct facts_time time; /* else */
	struct span zone;	/* IANA name, empty: none or unknown */
};

static struct moment read_moment(struct reader *reader, icalcomponent *calendar,
	icalcomponent *event, icalproperty_kind kind)
{
	icalproperty *property = icalcomponent_get_first_property(event, kind);
	icalvalue *value = property ? icalproperty_get_value(property) : NULL;
	struct moment moment = {0};

	if (!value || (icalvalue_isa(value) != ICAL_DATETIME_VALUE &&
			      icalvalue_isa(value) != ICAL_DATE_VALUE))
		return moment;
	struct icaltimetype time = icalvalue_isa(value) == ICAL_DATE_VALUE
					   ? icalvalue_get_date(value)
					   : icalvalue_get_datetime(value);
	if (!is_time(&time))
		return moment;
	moment.present = true;
	moment.date = (struct date){time.year, time.month, time.day};
	moment.all_day = time.is_date;
	moment.certain = moment.all_day || icaltime_is_utc(time);
	moment.time = (struct facts_time){.present = true, .instant_ms = wall_ms(&time)};
	struct span name = parameter_text(reader, property, ICAL_TZID_PARAMETER);
	if (moment.certain || name.size == 0)
		return moment;
	icaltimezone *zone = embedded_zone(reader, calendar, name);
	moment.zone = zone_name_of(name);
	if (zone) {
		int is_daylight, seconds = icaltimezone_get_utc_offset(zone, &time, &is_daylight);

		if (seconds > -86400 && seconds < 86400) {
			moment.certain = true;
			moment.time.offset_minutes = seconds / 60;
			moment.time.instant_ms -= INT64_C(60000) * moment.time.offset_minutes;
		}
	}
	return moment;
}

/* DTEND, else DTSTART and DURATION (RFC 5545 section 3.6.1). */
static struct moment read_end(struct reader *reader, icalcomponent *calendar, icalcomponent *event,
	const struct moment *start)
{
	struct moment end = read_moment(reader, calendar, event, ICAL_DTEND_PROPERTY);
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);

	if (end.present || !start->present || !property)
		return end;
	struct icaldurationtype duration = icalproperty_get_duration(property);
	int64_t seconds = icaldurationtype_as_int(duration);
	if (icaldurationtype_is_bad_duration(duration) || seconds < 0)
		return end;
	end = *start;
	end.time.instant_ms += seconds * 1000;
	if (end.all_day)
		end.date = date_from_days(date_to_days(start->date) + seconds / 86400);
	return end;
}

static void set_times(
	struct facts_invite *invite, const struct moment *start, const struct moment *end)
{
	invite->all_day = start->all_day;
	invite->zone = start->zone;
	invite->time_certain = start->present && start->certain;
	if (start->all_day) {
		invite->start_date = start->date;
		/* RFC 5545: the day behind the last; a single day has no end or the same */
		invite->end_date = end->present && end->all_day ? end->date : start->date;
		return;
	}
	invite->start = start->present ? start->time : (struct facts_time){0};
	if (end->present && !end->all_day)
		invite->end = end->time;
}

/* ---------------------------------------------------------------- events */

static struct span status_name(icalproperty *attendee)
{
	icalparameter *parameter =
		icalproperty_get_first_parameter(attendee, ICAL_PARTSTAT_PARAMETER);

	switch (parameter ? icalparameter_get_partstat(parameter) : ICAL_PARTSTAT_NEEDSACTION) {
	case ICAL_PARTSTAT_ACCEPTED:
		return SPAN("ACCEPTED");
	case ICAL_PARTSTAT_DECLINED:
		return SPAN("DECLINED");
	case ICAL_PARTSTAT_TENTATIVE:
		return SPAN("TENTATIVE");
	case ICAL_PARTSTAT_DELEGATED:
		return SPAN("DELEGATED");
	default:
		return SPAN("NEEDS-ACTION");
	}
}

static bool is_place(icalproperty *attendee)
{
	icalparameter *parameter =
		icalproperty_get_first_parameter(attendee, ICAL_CUTYPE_PARAMETER);
	icalparameter_cutype type =
		parameter ? icalparameter_get_cutype(parameter) : ICAL_CUTYPE_INDIVIDUAL;

	return type == ICAL_CUTYPE_ROOM || type == ICAL_CUTYPE_RESOURCE;
}

static void read_attendees(struct reader *reader, icalcomponent *event, struct facts_invite *invite)
{
	invite->attendees = arena_array(reader->arena, struct facts_attendee, ATTENDEES_MAX);
	for (icalproperty *attendee =
			icalcomponent_get_first_property(event, ICAL_ATTENDEE_PROPERTY);
		attendee && invite->attendee_count < ATTENDEES_MAX;
		attendee = icalcomponent_get_next_property(event, ICAL_ATTENDEE_PROPERTY)) {
		struct span address =
			without_mailto(own(reader, icalproperty_get_value_as_string_r(attendee)));

		if (address.size == 0 || is_place(attendee))
			continue;
		invite->attendees[invite->attendee_count++] =
			(struct facts_attendee){address, status_name(attendee)};
	}
}

/* iTIP's words in capitals, as RFC 5545 writes them. */
static struct span capitals(struct reader *reader, struct span text)
{
	char *out = arena_alloc(reader->arena, text.size + 1);

	for (size_t i = 0; i < text.size; i++)
		out[i] = (char)(text.data[i] >= 'a' && text.data[i] <= 'z' ? text.data[i] - 32
									   : text.data[i]);
	return (struct span){out, text.size};
}

static int64_t stamp_of(icalcomponent *event)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_DTSTAMP_PROPERTY);
	struct icaltimetype time =
		property ? icalproperty_get_dtstamp(property) : icaltime_null_time();

	return is_time(&time) ? wall_ms(&time) : 0;
}

static uint32_t sequence_of(icalcomponent *event)
{
	icalproperty *property = icalcomponent_get_first_property(event, ICAL_SEQUENCE_PROPERTY);
	int sequence = property ? icalproperty_get_sequence(property) : 0;

	return sequence > 0 ? (uint32_t)sequence : 0;
}

static bool is_newer(const struct facts_invite *a, const struct facts_invite *b)
{
	return a->sequence != b->sequence ? a->sequence > b->sequence : a->stamp_ms > b->stamp_ms;
}

static void keep_newest(struct reader *reader, const struct facts_invite *invite)
{
	struct facts *facts = reader->facts;

	for (size_t i = 0; i < facts->invite_count; i++) {
		struct facts_invite *other = &facts->invites[i];

		if (!span_equal(other->uid, invite->uid) ||
			!span_equal(other->recurrence_id, invite->recurrence_id))
			continue;
		if (is_newer(invite, other))
			*other = *invite;
		return;
	}
	if (!facts->invites)
		facts->invites = arena_array(reader->arena, struct facts_invite, INVITES_MAX);
	if (facts->invite_count < INVITES_MAX)
		facts->invites[facts->invite_count++] = *invite;
	else
		defect_add(reader->defects, "too-many-events");
}

static void read_event(struct reader *reader, icalcomponent *calendar, icalcomponent *event)
{
	struct facts_invite invite = {
		.uid = property_text(reader, event, ICAL_UID_PROPERTY),
		.recurrence_id = property_text(reader, event, ICAL_RECURRENCEID_PROPERTY),
		.method = capitals(reader, property_text(reader, calendar, ICAL_METHOD_PROPERTY)),
		.summary = property_text(reader, event, ICAL_SUMMARY_PROPERTY),
		.status = capitals(reader, property_text(reader, event, ICAL_STATUS_PROPERTY)),
		.recurrence_rule = property_text(reader, event, ICAL_RRULE_PROPERTY),
		.organizer = without_mailto(property_text(reader, event, ICAL_ORGANIZER_PROPERTY)),
		.sequence = sequence_of(event),
		.stamp_ms = stamp_of(event),
	};
	struct moment start = read_moment(reader, calendar, event, ICAL_DTSTART_PROPERTY);
	struct moment end = read_end(reader, calendar, event, &start);

	if (invite.uid.size == 0)
		return; /* nothing could ever update or cancel it */
	set_times(&invite, &start, &end);
	read_attendees(reader, event, &invite);
	keep_newest(reader, &invite);
}

static void read_calendar(struct reader *reader, icalcomponent *calendar)
{
	for (icalcomponent *event =
			icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT);
		event; event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
		read_event(reader, calendar, event);
}

static void read_text(struct reader *reader, struct span text)
{
	if (!is_bounded(text)) {
		defect_add(reader->defects, "calendar-too-large");
		return;
	}
	icalcomponent *root = icalparser_parse_string(arena_string(reader->arena, text));
	if (!root) {
		defect_add(reader->defects, "bad-calendar");
		return;
	}
	if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
		read_calendar(reader, root);
	else /* several in one text */
		for (icalcomponent *calendar =
				icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
			calendar;
			calendar = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
			read_calendar(reader, calendar);
	icalcomponent_free(root);
}

static bool is_calendar(const struct mime_part *part)
{
	return part->kind == MIME_LEAF && (span_equal(part->type, SPAN("text/calendar")) ||
						  span_equal(part->type, SPAN("application/ics")) ||
						  span_ends_fold(part->filename, SPAN(".ics")));
}

static void read_body(struct reader *reader, const struct body *body)
{
	for (size_t i = 0; i < body->attached_count; i++) {
		const struct mime_part *part = body->attached[i];

		if (is_calendar(part))
			read_text(reader, body_part_text(part, reader->arena, reader->defects));
	}
}

void invites_read(const struct body *body, const struct body *forwarded, struct arena *arena,
	struct defects *defects, struct facts *facts)
{
	struct reader reader = {arena, defects, facts};

	read_body(&reader, body);
	read_body(&reader, forwarded);
}
