#include "parser/invoice.h"

#include "parser/invoice_label.h"
#include "parser/limits.h"
#include "parser/pdf.h"

#define SNIFFED_BYTES (64u << 10) /* e-invoices begin with pages of licence */

/* Most mails have none: the room is taken for the first one. */
static bool add(struct arena *arena, struct facts *facts, const struct facts_invoice *invoice)
{
	if (facts->invoice_count >= INVOICES_MAX)
		return false;
	if (!facts->invoices)
		facts->invoices = arena_array(arena, struct facts_invoice, INVOICES_MAX);
	facts->invoices[facts->invoice_count++] = *invoice;
	return true;
}

/* The name of a root element of an e-invoice stands near the beginning. */
static bool looks_like_invoice(struct span bytes)
{
	static const struct span roots[] = {SPAN_INIT("Invoice"), SPAN_INIT("CreditNote"),
		SPAN_INIT("CrossIndustry"), SPAN_INIT("SCRDMCCBDACIOMessageStructure")};
	struct span head = span_part(bytes, 0, SNIFFED_BYTES);

	if (span_starts(head, SPAN("\xff\xfe")) || span_starts(head, SPAN("\xfe\xff")))
		return true; /* UTF-16: the XML parser will tell */
	if (span_starts(head, SPAN("\xef\xbb\xbf")))
		head = span_after(head, 3);
	if (!span_starts(span_trim(head), SPAN("<")))
		return false;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		if (span_find(head, roots[i]) >= 0)
			return true;
	return false;
}

static bool may_be_xml(const struct mime_part *part)
{
	static const struct span others[] = {SPAN_INIT("image/"), SPAN_INIT("audio/"),
		SPAN_INIT("video/"), SPAN_INIT("application/pdf"), SPAN_INIT("text/calendar"),
		SPAN_INIT("text/html"), SPAN_INIT("application/zip")};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (span_starts(part->type, others[i]))
			return false;
	return part->kind == MIME_LEAF && part->raw.size <= 2 * (size_t)XML_BYTES_MAX;
}

/* The XML inside a hybrid invoice; the first that is one. Its text is read elsewhere. */
static bool read_pdf(const struct mime_part *part, size_t *looked_bytes, struct arena *arena,
	struct defects *defects, struct facts_invoice *invoice)
{
	size_t count;

	if (part->raw.size > 2 * (size_t)PDF_BYTES_MAX || !mime_has_room(part, arena))
		return false;
	struct span pdf = mime_decode(part, arena);
	struct pdf_file *files = pdf_embedded(pdf, *looked_bytes, arena, &count);
	*looked_bytes += pdf.size;

	for (size_t i = 0; i < count; i++)
		if (looks_like_invoice(files[i].bytes) &&
			invoice_from_xml(files[i].bytes, arena, defects, invoice))
			return true;
	return false;
}

static bool read_xml(const struct mime_part *part, struct arena *arena, struct defects *defects,
	struct facts_invoice *invoice)
{
	struct span head = mime_decode_start(part, SNIFFED_BYTES, arena);

	if (!looks_like_invoice(head))
		return false;
	struct span bytes = mime_decode(part, arena);
	return invoice_from_xml(bytes, arena, defects, invoice);
}

/* The same number, folded: papers write it with blanks and dashes that files leave out. */
static bool same_number(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	while (true) {
		while (i < a.size && strchr(" -./_", a.data[i]))
			i++;
		while (j < b.size && strchr(" -./_", b.data[j]))
			j++;
		if (i == a.size || j == b.size)
			return i == a.size && j == b.size && a.size > 0;
		if ((a.data[i++] | 0x20) != (b.data[j++] | 0x20))
			return false;
	}
}

/* A paper whose number was misread still has the day and the sum of its XML. */
static bool same_sum_and_day(const struct facts_invoice *a, const struct facts_invoice *b)
{
	return a->total.present && b->total.present && a->total.cents == b->total.cents &&
	       date_is_set(a->issue_date) && date_compare(a->issue_date, b->issue_date) == 0;
}

/* XML and PDF of one invoice in one mail: the document that came first supplies the fields. */
static bool is_known(const struct facts *facts, const struct facts_invoice *invoice)
{
	for (size_t i = 0; i < facts->invoice_count; i++) {
		const struct facts_invoice *other = &facts->invoices[i];
		bool number = same_number(other->number.text, invoice->number.text);

		if (invoice->source == INVOICE_TEXT) {
			bool twin =
				same_sum_and_day(other, invoice) &&
				(other->source != INVOICE_TEXT || other->number.text.size == 0 ||
					invoice->number.text.size == 0);
			if (number || twin)
				return true;
			continue;
		}
		if (number && other->kind == invoice->kind &&
			span_equal(other->seller.vat_id, invoice->seller.vat_id) &&
			span_equal(other->seller.name, invoice->seller.name))
			return true;
	}
	return false;
}

static bool read_part(const struct mime_part *part, size_t *looked_bytes, struct arena *arena,
	struct defects *defects, struct facts *facts)
{
	struct facts_invoice invoice = {0};

	bool found = body_part_is_pdf(part) ? read_pdf(part, looked_bytes, arena, defects, &invoice)
		     : may_be_xml(part)	    ? read_xml(part, arena, defects, &invoice)
					    : false;
	if (!found || is_known(facts, &invoice))
		return found;
	invoice.attachment = part->filename;
	invoice.document = digest_of(mime_decode(part, arena));
	add(arena, facts, &invoice);
	return true;
}

/* What can be read without doubt first: a paper is only another form of it. */
static void read_parts(const struct body *body, size_t *looked_bytes, struct arena *arena,
	struct defects *defects, struct facts *facts)
{
	for (size_t i = 0; i < body->attached_count; i++)
		body->attached[i]->pdf->has_xml =
			read_part(body->attached[i], looked_bytes, arena, defects, facts);
}

static void read_paper(
	const struct mime_part *part, struct span subject, struct arena *arena, struct facts *facts)
{
	struct invoice_text_options options = {
		.from = facts_day(&facts->date),
		.hint = arena_format(
			arena, "%.*s %.*s", SPAN_ARG(subject), SPAN_ARG(part->filename)),
		.is_document = true,
	};
	struct facts_invoice *found = arena_array(arena, struct facts_invoice, INVOICES_MAX);
	size_t count = invoices_from_text(part->pdf->text, &options, arena, found, INVOICES_MAX);

	for (size_t i = 0; i < count; i++) {
		/* a reminder has the invoice itself attached: its subject says what the mail is */
		if (found[i].kind == INVOICE_INVOICE && invoice_is_reminder(arena, subject))
			found[i].kind = INVOICE_REMINDER;
		if (is_known(facts, &found[i]))
			continue;
		found[i].attachment = part->filename;
		found[i].document = digest_of(mime_decode(part, arena));
		add(arena, facts, &found[i]);
	}
}

static void read_papers(
	const struct body *body, struct span subject, struct arena *arena, struct facts *facts)
{
	for (size_t i = 0; i < body->attached_count; i++)
		if (!body->attached[i]->pdf->has_xml && body->attached[i]->pdf->text.size > 0)
			read_paper(body->attached[i], subject, arena, facts);
}

/* True when labels of the text gave an invoice. */
static bool read_words(struct span text, struct span subject, const struct facts_time *date,
	struct arena *arena, struct facts *facts)
{
	struct invoice_text_options options = {.from = facts_day(date), .hint = subject};
	struct facts_invoice invoice;

	if (invoices_from_text(text, &options, arena, &invoice, 1) == 0)
		return false;
	if (invoice.kind == INVOICE_INVOICE && invoice_is_reminder(arena, subject))
		invoice.kind = INVOICE_REMINDER;
	return add(arena, facts, &invoice);
}

void invoices_read(const struct body *body, const struct body *forwarded, bool open_documents,
	struct arena *arena, struct defects *defects, struct facts *facts)
{
	struct span inner = facts->forwarded.subject;
	size_t looked_bytes = 0; /* of PDFs */

	if (open_documents) {
		read_parts(body, &looked_bytes, arena, defects, facts);
		read_parts(forwarded, &looked_bytes, arena, defects, facts);
	} else if (body->attached_count + forwarded->attached_count > 0) {
		defect_add(defects, "documents-not-read");
	}
	read_papers(body, facts->subject, arena, facts);
	read_papers(forwarded, inner, arena, facts);
	if (facts->invoice_count > 0)
		return;
	if (facts->forwarded.how != FORWARD_ATTACHED ||
		!read_words(facts->forwarded.text, inner, &facts->forwarded.date, arena, facts))
		read_words(facts->text, facts->subject, &facts->date, arena, facts);
}
