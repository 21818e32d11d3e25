/*
 * zip.h - writing a ZIP archive (APPNOTE 6.3, the part that every unzip reads: deflate, names in
 * UTF-8, no ZIP64) into a file, entry by entry, so that it needs no more memory than one entry.
 */
#ifndef BASE_ZIP_H
#define BASE_ZIP_H

#include <stdint.h>

#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "base/span.h"

struct zip {
	int file; /* owned by the caller */
	uint64_t offset;
	uint32_t entries;
	struct buffer directory;
	struct date day; /* of all entries */
};

/* The archive begins at the file's position. */
void zip_begin(struct zip *zip, int file, struct date day);
/*
 * Adds a file. The name is ours: no path leads out of the archive. ERROR_LIMIT when the archive
 * would become larger than 4 GiB or 65,535 entries, ERROR_STORAGE when it can't be written.
 */
MUST_CHECK bool zip_add(struct zip *zip, struct span name, struct span bytes, struct error *err);
/* Writes the directory and ends the archive; nothing is synced. Frees what zip_begin made. */
MUST_CHECK bool zip_end(struct zip *zip, struct error *err);
/* Frees it without an end. Twice is legal. */
void zip_done(struct zip *zip);

#endif
