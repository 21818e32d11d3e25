/*
 * pack.h - values in bytes and back, for what travels between processes and for facts at rest:
 * little endian, spans as a 32-bit length and the bytes. Reading never runs past the end: the
 * first thing that does not fit makes the reader bad, and everything after it reads as zero.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/span.h"

void pack_u8(struct buffer *out, uint8_t value);
void pack_u32(struct buffer *out, uint32_t value);
void pack_u64(struct buffer *out, uint64_t value);
void pack_i64(struct buffer *out, int64_t value);
void pack_bool(struct buffer *out, bool value);
void pack_span(struct buffer *out, struct span span);

struct unpack {
	struct span rest;
	bool bad;
};

uint8_t unpack_u8(struct unpack *in);
uint32_t unpack_u32(struct unpack *in);
uint64_t unpack_u64(struct unpack *in);
int64_t unpack_i64(struct unpack *in);
/* Anything but 0 and 1 is bad. */
bool unpack_bool(struct unpack *in);
/* A byte below `count`, the number of an enum's values; anything else is bad and reads as 0. */
unsigned unpack_enum(struct unpack *in, unsigned count);
/* Points into the bytes that are read. */
struct span unpack_span(struct unpack *in);
/* A count of items of at least item_bytes each: more than can follow is bad and reads as 0. */
uint32_t unpack_count(struct unpack *in, size_t item_bytes);
/* Nothing was bad and nothing is left. */
bool unpack_done(const struct unpack *in);
/* The same as the end of reading a frame; ERROR_INPUT names it. */
MUST_CHECK bool unpack_finish(const struct unpack *in, const char *frame, struct error *err);

#endif
