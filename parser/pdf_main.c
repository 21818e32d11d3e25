/*
 * postroom-pdf: PDFs in, their texts out, over descriptor 3 (parser/pdf_text.h). It starts
 * pdftotext (poppler-utils) for each one: a program of its own, since poppler is under the GPL and
 * has had holes. Both live in one sandbox: read-only libraries, no network, no other file. The PDF
 * goes in by stdin, the text comes out of a pipe and is bounded; so are memory and CPU.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/process.h"
#include "base/sandbox.h"
#include "parser/limits.h"
#include "parser/pdf_text.h"
#include "parser/protocol.h"

#define REQUEST_SOCKET 3
#define TIMEOUT_MS     10000 /* of a busy machine; its CPU is limited long before */

/* Killed by a limit, or its output was: the PDF may be honest, and is too much. */
static bool is_limit(const struct error *err)
{
	return err->kind == ERROR_LIMIT || strstr(err->text, "SIGXCPU") ||
	       strstr(err->text, "SIGKILL") || strstr(err->text, "SIGABRT") ||
	       strstr(err->text, "no end in time");
}

static enum pdf_frame read_pdf(struct span pdf, struct buffer *text, struct error *err)
{
	char pages[16];
	char *arguments[] = {(char[]){"pdftotext"}, (char[]){"-q"}, (char[]){"-layout"},
		(char[]){"-enc"}, (char[]){"UTF-8"}, (char[]){"-eol"}, (char[]){"unix"},
		(char[]){"-l"}, pages, (char[]){"-"}, (char[]){"-"}, NULL};
	const struct process_options options = {
		.program = PDF_PROGRAM,
		.arguments = arguments,
		.memory_bytes = PDF_MEMORY_BYTES,
		.cpu_seconds = PDF_CPU_SECONDS,
		.file_bytes = 0,
	};

	buffer_clear(text);
	if (access(PDF_PROGRAM, X_OK) < 0) {
		error_set_errno(err, ERROR_INPUT, errno, "%s", PDF_PROGRAM);
		return PDF_MISSING;
	}
	snprintf(pages, sizeof pages, "%d", PDF_PAGES_MAX);
	if (process_run(&options, pdf, text, PDF_TEXT_BYTES_MAX, TIMEOUT_MS, err))
		return PDF_TEXT;
	return is_limit(err) ? PDF_LIMIT : PDF_FAILED;
}

static bool serve(struct error *err)
{
	CLEANUP(buffer_done) struct buffer request = {0};
	CLEANUP(buffer_done) struct buffer text = {0};
	struct frame frame;
	bool ended = false;

	while (frame_read(
		REQUEST_SOCKET, &request, PDF_TEXT_SOURCE_BYTES_MAX, &frame, &ended, err)) {
		struct error why;

		if (ended)
			return true;
		enum pdf_frame answer = read_pdf(frame.body, &text, &why);
		if (!frame_write(REQUEST_SOCKET, (uint32_t)answer,
			    answer == PDF_TEXT ? buffer_span(&text) : span_from(why.text), err))
			break;
	}
	return err->kind == ERROR_TEMPORARY; /* who asked is gone */
}

int main(void)
{
	struct error err;
	bool there = access(PDF_PROGRAM, X_OK) == 0;

	/* a terminal's interrupt goes to all; whoever asked decides, and closes the socket */
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	if (sandbox_enter(SANDBOX_PDF, there ? PDF_PROGRAM : NULL, &err) && serve(&err))
		return EXIT_SUCCESS;
	fprintf(stderr, "postroom-pdf: %s\n", err.text);
	return EXIT_FAILURE;
}
