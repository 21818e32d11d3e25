/*
 * feed_guard.h - what clients of the feed may cost: an absolute time for a request and for its
 * answer, unfinished requests and requests an address. Knows sockets, not HTTP: evhttp has an idle
 * timeout only, and a client that sends a byte a second is never idle.
 */
#ifndef DAEMON_FEED_GUARD_H
#define DAEMON_FEED_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

struct feed_guard; /* of one process: it looks at all TCP connections that the process has */

struct feed_guard *feed_guard_new(void);
void feed_guard_free(struct feed_guard *guard);

/*
 * Cuts off connections whose request or answer takes too long, and the oldest unfinished ones where
 * there are too many of an address, or at all. Due each FEED_GUARD_LOOK_MS while it returns true
 * (there are connections), and after FEED_GUARD_ACCEPTS new ones.
 */
#define FEED_GUARD_LOOK_MS 250
#define FEED_GUARD_ACCEPTS 32
bool feed_guard_look(struct feed_guard *guard, int64_t now_ms);

enum feed_verdict { FEED_SERVE, FEED_TOO_MANY };
/*
 * A whole request came on the connection. `forwarded`: its X-Forwarded-For, believed where the
 * connection comes from this computer (a web server before us); empty: none.
 */
enum feed_verdict feed_guard_request(
	struct feed_guard *guard, int descriptor, struct span forwarded, int64_t now_ms);
/*
 * It asked for a page that there is not (after feed_guard_request). FEED_TOO_MANY: this address
 * guesses.
 */
enum feed_verdict feed_guard_wrong(struct feed_guard *guard);
/* Connections cut off since the last call, for the log. */
unsigned feed_guard_cut(struct feed_guard *guard);

#endif
