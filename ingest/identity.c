#include "ingest/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"

#define FIELD_BYTES_MAX \
	((size_t)256 * 1024) /* of all fields of one name; the cut is always alike */
#define STAGE_BYTES 8192
/* A longer name is none: RFC 5322 section 2.1.1 has no longer lines. */
#define NAME_BYTES_MAX 998

/* In the order in which they are hashed. */
static const char *const field_names[] = {"message-id", "date", "from", "to", "cc", "subject"};
#define FIELD_COUNT ARRAY_COUNT(field_names)

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
	char name[NAME_BYTES_MAX]; /* of the field that begins, as it came */
	size_t name_size;
	bool begun; /* there was a line */
	bool in_name;
	int field;			   /* that the value belongs to; -1: none of ours */
	bool is_stray;			   /* the line is no field, nor what continues it */
	struct digest_stream *stray;	   /* of those lines; NULL: there is none */
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
	if (identity->stray) {
		struct digest stray = digest_stream_end(identity->stray);

		identity->stray = NULL;
		stage(identity, (struct span){(const char *)stray.bytes, sizeof(stray.bytes)});
	}
	stage(identity, SPAN("\n"));
}

static int find_field(struct span name)
{
	for (size_t i = 0; i < FIELD_COUNT; i++)
		if (span_equal_fold(name, span_from(field_names[i])))
			return (int)i;
	return -1;
}

/*
 * A line of the header that is no field has content: in a mail without an empty line it is a line
 * of the body. Without it two such mails would be one.
 */
static void begin_stray(struct identity *identity)
{
	identity->in_name = false;
	identity->is_stray = true;
	if (!identity->stray)
		identity->stray = digest_stream_new();
	digest_stream_add(identity->stray, (struct span){identity->name, identity->name_size});
}

/* White space before the colon is an old form (RFC 5322 section 4.5); that of mbox's "From " line,
 * which has a time in it, is no content. */
static bool is_field_name(struct span name)
{
	struct span text = span_trim(name);

	return span_starts(text, SPAN("From ")) ||
	       (span_find_byte(text, ' ') < 0 && span_find_byte(text, '\t') < 0);
}

/* At its colon. */
static void begin_value(struct identity *identity)
{
	struct span name = {identity->name, identity->name_size};

	identity->in_name = false;
	identity->field = find_field(span_trim(name));
	if (identity->field >= 0 && identity->values[identity->field].size > 0)
		buffer_append_byte(&identity->values[identity->field], '\n');
	else if (!is_field_name(name))
		begin_stray(identity);
}

/* The name up to ":"; gives what follows. */
static struct span take_name(struct identity *identity, struct span piece)
{
	ptrdiff_t colon = span_find_byte(piece, ':');
	struct span name = colon < 0 ? piece : span_part(piece, 0, (size_t)colon);
	size_t room = sizeof(identity->name) - identity->name_size;
	size_t size = name.size < room ? name.size : room;

	memcpy(identity->name + identity->name_size, name.data, size);
	identity->name_size += size;
	if (size < name.size) {
		begin_stray(identity);
		return span_after(piece, size);
	}
	if (colon < 0)
		return (struct span){0};
	begin_value(identity);
	return span_after(piece, (size_t)colon + (identity->is_stray ? 0 : 1));
}

/* Up to the cap to the byte: where the pieces were cut must not tell. */
static void keep_value(struct buffer *value, struct span piece)
{
	buffer_append(value, span_part(piece, 0, FIELD_BYTES_MAX - value->size));
}

static void add_header_piece(struct identity *identity, struct span piece)
{
	bool folded = piece.data[0] == ' ' || piece.data[0] == '\t';

	if (identity->line_empty && (!folded || !identity->begun)) {
		identity->begun = true;
		identity->in_name = true;
		identity->name_size = 0;
		identity->field = -1;
		identity->is_stray = false;
	}
	if (identity->in_name)
		piece = take_name(identity, piece);
	if (identity->is_stray)
		digest_stream_add(identity->stray, piece);
	else if (identity->field >= 0)
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

static void end_header_line(struct identity *identity)
{
	if (identity->in_name)
		begin_stray(identity);
	if (identity->is_stray)
		digest_stream_add(identity->stray, SPAN("\n"));
}

static void end_line(struct identity *identity)
{
	if (!identity->in_body && !identity->line_empty)
		end_header_line(identity);
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
	if (!identity->in_body && !identity->line_empty)
		end_header_line(identity);
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
	if (identity->stray)
		(void)digest_stream_end(identity->stray);
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
