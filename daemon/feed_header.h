/*
 * feed_header.h - values of HTTP header fields (RFC 9110), read and written. Knows no HTTP library.
 */
#ifndef DAEMON_FEED_HEADER_H
#define DAEMON_FEED_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define HTTP_DATE_SIZE sizeof("Sat, 21 Nov 2026 10:00:00 GMT")
/* Section 5.6.7. */
const char *http_date(int64_t instant_s, char text[HTTP_DATE_SIZE]);
/* The list of If-None-Match has the tag, weak or strong, or is * (section 13.1.2). */
bool http_matches_etag(struct span list, struct span etag);
/* Accept-Encoding names gzip, or *, with a weight above 0 (section 12.5.3). */
bool http_accepts_gzip(struct span list);

#endif
