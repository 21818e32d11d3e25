#include "daemon/imap_scan.h"

#include <string.h>

#include "base/buffer.h"
#include "base/span.h"
#include "base/text.h"

void imap_scan_limit(struct imap_scan *scan, uint64_t max_bytes, uint64_t max_line_bytes,
	uint64_t max_literal, uint32_t max_untagged)
{
	scan->bytes_left = max_bytes;
	scan->line_bytes_left = max_line_bytes;
	scan->max_literal = max_literal;
	scan->untagged_left = max_untagged;
}

/* "* BYE reason": libetpan 1.9.4 mistakes its shape for a tagged answer and reads beyond it. */
static bool refuse_bye(const struct imap_scan *scan, struct error *err)
{
	struct span line = {scan->head, scan->head_size};
	struct buffer words = {0};

	text_escape_line(&words, span_trim(span_after(line, strlen("* BYE"))));
	error_set(err, ERROR_TEMPORARY, "the server ended the session: %s", buffer_string(&words));
	buffer_done(&words);
	return false;
}

/* "* 12 FETCH (": handled one by one, so that they may be many. */
static bool is_fetch(struct span line)
{
	size_t i = strlen("* ");

	while (i < line.size && line.data[i] >= '0' && line.data[i] <= '9')
		i++;
	return i > strlen("* ") && span_starts_fold(span_after(line, i), SPAN(" FETCH"));
}

/* libetpan takes -1 for 0 and counts beyond 2^32 from 0: that would be another mail's UID. */
static bool check_uid(struct span line, struct error *err)
{
	ptrdiff_t at = span_find_fold(line, SPAN("UID "));
	struct span digits = at < 0 ? (struct span){0} : span_after(line, (size_t)at + 4);
	uint64_t uid = 0;
	size_t i = 0;

	while (i < digits.size && i < 11 && digits.data[i] >= '0' && digits.data[i] <= '9')
		uid = uid * 10 + (uint64_t)(digits.data[i++] - '0');
	if (at < 0 || (uid > 0 && uid <= UINT32_MAX))
		return true;
	return error_set(err, ERROR_INPUT,
		"the server says a UID that can't be one; ask the server's administrator");
}

/* A line (up to its first literal) is whole. */
static bool check_line(struct imap_scan *scan, struct error *err)
{
	struct span line = {scan->head, scan->head_size};

	if (!span_starts(line, SPAN("* ")) && !span_starts(line, SPAN("+")))
		return true;
	if (span_starts_fold(line, SPAN("* BYE")))
		return refuse_bye(scan, err);
	if (is_fetch(line))
		return check_uid(line, err);
	if (scan->untagged_left == 0)
		return error_set(err, ERROR_LIMIT, "the server floods us with untagged responses");
	scan->untagged_left--;
	return true;
}

static bool begin_literal(struct imap_scan *scan, struct error *err)
{
	if (scan->literal_size > scan->max_literal)
		return error_set(err, ERROR_LIMIT,
			"the server announced a literal of %llu bytes, more than the %llu that "
			"may come",
			(unsigned long long)scan->literal_size,
			(unsigned long long)scan->max_literal);
	scan->literal_left = scan->literal_size;
	return true;
}

static bool end_line(struct imap_scan *scan, struct error *err)
{
	bool literal = scan->brace == BRACE_CLOSED;

	if (!scan->continued && !check_line(scan, err))
		return false;
	scan->continued = literal;
	scan->brace = BRACE_NONE;
	scan->line_bytes = 0;
	scan->head_size = 0;
	scan->quoted = scan->escaped = false;
	if (literal)
		return begin_literal(scan, err);
	scan->nesting = 0;
	return true;
}

/* Recognises "{digits}" and "{digits+}" with nothing but the line's end behind them. */
static bool follow_brace(struct imap_scan *scan, char byte, struct error *err)
{
	if (byte == '{') {
		scan->brace = BRACE_OPEN;
		scan->literal_size = 0;
	} else if (scan->brace == BRACE_OPEN && byte >= '0' && byte <= '9') {
		if (scan->literal_size > UINT32_MAX)
			return error_set(
				err, ERROR_LIMIT, "the server announced an absurd literal");
		scan->literal_size = scan->literal_size * 10 + (uint64_t)(byte - '0');
	} else if (scan->brace == BRACE_OPEN && byte == '+') {
		scan->brace = BRACE_PLUS;
	} else if ((scan->brace == BRACE_OPEN || scan->brace == BRACE_PLUS) && byte == '}') {
		scan->brace = BRACE_CLOSED;
	} else if (byte != '\r') {
		scan->brace = BRACE_NONE;
	}
	return true;
}

static bool follow_nesting(struct imap_scan *scan, char byte, struct error *err)
{
	if (scan->escaped) {
		scan->escaped = false;
	} else if (scan->quoted) {
		scan->escaped = byte == '\\';
		scan->quoted = byte != '"';
	} else if (byte == '"') {
		scan->quoted = true;
	} else if (byte == ')') {
		scan->nesting--;
	} else if (byte == '(' && ++scan->nesting > IMAP_MAX_NESTING) {
		return error_set(err, ERROR_LIMIT, "the server nests parentheses too deeply");
	}
	return true;
}

static bool follow_line(struct imap_scan *scan, char byte, struct error *err)
{
	if (scan->line_bytes_left == 0)
		return error_set(err, ERROR_LIMIT, "the server answers without end");
	scan->line_bytes_left--;
	if (byte == '\n')
		return end_line(scan, err);
	if (++scan->line_bytes > IMAP_MAX_LINE_BYTES)
		return error_set(err, ERROR_LIMIT, "the server sends a line without end");
	if (scan->head_size < sizeof(scan->head) && !scan->continued)
		scan->head[scan->head_size++] = byte;
	return follow_brace(scan, byte, err) && follow_nesting(scan, byte, err);
}

bool imap_scan_bytes(
	struct imap_scan *scan, const char *bytes, size_t size, size_t *usable, struct error *err)
{
	*usable = 0;
	if (size > scan->bytes_left)
		return error_set(err, ERROR_LIMIT, "the server answers without end");
	scan->bytes_left -= size;
	for (size_t i = 0; i < size;) {
		if (scan->literal_left > 0) {
			size_t skip = size - i;

			if (skip > scan->literal_left)
				skip = (size_t)scan->literal_left;
			scan->literal_left -= skip;
			i += skip;
			continue;
		}
		if (!follow_line(scan, bytes[i], err))
			return false;
		i++;
		if (scan->line_bytes == 0 && !scan->continued)
			*usable = i;
	}
	*usable = size;
	return true;
}
