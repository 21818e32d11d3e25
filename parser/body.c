#include "parser/body.h"

#include "base/buffer.h"
#include "base/text.h"
#include "parser/charset.h"
#include "parser/flowed.h"
#include "parser/html.h"
#include "parser/limits.h"
#include "parser/unpack.h"

struct collector {
	struct arena *arena;
	struct defects *defects;
	struct body *body;
	struct buffer text;
	size_t capacity;
	const struct mime_part *asked; /* whether this one has words, last */
	bool asked_has_words;
};

static bool is_type(const struct mime_part *part, const char *type)
{
	return span_equal(part->type, span_from(type));
}

static bool is_html(const struct mime_part *part)
{
	return is_type(part, "text/html") || is_type(part, "application/xhtml+xml");
}

/* Text that a mail program shows as the message itself. */
static bool is_readable(const struct mime_part *part)
{
	if (part->kind != MIME_LEAF || part->disposition == MIME_ATTACHMENT)
		return false;
	if (!is_html(part) && !is_type(part, "text/plain") && !is_type(part, "text/enriched") &&
		!is_type(part, "text/richtext") && !is_type(part, "text"))
		return false;
	return part->filename.size == 0 || !part->parent;
}

/* ---------------------------------------------------------------- bytes to text */

/* CRLF and bare CR become LF; NUL goes. */
static struct span with_line_feeds(struct arena *arena, struct span text)
{
	if (span_find_byte(text, '\r') < 0)
		return text;
	char *out = arena_alloc(arena, text.size + 1);
	size_t size = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] != '\r')
			out[size++] = text.data[i];
		else if (i + 1 >= text.size || text.data[i + 1] != '\n')
			out[size++] = '\n';
	}
	return (struct span){out, size};
}

struct span body_clean(
	struct arena *arena, struct span charset, struct span bytes, struct defects *defects)
{
	bool bad = false;

	if (bytes.size > 0 && memchr(bytes.data, '\0', bytes.size) &&
		!span_starts_fold(charset, SPAN("utf-16")) &&
		!span_starts_fold(charset, SPAN("utf-32")))
		defect_add(defects, "nul-bytes");
	struct span text = charset_to_utf8(arena, charset, bytes, TEXT_BYTES_MAX, &bad);
	if (bad)
		defect_add(defects, "bad-charset");
	return text_clean(arena, with_line_feeds(arena, text));
}

static struct span html_part_text(
	const struct mime_part *part, struct arena *arena, struct defects *defects)
{
	struct span html = mime_decode_start(part, (size_t)HTML_BYTES_MAX + 1, arena);
	struct span charset = part->charset;
	bool bad = false;

	if (html.size > HTML_BYTES_MAX)
		defect_add(defects, "text-truncated");
	if (charset_is_unknown(charset))
		charset = html_charset(html);
	html = charset_to_utf8(arena, charset, html, HTML_BYTES_MAX, &bad);
	if (bad)
		defect_add(defects, "bad-charset");
	return html_text(arena, html, defects);
}

struct span body_part_text(
	const struct mime_part *part, struct arena *arena, struct defects *defects)
{
	if (is_html(part))
		return html_part_text(part, arena, defects);
	/* four bytes a character at the most */
	struct span bytes = mime_decode_start(part, 4 * (size_t)TEXT_BYTES_MAX, arena);
	struct span text = body_clean(arena, part->charset, bytes, defects);
	if (bytes.size > TEXT_BYTES_MAX)
		defect_add(defects, "text-truncated");
	return part->flowed ? flowed_text(arena, text, part->delsp) : text;
}

/* ---------------------------------------------------------------- choosing */

static void collect(struct collector *collector, const struct mime_part *part);
static void collect_unshown(struct collector *collector, const struct mime_part *part);

static void attach_one(struct collector *collector, const struct mime_part *part)
{
	struct body *body = collector->body;

	if (body->attached_count == collector->capacity) {
		size_t wanted = collector->capacity ? collector->capacity * 2 : 8;
		const struct mime_part **parts =
			arena_array(collector->arena, const struct mime_part *, wanted);

		if (body->attached_count > 0)
			memcpy(parts, body->attached, body->attached_count * sizeof(*parts));
		body->attached = parts;
		collector->capacity = wanted;
	}
	body->attached[body->attached_count++] = part;
}

/* What was unpacked out of a part: its text counts where the mail has no other. */
static void collect_contents(struct collector *collector, const struct mime_part *part)
{
	for (const struct mime_part *child = part->first_child; child; child = child->next) {
		if (collector->text.size == 0)
			collect(collector, child);
		else
			collect_unshown(collector, child);
	}
}

static void attach(struct collector *collector, const struct mime_part *part)
{
	attach_one(collector, part);
	if (part->kind == MIME_LEAF)
		collect_contents(collector, part);
}

static bool is_blank_text(struct span text)
{
	return span_trim(text).size == 0;
}

static void add_text(struct collector *collector, const struct mime_part *part)
{
	struct span text = body_part_text(part, collector->arena, collector->defects);

	if (is_html(part))
		collector->body->has_html = true;
	if (is_blank_text(text) && collector->text.size > 0)
		return;
	if (collector->text.size > 0 && collector->text.data[collector->text.size - 1] != '\n')
		buffer_append_byte(&collector->text, '\n');
	if (collector->text.size + text.size > TEXT_BYTES_MAX) {
		defect_add(collector->defects, "text-truncated");
		size_t room = collector->text.size < TEXT_BYTES_MAX
				      ? TEXT_BYTES_MAX - collector->text.size
				      : 0;
		text = text_cut(text, room);
	}
	buffer_append(&collector->text, text);
}

/* The first readable leaf of that kind inside. */
static const struct mime_part *find_readable(const struct mime_part *inside, bool html)
{
	const struct mime_part *end = mime_after(inside);

	for (const struct mime_part *part = inside; part && part != end; part = mime_next(part))
		if (is_readable(part) && is_html(part) == html)
			return part;
	return NULL;
}

/* What is not shown: the other form of the text is dropped, the rest is attached. */
static void collect_unshown(struct collector *collector, const struct mime_part *part)
{
	if (part->kind == MIME_MULTIPART) {
		for (const struct mime_part *child = part->first_child; child; child = child->next)
			collect_unshown(collector, child);
	} else if (is_readable(part)) {
		collector->body->has_html |= is_html(part);
	} else {
		attach(collector, part);
	}
}

/* Alternatives in alternatives ask for the same part again and again. */
static bool has_words(struct collector *collector, const struct mime_part *part)
{
	struct defects ignored = {0};

	if (part && part != collector->asked) {
		struct span text = body_part_text(part, collector->arena, &ignored);

		collector->asked = part;
		collector->asked_has_words = !is_blank_text(text);
	}
	return part && collector->asked_has_words;
}

/* RFC 2046 section 5.1.4: the plain form, unless it is empty. */
static void collect_alternative(struct collector *collector, const struct mime_part *part)
{
	const struct mime_part *plain = find_readable(part, false);
	const struct mime_part *html = find_readable(part, true), *shown = plain;

	if (html && !has_words(collector, plain))
		shown = html;
	for (const struct mime_part *child = part->first_child; child; child = child->next) {
		const struct mime_part *end = mime_after(child);
		bool holds_shown = false;

		for (const struct mime_part *at = child; at && at != end; at = mime_next(at))
			holds_shown |= at == shown;
		if (holds_shown)
			collect(collector, child);
		else
			collect_unshown(collector, child);
	}
}

/* Only the first child is text: of a related set the root, of a report the words for people. */
static void collect_first(struct collector *collector, const struct mime_part *part)
{
	for (const struct mime_part *child = part->first_child; child; child = child->next) {
		if (child == part->first_child || child->kind == MIME_MULTIPART)
			collect(collector, child);
		else
			attach(collector, child);
	}
}

/* What is inside can't be read here: say so (RFC 8551 section 3.2, RFC 4880 section 6.2). */
static void note_sealed(struct collector *collector, const struct mime_part *part)
{
	bool smime = is_type(part, "application/pkcs7-mime") ||
		     is_type(part, "application/x-pkcs7-mime");
	bool is_signed = span_equal_fold(part->smime_type, SPAN("signed-data")) ||
			 span_equal_fold(part->smime_type, SPAN("certs-only"));

	if (smime && part->first_child)
		return; /* unpacked */
	if (smime && is_signed)
		defect_add(collector->defects, "opaque-signature");
	else if (smime || is_type(part, "multipart/encrypted"))
		defect_add(collector->defects, "encrypted");
}

static void collect(struct collector *collector, const struct mime_part *part)
{
	note_sealed(collector, part);
	if (part->kind == MIME_MULTIPART) {
		if (is_type(part, "multipart/alternative")) {
			collect_alternative(collector, part);
		} else if (is_type(part, "multipart/related") ||
			   is_type(part, "multipart/report") || is_type(part, "multipart/signed")) {
			collect_first(collector, part);
		} else {
			for (const struct mime_part *child = part->first_child; child;
				child = child->next)
				collect(collector, child);
		}
	} else if (is_readable(part)) {
		add_text(collector, part);
		collect_contents(collector, part);
	} else {
		attach(collector, part);
	}
}

void body_read(const struct mime_part *root, struct arena *arena, struct defects *defects,
	struct body *body)
{
	struct collector collector = {.arena = arena, .defects = defects, .body = body};

	*body = (struct body){0};
	collect(&collector, root);
	body->text = arena_copy(arena, buffer_span(&collector.text));
	if (span_starts(span_trim(body->text), SPAN("-----BEGIN PGP MESSAGE-----")))
		defect_add(defects, "encrypted");
	buffer_done(&collector.text);
}

bool body_part_is_pdf(const struct mime_part *part)
{
	if (part->kind != MIME_LEAF || span_starts(part->type, SPAN("image/")))
		return false;
	return span_equal(part->type, SPAN("application/pdf")) ||
	       span_ends_fold(part->filename, SPAN(".pdf"));
}

/* ---------------------------------------------------------------- attachments */

/* Names that programs and designers give to what is no document. */
static bool has_decorative_name(struct span name)
{
	static const char *const words[] = {"logo", "icon", "banner", "signature", "facebook",
		"twitter", "linkedin", "instagram", "youtube", "xing", "spacer", "pixel", "footer",
		"header", "outlook-"};

	for (size_t i = 0; i < ARRAY_COUNT(words); i++)
		if (span_find_fold(name, span_from(words[i])) >= 0)
			return true;
	/* Outlook numbers the pictures of a signature: image001.png */
	return span_starts_fold(name, SPAN("image0")) && name.size <= sizeof("image001.jpeg");
}

static bool is_decorative(const struct facts_attachment *attachment, bool has_html)
{
	if (!span_starts(attachment->content_type, SPAN("image/")))
		return false;
	if (attachment->size_bytes <= 100) /* a picture of one pixel */
		return true;
	if (!attachment->is_inline || !has_html || attachment->content_id.size == 0)
		return false;
	return attachment->size_bytes <= DECORATIVE_BYTES_MAX ||
	       (attachment->size_bytes <= DECORATIVE_NAMED_BYTES_MAX &&
		       has_decorative_name(attachment->filename));
}

static bool is_in_related(const struct mime_part *part)
{
	return part->parent && is_type(part->parent, "multipart/related");
}

void body_attachments(const struct body *body, struct arena *arena, struct facts *facts)
{
	facts->attachments = arena_array(arena, struct facts_attachment, body->attached_count);
	facts->attachment_count = body->attached_count;
	for (size_t i = 0; i < body->attached_count; i++) {
		const struct mime_part *part = body->attached[i];
		struct facts_attachment *attachment = &facts->attachments[i];

		const struct mime_part *container = unpack_container(part);

		attachment->filename = part->filename;
		if (container)
			attachment->container = container->filename.size > 0 ? container->filename
									     : container->type;
		attachment->content_type = part->type;
		attachment->content_id = part->content_id;
		attachment->sha256 = mime_digest(part, arena, &attachment->size_bytes);
		attachment->is_inline =
			part->disposition == MIME_INLINE ||
			(part->disposition == MIME_NO_DISPOSITION && is_in_related(part));
		attachment->decorative = is_decorative(attachment, body->has_html);
	}
}
