#include "parser/pdf_text.h"

#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/process.h"
#include "parser/limits.h"

#define PDF_DESCRIPTOR 3 /* of postroom-pdf */

static struct {
	int socket; /* -1: there is none */
	bool lost;
	struct buffer answer;
} helper = {.socket = -1};

bool pdf_text_start(struct error *err)
{
	const struct timeval timeout = {.tv_sec = PDF_ANSWER_SECONDS};
	char path[PATH_MAX], name[] = "postroom-pdf";
	char *arguments[] = {name, NULL};
	int ends[2];
	pid_t pid;

	if (!process_sibling(name, path, sizeof path, err) || !process_socket_pair(ends, err))
		return false;
	const struct process_descriptor descriptors[] = {{ends[1], PDF_DESCRIPTOR}};
	const struct process_options options = {
		.program = path,
		.arguments = arguments,
		.descriptors = descriptors,
		.descriptor_count = ARRAY_COUNT(descriptors),
		.file_bytes = PDF_TEXT_SOURCE_BYTES_MAX, /* a PDF lies in memory as a file */
	};
	bool started = process_start(&options, &pid, err);
	close(ends[1]);
	if (!started) {
		close(ends[0]);
		return false;
	}
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
	helper.socket = ends[0];
	helper.lost = false;
	return true;
}

void pdf_text_stop(void)
{
	if (helper.socket >= 0)
		close(helper.socket); /* it ends when nobody is left to ask */
	helper.socket = -1;
	buffer_done(&helper.answer);
}

bool pdf_text_is_lost(void)
{
	return helper.lost;
}

/* Readers look for it in the first kilobyte; what has no object at all is no PDF either. */
static bool looks_like_pdf(struct span bytes)
{
	return span_find(span_part(bytes, 0, 1024), SPAN("%PDF-")) >= 0 &&
	       span_find(bytes, SPAN(" obj")) >= 0;
}

static int hex_digit(char byte)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, byte | 0x20);

	return byte != '\0' && at ? (int)(at - digits) : -1;
}

/* Whether the bytes begin with that name, any letter of which may be written as #46 (7.3.5). */
static bool begins_with_name(struct span bytes, const char *name)
{
	for (size_t at = 0; *name; name++, at++) {
		if (at >= bytes.size)
			return false;
		if (bytes.data[at] == *name)
			continue;
		if (bytes.data[at] != '#' || bytes.size - at < 3 ||
			hex_digit(bytes.data[at + 1]) * 16 + hex_digit(bytes.data[at + 2]) != *name)
			return false;
		at += 2;
	}
	return true;
}

/*
 * Text needs a font, which is the key /Font of some resources; these can stand in an object stream,
 * compressed. A whole PDF with neither shows pictures only: no program need be started to say so.
 */
static bool has_no_text(struct span pdf)
{
	struct span rest = pdf, end = span_after(pdf, pdf.size > 1024 ? pdf.size - 1024 : 0);

	if (span_find(end, SPAN("startxref")) < 0)
		return false;
	for (ptrdiff_t at; (at = span_find_byte(rest, '/')) >= 0;) {
		rest = span_after(rest, (size_t)at + 1);
		if (begins_with_name(rest, "Font") || begins_with_name(rest, "ObjStm"))
			return false;
	}
	return true;
}

enum pdf_frame pdf_text_read(
	struct span pdf, struct pdf_budget *budget, struct arena *arena, struct span *text)
{
	struct frame frame;
	struct error err;
	bool ended = false;

	if (!looks_like_pdf(pdf))
		return PDF_NONE;
	if (has_no_text(pdf))
		return PDF_TEXT;
	if (pdf.size > PDF_TEXT_SOURCE_BYTES_MAX || budget->count++ >= PDF_TEXTS_MAX)
		return PDF_LIMIT;
	if (helper.socket < 0)
		return PDF_MISSING;
	if (!frame_write(helper.socket, PDF_REQUEST, pdf, &err) ||
		!frame_read(
			helper.socket, &helper.answer, PDF_TEXT_BYTES_MAX, &frame, &ended, &err) ||
		ended || frame.type < PDF_TEXT || frame.type > PDF_MISSING) {
		helper.lost = true;
		pdf_text_stop();
		return PDF_MISSING;
	}
	if (frame.type == PDF_TEXT)
		*text = arena_copy(arena, frame.body);
	return (enum pdf_frame)frame.type;
}
