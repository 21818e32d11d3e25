/*
 * network.h - IP addresses and ranges of them, as servers write them behind "by" in a Received
 * field when they name no host ("by 2002:a05:6402::1 with SMTP id …" at Gmail).
 */
#ifndef CONFIG_NETWORK_H
#define CONFIG_NETWORK_H

#include <stdbool.h>

#include "base/span.h"

/* IPv4 is held as IPv4-mapped IPv6 (RFC 4291 section 2.5.5.2). */
struct network {
	unsigned char bytes[16];
	int bits; /* of the prefix, 0..128 */
};

/*
 * "192.0.2.1", "192.0.2.0/24", "2001:db8::1", "2002:a00::/24"; also as an address literal of RFC
 * 5321 section 4.1.3: "[192.0.2.1]", "[IPv6:2001:db8::1]". False: it is none.
 */
bool network_read(struct span text, struct network *network);
/* address is what network_read made of a single address. */
bool network_holds(const struct network *network, const struct network *address);

#endif
