/*
 * Any text as title and description of a thing in a calendar (two parts, cut at the first NUL): no
 * line of its own gets into the component, and every line is one that clients read.
 */
#include "calendar/component.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static const struct span properties[] = {SPAN_INIT("BEGIN:"), SPAN_INIT("END:"), SPAN_INIT("UID:"),
	SPAN_INIT("DTSTAMP:"), SPAN_INIT("CREATED:"), SPAN_INIT("LAST-MODIFIED:"),
	SPAN_INIT("SEQUENCE:"), SPAN_INIT("SUMMARY:"), SPAN_INIT("DESCRIPTION:"),
	SPAN_INIT("DTSTART"), SPAN_INIT("DTEND"), SPAN_INIT("DUE"), SPAN_INIT("TRANSP:"),
	SPAN_INIT("STATUS:"), SPAN_INIT("ACTION:"), SPAN_INIT("TRIGGER"), SPAN_INIT("X-"),
	SPAN_INIT("CLASS:"), SPAN_INIT(" ")};

static void check_line(struct span line)
{
	bool known = false;

	fuzz_must(line.size <= 75); /* RFC 5545 section 3.1 */
	for (size_t i = 0; i < ARRAY_COUNT(properties); i++)
		known |= span_starts(line, properties[i]);
	fuzz_must(known);
	for (size_t i = 0; i < line.size; i++)
		fuzz_must((unsigned char)line.data[i] >= ' ' && line.data[i] != 0x7f);
}

static void check(icalcomponent *component, const char *kind, size_t components)
{
	struct buffer out = {0};
	struct span rest, line;
	size_t begun = 0;

	component_append(&out, component);
	icalcomponent_free(component);
	rest = buffer_span(&out);
	fuzz_must(span_starts(span_after(rest, strlen("BEGIN:")), span_from(kind)));
	while (rest.size > 0) {
		ptrdiff_t end = span_find(rest, SPAN("\r\n"));

		fuzz_must(end > 0);
		line = span_part(rest, 0, (size_t)end);
		rest = span_after(rest, (size_t)end + 2);
		check_line(line);
		begun += span_starts(line, SPAN("BEGIN:"));
	}
	fuzz_must(begun == components);
	buffer_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct component_style style = {.alarms = true};
	struct span title = fuzz_span(data, size), description = {0};
	struct arena arena = {0};
	struct calendar_item item = {.uid = SPAN("task-1@crm.example.org"),
		.day = {2026, 12, 5},
		.created_ms = 1,
		.changed_ms = 1};
	ptrdiff_t nul = span_find_byte(title, '\0');

	if (nul >= 0) {
		description = span_after(title, (size_t)nul + 1);
		title = span_part(title, 0, (size_t)nul);
	}
	item.title = calendar_clean(&arena, title, 250, false);
	item.description = calendar_clean(&arena, description, 2000, true);
	check(component_new_event(&arena, &item, &style), "VEVENT", 2);
	check(component_new_task(&arena, &item, &style), "VTODO", 2);
	arena_done(&arena);
	return 0;
}
