#include "daemon/feed_guard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"

#define REQUEST_MS  5000  /* from the connection's beginning to the end of its first request */
#define ANSWER_MS   60000 /* from a request to the end of the next one: the answer lies between */
#define DESCRIPTORS 1024  /* the feed has no more (RLIMIT_NOFILE) */
/* Unfinished requests; the newest always gets its turn, so that drippers can't lock others out. */
#define WAITING_OF_ADDRESS 32
#define WAITING_IN_ALL	   512
#define GRACE_MS	   500 /* a client that sends its request at once is answered by then */
/*
 * Requests of one address: so many at once, and so many a second for long. Calendar clients come
 * every some minutes; 500 of them may share an address.
 */
#define REQUEST_BURST	  600
#define REQUESTS_A_SECOND 20
#define WRONG_BURST	  30
#define WRONG_A_MINUTE	  30
#define ADDRESSES	  1024 /* that are remembered; the one seen longest ago goes first */
#define COST_OF_A_REQUEST INT64_C(1000)

/* IPv4 mapped; of IPv6 the first 64 bits, since a client has all of the rest. */
struct address {
	unsigned char bytes[16];
};

struct visit {
	uint64_t cookie;  /* of the socket: a descriptor's number is used again; 0: none */
	int64_t since_ms; /* it began, or its last request came */
	bool asked;	  /* a whole request came */
	struct address address;
};

/* Filled with time, emptied by requests; in thousandths of a request. */
struct allowance {
	struct address address;
	int64_t seen_ms, requests, wrong;
	bool used;
};

struct feed_guard {
	struct visit visits[DESCRIPTORS];
	struct allowance allowances[ADDRESSES];
	struct allowance *current; /* of the request in hand; NULL: of this computer */
	unsigned cut;
};

struct feed_guard *feed_guard_new(void)
{
	struct feed_guard *guard = memory_alloc(sizeof(*guard));

	memset(guard, 0, sizeof(*guard));
	return guard;
}

void feed_guard_free(struct feed_guard *guard)
{
	free(guard);
}

unsigned feed_guard_cut(struct feed_guard *guard)
{
	unsigned cut = guard->cut;

	guard->cut = 0;
	return cut;
}

/* ---------------------------------------------------------------- addresses */

static bool same(const struct address *a, const struct address *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static struct address of_ipv4(const struct in_addr *ipv4)
{
	struct address address = {{[10] = 0xff, [11] = 0xff}};

	memcpy(address.bytes + 12, ipv4, 4);
	return address;
}

static struct address of_ipv6(const struct in6_addr *ipv6)
{
	struct address address = {{0}};

	memcpy(address.bytes, ipv6, IN6_IS_ADDR_V4MAPPED(ipv6) ? 16 : 8);
	/* ::1 in full, else it would be all zero as ::2 is */
	if (IN6_IS_ADDR_LOOPBACK(ipv6))
		memcpy(address.bytes, ipv6, 16);
	return address;
}

static bool is_own(const struct address *address)
{
	struct address loopback = of_ipv6(&in6addr_loopback);

	return same(address, &loopback) ||
	       (address->bytes[10] == 0xff && address->bytes[11] == 0xff &&
		       address->bytes[12] == 127);
}

/* False: no TCP connection. */
static bool peer_of(int descriptor, struct address *address)
{
	struct sockaddr_storage storage = {0};
	socklen_t size = sizeof(storage);

	if (getpeername(descriptor, (struct sockaddr *)&storage, &size) != 0)
		return false;
	if (storage.ss_family == AF_INET)
		*address = of_ipv4(&((struct sockaddr_in *)&storage)->sin_addr);
	else if (storage.ss_family == AF_INET6)
		*address = of_ipv6(&((struct sockaddr_in6 *)&storage)->sin6_addr);
	else
		return false;
	return true;
}

/* The last address of the list is the one that our own web server saw. */
static bool forwarded_address(struct span list, struct address *address)
{
	ptrdiff_t comma = span_rfind_byte(list, ',');
	struct span last = span_trim(comma < 0 ? list : span_after(list, (size_t)comma + 1));
	char text[INET6_ADDRSTRLEN];
	struct in6_addr ipv6;
	struct in_addr ipv4;

	if (last.size == 0 || last.size >= sizeof(text))
		return false;
	memcpy(text, last.data, last.size);
	text[last.size] = '\0';
	if (inet_pton(AF_INET, text, &ipv4) == 1)
		*address = of_ipv4(&ipv4);
	else if (inet_pton(AF_INET6, text, &ipv6) == 1)
		*address = of_ipv6(&ipv6);
	else
		return false;
	return true;
}

/* ---------------------------------------------------------------- connections */

static uint64_t cookie_of(int descriptor)
{
	uint64_t cookie = 0;
	socklen_t size = sizeof(cookie);

	return getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

/* evhttp sees the end and frees what it has. */
static void cut(struct feed_guard *guard, int descriptor)
{
	guard->visits[descriptor].cookie = 0;
	guard->cut++;
	(void)shutdown(descriptor, SHUT_RDWR);
}

/* What the process has now. Returns how many connections. */
static unsigned note_visits(struct feed_guard *guard, int64_t now_ms)
{
	unsigned count = 0;

	for (int descriptor = 0; descriptor < DESCRIPTORS; descriptor++) {
		struct visit *visit = &guard->visits[descriptor];
		uint64_t cookie = cookie_of(descriptor);
		struct address address;

		if (cookie == 0 || !peer_of(descriptor, &address)) {
			visit->cookie = 0;
			continue;
		}
		if (visit->cookie != cookie)
			*visit = (struct visit){cookie, now_ms, false, address};
		count++;
	}
	return count;
}

static bool is_late(const struct visit *visit, int64_t now_ms)
{
	return now_ms - visit->since_ms > (visit->asked ? ANSWER_MS : REQUEST_MS);
}

static bool is_waiting(const struct visit *visit, const struct address *address)
{
	return visit->cookie != 0 && !visit->asked && (!address || same(&visit->address, address));
}

/*
 * Of an address, or of all where that is NULL. Those that began behind `until_ms` count but are
 * left: otherwise who connects in masses would push out whoever is just about to be answered.
 */
static void cut_oldest(
	struct feed_guard *guard, const struct address *address, unsigned most, int64_t until_ms)
{
	for (;;) {
		unsigned count = 0;
		int oldest = -1;

		for (int i = 0; i < DESCRIPTORS; i++) {
			if (!is_waiting(&guard->visits[i], address))
				continue;
			count++;
			if (oldest < 0 ||
				guard->visits[i].since_ms < guard->visits[oldest].since_ms)
				oldest = i;
		}
		if (count <= most || guard->visits[oldest].since_ms > until_ms)
			return;
		cut(guard, oldest);
	}
}

bool feed_guard_look(struct feed_guard *guard, int64_t now_ms)
{
	unsigned count = note_visits(guard, now_ms);

	for (int i = 0; count > 0 && i < DESCRIPTORS; i++)
		if (guard->visits[i].cookie != 0 && is_late(&guard->visits[i], now_ms))
			cut(guard, i);
	if (count > WAITING_OF_ADDRESS)
		for (int i = 0; i < DESCRIPTORS; i++) {
			struct address address = guard->visits[i].address;

			if (is_waiting(&guard->visits[i], NULL))
				cut_oldest(guard, &address, WAITING_OF_ADDRESS, now_ms - GRACE_MS);
		}
	if (count > WAITING_IN_ALL)
		cut_oldest(guard, NULL, WAITING_IN_ALL, now_ms);
	return count > 0;
}

/* ---------------------------------------------------------------- requests */

static int64_t filled(int64_t have, int64_t elapsed_ms, int64_t a_minute, int64_t most)
{
	int64_t full = most * COST_OF_A_REQUEST;

	/* a thousandth of a request a millisecond is 60 a minute */
	have += elapsed_ms * a_minute / 60;
	return have < full ? have : full;
}

/* Its allowance, filled up to now; that of the address seen longest ago where there is none. */
static struct allowance *allowance_of(
	struct feed_guard *guard, const struct address *address, int64_t now_ms)
{
	struct allowance *found = &guard->allowances[0];

	for (int i = 0; i < ADDRESSES; i++) {
		struct allowance *one = &guard->allowances[i];

		if (one->used && same(&one->address, address)) {
			int64_t elapsed_ms = now_ms - one->seen_ms;

			one->requests = filled(
				one->requests, elapsed_ms, REQUESTS_A_SECOND * 60, REQUEST_BURST);
			one->wrong = filled(one->wrong, elapsed_ms, WRONG_A_MINUTE, WRONG_BURST);
			one->seen_ms = now_ms;
			return one;
		}
		if (found->used && (!one->used || one->seen_ms < found->seen_ms))
			found = one;
	}
	*found = (struct allowance){*address, now_ms, REQUEST_BURST * COST_OF_A_REQUEST,
		WRONG_BURST * COST_OF_A_REQUEST, true};
	return found;
}

static enum feed_verdict spend(int64_t *allowance)
{
	if (*allowance < COST_OF_A_REQUEST)
		return FEED_TOO_MANY;
	*allowance -= COST_OF_A_REQUEST;
	return FEED_SERVE;
}

enum feed_verdict feed_guard_request(
	struct feed_guard *guard, int descriptor, struct span forwarded, int64_t now_ms)
{
	struct address address;

	guard->current = NULL;
	if (descriptor < 0 || descriptor >= DESCRIPTORS || !peer_of(descriptor, &address))
		return FEED_SERVE;
	guard->visits[descriptor] = (struct visit){cookie_of(descriptor), now_ms, true, address};
	/* our own programs, and a web server that says nothing of its clients, are not limited */
	if (is_own(&address) && !forwarded_address(forwarded, &address))
		return FEED_SERVE;
	guard->current = allowance_of(guard, &address, now_ms);
	return spend(&guard->current->requests);
}

enum feed_verdict feed_guard_wrong(struct feed_guard *guard)
{
	return guard->current ? spend(&guard->current->wrong) : FEED_SERVE;
}
