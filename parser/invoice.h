/*
 * invoice.h - what a mail says about invoices: e-invoices in XML (UBL 2.1, UN/CEFACT CII with its
 * profiles ZUGFeRD, Factur-X, XRechnung), known by their root element, attached or
 * embedded in a PDF; without one, what labels in the text say.
 */
#ifndef PARSER_INVOICE_H
#define PARSER_INVOICE_H

#include "parser/body.h"
#include "parser/defects.h"
#include "parser/facts.h"

/*
 * Fills facts->invoices from what hangs on the mail and on the forwarded message attached to it
 * (forwarded may be empty); where nothing does, from the text of that message or of the mail.
 * Without open_documents nothing that hangs on it is opened.
 */
void invoices_read(const struct body *body, const struct body *forwarded, bool open_documents,
	struct arena *arena, struct defects *defects, struct facts *facts);

/* An e-invoice; false when the document is none that is known. */
bool invoice_from_xml(struct span bytes, struct arena *arena, struct defects *defects,
	struct facts_invoice *invoice);
struct invoice_text_options {
	struct date from; /* of the mail; not set: unknown */
	struct span hint; /* subject and file name, which may name the number as well */
	bool is_document; /* a paper with headings; else the words of a mail */
};

/*
 * What labels in a text say, in the languages of invoice_words.c; several where each page has a
 * number of its own. Confidence is 0.7 and more for a value right beside a label of its own, 0.8
 * and more only where something else proves it: check digits, net + tax = total, issue + terms =
 * due, the number in the subject too. Returns how many there are; values point into the arena.
 */
size_t invoices_from_text(struct span text, const struct invoice_text_options *options,
	struct arena *arena, struct facts_invoice *invoices, size_t most);

#endif
