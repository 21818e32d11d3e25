#include "parser/message.h"

#include "base/text.h"
#include "parser/absence.h"
#include "parser/action.h"
#include "parser/armor.h"
#include "parser/body.h"
#include "parser/charset.h"
#include "parser/defects.h"
#include "parser/facts_request.h"
#include "parser/field.h"
#include "parser/forward.h"
#include "parser/header.h"
#include "parser/html.h"
#include "parser/invite.h"
#include "parser/invoice.h"
#include "parser/language.h"
#include "parser/limits.h"
#include "parser/markup.h"
#include "parser/mime.h"
#include "parser/origin.h"
#include "parser/pdf_text.h"
#include "parser/reply.h"
#include "parser/unpack.h"

void parse_init(void)
{
	charset_open_all();
	mime_init();
	markup_init();
	invite_init();
}

void parse_done(void)
{
	markup_done();
	mime_done();
	charset_close_all();
}

/* Tags in every address that the mail may have come by; the ledger knows which are its own. */
static void add_request(
	struct facts *facts, struct arena *arena, char tag_separator, struct span address)
{
	struct facts_request request;

	if (facts->request_count >= REQUESTS_MAX)
		return;
	for (size_t i = 0; i < facts->request_count; i++)
		if (span_equal_fold(facts->requests[i].source, address))
			return;
	if (request_read(arena, address, tag_separator, &request))
		facts->requests[facts->request_count++] = request;
}

static void requests_read(
	struct facts *facts, struct arena *arena, const struct parse_options *options)
{
	const struct facts_addresses *lists[] = {&facts->bcc, &facts->to, &facts->cc};
	char separator = options->tag_separator ? options->tag_separator : '+';

	facts->requests = arena_array(arena, struct facts_request, REQUESTS_MAX);
	for (size_t i = 0; i < facts->envelope_to.count; i++)
		add_request(facts, arena, separator, facts->envelope_to.items[i]);
	for (size_t i = 0; i < ARRAY_COUNT(lists); i++)
		for (size_t j = 0; j < lists[i]->count; j++)
			add_request(facts, arena, separator, lists[i]->items[j].address);
}

static void finish(const struct defects *defects, struct arena *arena, struct facts *facts)
{
	facts->defects.items = arena_array(arena, struct span, defects->count);
	facts->defects.count = defects->count;
	for (size_t i = 0; i < defects->count; i++)
		facts->defects.items[i] = defects->names[i];
	facts_clean(facts, arena);
}

/* A line of an mbox or a Mac: bare CR ends lines, which no MIME library takes for one. */
static struct span with_line_feeds(struct span raw, struct arena *arena, struct defects *defects)
{
	if (span_find_byte(raw, '\n') >= 0 || span_find_byte(raw, '\r') < 0)
		return raw;
	struct span copy = arena_copy(arena, raw);
	char *bytes = (char *)(uintptr_t)copy.data;
	for (size_t i = 0; i < copy.size; i++)
		if (bytes[i] == '\r')
			bytes[i] = '\n';
	defect_add(defects, "bare-cr");
	return copy;
}

/* What is read out of the text once it is there. */
static void read_text(const struct mime_part *root, const struct parse_options *options,
	struct arena *arena, struct facts *facts, struct body *inside)
{
	struct span own_text, author = {0};
	struct reply reply;

	if (facts->from.count > 0) {
		struct facts_address from = facts->from.items[0];
		ptrdiff_t at = span_find_byte(from.address, '@');

		author = arena_format(arena, "%.*s %.*s", SPAN_ARG(from.name), at < 0 ? 0 : (int)at,
			from.address.data ? from.address.data : "");
	}

	forward_read(root, options, arena, facts, &own_text, inside);
	reply_read(armor_without(arena, own_text), author, arena, &reply);
	facts->reply_text = reply.text;
	facts->signature = reply.signature;
	absence_read(arena, facts);
	facts->language = language_of(facts->reply_text.size > 0 ? facts->reply_text : facts->text);
	actions_read(facts->text, options, arena, facts);
	if (facts->forwarded.how == FORWARD_ATTACHED)
		actions_read(facts->forwarded.text, options, arena, facts);
}

static bool is_text(struct span type)
{
	return span_equal(type, SPAN("text/plain")) || span_equal(type, SPAN("text/markdown")) ||
	       span_equal(type, SPAN("text/html"));
}

/* The texts of the PDFs that hang on a message, and why one has none. */
static void read_pdf_texts(const struct body *body, struct pdf_budget *budget, struct arena *arena,
	struct defects *defects)
{
	static const char *const why[] = {[PDF_FAILED] = "pdf-unreadable",
		[PDF_LIMIT] = "pdf-over-limit",
		[PDF_MISSING] = "pdf-program-missing"};

	for (size_t i = 0; i < body->attached_count; i++) {
		const struct mime_part *part = body->attached[i];

		if (!body_part_is_pdf(part))
			continue;
		enum pdf_frame answer = PDF_LIMIT;
		if (mime_has_room(part, arena))
			answer = pdf_text_read(
				mime_decode(part, arena), budget, arena, &part->pdf->text);
		if (answer != PDF_TEXT && answer != PDF_NONE)
			defect_add(defects, why[answer]);
		else if (answer == PDF_TEXT && span_trim(part->pdf->text).size == 0)
			defect_add(defects, "pdf-without-text");
	}
}

/* Minutes that hang on the mail as a text file, a page or a PDF. */
static void read_attached_actions(const struct body *body, const struct parse_options *options,
	struct arena *arena, struct facts *facts)
{
	size_t looked = 0;

	for (size_t i = 0; i < body->attached_count && looked <= ATTACHED_TEXT_BYTES_MAX; i++) {
		const struct mime_part *part = body->attached[i];
		struct defects ignored = {0};

		if (part->pdf->text.size > 0) {
			actions_read(part->pdf->text, options, arena, facts);
			looked += part->pdf->text.size;
		} else if (part->kind == MIME_LEAF && is_text(part->type)) {
			actions_read(body_part_text(part, arena, &ignored), options, arena, facts);
			looked += part->raw.size;
		}
	}
}

static void parse_bare_text(struct span raw, const struct parse_options *options,
	struct arena *arena, struct defects *defects, struct facts *facts)
{
	if (options->input == PARSE_HTML) {
		bool bad = false;
		struct span html =
			charset_to_utf8(arena, html_charset(raw), raw, HTML_BYTES_MAX, &bad);

		facts->has_html = true;
		facts->text = html_text(arena, html, defects);
	} else {
		facts->text = body_clean(arena, (struct span){0}, raw, defects);
	}
	read_text(NULL, options, arena, facts, &(struct body){0});
}

bool parse_mail(struct span raw, const struct parse_options *options, struct arena *arena,
	struct facts *facts, struct error *err)
{
	struct defects defects = {0};
	struct field_block block;
	struct body body, forwarded;
	struct pdf_budget budget = {0};

	*facts = (struct facts){0};
	if (raw.size > MESSAGE_BYTES_MAX)
		return error_set(err, ERROR_LIMIT,
			"the mail has %zu bytes, more than the %u allowed", raw.size,
			MESSAGE_BYTES_MAX);
	if (options->input == PARSE_TEXT || options->input == PARSE_HTML) {
		parse_bare_text(raw, options, arena, &defects, facts);
		finish(&defects, arena, facts);
		return true;
	}
	raw = with_line_feeds(raw, arena, &defects);
	if (!field_block_read(raw, arena, &defects, &block))
		return error_set(err, ERROR_INPUT, "this is no mail: it has no header field");
	header_read(&block, arena, &defects, facts);
	const struct mime_part *root = unpack_parts(&block, arena, &defects);
	body_read(root, arena, &defects, &body);
	facts->text = body.text;
	facts->has_html = body.has_html;
	body_attachments(&body, arena, facts);
	origin_read(root, arena, &defects, facts);
	requests_read(facts, arena, options);
	read_text(root, options, arena, facts, &forwarded);
	if (!options->without_documents) {
		read_pdf_texts(&body, &budget, arena, &defects);
		read_pdf_texts(&forwarded, &budget, arena, &defects);
	}
	read_attached_actions(&body, options, arena, facts);
	read_attached_actions(&forwarded, options, arena, facts);
	invites_read(&body, &forwarded, arena, &defects, facts);
	if (facts->origin != ORIGIN_BOUNCE)
		invoices_read(
			&body, &forwarded, !options->without_documents, arena, &defects, facts);
	finish(&defects, arena, facts);
	return true;
}
