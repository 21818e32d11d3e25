#include "base/pack.h"

/* Byte by byte: the format is little endian on every machine, and compilers make one move of it. */
static void append_little_endian(struct buffer *out, uint64_t value, size_t size)
{
	char bytes[8];

	for (size_t i = 0; i < size; i++)
		bytes[i] = (char)(unsigned char)(value >> (8 * i));
	buffer_append(out, (struct span){bytes, size});
}

void pack_u8(struct buffer *out, uint8_t value)
{
	append_little_endian(out, value, 1);
}

void pack_u32(struct buffer *out, uint32_t value)
{
	append_little_endian(out, value, 4);
}

void pack_u64(struct buffer *out, uint64_t value)
{
	append_little_endian(out, value, 8);
}

void pack_i64(struct buffer *out, int64_t value)
{
	pack_u64(out, (uint64_t)value);
}

void pack_bool(struct buffer *out, bool value)
{
	pack_u8(out, value ? 1 : 0);
}

void pack_span(struct buffer *out, struct span span)
{
	if (span.size > UINT32_MAX) { /* cannot be said in the format: the owner sees `full` */
		out->full = true;
		return;
	}
	pack_u32(out, (uint32_t)span.size);
	buffer_append(out, span);
}

static uint64_t go_bad(struct unpack *in)
{
	in->bad = true;
	in->rest = (struct span){NULL, 0};
	return 0;
}

static uint64_t take_little_endian(struct unpack *in, size_t size)
{
	uint64_t value = 0;

	if (in->bad || in->rest.size < size)
		return go_bad(in);
	for (size_t i = 0; i < size; i++)
		value |= (uint64_t)(unsigned char)in->rest.data[i] << (8 * i);
	in->rest = span_after(in->rest, size);
	return value;
}

uint8_t unpack_u8(struct unpack *in)
{
	return (uint8_t)take_little_endian(in, 1);
}

uint32_t unpack_u32(struct unpack *in)
{
	return (uint32_t)take_little_endian(in, 4);
}

uint64_t unpack_u64(struct unpack *in)
{
	return take_little_endian(in, 8);
}

int64_t unpack_i64(struct unpack *in)
{
	return (int64_t)take_little_endian(in, 8);
}

bool unpack_bool(struct unpack *in)
{
	uint8_t value = unpack_u8(in);

	if (value > 1)
		return go_bad(in) != 0;
	return value == 1;
}

struct span unpack_span(struct unpack *in)
{
	uint32_t size = unpack_u32(in);
	struct span span;

	if (in->bad || in->rest.size < size) {
		go_bad(in);
		return (struct span){NULL, 0};
	}
	span = span_part(in->rest, 0, size);
	in->rest = span_after(in->rest, size);
	return span;
}

uint32_t unpack_count(struct unpack *in, size_t item_bytes)
{
	uint32_t count = unpack_u32(in);

	if (in->bad || (item_bytes > 0 && count > in->rest.size / item_bytes))
		return (uint32_t)go_bad(in);
	return count;
}

bool unpack_done(const struct unpack *in)
{
	return !in->bad && in->rest.size == 0;
}

unsigned unpack_enum(struct unpack *in, unsigned count)
{
	unsigned value = unpack_u8(in);

	if (value >= count) {
		go_bad(in);
		return 0;
	}
	return value;
}

bool unpack_finish(const struct unpack *in, const char *frame, struct error *err)
{
	if (!unpack_done(in))
		return error_set(err, ERROR_INPUT, "a %s frame does not fit its shape", frame);
	return true;
}
