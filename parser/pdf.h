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
 * The embedded files, at most PDF_FILES_MAX of at most XML_BYTES_MAX each, in the arena. None when
 * the PDF is damaged beyond repair or locked.
 */
struct pdf_file *pdf_embedded(struct span pdf, struct arena *arena, size_t *count);

#endif
