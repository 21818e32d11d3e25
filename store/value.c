#include "base/digest.h"
#include "store/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

struct value value_text(struct span text)
{
	return (struct value){.text = text};
}

struct value value_text_or_null(struct span text)
{
	return (struct value){.is_null = span_is_empty(text), .text = text};
}

struct value value_bytes(const void *bytes, size_t size_bytes)
{
	return (struct value){.text = {bytes, size_bytes}};
}

struct value value_integer(int64_t integer)
{
	return (struct value){.integer = integer};
}

struct value value_integer_if(bool present, int64_t integer)
{
	return (struct value){.is_null = !present, .integer = present ? integer : 0};
}

struct value value_id(int64_t id)
{
	return value_integer_if(id != 0, id);
}

struct value value_date(struct arena *arena, struct date date)
{
	char text[DATE_TEXT_SIZE];

	if (!date_is_set(date))
		return value_null();
	return value_text(arena_copy(arena, span_from(date_text(date, text))));
}

struct value value_null(void)
{
	return (struct value){.is_null = true};
}

bool value_equal(const struct value *a, const struct value *b, enum record_type type)
{
	if (a->is_null || b->is_null)
		return a->is_null == b->is_null;
	if (type == RECORD_INTEGER)
		return a->integer == b->integer;
	return span_equal(a->text, b->text);
}

static struct span to_hex(struct arena *arena, struct span bytes)
{
	static const char digits[] = "0123456789abcdef";
	char *hex = arena_alloc(arena, 2 * bytes.size + 1);

	for (size_t i = 0; i < bytes.size; i++) {
		hex[2 * i] = digits[(unsigned char)bytes.data[i] >> 4];
		hex[2 * i + 1] = digits[bytes.data[i] & 15];
	}
	return (struct span){hex, 2 * bytes.size};
}

static int digit_of(char hex)
{
	return hex >= '0' && hex <= '9'	  ? hex - '0'
	       : hex >= 'a' && hex <= 'f' ? hex - 'a' + 10
					  : -1;
}

static bool from_hex(struct arena *arena, struct span hex, struct span *bytes)
{
	char *data = arena_alloc(arena, hex.size / 2 + 1);

	*bytes = (struct span){data, hex.size / 2};
	for (size_t i = 0; i < bytes->size; i++) {
		int high = digit_of(hex.data[2 * i]), low = digit_of(hex.data[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		data[i] = (char)(high << 4 | low);
	}
	return hex.size % 2 == 0;
}

struct span value_to_audit(struct arena *arena, const struct value *value, enum record_type type)
{
	if (value->is_null)
		return (struct span){0};
	switch (type) {
	case RECORD_INTEGER:
		return arena_format(arena, "%" PRId64, value->integer);
	case RECORD_BYTES:
		return to_hex(arena, value->text);
	case RECORD_TEXT:
		break;
	}
	return value->text;
}

bool value_from_audit(struct arena *arena, struct span text, bool is_null, enum record_type type,
	struct value *value, struct error *err)
{
	const char *string;
	char *end;

	*value = (struct value){.is_null = is_null};
	if (is_null)
		return true;
	switch (type) {
	case RECORD_INTEGER:
		string = arena_string(arena, text);
		errno = 0;
		value->integer = strtoll(string, &end, 10);
		if (errno || end == string || *end)
			return error_set(err, ERROR_BUG, "the audit holds no number: %.*s",
				SPAN_ARG(span_part(text, 0, 40)));
		return true;
	case RECORD_BYTES:
		if (!from_hex(arena, text, &value->text))
			return error_set(err, ERROR_BUG, "the audit holds no bytes: %.*s",
				SPAN_ARG(span_part(text, 0, 40)));
		return true;
	case RECORD_TEXT:
		break;
	}
	value->text = text;
	return true;
}
