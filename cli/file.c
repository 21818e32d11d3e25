#include "cli/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PIECE_BYTES 65536

static bool descriptor_read(int file, size_t max_bytes, struct buffer *out, struct error *err)
{
	for (;;) {
		char *room = buffer_reserve(out, PIECE_BYTES);
		ssize_t got = read(file, room, PIECE_BYTES);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set(err, ERROR_INPUT, "%s", strerror(errno));
		if (got == 0)
			return true;
		out->size += (size_t)got;
		if (out->size > max_bytes)
			return error_set(err, ERROR_LIMIT, "larger than %zu bytes", max_bytes);
	}
}

bool file_read(const char *path, size_t max_bytes, struct buffer *out, struct error *err)
{
	bool good;
	int file;

	if (strcmp(path, "-") == 0)
		return descriptor_read(STDIN_FILENO, max_bytes, out, err);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return error_set(err, ERROR_INPUT, "%s", strerror(errno));
	good = descriptor_read(file, max_bytes, out, err);
	close(file);
	return good;
}
