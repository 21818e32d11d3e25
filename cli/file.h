/*
 * file.h - a whole file into memory.
 */
#ifndef CLI_FILE_H
#define CLI_FILE_H

#include "base/buffer.h"
#include "base/error.h"

/*
 * Appends the bytes of the file, or of standard input for "-". ERROR_INPUT when it can't be read
 * or is a folder, ERROR_LIMIT above max_bytes.
 */
MUST_CHECK bool file_read(
	const char *path, size_t max_bytes, struct buffer *out, struct error *err);

#endif
