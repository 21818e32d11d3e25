/*
 * imap_scan.h - looks at what an IMAP server sends before libetpan sees it, and refuses what
 * libetpan would swallow whole: endless lines, huge literals, deep nesting, floods. It only follows
 * lines, literals and parentheses (RFC 9051 section 4); it understands nothing else.
 */
#ifndef DAEMON_IMAP_SCAN_H
#define DAEMON_IMAP_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define IMAP_MAX_LINE_BYTES 65536 /* without literals; FETCH lines of ours have some hundred */
#define IMAP_MAX_NESTING    32	  /* we never ask for BODYSTRUCTURE; 20,000 crash libetpan */

struct imap_scan {
	uint64_t bytes_left, max_literal;
	uint64_t line_bytes_left; /* of all that is no literal */
	uint32_t untagged_left;
	uint64_t literal_left; /* inside a literal: bytes still to come */
	uint64_t literal_size; /* of the "{N}" at the end of the line so far */
	enum { BRACE_NONE, BRACE_OPEN, BRACE_PLUS, BRACE_CLOSED } brace;
	size_t line_bytes;
	int nesting;
	bool quoted, escaped;
	char head[96]; /* how the line begins: BYE and floods are told by it */
	size_t head_size;
	bool continued; /* the line goes on behind a literal */
};

/* A new command: what it may cost. Where the line stands is kept. */
void imap_scan_limit(struct imap_scan *scan, uint64_t max_bytes, uint64_t max_line_bytes,
	uint64_t max_literal, uint32_t max_untagged);
/*
 * Follows the bytes. ERROR_LIMIT when they go beyond a limit, ERROR_TEMPORARY when the server says
 * BYE (its words are in the text). The first *usable bytes may reach libetpan in any case: whole
 * lines before the fault (a refused LOGIN is often followed by BYE at once); size when all is well.
 */
MUST_CHECK bool imap_scan_bytes(
	struct imap_scan *scan, const char *bytes, size_t size, size_t *usable, struct error *err);

#endif
