/*
 * tnef.h - Outlook's winmail.dat (MS-OXTNEF): the files in it and, where the mail has no other, its
 * text.
 */
#ifndef PARSER_TNEF_H
#define PARSER_TNEF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/span.h"

struct tnef_file {
	struct span name; /* clean UTF-8 */
	struct span type; /* as its sender called it; empty: unknown */
	struct span bytes;
};

struct tnef {
	struct tnef_file *files;
	size_t file_count;
	struct span text; /* clean UTF-8; empty: none */
	struct span html; /* in `html_charset` */
	struct span html_charset;
	struct span rtf; /* compressed (MS-OXRTFCP) */
	bool cut;	 /* it ends within something */
};

/*
 * Reads as far as the bytes make sense, at most TNEF_FILES_MAX files; contents point into `bytes`.
 * False: this is no TNEF.
 */
bool tnef_read(struct span bytes, struct arena *arena, struct tnef *tnef);

#endif
