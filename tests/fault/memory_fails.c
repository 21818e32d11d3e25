/*
 * memory_fails.c - for LD_PRELOAD: the N-th allocation of a program fails, its libraries' and the C
 * library's included.
 *
 *     MEMORY_FAILS_AT     which one, from 1; 0: none
 *     MEMORY_FAILS_LAST   how many fail, 0: all from then on
 *     MEMORY_FAILS_COUNT  a file that gets the number of allocations when the program ends
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *piece, size_t size);

static unsigned long at, last = 1, done, begun;

static unsigned long number_of(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text ? strtoul(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
	at = number_of("MEMORY_FAILS_AT", 0);
	last = number_of("MEMORY_FAILS_LAST", 1);
	begun = 1;
}

/* No stdio: it allocates. */
__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("MEMORY_FAILS_COUNT");
	char digits[24];
	size_t size = sizeof digits;
	int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	for (unsigned long rest = done; size > 0 && (rest > 0 || size == sizeof digits); rest /= 10)
		digits[--size] = (char)('0' + rest % 10);
	if (file >= 0 && write(file, digits + size, sizeof digits - size) > 0)
		close(file);
}

static int fails(void)
{
	if (!begun)
		return 0;
	done++;
	if (at == 0 || done < at || (last > 0 && done >= at + last))
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *piece, size_t size)
{
	return fails() ? NULL : __libc_realloc(piece, size);
}
