#include "parser/bounce_code.h"

#define REPLY_GAP_MAX 4 /* bytes between a reply code and its status: "550-'5.2.2" */

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* "5.1.1" at the front of text: class.subject.detail of RFC 3463. */
static size_t status_size(struct span text)
{
	size_t at = 0, digits;

	for (int i = 0; i < 3; i++) {
		for (digits = 0; at < text.size && digits < 3 && is_digit(text.data[at]); digits++)
			at++;
		if (digits == 0 || (i == 0 && (digits != 1 || !memchr("245", text.data[0], 3))))
			return 0;
		if (i < 2 && (at >= text.size || text.data[at++] != '.'))
			return 0;
	}
	return at < text.size && (is_digit(text.data[at]) || text.data[at] == '.') ? 0 : at;
}

/* The next status from *at on; *at: where it stands. */
static struct span next_status(struct span text, size_t *at)
{
	for (; *at < text.size; (*at)++) {
		if (!is_digit(text.data[*at]) ||
			(*at > 0 && (is_digit(text.data[*at - 1]) || text.data[*at - 1] == '.')))
			continue;
		size_t size = status_size(span_after(text, *at));
		if (size > 0)
			return span_part(text, *at, size);
	}
	return (struct span){0};
}

/* Three digits that stand alone, 4xx or 5xx. */
static bool is_reply_code(struct span text, size_t at)
{
	bool begins = at == 0 || !(is_digit(text.data[at - 1]) || text.data[at - 1] == '.' ||
					 text.data[at - 1] == '-');
	bool ends =
		at + 3 == text.size || !(is_digit(text.data[at + 3]) || text.data[at + 3] == '.');

	return begins && ends && (text.data[at] == '4' || text.data[at] == '5') &&
	       text.data[at + 1] >= '0' && text.data[at + 1] <= '5' && is_digit(text.data[at + 2]);
}

static struct span first_reply_code(struct span text)
{
	for (size_t i = 0; i + 3 <= text.size; i++)
		if (is_reply_code(text, i))
			return span_part(text, i, 3);
	return (struct span){0};
}

/* The reply code that stands right before a status at `at`. */
static struct span reply_code_before(struct span text, size_t at)
{
	for (size_t gap = 1; gap <= REPLY_GAP_MAX && gap + 3 <= at; gap++)
		if (is_reply_code(text, at - gap - 3))
			return span_part(text, at - gap - 3, 3);
	return (struct span){0};
}

bool bounce_code_is_general(struct span status)
{
	return status.size == 0 || span_ends(status, SPAN(".0.0")) ||
	       span_equal(span_after(status, 1), SPAN(".1.0")) ||
	       span_equal(span_after(status, 1), SPAN(".4.7"));
}

struct bounce_code bounce_code_find(struct span text)
{
	struct bounce_code found = {0};
	struct span status;
	size_t at = 0, place = 0;

	while ((status = next_status(text, &at)).size > 0) {
		if (found.status.size == 0 || !bounce_code_is_general(status)) {
			found.status = status;
			place = at;
		}
		if (!bounce_code_is_general(status))
			break;
		at += status.size;
	}
	if (found.status.size > 0)
		found.reply = reply_code_before(text, place);
	if (found.reply.size == 0)
		found.reply = first_reply_code(text);
	return found;
}
