/*
 * Any bytes as an mbox file: every mail lies inside the file, offsets rise and stand on "From ",
 * nothing but quotes, boundaries and the empty line before them is lost.
 */
#include <sys/mman.h>
#include <unistd.h>

#include <stdio.h>

#include "ingest/mbox.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = fuzz_span(data, size);
	char path[64];
	struct error err = {0};
	struct mbox *mbox = NULL;
	struct mbox_mail mail;
	bool found = true;
	size_t total = 0;
	int64_t last = -1;
	int file = memfd_create("box", MFD_CLOEXEC);

	fuzz_must(file >= 0 && write(file, bytes.data, size) == (ssize_t)size);
	snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	fuzz_must(mbox_open(path, &mbox, &err));
	for (;;) {
		fuzz_must(mbox_next(mbox, 1 << 16, &mail, &found, &err));
		if (!found)
			break;
		fuzz_must(mail.offset > last && mail.offset < (int64_t)size);
		fuzz_must(span_starts(span_after(bytes, (size_t)mail.offset), SPAN("From ")));
		fuzz_must(mail.bytes.size <= 1 << 16);
		total += mail.bytes.size;
		last = mail.offset;
	}
	fuzz_must(total <= size);
	fuzz_must(mbox_position(mbox) == (int64_t)size);
	mbox_close(mbox);
	close(file);
	return 0;
}
