/*
 * Any bytes as all that an IMAP server answers, through the real transport, the scanner and
 * libetpan, by a session that does what a reader does. The first byte says which commands, the
 * second how it logs in.
 *
 * libetpan can be crashed by a server (docs/decisions/007), which costs the reader's process and
 * nothing else; so here, too, the session runs in a process of its own and the server's side
 * outlives it. A death whose first known frame is libetpan's is counted; one in our code, a
 * sanitizer's report of ours, or a session that hangs ends the run. What the session covered comes
 * back through shared memory, or libFuzzer would see nothing of it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/date.h"
#include "daemon/imap.h"
#include "tests/fuzz/coverage.h"
#include "tests/fuzz/fuzz.h"

#if SANITIZED
#include <sanitizer/asan_interface.h>
#endif

#define INPUT_BYTES_MAX 20000
#define SESSION_SECONDS 20
#define LIBRARY_DIED	77 /* exit status of a session that libetpan brought down */
#define LITERAL_MAX	2000

enum plan { /* bits of the first byte */
	PLAN_LIST = 1,
	PLAN_INFO = 2,
	PLAN_MAILS = 4,
	PLAN_HEADER = 8,
	PLAN_PIECES = 16,
	PLAN_IDLE = 32,
	PLAN_SEARCH = 64,
	PLAN_ACTIONS = 128,
};

static int listening;
static unsigned long library_deaths;
static uint16_t port;
static struct transport_trust *trust;

/* ---------------------------------------------------------------- the session */

#if SANITIZED
/* The first frame that is neither the sanitizer's nor the C library's says whose fault it is. */
static void on_report(const char *report)
{
	const char *frame = strstr(report, "    #0 ");

	for (; frame; frame = strstr(frame + 1, "    #")) {
		struct span line = span_from(frame);

		line = span_part(line, 0, strcspn(frame, "\n"));
		if (span_find(line, SPAN("compiler-rt")) >= 0 ||
			span_find(line, SPAN("interceptor")) >= 0 ||
			span_find(line, SPAN("__asan")) >= 0 ||
			span_find(line, SPAN("libc.so")) >= 0 ||
			span_find(line, SPAN("./string/")) >= 0)
			continue;
		if (span_find(line, SPAN("libetpan")) >= 0) {
			coverage_give();
			_exit(LIBRARY_DIED);
		}
		break;
	}
	_exit(1);
}
#endif

static void must_be_error(const struct error *err)
{
	struct span text = span_from(err->text);

	fuzz_must(err->kind == ERROR_INPUT || err->kind == ERROR_TEMPORARY ||
		  err->kind == ERROR_AUTH || err->kind == ERROR_LIMIT);
	fuzz_must(text.size > 0 && span_find_byte(text, '\n') < 0);
	fuzz_must(span_find_byte(text, '\x1b') < 0);
}

static void on_mail(void *context, const struct imap_mail *mail)
{
	size_t *bytes = context;

	fuzz_must(!mail->has_body || mail->body.size <= LITERAL_MAX + 2);
	for (size_t i = 0; mail->has_body && i < mail->body.size; i++)
		*bytes += (unsigned char)mail->body.data[i];
}

static bool on_piece(void *context, struct span piece)
{
	size_t *bytes = context;

	fuzz_must(*bytes + piece.size <= LITERAL_MAX);
	*bytes += piece.size;
	return true;
}

static bool fetch(struct imap *imap, uint8_t plan, struct error *err)
{
	const uint32_t wanted[] = {1, 2, 3, 7};
	struct imap_uids uids = {0};
	enum imap_answer answer;
	size_t sum = 0, bytes = 0;
	bool given, good;

	good = !(plan & PLAN_LIST) || imap_list(imap, 1, 0, &uids, &answer, err);
	for (size_t i = 1; good && i < uids.count; i++)
		fuzz_must(uids.items[i] > uids.items[i - 1]);
	imap_uids_done(&uids);
	return good &&
	       (!(plan & PLAN_INFO) ||
		       imap_fetch_info(imap, wanted, 4, on_mail, &sum, &answer, err)) &&
	       (!(plan & PLAN_MAILS) || imap_fetch_mails(imap, wanted, 4, LITERAL_MAX, 4000,
						on_mail, &sum, &answer, err)) &&
	       (!(plan & PLAN_HEADER) ||
		       imap_fetch_header(imap, 2, LITERAL_MAX, on_mail, &sum, &answer, err)) &&
	       (!(plan & PLAN_PIECES) ||
		       imap_fetch_pieces(imap, 3, LITERAL_MAX, on_piece, &bytes, &given, err));
}

static bool search(struct imap *imap, struct error *err)
{
	const struct date day = {2026, 11, 21};
	struct imap_uids uids = {0};
	enum imap_answer answer;
	uint64_t count;
	bool good;

	good = imap_find(imap, SPAN("<a@example.net>"), 0, &uids, &answer, err) &&
	       imap_count_since(imap, day, &count, &answer, err);
	imap_uids_done(&uids);
	return good;
}

static bool idle(struct imap *imap, struct error *err)
{
	enum imap_idle_event event;
	bool started, news;

	return imap_idle_begin(imap, &started, err) &&
	       (!started || (imap_idle_wait(imap, NULL, 0, 1000, &event, err) &&
				    imap_idle_end(imap, &news, err)));
}

static bool act(struct imap *imap, struct error *err)
{
	const uint32_t uid = 2;
	enum imap_answer answer;

	return imap_add_flag(imap, &uid, 1, "\\Seen", &answer, err) &&
	       imap_copy(imap, uid, SPAN("B\xc3\xbcro & co"), &answer, err) &&
	       (!imap_has_move(imap) || imap_move(imap, uid, SPAN("Done"), &answer, err)) &&
	       (!imap_has_uidplus(imap) || imap_expunge(imap, uid, &answer, err));
}

static void run_session(uint8_t plan, uint8_t how)
{
	const struct imap_login login = {.trust = trust,
		.host = SPAN("127.0.0.1"),
		.port = port,
		.tls = TLS_NONE,
		.user = SPAN("anna"),
		.auth = how % 3 == 0   ? AUTH_PASSWORD
			: how % 3 == 1 ? AUTH_XOAUTH2
				       : AUTH_OAUTHBEARER,
		.secret = how & 64 ? SPAN("p\xc3\xa4ss") : SPAN("secret")};
	struct imap_folder folder;
	enum imap_answer answer;
	struct error err = {0};
	struct imap *imap;

	if (!imap_open(&login, &imap, &err)) {
		must_be_error(&err);
		return;
	}
	if (!imap_select(imap, SPAN("INBOX"), how & 128, &folder, &answer, &err) ||
		!fetch(imap, plan, &err) || ((plan & PLAN_SEARCH) && !search(imap, &err)) ||
		((plan & PLAN_IDLE) && !idle(imap, &err)) ||
		((plan & PLAN_ACTIONS) && !act(imap, &err)))
		must_be_error(&err);
	(void)imap_exists(imap);
	fuzz_must(span_find_byte(span_from(imap_words(imap)), '\n') < 0);
	imap_close(imap);
}

/* ---------------------------------------------------------------- the server */

/* Sends the script as the client takes it, and takes what it says; what it said must be lines. */
static void serve(int client, struct span script)
{
	char said[4096], last = '\n';
	bool sending = true;

	for (;;) {
		struct pollfd wait = {client, (short)(POLLIN | (sending ? POLLOUT : 0)), 0};
		ssize_t got;

		if (poll(&wait, 1, -1) < 0 && errno == EINTR)
			continue;
		if (sending && (wait.revents & POLLOUT)) {
			ssize_t sent = send(client, script.data, script.size, MSG_NOSIGNAL);

			script = span_after(script, sent > 0 ? (size_t)sent : 0);
			if (sent < 0 || script.size == 0) {
				shutdown(client, SHUT_WR);
				sending = false;
			}
		}
		if (!(wait.revents & (POLLIN | POLLHUP | POLLERR)))
			continue;
		got = recv(client, said, sizeof said, 0);
		if (got <= 0)
			break;
		for (ssize_t i = 0; i < got; i++) {
			fuzz_must(said[i] != '\0');
			fuzz_must(said[i] != '\n' || last == '\r');
			last = said[i];
		}
	}
	close(client);
}

/* False: the session ended before it came. */
static bool wait_for_client(pid_t session, int *client, int *status)
{
	for (;;) {
		struct pollfd wait = {listening, POLLIN, 0};

		if (poll(&wait, 1, 100) > 0) {
			*client = accept(listening, NULL, NULL);
			return *client >= 0;
		}
		if (waitpid(session, status, WNOHANG) == session)
			return false;
	}
}

static pid_t start_session(uint8_t plan, uint8_t how)
{
	pid_t session = fork();

	fuzz_must(session >= 0);
	if (session > 0)
		return session;
	signal(SIGALRM, SIG_DFL); /* libFuzzer's own clock */
	alarm(SESSION_SECONDS);
#if SANITIZED
	__asan_set_error_report_callback(on_report);
#else
	signal(SIGABRT, SIG_DFL);
#endif
	run_session(plan, how);
	coverage_give();
	_exit(0);
}

static void check_end(int status)
{
	/* without a sanitizer nobody can tell whose crash it was */
	bool died_in_library =
		SANITIZED ? WIFEXITED(status) && WEXITSTATUS(status) == LIBRARY_DIED
			  : WIFSIGNALED(status) &&
				    (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		fprintf(stderr, "the session hangs\n");
	library_deaths += died_in_library;
	fuzz_must(died_in_library || (WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

/* ---------------------------------------------------------------- the run */

static void note_deaths(void)
{
	/* for tests/fuzz/campaign.py */
	fprintf(stderr, "note sessions-that-libetpan-ended: %lu\n", library_deaths);
}

static void begin(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof address;
	struct error err;

	atexit(note_deaths);
	coverage_begin();
	fuzz_must(transport_trust_new(SPAN(""), SPAN(""), &trust, &err));
	listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	fuzz_must(listening >= 0 &&
		  bind(listening, (struct sockaddr *)&address, sizeof address) == 0 &&
		  listen(listening, 4) == 0 &&
		  getsockname(listening, (struct sockaddr *)&address, &size) == 0);
	port = ntohs(address.sin_port);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct linger at_once = {.l_onoff = 1}; /* or a port would be spent for a minute */
	int client = -1, status = 0;
	pid_t session;

	if (size < 2 || size > INPUT_BYTES_MAX)
		return 0;
	if (!trust)
		begin();
	session = start_session(data[0], data[1]);
	if (wait_for_client(session, &client, &status)) {
		setsockopt(client, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		serve(client, fuzz_span(data + 2, size - 2));
		while (waitpid(session, &status, 0) < 0 && errno == EINTR)
			;
	}
	coverage_take();
	check_end(status);
	return 0;
}
