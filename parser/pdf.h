/*
 * pdf.h - the only door to qpdf: the files embedded in a PDF (ISO 32000-2, 7.11.4), where hybrid
 * invoices carry their XML. The text of a PDF is read by a program of its own.
 */
#ifndef PARSER_PDF_H
#define PARSER_PDF_H

#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct pdf_file {
	struct span name, bytes;
};

/*
 * The embedded files, at most PDF_FILES_MAX and all together at most PDF_FILES_BYTES_MAX, in the
 * arena. None when the PDF is damaged beyond repair, locked, or would take too much memory or time:
 * looked_bytes are those of the PDFs of the same mail before it.
 */
struct pdf_file *pdf_embedded(
	struct span pdf, size_t looked_bytes, struct arena *arena, size_t *count);

#endif
