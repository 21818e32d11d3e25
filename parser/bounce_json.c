#include "parser/bounce_json.h"

#include <jansson.h>

#include "base/text.h"
#include "parser/bounce_code.h"
#include "parser/limits.h"

#define NOTICE_BYTES_MAX (64u << 10)
#define REASON_BYTES_MAX 1000

/* Without "!\n ", by which an old mail server breaks lines that are too long. */
static struct span joined(struct arena *arena, struct span text)
{
	char *out = arena_alloc(arena, text.size + 1);
	size_t size = 0;

	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] == '!' && span_starts(span_after(text, i + 1), SPAN("\n "))) {
			i += 2;
			continue;
		}
		out[size++] = text.data[i];
	}
	return (struct span){out, size};
}

static struct span member(struct arena *arena, const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_string(value) ? arena_copy(arena, (struct span){json_string_value(value),
								 json_string_length(value)})
				     : (struct span){0};
}

static void add(struct arena *arena, const json_t *recipient, struct facts *facts)
{
	struct span address = member(arena, recipient, "emailAddress"),
		    words = member(arena, recipient, "diagnosticCode"),
		    status = member(arena, recipient, "status");
	ptrdiff_t semicolon = span_find_byte(words, ';');
	struct span reason =
		span_trim(semicolon < 0 ? words : span_after(words, (size_t)semicolon + 1));
	struct bounce_code said = bounce_code_find(reason);

	if (span_find_byte(address, '@') < 0 || facts->bounced_count >= BOUNCED_MAX)
		return;
	facts->bounced[facts->bounced_count++] = (struct facts_bounced){address,
		bounce_code_is_general(said.status) ? bounce_code_find(status).status : said.status,
		said.reply, text_cut(reason, REASON_BYTES_MAX)};
}

bool bounce_json_read(struct span text, struct arena *arena, struct facts *facts)
{
	struct span front = span_trim(span_part(text, 0, NOTICE_BYTES_MAX));
	size_t index;
	json_t *recipient;

	if (!span_starts(front, SPAN("{")) || span_find(front, SPAN("\"bouncedRecipients\"")) < 0)
		return false;
	front = joined(arena, front);
	json_t *notice = json_loadb(front.data, front.size, JSON_DISABLE_EOF_CHECK, NULL);
	const json_t *list =
		json_object_get(json_object_get(notice, "bounce"), "bouncedRecipients");

	facts->bounced = arena_array(arena, struct facts_bounced, BOUNCED_MAX);
	facts->bounced_count = 0;
	json_array_foreach(list, index, recipient) add(arena, recipient, facts);
	json_decref(notice);
	return facts->bounced_count > 0;
}
