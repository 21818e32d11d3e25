/*
 * postroom-parser: bytes of mails in, facts out, over descriptor 3 (parser/protocol.h). It opens
 * what its libraries need, starts the process that reads text out of PDFs, gives up every right but
 * memory and its descriptors, and then answers one request after the other until the other side
 * closes. Whatever crashes or loops in here costs one message: whoever started it starts another.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/compiler.h"
#include "base/compress.h"
#include "base/frame.h"
#include "base/memory.h"
#include "base/sandbox.h"
#include "parser/limits.h"
#include "parser/message.h"
#include "parser/pdf_text.h"

#define REQUEST_SOCKET 3
#define KEPT_BYTES     (8u << 20) /* bigger buffers are given back after their mail */

struct worker {
	struct buffer request, plain, answer;
	struct arena arena;
};

/*
 * CPU of this message only: SIGPROF ends the process when it is used up. Unlike RLIMIT_CPU the
 * timer begins anew with each message.
 */
static void limit_cpu(size_t size_bytes)
{
	struct itimerval timer = {0};

	if (size_bytes > 0)
		timer.it_value.tv_sec =
			(time_t)(MESSAGE_CPU_SECONDS + size_bytes / MESSAGE_BYTES_PER_SECOND) *
			(SANITIZED ? SANITIZED_SLOWER : 1);
	setitimer(ITIMER_PROF, &timer, NULL);
}

/* Sanitizers reserve terabytes of addresses. No file is ever written here. */
static void limit_memory(void)
{
	const struct rlimit limit = {PARSER_MEMORY_BYTES, PARSER_MEMORY_BYTES};
	const struct rlimit nothing = {0, 0};

	(void)setrlimit(RLIMIT_FSIZE, &nothing);

	if (!SANITIZED)
		(void)setrlimit(RLIMIT_AS, &limit);
}

static void give_back(struct buffer *buffer)
{
	if (buffer->capacity > KEPT_BYTES)
		buffer_done(buffer);
}

static void keep_spans(struct arena *arena, struct span *spans, size_t count)
{
	for (size_t i = 0; i < count; i++)
		spans[i] = arena_copy(arena, spans[i]);
}

/* They point into the request, which a large mail needs the room of. */
static void keep_options(struct worker *worker, struct parse_options *options)
{
	keep_spans(&worker->arena, options->action_prefixes, options->action_prefix_count);
	keep_spans(&worker->arena, options->own_domains, options->own_domain_count);
}

static bool parse(struct worker *worker, struct span body, struct error *err)
{
	struct parse_options options;
	struct facts facts;
	struct span mail;

	if (!protocol_read_request(body, &worker->arena, &options, &mail, err))
		return false;
	if (options.input == PARSE_MAIL_ZSTD) {
		buffer_clear(&worker->plain);
		if (!compress_unpack(&worker->plain, mail, MESSAGE_BYTES_MAX, err))
			return false;
		mail = buffer_span(&worker->plain);
		keep_options(worker, &options);
		give_back(&worker->request);
	}
	limit_cpu(mail.size + 1);
	if (!parse_mail(mail, &options, &worker->arena, &facts, err))
		return false;
	facts_write(&facts, &worker->answer);
	return true;
}

static bool answer_one(struct worker *worker, struct span body, struct error *err)
{
	struct error failure;

	buffer_clear(&worker->answer);
	bool parsed = parse(worker, body, &failure);
	limit_cpu(0);
	struct span answer = parsed ? buffer_span(&worker->answer) : span_from(failure.text);
	bool written =
		frame_write(REQUEST_SOCKET, parsed ? PARSER_FACTS : PARSER_FAILED, answer, err);
	if (worker->arena.total_bytes > KEPT_BYTES)
		arena_done(&worker->arena);
	else
		arena_reset(&worker->arena);
	give_back(&worker->plain);
	give_back(&worker->answer);
	return written;
}

static bool serve(struct worker *worker, struct error *err)
{
	struct frame frame;
	bool ended = false;

	while (frame_read(
		REQUEST_SOCKET, &worker->request, REQUEST_BYTES_MAX, &frame, &ended, err)) {
		if (ended)
			return true;
		if (frame.type != PARSER_REQUEST)
			return error_set(
				err, ERROR_INPUT, "frame of the unknown type %u", frame.type);
		if (!answer_one(worker, frame.body, err))
			break;
		if (pdf_text_is_lost())
			return error_set(err, ERROR_LIMIT,
				"postroom-pdf ended; both have to be started again");
		give_back(&worker->request);
	}
	/* whoever asked is gone in the middle of it: nobody is left who wants an answer */
	return err->kind == ERROR_TEMPORARY;
}

/*
 * Libraries say on stderr what they think of a mail (libical a line each time), which ends in the
 * daemon's log or on a person's terminal: a sender could fill both. Gives the stream for our own
 * words.
 */
static FILE *silence_libraries(void)
{
	FILE *own = stderr, *nowhere = fopen("/dev/null", "we");

	if (nowhere)
		stderr = nowhere;
	return own;
}

int main(void)
{
	FILE *told = silence_libraries();
	struct worker worker = {0};
	struct error err;

	/* a terminal's interrupt goes to all; whoever asked decides, and closes the socket */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	memory_keep();
	if (!pdf_text_start(&err)) /* doctor names it, each mail with a PDF has the defect */
		fprintf(told, "postroom-parser: no text of PDFs: %s\n", err.text);
	parse_init();
	limit_memory();
	bool good = sandbox_enter(SANDBOX_PARSER, NULL, &err) && serve(&worker, &err);
	if (!good)
		fprintf(told, "postroom-parser: %s\n", err.text);
	buffer_done(&worker.request);
	buffer_done(&worker.plain);
	buffer_done(&worker.answer);
	arena_done(&worker.arena);
	parse_done();
	pdf_text_stop();
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
