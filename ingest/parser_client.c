#include "ingest/parser_client.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/memory.h"

/* The parser's own descriptor for requests (parser/protocol.h). */
#define PARSER_DESCRIPTOR 3
/* Facts are text and fields of one mail, each with a cap of its own in the parser. */
#define ANSWER_MAX_BYTES ((size_t)64 << 20)
/* A PDF's text takes the parser a second at worst; its own CPU timer stops it well before this. */
#define ANSWER_SECONDS 60
/* The parser sets the same limit itself; this one also covers the time before it does. */
#define MEMORY_BYTES ((uint64_t)1 << 30)
/* For postroom-pdf, which holds a PDF as a file in memory; the parser itself goes down to none. */
#define FILE_BYTES ((uint64_t)20 << 20)

struct parser_client {
	pid_t pid;
	int socket; /* -1: not running */
	struct buffer request, answer;
};

void parser_client_limits(struct process_options *options)
{
	options->memory_bytes = MEMORY_BYTES;
	/* CPU is limited for each mail by the parser's own timer: a total would stop a busy one. */
	options->cpu_seconds = 0;
	/* a sanitizer's runtime maps a file of its own */
	options->file_bytes = SANITIZED ? UINT64_MAX : FILE_BYTES;
}

static bool client_spawn(struct parser_client *client, struct error *err)
{
	char path[PATH_MAX];
	char name[] = "postroom-parser";
	char *arguments[] = {name, NULL};
	const struct timeval timeout = {.tv_sec = ANSWER_SECONDS};
	int ends[2];

	if (!process_sibling(name, path, sizeof(path), err) || !process_socket_pair(ends, err))
		return false;
	struct process_descriptor descriptors[] = {{ends[1], PARSER_DESCRIPTOR}};
	struct process_options options = {
		.program = path,
		.arguments = arguments,
		.descriptors = descriptors,
		.descriptor_count = ARRAY_COUNT(descriptors),
	};
	parser_client_limits(&options);
	bool started = process_start(&options, &client->pid, err);
	close(ends[1]);
	if (!started) {
		close(ends[0]);
		return false;
	}
	client->socket = ends[0];
	setsockopt(client->socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
	setsockopt(client->socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
	return true;
}

/* Ends the parser and says in *how how it ended ("killed by SIGSEGV"). */
static void client_reap(struct parser_client *client, bool forced, char how[static 64])
{
	int status = 0;
	if (client->socket < 0)
		return;
	close(client->socket);
	client->socket = -1;
	if (forced)
		kill(client->pid, SIGKILL);
	while (waitpid(client->pid, &status, 0) < 0 && errno == EINTR)
		;
	process_status_text(status, how);
}

bool parser_client_start(struct parser_client **client, struct error *err)
{
	struct parser_client *made = memory_alloc(sizeof(*made));
	*made = (struct parser_client){.socket = -1};
	if (!client_spawn(made, err)) {
		free(made);
		return false;
	}
	*client = made;
	return true;
}

void parser_client_free(struct parser_client *client)
{
	char how[64];
	if (!client)
		return;
	client_reap(client, false, how);
	buffer_done(&client->request);
	buffer_done(&client->answer);
	free(client);
}

static struct span *strings_to_spans(struct arena *arena, const struct config_strings *strings)
{
	struct span *spans = arena_array(arena, struct span, strings->count + 1);
	for (size_t i = 0; i < strings->count; i++)
		spans[i] = span_from(strings->items[i]);
	return spans;
}

void parser_options(const struct config *config, struct arena *arena, struct parse_options *options)
{
	*options = (struct parse_options){.input = PARSE_MAIL, .tag_separator = '+'};
	if (!config)
		return;
	options->tag_separator = config->tag_separator;
	options->action_prefixes = strings_to_spans(arena, &config->action_prefixes);
	options->action_prefix_count = config->action_prefixes.count;
	options->own_domains = strings_to_spans(arena, &config->own_domains);
	options->own_domain_count = config->own_domains.count;
}

/*
 * Whether it crashed, stalled or sent rubbish: the next mail gets a new parser. One that had closed
 * its end is dying by itself, and how it died is worth telling.
 */
static bool client_failed(
	struct parser_client *client, bool closed, const struct error *why, struct error *err)
{
	char how[64] = "";
	client_reap(client, !closed, how);
	if (closed)
		return error_set(err, ERROR_TEMPORARY, "the parser ended: %s", how);
	return error_set(err, ERROR_TEMPORARY, "the parser was stopped: %s", why->text);
}

bool parser_client_send(struct parser_client *client, const struct parse_options *options,
	struct span mail, struct error *err)
{
	struct error why = {0};

	if (client->socket < 0 && !client_spawn(client, err))
		return false;
	buffer_clear(&client->request);
	protocol_write_request(options, mail, &client->request);
	if (!frame_write(client->socket, PARSER_REQUEST, buffer_span(&client->request), &why))
		return client_failed(client, false, &why, err);
	return true;
}

bool parser_client_receive(
	struct parser_client *client, struct arena *arena, struct facts *facts, struct error *err)
{
	struct frame frame;
	struct error why = {0};
	bool ended = false;

	if (!frame_read(client->socket, &client->answer, ANSWER_MAX_BYTES, &frame, &ended, &why) ||
		ended)
		return client_failed(client, ended, &why, err);
	/* Nothing of ours comes with a descriptor; the parser was taken over. */
	if (frame.descriptor >= 0)
		close(frame.descriptor);
	if (frame.type == PARSER_FAILED)
		return error_set(err, ERROR_INPUT, "%.*s", SPAN_ARG(frame.body));
	if (frame.type != PARSER_FACTS || !facts_read(frame.body, arena, facts, &why)) {
		error_context(&why, "an answer that is none");
		return client_failed(client, false, &why, err);
	}
	return true;
}

bool parser_client_read(struct parser_client *client, const struct parse_options *options,
	struct span mail, struct arena *arena, struct facts *facts, struct error *err)
{
	return parser_client_send(client, options, mail, err) &&
	       parser_client_receive(client, arena, facts, err);
}
