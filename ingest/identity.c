#include "ingest/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

#define FIELD_BYTES_MAX \
	((size_t)256 * 1024) /* of all fields of one name; the cut is always alike */
#define STAGE_BYTES 8192

/* In the order in which they are hashed. */
static const char *const field_names[] = {"message-id", "date", "from", "to", "cc", "subject"};
#define FIELD_COUNT  ARRAY_COUNT(field_names)
#define LONGEST_NAME sizeof("message-id")

/*
 * Lines come in pieces: a line's bytes by add_piece, without its end, and then end_line. Two
 * deliveries that differ in line ends only give the same calls.
 */
struct identity {
	struct digest_stream *digest;
	bool in_body;
	bool pending_cr; /* a CR that may belong to a line end */
	bool line_empty;
	/* header */
	char name[LONGEST_NAME]; /* of the field that begins, lower case */
	size_t name_size;
	bool in_name;
	int field;			   /* that the value belongs to; -1: none of ours */
	struct buffer values[FIELD_COUNT]; /* raw; one LF between two fields of one name */
	/* body */
	uint64_t pending_line_ends; /* they count only when something follows */
	char stage[STAGE_BYTES];
	size_t staged;
};

static struct identity *new_with(struct span version)
{
	struct identity *identity = memory_alloc(sizeof(*identity));

	memset(identity, 0, sizeof(*identity));
	identity->digest = digest_stream_new();
	digest_stream_add(identity->digest, version);
	identity->line_empty = true;
	identity->field = -1;
	for (size_t i = 0; i < FIELD_COUNT; i++)
		buffer_init(&identity->values[i], FIELD_BYTES_MAX);
	return identity;
}

/* Small pieces are collected: a call to the hash costs more than the bytes of a short line. */
static void stage(struct identity *identity, struct span piece)
{
	if (piece.size > STAGE_BYTES - identity->staged) {
		digest_stream_add(
			identity->digest, (struct span){identity->stage, identity->staged});
		identity->staged = 0;
	}
	if (piece.size > STAGE_BYTES) {
		digest_stream_add(identity->digest, piece);
		return;
	}
	memcpy(identity->stage + identity->staged, piece.data, piece.size);
	identity->staged += piece.size;
}

/* One field, unfolded: runs of white space are one space, none at the ends. */
static void stage_value(struct identity *identity, struct span value)
{
	bool space = false, begun = false;

	for (size_t i = 0; i < value.size; i++) {
		char byte = value.data[i];

		if (byte == ' ' || byte == '\t' || byte == '\r') {
			space = begun;
			continue;
		}
		if (space)
			stage(identity, SPAN(" "));
		stage(identity, (struct span){&byte, 1});
		begun = true;
		space = false;
	}
}

static void stage_header(struct identity *identity)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct span rest = buffer_span(&identity->values[i]), value;

		while (span_next(&rest, '\n', &value)) {
			stage(identity, span_from(field_names[i]));
			stage(identity, SPAN(":"));
			stage_value(identity, value);
			stage(identity, SPAN("\n"));
		}
	}
	stage(identity, SPAN("\n"));
}

static int find_field(const struct identity *identity)
{
	struct span name = {identity->name, identity->name_size};

	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (span_equal(name, span_from(field_names[i])))
			return (int)i;
	return -1;
}

/* The name up to ":"; white space before the colon is an old form (RFC 5322 section 4.5). */
static struct span take_name(struct identity *identity, struct span piece)
{
	for (size_t i = 0; i < piece.size; i++) {
		char byte = piece.data[i];

		if (byte == ':') {
			identity->in_name = false;
			identity->field = find_field(identity);
			if (identity->field >= 0 && identity->values[identity->field].size > 0)
				buffer_append_byte(&identity->values[identity->field], '\n');
			return span_after(piece, i + 1);
		}
		if (byte == ' ' || byte == '\t')
			continue;
		if (identity->name_size < LONGEST_NAME)
			identity->name[identity->name_size++] =
				(char)(byte >= 'A' && byte <= 'Z' ? byte + 'a' - 'A' : byte);
	}
	return (struct span){0};
}

/* Up to the cap to the byte: where the pieces were cut must not tell. */
static void keep_value(struct buffer *value, struct span piece)
{
	buffer_append(value, span_part(piece, 0, FIELD_BYTES_MAX - value->size));
}

static void add_header_piece(struct identity *identity, struct span piece)
{
	bool folded = piece.data[0] == ' ' || piece.data[0] == '\t';

	if (identity->line_empty && !folded) {
		identity->in_name = true;
		identity->name_size = 0;
		identity->field = -1;
	}
	if (identity->in_name)
		piece = take_name(identity, piece);
	if (identity->field >= 0)
		keep_value(&identity->values[identity->field], piece);
}

static void add_body_piece(struct identity *identity, struct span piece)
{
	for (; identity->pending_line_ends > 0; identity->pending_line_ends--)
		stage(identity, SPAN("\n"));
	stage(identity, piece);
}

static void add_piece(struct identity *identity, struct span piece)
{
	if (piece.size == 0)
		return;
	if (identity->in_body)
		add_body_piece(identity, piece);
	else
		add_header_piece(identity, piece);
	identity->line_empty = false;
}

static void end_line(struct identity *identity)
{
	if (identity->in_body) {
		identity->pending_line_ends++;
	} else if (identity->line_empty) {
		stage_header(identity);
		identity->in_body = true;
	}
	identity->in_name = false;
	identity->line_empty = true;
}

struct identity *identity_new(void)
{
	return new_with(SPAN("postroom identity 1\n"));
}

void identity_add(struct identity *identity, struct span piece)
{
	while (piece.size > 0) {
		const char *end = memchr(piece.data, '\n', piece.size);
		struct span line = {piece.data, end ? (size_t)(end - piece.data) : piece.size};

		piece = span_after(piece, line.size + (end ? 1 : 0));
		if (identity->pending_cr && line.size > 0)
			add_piece(identity, SPAN("\r"));
		identity->pending_cr = line.size > 0 && line.data[line.size - 1] == '\r';
		if (identity->pending_cr)
			line.size--;
		add_piece(identity, line);
		if (end) {
			end_line(identity);
			identity->pending_cr = false;
		}
	}
}

struct digest identity_end(struct identity *identity)
{
	struct digest digest;

	if (identity->pending_cr)
		add_piece(identity, SPAN("\r"));
	if (!identity->in_body)
		stage_header(identity);
	digest_stream_add(identity->digest, (struct span){identity->stage, identity->staged});
	digest = digest_stream_end(identity->digest);
	identity->digest = NULL;
	identity_free(identity);
	return digest;
}

void identity_free(struct identity *identity)
{
	if (!identity)
		return;
	if (identity->digest)
		(void)digest_stream_end(identity->digest);
	for (size_t i = 0; i < FIELD_COUNT; i++)
		buffer_done(&identity->values[i]);
	free(identity);
}

struct digest identity_of(struct span mail)
{
	struct identity *identity = identity_new();

	identity_add(identity, mail);
	return identity_end(identity);
}

struct digest identity_of_header(struct span header)
{
	struct identity *identity = new_with(SPAN("postroom identity of a header 1\n"));

	identity_add(identity, header);
	if (!identity->in_body) {
		end_line(identity);
		end_line(identity);
	}
	return identity_end(identity);
}
