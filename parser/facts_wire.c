/*
 * Facts as bytes and back. Each struct has one table of its members; writer and reader walk the
 * same table, so that they cannot drift apart. The bytes begin with a magic number and the format.
 */
#include "parser/facts.h"

#include "base/pack.h"
#include "base/text.h"
#include "parser/facts_members.h"

#define WIRE_MAGIC   0x31544346u /* "FCT1" */
#define WIRE_MILLION 1000000.0	 /* confidences travel as millionths */

static void members_write(
	const char *object, const struct wire_member *members, struct buffer *out);

static void date_write(struct date date, struct buffer *out)
{
	pack_u32(out, (uint32_t)(date.year * 10000 + date.month * 100 + date.day));
}

static void list_write(const char *object, const struct wire_member *member, struct buffer *out)
{
	const char *items = *(char *const *)(const void *)(object + member->offset);
	size_t count = *(const size_t *)(const void *)(object + member->count_offset);

	pack_u32(out, (uint32_t)count);
	for (size_t i = 0; i < count; i++)
		members_write(items + i * member->item_bytes, member->members, out);
}

static size_t common_beginning(struct span one, struct span other)
{
	size_t most = one.size < other.size ? one.size : other.size, size = 0;

	if (most > 0 && memcmp(one.data, other.data, most) == 0)
		return most;
	while (size < most && one.data[size] == other.data[size])
		size++;
	return size;
}

/* How much of the other one it begins with, and the rest. */
static void like_write(const char *object, const struct wire_member *member, struct buffer *out)
{
	struct span span = *(const struct span *)(const void *)(object + member->offset);
	struct span other = *(const struct span *)(const void *)(object + member->like_offset);
	size_t common = common_beginning(span, other);

	pack_u32(out, (uint32_t)common);
	pack_span(out, span_after(span, common));
}

static void member_write(const char *object, const struct wire_member *member, struct buffer *out)
{
	const void *at = object + member->offset;

	switch (member->type) {
	case WIRE_SPAN:
		pack_span(out, *(const struct span *)at);
		return;
	case WIRE_BOOL:
		pack_bool(out, *(const bool *)at);
		return;
	case WIRE_ENUM:
		pack_u8(out, (uint8_t) * (const int *)at);
		return;
	case WIRE_INT:
		pack_i64(out, *(const int *)at);
		return;
	case WIRE_U32:
		pack_u32(out, *(const uint32_t *)at);
		return;
	case WIRE_U64:
		pack_u64(out, *(const uint64_t *)at);
		return;
	case WIRE_I64:
		pack_i64(out, *(const int64_t *)at);
		return;
	case WIRE_SURE:
		pack_u32(out, (uint32_t)(*(const double *)at * WIRE_MILLION + 0.5));
		return;
	case WIRE_DIGEST:
		buffer_append(out, (struct span){at, DIGEST_BYTES});
		return;
	case WIRE_DATE:
		date_write(*(const struct date *)at, out);
		return;
	case WIRE_STRUCT:
		members_write(at, member->members, out);
		return;
	case WIRE_LIST:
		list_write(object, member, out);
		return;
	case WIRE_LIKE:
		like_write(object, member, out);
		return;
	case WIRE_END:
		return;
	}
}

static void members_write(const char *object, const struct wire_member *members, struct buffer *out)
{
	for (; members->type != WIRE_END; members++)
		member_write(object, members, out);
}

void facts_write(const struct facts *facts, struct buffer *out)
{
	pack_u32(out, WIRE_MAGIC);
	pack_u32(out, FACTS_WIRE_FORMAT);
	members_write((const char *)facts, facts_members, out);
}

struct span facts_written_text(struct span bytes)
{
	struct unpack in = {bytes, false};

	(void)unpack_u32(&in);
	(void)unpack_u32(&in);
	return unpack_span(&in);
}

static void members_clean(char *object, const struct wire_member *members, struct arena *arena)
{
	for (; members->type != WIRE_END; members++) {
		void *at = object + members->offset;

		if (members->type == WIRE_SPAN || members->type == WIRE_LIKE) {
			*(struct span *)at = text_clean(arena, *(struct span *)at);
		} else if (members->type == WIRE_STRUCT) {
			members_clean(at, members->members, arena);
		} else if (members->type == WIRE_LIST) {
			char *items = *(char **)at;
			size_t count =
				*(const size_t *)(const void *)(object + members->count_offset);

			for (size_t i = 0; i < count; i++)
				members_clean(
					items + i * members->item_bytes, members->members, arena);
		}
	}
}

void facts_clean(struct facts *facts, struct arena *arena)
{
	members_clean((char *)facts, facts_members, arena);
}

/* The fewest bytes that an object of these members takes: what a count is checked against. */
static size_t members_least_bytes(const struct wire_member *members)
{
	static const size_t bytes[] = {
		[WIRE_SPAN] = 4,
		[WIRE_BOOL] = 1,
		[WIRE_ENUM] = 1,
		[WIRE_INT] = 8,
		[WIRE_U32] = 4,
		[WIRE_U64] = 8,
		[WIRE_I64] = 8,
		[WIRE_SURE] = 4,
		[WIRE_DIGEST] = DIGEST_BYTES,
		[WIRE_DATE] = 4,
		[WIRE_LIST] = 4,
		[WIRE_LIKE] = 8,
	};
	size_t sum = 0;

	for (; members->type != WIRE_END; members++)
		sum += members->type == WIRE_STRUCT ? members_least_bytes(members->members)
						    : bytes[members->type];
	return sum;
}

static void members_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *members);

static struct span span_read(struct unpack *in, struct arena *arena)
{
	struct span raw = unpack_span(in);
	struct span clean = text_clean(arena, raw);

	return clean.data == raw.data && clean.size > 0 ? arena_copy(arena, clean) : clean;
}

/* Made valid as a whole: the cut may lie between the bytes of one character. */
static struct span join_read(struct arena *arena, struct span beginning, struct span rest)
{
	char *bytes = arena_alloc(arena, beginning.size + rest.size + 1);

	if (beginning.size > 0)
		memcpy(bytes, beginning.data, beginning.size);
	if (rest.size > 0)
		memcpy(bytes + beginning.size, rest.data, rest.size);
	return text_clean(arena, (struct span){bytes, beginning.size + rest.size});
}

static void like_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *member)
{
	struct span other = *(struct span *)(void *)(object + member->like_offset);
	uint32_t common = unpack_u32(in);
	struct span rest = unpack_span(in), beginning = span_part(other, 0, common);
	/* all of a valid text needs no second look */
	bool whole = common == other.size && rest.size == 0;

	if (common > other.size)
		in->bad = true;
	else
		*(struct span *)(void *)(object + member->offset) =
			whole ? other : join_read(arena, beginning, rest);
}

static struct date date_read(struct unpack *in)
{
	uint32_t value = unpack_u32(in);
	struct date date = {
		(int)(value / 10000 % 100000), (int)(value / 100 % 100), (int)(value % 100)};

	if (value == 0)
		return (struct date){0};
	if (date_is_valid(date))
		return date;
	in->bad = true;
	return (struct date){0};
}

static int int_read(struct unpack *in, int64_t value, const struct wire_member *member)
{
	if (value >= member->min && value <= member->max)
		return (int)value;
	in->bad = true;
	return (int)member->min;
}

static void digest_read(struct unpack *in, struct digest *digest)
{
	if (in->rest.size < DIGEST_BYTES) {
		in->bad = true;
		return;
	}
	memcpy(digest->bytes, in->rest.data, DIGEST_BYTES);
	in->rest = span_after(in->rest, DIGEST_BYTES);
}

static double sure_read(struct unpack *in)
{
	uint32_t millionths = unpack_u32(in);

	if (millionths > WIRE_MILLION)
		in->bad = true;
	return in->bad ? 0.0 : millionths / WIRE_MILLION;
}

static void list_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *member)
{
	uint32_t count = unpack_count(in, members_least_bytes(member->members));
	char *items = count > 0 ? arena_alloc_array(arena, count, member->item_bytes) : NULL;

	for (uint32_t i = 0; i < count && !in->bad; i++)
		members_read(in, arena, items + i * member->item_bytes, member->members);
	*(char **)(void *)(object + member->offset) = items;
	*(size_t *)(void *)(object + member->count_offset) = count;
}

static void member_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *member)
{
	void *at = object + member->offset;

	switch (member->type) {
	case WIRE_SPAN:
		*(struct span *)at = span_read(in, arena);
		return;
	case WIRE_BOOL:
		*(bool *)at = unpack_bool(in);
		return;
	case WIRE_ENUM:
		*(int *)at = int_read(in, unpack_u8(in), member);
		return;
	case WIRE_INT:
		*(int *)at = int_read(in, unpack_i64(in), member);
		return;
	case WIRE_U32:
		*(uint32_t *)at = unpack_u32(in);
		return;
	case WIRE_U64:
		*(uint64_t *)at = unpack_u64(in);
		return;
	case WIRE_I64:
		*(int64_t *)at = unpack_i64(in);
		return;
	case WIRE_SURE:
		*(double *)at = sure_read(in);
		return;
	case WIRE_DIGEST:
		digest_read(in, at);
		return;
	case WIRE_DATE:
		*(struct date *)at = date_read(in);
		return;
	case WIRE_STRUCT:
		members_read(in, arena, at, member->members);
		return;
	case WIRE_LIST:
		list_read(in, arena, object, member);
		return;
	case WIRE_LIKE:
		like_read(in, arena, object, member);
		return;
	case WIRE_END:
		return;
	}
}

static void members_read(
	struct unpack *in, struct arena *arena, char *object, const struct wire_member *members)
{
	for (; members->type != WIRE_END && !in->bad; members++)
		member_read(in, arena, object, members);
}

/* Other layers index facts->fields with these. */
static bool indexes_fit(const struct facts *facts)
{
	for (size_t i = 0; i < facts->authentication_count; i++)
		if (facts->authentication[i].field_index >= facts->field_count)
			return false;
	for (size_t i = 0; i < facts->received_count; i++)
		if (facts->received[i].field_index >= facts->field_count)
			return false;
	return true;
}

bool facts_read(struct span bytes, struct arena *arena, struct facts *facts, struct error *err)
{
	struct unpack in = {bytes, false};

	*facts = (struct facts){0};
	if (unpack_u32(&in) != WIRE_MAGIC)
		return error_set(err, ERROR_INPUT, "facts: these bytes are no facts");
	uint32_t format = unpack_u32(&in);
	if (format != FACTS_WIRE_FORMAT)
		return error_set(err, ERROR_INPUT,
			"facts: format %u is not the format %d of this program; parse the mail "
			"again",
			format, FACTS_WIRE_FORMAT);
	members_read(&in, arena, (char *)facts, facts_members);
	if (!unpack_done(&in) || !indexes_fit(facts)) {
		*facts = (struct facts){0};
		return error_set(err, ERROR_INPUT, "facts: damaged (%zu bytes, %zu left)",
			bytes.size, in.rest.size);
	}
	return true;
}
