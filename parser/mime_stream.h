/*
 * mime_stream.h - two pieces of memory as one stream for GMime: a header of ours and the body as it
 * lies in the raw mail, which would have to be copied behind it otherwise. For mime.c only.
 */
#ifndef PARSER_MIME_STREAM_H
#define PARSER_MIME_STREAM_H

#include <gmime/gmime.h>

#include "base/span.h"

/* Reads only. Neither piece is copied: both must outlive the stream and all parts of it. */
GMimeStream *mime_stream_new(struct span head, struct span body);

#endif
