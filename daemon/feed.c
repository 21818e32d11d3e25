/*
 * The feed over HTTP, by libevent's evhttp: rules 15 to 19 of docs/calendar.md. Pages are rendered
 * whole by feed_page.c before a byte of an answer is sent.
 */
#include "daemon/feed.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/frame.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "config/load.h"
#include "daemon/channel.h"
#include "daemon/feed_fetch.h"
#include "daemon/feed_guard.h"
#include "daemon/feed_header.h"
#include "daemon/feed_page.h"
#include "daemon/role.h"

#define HEADER_MAX_BYTES  8192
#define BODY_MAX_BYTES	  4096
#define IDLE_SECONDS	  10
#define CONTROL_OUT_BYTES ((size_t)1 << 16)
#define LEDGER_OUT_BYTES  ((size_t)1 << 20)
#define CUT_REPORT_MS	  INT64_C(60000)
#define HTTP_TOOMANY	  429 /* RFC 6585 */

struct feed {
	struct config *config;
	struct db *db;
	struct feed_pages *pages;
	struct event_base *base;
	struct evhttp *http;
	struct channel control, ledger;
	struct feed_fetches *fetches;
	struct feed_guard *guard;
	struct event *look; /* pending while there are connections */
	unsigned accepted;  /* since the last look */
	int64_t cut_told_ms;
	unsigned cut;
};

/* ---------------------------------------------------------------- what is told to the ledger */

static void fetches_report(struct feed *feed)
{
	struct error err;

	if (feed_fetches_report(feed->fetches, &feed->ledger, clock_monotonic_ms(), &err))
		return;
	log_failure(LOG_LEVEL_WARNING, "fetch-report-failed", &err);
	event_base_loopbreak(feed->base);
}

static void fetch_note(struct feed *feed, const struct feed_page *page, const char *client,
	int status, size_t sent_bytes)
{
	for (int tries = 0; tries < 2; tries++) {
		if (feed_fetch_note(
			    feed->fetches, page, client, status, sent_bytes, clock_now_ms()))
			return;
		fetches_report(feed); /* makes room */
	}
}

/* ---------------------------------------------------------------- one request */

static const char *request_header(struct evhttp_request *request, const char *name)
{
	const char *value = evhttp_find_header(evhttp_request_get_input_headers(request), name);

	return value ? value : "";
}

static void answer_header(struct evhttp_request *request, const char *name, const char *value)
{
	evhttp_add_header(evhttp_request_get_output_headers(request), name, value);
}

/* If-None-Match goes before If-Modified-Since (RFC 9110 section 13.2.2). */
static bool is_unchanged(struct evhttp_request *request, const struct feed_page *page,
	const char *etag, const char *modified, int64_t now_s)
{
	const char *known = request_header(request, "If-None-Match");

	if (*known)
		return http_matches_etag(span_from(known), span_from(etag));
	return *modified && now_s >= page->modified_s &&
	       strcmp(request_header(request, "If-Modified-Since"), modified) == 0;
}

/* Returns the status, *sent_bytes of the body. */
static int answer_page(struct feed *feed, struct evhttp_request *request,
	const struct feed_page *page, size_t *sent_bytes)
{
	bool gzip = page->cached &&
		    http_accepts_gzip(span_from(request_header(request, "Accept-Encoding")));
	const char *etag = gzip ? page->gzip_etag : page->etag;
	int64_t now_s = clock_now_ms() / 1000;
	char modified[HTTP_DATE_SIZE] = "", size[24];
	struct evbuffer *out;
	struct span body;

	*sent_bytes = 0;
	if (page->modified_s > 0)
		answer_header(request, "Last-Modified",
			http_date(page->modified_s < now_s ? page->modified_s : now_s, modified));
	answer_header(request, "ETag", etag);
	answer_header(request, "Vary", "Accept-Encoding");
	answer_header(request, "Cache-Control", "private, no-cache");
	if (is_unchanged(request, page, etag, modified, now_s)) {
		evhttp_send_reply(request, HTTP_NOTMODIFIED, "Not Modified", NULL);
		return HTTP_NOTMODIFIED;
	}
	body = gzip ? feed_page_gzip(feed->pages, page) : page->plain;
	answer_header(request, "Content-Type", page->content_type);
	answer_header(request, "X-Content-Type-Options", "nosniff");
	if (page->feed_id != 0)
		answer_header(request, "Content-Disposition", "inline");
	if (gzip)
		answer_header(request, "Content-Encoding", "gzip");
	snprintf(size, sizeof size, "%zu", body.size);
	answer_header(request, "Content-Length", size);
	out = evbuffer_new();
	if (!out)
		memory_exhausted();
	if (evhttp_request_get_command(request) != EVHTTP_REQ_HEAD) {
		evbuffer_add(out, body.data, body.size);
		*sent_bytes = body.size;
	}
	evhttp_send_reply(request, HTTP_OK, "OK", out);
	evbuffer_free(out);
	return HTTP_OK;
}

static void answer_text(
	struct evhttp_request *request, int status, const char *reason, const char *text)
{
	struct evbuffer *out = evbuffer_new();

	if (!out)
		memory_exhausted();
	answer_header(request, "Content-Type", "text/plain; charset=utf-8");
	evbuffer_add_printf(out, "%s\n", text);
	evhttp_send_reply(request, status, reason, out);
	evbuffer_free(out);
}

/* Without the address itself: it holds the secret. */
static void page_failed(struct feed *feed, struct evhttp_request *request,
	const struct feed_page *page, const struct error *err)
{
	log_failure(LOG_LEVEL_ERROR, "page-failed", err);
	answer_header(request, "Retry-After", "60");
	answer_text(request, HTTP_SERVUNAVAIL, "Service Unavailable",
		"The calendar can't be read just now; keep what you have.");
	if (page->feed_id != 0)
		fetch_note(feed, page, request_header(request, "User-Agent"), HTTP_SERVUNAVAIL, 0);
}

static int request_descriptor(struct evhttp_request *request)
{
	return bufferevent_getfd(
		evhttp_connection_get_bufferevent(evhttp_request_get_connection(request)));
}

static void answer_too_many(struct evhttp_request *request)
{
	answer_header(request, "Retry-After", "60");
	answer_text(request, HTTP_TOOMANY, "Too Many Requests", "Too many requests; later.");
}

static void handle(struct evhttp_request *request, void *context)
{
	struct feed *feed = context;
	const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
	const char *path = evhttp_uri_get_path(uri), *query = evhttp_uri_get_query(uri);
	enum evhttp_cmd_type command = evhttp_request_get_command(request);
	struct feed_page page;
	struct error err;
	size_t sent_bytes;
	bool found;
	int status;

	if (feed_guard_request(feed->guard, request_descriptor(request),
		    span_from(request_header(request, "X-Forwarded-For")),
		    clock_monotonic_ms()) == FEED_TOO_MANY) {
		answer_too_many(request);
		return;
	}
	if (command != EVHTTP_REQ_GET && command != EVHTTP_REQ_HEAD) {
		answer_header(request, "Allow", "GET, HEAD");
		answer_text(request, HTTP_BADMETHOD, "Method Not Allowed",
			"This calendar is read only.");
		return;
	}
	if (path && strcmp(path, "/robots.txt") == 0) {
		/* Google Calendar obeys it when it fetches a subscription */
		answer_text(request, HTTP_OK, "OK", "User-agent: *\nAllow: /");
		return;
	}
	if (!feed_page_get(feed->pages, span_from(path), span_from(query), clock_now_ms(), &page,
		    &found, &err)) {
		page_failed(feed, request, &page, &err);
		return;
	}
	if (!found && feed_guard_wrong(feed->guard) == FEED_TOO_MANY) {
		answer_too_many(request);
		return;
	}
	if (!found) {
		answer_text(request, HTTP_NOTFOUND, "Not Found", "Not found.");
		return;
	}
	status = answer_page(feed, request, &page, &sent_bytes);
	if (page.feed_id != 0)
		fetch_note(feed, &page, request_header(request, "User-Agent"), status, sent_bytes);
}

/* ---------------------------------------------------------------- the role */

/* "127.0.0.1:8377" or "[::1]:8377" into a listening socket; it never blocks. */
static bool listen_on(const char *address, int *listening, struct error *err)
{
	struct span text = span_from(address), host, port;
	ptrdiff_t colon = span_rfind_byte(text, ':');
	struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	CLEANUP(arena_done) struct arena arena = {0};
	int failed, yes = 1;

	if (colon < 0)
		return error_set(err, ERROR_INPUT, "feed.listen: '%s' has no port", address);
	host = span_part(text, 0, (size_t)colon);
	port = span_after(text, (size_t)colon + 1);
	if (span_starts(host, SPAN("[")) && span_ends(host, SPAN("]")))
		host = span_part(host, 1, host.size - 2);
	failed =
		getaddrinfo(arena_string(&arena, host), arena_string(&arena, port), &hints, &found);
	if (failed)
		return error_set(
			err, ERROR_INPUT, "feed.listen: '%s': %s", address, gai_strerror(failed));
	*listening =
		socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
	if (*listening < 0 ||
		setsockopt(*listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) < 0 ||
		/* inherited by the accepted: 182 requests/s without, 17,000 with */
		setsockopt(*listening, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) < 0 ||
		bind(*listening, found->ai_addr, found->ai_addrlen) < 0 ||
		listen(*listening, SOMAXCONN) < 0) {
		int saved_errno = errno;

		if (*listening >= 0)
			close(*listening);
		freeaddrinfo(found);
		return error_set_errno(err, ERROR_TEMPORARY, saved_errno,
			"feed.listen: can't listen on %s", address);
	}
	freeaddrinfo(found);
	return true;
}

/* One line a minute, however many there are. */
static void tell_cut(struct feed *feed)
{
	int64_t now_ms = clock_monotonic_ms();

	feed->cut += feed_guard_cut(feed->guard);
	if (feed->cut == 0 || now_ms - feed->cut_told_ms < CUT_REPORT_MS)
		return;
	log_event(LOG_LEVEL_NOTICE, "clients-cut-off", log_number("count", feed->cut),
		log_string("why", "a request or answer took too long, or too many at once"));
	feed->cut_told_ms = now_ms;
	feed->cut = 0;
}

static void look_at_clients(struct feed *feed)
{
	static const struct timeval later = {.tv_usec = FEED_GUARD_LOOK_MS * 1000};

	feed->accepted = 0;
	if (feed_guard_look(feed->guard, clock_monotonic_ms()))
		event_add(feed->look, &later);
	tell_cut(feed);
}

static void on_look(evutil_socket_t socket, short what, void *context)
{
	(void)socket, (void)what;
	look_at_clients(context);
}

/* evhttp asks for the buffers of each connection that it accepts: that tells us of it. */
static struct bufferevent *on_accept(struct event_base *base, void *context)
{
	struct feed *feed = context;
	struct bufferevent *buffers = bufferevent_socket_new(base, -1, 0);

	if (!buffers)
		memory_exhausted();
	if (++feed->accepted >= FEED_GUARD_ACCEPTS || !event_pending(feed->look, EV_TIMEOUT, NULL))
		look_at_clients(feed);
	return buffers;
}

static bool http_open(struct feed *feed, int listening, struct error *err)
{
	feed->base = event_base_new();
	feed->http = feed->base ? evhttp_new(feed->base) : NULL;
	if (!feed->http || evhttp_accept_socket(feed->http, listening) != 0)
		return error_set(err, ERROR_TEMPORARY, "the HTTP server can't be started");
	evhttp_set_max_headers_size(feed->http, HEADER_MAX_BYTES);
	evhttp_set_max_body_size(feed->http, BODY_MAX_BYTES);
	evhttp_set_timeout(feed->http, IDLE_SECONDS);
	evhttp_set_default_content_type(feed->http, NULL);
	evhttp_set_allowed_methods(feed->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST |
						       EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE |
						       EVHTTP_REQ_OPTIONS | EVHTTP_REQ_PATCH);
	evhttp_set_gencb(feed->http, handle, feed);
	evhttp_set_bevcb(feed->http, on_accept, feed);
	feed->guard = feed_guard_new();
	feed->look = evtimer_new(feed->base, on_look, feed);
	if (!feed->look)
		memory_exhausted();
	return true;
}

/* The supervisor and the ledger say nothing but STOP, or end. */
static void on_control(evutil_socket_t socket, short what, void *context)
{
	struct feed *feed = context;
	struct channel *channel = socket == feed->control.socket ? &feed->control : &feed->ledger;
	struct frame frame;
	struct error err;
	bool found = true;

	(void)what;
	if (!channel_fill(channel, CONTROL_OUT_BYTES, &err) || channel->ended) {
		event_base_loopbreak(feed->base);
		return;
	}
	while (channel_next(channel, &frame, &found, &err) && found)
		if (frame.type == CONTROL_STOP || frame.type == WIRE_STOP)
			event_base_loopbreak(feed->base);
}

static void on_progress(evutil_socket_t socket, short what, void *context)
{
	struct feed *feed = context;
	struct error err;
	size_t forgotten;

	(void)socket, (void)what;
	/* a database that can't be asked is told of where a page needs it */
	(void)!feed_pages_forget(feed->pages, &forgotten, &err);
	if (!channel_send(&feed->control, CONTROL_PROGRESS, SPAN(""), &err) ||
		!channel_flush(&feed->ledger, &err))
		event_base_loopbreak(feed->base);
	else if (feed_fetches_are_due(feed->fetches, clock_monotonic_ms()))
		fetches_report(feed);
}

static bool feed_open(struct feed *feed, const struct role_start *start, struct error *err)
{
	CLEANUP(arena_done) struct arena arena = {0};
	int listening;

	if (!config_load_text(arena_string(&arena, start->path), start->text, &feed->config, err) ||
		!listen_on(feed->config->feed_listen, &listening, err) ||
		!db_open(feed->config->state_directory, DB_READ, &feed->db, err) ||
		!http_open(feed, listening, err))
		return false;
	feed->pages = feed_pages_new(feed->db, feed->config);
	feed->fetches = feed_fetches_new();
	return sandbox_enter(SANDBOX_FEED, feed->config->state_directory, err);
}

static void feed_close(struct feed *feed)
{
	if (feed->http)
		evhttp_free(feed->http);
	if (feed->look)
		event_free(feed->look);
	feed_guard_free(feed->guard);
	if (feed->base)
		event_base_free(feed->base);
	feed_pages_free(feed->pages);
	feed_fetches_free(feed->fetches);
	db_close(feed->db);
	config_free(feed->config);
	channel_close(&feed->control);
	channel_close(&feed->ledger);
}

static bool feed_start(struct feed *feed, int64_t *progress_ms, struct error *err)
{
	CLEANUP(buffer_done) struct buffer storage = {0}, body = {0};
	struct role_refused refused;
	struct role_start start;
	struct frame frame;
	bool ended;

	if (!frame_read(ROLE_CONTROL_FD, &storage, ROLE_MAX_BYTES, &frame, &ended, err))
		return false;
	if (ended || frame.type != ROLE_START)
		return error_set(err, ERROR_TEMPORARY, "the supervisor went before it said START");
	if (!role_read_start(frame.body, &start, err))
		return false;
	*progress_ms = start.progress_ms;
	if (feed_open(feed, &start, err))
		return frame_write(ROLE_CONTROL_FD, ROLE_READY, SPAN(""), err);
	refused = (struct role_refused){err->kind, span_from(err->text)};
	role_write_refused(&refused, &body);
	(void)!frame_write(ROLE_CONTROL_FD, ROLE_REFUSED, buffer_span(&body), &(struct error){0});
	return false;
}

static void feed_serve(struct feed *feed, int64_t progress_ms)
{
	struct timeval every = {.tv_sec = progress_ms / 1000, .tv_usec = progress_ms % 1000 * 1000};
	struct event *events[] = {
		event_new(feed->base, feed->control.socket, EV_READ | EV_PERSIST, on_control, feed),
		event_new(feed->base, feed->ledger.socket, EV_READ | EV_PERSIST, on_control, feed),
		event_new(feed->base, -1, EV_PERSIST, on_progress, feed),
	};

	event_add(events[0], NULL);
	event_add(events[1], NULL);
	event_add(events[2], &every);
	event_base_dispatch(feed->base);
	fetches_report(feed);
	for (size_t i = 0; i < ARRAY_COUNT(events); i++)
		event_free(events[i]);
}

int feed_main(void)
{
	struct feed feed = {.control = {.socket = -1}, .ledger = {.socket = -1}};
	int64_t progress_ms = 1000;
	struct error err;
	bool started = feed_start(&feed, &progress_ms, &err);

	if (started) {
		channel_open(&feed.control, ROLE_CONTROL_FD, ROLE_MAX_BYTES, CONTROL_OUT_BYTES);
		channel_open(&feed.ledger, ROLE_LEDGER_FD, ROLE_MAX_BYTES, LEDGER_OUT_BYTES);
		log_event(
			LOG_LEVEL_INFO, "serving", log_string("listen", feed.config->feed_listen));
		feed_serve(&feed, progress_ms);
	} else {
		log_failure(LOG_LEVEL_ERROR, "feed-refused", &err);
	}
	feed_close(&feed);
	return started ? EXIT_SUCCESS : EXIT_FAILURE;
}
