/*
 * zone_name.h - what calendar programs call a time zone, as its IANA name.
 */
#ifndef PARSER_ZONE_NAME_H
#define PARSER_ZONE_NAME_H

#include "base/span.h"

/*
 * "W. Europe Standard Time" (Windows), "/example.org/Europe/Berlin" and "Europe/Berlin" give the
 * IANA name; empty: nobody knows what is meant. Whether the system has that zone is not asked.
 */
struct span zone_name_of(struct span tzid);

#endif
