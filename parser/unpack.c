#include "parser/unpack.h"

#include "base/buffer.h"
#include "parser/cms.h"
#include "parser/limits.h"
#include "parser/rtf.h"
#include "parser/tnef.h"

static bool is_type(const struct mime_part *part, const char *type)
{
	return span_equal(part->type, span_from(type));
}

const struct mime_part *unpack_container(const struct mime_part *part)
{
	for (const struct mime_part *up = part->parent; up; up = up->parent)
		if (up->kind == MIME_LEAF)
			return up;
	return NULL;
}

static struct mime_part *add_child(struct mime_part *part, struct mime_part *child)
{
	struct mime_part **link = &part->first_child;

	while (*link)
		link = &(*link)->next;
	*link = child;
	child->parent = part;
	child->depth = part->depth + 1;
	return child;
}

static struct mime_part *add_file(struct mime_part *part, struct arena *arena, struct span name,
	struct span type, struct span bytes)
{
	struct mime_part *child = add_child(part, mime_part_new(arena));

	child->type = type.size > 0 ? type : SPAN("application/octet-stream");
	child->filename = name;
	child->disposition = MIME_ATTACHMENT;
	child->raw = bytes;
	return child;
}

/* ---------------------------------------------------------------- winmail.dat */

static bool may_be_tnef(const struct mime_part *part)
{
	return is_type(part, "application/ms-tnef") || is_type(part, "application/vnd.ms-tnef") ||
	       span_equal_fold(part->filename, SPAN("winmail.dat"));
}

/* What its sender's program called a file's type, when that is one. */
static struct span type_of(struct span type)
{
	for (size_t i = 0; i < type.size; i++)
		if (type.data[i] <= ' ' || type.data[i] > '~' ||
			(type.data[i] >= 'A' && type.data[i] <= 'Z'))
			return (struct span){0};
	return span_find_byte(type, '/') > 0 ? type : (struct span){0};
}

static void add_text(struct mime_part *part, struct arena *arena, const char *type,
	struct span charset, struct span bytes)
{
	struct mime_part *child = add_child(part, mime_part_new(arena));

	child->type = span_from(type);
	child->charset = charset;
	child->raw = bytes;
}

static void unpack_tnef(struct mime_part *part, struct arena *arena, struct defects *defects)
{
	struct tnef tnef;

	if (!tnef_read(mime_decode(part, arena), arena, &tnef))
		return;
	if (tnef.cut)
		defect_add(defects, "truncated-winmail");
	if (tnef.text.size > 0)
		add_text(part, arena, "text/plain", SPAN("utf-8"), tnef.text);
	else if (tnef.html.size > 0)
		add_text(part, arena, "text/html", tnef.html_charset, tnef.html);
	else if (tnef.rtf.size > 0)
		add_text(part, arena, "text/plain", SPAN("utf-8"),
			rtf_text(rtf_decompress(tnef.rtf, RTF_BYTES_MAX, arena), arena));
	for (size_t i = 0; i < tnef.file_count; i++)
		add_file(part, arena, tnef.files[i].name, type_of(tnef.files[i].type),
			tnef.files[i].bytes);
}

/* ---------------------------------------------------------------- S/MIME */

static bool may_be_signed(const struct mime_part *part)
{
	return (is_type(part, "application/pkcs7-mime") ||
		       is_type(part, "application/x-pkcs7-mime")) &&
	       !span_equal_fold(part->smime_type, SPAN("enveloped-data"));
}

static void unpack_signed(struct mime_part *part, struct arena *arena, struct defects *defects)
{
	struct field_block block;
	struct span content;

	if (cms_signed_content(mime_decode(part, arena), arena, &content) &&
		field_block_read(content, arena, defects, &block))
		add_child(part, mime_parts(&block, arena, defects));
}

/* ---------------------------------------------------------------- uuencode */

/* "begin 644 offer.pdf": the name; empty: it is another line. */
static struct span begin_name(struct span line)
{
	struct span rest = span_after(line, sizeof("begin ") - 1);
	size_t digits = 0;

	if (!span_starts(line, SPAN("begin ")))
		return (struct span){0};
	while (digits < rest.size && rest.data[digits] >= '0' && rest.data[digits] <= '7')
		digits++;
	if (digits < 3 || digits > 4 || digits == rest.size || rest.data[digits] != ' ')
		return (struct span){0};
	return span_trim(span_after(rest, digits));
}

/* A line of data: its first byte says how many bytes are in it, four characters for each three. */
static bool is_uu_line(struct span line)
{
	if (span_ends(line, SPAN("\r")))
		line.size--;
	if (line.size < 2 || line.data[0] <= ' ' || line.data[0] > 'M')
		return false;
	size_t characters = ((size_t)(line.data[0] - ' ') + 2) / 3 * 4;
	/* blanks at the end got lost, or a sum stands there */
	return line.size <= characters + 2 && line.size + 4 > characters;
}

/*
 * A file at the front of text: true with its size there and its name. Without "end" it is only
 * text.
 */
static bool uu_file(struct span text, size_t *size, struct span *name)
{
	struct span rest = text, line;
	size_t lines = 0;

	if (!span_next_line(&rest, &line) || (*name = begin_name(line)).size == 0)
		return false;
	while (span_next_line(&rest, &line)) {
		struct span word = span_trim(line);

		if (span_equal(word, SPAN("end")) && lines > 0) {
			*size = text.size - rest.size;
			return true;
		}
		if (is_uu_line(line))
			lines++;
		else if (word.size > 1)
			return false;
	}
	return false;
}

/* The next line that begins with "begin " from `from` on; -1: none. */
static ptrdiff_t find_begin(struct span text, size_t from)
{
	if (from == 0 && span_starts(text, SPAN("begin ")))
		return 0;
	ptrdiff_t at = span_find(span_after(text, from), SPAN("\nbegin "));
	return at < 0 ? -1 : at + (ptrdiff_t)from + 1;
}

static void unpack_uuencode(struct mime_part *part, struct arena *arena)
{
	struct buffer left = {0};
	struct span text, name;
	size_t done = 0, from = 0, size, count = 0;
	ptrdiff_t at;

	if (part->disposition == MIME_ATTACHMENT || part->filename.size > 0)
		return; /* it is a document itself */
	if (part->encoding != MIME_IDENTITY && part->raw.size > ENCODED_TEXT_BYTES_MAX)
		return; /* what is encoded need not be so twice: not worth holding all of it */
	text = mime_decode(part, arena);

	while (count < UUENCODED_FILES_MAX && (at = find_begin(text, from)) >= 0) {
		from = (size_t)at + 1;
		if (!uu_file(span_after(text, (size_t)at), &size, &name))
			continue;
		struct mime_part *file = add_file(
			part, arena, name, (struct span){0}, span_part(text, (size_t)at, size));

		file->encoding = MIME_UUENCODE;
		buffer_append(&left, span_part(text, done, (size_t)at - done));
		done = from = (size_t)at + size;
		count++;
	}
	if (count > 0) {
		buffer_append(&left, span_after(text, done));
		if (left.size == 0)
			buffer_append_byte(&left, '\n'); /* no data would mean: not decoded yet */
		*part->decoded = arena_copy(arena, buffer_span(&left));
	}
	buffer_done(&left);
}

/* ---------------------------------------------------------------- mails under another type */

/* "offer.eml" of a program that calls every file an octet-stream. */
static void unpack_message(struct mime_part *part, struct arena *arena)
{
	struct defects ignored = {0};
	struct field_block block;
	struct span bytes = mime_decode(part, arena);

	if (!field_block_read(bytes, arena, &ignored, &block) || block.count < 2)
		return;
	part->raw = bytes;
	part->encoding = MIME_IDENTITY;
	part->kind = MIME_MESSAGE;
}

/*
 * "offer.msg": Outlook's own form of a mail, in a compound file (MS-OXMSG, MS-CFB). It is kept as a
 * document and not read: whoever is inside stays unknown, so it is said.
 */
static bool is_outlook_message(const struct mime_part *part, struct arena *arena)
{
	return (is_type(part, "application/vnd.ms-outlook") ||
		       span_ends_fold(part->filename, SPAN(".msg"))) &&
	       span_starts(mime_decode(part, arena), SPAN("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"));
}

/* ---------------------------------------------------------------- all */

/* Each level copies what it holds: in how many a part lies. */
static unsigned levels_around(const struct mime_part *part)
{
	unsigned levels = 0;

	for (const struct mime_part *up = part->parent; up; up = up->parent)
		levels += up->kind == MIME_LEAF;
	return levels;
}

static void unpack(struct mime_part *part, struct arena *arena, struct defects *defects)
{
	if (part->kind != MIME_LEAF || part->first_child)
		return;
	if (levels_around(part) >= UNPACK_NESTING_MAX) {
		defect_add(defects, "nesting-too-deep");
		return;
	}
	if (!mime_has_room(part, arena))
		return;
	if (may_be_tnef(part))
		unpack_tnef(part, arena, defects);
	else if (may_be_signed(part))
		unpack_signed(part, arena, defects);
	else if (is_type(part, "text/plain"))
		unpack_uuencode(part, arena);
	else if (is_type(part, "application/octet-stream") &&
		 span_ends_fold(part->filename, SPAN(".eml")))
		unpack_message(part, arena);
	else if (is_outlook_message(part, arena))
		defect_add(defects, "outlook-message");
}

struct mime_part *unpack_parts(
	const struct field_block *block, struct arena *arena, struct defects *defects)
{
	struct mime_part *root = mime_parts(block, arena, defects);
	size_t count = 0;

	/* what was unpacked is walked through too: a signature in a winmail.dat, and so on */
	for (struct mime_part *part = root; part && count < UNPACKED_PARTS_MAX; count++) {
		unpack(part, arena, defects);
		part = mime_next(part);
	}
	if (count == UNPACKED_PARTS_MAX)
		defect_add(defects, "too-many-parts");
	return root;
}
