/*
 * parser_client.h - asking a postroom-parser process to read mails. A parser that dies or stalls
 * costs the mail it was reading, never the caller.
 */
#ifndef INGEST_PARSER_CLIENT_H
#define INGEST_PARSER_CLIENT_H

#include <sys/types.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/process.h"
#include "config/config.h"
#include "parser/facts.h"
#include "parser/protocol.h"

/* Tries at one mail on which parsers die; at the last one what hangs on it stays closed. */
#define PARSE_TRIES 3

struct parser_client;

/* Starts a parser of its own (the CLI), with its memory and CPU limits. */
MUST_CHECK bool parser_client_start(struct parser_client **client, struct error *err);
void parser_client_free(struct parser_client *client);

/* Options as the configuration asks for them; NULL gives the defaults (`postroom parse`). */
void parser_options(
	const struct config *config, struct arena *arena, struct parse_options *options);

/*
 * One mail in, its facts out (in the arena). ERROR_INPUT: the parser says it is no mail.
 * ERROR_TEMPORARY: the parser died or took too long; it is started again and the mail may be tried
 * again (three tries in all make it dead).
 */
MUST_CHECK bool parser_client_read(struct parser_client *client,
	const struct parse_options *options, struct span mail, struct arena *arena,
	struct facts *facts, struct error *err);

/*
 * The two halves of parser_client_read, so that several parsers can work at once: after a send
 * that succeeded exactly one receive, before the next send. Errors as there.
 */
MUST_CHECK bool parser_client_send(struct parser_client *client,
	const struct parse_options *options, struct span mail, struct error *err);
MUST_CHECK bool parser_client_receive(
	struct parser_client *client, struct arena *arena, struct facts *facts, struct error *err);

/* The limits of any parser process: memory and CPU, for process_start. */
void parser_client_limits(struct process_options *options);

#endif
