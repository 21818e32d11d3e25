/*
 * memory_fails_preload.c - for LD_PRELOAD: an allocation of a program fails (memory_fails.h).
 *
 *     MEMORY_FAILS_AT     which one, from 1; 0: none
 *     MEMORY_FAILS_LAST   how many fail, 0: all from then on
 *     MEMORY_FAILS_COUNT  a file that gets the number of allocations when the program ends
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/fault/memory_fails.h"

static struct memory_fails own;

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
	own.at = number_of("MEMORY_FAILS_AT", 0);
	own.last = number_of("MEMORY_FAILS_LAST", 1);
	memory_fails = &own;
}

/* No stdio: it allocates. */
__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("MEMORY_FAILS_COUNT");
	char digits[24];
	size_t size = sizeof digits;
	int file = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;

	for (uint64_t rest = own.done; size > 0 && (rest > 0 || size == sizeof digits); rest /= 10)
		digits[--size] = (char)('0' + rest % 10);
	if (file >= 0 && write(file, digits + size, sizeof digits - size) > 0)
		close(file);
}
