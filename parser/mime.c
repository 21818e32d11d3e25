/*
 * GMime sees only what scan_bounds() let through: a header made of the few Content- fields of the
 * message (bounded, without comments, on which it stumbles) and the body up to the part that is one
 * too many. Offsets of its streams lead back into the raw bytes, so that nothing is copied twice.
 */
#include "parser/mime.h"

#include <gmime/gmime.h>

#include "base/buffer.h"
#include "base/text.h"
#include "parser/mime_stream.h"
#include "parser/scan.h"

#define MENDED_MAX 10 /* multiparts without a boundary inside others */

static GMimeParserOptions *parser_options; /* GMime's defaults: all of mime*.c use them */
static struct buffer input;		   /* the header that it reads: kept from mail to mail */

struct builder {
	struct arena *arena;
	struct defects *defects;
	struct span body;
	size_t head_size; /* bytes before the body in `input` */
	size_t part_count;
};

void mime_init(void)
{
	static const char *fallbacks[] = {"utf-8", "windows-1252", NULL};

	g_mime_init();
	parser_options = g_mime_parser_options_get_default();
	g_mime_parser_options_set_fallback_charsets(parser_options, fallbacks);
}

void mime_done(void)
{
	parser_options = NULL;
	buffer_done(&input);
	g_mime_shutdown();
}

static void note_warning(
	gint64 offset, GMimeParserWarning warning, const char *item, gpointer user_data)
{
	static const struct {
		GMimeParserWarning warning;
		const char *defect;
	} names[] = {
		{GMIME_WARN_INVALID_CONTENT_TYPE, "invalid-content-type"},
		{GMIME_WARN_MALFORMED_MULTIPART, "multipart-without-parts"},
		{GMIME_CRIT_MULTIPART_WITHOUT_BOUNDARY, "missing-boundary"},
		{GMIME_CRIT_NESTING_OVERFLOW, "nesting-too-deep"},
		{GMIME_CRIT_INVALID_HEADER_NAME, "invalid-part-header"},
		{GMIME_WARN_TRUNCATED_MESSAGE, "unterminated-multipart"},
	};

	(void)offset;
	(void)item;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		if (names[i].warning == warning)
			defect_add(user_data, names[i].defect);
}

static struct span lower(struct arena *arena, const char *text)
{
	struct span copy = arena_copy(arena, span_from(text));
	char *bytes = (char *)(uintptr_t)copy.data;

	for (size_t i = 0; i < copy.size; i++)
		if (bytes[i] >= 'A' && bytes[i] <= 'Z')
			bytes[i] = (char)(bytes[i] | 0x20);
	return text_clean(arena, copy);
}

static struct span parameter(struct arena *arena, GMimeContentType *type, const char *name)
{
	const char *value = type ? g_mime_content_type_get_parameter(type, name) : NULL;

	return value ? text_clean(arena, arena_copy(arena, span_from(value))) : (struct span){0};
}

static void read_type(struct builder *build, GMimeObject *object, struct mime_part *part)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	struct arena *arena = build->arena;

	if (!type) {
		part->type = SPAN("text/plain");
		return;
	}
	char *name = g_mime_content_type_get_mime_type(type);
	part->type = lower(arena, name);
	g_free(name);
	part->charset = span_trim(parameter(arena, type, "charset"));
	part->report_type = parameter(arena, type, "report-type");
	part->method = parameter(arena, type, "method");
	part->smime_type = parameter(arena, type, "smime-type");
	part->flowed = span_equal_fold(span_trim(parameter(arena, type, "format")), SPAN("flowed"));
	part->delsp = span_equal_fold(span_trim(parameter(arena, type, "delsp")), SPAN("yes"));
}

static enum mime_disposition disposition_of(GMimeObject *object)
{
	const char *name = g_mime_object_get_disposition(object);
	struct span value = span_trim(span_from(name));

	if (value.size == 0)
		return MIME_NO_DISPOSITION;
	return span_equal_fold(value, SPAN("inline")) ? MIME_INLINE : MIME_ATTACHMENT;
}

/* Disposition's filename, else Content-Type's name; GMime has put RFC 2231's pieces together. */
static struct span filename_of(struct builder *build, GMimeObject *object)
{
	const char *name = g_mime_object_get_content_disposition_parameter(object, "filename");

	if (!name || !*name)
		name = g_mime_object_get_content_type_parameter(object, "name");
	if (!name || !*name)
		return (struct span){0};
	struct span text = mime_text(build->arena, arena_copy(build->arena, span_from(name)));
	if (text.size > FILENAME_BYTES_MAX)
		defect_add(build->defects, "filename-too-long");
	return text_cut(text, FILENAME_BYTES_MAX);
}

static struct span header_of(struct builder *build, GMimeObject *object, const char *name)
{
	const char *value = g_mime_object_get_header(object, name);

	return value ? text_clean(build->arena, arena_copy(build->arena, span_from(value)))
		     : (struct span){0};
}

static struct span without_brackets(struct span id)
{
	id = span_trim(id);
	if (span_starts(id, SPAN("<")))
		id = span_after(id, 1);
	return span_ends(id, SPAN(">")) ? span_part(id, 0, id.size - 1) : id;
}

static void read_content(struct builder *build, GMimePart *leaf, struct mime_part *part)
{
	GMimeDataWrapper *wrapper = g_mime_part_get_content(leaf);

	if (!wrapper)
		return;
	GMimeStream *stream = g_mime_data_wrapper_get_stream(wrapper);
	switch (g_mime_data_wrapper_get_encoding(wrapper)) {
	case GMIME_CONTENT_ENCODING_BASE64:
		part->encoding = MIME_BASE64;
		break;
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
		part->encoding = MIME_QUOTED_PRINTABLE;
		break;
	case GMIME_CONTENT_ENCODING_UUENCODE:
		part->encoding = MIME_UUENCODE;
		break;
	default:
		break;
	}
	if (!stream || stream->bound_start < (gint64)build->head_size ||
		stream->bound_end < stream->bound_start)
		return;
	part->raw = span_part(build->body, (size_t)stream->bound_start - build->head_size,
		(size_t)(stream->bound_end - stream->bound_start));
}

/*
 * The whole inner message: from its first field to the boundary of the multipart around it. GMime
 * gives only the offset of the field.
 */
static struct span message_bytes(
	struct builder *build, GMimeMessage *message, struct span within, const char *boundary)
{
	GMimeHeaderList *headers = g_mime_object_get_header_list(GMIME_OBJECT(message));
	gint64 offset = -1;

	if (g_mime_header_list_get_count(headers) > 0)
		offset = g_mime_header_get_offset(g_mime_header_list_get_header_at(headers, 0));
	if (offset < (gint64)build->head_size ||
		(size_t)offset - build->head_size > build->body.size)
		return (struct span){0};
	const char *begin = build->body.data + ((size_t)offset - build->head_size);
	if (begin < within.data || begin > within.data + within.size)
		return (struct span){0};
	struct span bytes = {begin, (size_t)(within.data + within.size - begin)};
	return boundary ? scan_to_boundary(bytes, span_from(boundary)) : bytes;
}

struct mime_part *mime_part_new(struct arena *arena)
{
	struct mime_part *part = arena_alloc(arena, sizeof(*part));

	part->decoded = arena_alloc(arena, sizeof(*part->decoded));
	part->pdf = arena_alloc(arena, sizeof(*part->pdf));
	return part;
}

static struct mime_part *build_part(struct builder *build, GMimeObject *object,
	struct mime_part *parent, struct span within, const char *boundary);

/* What GMime found no part in; it keeps such bytes as what stands before the first one. */
static void keep_unread(struct builder *build, GMimeMultipart *multipart, struct mime_part *part)
{
	if (!part->first_child)
		part->raw = arena_copy(
			build->arena, span_part(span_from(g_mime_multipart_get_prologue(multipart)),
					      0, UNREAD_BYTES_MAX));
}

static void build_children(struct builder *build, GMimeMultipart *multipart, struct mime_part *part,
	struct span within)
{
	int count = g_mime_multipart_get_count(multipart);
	const char *boundary = g_mime_multipart_get_boundary(multipart);
	struct mime_part **link = &part->first_child;

	for (int i = 0; i < count; i++) {
		GMimeObject *child = g_mime_multipart_get_part(multipart, i);

		*link = child ? build_part(build, child, part, within, boundary) : NULL;
		if (*link)
			link = &(*link)->next;
	}
}

/* An .eml that was encoded although RFC 2046 section 5.2.1 forbids it. */
static void unpack_encoded_message(struct builder *build, struct mime_part *part)
{
	if (!mime_has_room(part, build->arena)) {
		defect_add(build->defects, "nesting-too-deep");
		return;
	}
	part->raw = mime_decode(part, build->arena);
	part->encoding = MIME_IDENTITY;
	part->kind = MIME_MESSAGE;
}

static struct mime_part *build_part(struct builder *build, GMimeObject *object,
	struct mime_part *parent, struct span within, const char *boundary)
{
	if (build->part_count >= PARTS_MAX) {
		defect_add(build->defects, "too-many-parts");
		return NULL;
	}
	if (parent && parent->depth >= NESTING_MAX) {
		defect_add(build->defects, "nesting-too-deep");
		return NULL;
	}
	struct mime_part *part = mime_part_new(build->arena);
	build->part_count++;
	part->parent = parent;
	part->depth = parent ? parent->depth + 1 : 0;
	read_type(build, object, part);
	part->disposition = disposition_of(object);
	part->filename = filename_of(build, object);
	part->content_id = without_brackets(header_of(build, object, "Content-Id"));
	part->location = header_of(build, object, "Content-Location");
	if (GMIME_IS_MULTIPART(object)) {
		part->kind = MIME_MULTIPART;
		build_children(build, GMIME_MULTIPART(object), part, within);
		keep_unread(build, GMIME_MULTIPART(object), part);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		part->kind = MIME_MESSAGE;
		if (inner)
			part->raw = message_bytes(build, inner, within, boundary);
	} else if (GMIME_IS_PART(object)) {
		read_content(build, GMIME_PART(object), part);
		if (span_equal(part->type, SPAN("message/rfc822")) ||
			span_equal(part->type, SPAN("message/global")))
			unpack_encoded_message(build, part);
	}
	return part;
}

/* ---------------------------------------------------------------- what GMime reads */

/* `Content-Type: text/plain (a comment); charset=x`: without the comment, unfolded, bounded. */
static void append_content_field(const struct field_block *block, struct arena *arena,
	const char *name, struct defects *defects)
{
	struct span value = field_value(block, arena, span_from(name));

	if (value.size == 0)
		return;
	if (value.size > PARAMETER_BYTES_MAX) {
		defect_add(defects, "too-many-parameters");
		value = span_part(value, 0, PARAMETER_BYTES_MAX);
	}
	if (scan_count(value, '(') > 0)
		value = scan_without_comments(arena, value);
	buffer_append_string(&input, name);
	buffer_append(&input, SPAN(": "));
	buffer_append(&input, value);
	buffer_append(&input, SPAN("\n"));
}

static GMimeObject *construct(GMimeParserOptions *options, struct span body)
{
	GMimeStream *stream = mime_stream_new(buffer_span(&input), body);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeObject *object = g_mime_parser_construct_part(parser, options);
	g_object_unref(parser);
	g_object_unref(stream);
	return object;
}

static struct mime_part *text_part(struct arena *arena, struct span body)
{
	struct mime_part *part = mime_part_new(arena);

	part->type = SPAN("text/plain");
	part->raw = body;
	return part;
}

static struct mime_part *parse_with(const struct field_block *block, struct arena *arena,
	struct span boundary, struct defects *defects)
{
	static const char *const names[] = {"Content-Type", "Content-Transfer-Encoding",
		"Content-Disposition", "Content-Id", "Content-Location"};
	struct builder build = {.arena = arena, .defects = defects, .body = block->body};

	buffer_clear(&input);
	for (size_t i = boundary.size > 0 ? 1 : 0; i < ARRAY_COUNT(names); i++)
		append_content_field(block, arena, names[i], defects);
	if (boundary.size > 0) {
		buffer_append(&input, SPAN("Content-Type: multipart/mixed; boundary=\""));
		buffer_append(&input, boundary);
		buffer_append(&input, SPAN("\"\n"));
	}
	if (input.size == 0)
		buffer_append(&input, SPAN("Content-Type: text/plain\n"));
	buffer_append(&input, SPAN("\n"));
	build.head_size = input.size;
	build.body = scan_bounds(block->body, buffer_span(&input), defects);

	g_mime_parser_options_set_warning_callback(parser_options, note_warning, defects);
	GMimeObject *object = construct(parser_options, build.body);
	g_mime_parser_options_set_warning_callback(parser_options, NULL, NULL);
	struct mime_part *root = object ? build_part(&build, object, NULL, build.body, NULL) : NULL;
	if (object)
		g_object_unref(object);
	return root;
}

/*
 * The parts of a multipart whose boundary is absent or another: by the boundary that its lines
 * show, else all of it as text.
 */
static struct mime_part *parts_without_boundary(
	const struct field_block *block, struct arena *arena, struct defects *defects)
{
	struct span boundary = scan_guess_boundary(block->body);
	struct mime_part *root = NULL;

	defect_add(defects, "missing-boundary");
	if (boundary.size > 0)
		root = parse_with(block, arena, boundary, defects);
	return root && root->first_child ? root : text_part(arena, block->body);
}

/* Multiparts inside others in which GMime found nothing. */
static void mend_inner(struct mime_part *root, struct arena *arena, struct defects *defects)
{
	size_t mended = 0;

	for (struct mime_part *part = root; part && mended < MENDED_MAX; part = mime_next(part)) {
		struct field_block block = {.body = part->raw};

		if (part->kind != MIME_MULTIPART || part->first_child ||
			span_trim(part->raw).size == 0)
			continue;
		struct mime_part *inside = parts_without_boundary(&block, arena, defects);
		if (inside->kind == MIME_MULTIPART)
			inside = inside->first_child;
		part->first_child = inside;
		for (; inside; inside = inside->next)
			inside->parent = part;
		mended++;
	}
}

struct mime_part *mime_parts(
	const struct field_block *block, struct arena *arena, struct defects *defects)
{
	struct mime_part *root = parse_with(block, arena, (struct span){0}, defects);

	if (!root)
		return text_part(arena, block->body);
	if (root->kind == MIME_MULTIPART && !root->first_child)
		return parts_without_boundary(block, arena, defects);
	mend_inner(root, arena, defects);
	return root;
}
