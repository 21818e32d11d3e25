/*
 * rtf.h - the text of a mail that Outlook sent as rich text alone: decompressed (MS-OXRTFCP) and
 * without its markup; HTML that was wrapped into it (MS-OXRTFEX) gives its words.
 */
#ifndef PARSER_RTF_H
#define PARSER_RTF_H

#include "base/arena.h"
#include "base/span.h"

/* What PidTagRtfCompressed holds, at most max_bytes of it; empty: it is no such thing. */
struct span rtf_decompress(struct span bytes, size_t max_bytes, struct arena *arena);
/* The words of RTF as clean UTF-8, LF line ends; empty: it is no RTF. */
struct span rtf_text(struct span rtf, struct arena *arena);

#endif
