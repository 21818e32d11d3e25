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
 */
void invoices_read(const struct body *body, const struct body *forwarded, struct arena *arena,
	struct defects *defects, struct facts *facts);

/* An e-invoice; false when the document is none that is known. */
bool invoice_from_xml(struct span bytes, struct arena *arena, struct defects *defects,
	struct facts_invoice *invoice);
/*
 * What labels in a text in EN, DE, NL, FR say. Confidence 0.7 for a labelled value, 0.5 for a vague
 * label, 0.95 for an IBAN whose check digits are right; never sure. False without a number and one
 * of total and IBAN. Days without a year count from `from`.
 */
bool invoice_from_text(
	struct span text, struct date from, struct arena *arena, struct facts_invoice *invoice);

#endif
