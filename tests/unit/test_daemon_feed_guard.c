/* Clients that take too long, by a clock of the test's own; the connections are real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buffer.h"
#include "daemon/feed_guard.h"

#define PAIRS_MAX 64

static struct {
	int listener;
	struct sockaddr_in address;
	int clients[PAIRS_MAX], servers[PAIRS_MAX];
	int count;
	struct feed_guard *guard;
} t;

static int set_up(void **state)
{
	socklen_t size = sizeof(t.address);

	(void)state;
	t.guard = feed_guard_new();
	t.count = 0;
	t.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	t.address = (struct sockaddr_in){.sin_family = AF_INET};
	t.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(t.listener, (struct sockaddr *)&t.address, size), 0);
	assert_int_equal(listen(t.listener, PAIRS_MAX), 0);
	assert_int_equal(getsockname(t.listener, (struct sockaddr *)&t.address, &size), 0);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	for (int i = 0; i < t.count; i++) {
		close(t.clients[i]);
		close(t.servers[i]);
	}
	close(t.listener);
	feed_guard_free(t.guard);
	return 0;
}

/*
 * The server's end; the client's is of this process too, so the guard sees two connections: a
 * request on it makes the other one wait for an answer, not for a request.
 */
static int connect_one(int64_t now_ms)
{
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server;

	assert_int_equal(connect(client, (struct sockaddr *)&t.address, sizeof(t.address)), 0);
	server = accept4(t.listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(server >= 0);
	t.clients[t.count] = client;
	t.servers[t.count++] = server;
	assert_int_equal(feed_guard_request(t.guard, client, SPAN(""), now_ms), FEED_SERVE);
	assert_true(feed_guard_look(t.guard, now_ms));
	return server;
}

static bool is_cut(int descriptor)
{
	struct pollfd wait = {descriptor, POLLIN, 0};
	char byte;

	return poll(&wait, 1, 0) == 1 && read(descriptor, &byte, 1) == 0;
}

static void nobody_there(void **state)
{
	(void)state;
	assert_false(feed_guard_look(t.guard, 1000));
}

static void a_request_has_five_seconds(void **state)
{
	int server = connect_one(1000);

	(void)state;
	(void)!write(t.clients[0], "G", 1); /* bytes that drip gain nothing */
	feed_guard_look(t.guard, 6000);
	assert_int_equal(feed_guard_cut(t.guard), 0);
	feed_guard_look(t.guard, 6001);
	assert_int_equal(feed_guard_cut(t.guard), 1);
	assert_true(is_cut(t.clients[0]));
	(void)server;
}

static void an_answer_has_a_minute(void **state)
{
	int server = connect_one(1000);

	(void)state;
	assert_int_equal(feed_guard_request(t.guard, server, SPAN(""), 5000), FEED_SERVE);
	assert_int_equal(feed_guard_request(t.guard, t.clients[0], SPAN(""), 30000), FEED_SERVE);
	feed_guard_look(t.guard, 65000);
	assert_int_equal(feed_guard_cut(t.guard), 0);
	feed_guard_look(t.guard, 65001);
	assert_int_equal(feed_guard_cut(t.guard), 1);
	assert_true(is_cut(t.clients[0]));
}

static void a_number_used_again_is_another_connection(void **state)
{
	int server = connect_one(1000), again;

	(void)state;
	close(server);
	close(t.clients[0]);
	t.count = 0;
	again = connect_one(5500);
	assert_int_equal(again, server);
	feed_guard_look(t.guard, 7000);
	assert_int_equal(feed_guard_cut(t.guard), 0);
}

static void the_oldest_of_an_address_go(void **state)
{
	(void)state;
	for (int i = 0; i < 40; i++)
		connect_one(1000 + i);
	feed_guard_look(t.guard, 1499);
	assert_int_equal(feed_guard_cut(t.guard), 0); /* they may just be about to ask */
	feed_guard_look(t.guard, 1540);
	/* of both ends the server's only wait for a request */
	assert_int_equal(feed_guard_cut(t.guard), 8);
	for (int i = 0; i < 40; i++)
		assert_int_equal(is_cut(t.clients[i]), i < 8);
}

static enum feed_verdict ask(const char *forwarded, int64_t now_ms)
{
	return feed_guard_request(t.guard, t.servers[0], span_from(forwarded), now_ms);
}

static void requests_are_counted_by_address(void **state)
{
	(void)state;
	connect_one(0);
	for (int i = 0; i < 600; i++)
		assert_int_equal(ask("192.0.2.1", 0), FEED_SERVE);
	assert_int_equal(ask("192.0.2.1", 0), FEED_TOO_MANY);
	assert_int_equal(ask("192.0.2.2", 0), FEED_SERVE);
	assert_int_equal(ask("10.0.0.1, 192.0.2.1", 0), FEED_TOO_MANY);
	assert_int_equal(ask("192.0.2.1", 49), FEED_TOO_MANY);
	assert_int_equal(ask("192.0.2.1", 100), FEED_SERVE); /* 20 a second */
	/* who says nothing, or no address, is our own web server */
	for (int i = 0; i < 2000; i++)
		assert_int_equal(ask(i % 2 ? "" : "unknown", 0), FEED_SERVE);
}

static void guesses_are_counted_apart(void **state)
{
	(void)state;
	connect_one(0);
	for (int i = 0; i < 30; i++) {
		assert_int_equal(ask("192.0.2.1", 0), FEED_SERVE);
		assert_int_equal(feed_guard_wrong(t.guard), FEED_SERVE);
	}
	assert_int_equal(ask("192.0.2.1", 0), FEED_SERVE);
	assert_int_equal(feed_guard_wrong(t.guard), FEED_TOO_MANY);
	assert_int_equal(ask("192.0.2.1", 60000), FEED_SERVE);
	assert_int_equal(feed_guard_wrong(t.guard), FEED_SERVE);
	assert_int_equal(ask("", 60000), FEED_SERVE);
	for (int i = 0; i < 100; i++)
		assert_int_equal(feed_guard_wrong(t.guard), FEED_SERVE);
}

/* More addresses than are remembered: the ones seen last keep their counts. */
static void many_addresses(void **state)
{
	char text[32];

	(void)state;
	connect_one(0);
	for (int i = 0; i < 600; i++)
		assert_int_equal(ask("192.0.2.1", 1), FEED_SERVE);
	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "10.%d.%d.1", i / 250, i % 250);
		assert_int_equal(ask(text, 2), FEED_SERVE);
	}
	assert_int_equal(ask("192.0.2.1", 2), FEED_TOO_MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_there, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_request_has_five_seconds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_answer_has_a_minute, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			a_number_used_again_is_another_connection, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_oldest_of_an_address_go, set_up, tear_down),
		cmocka_unit_test_setup_teardown(requests_are_counted_by_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(guesses_are_counted_apart, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_addresses, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
