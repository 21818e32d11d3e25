/*
 * doctor_feed.c - the calendar feed: does it answer, do clients come, do they get something.
 */
#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "calendar/subscription.h"
#include "cli/doctor.h"
#include "store/feed.h"

#define CONNECT_TIMEOUT_MS 2000
/* Calendar programs come every hour, some once a day; the one of somebody on holiday does not. */
#define UNUSED_DAYS 7
#define DAY_MS	    INT64_C(86400000)

/* 0, or errno of the connection. */
static int connect_try(const struct addrinfo *address)
{
	int file = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = {.fd = file, .events = POLLOUT};
	socklen_t size = sizeof(int);
	int failure = 0;

	if (file < 0)
		return errno;
	if (connect(file, address->ai_addr, address->ai_addrlen) < 0) {
		failure = errno;
		if (failure == EINPROGRESS) {
			if (poll(&wait, 1, CONNECT_TIMEOUT_MS) <= 0)
				failure = ETIMEDOUT;
			else if (getsockopt(file, SOL_SOCKET, SO_ERROR, &failure, &size) < 0)
				failure = errno;
		}
	}
	close(file);
	return failure;
}

void doctor_feed(struct doctor *doctor)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE};
	const char *listen = doctor->cli->config->feed_listen;
	struct addrinfo *address;
	const char *colon;
	char host[256];
	int failure;

	if (!listen || !(colon = strrchr(listen, ':')))
		return;
	snprintf(host, sizeof host, "%.*s", (int)(colon - listen), listen);
	if (host[0] == '[' && strchr(host, ']')) { /* [::1]:8377 */
		*strchr(host, ']') = '\0';
		memmove(host, host + 1, strlen(host));
	}
	failure = getaddrinfo(host, colon + 1, &hints, &address);
	if (failure) {
		doctor_finding(doctor, "error", "set feed.listen to an IP address and a port",
			"feed.listen %s: %s", listen, gai_strerror(failure));
		return;
	}
	failure = connect_try(address);
	freeaddrinfo(address);
	if (failure)
		doctor_finding(doctor, "error",
			"is the daemon running? systemctl status postroomd; journalctl -u "
			"postroomd",
			"the calendar feed at %s can't be reached: %s", listen, strerror(failure));
}

/* ---------------------------------------------------------------- addresses */

static const char *revoke_command(struct cli *cli, const struct feed_row *feed)
{
	return arena_string(&cli->arena,
		arena_format(&cli->arena,
			"is it still in somebody's calendar program? If not: postroom feed revoke "
			"%" PRId64,
			feed->id));
}

static void use_check(struct doctor *doctor, const struct feed_row *feed)
{
	int64_t since_ms = feed->last_fetch_ms ? feed->last_fetch_ms : feed->created_ms;
	int64_t days = (doctor->cli->now_ms - since_ms) / DAY_MS;

	if (days < UNUSED_DAYS)
		return;
	if (feed->last_fetch_ms)
		doctor_finding(doctor, "warning", revoke_command(doctor->cli, feed),
			"feed #%" PRId64 " (%.*s %.*s) was not fetched for %" PRId64
			" days, the last time by %.*s",
			feed->id, SPAN_ARG(feed->scope), SPAN_ARG(feed->name), days,
			SPAN_ARG(feed->last_client));
	else
		doctor_finding(doctor, "warning", revoke_command(doctor->cli, feed),
			"feed #%" PRId64 " (%.*s %.*s) was never fetched, %" PRId64
			" days after it was made",
			feed->id, SPAN_ARG(feed->scope), SPAN_ARG(feed->name), days);
}

/* Its user left, or the team is no more: clients get 404 and show their owners nothing new. */
static bool subject_check(struct doctor *doctor, const struct feed_row *feed)
{
	struct calendar_options options = calendar_options_default(CALENDAR_EVENTS);
	struct calendar_subject subject = {feed->scope, feed->name};
	struct cli *cli = doctor->cli;
	struct calendar_now now;
	struct error err;
	bool found;

	if (!calendar_subscription(cli->db, cli->config, &subject, &options, cli->now_ms,
		    &cli->arena, &now, &found, &err) ||
		found)
		return true;
	doctor_finding(doctor, "warning", revoke_command(cli, feed),
		"feed #%" PRId64 " is of the %.*s %.*s, which %s does not name: its address gives "
		"404",
		feed->id, SPAN_ARG(feed->scope), SPAN_ARG(feed->name), cli->config->path);
	return false;
}

/* The clients stand by feed, the latest first: what each calendar of a feed gave last counts. */
static void failure_check(struct doctor *doctor, const struct feed_row *feed,
	const struct feed_client *clients, size_t count)
{
	struct span seen = {0};

	for (size_t i = 0; i < count; i++) {
		if (clients[i].feed_id != feed->id || span_equal(clients[i].calendar, seen))
			continue;
		if (clients[i].status >= 500)
			doctor_finding(doctor, "error",
				"the log says why: journalctl -u postroomd | grep page-failed",
				"feed #%" PRId64 " (%.*s %.*s) failed: %.*s got %d instead of "
				"%.*s.ics",
				feed->id, SPAN_ARG(feed->scope), SPAN_ARG(feed->name),
				SPAN_ARG(clients[i].client), clients[i].status,
				SPAN_ARG(clients[i].calendar));
		if (seen.size > 0)
			return;
		seen = clients[i].calendar;
	}
}

void doctor_feeds(struct doctor *doctor)
{
	struct cli *cli = doctor->cli;
	struct feed_client *clients;
	size_t count, client_count;
	struct feed_row *feeds;
	struct error err;

	if (!cli->db || !feed_list(cli->db, &cli->arena, &feeds, &count, &err) ||
		!feed_client_list(cli->db, &cli->arena, &clients, &client_count, &err))
		return;
	for (size_t i = 0; i < count; i++) {
		if (feeds[i].revoked_ms || !subject_check(doctor, &feeds[i]))
			continue;
		use_check(doctor, &feeds[i]);
		failure_check(doctor, &feeds[i], clients, client_count);
	}
}
