#include "daemon/imap_challenge.h"

#include <jansson.h>

#include "base/base64.h"
#include "base/compiler.h"
#include "base/text.h"

#define CHALLENGE_MAX_BYTES ((size_t)8 << 10)
#define VALUE_MAX_BYTES	    100

/* RFC 6750 section 3.1; Google and Microsoft say the HTTP status in its place. */
static const struct {
	const char *status, *words;
} statuses[] = {
	{"invalid_token",
		"the access token has expired, was revoked, or is for another service (see scope)"},
	{"400", "the access token has expired, was revoked, or is for another service (see scope)"},
	{"401", "the access token has expired, was revoked, or is for another service (see scope)"},
	{"insufficient_scope", "the access token does not reach IMAP (see scope)"},
	{"403", "the access token does not reach IMAP (see scope)"},
	{"invalid_request", "the server misses something in the login"},
};

static struct span text_of(const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!json_is_string(value))
		return (struct span){0};
	return text_cut((struct span){json_string_value(value), json_string_length(value)},
		VALUE_MAX_BYTES);
}

static void add_words(const json_t *object, struct buffer *out)
{
	struct span status = text_of(object, "status"), scope = text_of(object, "scope");
	const char *words = NULL;

	if (status.size == 0)
		return;
	for (size_t i = 0; i < ARRAY_COUNT(statuses); i++)
		if (span_equal_fold(status, span_from(statuses[i].status)))
			words = statuses[i].words;
	text_escape_line(out, status);
	if (words)
		buffer_format(out, ": %s", words);
	if (scope.size > 0) {
		buffer_append_string(out, "; it wants the scope ");
		text_escape_line(out, scope);
	}
}

void imap_challenge_words(struct span base64, struct buffer *out)
{
	CLEANUP(buffer_done) struct buffer plain = {0};
	json_t *object = NULL;

	base64 = span_trim(base64);
	if (base64.size > CHALLENGE_MAX_BYTES || !base64_decode(&plain, base64) || plain.size == 0)
		return;
	object = json_loadb(
		plain.data, plain.size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, NULL);
	if (json_is_object(object))
		add_words(object, out);
	json_decref(object);
}
