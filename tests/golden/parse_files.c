/*
 * parse_files [parse] [--json] [--own DOMAIN] FILE…: drives the real postroom-parser, sandbox
 * included, and prints one JSON object a line, as `postroom parse` does. A parser that dies is
 * started anew; its file gives an object with file and error.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/process.h"
#include "parser/facts_json.h"
#include "parser/limits.h"
#include "parser/protocol.h"

static char program[4096];
static struct span own_domain;
static int parser_socket = -1;
static pid_t parser_pid;

static bool start(struct error *err)
{
	int ends[2];

	if (parser_socket >= 0)
		return true;
	if (!process_socket_pair(ends, err))
		return false;
	char *arguments[] = {program, NULL};
	const struct process_descriptor descriptor = {ends[1], 3};
	const struct process_options options = {.program = program,
		.arguments = arguments,
		.descriptors = &descriptor,
		.descriptor_count = 1,
		.file_bytes = UINT64_MAX};
	bool started = process_start(&options, &parser_pid, err);
	close(ends[1]);
	if (!started) {
		close(ends[0]);
		return false;
	}
	parser_socket = ends[0];
	return true;
}

static void stop(char text[64])
{
	int status = 0;

	close(parser_socket);
	parser_socket = -1;
	waitpid(parser_pid, &status, 0);
	process_status_text(status, text);
}

static bool read_file(const char *path, struct buffer *out, struct error *err)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;

	buffer_clear(out);
	while (file >= 0 && (got = read(file, buffer_reserve(out, 65536), 65536)) > 0)
		out->size += (size_t)got;
	if (file >= 0)
		close(file);
	return got == 0 || error_set(err, ERROR_INPUT, "can't be read");
}

static bool ask(struct span mail, enum parse_input input, struct buffer *answer,
	struct arena *arena, struct facts *facts, struct error *err)
{
	const struct parse_options options = {.input = input,
		.tag_separator = '+',
		.own_domains = &own_domain,
		.own_domain_count = own_domain.size > 0};
	struct buffer request = {0};
	struct frame frame = {0};
	bool ended = false;

	if (!start(err))
		return false;
	protocol_write_request(&options, mail, &request);
	bool asked = frame_write(parser_socket, PARSER_REQUEST, buffer_span(&request), err) &&
		     frame_read(parser_socket, answer, REQUEST_BYTES_MAX, &frame, &ended, err);
	buffer_done(&request);
	if (!asked || ended) {
		char status[64];

		stop(status);
		return error_set(err, ERROR_TEMPORARY, "the parser died: %s", status);
	}
	if (frame.type != PARSER_FACTS)
		return error_set(err, ERROR_INPUT, "%.*s", SPAN_ARG(frame.body));
	return facts_read(frame.body, arena, facts, err);
}

static bool print(const char *path, enum parse_input input)
{
	struct buffer mail = {0}, answer = {0};
	struct arena arena = {0};
	struct facts facts;
	struct error err;
	bool good = read_file(path, &mail, &err) &&
		    ask(buffer_span(&mail), input, &answer, &arena, &facts, &err);
	json_t *json = good ? facts_json(&facts, path)
			    : json_pack("{s:s,s:s}", "file", path, "error", err.text);

	json_dumpf(json, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(json);
	buffer_done(&mail);
	buffer_done(&answer);
	arena_done(&arena);
	return good;
}

int main(int count, char **arguments)
{
	enum parse_input input = PARSE_MAIL;
	struct error err;
	int result = 0;

	if (!process_sibling("postroom-parser", program, sizeof(program), &err)) {
		fprintf(stderr, "parse_files: %s\n", err.text);
		return 1;
	}
	for (int i = 1; i < count; i++) {
		if (strcmp(arguments[i], "--body") == 0)
			input = PARSE_TEXT;
		else if (strcmp(arguments[i], "--html") == 0)
			input = PARSE_HTML;
		else if (strcmp(arguments[i], "--own") == 0 && i + 1 < count)
			own_domain = span_from(arguments[++i]);
		else if (strcmp(arguments[i], "--json") != 0 &&
			 (i > 1 || strcmp(arguments[i], "parse") != 0) &&
			 !print(arguments[i], input))
			result = 5;
	}
	if (parser_socket >= 0) {
		char status[64];

		stop(status);
		if (strcmp(status, "exit 0") != 0) {
			fprintf(stderr, "parse_files: postroom-parser ended with %s\n", status);
			return 1;
		}
	}
	return result;
}
