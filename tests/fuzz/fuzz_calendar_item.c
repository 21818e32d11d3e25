/*
 * Any text as title and description of a thing in a calendar (two parts, cut at the first NUL): no
 * line of its own gets into the component, every line is one that clients read, and libical reads
 * back the text that went in.
 */
#include <libical/ical.h>

#include "calendar/component.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const struct span properties[] = {SPAN_INIT("BEGIN:"), SPAN_INIT("END:"), SPAN_INIT("UID:"),
	SPAN_INIT("DTSTAMP:"), SPAN_INIT("CREATED:"), SPAN_INIT("LAST-MODIFIED:"),
	SPAN_INIT("SEQUENCE:"), SPAN_INIT("SUMMARY:"), SPAN_INIT("DESCRIPTION:"),
	SPAN_INIT("DTSTART"), SPAN_INIT("DTEND"), SPAN_INIT("DUE"), SPAN_INIT("TRANSP:"),
	SPAN_INIT("STATUS:"), SPAN_INIT("ACTION:"), SPAN_INIT("TRIGGER"), SPAN_INIT(" ")};

static void check_line(struct span line)
{
	bool known = false;

	fuzz_must(line.size <= 75); /* RFC 5545 section 3.1 */
	for (size_t i = 0; i < ARRAY_COUNT(properties); i++)
		known |= span_starts(line, properties[i]);
	fuzz_must(known);
	for (size_t i = 0; i < line.size; i++)
		fuzz_must((unsigned char)line.data[i] >= ' ' && line.data[i] != 0x7f);
	/* folded between code points */
	fuzz_must(line.size < 2 || line.data[0] != ' ' ||
		  ((unsigned char)line.data[1] & 0xc0) != 0x80);
}

static void check_lines(struct span rest)
{
	while (rest.size > 0) {
		ptrdiff_t end = span_find(rest, SPAN("\r\n"));

		fuzz_must(end > 0);
		check_line(span_part(rest, 0, (size_t)end));
		rest = span_after(rest, (size_t)end + 2);
	}
}

/* libical drops spaces at the end of a value. */
static void check_text(icalcomponent *component, icalproperty_kind kind, struct span text)
{
	icalproperty *property = icalcomponent_get_first_property(component, kind);
	const char *read;

	if (text.size == 0)
		return;
	fuzz_must(property);
	read = kind == ICAL_SUMMARY_PROPERTY ? icalproperty_get_summary(property)
					     : icalproperty_get_description(property);
	fuzz_must(span_equal(span_trim(span_from(read)), span_trim(text)));
	fuzz_must(!icalcomponent_get_next_property(component, kind));
}

static void check(struct buffer *out, const struct calendar_item *item, icalcomponent_kind kind)
{
	icalcomponent *component;

	check_lines(buffer_span(out));
	component = icalparser_parse_string(buffer_string(out));
	fuzz_must(component && icalcomponent_isa(component) == kind);
	fuzz_must(icalcomponent_count_components(component, ICAL_ANY_COMPONENT) == 1);
	fuzz_must(icalcomponent_count_errors(component) == 0);
	check_text(component, ICAL_SUMMARY_PROPERTY, item->title);
	check_text(component, ICAL_DESCRIPTION_PROPERTY, item->description);
	icalcomponent_free(component);
	buffer_clear(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct component_style style = {.alarms = true};
	struct span title = fuzz_span(data, size), description = {0};
	struct arena arena = {0};
	struct buffer out = {0};
	struct calendar_item item = {.uid = SPAN("task-1@crm.example.org"),
		.day = {2026, 12, 5},
		.created_ms = 1,
		.changed_ms = 1};
	ptrdiff_t nul = span_find_byte(title, '\0');

	if (nul >= 0) {
		description = span_after(title, (size_t)nul + 1);
		title = span_part(title, 0, (size_t)nul);
	}
	/* as all titles are: never empty, which libical takes for an error */
	item.title = arena_format(
		&arena, "%.*s #1", SPAN_ARG(calendar_clean(&arena, title, 250, false)));
	item.description = span_trim(calendar_clean(&arena, description, 2000, true));
	component_append_event(&out, &item, &style);
	check(&out, &item, ICAL_VEVENT_COMPONENT);
	component_append_task(&out, &item, &style);
	check(&out, &item, ICAL_VTODO_COMPONENT);
	buffer_done(&out);
	arena_done(&arena);
	return 0;
}
