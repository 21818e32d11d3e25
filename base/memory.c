#include "base/memory.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/compiler.h"

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

/* Bytes of address space beside what malloc has, as memory_keep found them; 0: not known. */
static size_t other_bytes;

static size_t malloc_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.arena + info.hblkhd;
}

/* A file: it must be read before a sandbox closes. */
static void measure_others(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	size_t pages;

	if (file && fscanf(file, "%zu", &pages) == 1)
		other_bytes = pages * (size_t)sysconf(_SC_PAGESIZE) - malloc_bytes();
	if (file)
		fclose(file);
}

static void limit_to(rlim_t bytes)
{
	struct rlimit limit;

	if (other_bytes == 0 || SANITIZED || getrlimit(RLIMIT_AS, &limit) != 0)
		return;
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	(void)setrlimit(RLIMIT_AS, &limit);
}

static rlim_t limit_bytes;

void memory_limit_begin(size_t more_bytes)
{
	limit_bytes = other_bytes + malloc_bytes() + more_bytes;
	limit_to(limit_bytes);
}

void memory_limit_resume(void)
{
	limit_to(limit_bytes);
}

void memory_limit_end(void)
{
	limit_to(RLIM_INFINITY);
}

void memory_keep(void)
{
	measure_others();
	mallopt(M_TRIM_THRESHOLD, 16 << 20);
	mallopt(M_MMAP_THRESHOLD, 4 << 20);
	mallopt(M_TOP_PAD, 256 << 10);
}
