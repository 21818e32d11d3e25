/*
 * pdf_text.h - the text of a PDF, laid out in columns as on paper. Poppler reads it in a program of
 * its own (pdftotext) that a postroom-pdf process starts; the parser only has a socket to that.
 */
#ifndef PARSER_PDF_TEXT_H
#define PARSER_PDF_TEXT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/span.h"

enum pdf_frame {
	PDF_NONE = 0,	 /* no PDF at all, whatever its name says */
	PDF_REQUEST = 1, /* the PDF */
	PDF_TEXT = 2,	 /* UTF-8, LF; a form feed ends a page */
	PDF_FAILED = 3,	 /* damaged or locked; why, in words */
	PDF_LIMIT = 4,	 /* ended by a limit of time, memory or size */
	PDF_MISSING = 5, /* there is no pdftotext on this machine */
};

/*
 * Starts the postroom-pdf process, once a process and before its sandbox closes. False: no text
 * will be read, and PDF_MISSING is the answer to every request.
 */
MUST_CHECK bool pdf_text_start(struct error *err);
void pdf_text_stop(void);
/* It ended by itself: the parser has to be started anew to get another. */
bool pdf_text_is_lost(void);

/* A budget of one mail. */
struct pdf_budget {
	unsigned count;
};
/*
 * PDF_TEXT and the text in the arena, else why not: PDF_NONE costs next to nothing, one too many of
 * this mail is PDF_LIMIT.
 */
enum pdf_frame pdf_text_read(
	struct span pdf, struct pdf_budget *budget, struct arena *arena, struct span *text);

#endif
