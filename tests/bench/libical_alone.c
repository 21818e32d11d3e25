/*
 * libical_alone - the same calendar by libical: builds each VEVENT, serialises it and frees it, one
 * at a time (all at once takes longer), from items on stdin, one a line: ID TAB DAY (20261205) or
 * START (20261205T093000Z) TAB TITLE TAB NOTE. Prints "SECONDS BYTES": CPU of all, size of the
 * text.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct item {
	char *line, *start, *title, *note;
};

static double cpu_seconds(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static icalcomponent *event_of(const struct item *item)
{
	struct icaltimetype changed = icaltime_from_string("20261121T100000Z");
	struct icaltimetype start = icaltime_from_string(item->start), end = start;
	icalcomponent *event = icalcomponent_new_vevent();
	char uid[64];

	snprintf(uid, sizeof uid, "task-%s@crm.example.org", item->line);
	icalcomponent_add_property(event, icalproperty_new_uid(uid));
	icalcomponent_add_property(event, icalproperty_new_dtstamp(changed));
	icalcomponent_add_property(event, icalproperty_new_created(changed));
	icalcomponent_add_property(event, icalproperty_new_lastmodified(changed));
	icalcomponent_add_property(event, icalproperty_new_sequence(0));
	icalcomponent_add_property(event, icalproperty_new_summary(item->title));
	icalcomponent_add_property(event, icalproperty_new_description(item->note));
	icaltime_adjust(&end, start.is_date, 0, start.is_date ? 0 : 30, 0);
	icalcomponent_add_property(event, icalproperty_new_dtstart(start));
	icalcomponent_add_property(event, icalproperty_new_dtend(end));
	icalcomponent_add_property(event, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
	return event;
}

static char *cut(char *text)
{
	char *tab = strchr(text, '\t');

	if (!tab)
		exit(1);
	*tab = '\0';
	return tab + 1;
}

int main(void)
{
	struct item *items = NULL;
	size_t count = 0, room = 0, bytes = 0;
	char line[4096];
	double begin;

	while (fgets(line, sizeof line, stdin)) {
		struct item *item;

		line[strcspn(line, "\n")] = '\0';
		if (count == room) {
			room = room ? 2 * room : 1024;
			items = realloc(items, room * sizeof *items);
			if (!items)
				return 1;
		}
		item = &items[count++];
		item->line = strdup(line);
		item->start = cut(item->line);
		item->title = cut(item->start);
		item->note = cut(item->title);
	}
	begin = cpu_seconds();
	for (size_t i = 0; i < count; i++) {
		icalcomponent *event = event_of(&items[i]);
		char *text = icalcomponent_as_ical_string_r(event);

		bytes += strlen(text);
		free(text);
		icalcomponent_free(event);
	}
	printf("%.6f %zu\n", cpu_seconds() - begin, bytes);
	return 0;
}
