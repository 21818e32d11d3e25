/*
 * Any bytes as what an IMAP server sends, with the first of them saying how they are cut: however
 * they come, the scanner says the same, and it lets nothing through beyond its limits.
 * (libetpan behind it can be crashed; tests/e2e/test_reader_hostile.py shows what that costs.)
 */
#include <stdio.h>

#include "daemon/imap_scan.h"
#include "tests/fuzz/fuzz.h"

#define MAX_BYTES    4000
#define MAX_LITERAL  500
#define MAX_UNTAGGED 5

/* Bytes that went through before it refused; cuts of 1 to `most` bytes, 0: none. */
static size_t feed(struct span bytes, size_t most, enum error_kind *kind)
{
	struct imap_scan scan = {0};
	struct error err = {0};
	size_t through = 0, step = 0;

	imap_scan_limit(&scan, MAX_BYTES, MAX_BYTES, MAX_LITERAL, MAX_UNTAGGED);
	*kind = ERROR_NONE;
	while (through < bytes.size) {
		size_t size = most ? 1 + step++ % most : bytes.size, usable;
		struct span piece = span_part(bytes, through, size);

		if (!imap_scan_bytes(&scan, piece.data, piece.size, &usable, &err)) {
			fuzz_must(usable < piece.size || err.kind == ERROR_LIMIT);
			fuzz_must(err.kind != ERROR_NONE && err.text[0]);
			*kind = err.kind;
			return through + usable;
		}
		fuzz_must(usable == piece.size);
		fuzz_must(scan.literal_left <= MAX_LITERAL);
		fuzz_must(scan.line_bytes <= IMAP_MAX_LINE_BYTES);
		fuzz_must(scan.nesting <= IMAP_MAX_NESTING);
		through += usable;
	}
	return through;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum error_kind whole_kind, cut_kind;
	size_t whole, cut;

	/* the budget counts what was read, so that a cut may reach it earlier */
	if (size < 1 || size > MAX_BYTES)
		return 0;
	whole = feed(fuzz_span(data + 1, size - 1), 0, &whole_kind);
	cut = feed(fuzz_span(data + 1, size - 1), data[0], &cut_kind);
	fuzz_must(whole_kind == cut_kind);
	fuzz_must(whole_kind != ERROR_NONE || whole == cut);
	fuzz_must(whole <= cut); /* whole lines at least, cut pieces may be further in one */
	return 0;
}
