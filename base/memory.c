#include "base/memory.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

_Noreturn void memory_exhausted(void)
{
	static const char line[] = "<2>memory-exhausted role ends; nothing is lost by it\n";

	/* write, not stdio: stdio may want memory itself */
	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		_exit(EX_OSERR);
	_exit(EX_OSERR);
}

void *memory_alloc(size_t size_bytes)
{
	void *piece = malloc(size_bytes > 0 ? size_bytes : 1);

	if (!piece)
		memory_exhausted();
	return piece;
}

void *memory_resize(void *piece, size_t size_bytes)
{
	void *resized = realloc(piece, size_bytes > 0 ? size_bytes : 1);

	if (!resized)
		memory_exhausted();
	return resized;
}

char *memory_string(const char *string)
{
	size_t size = strlen(string) + 1;

	return memcpy(memory_alloc(size), string, size);
}

void memory_forget(void *piece, size_t size_bytes)
{
	if (piece)
		explicit_bzero(piece, size_bytes);
	free(piece);
}

void memory_keep(void)
{
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TOP_PAD, 256 << 10);
}
