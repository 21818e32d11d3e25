/* The VTIMEZONE of a zone: the one thing that libical makes for us here. */
#include <libical/ical.h>
#include <stdlib.h>

#include "calendar/component.h"

/* Under its plain IANA name, not libical's prefixed TZID; from 2020 on. */
bool timezone_append(struct buffer *out, const char *zone, struct error *err)
{
	icaltimezone *known = icaltimezone_get_builtin_timezone(zone);
	icalcomponent *definition;
	icalproperty *tzid;
	char *lines;

	if (!known)
		return error_set(err, ERROR_INPUT, "calendar: zone %s is not known", zone);
	definition = icalcomponent_new_clone(icaltimezone_get_component(known));
	icaltimezone_truncate_vtimezone(
		definition, icaltime_from_string("20200101T000000Z"), icaltime_null_time(), true);
	tzid = icalcomponent_get_first_property(definition, ICAL_TZID_PROPERTY);
	if (tzid)
		icalproperty_set_tzid(tzid, zone);
	/* the _r function: the other returns a string from a ring of 2500 */
	lines = icalcomponent_as_ical_string_r(definition);
	buffer_append_string(out, lines);
	free(lines);
	icalcomponent_free(definition);
	return true;
}
