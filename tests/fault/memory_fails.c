#include "tests/fault/memory_fails.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *piece, size_t size);

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void *realloc(void *piece, size_t size);

struct memory_fails *memory_fails;

static bool is_due(struct memory_fails *fails, uint64_t number)
{
	int64_t none = 0, own = getpid();

	if (fails->at == 0 || number < fails->at)
		return false;
	if (fails->last > 0)
		return number < fails->at + fails->last;
	return __atomic_compare_exchange_n(
		       &fails->failed, &none, own, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) ||
	       none == own;
}

static bool fails(void)
{
	if (!memory_fails ||
		!is_due(memory_fails, __atomic_add_fetch(&memory_fails->done, 1, __ATOMIC_SEQ_CST)))
		return false;
	errno = ENOMEM;
	return true;
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
