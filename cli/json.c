#include "cli/json.h"

#include <stdio.h>
#include <string.h>

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

json_t *json_span(struct span text)
{
	struct arena arena = {0};
	struct span clean = text_clean(&arena, text);
	json_t *value = json_stringn(clean.data ? clean.data : "", clean.size);

	arena_done(&arena);
	return value;
}

json_t *json_span_or_null(struct span text)
{
	return span_is_empty(text) ? json_null() : json_span(text);
}

json_t *json_id(int64_t id)
{
	return id ? json_integer(id) : json_null();
}

json_t *json_reference(int64_t id, struct span name)
{
	json_t *object;

	if (!id)
		return json_null();
	object = json_object();
	json_object_set_new(object, "id", json_integer(id));
	json_object_set_new(object, "name", json_span(name));
	return object;
}

/* The code point at text[at] when a terminal would act on it, 0 when it is harmless; its bytes. */
static unsigned unsafe_at(const unsigned char *text, size_t left, size_t *bytes)
{
	unsigned code;

	*bytes = 1;
	if (text[0] == 0x7f)
		return 0x7f;
	if (left >= 2 && text[0] == 0xc2 && text[1] >= 0x80 && text[1] <= 0x9f) {
		*bytes = 2;
		return text[1];
	}
	if (left >= 2 && text[0] == 0xd8 && text[1] == 0x9c) {
		*bytes = 2;
		return 0x61c; /* Arabic letter mark */
	}
	if (left < 3 || text[0] != 0xe2)
		return 0;
	code = 0x2000u + (((unsigned)text[1] & 0x3f) << 6) + (text[2] & 0x3fu);
	*bytes = 3;
	if (code == 0x200e || code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
		(code >= 0x2066 && code <= 0x2069))
		return code;
	return 0;
}

const json_t *json_at(const json_t *object, const char *key)
{
	const char *dot;

	while (object && (dot = strchr(key, '.'))) {
		char name[64];

		snprintf(name, sizeof name, "%.*s", (int)(dot - key), key);
		object = json_object_get(object, name);
		key = dot + 1;
	}
	return object ? json_object_get(object, key) : NULL;
}

void json_write(struct buffer *out, const json_t *value, bool compact)
{
	char *text = json_dumps(value, (compact ? JSON_COMPACT : (size_t)JSON_INDENT(2)) |
					       JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	size_t size, from = 0, bytes;

	if (!text)
		memory_exhausted();
	size = strlen(text);
	/* All bytes outside ASCII stand inside strings, where an escape means the same. */
	for (size_t at = 0; at < size; at++) {
		unsigned code;

		if ((unsigned char)text[at] < 0x7f)
			continue;
		code = unsafe_at((const unsigned char *)text + at, size - at, &bytes);
		if (!code)
			continue;
		buffer_append(out, (struct span){text + from, at - from});
		buffer_format(out, "\\u%04x", code);
		at += bytes - 1;
		from = at + 1;
	}
	buffer_append(out, (struct span){text + from, size - from});
	buffer_append_byte(out, '\n');
	free(text);
}
